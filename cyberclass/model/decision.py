"""From probabilities to labels: thresholds, and what they decide."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberclass.taxonomy import IMPACTS, MOTIVATIONS, UNDETERMINED


@dataclass(frozen=True)
class Thresholds:
    """The probabilities, in [0, 1], from which on a label is given.

    Attributes
    ----------
    incident : float
        Below it a report is no incident.
    motivation : float
        Where the likeliest of the three motivations has less, it is undetermined. Their probabilities leave room for
        that of "undetermined", so both doubt between motivations and lack of any basis lead there.
    impact : tuple of float, length 7
        One for each of `taxonomy.IMPACTS`.
    """

    incident: float = 0.5
    motivation: float = 0.5
    impact: tuple[float, ...] = (0.5,) * len(IMPACTS)


@dataclass(frozen=True)
class Decisions:
    """What thresholds make of n texts' probabilities.

    Attributes
    ----------
    is_incident : ndarray of bool, shape (n,)
    motivation : ndarray of object, shape (n,)
        One of `taxonomy.MOTIVATIONS`, "undetermined", or None for what is no incident.
    impact : ndarray of bool, shape (n, 7)
    """

    is_incident: NDArray[np.bool_]
    motivation: NDArray[np.object_]
    impact: NDArray[np.bool_]


def decide(probabilities: NDArray[np.float64], thresholds: Thresholds) -> Decisions:
    """Decide every label.

    Parameters
    ----------
    probabilities : ndarray, shape (n, 12)
        In the order of `heads.OUTPUTS`.
    thresholds : Thresholds

    Returns
    -------
    Decisions
    """
    # "not <": a head that was never taught gives NaN; then every report is taken for an incident.
    is_incident = ~(probabilities[:, 0] < thresholds.incident)
    motivation = motivation_of(probabilities[:, 1:4], thresholds.motivation)
    motivation[~is_incident] = None
    impact = (probabilities[:, 5:] >= np.array(thresholds.impact)) & is_incident[:, None]
    return Decisions(is_incident, motivation, impact)


def motivation_of(probabilities: NDArray[np.float64], threshold: float) -> NDArray[np.object_]:
    """Give the likeliest motivation of each row, or "undetermined" where its probability is below the threshold.

    Parameters
    ----------
    probabilities : ndarray, shape (n, 3)
        In the order of `taxonomy.MOTIVATIONS`; what is missing to 1 is that of "undetermined".
    threshold : float

    Returns
    -------
    ndarray of str, shape (n,)
    """
    likeliest = np.array(MOTIVATIONS, dtype=object)[probabilities.argmax(axis=1)]
    likeliest[probabilities.max(axis=1) < threshold] = UNDETERMINED
    return likeliest
