"""The heads of the classifier: what each answers, and how one is fitted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

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
    X: sparse.csr_array, labels: NDArray[Any], weights: NDArray[np.float64], answers: Sequence[Any], C: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit one head; one that is not taught two answers scores NaN, always.

    Parameters
    ----------
    X : csr_array, shape (n, n_features)
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
        return np.zeros((X.shape[1], n_outputs)), np.full(n_outputs, np.nan)
    # Here, so that labelling does not wait for what only training needs.
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=C, class_weight="balanced", max_iter=1000, tol=1e-3)
    model.fit(X, labels, sample_weight=weights)
    if n_outputs == 1:
        return model.coef_.T, model.intercept_
    coefs, intercepts = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        coefs, intercepts = np.vstack((-coefs, coefs)) / 2, np.concatenate((-intercepts, intercepts)) / 2
    coef = np.zeros((X.shape[1], n_outputs))
    # An answer never seen is as good as impossible, and stays so after calibration.
    intercept = np.full(n_outputs, -50.0)
    for label, row, constant in zip(model.classes_, coefs, intercepts, strict=True):
        coef[:, answers.index(label)], intercept[answers.index(label)] = row, constant
    return coef, intercept
