"""The heads of the classifier: what each answers, and how one is fitted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator

from cyberclass.taxonomy import UNDETERMINED

#: What stands in a masked document in place of a known name.
MASK = "the group"


@dataclass(frozen=True)
class Emphasis:
    """What a head makes of the vectorizer's blocks, as factors, and of regularisation, as a factor of C.

    `masked` heads learn from documents with their names masked, too.
    """

    motive_cues: float = 1.0
    harm_cues: float = 1.0
    actors: float = 1.0
    C: float = 1.0
    masked: bool = False


#: By grouped cross-validation on the corpus: harm cues cost the motivation head 0.01 macro-F1, masked copies cost the
#: impact heads as much, and names and harm tell the incident head nothing that holds elsewhere.
EMPHASIS = {
    "incident": Emphasis(harm_cues=0.0, actors=0.0, C=3.0),
    "motivation": Emphasis(motive_cues=2.0, harm_cues=0.0, masked=True),
    UNDETERMINED: Emphasis(motive_cues=2.0, harm_cues=0.0, masked=True),
    "impact": Emphasis(actors=1 / 3),
}


def fit_head(
    design: LinearOperator, labels: NDArray[Any], weights: NDArray[np.float64], answers: Sequence[Any], C: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit one head; one that is not taught two answers scores NaN, always.

    Parameters
    ----------
    design : LinearOperator, shape (n, n_features)
    labels : ndarray, shape (n,)
        Each one of the answers.
    weights : ndarray, shape (n,)
    answers : sequence
        ``(False, True)`` for a yes-or-no head, which has one output; else the labels to choose from, an output each.
    C : float

    Returns
    -------
    coef : ndarray, shape (n_features, n_outputs)
    intercept : ndarray, shape (n_outputs,)
    """
    answers = list(answers)
    n_outputs = 1 if answers == [False, True] else len(answers)
    if len(np.unique(labels)) < 2:
        return np.zeros((design.shape[1], n_outputs)), np.full(n_outputs, np.nan)
    # Here, so that labelling does not wait for what only training needs.
    from cyberclass.model.solver import fit_linear

    found, numbers = np.unique(labels, return_inverse=True)
    coefs, intercepts = fit_linear(design, numbers, weights, C)
    if n_outputs == 1:
        return coefs, intercepts
    if len(found) == 2:
        coefs, intercepts = np.hstack((-coefs, coefs)) / 2, np.concatenate((-intercepts, intercepts)) / 2
    coef = np.zeros((design.shape[1], n_outputs))
    # An answer never seen is as good as impossible, and stays so after calibration.
    intercept = np.full(n_outputs, -50.0)
    places = [answers.index(label) for label in found]
    coef[:, places], intercept[places] = coefs, intercepts
    return coef, intercept
