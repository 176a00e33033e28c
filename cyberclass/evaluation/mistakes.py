"""Mistakes: the documents that a model was surest of and wrong about, with the words that misled it."""

from typing import Any

import numpy as np
import pandas as pd

from cyberclass.evaluation.measures import motivation_probabilities
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.outputs import taxonomy_in

MOST = 50

_WORDS = 8


def find_mistakes(labelled: pd.DataFrame, predicted: pd.DataFrame) -> list[int]:
    """Find the rows whose motivation was given wrongly, the most confident first; 50 at most.

    Parameters
    ----------
    labelled : DataFrame, n rows
        As `corpora.documents.read_corpus` returns it.
    predicted : DataFrame, n rows in the same order
        The columns of `IncidentClassifier.label`.
    """
    truth = labelled["motivation"].to_numpy(dtype=object).astype(str)
    coded = (labelled["is_incident"] & labelled["motivation"].notna()).to_numpy()
    said = predicted["motivation"].to_numpy(dtype=object).astype(str)
    wrong = np.flatnonzero(coded & np.isin(said, taxonomy_in(predicted).motivations) & (said != truth))
    confidence = motivation_probabilities(predicted).max(axis=1, initial=0.0)
    return [int(row) for row in wrong[np.argsort(-confidence[wrong], kind="stable")][:MOST]]


def describe_mistake(
    model: IncidentClassifier, document: pd.Series, text: str, prediction: pd.Series
) -> dict[str, Any]:
    """Lay a mistake open.

    Parameters
    ----------
    model : IncidentClassifier
        The one that made it.
    document : Series
        A row of the labelled documents.
    text : str
        What the model read.
    prediction : Series
        The row of its labels.

    Returns
    -------
    dict
        `id`, `source`, `title`, `text`, `label`, `predicted`, `probabilities` by label, and `words`: what spoke most
        for the predicted motivation against the right one, as pairs of word and difference of contributions to the
        score.
    """
    predicted, label = prediction["motivation"], document["motivation"]
    motivations = model.taxonomy_.motivations
    others = [label] if label in motivations else [each for each in motivations if each != predicted]
    difference = dict(model.contributions(text, predicted))
    for other in others:
        for word, value in model.contributions(text, other):
            difference[word] -= value / len(others)
    words = sorted(difference.items(), key=lambda part: -part[1])[:_WORDS]
    columns = [column for column in prediction.index if column.startswith("p_motivation_")]
    return {
        "id": document["id"],
        "source": document["source"],
        "title": document["title"] or "",
        "text": document["text"],
        "label": label,
        "predicted": predicted,
        "probabilities": {column.removeprefix("p_motivation_"): float(prediction[column]) for column in columns},
        "words": [[word, round(value, 3)] for word, value in words if value > 0],
    }
