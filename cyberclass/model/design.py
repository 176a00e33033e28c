"""The features of many documents in factored form, as training multiplies them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import LinearOperator


def factored(
    words: sparse.csr_array, shares: sparse.csr_array, grams: sparse.csr_array, rest: sparse.csr_array
) -> LinearOperator:
    """Stand for the matrix of `words`, ``shares @ grams`` and `rest` side by side, without multiplying it out.

    The n-grams of a document are ten times as many as its words. A linear model never needs them so: scores are
    ``shares @ (grams @ weights)``, gradients the same from the other side.

    Parameters
    ----------
    words : csr_array, shape (n, n_words + n_pairs)
    shares : csr_array, shape (n, n_forms)
    grams : csr_array, shape (n_forms, n_grams)
    rest : csr_array, shape (n, n_rest)
        Cues and kinds of actors.

    Returns
    -------
    LinearOperator, shape (n, n_words + n_pairs + n_grams + n_rest)
    """
    ends = np.cumsum((words.shape[1], grams.shape[1], rest.shape[1]))

    def multiply(weights: NDArray[np.float64]) -> Any:
        of_words, of_grams, of_rest = np.split(weights, ends[:-1])
        return words @ of_words + shares @ (grams @ of_grams) + rest @ of_rest

    def multiply_transposed(errors: NDArray[np.float64]) -> Any:
        return np.concatenate((words.T @ errors, grams.T @ (shares.T @ errors), rest.T @ errors))

    return LinearOperator(
        dtype=np.float64,
        shape=(words.shape[0], int(ends[-1])),
        matvec=multiply,
        rmatvec=multiply_transposed,
        matmat=multiply,
        rmatmat=multiply_transposed,
    )
