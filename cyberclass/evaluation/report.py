"""An evaluation: a model against labelled documents, with names and without, written out for a terminal."""

from pathlib import Path
from typing import Any

import pandas as pd

from cyberclass.corpora.documents import texts_of
from cyberclass.evaluation.measures import measure
from cyberclass.model.card import figures
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.heads import MASK
from cyberclass.model.store import seen_texts, text_mark
from cyberclass.text.names import load_names


def evaluate_model(model: IncidentClassifier, frame: pd.DataFrame, folder: str | Path) -> dict[str, Any]:
    """Compare a model's labels with those of documents.

    Parameters
    ----------
    model : IncidentClassifier
        Loaded from `folder`.
    frame : DataFrame
        As `corpora.documents.read_corpus` returns it.
    folder : str or Path
        The model's, which knows what the model was trained on.

    Returns
    -------
    dict
        `model`, `documents`, `seen` (documents that the model was trained on), `scores` and `scores_without_names`,
        both as `measures.measure` returns them.
    """
    texts = texts_of(frame)
    seen = seen_texts(folder)
    masked = [load_names().mask(text, MASK) for text in texts]
    return {
        "model": model.name_,
        "documents": len(texts),
        "seen": sum(text_mark(text) in seen for text in texts),
        "scores": measure(frame, model.label(texts)),
        "scores_without_names": measure(frame, model.label(masked)),
    }


def write_summary(evaluation: dict[str, Any]) -> str:
    """Write an evaluation out for people; what makes it worthless comes first."""
    lines = []
    if evaluation["seen"]:
        lines += [
            f"WARNING: {evaluation['seen']:,} of {evaluation['documents']:,} documents were in this model's training. "
            "These figures say what it remembers, not how good it is: its card has those of held-out documents.",
            "",
        ]
    lines += [f"Model {evaluation['model']} on {evaluation['documents']:,} documents", ""]
    lines += figures(evaluation["scores"])
    motivation = evaluation["scores_without_names"]["motivation"]
    if motivation:
        lines += [
            f"**With known names masked**: motivation macro-F1 {motivation['macro_f1']:.3f}, accuracy "
            f"{motivation['accuracy']:.3f}.",
        ]
    return "\n".join(lines)
