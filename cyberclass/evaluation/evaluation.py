"""An evaluation: models against labelled documents, as one result that reports are written from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cyberclass.corpora.documents import corpus_hash, texts_of
from cyberclass.corpora.duplicates import incidents_of, joined_incidents, near_duplicates
from cyberclass.errors import CorpusError, ModelError
from cyberclass.evaluation.curves import curves_of
from cyberclass.evaluation.measures import measure, which_probabilities
from cyberclass.evaluation.mistakes import describe_mistake, find_mistakes
from cyberclass.evaluation.resampling import compare, intervals
from cyberclass.evaluation.slices import slices
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.conformal import motivation_sets
from cyberclass.model.outputs import taxonomy_in
from cyberclass.model.store import seen_texts, text_mark
from cyberclass.text.masking import mask_countries, mask_names

#: Of the layout of an evaluation; docs/evaluation.md describes it.
SCHEMA = 1

#: Coverages that conformal sets are tried at.
COVERAGES = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)

#: How a text is changed to see what a model knows without the words taken out.
MASKED: dict[str, Callable[[str], str]] = {
    "names": mask_names,
    "countries": mask_countries,
    "names and countries": lambda text: mask_countries(mask_names(text)),
}

#: Share of documents seen in training from which an evaluation is worthless.
_MOST_SEEN = 0.02

#: Why a headline figure cannot be computed, if it cannot.
_NEEDS = {
    "motivation_accuracy": "no document is labelled with a motivation, or the model has learned none",
    "motivation_macro_f1": "no document is labelled with a motivation, or the model has learned none",
    "calibration_error": "no document is labelled with a motivation, or the model has learned none",
    "coverage": "no document is labelled with a motivation, or the model has learned none",
    "accuracy_where_labelled": "the model gave none of the labelled documents a motivation",
    "undetermined_left_so": "no document is labelled undetermined",
    "impact_macro_f1": "no impact domain is coded, or the model has learned none",
    "impact_micro_f1": "no impact domain is coded, or the model has learned none",
    "impact_mean_average_precision": "no impact domain is coded, or the model has learned none",
    "incident_roc_auc": "all documents are incidents, or none is, or the model has not learned to tell",
}


@dataclass(frozen=True)
class Part:
    """A model, and the documents that it is tried on.

    Attributes
    ----------
    model : IncidentClassifier
    rows : ndarray of int
        Their positions.
    name : str
        What the part is called where parts are listed.
    n_training : int or None
        Documents it learned from, where known.
    """

    model: IncidentClassifier
    rows: NDArray[np.intp]
    name: str = ""
    n_training: int | None = None


def evaluate_model(
    model: IncidentClassifier,
    frame: pd.DataFrame,
    folder: str | Path | None = None,
    other: IncidentClassifier | None = None,
    other_folder: str | Path | None = None,
) -> dict[str, Any]:
    """Compare a model's labels with those of documents.

    Parameters
    ----------
    model : IncidentClassifier
    frame : DataFrame
        As `corpora.documents.read_corpus` returns it.
    folder : str or Path, optional
        The model's, which knows what the model was trained on.
    other : IncidentClassifier, optional
        A model to compare it with, on the same documents.
    other_folder : str or Path, optional

    Returns
    -------
    dict
        Ready for JSON; docs/evaluation.md describes it.

    Raises
    ------
    CorpusError
        If there is no document, or none with a label.
    ModelError
        If the two models have different labels.
    """
    if other is not None and other.taxonomy_ != model.taxonomy_:
        raise ModelError(
            f"{other.name_} knows other labels than {model.name_}; expected models of one taxonomy to compare."
        )
    evaluation = evaluate_parts([Part(model, np.arange(len(frame)))], frame, "evaluation")
    evaluation["model"] = model.name_
    evaluation["seen"] = _count_seen(frame, folder)
    if other is not None:
        evaluation["comparison"] = _compare(evaluation["predictions"], other, frame)
        evaluation["comparison"]["seen"] = _count_seen(frame, other_folder)
    evaluation["verdict"] = verdict(evaluation)
    return evaluation


def evaluate_parts(parts: Sequence[Part], frame: pd.DataFrame, kind: str) -> dict[str, Any]:
    """Evaluate models, each on its documents, as if they were one.

    Parameters
    ----------
    parts : sequence of Part
        No document may be in two.
    frame : DataFrame
        As `corpora.documents.read_corpus` returns it.
    kind : str
        "evaluation" or "cross-validation".

    Returns
    -------
    dict
        As `evaluate_model` returns it, without `model`, `comparison` and `verdict`.
    """
    if not sum(len(part.rows) for part in parts):
        raise CorpusError("Found no document to evaluate on; expected labelled documents.")
    rows = np.concatenate([part.rows for part in parts])
    frame = frame.iloc[rows].reset_index(drop=True)
    if not (~frame["is_incident"] | frame["motivation"].notna() | frame["impact"].notna()).any():
        raise CorpusError(
            "Found no labelled document; expected motivations, impact domains, or texts that are no incident."
        )
    taxonomy = parts[0].model.taxonomy_
    ends = np.cumsum([len(part.rows) for part in parts])
    parts = [
        Part(part.model, np.arange(end - len(part.rows), end), part.name, part.n_training)
        for part, end in zip(parts, ends, strict=True)
    ]
    texts = texts_of(frame)
    pairs = near_duplicates(texts)
    labelled = frame.assign(incident=joined_incidents(frame["incident"], pairs))
    predicted = _label(parts, texts)
    scores = measure(labelled, predicted)
    figures = _with_reasons(intervals(labelled, predicted), scores)
    masked = {
        name: _with_reasons(intervals(labelled, _label(parts, [change(text) for text in texts])), None)
        for name, change in MASKED.items()
    }
    return {
        "schema": SCHEMA,
        "kind": kind,
        "made": datetime.now(UTC).date().isoformat(),
        "data": {
            "sha256": corpus_hash(frame),
            "documents": len(frame),
            "incidents": int(labelled["incident"].nunique()),
            "sources": {source: int(count) for source, count in sorted(frame["source"].value_counts().items())},
        },
        "taxonomy": {"motivations": list(taxonomy.motivations), "impacts": list(taxonomy.impacts)},
        "seen": 0,
        "near_duplicates": list_pairs(frame, pairs),
        "figures": figures,
        "scores": scores,
        "masked": masked,
        "slices": slices(labelled, predicted),
        "conformal": _conformal(parts, labelled, predicted),
        "curves": curves_of(labelled, predicted),
        "mistakes": [
            describe_mistake(_model_of(parts, row), frame.iloc[row], texts[row], predicted.iloc[row])
            for row in find_mistakes(labelled, predicted)
        ],
        "predictions": pd.concat([_truth(frame), predicted], axis=1),
    }


def verdict(evaluation: dict[str, Any]) -> str:
    """Say in one sentence what an evaluation found."""
    data, figures = evaluation["data"], evaluation["figures"]
    if (evaluation["seen"] or 0) > _MOST_SEEN * data["documents"]:
        return (
            f"Worthless as a measure: {evaluation['seen']:,} of {data['documents']:,} documents were in this model's "
            "training; the figures say what it remembers, not how good it is."
        )
    accuracy = figures["motivation_accuracy"]
    if accuracy["value"] is None:
        impact = figures["impact_macro_f1"]
        if impact["value"] is None:
            return f"Nothing can be said of motivations or impact: {accuracy['why']}, and {impact['why']}."
        return f"Impact domains are found with a macro-F1 of {_range(impact)} on {data['documents']:,} documents."
    points = round(100 * (accuracy["value"] - evaluation["masked"]["names"]["motivation_accuracy"]["value"]), 1)
    without = f"{abs(points)} points {'fewer' if points > 0 else 'more'}" if points else "as many"
    majority = evaluation["scores"]["motivation"]["majority"]["label"]
    return (
        f"The motivation is right for {_percent(accuracy)} of {evaluation['scores']['motivation']['documents']:,} "
        f"documents, where always saying {majority!r} is right for {accuracy['baseline']:.0%}; without known names it "
        f"is right for {without}."
    )


def list_pairs(frame: pd.DataFrame, pairs: pd.DataFrame) -> list[dict[str, Any]]:
    """Name the documents of near-duplicates."""
    ids = frame["id"].tolist()
    return [
        {"first": ids[first], "second": ids[second], "similarity": round(similarity, 2)}
        for first, second, similarity in pairs.itertuples(index=False)
    ]


def _label(parts: Sequence[Part], texts: Sequence[str]) -> pd.DataFrame:
    labels = [part.model.label([texts[row] for row in part.rows], any_language=True) for part in parts]
    return pd.concat(labels, ignore_index=True)


def _truth(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the labels of documents as cells of a table, beside which predictions stand."""
    truth = frame[["id", "incident", "source"]].copy()
    truth["true_is_incident"] = frame["is_incident"]
    truth["true_motivation"] = frame["motivation"]
    truth["true_impact"] = [None if coded is None else ";".join(coded) for coded in frame["impact"]]
    return truth


def _model_of(parts: Sequence[Part], row: int) -> IncidentClassifier:
    return next(part.model for part in parts if row in part.rows)


def _with_reasons(found: dict[str, Any], scores: dict[str, Any] | None) -> dict[str, Any]:
    """Give every headline figure, the baseline beside it where there is one, or say why it is not there."""
    figures: dict[str, Any] = {
        name: found.get(name, {"value": None, "low": None, "high": None, "why": why}) for name, why in _NEEDS.items()
    }
    if scores and scores["motivation"]:
        for measured in ("accuracy", "macro_f1"):
            figures[f"motivation_{measured}"]["baseline"] = float(scores["motivation"]["majority"][measured])
    if scores and scores["impact"]:
        figures["impact_macro_f1"]["baseline"] = scores["impact"]["always_yes_macro_f1"]
    return figures


def _conformal(parts: Sequence[Part], labelled: pd.DataFrame, predicted: pd.DataFrame) -> list[dict[str, float]]:
    """Compare the coverage that conformal sets promise with what they achieve."""
    truth = labelled["motivation"].to_numpy(dtype=object).astype(str)
    motivations = taxonomy_in(predicted).motivations
    coded = np.isin(truth, motivations)
    if not coded.any() or not all(len(part.model.conformal_scores_) for part in parts):
        return []
    own = truth[:, None] == np.array(motivations)
    which = which_probabilities(predicted)
    found = []
    for coverage in COVERAGES:
        sets = np.concatenate(
            [motivation_sets(part.model.conformal_scores_, which[part.rows], coverage) for part in parts]
        )
        found.append(
            {
                "promised": coverage,
                "achieved": float((sets & own)[coded].any(axis=1).mean()),
                "mean_size": float(sets[coded].sum(axis=1).mean()),
            }
        )
    return found


def _compare(predicted: pd.DataFrame, other: IncidentClassifier, frame: pd.DataFrame) -> dict[str, Any]:
    found = compare(
        frame.assign(incident=incidents_of(frame)), predicted, other.label(texts_of(frame), any_language=True)
    )
    return {
        "with": other.name_,
        "differences": found.differences,
        "only_first_right": found.only_first_right,
        "only_second_right": found.only_second_right,
        "p_value": found.p_value,
    }


def _count_seen(frame: pd.DataFrame, folder: str | Path | None) -> int | None:
    """Count documents that a model was trained on; None if its folder does not tell."""
    if folder is None:
        return 0
    seen = seen_texts(folder)
    if seen is None:
        return None
    pairs = zip(texts_of(frame), frame["text"], strict=True)
    return sum(text_mark(whole) in seen or text_mark(body) in seen for whole, body in pairs)


def _percent(figure: dict[str, Any]) -> str:
    return f"{figure['value']:.1%} ({figure['low']:.1%} to {figure['high']:.1%})"


def _range(figure: dict[str, Any]) -> str:
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"
