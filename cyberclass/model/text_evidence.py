"""The evidence of one text: its labels, and what each place in the text adds to each score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cyberclass.model.evidence import find_phrases, sum_sentences
from cyberclass.taxonomy import UNDETERMINED
from cyberclass.text.actors import ActorMention
from cyberclass.text.attribution import Attribution

#: Phrases of an output on each side that `Explanation.to_dict` lists.
MOST_LISTED = 12

#: Words on each side that people are shown, and the spans that they are gathered from.
MOST_WORDS, MOST_GATHERED = 8, 5000

_FAINT = 0.05


@dataclass(frozen=True)
class Span:
    """A stretch of a text, and what it adds to the score of an output.

    Attributes
    ----------
    start, end : int
        In characters of the text; the end is that of the character after.
    text : str
    output : str
        "incident", "undetermined" or a label.
    weight : float
        In log-odds (of a motivation: in logarithms of its share); below 0 it speaks against.
    """

    start: int
    end: int
    text: str
    output: str
    weight: float


class Strongest(NamedTuple):
    """Spans that speak most for something, those most against it, the strongest first, and what all others sum to."""

    speaking: list[Span]
    opposing: list[Span]
    rest: float


class Word(NamedTuple):
    """What is written at some spans: how many times, and what these add together."""

    text: str
    times: int
    weight: float


class _Stretches(NamedTuple):
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    weights: NDArray[np.float64]


@dataclass(frozen=True)
class Tokens:
    """Where the words of a text stand, and what each adds to each score.

    Attributes
    ----------
    starts, ends : ndarray of int64, shape (n,)
        In characters, ascending; no two overlap.
    sentences : ndarray of int64, shape (n,)
        The sentence of each, as a row of the two below.
    sentence_starts, sentence_ends : ndarray of int64, shape (n_sentences,)
    weights : ndarray of float64, shape (n, n_outputs)
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    sentences: NDArray[np.int64]
    sentence_starts: NDArray[np.int64]
    sentence_ends: NDArray[np.int64]
    weights: NDArray[np.float64]

    def without_words(self) -> "Tokens":
        """Leave all out, where a model has nothing to say of them."""
        none = self.starts[:0]
        return replace(self, starts=none, ends=none, sentences=none, weights=self.weights[:0])


@dataclass(frozen=True)
class TextEvidence:
    """Why a text has its labels.

    Of every output, the weights of all spans (or of all sentences) and the intercept sum to the score, of which the
    probability is a function. Where `withheld` says why the model gives no labels, there are no spans.

    Attributes
    ----------
    text : str
        As it was given, as far as it is read; what spans count in.
    labels : dict
        The row of `IncidentClassifier.label`; NaN is None.
    withheld : str
        Why the model gives no labels; "" if it does.
    outputs : tuple of str
        "incident", the motivations, "undetermined", the domains.
    probabilities, thresholds, intercepts, scores : dict of str to float
        By output. None for what was never taught, or is withheld. From its threshold on an incident is one, and a
        domain is given; that of each motivation is the one of the likeliest. None of "undetermined".
    given : tuple of str
        The labels that the text has.
    tokens : Tokens
    actors : tuple of ActorMention
        Names of actors in the text, with their places in it.
    attributions : tuple of Attribution
        Statements in the text of who is behind it.
    """

    text: str
    labels: dict[str, Any]
    withheld: str
    outputs: tuple[str, ...]
    probabilities: Mapping[str, float | None]
    thresholds: Mapping[str, float | None]
    intercepts: Mapping[str, float | None]
    scores: Mapping[str, float | None]
    given: tuple[str, ...]
    tokens: Tokens
    actors: tuple[ActorMention, ...] = ()
    attributions: tuple[Attribution, ...] = ()

    @cached_property
    def spans(self) -> list[Span]:
        """Every phrase of every output; of an output the largest weights first."""
        return [span for output in self.outputs for span in self.spans_of(output)]

    @cached_property
    def sentences(self) -> list[Span]:
        """Every sentence with a word in it, for every output; of an output the largest weights first."""
        return [span for output in self.outputs for span in self.sentences_of(output)]

    def is_given(self, output: str) -> bool:
        """Tell whether the text has a label; "incident" is one here, too."""
        return output in self.given or (output == "incident" and bool(self.labels["is_incident"]))

    def spans_of(self, output: str) -> list[Span]:
        """List the phrases that add to the score of an output or take from it, the largest weights first.

        Raises
        ------
        ValueError
            For an output that there is not.
        """
        return self._ranked(self._phrases(self._weights([output])), output)

    def sentences_of(self, output: str) -> list[Span]:
        """List the sentences by what they add to the score of an output, the largest weights first."""
        return self._ranked(self._sentences(output), output)

    def deciding_sentence(self, output: str) -> Span | None:
        """Find the sentence that speaks most for an output; None if none does."""
        return next(iter(self._strongest(self._sentences(output), output, 1).speaking), None)

    def strongest(self, output: str, most: int = MOST_LISTED) -> Strongest:
        """Find the phrases that speak most for an output, and those most against it, at most so many each."""
        return self._strongest(self._phrases(self._weights([output])), output, most)

    def contrast(self, outputs: Sequence[str], others: Sequence[str], most: int = MOST_LISTED) -> Strongest:
        """Find the phrases that speak most for some outputs against others, and the other way round.

        Weights are means over `outputs` less means over `others`; either may be empty.
        """
        weights = self._weights(outputs) - self._weights(others)
        return self._strongest(self._phrases(weights), "; ".join(outputs), most)

    @cached_property
    def rivals(self) -> tuple[str, str] | None:
        """The likeliest motivation and the next; None if there are not two."""
        motivations = self.outputs[1 : self.outputs.index(UNDETERMINED)]
        known = {name: value for name in motivations if (value := self.probabilities[name]) is not None}
        ranked = sorted(known, key=lambda name: -known[name])
        return (ranked[0], ranked[1]) if len(ranked) > 1 else None

    def _weights(self, outputs: Sequence[str]) -> NDArray[np.float64]:
        """Give the mean weight of each word over some outputs."""
        for output in outputs:
            if output not in self.outputs:
                raise ValueError(f"found the output {output!r}; expected one of {', '.join(self.outputs)}")
        columns = [self.outputs.index(output) for output in outputs]
        return self.tokens.weights[:, columns].sum(axis=1) / max(1, len(columns))

    def _phrases(self, weights: NDArray[np.float64]) -> _Stretches:
        tokens = self.tokens
        first, last, sums = find_phrases(weights, np.zeros(len(weights), dtype=np.int64), tokens.sentences)
        return _Stretches(tokens.starts[first], tokens.ends[last], sums)

    def _sentences(self, output: str) -> _Stretches:
        tokens, weights = self.tokens, self._weights([output])
        _, sentences, sums = sum_sentences(weights, np.zeros(len(weights), dtype=np.int64), tokens.sentences)
        return _Stretches(tokens.sentence_starts[sentences], tokens.sentence_ends[sentences], sums)

    def _strongest(self, stretches: _Stretches, output: str, most: int) -> Strongest:
        weights = stretches.weights
        order = np.argsort(-weights, kind="stable")
        speaking, opposing = order[:most], order[::-1][:most]
        speaking, opposing = speaking[weights[speaking] > 0], opposing[weights[opposing] < 0]
        return Strongest(
            self._spans(stretches, speaking, output),
            self._spans(stretches, opposing, output),
            float(weights.sum() - weights[speaking].sum() - weights[opposing].sum()),
        )

    def _ranked(self, stretches: _Stretches, output: str) -> list[Span]:
        order = np.argsort(-stretches.weights, kind="stable")
        return self._spans(stretches, order[stretches.weights[order] != 0], output)

    def _spans(self, stretches: _Stretches, places: NDArray[np.int64], output: str) -> list[Span]:
        return [
            Span(start, end, self.text[start:end], output, weight)
            for start, end, weight in zip(*(each[places].tolist() for each in stretches), strict=True)
        ]


def gather_words(spans: Sequence[Span], most: int = MOST_WORDS) -> list[Word]:
    """Gather spans of one side by what is written there, whatever its case; the strongest first.

    Parameters
    ----------
    spans : sequence of Span
    most : int

    Returns
    -------
    list of Word
        At most so many; without those of a twentieth of the strongest's weight or less.
    """
    found: dict[str, Word] = {}
    for span in spans:
        text = " ".join(span.text.split())
        before = found.get(text.lower(), Word(text, 0, 0.0))
        found[text.lower()] = Word(before.text, before.times + 1, before.weight + span.weight)
    words = sorted(found.values(), key=lambda word: -abs(word.weight))[:most]
    return [word for word in words if abs(word.weight) > _FAINT * abs(words[0].weight)]
