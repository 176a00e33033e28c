"""Conformal sets: the motivations of which the true one is among, with a probability that is promised."""

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

from cyberclass.errors import CyberclassError


def nonconformity(
    probabilities: NDArray[np.float64], truth: NDArray[np.str_], motivations: Sequence[str]
) -> NDArray[np.float64]:
    """Say how little a model expected the true motivation of documents that it had not seen.

    Parameters
    ----------
    probabilities : ndarray, shape (n, k)
        Which motivation, if there is one, as `IncidentClassifier.predict_proba` gives it.
    truth : ndarray of str, shape (n,)
    motivations : sequence of str, length k

    Returns
    -------
    ndarray, shape (n,)
        1 minus the probability of the true one, in ascending order (the hinge score; Johansson et al., 2017).
    """
    own = truth[:, None] == np.array(motivations, dtype=str)
    return np.sort(1 - probabilities[own])


def motivation_sets(
    scores: NDArray[np.floating], probabilities: NDArray[np.float64], coverage: float
) -> NDArray[np.bool_]:
    """Choose for each document the motivations that hold the true one with a given probability.

    The threshold of split conformal prediction (Vovk et al., 2005, "Algorithmic Learning in a Random World"), on
    scores of models that each left a fold out. So the promise is approximate: on average over documents like the
    training's that have a motivation; an evaluation sets what was achieved beside it.

    Parameters
    ----------
    scores : ndarray, shape (n_calibration,)
        As `nonconformity` returns them.
    probabilities : ndarray, shape (n, k)
        As `nonconformity` takes them.
    coverage : float
        The probability, in (0, 1).

    Returns
    -------
    ndarray of bool, shape (n, k)
        A set may be empty, or hold all.

    Raises
    ------
    CyberclassError
        If the coverage is not between 0 and 1, or the model has no scores to go by.
    """
    if not 0 < coverage < 1:
        raise CyberclassError(f"coverage: found {coverage}; expected a probability between 0 and 1, such as 0.9.")
    if not len(scores):
        raise CyberclassError(
            "coverage: this model was taught no motivations, or saved without held-out scores; train it again, on "
            "documents that have motivations, to have sets."
        )
    # Rounded, for 0.9 * 10 must be 9.
    rank = ceil(round((len(scores) + 1) * coverage, 9))
    # With too few scores for the promise nothing may be left out.
    threshold = float(scores[rank - 1]) if rank <= len(scores) else 1.0
    sets: NDArray[np.bool_] = 1 - probabilities <= threshold
    return sets
