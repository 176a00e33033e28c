"""Scores of texts by a linear model over a space of features; each distinct word is worked out once."""

import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cyberclass.model.lookup import Blocks, Lookup
from cyberclass.model.space import FeatureSpace
from cyberclass.text.cues import load_cues
from cyberclass.text.growing import Growing
from cyberclass.text.names import KINDS, NameMatch

#: Characters of the texts that are scored at a time: few, so that the bound is overstepped by little.
_BLOCK = 2_000_000


class Scored(NamedTuple):
    """What there is to say of n texts: `scores`, shape (n, n_outputs); `matches`, the known names of each; `n_words`.

    The last has the shape (n, 2): the words of each text, and how many of these the vocabulary lacks.
    """

    scores: NDArray[np.float64]
    matches: list[list[NameMatch]]
    n_words: NDArray[np.float64]


class Scorer:
    """A linear model over a space of features: the same as ``transform(texts) @ weights``, and much faster.

    The share of each word's characters is worked out when the word is first met, and looked up from then on.

    Parameters
    ----------
    space : FeatureSpace
        With a vocabulary; such as an `IncidentVectorizer` that is fitted.
    weights : ndarray, shape (n_features, n_outputs)
    """

    def __init__(self, space: FeatureSpace, weights: NDArray[np.floating]) -> None:
        self._space = space
        blocks = space.blocks()
        self._words, self._pairs = weights[blocks["word"]], weights[blocks["pair"]]
        self._grams = space.char_weight * weights[blocks["char"]]
        self._cues = space.cue_weight * weights[blocks["motive"].start : blocks["harm"].stop]
        self._kinds = space.name_weight * weights[blocks["actor"]]
        self._lookup: Callable[[], Lookup | None] = lambda: None
        self._forms = Growing(np.float64, weights.shape[1])

    def score(self, texts: Sequence[str]) -> Scored:
        """Score texts."""
        parts = [self._score(block) for block in _blocks(texts)]
        if len(parts) == 1:
            return parts[0]
        return Scored(
            np.concatenate([part.scores for part in parts]),
            [found for part in parts for found in part.matches],
            np.concatenate([part.n_words for part in parts]),
        )

    def _score(self, texts: Sequence[str]) -> Scored:
        with self._space.reading() as lookup:
            blocks = self._see(lookup, texts)
            scores: NDArray[np.float64] = (
                blocks.words @ self._words
                + blocks.pairs @ self._pairs
                + blocks.shares @ self._forms.array
                + _row_by_row(blocks.cues, self._cues)
                + _row_by_row(blocks.kinds, self._kinds)
            )
        return Scored(scores, blocks.matches, blocks.n_words)

    def contributions(self, text: str) -> list[tuple[str, NDArray[np.float64]]]:
        """Say what each word, pair of words, cue and kind of actor of a text adds to its scores.

        Returns
        -------
        list of (str, ndarray of shape (n_outputs,))
            They sum to the text's score. A word's own weight and that of its characters are one; a cue is named
            "[spying]", a kind of actor "[state actor]".
        """
        with self._space.reading() as lookup:
            blocks = self._see(lookup, [text])
            forms = [lookup.forms[form] for form in blocks.shares.indices]
            of_forms = self._forms.array[blocks.shares.indices]
        vocabulary = self._space.vocabulary_
        words, pairs = blocks.words, blocks.pairs
        cues, kinds = np.flatnonzero(blocks.cues), np.flatnonzero(blocks.kinds)
        names = [
            *vocabulary.words[words.indices].tolist(),
            *vocabulary.pair_names(pairs.indices),
            *forms,
            *(f"[{load_cues().names[cue]}]" for cue in cues),
            *(f"[{KINDS[kind]} actor]" for kind in kinds),
        ]
        values = np.concatenate(
            (
                words.data[:, None] * self._words[words.indices],
                pairs.data[:, None] * self._pairs[pairs.indices],
                blocks.shares.data[:, None] * of_forms,
                blocks.cues[0, cues, None] * self._cues[cues],
                blocks.kinds[0, kinds, None] * self._kinds[kinds],
            )
        )
        parts: dict[str, NDArray[np.float64]] = {}
        for name, value in zip(names, values, strict=True):
            parts[name] = parts.get(name, 0.0) + value
        return list(parts.items())

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
