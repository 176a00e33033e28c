"""The features of texts over a vocabulary, as labelling needs them: without scikit-learn, long to import."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any, Self

import numpy as np

from cyberclass.model.lookup import Lookup
from cyberclass.model.vocabulary import Vocabulary
from cyberclass.text.cues import load_cues
from cyberclass.text.names import KINDS

#: Distinct chunks of text after which what is remembered is let go but for those met again, at most half as many, so
#: that memory has a bound.
MEMO_CHUNKS = 120_000


class FeatureSpace:
    """The blocks of `features.IncidentVectorizer`, which is one of these that can learn a vocabulary.

    Parameters
    ----------
    char_weight, cue_weight, name_weight : float

    Attributes
    ----------
    vocabulary_ : Vocabulary
    """

    def __init__(self, char_weight: float, cue_weight: float, name_weight: float) -> None:
        self.char_weight = char_weight
        self.cue_weight = cue_weight
        self.name_weight = name_weight

    def adopt(self, vocabulary: Vocabulary) -> Self:
        """Take over a vocabulary that was learned before."""
        self.vocabulary_ = vocabulary
        self._lookup: Lookup | None = None
        self._lock = RLock()
        return self

    def blocks(self) -> dict[str, slice]:
        """Say where each block's columns stand: "word", "pair", "char", "motive", "harm", "actor"."""
        check_fitted(self, "vocabulary_")
        vocabulary, cues = self.vocabulary_, load_cues()
        sizes = {
            "word": len(vocabulary.words),
            "pair": len(vocabulary.pairs),
            "char": len(vocabulary.grams),
            "motive": cues.n_motive,
            "harm": len(cues.names) - cues.n_motive,
            "actor": len(KINDS),
        }
        ends = np.cumsum(list(sizes.values())).tolist()
        return {block: slice(end - size, end) for (block, size), end in zip(sizes.items(), ends, strict=True)}

    @contextmanager
    def reading(self) -> Iterator[Lookup]:
        """Lend what is remembered of words met so far, to one thread at a time.

        It is made anew, with the chunks worth remembering, once it has grown past its bound; and after an exception
        (Ctrl-C is one, too), which may have left it half changed.
        """
        check_fitted(self, "vocabulary_")
        with self._lock:
            if self._lookup is None or self._lookup.n_chunks > MEMO_CHUNKS:
                chunks = [] if self._lookup is None else self._lookup.lasting(MEMO_CHUNKS // 2)
                # Before the new one is made: there is no need to hold both.
                self._lookup = None
                self._lookup = Lookup(self.vocabulary_, chunks)
            try:
                yield self._lookup
            except BaseException:
                self._lookup = None
                raise


def check_fitted(model: Any, learned: str) -> None:
    """Check that a model has learned.

    Raises
    ------
    NotFittedError
        If it lacks the attribute that learning gives it.
    """
    if not hasattr(model, learned):
        # Here, so that labelling does not wait for it.
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(model, learned)


def check_texts(texts: Any) -> list[str]:
    """Return texts as a list.

    Raises
    ------
    TypeError
        For one string alone, or when an item is not a string.
    """
    if isinstance(texts, str):
        raise TypeError("expected a list of texts, found one string; put it in a list")
    listed = list(texts)
    for position, text in enumerate(listed):
        if not isinstance(text, str):
            raise TypeError(f"expected strings, found {type(text).__name__} at position {position}")
    return listed
