"""Texts looked up in a vocabulary; each distinct word is worked out once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from cyberclass.model.grams import keys_of_forms, keys_of_grams
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
    matches : list of list of NameMatch, length n
        The known names of each text.
    """

    words: sparse.csr_array
    shares: sparse.csr_array
    cues: sparse.csr_array
    kinds: sparse.csr_array
    matches: list[list[NameMatch]]


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
        # pandas' hash tables look up whole arrays of numbers at once.
        self._grams = pd.Index(keys_of_grams(vocabulary.grams.tolist()))
        self._pairs = pd.Index(vocabulary.pairs)
        self._columns = Growing(np.int64)
        self._idf = Growing(np.float64)

    @property
    def n_chunks(self) -> int:
        """Distinct chunks of text remembered."""
        return self._reader.n_chunks

    @property
    def forms(self) -> list[str]:
        """The word forms met, by number."""
        return self._reader.forms

    @property
    def n_forms(self) -> int:
        """Distinct word forms met."""
        return len(self._reader.forms)

    def see(self, texts: Sequence[str]) -> Blocks:
        """Turn texts into blocks of features.

        Parameters
        ----------
        texts : sequence of str, length n

        Returns
        -------
        Blocks
        """
        reading = self._reader.read(texts)
        self._meet(reading.forms[len(self._columns) :])
        weighted = reading.counts
        weighted.data = (1 + np.log(weighted.data)) * self._idf.array[weighted.indices]
        words = sparse.hstack((self._known(weighted), self._pair_rows(reading)), format="csr")
        return Blocks(_unit_rows(words), _unit_rows(weighted), reading.cues.log1p(), reading.kinds, reading.matches)

    def form_grams(self, places: NDArray[np.integer]) -> sparse.csr_array:
        """Give the characters of some of the forms met.

        Parameters
        ----------
        places : ndarray of int, shape (n,)
            Numbers of forms.

        Returns
        -------
        csr_array, shape (n, n_grams)
            Inverse document frequency of each n-gram the form holds, times how often; rows scaled to length 1.
        """
        vocabulary = self._vocabulary
        forms = [self._reader.forms[place] for place in places.tolist()]
        keys, owners = keys_of_forms(forms, vocabulary.char_lengths)
        columns = self._grams.get_indexer(pd.Index(keys))
        known = columns >= 0
        columns = columns[known]
        shape = (len(forms), len(vocabulary.grams))
        # Equal places are summed.
        return _unit_rows(sparse.csr_array((vocabulary.gram_idf[columns], (owners[known], columns)), shape=shape))

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

    def _pair_rows(self, reading: Reading) -> sparse.csr_array:
        idf = self._vocabulary.pair_idf
        found, documents = neighbours(self._columns.array[reading.tokens], reading.documents, len(self._column_of))
        places = self._pairs.get_indexer(pd.Index(found))
        hits = places >= 0
        lengths = np.bincount(documents[hits], minlength=len(reading.lengths))
        rows = rows_of(np.ones(hits.sum()), places[hits], lengths, len(idf))
        rows.sum_duplicates()
        rows.data = (1 + np.log(rows.data)) * idf[rows.indices]
        return rows


def _unit_rows(matrix: sparse.csr_array) -> sparse.csr_array:
    """Scale rows to length 1; a row of zeros stays."""
    squares = sparse.csr_array((matrix.data**2, matrix.indices, matrix.indptr), shape=matrix.shape).sum(axis=1)
    norms = np.sqrt(np.where(squares > 0, squares, 1.0))
    data = matrix.data / np.repeat(norms, np.diff(matrix.indptr))
    return sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)
