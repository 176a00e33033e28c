"""The solver of the linear heads: logistic and softmax regression on whatever can be multiplied from both sides."""

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse.linalg import LinearOperator
from sklearn.exceptions import ConvergenceWarning

#: Largest entry of the gradient, of the mean loss, at which a fit is done.
_TOLERANCE = 1e-3

_MAX_ITERATIONS = 1000


def fit_linear(
    design: LinearOperator, labels: NDArray[np.integer], weights: NDArray[np.float64], C: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit a linear model, every label with the same say in all.

    Logistic regression for two labels, softmax for more, coefficients (not intercepts) penalised by their squares, by
    L-BFGS: as scikit-learn's ``LogisticRegression(C=C, class_weight="balanced", tol=1e-3, max_iter=1000)`` does it,
    which needs the features as one matrix.

    Parameters
    ----------
    design : LinearOperator, shape (n, n_features)
    labels : ndarray of int, shape (n,)
        From 0; each number up to the largest must occur, and there must be two.
    weights : ndarray, shape (n,)
    C : float
        Inverse strength of regularisation.

    Returns
    -------
    coef : ndarray, shape (n_features, n_outputs)
        One output for two labels: the score of the second; one each for more.
    intercept : ndarray, shape (n_outputs,)
    """
    in_label = np.bincount(labels, weights)
    weights = (weights / in_label[labels])[:, None] * (weights.sum() / len(in_label))
    total = weights.sum()
    binary = len(in_label) == 2
    truth = np.eye(len(in_label))[labels][:, binary:]
    shape = (int(design.shape[1]) + 1, truth.shape[1])

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        coef, intercept = parameters.reshape(shape)[:-1], parameters.reshape(shape)[-1]
        scores = design.matmat(coef) + intercept
        # Of two labels the first has the score 0, and no output.
        normaliser = np.logaddexp.reduce(scores, axis=1, keepdims=True, initial=0.0 if binary else -np.inf)
        losses = normaliser - (truth * scores).sum(axis=1, keepdims=True)
        error = (np.exp(scores - normaliser) - truth) * (weights / total)
        gradient = np.empty(shape)
        gradient[:-1] = design.rmatmat(error) + coef / (C * total)
        gradient[-1] = error.sum(axis=0)
        return float((losses * weights).sum() / total + (coef**2).sum() / (2 * C * total)), gradient.ravel()

    result = minimize(
        loss,
        np.zeros(shape[0] * shape[1]),
        jac=True,
        method="L-BFGS-B",
        # Bounds on the line search and on the loss as scikit-learn sets them.
        options={"maxiter": _MAX_ITERATIONS, "gtol": _TOLERANCE, "maxls": 50, "ftol": float(64 * np.finfo(float).eps)},
    )
    if not result.success:
        warnings.warn(f"a head was not fitted to the end: {result.message}", ConvergenceWarning, stacklevel=2)
    return result.x.reshape(shape)[:-1], result.x.reshape(shape)[-1]
