"""A part of a sentence in which one speaks: who it is, and how firmly."""

from collections.abc import Iterator
from itertools import pairwise

from cyberclass.text.attribution.lexicon import Hit, load_lexicon
from cyberclass.text.attribution.sentence import Sentence
from cyberclass.text.attribution.speakers import Speaker, find_speaker

#: What a clause must hold for another to begin: "... blamed on APT28, which denied it".
_FIRST = ("accused.after", "accused.before", "accused.said_after")
_SECOND = ("denied.own", "claimed.direct", "unknown.direct", "unknown.ignorance")
_JOINTS = frozenset(("which", "but", "while", "though", "although", "and"))
#: Words between the joint and what makes the second clause one.
_REACH = 8
#: Victims that may be one of those who take malware apart.
_FIRMS = frozenset(("firm", "company", "maker", "vendor", "start-up"))
#: Words of a clause among which its subject stands.
_OPENING = 6


class Clause:
    """A part of a sentence, from token to token.

    Attributes
    ----------
    speaker : Speaker or None
    """

    def __init__(self, sentence: Sentence, first: int, last: int) -> None:
        self.sentence, self.first, self.last = sentence, first, last
        self.speaker: Speaker | None = find_speaker(sentence.reading, sentence.phrases, first, last)
        if self.speaker and self.speaker.by:
            sentence.context.by = self.by()

    def hits(self, *names: str) -> list[Hit]:
        """Give the expressions of some lists that stand in the clause."""
        found = self.sentence.reading.of(*names)
        if not self.first and self.last == len(self.sentence.words):
            return found
        return [(start, end) for start, end in found if self.first <= start and end <= self.last]

    def has(self, *names: str) -> bool:
        """Whether any does."""
        reading = self.sentence.reading
        if not reading.has(names):
            return False
        if not self.first and self.last == len(reading.words):
            return True
        return any(self.first <= start and end <= self.last for start, end in reading.of(*names))

    def has_word(self, words: frozenset[str]) -> bool:
        """Whether any of some words does."""
        return not words.isdisjoint(self.sentence.lower[self.first : self.last])

    def is_said_by(self, *kinds: str) -> bool:
        """Whether one of a kind that a list knows speaks."""
        return self.speaker is not None and self.speaker.by in kinds

    def by(self) -> str:
        """Say who speaks, as one of ``SPEAKERS``."""
        if self.speaker and self.speaker.by:
            return self._of_known(self.speaker.by)
        if self.speaker:
            return self._of_name(self.speaker)
        if self.has("court.words"):
            return "government"
        grammar = self.sentence.grammar
        if self.has_word(grammar.first_person):
            return "company" if self._is_trade() or self.has("assessed.judgement") else "victim"
        if self.has_word(grammar.pronouns):
            self.sentence.context.catch_up()
            return self.sentence.context.by or "unnamed"
        return "unnamed"

    def is_filing(self) -> bool:
        """Whether a company speaks of itself as companies do in filings, with a capital."""
        words = self.sentence.words
        return any(
            words[place] == "Company" and words[place - 1] == "the" for place in range(self.first + 1, self.last)
        )

    def subject(self) -> str:
        """Say who stands first in the clause, where nobody speaks: "The police have shelved the case"."""
        for place in range(self.first, min(self.last, self.first + _OPENING)):
            if self.sentence.lower[place] in self.sentence.grammar.prepositions:
                break
            for kind in ("government", "company"):
                if any(start == place for start, _ in self.hits(f"sources.{kind}.names", f"sources.{kind}.words")):
                    return kind
        return "unnamed"

    def _of_known(self, kind: str) -> str:
        """A ministry, or a company of security, that speaks of its own systems is the victim."""
        if kind == "government" and self.has("sources.victim.own"):
            return "victim"
        if kind == "company" and self.has("sources.victim.own") and self.has("sources.victim.hit"):
            return "victim"
        if kind == "victim" and self.has_word(_FIRMS) and not self.has("sources.victim.own") and self._is_trade():
            return "company"
        return kind

    def _of_name(self, speaker: Speaker) -> str:
        sentence = self.sentence
        name = " ".join(sentence.words[speaker.start : speaker.end])
        capitals = sentence.reading.of("sources.government.capitals")
        if name in sentence.places.countries or name in sentence.places.services:
            return "government"
        if any(start == speaker.start and end >= speaker.end for start, end in capitals):
            return "government"
        if not sentence.reading.tokens("sources.company.parts").isdisjoint(range(speaker.start, speaker.end)):
            return "company"
        if self.has("sources.victim.own"):
            return "victim"
        return "company" if self._is_trade() or self.has("assessed.words") else "victim"

    def _is_trade(self) -> bool:
        return load_lexicon().is_trade(self.sentence.text)

    def stance(self, by: str) -> str:
        """Say how firmly somebody who accuses speaks."""
        if self.has("firm.words"):
            return "confirmed"
        if self.has("assessed.judgement"):
            return "assessed"
        if self.has("suspected.words"):
            return "suspected"
        # A state's attribution is a fact to it, a company's a judgement.
        return "assessed" if by != "government" and self.has("assessed.words") else "confirmed"


def clauses_of(sentence: Sentence) -> Iterator[Clause]:
    """Part a sentence at semicolons, and where another begins to speak."""
    reading, n_words = sentence.reading, len(sentence.words)
    cuts = {place for place, word in enumerate(sentence.words) if word == ";"}
    for start, _ in reading.of(*_SECOND):
        for place in range(start, max(0, start - _REACH), -1):
            if sentence.lower[place] in _JOINTS and sentence.words[place - 1] == ",":
                if any(end <= place for _, end in reading.of(*_FIRST)):
                    cuts.add(place)
                break
    bounds = [0, *sorted(cuts), n_words]
    for first, last in pairwise(bounds):
        if last > first:
            yield Clause(sentence, first, last)
