"""Mistakes: the documents that a model was surest of and wrong about, with the words that misled it."""

from collections import defaultdict
from collections.abc import Sequence
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
    columns = [column for column in prediction.index if column.startswith("p_motivation_")]
    return {
        "id": document["id"],
        "source": document["source"],
        "title": document["title"] or "",
        "text": document["text"],
        "label": label,
        "predicted": predicted,
        "probabilities": {column.removeprefix("p_motivation_"): float(prediction[column]) for column in columns},
        "words": [[word, round(value, 3)] for word, value in telling_words(model, text, [predicted], others)],
    }


def telling_words(
    model: IncidentClassifier, text: str, outputs: Sequence[str], others: Sequence[str]
) -> list[tuple[str, float]]:
    """Find the words of a text that speak most for some outputs of a model against others, 8 at most.

    Parameters
    ----------
    model : IncidentClassifier
    text : str
    outputs, others : sequence of str
        As `IncidentClassifier.contributions` takes them; one of the two may be empty.

    Returns
    -------
    list of (str, float)
        Mean contribution to the scores of `outputs` less that to `others`; positive, the largest first.
    """
    difference: defaultdict[str, float] = defaultdict(float)
    for side, sign in ((outputs, 1), (others, -1)):
        for output in side:
            for word, value in model.contributions(text, output):
                difference[word] += sign * value / len(side)
    words = sorted(difference.items(), key=lambda part: -part[1])[:_WORDS]
    return [(word, value) for word, value in words if value > 0]
