"""The features of many documents in factored form, as training multiplies them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import LinearOperator

from cyberclass.model.features import IncidentVectorizer
from cyberclass.model.lookup import gram_index, grams_of, lengths_of_rows
from cyberclass.model.tally import Tally, with_columns


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

    def _make(self, rows: NDArray[np.intp]) -> LinearOperator:
        tally, vectorizer, vocabulary = self._tally, self._vectorizer, self._vectorizer.vocabulary_
        shares = _log_counts(tally.counts[rows])
        shares.data *= self._idf[shares.indices]
        words = with_columns(shares, self._columns, len(vocabulary.words))
        pairs = _log_counts(with_columns(tally.pairs[rows], self._places, len(vocabulary.pairs)))
        pairs.data *= vocabulary.pair_idf[pairs.indices]
        lengths = np.hypot(lengths_of_rows(words), lengths_of_rows(pairs))
        for matrix, scale in ((words, lengths), (pairs, lengths), (shares, lengths_of_rows(shares))):
            matrix.data /= np.repeat(np.where(scale > 0, scale, 1.0), np.diff(matrix.indptr))
        cues = vectorizer.cue_weight * tally.cues[rows].astype(np.float64).log1p()
        kinds = vectorizer.name_weight * tally.kinds[rows].astype(np.float64)
        return factored(words, pairs, shares, self._grams, sparse.hstack((cues, kinds), format="csr"))


def factored(
    words: sparse.csr_array,
    pairs: sparse.csr_array,
    shares: sparse.csr_array,
    grams: sparse.csr_array,
    rest: sparse.csr_array,
) -> LinearOperator:
    """Stand for the matrix of words, pairs, ``shares @ grams`` and the rest side by side, without multiplying it out.

    The n-grams of a document are ten times as many as its words. A linear model never needs them so: scores are
    ``shares @ (grams @ weights)``, gradients the same from the other side.

    Parameters
    ----------
    words : csr_array, shape (n, n_words)
    pairs : csr_array, shape (n, n_pairs)
    shares : csr_array, shape (n, n_forms)
    grams : csr_array, shape (n_forms, n_grams)
    rest : csr_array, shape (n, n_rest)

    Returns
    -------
    LinearOperator, shape (n, n_words + n_pairs + n_grams + n_rest)
    """
    ends = np.cumsum((words.shape[1], pairs.shape[1], grams.shape[1], rest.shape[1]))

    def multiply(weights: NDArray[np.float64]) -> Any:
        of_words, of_pairs, of_grams, of_rest = np.split(weights, ends[:-1])
        return words @ of_words + pairs @ of_pairs + shares @ (grams @ of_grams) + rest @ of_rest

    def multiply_transposed(errors: NDArray[np.float64]) -> Any:
        return np.concatenate((words.T @ errors, pairs.T @ errors, grams.T @ (shares.T @ errors), rest.T @ errors))

    return LinearOperator(
        dtype=np.float64,
        shape=(words.shape[0], int(ends[-1])),
        matvec=multiply,
        rmatvec=multiply_transposed,
        matmat=multiply,
        rmatmat=multiply_transposed,
    )


def _log_counts(counts: sparse.csr_array) -> sparse.csr_array:
    return sparse.csr_array((1 + np.log(counts.data, dtype=np.float64), counts.indices, counts.indptr), counts.shape)
