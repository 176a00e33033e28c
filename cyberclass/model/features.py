"""Features of a report's text: words, pairs of words, characters, cues and kinds of known actors."""

from collections.abc import Iterable
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from cyberclass.model.space import FeatureSpace, check_texts
from cyberclass.model.tally import tally_texts
from cyberclass.model.vocabulary import learn_vocabulary
from cyberclass.text.cues import load_cues
from cyberclass.text.names import KINDS


class IncidentVectorizer(FeatureSpace, TransformerMixin, BaseEstimator):
    """Turns reports into sparse rows of five blocks.

    Words and pairs of neighbouring words: (1 + log count) times inverse document frequency, the two together scaled
    to length 1. Characters: the n-grams inside each word, weighted by inverse document frequency and scaled to length
    1, summed over the words of the text by those words' own weights; so a linear model over them is a sum over
    words, and each word's share can be worked out once (see `scorer.Scorer`). Cues (`cyberclass.text.cues`):
    log(1 + count). Kinds of known actors (`cyberclass.text.names`): present or not.

    `fit` learns vocabularies and document frequencies; it looks at no labels. Cues and names are not learned.

    Parameters
    ----------
    min_documents : int
        Words and pairs in fewer training texts are left out, and character n-grams in fewer than one more.
    char_lengths : (int, int)
        Shortest and longest character n-gram.
    char_weight, cue_weight, name_weight : float
        Scale of these blocks beside that of words, which is 1.

    Attributes
    ----------
    vocabulary_ : Vocabulary
    """

    def __init__(
        self,
        min_documents: int = 2,
        char_lengths: tuple[int, int] = (3, 5),
        char_weight: float = 0.7,
        cue_weight: float = 0.1,
        name_weight: float = 0.3,
    ) -> None:
        self.min_documents = min_documents
        self.char_lengths = char_lengths
        self.char_weight = char_weight
        self.cue_weight = cue_weight
        self.name_weight = name_weight

    def fit(self, X: Iterable[str], y: Any = None) -> Self:
        """Learn the vocabularies of texts.

        Parameters
        ----------
        X : iterable of str
        y : None
            Ignored.

        Returns
        -------
        IncidentVectorizer

        Raises
        ------
        TypeError
            If `X` does not hold strings.
        ValueError
            If it holds no word to learn from.
        """
        texts = check_texts(X)
        tally = tally_texts(texts, min(self.min_documents, len(texts)))
        return self.adopt(learn_vocabulary(tally, np.arange(len(texts)), self.min_documents, self.char_lengths))

    def transform(self, X: Iterable[str]) -> sparse.csr_array:
        """Turn texts into rows.

        Parameters
        ----------
        X : iterable of str, length n

        Returns
        -------
        csr_array of float64, shape (n, n_features)
            Columns in the order of `get_feature_names_out`. A text without words gives zeros.
        """
        texts = check_texts(X)
        with self.reading() as lookup:
            blocks = lookup.see(texts)
            # Of all words ever met, those of these texts.
            used, places = np.unique(blocks.shares.indices, return_inverse=True)
            grams = lookup.form_grams(used)
        shares = sparse.csr_array((blocks.shares.data, places, blocks.shares.indptr), shape=(len(texts), len(used)))
        return sparse.hstack(
            (
                blocks.words,
                blocks.pairs,
                self.char_weight * (shares @ grams),
                sparse.csr_array(self.cue_weight * blocks.cues),
                sparse.csr_array(self.name_weight * blocks.kinds),
            ),
            format="csr",
        )

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Name the columns, each with its block: "word:ransom", "pair:leak site", "char:ware>", "motive:spying"."""
        check_is_fitted(self)
        cues = load_cues()
        names: dict[str, Iterable[str]] = {
            "word": self.vocabulary_.words,
            "pair": self.vocabulary_.pair_names(),
            "char": self.vocabulary_.grams,
            "motive": cues.names[: cues.n_motive],
            "harm": cues.names[cues.n_motive :],
            "actor": KINDS,
        }
        return np.array([f"{block}:{name}" for block, of_block in names.items() for name in of_block], dtype=np.object_)

    def __getstate__(self) -> dict[str, Any]:
        # What was met is no part of what was learned.
        state: dict[str, Any] = super().__getstate__()
        return {key: value for key, value in state.items() if key not in ("_lookup", "_lock")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "vocabulary_" in state:
            self.adopt(self.vocabulary_)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags
