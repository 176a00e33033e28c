"""Texts read: their tokens as numbered word forms, counts of these, cues and kinds of known actors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cyberclass.model.forms import FormTable
from cyberclass.text.cues import load_cues
from cyberclass.text.language import TokenMemo
from cyberclass.text.names import KINDS, NameMatch, load_names


@dataclass(frozen=True)
class Reading:
    """A batch of n texts.

    Attributes
    ----------
    forms : list of str
        Every form that the reader has met so far, by number; more than those of this batch.
    tokens : ndarray of int64, shape (n_tokens,)
        The forms of all texts in turn, hyphens left out.
    documents : ndarray of int64, shape (n_tokens,)
        The text that each stands in.
    lengths : ndarray of int64, shape (n,)
        Tokens of each text.
    counts : csr_array, shape (n, n_forms)
        How often each form stands in each text.
    cues : csr_array, shape (n, n_cues)
        How often each cue does.
    kinds : csr_array, shape (n, n_kinds)
        1 where an actor of this kind is named.
    matches : list of list of NameMatch, length n
        The known names of each text.
    """

    forms: list[str]
    tokens: NDArray[np.int64]
    documents: NDArray[np.int64]
    lengths: NDArray[np.int64]
    counts: sparse.csr_array
    cues: sparse.csr_array
    kinds: sparse.csr_array
    matches: list[list[NameMatch]]


class TextReader:
    """Reads texts, and remembers the words it has met."""

    def __init__(self) -> None:
        self._names = load_names()
        self._memo = TokenMemo(self._names.watch)
        self._cues = load_cues()
        self._table = FormTable(self._cues)

    @property
    def forms(self) -> list[str]:
        """The forms met so far, by number."""
        return self._table.forms

    @property
    def n_chunks(self) -> int:
        """Distinct chunks of text remembered."""
        return len(self._memo)

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
        forms = self._table.of_tokens(self._memo.tokens)[tokens.ids]
        documents = np.repeat(np.arange(len(texts)), tokens.lengths)
        words = forms >= 0
        forms, documents = forms[words], documents[words]
        lengths = np.bincount(documents, minlength=len(texts))
        bounds = np.concatenate(([0], lengths.cumsum()))
        counts = sparse.csr_array((np.ones(len(forms)), forms.copy(), bounds), shape=(len(texts), len(self._table)))
        counts.sum_duplicates()
        matches: list[list[NameMatch]] = [[] for _ in texts]
        for row, watched in tokens.watched.items():
            matches[row] = self._names.find(texts[row], watched)
        return Reading(
            forms=self._table.forms,
            tokens=forms,
            documents=documents,
            lengths=lengths,
            counts=counts,
            cues=self._count_cues(forms, documents, counts),
            kinds=_mark_kinds(matches),
            matches=matches,
        )

    def _count_cues(
        self, forms: NDArray[np.int64], documents: NDArray[np.int64], counts: sparse.csr_array
    ) -> sparse.csr_array:
        table, names = self._table, self._cues.names
        alone = sparse.csr_array(
            (np.ones(len(table.cue_forms)), (table.cue_forms.array, table.cue_numbers.array)),
            shape=(len(table), len(names)),
        )
        places = np.flatnonzero(
            table.begins.array[forms[:-1]] & table.ends.array[forms[1:]] & (documents[:-1] == documents[1:])
        )
        bits = table.first.array[forms[places]] & table.second.array[forms[places + 1]]
        hits, patterns = np.nonzero(np.unpackbits(bits, axis=1, count=len(self._cues.cue_of_pair)))
        paired = sparse.csr_array(
            (np.ones(len(hits)), (documents[places[hits]], self._cues.cue_of_pair[patterns])),
            shape=(counts.shape[0], len(names)),
        )
        return sparse.csr_array(counts @ alone + paired)


def neighbours(
    columns: NDArray[np.int64], documents: NDArray[np.int64], n_words: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number the pairs of known words that stand side by side.

    Parameters
    ----------
    columns : ndarray of int64, shape (n_tokens,)
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
    return first[beside] * n_words + second[beside], documents[:-1][beside]


def rows_of(data: NDArray[np.float64], columns: NDArray[np.int64], lengths: Any, width: int) -> sparse.csr_array:
    """Make a sparse matrix of values, row by row."""
    bounds = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
    return sparse.csr_array((data, columns, bounds), shape=(len(bounds) - 1, width))


def _mark_kinds(matches: Sequence[Sequence[NameMatch]]) -> sparse.csr_array:
    marks = sorted({(row, KINDS.index(match.kind)) for row, found in enumerate(matches) for match in found})
    rows, columns = np.array(marks, dtype=np.int64).reshape(-1, 2).T
    return sparse.csr_array((np.ones(len(marks)), (rows, columns)), shape=(len(matches), len(KINDS)))
