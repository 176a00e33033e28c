"""What a vectorizer learns of its training texts: words, pairs of words, character n-grams, and how common each is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cyberclass.model.grams import bounded_grams
from cyberclass.model.reading import Reading


@dataclass(frozen=True)
class Vocabulary:
    """Vocabularies, each sorted, with inverse document frequencies.

    An inverse document frequency is log((1 + documents) / (1 + documents that hold it)) + 1, as scikit-learn's
    `TfidfTransformer` has it.

    Attributes
    ----------
    words : ndarray of str, shape (n_words,)
    word_idf : ndarray of float64, shape (n_words,)
    pairs : ndarray of int64, shape (n_pairs,)
        First word times n_words plus second word, both as places in `words`.
    pair_idf : ndarray of float64, shape (n_pairs,)
    grams : ndarray of str, shape (n_grams,)
    gram_idf : ndarray of float64, shape (n_grams,)
    n_documents : int
    char_lengths : (int, int)
        Shortest and longest character n-gram.
    """

    words: NDArray[np.str_]
    word_idf: NDArray[np.float64]
    pairs: NDArray[np.int64]
    pair_idf: NDArray[np.float64]
    grams: NDArray[np.str_]
    gram_idf: NDArray[np.float64]
    n_documents: int
    char_lengths: tuple[int, int]

    @property
    def unseen_idf(self) -> float:
        """The inverse document frequency of a word that no document holds."""
        return float(np.log(1 + self.n_documents) + 1)

    def pair_names(self, places: Any = slice(None)) -> list[str]:
        """Write pairs out, all or those of some places, each as two words with a space between."""
        first, second = np.divmod(self.pairs[places], max(len(self.words), 1))
        return [f"{a} {b}" for a, b in zip(self.words[first], self.words[second], strict=True)]


def learn_vocabulary(reading: Reading, min_documents: int, char_lengths: tuple[int, int]) -> Vocabulary:
    """Learn the vocabularies of texts.

    Parameters
    ----------
    reading : Reading
        All training texts, by a reader that has read no others.
    min_documents : int
        Words and pairs in fewer documents are left out, and character n-grams in fewer than one more.
    char_lengths : (int, int)

    Returns
    -------
    Vocabulary

    Raises
    ------
    ValueError
        If no word is left.
    """
    n = len(reading.lengths)
    forms = np.array(reading.forms, dtype=str)
    in_documents = np.bincount(reading.counts.indices, minlength=len(forms))
    kept = np.flatnonzero(in_documents >= min(min_documents, n))
    if not len(kept):
        raise ValueError("found no word to learn from: the texts are empty, or share no word")
    kept = kept[np.argsort(forms[kept], kind="stable")]
    pairs, pair_idf = _learn_pairs(reading, kept, min(min_documents, n))
    grams, gram_idf = _learn_grams(reading, char_lengths, min(min_documents + 1, n))
    return Vocabulary(
        words=forms[kept],
        word_idf=_idf(n, in_documents[kept]),
        pairs=pairs,
        pair_idf=pair_idf,
        grams=grams,
        gram_idf=gram_idf,
        n_documents=n,
        char_lengths=char_lengths,
    )


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
        In the order of the texts; pairs numbered as `Vocabulary.pairs` are.
    """
    first, second = columns[:-1], columns[1:]
    beside = (documents[:-1] == documents[1:]) & (first >= 0) & (second >= 0)
    return first[beside] * n_words + second[beside], documents[:-1][beside]


def rows_of(data: NDArray[np.float64], columns: NDArray[np.int64], lengths: Any, width: int) -> sparse.csr_array:
    """Make a sparse matrix of values, row by row."""
    bounds = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
    return sparse.csr_array((data, columns, bounds), shape=(len(bounds) - 1, width))


def _learn_pairs(
    reading: Reading, kept: NDArray[np.int64], enough: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    columns = np.full(len(reading.forms), -1)
    columns[kept] = np.arange(len(kept))
    pairs, documents = neighbours(columns[reading.tokens], reading.documents, len(kept))
    held = np.unique(np.column_stack((pairs, documents)), axis=0)[:, 0]
    pairs, in_documents = np.unique(held, return_counts=True)
    common = in_documents >= enough
    return pairs[common], _idf(len(reading.lengths), in_documents[common])


def _learn_grams(
    reading: Reading, char_lengths: tuple[int, int], enough: int
) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
    of_form = [sorted(set(bounded_grams(form, char_lengths))) for form in reading.forms]
    grams, flat = np.unique([gram for each in of_form for gram in each], return_inverse=True)
    held = rows_of(np.ones(len(flat)), flat, [len(each) for each in of_form], len(grams))
    in_documents = np.bincount((reading.counts @ held).indices, minlength=len(grams))
    common = in_documents >= enough
    return grams[common], _idf(len(reading.lengths), in_documents[common])


def _idf(n_documents: int, in_documents: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.log((1 + n_documents) / (1 + in_documents)) + 1
