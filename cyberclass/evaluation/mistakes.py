"""Mistakes: the documents that a model was surest of and wrong about, with the words that misled it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cyberclass.evaluation.measures import motivation_probabilities
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.outputs import taxonomy_in
from cyberclass.model.text_evidence import MOST_GATHERED, gather_words

MOST = 50


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
        for the predicted motivation against the right one, as pairs of word and difference of what they add to
        the scores.
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
        As `Explanation.contrast` takes them; one of the two may be empty.

    Returns
    -------
    list of (str, float)
        Words and phrases, in lower case, and what all places where they stand add to the scores of `outputs` on
        average, less that to `others`; positive, the largest first.
    """
    spans = model.explain(text, any_language=True).contrast(outputs, others, MOST_GATHERED).speaking
    return [(word.text.lower(), word.weight) for word in gather_words(spans)]
