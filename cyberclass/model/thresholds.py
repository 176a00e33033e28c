"""How thresholds are chosen: on probabilities of documents that the model had not seen."""

import numpy as np
from numpy.typing import NDArray

from cyberclass.model.decision import Thresholds
from cyberclass.model.outputs import Outputs
from cyberclass.model.targets import Targets
from cyberclass.taxonomy import UNDETERMINED

#: Share of incidents that the incident head has to keep.
_KEPT = 0.98

#: Loss of macro-F1 that caution about the motivation may cost.
_NEARLY = 0.005

_CANDIDATES = np.round(np.arange(0.05, 0.96, 0.01), 2)


def choose_thresholds(probabilities: NDArray[np.float64], targets: Targets) -> Thresholds:
    """Choose thresholds on held-out probabilities; 0.5 where there is nothing to choose by."""
    outputs = Outputs(targets.taxonomy)
    motivations = targets.taxonomy.motivations
    coded = np.flatnonzero([label is not None for label in targets.motivation])
    domains = []
    for domain in targets.taxonomy.impacts:
        rows, labels = targets.head(domain)
        column = probabilities[rows, outputs.names.index(domain)]
        taught = labels.any() and not np.isnan(column).any()
        domains.append(choose_impact_threshold(column, targets.weight[rows]) if taught else 0.5)
    incidents, weight = targets.is_incident, targets.weight
    return Thresholds(
        incident=0.5 if incidents.all() else choose_incident_threshold(probabilities[incidents, 0], weight[incidents]),
        motivation=choose_motivation_threshold(
            probabilities[coded, outputs.which], targets.motivation[coded], weight[coded], motivations
        ),
        impact=tuple(domains),
    )


def choose_incident_threshold(probability: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Choose the highest threshold, up to one half, that keeps 98 % of incidents, of which these are some.

    An incident that is missed loses its labels; a notice that is kept costs a glance.
    """
    kept = np.quantile(probability, 1 - _KEPT, method="inverted_cdf", weights=weight)
    return float(np.clip(np.floor(np.round(kept * 100, 9)) / 100, _CANDIDATES[0], 0.5))


def choose_motivation_threshold(
    probabilities: NDArray[np.float64],
    truth: NDArray[np.object_],
    weight: NDArray[np.float64],
    motivations: tuple[str, ...],
) -> float:
    """Choose the most cautious of the thresholds that are nearly the best.

    The measure is macro-F1 of the motivations and "undetermined" as one more answer. It is flat around its
    best; within 0.005 of it the highest threshold says "undetermined" rather than guess, at next to no cost.

    Parameters
    ----------
    probabilities : ndarray, shape (n, k)
    truth : ndarray of str, shape (n,)
        The true labels; some should be "undetermined", or the threshold is merely one that leaves few motivations out.
        For no document, 0.5 is chosen.
    weight : ndarray, shape (n,)
    motivations : tuple of str, length k
    """
    if not probabilities.size or np.isnan(probabilities).any():
        return 0.5
    answers = np.array((*motivations, UNDETERMINED))
    true = (truth[:, None] == answers).argmax(axis=1)
    likeliest, highest = probabilities.argmax(axis=1), probabilities.max(axis=1)

    def macro_f1(threshold: float) -> float:
        said = np.where(highest < threshold, len(motivations), likeliest)
        # Counted here: scikit-learn's f1_score takes a minute over all candidates and 100,000 documents.
        cells = np.bincount(true * len(answers) + said, weight, minlength=len(answers) ** 2)
        table = cells.reshape(len(answers), -1)
        occurs = table.any(axis=1)
        f1 = 2 * table.diagonal()[occurs] / (table.sum(axis=0) + table.sum(axis=1))[occurs]
        return float(f1.mean())

    values = np.array([macro_f1(candidate) for candidate in _CANDIDATES])
    return float(_CANDIDATES[values >= values.max() - _NEARLY].max())


def choose_impact_threshold(probability: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Choose the threshold with the best expected F1 of one domain.

    The expectation takes the probabilities at their word, as calibrated ones allow, and so is steadier than the F1
    counted on the same documents: twice the probability said yes to, over what is said yes to and what is true
    (Lewis, 1995, "Evaluating and optimizing autonomous text classification systems").
    """

    def expected_f1(threshold: float) -> float:
        said = probability >= threshold
        total = weight[said].sum() + weight @ probability
        return float(2 * weight[said] @ probability[said] / total) if total else 0.0

    values = np.array([expected_f1(candidate) for candidate in _CANDIDATES])
    return float(_CANDIDATES[values.argmax()])
