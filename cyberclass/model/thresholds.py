"""How thresholds are chosen: on probabilities of documents that the model had not seen."""

import numpy as np
from numpy.typing import NDArray

from cyberclass.model.decision import Thresholds
from cyberclass.model.heads import OUTPUTS, WHICH
from cyberclass.model.targets import Targets
from cyberclass.taxonomy import IMPACTS, MOTIVATIONS, UNDETERMINED

#: Share of incidents that the incident head has to keep.
_KEPT = 0.98

#: Loss of macro-F1 that caution about the motivation may cost.
_NEARLY = 0.005

_CANDIDATES = np.round(np.arange(0.05, 0.96, 0.01), 2)


def choose_thresholds(probabilities: NDArray[np.float64], targets: Targets) -> Thresholds:
    """Choose thresholds on held-out probabilities; 0.5 where there is nothing to choose by."""
    coded = np.flatnonzero([label is not None for label in targets.motivation])
    domains = []
    for domain in IMPACTS:
        rows, labels = targets.head(domain)
        column = probabilities[rows, OUTPUTS.index(domain)]
        taught = labels.any() and not np.isnan(column).any()
        domains.append(choose_impact_threshold(column) if taught else 0.5)
    incidents = targets.is_incident
    return Thresholds(
        incident=0.5 if incidents.all() else choose_incident_threshold(probabilities[:, 0], incidents),
        motivation=choose_motivation_threshold(probabilities[coded, WHICH], targets.motivation[coded]),
        impact=tuple(domains),
    )


def choose_incident_threshold(probability: NDArray[np.float64], is_incident: NDArray[np.bool_]) -> float:
    """Choose the highest threshold, up to one half, that keeps 98 % of incidents.

    An incident that is missed loses its labels; a notice that is kept costs a glance.
    """
    kept = np.quantile(probability[is_incident], 1 - _KEPT, method="lower")
    return float(np.clip(np.floor(np.round(kept * 100, 9)) / 100, _CANDIDATES[0], 0.5))


def choose_motivation_threshold(probabilities: NDArray[np.float64], motivations: NDArray[np.object_]) -> float:
    """Choose the most cautious of the thresholds that are nearly the best.

    The measure is macro-F1 of the three motivations and "undetermined" as a fourth answer. It is flat around its
    best; within 0.005 of it the highest threshold says "undetermined" rather than guess, at next to no cost.

    Parameters
    ----------
    probabilities : ndarray, shape (n, 3)
    motivations : ndarray of str, shape (n,)
        The true labels; some should be "undetermined", or the threshold tells nothing.
    """
    answers = np.array((*MOTIVATIONS, UNDETERMINED))
    truth = (motivations[:, None] == answers).argmax(axis=1)
    likeliest, highest = probabilities.argmax(axis=1), probabilities.max(axis=1)

    def macro_f1(threshold: float) -> float:
        said = np.where(highest < threshold, len(MOTIVATIONS), likeliest)
        # Counted here: scikit-learn's f1_score takes a minute over all candidates and 100,000 documents.
        table = np.bincount(truth * len(answers) + said, minlength=len(answers) ** 2).reshape(len(answers), -1)
        occurs = table.any(axis=1)
        f1 = 2 * table.diagonal()[occurs] / (table.sum(axis=0) + table.sum(axis=1))[occurs]
        return float(f1.mean())

    values = np.array([macro_f1(candidate) for candidate in _CANDIDATES])
    return float(_CANDIDATES[values >= values.max() - _NEARLY].max())


def choose_impact_threshold(probability: NDArray[np.float64]) -> float:
    """Choose the threshold with the best expected F1 of one domain.

    The expectation takes the probabilities at their word, as calibrated ones allow, and so is steadier than the F1
    counted on the same documents: twice the probability said yes to, over what is said yes to and what is true
    (Lewis, 1995, "Evaluating and optimizing autonomous text classification systems").
    """

    def expected_f1(threshold: float) -> float:
        said = probability >= threshold
        total = said.sum() + probability.sum()
        return float(2 * probability[said].sum() / total) if total else 0.0

    values = np.array([expected_f1(candidate) for candidate in _CANDIDATES])
    return float(_CANDIDATES[values.argmax()])
