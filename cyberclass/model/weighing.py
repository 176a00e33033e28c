"""What each token of a text adds to a score: exact, for the score of a linear model is a sum."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cyberclass.model.lookup import Blocks, Lookup
from cyberclass.text.names import KINDS, NameMatch
from cyberclass.text.positions import Places


class Tables(NamedTuple):
    """Weights of a linear model by block of features, each with a column an output; `forms` by number of the form."""

    words: NDArray[np.float64]
    pairs: NDArray[np.float64]
    forms: NDArray[np.float64]
    cues: NDArray[np.float64]
    kinds: NDArray[np.float64]


class TokenWeights(NamedTuple):
    """What tokens add to some scores.

    Attributes
    ----------
    weights : ndarray of float64, shape (m,)
        They sum to the score, without its intercept.
    groups : ndarray of int64, shape (m,)
        Which of the scores asked for it is, ascending.
    tokens : ndarray of int64, shape (m,)
        The token, as a row of `places`; those of a text in its order.
    places : Places
        Of all tokens but hyphens.
    """

    weights: NDArray[np.float64]
    groups: NDArray[np.int64]
    tokens: NDArray[np.int64]
    places: Places


class _Hits(NamedTuple):
    """Features found at tokens, in the order of these: the token, the feature's row in `table`, and its value there."""

    tokens: NDArray[np.int64]
    rows: NDArray[np.int64]
    values: NDArray[np.float64]
    table: NDArray[np.float64]


def weigh_tokens(
    lookup: Lookup,
    blocks: Blocks,
    tables: Tables,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
) -> TokenWeights:
    """Say what each token of texts adds to scores.

    A word, with its characters, and a cue of one word are the token's own; where one stands several times in a text,
    each time counts the same. Pairs of words are halved between the two, and what a kind of actor adds is shared out
    among all words that name one.

    Parameters
    ----------
    lookup : Lookup
    blocks : Blocks
        What the lookup saw in n texts.
    tables : Tables
    rows, columns : ndarray of int64, shape (n_groups,)
        The text and the output of each score.

    Returns
    -------
    TokenWeights
    """
    reading, places = blocks.reading, lookup.locate(blocks).of_words()
    documents = reading.documents
    bounds = np.searchsorted(documents, np.arange(len(reading.lengths) + 1))
    groups, tokens = _slices(bounds, rows)
    column = columns[groups]
    forms = reading.tokens[tokens]
    share, word = _values_of_words(lookup, blocks)
    weights = share[tokens] * tables.forms[forms, column]
    # A form that the vocabulary lacks has the value 0 of whatever word.
    weights += word[tokens] * tables.words[lookup.columns(forms), column]
    shift = np.cumsum(np.append(0, np.diff(bounds)[rows]))[:-1] - bounds[rows]
    for hits in (
        _find_pairs(lookup, blocks, tables.pairs),
        _find_cues(lookup, blocks, tables.cues),
        _find_kinds(blocks.matches, bounds, places, tables.kinds),
    ):
        of_group, found = _slices(np.searchsorted(hits.tokens, bounds), rows)
        added = hits.values[found] * hits.table[hits.rows[found], columns[of_group]]
        weights += np.bincount(shift[of_group] + hits.tokens[found], added, minlength=len(weights))
    return TokenWeights(weights, groups, tokens, places)


def _slices(bounds: NDArray[np.int64], rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List the places of some rows, each row's from one bound to the next; and for each, which of the rows it is of."""
    sizes = np.diff(bounds)[rows]
    of_row = np.repeat(np.arange(len(rows)), sizes)
    return of_row, np.repeat(bounds[rows] - sizes.cumsum() + sizes, sizes) + np.arange(len(of_row))


def _parted(
    matrix: sparse.csr_array, rows: NDArray[np.int64], columns: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Part the entries of a matrix evenly among all that each was counted from.

    Returns
    -------
    entries : ndarray of int64, shape (n,)
        The entry of each thing counted.
    shares : ndarray of float64, shape (n_entries,)
        One over how many things each entry was counted from.
    """
    width = matrix.shape[1]
    keys = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)) * width + matrix.indices
    order = np.argsort(keys)
    entries = order[np.searchsorted(keys, rows * width + columns, sorter=order)]
    return entries, 1 / np.bincount(entries, minlength=len(keys))


def _values_of_words(lookup: Lookup, blocks: Blocks) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give each token's part of the values of its form's characters, and of its word."""
    shares, reading = blocks.shares, blocks.reading
    entries, part = _parted(shares, reading.documents, reading.tokens)
    words = np.zeros(len(shares.data))
    words[lookup.columns(shares.indices) >= 0] = blocks.words.data
    return (shares.data * part)[entries], (words * part)[entries]


def _find_pairs(lookup: Lookup, blocks: Blocks, table: NDArray[np.float64]) -> _Hits:
    reading, pairs = blocks.reading, blocks.pairs
    documents, known = reading.documents, lookup.columns(reading.tokens) >= 0
    beside = np.flatnonzero((documents[:-1] == documents[1:]) & known[:-1] & known[1:])
    found = blocks.neighbours >= 0
    first, numbers = beside[found], blocks.neighbours[found]
    entries, part = _parted(pairs, documents[first], numbers)
    values = (pairs.data * part / 2)[entries]
    # Each at both of its words. Pairs follow upon each other, so that their tokens are in order.
    return _Hits(np.column_stack((first, first + 1)).ravel(), np.repeat(numbers, 2), np.repeat(values, 2), table)


def _find_cues(lookup: Lookup, blocks: Blocks, table: NDArray[np.float64]) -> _Hits:
    reading = blocks.reading
    first, of_pairs = reading.paired
    places, cues = lookup.lone_cues(reading.tokens)
    tokens = np.concatenate((places, first, first + 1))
    rows = np.concatenate((cues, of_pairs, of_pairs))
    documents = reading.documents[tokens]
    values = np.repeat((1.0, 0.5), (len(places), 2 * len(first)))
    return _in_order(tokens, rows, values * blocks.cues[documents, rows] / reading.cues[documents, rows], table)


def _find_kinds(
    matches: Sequence[Sequence[NameMatch]], bounds: NDArray[np.int64], places: Places, table: NDArray[np.float64]
) -> _Hits:
    hits = []
    for row, found in enumerate(matches):
        if not found:
            continue
        own = slice(bounds[row], bounds[row + 1])
        counts = Counter(match.kind for match in found)
        starts = np.searchsorted(places.ends[own], [match.start for match in found], side="right")
        ends = np.searchsorted(places.starts[own], [match.end for match in found])
        for match, start, end in zip(found, starts.tolist(), ends.tolist(), strict=True):
            # A name beyond what is read of an endless chunk falls to the last token that is.
            first = min(start, int(bounds[row + 1] - bounds[row]) - 1)
            last = max(first + 1, end)
            value = 1 / (counts[match.kind] * (last - first))
            kind = KINDS.index(match.kind)
            hits += [(int(bounds[row]) + token, kind, value) for token in range(first, last)]
    tokens, rows, values = map(np.array, zip(*hits, strict=True)) if hits else (np.empty(0),) * 3
    return _Hits(tokens.astype(np.int64), rows.astype(np.int64), values.astype(np.float64), table)


def _in_order(
    tokens: NDArray[np.int64], rows: NDArray[np.int64], values: NDArray[np.float64], table: NDArray[np.float64]
) -> _Hits:
    order = np.argsort(tokens, kind="stable")
    return _Hits(tokens[order], rows[order], values[order], table)
