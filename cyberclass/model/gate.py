"""The gate before a model: texts that it cannot read get no label that it has no ground for."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cyberclass.taxonomy import UNDETERMINED, Taxonomy
from cyberclass.text.detection import UNKNOWN_LANGUAGE, detect_language

#: Share of unknown words from which on a text may be in another language than the model's: of English phrases of eight
#: words, new to the model, 4 % have more; of texts in 40 other languages all.
_MANY = 0.3

#: Words below which the language is looked at in any case.
_FEW = 3


def tell_languages(texts: Sequence[str], n_words: NDArray[np.float64], learned: Sequence[str]) -> NDArray[np.object_]:
    """Tell the language of each text.

    Parameters
    ----------
    texts : sequence of str, length n
    n_words : ndarray of float64, shape (n, 2)
        The words of each, and those that the model does not know.
    learned : sequence of str
        Languages that the model was trained on. If it is one, texts whose words it knows are in it without a look.

    Returns
    -------
    ndarray of str, shape (n,)
        As `text.detection.detect_language` gives them.
    """
    languages = np.full(len(texts), learned[0] if len(learned) == 1 else None, dtype=object)
    looked_at = _has_many_unknown(n_words) | (n_words[:, 0] < _FEW) | (len(learned) != 1)
    for place in np.flatnonzero(looked_at).tolist():
        languages[place] = detect_language(texts[place], learned)
    return languages


def find_unread(
    languages: NDArray[np.object_], n_words: NDArray[np.float64], learned: Sequence[str]
) -> NDArray[np.bool_]:
    """Find the texts that a model cannot read: of another language than its own, or without a word that it knows.

    Parameters
    ----------
    languages : ndarray of str, shape (n,)
    n_words, learned
        As `tell_languages` takes them.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    foreign = (
        ~np.isin(languages.astype(str), [*learned, UNKNOWN_LANGUAGE]) if learned else np.zeros(len(languages), bool)
    )
    without = (n_words[:, 0] > 0) & (n_words[:, 0] == n_words[:, 1])
    unread: NDArray[np.bool_] = (foreign & _has_many_unknown(n_words)) | without
    return unread


def withhold(labels: pd.DataFrame, unread: NDArray[np.bool_], taxonomy: Taxonomy) -> pd.DataFrame:
    """Take back what a model says of texts that it cannot read.

    Parameters
    ----------
    labels : DataFrame, n rows
        As `IncidentClassifier.label` makes it.
    unread : ndarray of bool, shape (n,)
    taxonomy : Taxonomy

    Returns
    -------
    DataFrame, n rows
        Those that are `unread` have no probabilities (NaN), are taken for incidents, as all is that nothing speaks
        against, and have an undetermined motivation and no impact.
    """
    if unread.any():
        said = [name for name in labels.columns if name.startswith("p_") or name == "motivation_confidence"]
        labels.loc[unread, said] = np.nan
        labels.loc[unread, "is_incident"] = True
        labels.loc[unread, "motivation"] = UNDETERMINED
        labels.loc[unread, "impact"] = ""
        if "motivation_set" in labels:
            labels.loc[unread, "motivation_set"] = ";".join(taxonomy.motivations)
        if "evidence" in labels:
            labels.loc[unread, "evidence"] = pd.Series([[] for _ in labels.index], dtype=object)
            labels.loc[unread, "evidence_sentence"] = ""
    return labels


def is_unread(labels: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell the rows of which `withhold` took back what the model said, by the language that they have."""
    if "language" not in labels:
        return np.zeros(len(labels), dtype=bool)
    said = labels[[name for name in labels.columns if name.startswith("p_")]]
    return np.asarray(said.isna().all(axis=1), dtype=np.bool_)


def why_withheld(labels: pd.DataFrame, learned: Sequence[str]) -> str:
    """Say in a sentence why a model says nothing of one text; "" if it does.

    Parameters
    ----------
    labels : DataFrame, one row
        As `IncidentLabeller.label` returns it.
    learned : sequence of str
        Languages that the model was trained on.
    """
    if not is_unread(labels)[0]:
        return ""
    language = labels["language"].iloc[0]
    if language in (UNKNOWN_LANGUAGE, *learned):
        return "No word of this text is known to the model, so that its labels stay open."
    return f"This text is in another language ({language}) than the model was trained in, so that its labels stay open."


def _has_many_unknown(n_words: NDArray[np.float64]) -> NDArray[np.bool_]:
    many: NDArray[np.bool_] = n_words[:, 1] >= np.maximum(_MANY * n_words[:, 0], 1)
    return many
