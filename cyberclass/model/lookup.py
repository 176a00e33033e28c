"""Texts looked up in a vocabulary; each distinct word is worked out once."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from cyberclass.model.grams import keys_of_forms, keys_of_grams
from cyberclass.model.reading import Reading, TextReader, counts_of, neighbours, with_columns
from cyberclass.model.vocabulary import Vocabulary
from cyberclass.text.growing import Growing
from cyberclass.text.names import NameMatch
from cyberclass.text.positions import Places


@dataclass(frozen=True)
class Blocks:
    """A batch of n texts as features.

    Attributes
    ----------
    words : csr_array, shape (n, n_words)
    pairs : csr_array, shape (n, n_pairs)
        (1 + log count) times inverse document frequency, rows of the two together scaled to length 1.
    shares : csr_array, shape (n, n_forms)
        How much of a text's characters each word form that was ever met has: the weights of all its words, known or
        not, rows scaled to length 1.
    cues : ndarray of float64, shape (n, n_cues)
        log(1 + count).
    kinds : ndarray of float64, shape (n, n_kinds)
        1 where an actor of this kind is named.
    matches : list of list of NameMatch, length n
        The known names of each text.
    n_words : ndarray of float64, shape (n, 2)
        Words of each text (tokens with a letter), and how many of these the vocabulary lacks.
    reading : Reading
        What they were made of; its counts are spent.
    neighbours : ndarray of int64, shape (n_neighbours,)
        Of every two known words side by side, in the order of the texts, the pair that they are; -1 if none.
    """

    words: sparse.csr_array
    pairs: sparse.csr_array
    shares: sparse.csr_array
    cues: NDArray[np.float64]
    kinds: NDArray[np.float64]
    matches: list[list[NameMatch]]
    n_words: NDArray[np.float64]
    reading: Reading
    neighbours: NDArray[np.int64]


class Lookup:
    """What is remembered of the words met so far.

    Parameters
    ----------
    vocabulary : Vocabulary
    chunks : sequence of str
        Chunks of text to know from the beginning.
    """

    def __init__(self, vocabulary: Vocabulary, chunks: Sequence[str] = ()) -> None:
        self._vocabulary = vocabulary
        self._reader = TextReader()
        self._column_of = {word: column for column, word in enumerate(vocabulary.words)}
        # pandas' hash tables look up whole arrays of numbers at once.
        self._grams = gram_index(vocabulary)
        self._pairs = pd.Index(vocabulary.pairs)
        self._columns = Growing(np.int64)
        self._idf = Growing(np.float64)
        self._marks = Growing(np.float64, 2)
        #: Of 32 bits: the place in the vocabulary, and behind all of these a hash.
        self._order = Growing(np.int64)
        if chunks:
            self.see([" ".join(chunks)])

    @property
    def n_chunks(self) -> int:
        """Distinct chunks of text remembered."""
        return self._reader.n_chunks

    def lasting(self, most: int) -> list[str]:
        """List chunks worth remembering, at most so many: those met again, the ones met last first."""
        return self._reader.lasting(most)

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
        weighted = self._in_order(reading.counts)
        n_words = weighted @ self._marks.array
        weighted.data = (1 + np.log(weighted.data)) * self._idf.array[weighted.indices]
        words = with_columns(weighted, self._columns.array, len(self._column_of))
        pairs, side_by_side = self._pair_rows(reading)
        lengths = np.hypot(lengths_of_rows(words), lengths_of_rows(pairs))
        return Blocks(
            words=scale_rows(words, lengths),
            pairs=scale_rows(pairs, lengths),
            shares=unit_rows(weighted),
            cues=np.log1p(reading.cues),
            kinds=reading.kinds,
            matches=reading.matches,
            n_words=n_words,
            reading=reading,
            neighbours=side_by_side,
        )

    def columns(self, forms: NDArray[np.integer]) -> NDArray[np.int64]:
        """Give the places of forms, by number, in the vocabulary; -1 where it lacks one."""
        found: NDArray[np.int64] = self._columns.array[forms]
        return found

    def lone_cues(self, forms: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Find the cues of one word, as `TextReader.lone_cues` does."""
        return self._reader.lone_cues(forms)

    def locate(self, blocks: Blocks) -> Places:
        """Find where the tokens of texts that were seen stand, those of hyphens as well."""
        return self._reader.locate(blocks.reading.cut)

    def form_grams(self, places: NDArray[np.integer]) -> sparse.csr_array:
        """Give the characters of some of the forms met.

        Parameters
        ----------
        places : ndarray of int, shape (n,)
            Numbers of forms.

        Returns
        -------
        csr_array, shape (n, n_grams)
            As `grams_of` gives them.
        """
        return grams_of([self._reader.forms[place] for place in places.tolist()], self._vocabulary, self._grams)

    def _meet(self, forms: list[str]) -> None:
        if forms:
            columns = np.fromiter(map(self._column_of.get, forms, repeat(-1)), np.int64, len(forms))
            self._columns.extend(columns)
            self._marks.extend(word_marks(forms, columns))
            self._idf.extend(np.append(self._vocabulary.word_idf, self._vocabulary.unseen_idf)[columns])
            order = columns.copy()
            for place in np.flatnonzero(columns < 0).tolist():
                order[place] = 2**31 + crc32(forms[place].encode("utf-8", "surrogatepass")) // 2
            self._order.extend(order)

    def _in_order(self, counts: sparse.csr_array) -> sparse.csr_array:
        """Sort each row, in place, so that sums do not depend, by their last bits, on which forms were met first."""
        rows = np.repeat(np.arange(counts.shape[0]), _row_sizes(counts))
        order = np.argsort((rows << 32) + self._order.array[counts.indices])
        counts.indices, counts.data = counts.indices[order], counts.data[order]
        return counts

    def _pair_rows(self, reading: Reading) -> tuple[sparse.csr_array, NDArray[np.int64]]:
        idf = self._vocabulary.pair_idf
        found, documents = neighbours(self._columns.array[reading.tokens], reading.documents, len(self._column_of))
        places = self._pairs.get_indexer(pd.Index(found))
        hits = places >= 0
        rows = counts_of(places[hits], documents[hits], len(reading.lengths), len(idf))
        rows.data = (1 + np.log(rows.data)) * idf[rows.indices]
        return rows, places


def word_marks(forms: Sequence[str], columns: NDArray[np.integer]) -> NDArray[np.float64]:
    """Mark what is a word, so that ``counts @ marks`` gives the words of texts and those that are unknown.

    Parameters
    ----------
    forms : sequence of str, length n
    columns : ndarray of int, shape (n,)
        Place of each in a vocabulary; -1 where it has none.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        1 where a form has a letter, and where it has one and no place; else 0.
    """
    words = np.array([form.isalpha() or any(map(str.isalpha, form)) for form in forms], dtype=bool)
    return np.column_stack((words, words & (columns < 0))).astype(np.float64)


def gram_index(vocabulary: Vocabulary) -> pd.Index:
    """Index the character n-grams of a vocabulary by their keys."""
    return pd.Index(keys_of_grams(vocabulary.grams.tolist()))


def grams_of(forms: Sequence[str], vocabulary: Vocabulary, index: pd.Index) -> sparse.csr_array:
    """Give the characters of word forms.

    Parameters
    ----------
    forms : sequence of str, length n
    vocabulary : Vocabulary
    index : Index
        Its `gram_index`.

    Returns
    -------
    csr_array, shape (n, n_grams)
        Inverse document frequency of each n-gram the form holds, times how often; rows scaled to length 1.
    """
    keys, owners = keys_of_forms(forms, vocabulary.char_lengths)
    columns = index.get_indexer(pd.Index(keys))
    known = columns >= 0
    columns = columns[known]
    shape = (len(forms), len(vocabulary.grams))
    # Equal places are summed.
    return unit_rows(sparse.csr_array((vocabulary.gram_idf[columns], (owners[known], columns)), shape=shape))


def unit_rows(matrix: sparse.csr_array) -> sparse.csr_array:
    """Scale rows to length 1, in place; a row of zeros stays."""
    return scale_rows(matrix, lengths_of_rows(matrix))


def scale_rows(matrix: sparse.csr_array, lengths: NDArray[np.float64]) -> sparse.csr_array:
    """Divide each row by a length, in place; one of length 0 stays."""
    # Sparse matrices take longer to make than one text to read.
    matrix.data /= np.repeat(np.where(lengths > 0, lengths, 1.0), _row_sizes(matrix))
    return matrix


def lengths_of_rows(matrix: sparse.csr_array) -> NDArray[np.float64]:
    """Give the Euclidean length of each row."""
    squares = np.zeros(matrix.shape[0])
    some = _row_sizes(matrix) > 0
    if some.any():
        squares[some] = np.add.reduceat(matrix.data**2, matrix.indptr[:-1][some])
    return np.sqrt(squares)


def _row_sizes(matrix: sparse.csr_array) -> NDArray[np.integer]:
    # `numpy.diff` takes several times as long for a text or two.
    sizes: NDArray[np.integer] = matrix.indptr[1:] - matrix.indptr[:-1]
    return sizes
