"""The features of many documents in factored form, as training multiplies them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import LinearOperator

from cyberclass.model.features import IncidentVectorizer
from cyberclass.model.lookup import gram_index, grams_of, lengths_of_rows, word_marks
from cyberclass.model.reading import with_columns
from cyberclass.model.tally import Tally


class Designer:
    """Turns rows of a tally into features: the same as a vectorizer gives for their texts.

    Parameters
    ----------
    tally : Tally
    vectorizer : IncidentVectorizer
        Fitted.
    """

    def __init__(self, tally: Tally, vectorizer: IncidentVectorizer) -> None:
        self._tally, self._vectorizer = tally, vectorizer
        self._rows = np.array([], dtype=np.intp)
        self._features: LinearOperator | None = None
        vocabulary = vectorizer.vocabulary_
        column_of = {word: column for column, word in enumerate(vocabulary.words.tolist())}
        self._columns = np.array([column_of.get(form, -1) for form in tally.forms], dtype=np.int32)
        self._idf = np.append(vocabulary.word_idf, vocabulary.unseen_idf)[self._columns]
        known = np.flatnonzero(self._columns >= 0)
        ones = np.ones(len(known))
        self._words = sparse.csr_array((ones, (known, self._columns[known])), shape=(len(tally.forms), len(column_of)))
        first, second = self._columns[tally.pair_forms].T.astype(np.int64)
        pairs = np.where((first >= 0) & (second >= 0), first * len(column_of) + second, -1)
        places = np.searchsorted(vocabulary.pairs, pairs)
        self._places = np.where(np.append(vocabulary.pairs, -2)[places] == pairs, places, -1).astype(np.int32)
        grams = vectorizer.char_weight * grams_of(tally.forms, vocabulary, gram_index(vocabulary))
        narrow = grams.indices.astype(np.int32), grams.indptr.astype(np.int32)
        self._grams = sparse.csr_array((grams.data, *narrow), shape=grams.shape)

    def features(self, rows: NDArray[np.intp]) -> LinearOperator:
        """Give the features of some rows; those of the last call are kept.

        Parameters
        ----------
        rows : ndarray of int, shape (n,)

        Returns
        -------
        LinearOperator, shape (n, n_features)
            Columns in the order of `IncidentVectorizer.transform`.
        """
        if self._features is None or not np.array_equal(rows, self._rows):
            # Two at a time would take twice the memory.
            self._features = None
            self._rows, self._features = rows, self._make(rows)
        return self._features

    def count_words(self, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Count the words of some rows, and those of them that the vocabulary lacks: shape (n, 2)."""
        marks: Any = word_marks(self._tally.forms, self._columns)
        counted: NDArray[np.float64] = self._tally.counts[rows] @ marks
        return counted

    def _make(self, rows: NDArray[np.intp]) -> LinearOperator:
        tally, vectorizer, vocabulary = self._tally, self._vectorizer, self._vectorizer.vocabulary_
        shares = _log_counts(tally.counts[rows])
        shares.data *= self._idf[shares.indices]
        pairs = _log_counts(with_columns(tally.pairs[rows], self._places, len(vocabulary.pairs)))
        pairs.data *= vocabulary.pair_idf[pairs.indices]
        squares = sparse.csr_array((shares.data**2, shares.indices, shares.indptr), shape=shares.shape)
        length, of_known = np.sqrt(squares.sum(axis=1)), np.sqrt(squares @ (self._columns >= 0))
        with_pairs = np.hypot(of_known, lengths_of_rows(pairs))
        # A row of zeros stays.
        for matrix, lengths in ((shares, length), (pairs, with_pairs)):
            lengths[lengths == 0] = 1.0
            matrix.data /= np.repeat(lengths, np.diff(matrix.indptr))
        cues = vectorizer.cue_weight * tally.cues[rows].astype(np.float64).log1p()
        kinds = vectorizer.name_weight * tally.kinds[rows].astype(np.float64)
        rest = sparse.hstack((cues, kinds), format="csr")
        return factored(shares, self._words, length / with_pairs, pairs, self._grams, rest)


def factored(
    shares: sparse.csr_array,
    words: sparse.csr_array,
    scale: NDArray[np.float64],
    pairs: sparse.csr_array,
    grams: sparse.csr_array,
    rest: sparse.csr_array,
) -> LinearOperator:
    """Stand for a matrix of four blocks side by side, two of which are products, without multiplying these out.

    The blocks are ``shares @ words`` with rows scaled, `pairs`, ``shares @ grams`` and `rest`. The n-grams of a
    document are ten times as many as its words, and a linear model never needs them so: scores are
    ``shares @ (grams @ weights)``, gradients the same from the other side.

    Parameters
    ----------
    shares : csr_array, shape (n, n_forms)
    words : csr_array, shape (n_forms, n_words)
    scale : ndarray, shape (n,)
    pairs : csr_array, shape (n, n_pairs)
    grams : csr_array, shape (n_forms, n_grams)
    rest : csr_array, shape (n, n_rest)

    Returns
    -------
    LinearOperator, shape (n, n_words + n_pairs + n_grams + n_rest)
    """
    ends = np.cumsum((words.shape[1], pairs.shape[1], grams.shape[1], rest.shape[1]))
    scale = scale[:, None]

    def multiply(weights: NDArray[np.float64]) -> Any:
        of_words, of_pairs, of_grams, of_rest = np.split(weights, ends[:-1])
        by_words, by_grams = np.hsplit(shares @ np.hstack((words @ of_words, grams @ of_grams)), 2)
        return scale * by_words + by_grams + pairs @ of_pairs + rest @ of_rest

    def multiply_transposed(errors: NDArray[np.float64]) -> Any:
        by_words, by_grams = np.hsplit(shares.T @ np.hstack((scale * errors, errors)), 2)
        return np.concatenate((words.T @ by_words, pairs.T @ errors, grams.T @ by_grams, rest.T @ errors))

    return LinearOperator(
        dtype=np.float64,
        shape=(shares.shape[0], int(ends[-1])),
        matvec=lambda weights: multiply(weights.reshape(-1, 1)),
        rmatvec=lambda errors: multiply_transposed(errors.reshape(-1, 1)),
        matmat=multiply,
        rmatmat=multiply_transposed,
    )


def _log_counts(counts: sparse.csr_array) -> sparse.csr_array:
    return sparse.csr_array((1 + np.log(counts.data, dtype=np.float64), counts.indices, counts.indptr), counts.shape)
