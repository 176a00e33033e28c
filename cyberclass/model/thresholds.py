"""How thresholds are chosen: on probabilities of documents that the model had not seen."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from cyberclass.model.decision import Thresholds, motivation_of
from cyberclass.model.heads import OUTPUTS, WHICH
from cyberclass.model.targets import Targets
from cyberclass.taxonomy import IMPACTS

_CANDIDATES = np.round(np.arange(0.05, 0.96, 0.01), 2)


def choose_thresholds(probabilities: NDArray[np.float64], targets: Targets) -> Thresholds:
    """Choose thresholds on held-out probabilities; 0.5 where there is nothing to choose by."""
    coded = np.flatnonzero([label is not None for label in targets.motivation])
    domains = []
    for domain in IMPACTS:
        rows, labels = targets.head(domain)
        column = probabilities[rows, OUTPUTS.index(domain)]
        domains.append(choose_impact_threshold(column) if labels.any() else 0.5)
    incidents = targets.is_incident
    return Thresholds(
        incident=0.5 if incidents.all() else choose_incident_threshold(probabilities[:, 0], incidents),
        motivation=choose_motivation_threshold(probabilities[coded, WHICH], targets.motivation[coded]),
        impact=tuple(domains),
    )


def choose_incident_threshold(probability: NDArray[np.float64], is_incident: NDArray[np.bool_]) -> float:
    """Choose the threshold with the best macro-F1 of incident against no incident."""
    return _best(lambda t: f1_score(is_incident, probability >= t, average="macro", zero_division=0.0))


def choose_motivation_threshold(probabilities: NDArray[np.float64], motivations: NDArray[np.object_]) -> float:
    """Choose the threshold with the best macro-F1 of the three motivations and "undetermined" as a fourth answer.

    Parameters
    ----------
    probabilities : ndarray, shape (n, 3)
    motivations : ndarray of str, shape (n,)
        The true labels; some should be "undetermined", or the threshold tells nothing.
    """
    answers = list({*motivations.tolist()})
    return _best(
        lambda t: f1_score(
            motivations, motivation_of(probabilities, t), labels=answers, average="macro", zero_division=0.0
        )
    )


def choose_impact_threshold(probability: NDArray[np.float64]) -> float:
    """Choose the threshold with the best expected F1 of one domain.

    The expectation takes the probabilities at their word, as calibrated ones allow, and so is steadier than the F1
    counted on the same documents: twice the probability said yes to, over what is said yes to and what is true
    (Lewis, 1995, "Evaluating and optimizing autonomous text classification systems").
    """

    def expected_f1(threshold: float) -> float:
        said = probability >= threshold
        return float(2 * probability[said].sum() / (said.sum() + probability.sum()))

    return _best(expected_f1)


def _best(measure: Callable[[float], float]) -> float:
    """The candidate with the best measure; of equals the one nearest to one half, which needs the least defence."""
    values = np.array([measure(candidate) for candidate in _CANDIDATES])
    equals = _CANDIDATES[values >= values.max() - 1e-12]
    return float(equals[np.abs(equals - 0.5).argmin()])
