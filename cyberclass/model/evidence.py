"""Evidence: what tokens add to a score, gathered into phrases and sentences."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cyberclass.model.weighing import TokenWeights

#: Neighbours that speak for one side are one phrase where each has this share of that side's strongest token, or more.
_SHARE = 0.2

#: Decimals of a weight in tables and files.
DECIMALS = 3


class Phrases(NamedTuple):
    """Phrases in runs of tokens: `first` and `last` token of each, by place, and the sum of their `weights`."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    weights: NDArray[np.float64]


class Reasons(NamedTuple):
    """Why one text has its labels.

    Attributes
    ----------
    spans : list of dict
        The phrases that speak most for each label given, in the order of the outputs, the strongest first: `label`,
        `text`, `start`, `end` (in characters) and `weight`.
    sentence : str
        The one that speaks most for the first label given; "" if there is none.
    """

    spans: list[dict[str, Any]]
    sentence: str


def find_phrases(weights: NDArray[np.float64], groups: NDArray[np.int64], sentences: NDArray[np.int64]) -> Phrases:
    """Part tokens into phrases: neighbours that speak for one side, and loudly; else a token is a phrase of its own.

    Parameters
    ----------
    weights : ndarray of float64, shape (n,)
        What each token adds to some score.
    groups : ndarray of int64, shape (n,)
        What each is looked at for, such as its text and an output; ascending.
    sentences : ndarray of int64, shape (n,)
        A phrase does not go beyond its sentence.

    Returns
    -------
    Phrases
    """
    if not len(weights):
        return Phrases(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), weights)
    heads = np.diff(groups, prepend=-1) != 0
    first, number = np.flatnonzero(heads), heads.cumsum() - 1
    most = _SHARE * np.maximum.reduceat(weights, first)[number]
    least = _SHARE * np.minimum.reduceat(weights, first)[number]
    side = np.where((weights > 0) & (weights >= most), 1, np.where((weights < 0) & (weights <= least), -1, 0))
    joined = (side[1:] == side[:-1]) & (side[1:] != 0) & (groups[1:] == groups[:-1]) & (sentences[1:] == sentences[:-1])
    first = np.flatnonzero(np.append(True, ~joined))
    return Phrases(first, np.append(first[1:], len(weights)) - 1, np.add.reduceat(weights, first))


def sum_sentences(
    weights: NDArray[np.float64], groups: NDArray[np.int64], sentences: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Sum what tokens add, sentence by sentence; parameters as `find_phrases` takes them.

    Returns
    -------
    groups, sentences : ndarray of int64, shape (m,)
    weights : ndarray of float64, shape (m,)
    """
    first = np.flatnonzero((np.diff(groups, prepend=-1) != 0) | (np.diff(sentences, prepend=-1) != 0))
    sums = np.add.reduceat(weights, first) if len(first) else weights
    return groups[first], sentences[first], sums


def find_reasons(
    texts: Sequence[str], weighed: TokenWeights, rows: NDArray[np.int64], labels: Sequence[str], most: int
) -> list[Reasons]:
    """Find what speaks most for the labels of texts.

    Parameters
    ----------
    texts : sequence of str, length n
    weighed : TokenWeights
        Of n_labels scores.
    rows : ndarray of int64, shape (n_labels,)
        The text of each, ascending.
    labels : sequence of str, length n_labels
    most : int
        Phrases a label.

    Returns
    -------
    list of Reasons, length n
    """
    weights, groups, tokens, places = weighed
    sentences = places.sentences[tokens]
    phrases = find_phrases(weights, groups, sentences)
    best = strongest(phrases.weights, groups[phrases.first], most)
    spans: list[list[dict[str, Any]]] = [[] for _ in texts]
    for group, start, end, weight in zip(
        groups[phrases.first[best]].tolist(),
        places.starts[tokens[phrases.first[best]]].tolist(),
        places.ends[tokens[phrases.last[best]]].tolist(),
        phrases.weights[best].round(DECIMALS).tolist(),
        strict=True,
    ):
        row = rows[group]
        spans[row].append(
            {"label": labels[group], "text": texts[row][start:end], "start": start, "end": end, "weight": weight}
        )
    of_first = (np.diff(rows, prepend=-1) != 0)[groups]
    groups, sentences, sums = sum_sentences(weights[of_first], groups[of_first], sentences[of_first])
    best = strongest(sums, groups, 1)
    deciding = [""] * len(texts)
    starts, ends = places.sentence_starts[sentences[best]], places.sentence_ends[sentences[best]]
    for row, start, end in zip(rows[groups[best]].tolist(), starts.tolist(), ends.tolist(), strict=True):
        deciding[row] = texts[row][start:end]
    return [Reasons(*each) for each in zip(spans, deciding, strict=True)]


def strongest(weights: NDArray[np.float64], groups: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Find the largest weights of each group, ascending as `find_phrases` has it.

    Returns
    -------
    ndarray of int64
        Places of those above 0 that have `_SHARE` of the largest, at most so many of a group, the largest first.
    """
    if not len(weights):
        return np.empty(0, dtype=np.int64)
    heads = np.diff(groups, prepend=-1) != 0
    largest = np.maximum.reduceat(weights, np.flatnonzero(heads))[heads.cumsum() - 1]
    # Sorting what is left takes a tenth of the time.
    likely = np.flatnonzero((weights > 0) & (weights >= _SHARE * largest))
    order = likely[np.lexsort((-weights[likely], groups[likely]))]
    groups = groups[order]
    kept: NDArray[np.int64] = order[np.arange(len(order)) - np.searchsorted(groups, groups) < most]
    return kept
