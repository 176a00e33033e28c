"""From probabilities to labels: thresholds, and what they decide."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberclass.model.outputs import Outputs
from cyberclass.taxonomy import UNDETERMINED


@dataclass(frozen=True)
class Thresholds:
    """The probabilities, in [0, 1], from which on a label is given.

    Attributes
    ----------
    incident : float
        Below it a report is no incident.
    motivation : float
        Where the likeliest motivation has less, it is undetermined. Their probabilities leave room for
        that of "undetermined", so both doubt between motivations and lack of any basis lead there.
    impact : tuple of float
        One for each domain.
    """

    incident: float
    motivation: float
    impact: tuple[float, ...]


@dataclass(frozen=True)
class Decisions:
    """What thresholds make of n texts' probabilities.

    Attributes
    ----------
    is_incident : ndarray of bool, shape (n,)
    motivation : ndarray of object, shape (n,)
        A motivation, "undetermined", or None for what is no incident.
    impact : ndarray of bool, shape (n, n_domains)
    """

    is_incident: NDArray[np.bool_]
    motivation: NDArray[np.object_]
    impact: NDArray[np.bool_]

    def given(self, outputs: Outputs) -> NDArray[np.bool_]:
        """Mark the labels given, shape (n, n_outputs): motivations, "undetermined" and domains; never "incident"."""
        marks = np.zeros((len(self.motivation), len(outputs.names)), dtype=np.bool_)
        motivations = np.array(outputs.names[outputs.which.start : outputs.without + 1], dtype=object)
        if outputs.taxonomy.motivations:
            marks[:, outputs.which.start : outputs.without + 1] = self.motivation[:, None] == motivations
        marks[:, outputs.domains] = self.impact
        return marks


def decide(probabilities: NDArray[np.float64], thresholds: Thresholds, outputs: Outputs) -> Decisions:
    """Decide every label.

    Parameters
    ----------
    probabilities : ndarray, shape (n, n_outputs)
    thresholds : Thresholds
    outputs : Outputs

    Returns
    -------
    Decisions
    """
    # "not <": a head that was never taught gives NaN; then every report is taken for an incident.
    is_incident = ~(probabilities[:, 0] < thresholds.incident)
    motivation = motivation_of(probabilities[:, outputs.which], thresholds.motivation, outputs.taxonomy.motivations)
    motivation[~is_incident] = None
    impact = (probabilities[:, outputs.domains] >= np.array(thresholds.impact)) & is_incident[:, None]
    return Decisions(is_incident, motivation, impact)


def motivation_of(
    probabilities: NDArray[np.float64], threshold: float, motivations: tuple[str, ...]
) -> NDArray[np.object_]:
    """Give the likeliest motivation of each row, or "undetermined" where its probability is below the threshold.

    Parameters
    ----------
    probabilities : ndarray, shape (n, k)
        What is missing to 1 is that of "undetermined". NaN, of a model that was taught no motivation, decides nothing.
    threshold : float
    motivations : tuple of str, length k

    Returns
    -------
    ndarray of str, shape (n,)
    """
    if not motivations:
        return np.full(len(probabilities), UNDETERMINED, dtype=object)
    likeliest = np.array(motivations, dtype=object)[probabilities.argmax(axis=1)]
    likeliest[~(probabilities.max(axis=1) >= threshold)] = UNDETERMINED
    return likeliest
