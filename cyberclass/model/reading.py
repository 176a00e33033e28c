"""Texts read: their tokens as numbered word forms, counts of these, cues and kinds of known actors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cyberclass.model.forms import BEGINS, ENDS, FormTable
from cyberclass.text.cues import load_cues
from cyberclass.text.language import TokenMemo
from cyberclass.text.names import KINDS, NameMatch, load_names
from cyberclass.text.positions import Cut, Places


@dataclass(frozen=True)
class Reading:
    """A batch of n texts.

    Attributes
    ----------
    forms : list of str
        Every form that the reader has met so far, by number; more than those of this batch.
    tokens : ndarray of int32, shape (n_tokens,)
        The forms of all texts in turn, hyphens left out.
    documents : ndarray of int64, shape (n_tokens,)
        The text that each stands in.
    lengths : ndarray of int64, shape (n,)
        Tokens of each text.
    counts : csr_array, shape (n, n_forms)
        How often each form stands in each text.
    cues : ndarray of float64, shape (n, n_cues)
        How often each cue does.
    paired : tuple of two ndarrays of int64, shape (n_pairs,)
        The cues of two words: the token each begins with, and the cue.
    kinds : ndarray of float64, shape (n, n_kinds)
        1 where an actor of this kind is named.
    matches : list of list of NameMatch, length n
        The known names of each text.
    cut : Cut
        Where the chunks of the texts stand.
    """

    forms: list[str]
    tokens: NDArray[np.int32]
    documents: NDArray[np.int64]
    lengths: NDArray[np.int64]
    counts: sparse.csr_array
    cues: NDArray[np.float64]
    paired: tuple[NDArray[np.int64], NDArray[np.int64]]
    kinds: NDArray[np.float64]
    matches: list[list[NameMatch]]
    cut: Cut


class TextReader:
    """Reads texts, and remembers the words it has met."""

    def __init__(self) -> None:
        self._names = load_names()
        self._cues = load_cues()
        self._table = FormTable(self._cues)
        self._memo = TokenMemo(self._names.watch, self._table.add)

    @property
    def forms(self) -> list[str]:
        """The forms met so far, by number."""
        return self._table.forms

    @property
    def n_chunks(self) -> int:
        """Distinct chunks of text remembered."""
        return len(self._memo)

    def lasting(self, most: int) -> list[str]:
        """List chunks worth remembering, as `TokenMemo.lasting` does."""
        return self._memo.lasting(most)

    def read(self, texts: Sequence[str]) -> Reading:
        """Read texts.

        Parameters
        ----------
        texts : sequence of str, length n

        Returns
        -------
        Reading
        """
        tokens = self._memo.encode(texts)
        documents = np.repeat(np.arange(len(texts)), tokens.lengths)
        counts = counts_of(tokens.ids, documents, len(texts), len(self._table))
        matches: list[list[NameMatch]] = [[] for _ in texts]
        for row, watched in tokens.watched.items():
            matches[row] = self._names.find(texts[row], watched)
        cues, paired = self._count_cues(tokens.ids, documents, counts)
        return Reading(
            forms=self._table.forms,
            tokens=tokens.ids,
            documents=documents,
            lengths=tokens.lengths,
            counts=counts,
            cues=cues,
            paired=paired,
            kinds=_mark_kinds(matches),
            matches=matches,
            cut=tokens.cut,
        )

    def lone_cues(self, forms: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Find the cues of one word: the token that each is, by its place among `forms`, and the cue."""
        meaning = self._table.meaning.array[forms]
        places = np.flatnonzero(meaning >= 0)
        lone = sparse.csr_array(self._table.alone.array)
        counts = np.diff(lone.indptr)[meaning[places]]
        shift = lone.indptr[meaning[places]] - counts.cumsum() + counts
        cues = lone.indices[np.repeat(shift, counts) + np.arange(int(counts.sum()))]
        return np.repeat(places, counts), cues.astype(np.int64)

    def locate(self, cut: Cut) -> Places:
        """Find where the tokens of texts that were read stand, those of hyphens as well."""
        return self._memo.locate(cut)

    def _count_cues(
        self, forms: NDArray[np.int32], documents: NDArray[np.int64], counts: sparse.csr_array
    ) -> tuple[NDArray[np.float64], tuple[NDArray[np.int64], NDArray[np.int64]]]:
        table, cues = self._table, self._cues
        sides = table.sides.array[forms]
        places = np.flatnonzero(sides[:-1] & BEGINS & sides[1:] // ENDS)
        places = places[documents[places] == documents[places + 1]]
        meaning = table.meaning.array
        bits = table.first.array[meaning[forms[places]]] & table.second.array[meaning[forms[places + 1]]]
        some = bits.any(axis=1)
        places, bits = places[some], bits[some]
        hits, patterns = np.nonzero(np.unpackbits(bits, axis=1, count=len(cues.cue_of_pair)))
        shape = (counts.shape[0], len(cues.names))
        first, found = places[hits], cues.cue_of_pair[patterns]
        cells = documents[first] * shape[1] + found
        paired = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)
        alone: NDArray[np.float64] = with_columns(counts, meaning, len(table.alone)) @ table.alone.array
        return alone + paired, (first, found)


def counts_of(
    columns: NDArray[np.integer], documents: NDArray[np.int64], n_documents: int, width: int
) -> sparse.csr_array:
    """Count what stands in documents.

    Parameters
    ----------
    columns : ndarray of int, shape (n_found,)
        What was found, as a number below `width`.
    documents : ndarray of int64, shape (n_found,)
        The document of each, ascending.
    n_documents, width : int

    Returns
    -------
    csr_array of float64, shape (n_documents, width)
        Columns ascending.
    """
    # Sorting plain numbers is much faster than scipy's `sum_duplicates`.
    keys = documents * width + columns
    keys.sort()
    is_bound = np.ones(len(keys) + 1, dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=is_bound[1:-1])
    bounds = np.flatnonzero(is_bound)
    first = bounds[:-1]
    rows = documents[first]
    distinct = keys[first] - rows * width
    counts = (bounds[1:] - first).astype(np.float64)
    return rows_of(counts, distinct, np.bincount(rows, minlength=n_documents), width)


def neighbours(
    columns: NDArray[np.integer], documents: NDArray[np.int64], n_words: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number the pairs of known words that stand side by side.

    Parameters
    ----------
    columns : ndarray of int, shape (n_tokens,)
        Place in the vocabulary of each token of all documents in turn; -1 where it has none.
    documents : ndarray of int64, shape (n_tokens,)
        The document of each.
    n_words : int

    Returns
    -------
    pairs, documents : ndarray of int64
        In the order of the texts; a pair's number is its first word's place times `n_words` plus its second's.
    """
    first, second = columns[:-1], columns[1:]
    beside = (documents[:-1] == documents[1:]) & (first >= 0) & (second >= 0)
    return first[beside].astype(np.int64) * n_words + second[beside], documents[:-1][beside]


def rows_of(data: NDArray[np.float64], columns: NDArray[np.int64], lengths: Any, width: int) -> sparse.csr_array:
    """Make a sparse matrix of values, row by row."""
    bounds = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
    return sparse.csr_array((data, columns, bounds), shape=(len(bounds) - 1, width))


def with_columns(matrix: sparse.csr_array, columns: NDArray[np.integer], width: int) -> sparse.csr_array:
    """Move the columns of a matrix.

    Parameters
    ----------
    matrix : csr_array
    columns : ndarray of int
        The place of each of its columns in the new matrix; -1 leaves it out.
    width : int
        Columns of the new matrix.
    """
    moved = columns[matrix.indices]
    known = moved >= 0
    before = np.zeros(len(known) + 1, dtype=matrix.indptr.dtype)
    known.cumsum(out=before[1:])
    return sparse.csr_array((matrix.data[known], moved[known], before[matrix.indptr]), shape=(matrix.shape[0], width))


def _mark_kinds(matches: Sequence[Sequence[NameMatch]]) -> NDArray[np.float64]:
    kinds = np.zeros((len(matches), len(KINDS)))
    for row, found in enumerate(matches):
        for match in found:
            kinds[row, KINDS.index(match.kind)] = 1
    return kinds
