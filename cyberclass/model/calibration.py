"""Calibration: slopes and offsets under which scores of held-out documents give honest probabilities."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, logit, softmax
from sklearn.linear_model import LogisticRegression

from cyberclass.model.outputs import Outputs
from cyberclass.model.targets import Targets


def calibrate(scores: NDArray[np.float64], targets: Targets) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find slope and offset of each output under which held-out scores give calibrated probabilities.

    Platt scaling for the yes-or-no heads; one slope (a temperature) and an offset each for the motivations.
    """
    outputs = Outputs(targets.taxonomy)
    slope, offset = np.ones(scores.shape[1]), np.zeros(scores.shape[1])
    for head in outputs.heads:
        if head == "motivation":
            continue
        output = outputs.names.index(head)
        rows, labels = targets.head(head)
        column = scores[rows, output]
        if len(np.unique(labels)) == 2 and not np.isnan(column).any():
            platt = LogisticRegression(C=np.inf).fit(column[:, None], labels, sample_weight=targets.weight[rows])
            slope[output], offset[output] = platt.coef_[0, 0], platt.intercept_[0]
            if slope[output] < 0:
                # Scores that speak against the truth tell nothing: the share of the label is all that is known.
                slope[output], offset[output] = 0.0, logit(np.average(labels, weights=targets.weight[rows]))
    rows, labels = targets.head("motivation")
    one_hot = (labels[:, None] == np.array(targets.taxonomy.motivations, dtype=str)).astype(float)
    slope[outputs.which], offset[outputs.which] = _temperature(
        scores[rows, outputs.which], one_hot, targets.weight[rows]
    )
    return slope, offset


def _temperature(
    scores: NDArray[np.float64], one_hot: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Fit softmax(slope * scores + offset) by maximum likelihood."""
    total, k = weight.sum(), one_hot.shape[1]
    if not one_hot.size or np.isnan(scores).any():
        return 1.0, np.zeros(k)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = parameters[0] * scores + parameters[1:]
        error = (softmax(logits, axis=1) - one_hot) * weight[:, None]
        gradient = np.concatenate(([(error * scores).sum()], error.sum(axis=0)))
        return -((log_softmax(logits, axis=1) * one_hot).sum(axis=1) * weight).sum() / total, gradient / total

    bounds = [(0.0, None), *[(None, None)] * k]
    result = minimize(loss, np.array([1.0, *np.zeros(k)]), jac=True, method="L-BFGS-B", bounds=bounds)
    return float(result.x[0]), result.x[1:]
