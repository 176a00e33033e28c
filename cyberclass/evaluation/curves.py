"""Curves: how risk, precision and calibration run over all thresholds, as points to draw."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve, roc_curve

from cyberclass.evaluation.measures import (
    BINS,
    bins_of,
    knows_motivations,
    likeliest_of,
    risk_coverage,
    which_probabilities,
)
from cyberclass.model.outputs import taxonomy_in
from cyberclass.model.targets import targets_of

#: Points a curve keeps: more are not seen.
_POINTS = 200

Curve = list[list[float]]


def curves_of(labelled: pd.DataFrame, predicted: pd.DataFrame) -> dict[str, Any]:
    """Compute all curves.

    Parameters
    ----------
    labelled : DataFrame, n rows
        As `corpora.documents.read_corpus` returns it.
    predicted : DataFrame, n rows in the same order
        The columns of `IncidentClassifier.label`.

    Returns
    -------
    dict
        `risk_coverage`: points of coverage and share of wrong motivations. `reliability`: for "motivation" and
        "impact", bins of equal width: mean probability, share that was true, documents. `roc`: points of false and true
        positive rate of the incident head; `precision_recall`: of recall and precision of finding what is no incident.
        Empty where labels do not allow it.
    """
    targets = targets_of(labelled, taxonomy_in(predicted))
    impacts = targets.taxonomy.impacts
    risk = risk_coverage(targets.motivation, predicted)
    rows = np.isin(targets.motivation.astype(str), targets.taxonomy.motivations) & knows_motivations(predicted)
    confidence = which_probabilities(predicted)[rows].max(axis=1, initial=0.0)
    right = likeliest_of(predicted)[rows] == targets.motivation[rows]
    probabilities = predicted[[f"p_impact_{domain}" for domain in impacts]].to_numpy(dtype=float)
    coded = ~np.isnan(targets.impact) & ~np.isnan(probabilities)
    is_incident, p_incident = targets.is_incident, predicted["p_incident"].to_numpy(dtype=float)
    both = is_incident.any() and not is_incident.all() and not np.isnan(p_incident).any()
    false_rate, true_rate, _ = roc_curve(is_incident, p_incident) if both else ([], [], [])
    precision, recall, _ = precision_recall_curve(~is_incident, 1 - p_incident) if both else ([], [], [])
    return {
        "risk_coverage": [] if risk is None else _thin(risk["coverage"], risk["risk"]),
        "reliability": {
            "motivation": _bins(confidence, right),
            "impact": _bins(probabilities[coded], targets.impact[coded] == 1),
        },
        "roc": _thin(false_rate, true_rate),
        "precision_recall": _thin(recall[::-1], precision[::-1]),
    }


def _thin(x: Any, y: Any) -> Curve:
    places = np.unique(np.linspace(0, len(x) - 1, min(len(x), _POINTS)).astype(int)) if len(x) else np.zeros(0, int)
    return [
        [round(float(a), 4), round(float(b), 4)]
        for a, b in zip(np.asarray(x)[places], np.asarray(y)[places], strict=True)
    ]


def _bins(probability: NDArray[np.float64], happened: NDArray[np.bool_]) -> Curve:
    """Bins of equal width that hold anything: mean probability, share that happened, documents."""
    bins = bins_of(probability)
    return [
        [round(float(probability[own].mean()), 4), round(float(happened[own].mean()), 4), int(own.sum())]
        for place in range(BINS)
        if (own := bins == place).any()
    ]
