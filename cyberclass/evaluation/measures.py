"""How good labels are: truth and prediction in, figures out."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    cohen_kappa_score,
    confusion_matrix,
    f1_score,
    precision_recall_fscore_support,
    roc_auc_score,
)

from cyberclass.model.outputs import among_motivations, taxonomy_in
from cyberclass.model.targets import targets_of
from cyberclass.taxonomy import UNDETERMINED

#: Bins of equal width for the calibration of probabilities.
BINS = 15


def measure(labelled: pd.DataFrame, predicted: pd.DataFrame) -> dict[str, Any]:
    """Compare predictions with labels.

    Parameters
    ----------
    labelled : DataFrame, n rows
        The columns is_incident, motivation and impact as `corpora.documents.read_corpus` gives them.
    predicted : DataFrame, n rows in the same order
        The columns of `IncidentClassifier.label` (or of its `out_of_fold_`).

    Returns
    -------
    dict
        `motivation`, `undetermined`, `impact` and `incident`, each a dict of figures in [0, 1] and of counts, ready for
        JSON; None in the place of what cannot be computed.
    """
    targets = targets_of(labelled, taxonomy_in(predicted))
    return {
        "documents": len(labelled),
        "motivation": _motivation(targets.motivation, predicted),
        "undetermined": _undetermined(targets.motivation, predicted),
        "impact": _impact(targets.impact, predicted),
        "incident": _incident(targets.is_incident, predicted),
    }


def expected_calibration_error(confidence: NDArray[np.float64], correct: NDArray[np.bool_]) -> float:
    """Compute the expected calibration error.

    The mean difference of confidence and accuracy over 15 bins of equal width, weighted by their sizes (Guo et al.,
    2017, "On Calibration of Modern Neural Networks").

    Parameters
    ----------
    confidence : ndarray, shape (n,)
        Probability of the predicted label, in [0, 1].
    correct : ndarray of bool, shape (n,)

    Returns
    -------
    float
        In [0, 1]; NaN for no rows.
    """
    if not len(confidence):
        return float("nan")
    gaps = np.bincount(bins_of(confidence), correct.astype(float) - confidence, minlength=BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def bins_of(probability: NDArray[np.float64]) -> NDArray[np.intp]:
    """Number the bin that each probability falls into, from 0 to 14; 1 belongs to the last."""
    return np.minimum((probability * BINS).astype(np.intp), BINS - 1)


def motivation_probabilities(predicted: pd.DataFrame) -> NDArray[np.float64]:
    """Give the probability of each motivation, shape (n, k); what is missing to 1 is that of "undetermined"."""
    columns = [f"p_motivation_{label}" for label in taxonomy_in(predicted).motivations]
    probabilities: NDArray[np.float64] = predicted[columns].to_numpy(dtype=float)
    return probabilities


def which_probabilities(predicted: pd.DataFrame) -> NDArray[np.float64]:
    """Give the probability of each motivation if there is one, shape (n, k), as `predict_proba` has it."""
    return among_motivations(motivation_probabilities(predicted))


def knows_motivations(predicted: pd.DataFrame) -> bool:
    """Say whether a model has learned motivations."""
    probabilities = motivation_probabilities(predicted)
    return bool(probabilities.size) and not np.isnan(probabilities).any()


def likeliest_of(predicted: pd.DataFrame) -> NDArray[np.str_]:
    """Give the likeliest motivation of each document, as `predict` has it."""
    motivations = taxonomy_in(predicted).motivations
    if not motivations:
        return np.full(len(predicted), "")
    likeliest: NDArray[np.str_] = np.array(motivations)[which_probabilities(predicted).argmax(axis=1)]
    return likeliest


def _motivation(truth: NDArray[np.object_], predicted: pd.DataFrame) -> dict[str, Any] | None:
    """The motivations before "undetermined" is applied, on documents that have one, as `predict_proba` has it."""
    motivations = taxonomy_in(predicted).motivations
    rows = np.isin(truth.astype(str), motivations)
    if not rows.any() or not knows_motivations(predicted):
        return None
    actual = truth[rows].astype(str)
    probabilities, likeliest = which_probabilities(predicted)[rows], likeliest_of(predicted)[rows]
    majority = pd.Series(actual).mode()[0]
    labels = [label for label in motivations if (actual == label).any()]
    one_hot = (actual[:, None] == np.array(motivations)).astype(float)
    return {
        "documents": int(rows.sum()),
        "accuracy": accuracy_score(actual, likeliest),
        "macro_f1": f1_score(actual, likeliest, labels=labels, average="macro", zero_division=0.0),
        # Of one label on both sides there is no agreement beyond chance.
        "kappa": cohen_kappa_score(actual, likeliest) if len({*actual, *likeliest}) > 1 else None,
        "majority": {
            "label": majority,
            "accuracy": float((actual == majority).mean()),
            "macro_f1": f1_score(
                actual, np.full(len(actual), majority), labels=labels, average="macro", zero_division=0.0
            ),
        },
        "calibration_error": expected_calibration_error(probabilities.max(axis=1), likeliest == actual),
        "brier": float(((probabilities - one_hot) ** 2).sum(axis=1).mean()),
        "labels": _by_label(actual, likeliest, labels),
        "confusion": {
            "labels": list(motivations),
            "rows_true_columns_predicted": confusion_matrix(actual, likeliest, labels=list(motivations)).tolist(),
        },
    }


def _undetermined(truth: NDArray[np.object_], predicted: pd.DataFrame) -> dict[str, Any] | None:
    """The decision to give a motivation or none, on incidents coded for it."""
    coded = np.array([label is not None for label in truth])
    if not coded.any() or not knows_motivations(predicted):
        return None
    actual = truth[coded].astype(str)
    decided = predicted["motivation"].to_numpy(dtype=object)[coded]
    given = np.isin(decided.astype(str), taxonomy_in(predicted).motivations)
    open_cases = actual == UNDETERMINED
    right = decided == actual
    curve = risk_coverage(truth, predicted)
    return {
        "documents": int(coded.sum()),
        "coverage": _share(given[~open_cases]),
        "accuracy_where_labelled": _share(right[given & ~open_cases]),
        "undetermined_documents": int(open_cases.sum()),
        "undetermined_left_so": _share(~given[open_cases]),
        "risk_coverage_area": None if curve is None else float(curve["risk"].mean()),
    }


def risk_coverage(truth: NDArray[np.object_], predicted: pd.DataFrame) -> pd.DataFrame | None:
    """Follow the share of wrong motivations as ever less certain ones are given.

    Documents that are coded for the motivation, from the highest confidence to the lowest; whatever motivation an
    undetermined one gets is wrong. The mean of the risks is the area under the curve (El-Yaniv and Wiener, 2010, "On
    the foundations of noise-free selective classification").

    Returns
    -------
    DataFrame or None
        `coverage` and `risk`, a row a document, in [0, 1]; None without documents.
    """
    coded = np.flatnonzero([label is not None for label in truth])
    if not len(coded) or not knows_motivations(predicted):
        return None
    confidence = motivation_probabilities(predicted)[coded].max(axis=1)
    wrong = (likeliest_of(predicted)[coded] != truth[coded].astype(str))[np.argsort(-confidence, kind="stable")]
    given = np.arange(1, len(coded) + 1)
    return pd.DataFrame({"coverage": given / len(coded), "risk": wrong.cumsum() / given})


def _impact(truth: NDArray[np.float64], predicted: pd.DataFrame) -> dict[str, Any] | None:
    """The domains, each on the documents that are coded for it."""
    impacts = taxonomy_in(predicted).impacts
    decided = [set(filter(None, domains.split(";"))) for domains in predicted["impact"]]
    domains = {}
    for column, domain in enumerate(impacts):
        coded = ~np.isnan(truth[:, column])
        actual = truth[coded, column] == 1
        probability = predicted[f"p_impact_{domain}"].to_numpy()[coded]
        if not actual.any() or np.isnan(probability).any():
            continue
        said = np.array([domain in found for found in decided], dtype=bool)[coded]
        precision, recall, f1, _ = precision_recall_fscore_support(actual, said, average="binary", zero_division=0.0)
        domains[domain] = {
            "coded": int(coded.sum()),
            "support": int(actual.sum()),
            "precision": precision,
            "recall": recall,
            "f1": f1,
            "average_precision": average_precision_score(actual, probability),
            "always_yes_f1": 2 * actual.mean() / (1 + actual.mean()),
        }
    if not domains:
        return None
    figures = pd.DataFrame(domains).T
    known = ~predicted[[f"p_impact_{domain}" for domain in impacts]].isna().any().to_numpy()
    coded = ~np.isnan(truth) & known
    said = np.array([[domain in found for domain in impacts] for found in decided], dtype=bool)
    whole = (coded | ~known).all(axis=1)
    return {
        "coded": int(coded.any(axis=1).sum()),
        "macro_f1": float(figures["f1"].mean()),
        "micro_f1": f1_score(truth[coded] == 1, said[coded], zero_division=0.0),
        "subset_accuracy": _share(((said == (truth == 1)) | ~known).all(axis=1)[whole]),
        "mean_average_precision": float(figures["average_precision"].mean()),
        "always_yes_macro_f1": float(figures["always_yes_f1"].mean()),
        "domains": domains,
    }


def _incident(truth: NDArray[np.bool_], predicted: pd.DataFrame) -> dict[str, Any]:
    said = predicted["is_incident"].to_numpy(dtype=bool)
    both = truth.any() and not truth.all()
    known = both and not predicted["p_incident"].isna().any()
    return {
        "documents": len(truth),
        "not_incidents": int((~truth).sum()),
        "roc_auc": roc_auc_score(truth, predicted["p_incident"]) if known else None,
        # Of finding what is no incident, the rarer of the two.
        "average_precision": average_precision_score(~truth, 1 - predicted["p_incident"]) if known else None,
        "macro_f1": f1_score(truth, said, average="macro", zero_division=0.0) if both else None,
        "incidents_kept": _share(said[truth]),
        "not_incidents_found": _share(~said[~truth]),
    }


def _by_label(actual: NDArray[np.str_], said: NDArray[np.str_], labels: list[str]) -> dict[str, dict[str, float | int]]:
    columns = precision_recall_fscore_support(actual, said, labels=labels, zero_division=0.0)
    return {
        label: {"precision": precision, "recall": recall, "f1": f1, "support": int(support)}
        for label, precision, recall, f1, support in zip(labels, *columns, strict=True)
    }


def _share(rows: NDArray[np.bool_]) -> float | None:
    return float(rows.mean()) if len(rows) else None
