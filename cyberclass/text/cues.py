"""Cues: the concepts of ``cues.toml`` that an analyst looks for in a report ("spying", "ransom", "protest").

A cue gathers words and pairs of words that mean much the same, so that a model which knows one of them from its
training knows the rest. The patterns were written from knowledge of the field, not drawn from labelled documents.
"""

import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

_CLASS = re.compile(r"<([\w-]+)>")


class CueWord(NamedTuple):
    """What a word is to the patterns: the cues that it is alone, the pairs it can begin and those it can end."""

    cues: frozenset[int]
    first: frozenset[int]
    second: frozenset[int]

    def __or__(self, other: "CueWord") -> "CueWord":
        return CueWord(*(mine | theirs for mine, theirs in zip(self, other, strict=True)))


class Cues:
    """Patterns of one word or of two neighbouring ones, compiled.

    Parameters
    ----------
    classes : dict of str to str
        Words, by the name that patterns call them by.
    motive, harm : dict of str to list of str
        Patterns, by the name of their cue: what tells who is behind an incident, and where it hurts.

    Attributes
    ----------
    names : tuple of str
        The cues, those of motive first.
    n_motive : int
        How many these are.
    cue_of_pair : ndarray of int, shape (n_pairs,)
        The cue of each pattern of two words.
    """

    def __init__(self, classes: dict[str, str], motive: dict[str, list[str]], harm: dict[str, list[str]]) -> None:
        self.names = (*motive, *harm)
        self.n_motive = len(motive)
        self._words: dict[str, CueWord] = {}
        cue_of_pair: list[int] = []
        for cue, patterns in enumerate((*motive.values(), *harm.values())):
            for pattern in patterns:
                match pattern.split():
                    case [word]:
                        self._learn(word, classes, CueWord(frozenset({cue}), frozenset(), frozenset()))
                    case [first, second]:
                        pair = frozenset({len(cue_of_pair)})
                        self._learn(first, classes, CueWord(frozenset(), pair, frozenset()))
                        self._learn(second, classes, CueWord(frozenset(), frozenset(), pair))
                        cue_of_pair.append(cue)
        self.cue_of_pair = np.array(cue_of_pair, dtype=np.int64)
        #: What beginnings of words mean, by up to three letters that they begin with themselves.
        self._beginnings: dict[str, list[tuple[str, CueWord]]] = {}
        for word, meaning in self._words.items():
            if word.endswith("*"):
                self._beginnings.setdefault(word[:-1][:3], []).append((word[:-1], meaning))
        self._short = frozenset(start for start in self._beginnings if len(start) < 3)

    def _learn(self, pattern: str, classes: dict[str, str], meaning: CueWord) -> None:
        expanded = _CLASS.sub(lambda match: "|".join(classes[match[1]].split()), pattern)
        for word in filter(None, expanded.split("|")):
            self._words[word] = self._words.get(word, _NOTHING) | meaning

    def of_words(self, words: Sequence[str]) -> tuple[list[int], list[CueWord]]:
        """Say what words are to the patterns.

        Parameters
        ----------
        words : sequence of str
            In lower case.

        Returns
        -------
        places : list of int
            The words, by place, that are anything.
        meanings : list of CueWord
            What each of these is.
        """
        exact, beginnings, short = self._words, self._beginnings, self._short
        likely = [
            place
            for place, word in enumerate(words)
            # Tells most words from those that are anything, without a call.
            if word in exact or word[:3] in beginnings or (short and (word[:2] in short or word[:1] in short))
        ]
        told = [(place, meaning) for place in likely if (meaning := self.of_word(words[place])) is not _NOTHING]
        return [place for place, _ in told], [meaning for _, meaning in told]

    def of_word(self, word: str) -> CueWord:
        """Say what a word, in lower case, is to the patterns."""
        found = self._words.get(word, _NOTHING)
        for length in (1, 2, 3):
            for beginning, meaning in self._beginnings.get(word[:length], ()) if len(word) >= length else ():
                if word.startswith(beginning):
                    found = found | meaning
        return found


_NOTHING = CueWord(frozenset(), frozenset(), frozenset())


@lru_cache(maxsize=1)
def load_cues() -> Cues:
    """Read the cues that come with this package, once."""
    table = tomllib.loads((files(__package__) / "cues.toml").read_text(encoding="utf-8"))
    return Cues(**table)
