"""Scores of texts by a linear model over a space of features; each distinct word is worked out once."""

import weakref
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cyberclass.model.lookup import Blocks, Lookup
from cyberclass.model.space import FeatureSpace
from cyberclass.model.weighing import Tables, TokenWeights, weigh_tokens
from cyberclass.text.growing import Growing
from cyberclass.text.names import NameMatch

#: Characters of the texts that are scored at a time: few, so that the bound is overstepped by little.
_BLOCK = 2_000_000


class Scored(NamedTuple):
    """What there is to say of n texts: `scores`, shape (n, n_outputs); `matches`, the known names of each; `n_words`.

    That has the shape (n, 2): the words of each text, and how many of these the vocabulary lacks. `told` is what was
    asked for, of each text.
    """

    scores: NDArray[np.float64]
    matches: list[list[NameMatch]]
    n_words: NDArray[np.float64]
    told: list[Any]


#: Rows of texts and columns of outputs -> what the texts' tokens add to these scores.
Weigh = Callable[[NDArray[np.int64], NDArray[np.int64]], TokenWeights]

#: Some texts, their scores, what weighs their tokens -> something of each text.
Tell = Callable[[Sequence[str], NDArray[np.float64], Weigh], Sequence[Any]]


class Scorer:
    """A linear model over a space of features: the same as ``transform(texts) @ weights``, and much faster.

    The share of each word's characters is worked out when the word is first met, and looked up from then on.

    Parameters
    ----------
    space : FeatureSpace
        With a vocabulary; such as an `IncidentVectorizer` that is fitted.
    weights : ndarray, shape (n_features, n_outputs)
    """

    def __init__(self, space: FeatureSpace, weights: NDArray[np.float64]) -> None:
        self._space = space
        blocks = space.blocks()
        self._words, self._pairs = weights[blocks["word"]], weights[blocks["pair"]]
        self._grams = space.char_weight * weights[blocks["char"]]
        self._cues = space.cue_weight * weights[blocks["motive"].start : blocks["harm"].stop]
        self._kinds = space.name_weight * weights[blocks["actor"]]
        self._lookup: Callable[[], Lookup | None] = lambda: None
        self._forms = Growing(np.float64, weights.shape[1])

    def score(self, texts: Sequence[str], tell: Tell | None = None) -> Scored:
        """Score texts, and have something told of what their tokens add.

        Parameters
        ----------
        texts : sequence of str, length n
        tell : callable, optional
            Returns one thing a text, in `Scored.told`; is given some of the texts, their scores, and `weigh_tokens`,
            which takes the rows of these and the columns of outputs.
        """
        parts = [self._score(block, tell) for block in _blocks(texts)]
        if len(parts) == 1:
            return parts[0]
        return Scored(
            np.concatenate([part.scores for part in parts]),
            [found for part in parts for found in part.matches],
            np.concatenate([part.n_words for part in parts]),
            [each for part in parts for each in part.told],
        )

    def _score(self, texts: Sequence[str], tell: Tell | None) -> Scored:
        with self._space.reading() as lookup:
            blocks = self._see(lookup, texts)
            scores: NDArray[np.float64] = (
                blocks.words @ self._words
                + blocks.pairs @ self._pairs
                + blocks.shares @ self._forms.array
                + _row_by_row(blocks.cues, self._cues)
                + _row_by_row(blocks.kinds, self._kinds)
            )
            tables = Tables(self._words, self._pairs, self._forms.array, self._cues, self._kinds)
            told = list(tell(texts, scores, partial(weigh_tokens, lookup, blocks, tables))) if tell else []
        return Scored(scores, blocks.matches, blocks.n_words, told)

    def _see(self, lookup: Lookup, texts: Sequence[str]) -> Blocks:
        if lookup is not self._lookup():
            # A weak reference: the space lets it go.
            self._lookup = weakref.ref(lookup)
            self._forms = Growing(np.float64, self._grams.shape[1])
        blocks = lookup.see(texts)
        if lookup.n_forms > len(self._forms):
            self._forms.extend(lookup.form_grams(np.arange(len(self._forms), lookup.n_forms)) @ self._grams)
        return blocks


def _row_by_row(rows: NDArray[np.float64], weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """Multiply each row with weights; in a product of matrices the last bits depend on how many rows there are."""
    product: NDArray[np.float64] = weights.T @ rows[:, :, None]
    return product[:, :, 0]


def _blocks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Part texts into blocks of few characters, or of one text; one empty block if there are none."""
    start = size = 0
    for place, text in enumerate(texts):
        if size and size + len(text) > _BLOCK:
            yield texts[start:place]
            start, size = place, 0
        size += len(text)
    yield texts[start:]
