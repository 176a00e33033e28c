"""Calibration: slopes and offsets under which scores of held-out documents give honest probabilities."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, logit, softmax
from sklearn.linear_model import LogisticRegression

from cyberclass.model.heads import HEADS, OUTPUTS, WHICH
from cyberclass.model.targets import Targets
from cyberclass.taxonomy import MOTIVATIONS


def calibrate(scores: NDArray[np.float64], targets: Targets) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find slope and offset of each output under which held-out scores give calibrated probabilities.

    Platt scaling for the yes-or-no heads; one slope (a temperature) and an offset each for the three motivations.
    """
    slope, offset = np.ones(scores.shape[1]), np.zeros(scores.shape[1])
    for head in HEADS:
        if head == "motivation":
            continue
        output = OUTPUTS.index(head)
        rows, labels = targets.head(head)
        column = scores[rows, output]
        if len(np.unique(labels)) == 2 and not np.isnan(column).any():
            platt = LogisticRegression(C=np.inf).fit(column[:, None], labels)
            slope[output], offset[output] = platt.coef_[0, 0], platt.intercept_[0]
            if slope[output] < 0:
                # Scores that speak against the truth tell nothing: the share of the label is all that is known.
                slope[output], offset[output] = 0.0, logit(labels.mean())
    rows, labels = targets.head("motivation")
    slope[WHICH], offset[WHICH] = _temperature(scores[rows, WHICH], labels)
    return slope, offset


def _temperature(scores: NDArray[np.float64], labels: NDArray[np.str_]) -> tuple[float, NDArray[np.float64]]:
    """Fit softmax(slope * scores + offset) by maximum likelihood."""
    one_hot = (labels[:, None] == np.array(MOTIVATIONS)).astype(float)
    if np.isnan(scores).any():
        return 1.0, np.zeros(len(MOTIVATIONS))

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = parameters[0] * scores + parameters[1:]
        error = softmax(logits, axis=1) - one_hot
        gradient = np.concatenate(([(error * scores).sum()], error.sum(axis=0)))
        return -(log_softmax(logits, axis=1) * one_hot).sum() / len(labels), gradient / len(labels)

    bounds = [(0.0, None), *[(None, None)] * len(MOTIVATIONS)]
    result = minimize(loss, np.array([1.0, *np.zeros(len(MOTIVATIONS))]), jac=True, method="L-BFGS-B", bounds=bounds)
    return float(result.x[0]), result.x[1:]
