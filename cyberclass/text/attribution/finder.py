"""Finds the attributions in a text."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from cyberclass.text.attribution.attributions import Attribution, without_background
from cyberclass.text.attribution.lexicon import Lexicon, Reading, load_lexicon
from cyberclass.text.attribution.presumption import may_presume, presumed_in
from cyberclass.text.attribution.rules import ATTACK, Finding, findings_of, may_attribute
from cyberclass.text.attribution.sentence import Context, Sentence
from cyberclass.text.attribution.sentences import sentences_of
from cyberclass.text.names import NameMatch, load_names

#: Sentences before that are read for the sake of one that says "the group".
_BACK = 3
#: Sentences of an excerpt, which is read whole and need not say that it is about computers; and those around one of a
#: longer text, which must.
_EXCERPT, _AROUND = 5, 4

_words = re.compile(r"\w+").findall


def find_attributions(text: str) -> list[Attribution]:
    """Find what a text says of who was behind an attack.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of Attribution
        In the order of the text; rumours that are told only to be rejected are left out.

    Examples
    --------
    >>> text = "Oslo blamed APT28 for the break-in. Moscow denied any involvement."
    >>> [(each.by, each.stance, each.actor) for each in find_attributions(text)]
    [('government', 'confirmed', 'APT28'), ('government', 'denied', 'Moscow')]
    """
    return _Finder(text, load_lexicon(), load_names().find(text)).find()


class _Finder:
    """Reads no more of a text than its attributions need."""

    def __init__(self, text: str, lexicon: Lexicon, names: list[NameMatch]) -> None:
        self.text, self.lexicon, self.names = text, lexicon, names
        self.bounds = list(sentences_of(text))
        self.context = Context()

    def find(self) -> list[Attribution]:
        found: list[Attribution] = []
        read: list[tuple[int, Reading, bool]] = []
        is_excerpt = len(self.bounds) <= _EXCERPT
        for place, (start, end) in enumerate(self.bounds):
            has_names = any(start <= name.start < end for name in self.names)
            if not has_names and not is_excerpt and not self.lexicon.gate(self.text[start:end]):
                continue
            reading = self.lexicon.read(self.text, start, end)
            read.append((place, reading, is_excerpt or has_names))
            if may_attribute(reading, has_names):
                found += self._findings(place, reading, findings_of)
        if not found:
            is_near = is_excerpt and any(reading.has(ATTACK) for _, reading, _ in read)
            for place, reading, is_telling in read:
                if not may_presume(reading, is_telling):
                    continue
                found += self._findings(place, reading, partial(presumed_in, is_near=is_near))
        return without_background(found)

    def _findings(
        self, place: int, reading: Reading, rule: Callable[[Sentence], Sequence[Finding]]
    ) -> Iterator[Attribution]:
        """Apply rules to a sentence, the one at a place."""
        start, end = self.bounds[place]
        self.context.catch_up = partial(self._catch_up, place)
        findings = rule(self._sentence(reading, start, end))
        if findings and self._is_set(place):
            for finding in findings:
                yield Attribution(*finding, start, end)
                self.context.actor = finding.actor or self.context.actor

    def _is_set(self, place: int) -> bool:
        """Whether the text is about computers near a sentence, as far as it is long enough to tell."""
        if len(self.bounds) <= _EXCERPT:
            return True
        start, end = self.bounds[max(0, place - _AROUND)][0], self.bounds[place + 1 : place + 1 + _AROUND][-1:]
        stop = end[0][1] if end else len(self.text)
        if any(start <= name.start < stop for name in self.names):
            return True
        return not self.lexicon.setting.isdisjoint(_words(self.text[start:stop].lower()))

    def _sentence(self, reading: Reading, start: int, end: int) -> Sentence:
        known = {
            token
            for name in self.names
            if start <= name.start < end
            for token, place in enumerate(reading.starts)
            if name.start <= place < name.end
        }
        return Sentence(self.text, reading, known, self.context)

    def _catch_up(self, place: int) -> None:
        self.context.catch_up = _nothing
        for start, end in self.bounds[max(0, place - _BACK) : place]:
            self._sentence(self.lexicon.read(self.text, start, end), start, end).remember()


def _nothing() -> None:
    """Nothing is left to catch up with."""
