"""What a vectorizer learns of its training texts: words, pairs of words, character n-grams, and how common each is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cyberclass.model.grams import bounded_grams, keys_of_forms, keys_of_grams

if TYPE_CHECKING:
    from cyberclass.model.tally import Tally

#: Pairs that a vocabulary holds; the rarer ones of a large corpus would take most of the memory and tell little.
MOST_PAIRS = 300_000

#: Documents whose character n-grams are counted at a time.
_BATCH = 2000


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


def learn_vocabulary(
    tally: "Tally", rows: NDArray[np.intp], min_documents: int, char_lengths: tuple[int, int]
) -> Vocabulary:
    """Learn the vocabularies of texts, of at most `MOST_PAIRS` pairs: those in the most documents.

    Parameters
    ----------
    tally : Tally
        Of these texts and, maybe, others.
    rows : ndarray of int, shape (n,)
        The texts to learn from; the others make no difference.
    min_documents : int
        Words and pairs in fewer documents are left out, and character n-grams in fewer than one more. Of pairs the
        tally has those in `min_documents`, or in all texts if that are fewer.
    char_lengths : (int, int)

    Returns
    -------
    Vocabulary

    Raises
    ------
    ValueError
        If no word is left.
    """
    n = len(rows)
    in_documents = _count_documents(tally.counts, rows)
    kept = np.flatnonzero(in_documents >= min(min_documents, n)) if n else np.array([], dtype=np.int64)
    if not len(kept):
        raise ValueError("found no word to learn from: the texts are empty, or share no word")
    kept = np.array(sorted(kept.tolist(), key=tally.forms.__getitem__))
    columns = np.full(len(tally.forms), -1)
    columns[kept] = np.arange(len(kept))
    pairs, pair_idf = _learn_pairs(tally, rows, columns, len(kept), min(min_documents, n))
    grams, gram_idf = _learn_grams(tally, rows, np.flatnonzero(in_documents), char_lengths, min(min_documents + 1, n))
    return Vocabulary(
        words=np.array([tally.forms[form] for form in kept], dtype=str),
        word_idf=_idf(n, in_documents[kept]),
        pairs=pairs,
        pair_idf=pair_idf,
        grams=grams,
        gram_idf=gram_idf,
        n_documents=n,
        char_lengths=char_lengths,
    )


def _learn_pairs(
    tally: "Tally", rows: NDArray[np.intp], columns: NDArray[np.int64], n_words: int, enough: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    in_documents = _count_documents(tally.pairs, rows)
    common = np.flatnonzero(in_documents >= enough)
    # Both words of such a pair are in enough documents, too, and so have a column.
    first, second = columns[tally.pair_forms[common]].T
    pairs = first * n_words + second
    most = np.lexsort((pairs, -in_documents[common]))[:MOST_PAIRS]
    most = most[np.argsort(pairs[most])]
    return pairs[most], _idf(len(rows), in_documents[common[most]])


def _learn_grams(
    tally: "Tally", rows: NDArray[np.intp], forms: NDArray[np.intp], char_lengths: tuple[int, int], enough: int
) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
    written = [tally.forms[form] for form in forms]
    keys, owners = keys_of_forms(written, char_lengths)
    distinct, first, columns = np.unique(keys, return_index=True, return_inverse=True)
    held = sparse.csr_array((np.ones(len(keys)), (forms[owners], columns)), shape=(len(tally.forms), len(distinct)))
    in_documents = _count_documents(tally.counts, rows, held)
    common = in_documents >= enough
    # A key does not tell its n-gram, but a form that has it does.
    speakers = [written[owner] for owner in np.unique(owners[first[common]])]
    grams = np.array(sorted({gram for form in speakers for gram in bounded_grams(form, char_lengths)}), dtype=str)
    places = np.searchsorted(distinct, keys_of_grams(grams.tolist()))
    grams, places = grams[common[places]], places[common[places]]
    return grams, _idf(len(rows), in_documents[places])


def _count_documents(
    matrix: sparse.csr_array, rows: NDArray[np.intp], held: sparse.csr_array | None = None
) -> NDArray[np.int64]:
    """Count the rows in which each column is not zero, of a matrix or of its product with another."""
    counts = np.zeros(matrix.shape[1] if held is None else held.shape[1], dtype=np.int64)
    for start in range(0, len(rows), _BATCH):
        part = matrix[rows[start : start + _BATCH]]
        counts += np.bincount((part if held is None else part @ held).indices, minlength=len(counts))
    return counts


def _idf(n_documents: int, in_documents: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.log((1 + n_documents) / (1 + in_documents)) + 1
