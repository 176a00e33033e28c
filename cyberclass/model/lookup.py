"""Texts looked up in a vocabulary; each distinct word is worked out once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from cyberclass.model.forms import character_grams
from cyberclass.model.reading import Reading, TextReader
from cyberclass.model.vocabulary import Vocabulary, neighbours, rows_of
from cyberclass.text.growing import Growing
from cyberclass.text.names import NameMatch


@dataclass(frozen=True)
class Blocks:
    """A batch of n texts as features.

    Attributes
    ----------
    words : csr_array, shape (n, n_words + n_pairs)
        Words and pairs: (1 + log count) times inverse document frequency, rows scaled to length 1.
    shares : csr_array, shape (n, n_forms)
        How much of a text's characters each word form that was ever met has: the weights of all its words, known or
        not, rows scaled to length 1.
    cues : csr_array, shape (n, n_cues)
        log(1 + count).
    kinds : csr_array, shape (n, n_kinds)
        1 where an actor of this kind is named.
    """

    words: sparse.csr_array
    shares: sparse.csr_array
    cues: sparse.csr_array
    kinds: sparse.csr_array


class Lookup:
    """What is remembered of the words met so far.

    Parameters
    ----------
    vocabulary : Vocabulary
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._reader = TextReader()
        self._column_of = {word: column for column, word in enumerate(vocabulary.words)}
        self._gram_column_of = {gram: column for column, gram in enumerate(vocabulary.grams)}
        self._columns = Growing(np.int64)
        self._idf = Growing(np.float64)

    @property
    def n_chunks(self) -> int:
        """Distinct chunks of text remembered."""
        return self._reader.n_chunks

    @property
    def n_forms(self) -> int:
        """Distinct word forms met."""
        return len(self._reader.forms)

    def see(self, texts: Sequence[str], matches: Sequence[Sequence[NameMatch]] | None = None) -> Blocks:
        """Turn texts into blocks of features.

        Parameters
        ----------
        texts : sequence of str, length n
        matches : sequence of sequences of NameMatch, length n, optional
            The known names of each text, where they have been found already.

        Returns
        -------
        Blocks
        """
        reading = self._reader.read(texts, matches)
        self._meet(reading.forms[len(self._columns) :])
        weighted = reading.counts
        weighted.data = (1 + np.log(weighted.data)) * self._idf.array[weighted.indices]
        words = sparse.hstack((self._known(weighted), self._pairs(reading)), format="csr")
        return Blocks(_unit_rows(words), _unit_rows(weighted), reading.cues.log1p(), reading.kinds)

    def form_grams(self, start: int = 0) -> sparse.csr_array:
        """Give the characters of the forms met, from number `start` on.

        Returns
        -------
        csr_array, shape (n_forms - start, n_grams)
            Inverse document frequency of each n-gram the form holds, times how often; rows scaled to length 1.
        """
        vocabulary = self._vocabulary
        find = self._gram_column_of.get
        found = [
            [column for gram in character_grams(form, *vocabulary.char_lengths) if (column := find(gram)) is not None]
            for form in self._reader.forms[start:]
        ]
        flat = np.array([column for columns in found for column in columns], dtype=np.int64)
        lengths = [len(columns) for columns in found]
        rows = rows_of(vocabulary.gram_idf[flat], flat, lengths, len(vocabulary.grams))
        rows.sum_duplicates()
        return _unit_rows(rows)

    def _meet(self, forms: list[str]) -> None:
        if forms:
            columns = np.array([self._column_of.get(form, -1) for form in forms])
            self._columns.extend(columns)
            self._idf.extend(np.append(self._vocabulary.word_idf, self._vocabulary.unseen_idf)[columns])

    def _known(self, weighted: sparse.csr_array) -> sparse.csr_array:
        columns = self._columns.array[weighted.indices]
        known = columns >= 0
        bounds = np.concatenate(([0], known.cumsum()))[weighted.indptr]
        return sparse.csr_array(
            (weighted.data[known], columns[known], bounds), shape=(weighted.shape[0], len(self._column_of))
        )

    def _pairs(self, reading: Reading) -> sparse.csr_array:
        pairs, idf = self._vocabulary.pairs, self._vocabulary.pair_idf
        found, documents = neighbours(self._columns.array[reading.tokens], reading.documents, len(self._column_of))
        places = np.searchsorted(pairs, found)
        # A place behind the last is none; -1 makes the comparison fail there, as no pair is negative.
        hits = np.append(pairs, -1)[places] == found
        lengths = np.bincount(documents[hits], minlength=len(reading.lengths))
        rows = rows_of(np.ones(hits.sum()), places[hits], lengths, len(pairs))
        rows.sum_duplicates()
        rows.data = (1 + np.log(rows.data)) * idf[rows.indices]
        return rows


def _unit_rows(matrix: sparse.csr_array) -> sparse.csr_array:
    """Scale rows to length 1; a row of zeros stays."""
    squares = sparse.csr_array((matrix.data**2, matrix.indices, matrix.indptr), shape=matrix.shape).sum(axis=1)
    norms = np.sqrt(np.where(squares > 0, squares, 1.0))
    data = matrix.data / np.repeat(norms, np.diff(matrix.indptr))
    return sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)
