"""Who speaks in a sentence: a government, a company, the victim, somebody unnamed, or a name that no list knows."""

from collections.abc import Iterator
from typing import NamedTuple

from cyberclass.text.attribution.grammar import load_grammar
from cyberclass.text.attribution.lexicon import Reading
from cyberclass.text.attribution.phrases import Phrases

_FORMS = ("names", "words", "anybody")
_KINDS = ("unnamed", "government", "company", "victim")
_PASSIVE = frozenset(("is", "are", "was", "were", "be", "been", "being"))
_BREAKS = frozenset(',;:.!?()"')
_RELATIVE = frozenset(("which", "that", "who", "whom", "whose"))
_NO_AGENT = frozenset(("to", "that", "who", "on", "for"))

#: Words that are looked at for who speaks: before a verb, behind it, behind "by", before a headline's colon.
_BEFORE, _BEHIND, _AGENT, _HEADLINE = 24, 22, 8, 7
#: Words of an organisation without a name, at most.
_NOUNS = 4
#: Words by which a victim's name yields to what follows: "county detectives" are police.
_YIELDS = 3


class Speaker(NamedTuple):
    """Who speaks, from token to token; `by` is empty if that is a name that no list knows."""

    by: str
    start: int
    end: int


def find_speaker(reading: Reading, phrases: Phrases, first: int, last: int) -> Speaker | None:
    """Find who speaks in a part of a sentence.

    Parameters
    ----------
    reading : Reading
    phrases : Phrases
    first, last : int
        The part, from token to token.

    Returns
    -------
    Speaker or None
        Somebody who wants to stay unnamed, the first whom a list knows, or the first name.
    """
    search = _Search(reading, phrases, first, last)
    found = list(search.found())
    anonymous = reading.of("sources.unnamed.anonymous")
    for speaker in found:
        if any(speaker.start <= start and end <= speaker.end for start, end in anonymous):
            return speaker
    for kinds in (_KINDS[1:], _KINDS[:1], ("",)):
        for speaker in found:
            if speaker.by in kinds:
                return speaker
    return search.organisation()


class _Search:
    def __init__(self, reading: Reading, phrases: Phrases, first: int, last: int) -> None:
        self.reading, self.phrases, self.first, self.last = reading, phrases, first, last
        self.words, self.lower, self.grammar = reading.words, reading.lower, load_grammar()
        self.own_names = phrases.known | phrases.introduced
        # Names before nouns; then the first.
        self.sources = sorted(
            (_FORMS.index(form), start + _YIELDS * (kind == "victim"), -end, kind, start)
            for kind in _KINDS
            for form in _FORMS
            for start, end in reading.of(f"sources.{kind}.{form}")
        )

    def found(self) -> Iterator[Speaker]:
        for name, (start, end) in self._windows():
            speaker = self._speaker_in(start, end)
            if speaker and (speaker.by or name not in ("headline", "speech.agents", "speech.weak")):
                yield speaker

    def organisation(self) -> Speaker | None:
        """Find "the toy maker" or the like: who speaks so in a report is mostly the victim."""
        marks = self.phrases.marks
        nobody = marks["things"] | marks["nobody"] | marks["criminal"] | marks["ideological"] | marks["neutral"]
        nobody |= self.reading.tokens("attack.nouns")
        for place, _ in self._within("speech.before"):
            start, head = self._left(place), place - 1
            is_noun = self.lower[head].isalpha() and not self.lower[head].endswith("ly") and head not in nobody
            if is_noun and 1 < place - start <= _NOUNS and self.lower[start] == "the":
                return Speaker("victim", start, place)
        return None

    def _windows(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Give where one who speaks may stand, the surest places first."""
        reading, first, last = self.reading, self.first, self.last
        for place in range(first + 1, min(last, first + _HEADLINE)):
            if self.words[place] in _BREAKS:
                if self.words[place] == ":":
                    yield "headline", (first, place)
                break
        if first < last and self.lower[first] == "for":
            # "For the police, ...".
            yield "speech.after", (first, self._agent_end(first + 1))
        for _, end in self._within("speech.after"):
            yield "speech.after", (end, self._right(end))
        for _, end in self._within("speech.agents"):
            yield "speech.agents", (end, self._agent_end(end))
        accused = {start for start, _ in reading.of("accused.after", "accused.said_after", "denied.own")}
        passive = {
            start for start in accused if self.lower[start - 1] in _PASSIVE and not self.lower[start].endswith("ing")
        }
        for start in sorted({start for start, _ in reading.of("speech.before")} | accused):
            if first <= start < last and start not in passive:
                yield "speech.before", (self._left(start), start)
        for start, _ in self._within("speech.weak"):
            yield "speech.weak", (self._left(start), start)
        for start, _ in self._within("speech.possessive"):
            if start > first and self.lower[start - 1] == "'s":
                yield "speech.possessive", (self._left(start - 1), start - 1)
        for start, end in self._within("speech.inverted"):
            if start == first or self.words[start - 1] in _BREAKS:
                yield "speech.inverted", (end, self._right(end))

    def _within(self, name: str) -> Iterator[tuple[int, int]]:
        return ((start, end) for start, end in self.reading.of(name) if self.first <= start and end <= self.last)

    def _left(self, place: int) -> int:
        """Find where the subject of a verb begins."""
        start, farthest = place, max(self.first, place - _BEFORE)
        if start > self.first and self.words[start - 1] == ",":
            # An insertion ends here: "the ministry, whose files were copied, says".
            start -= 1
            while start > self.first and self.words[start - 1] not in _BREAKS:
                start -= 1
            if start == self.first or self.words[start - 1] != ",":
                return start
            start, farthest = start - 1, max(self.first, start - 2 - _BEFORE)
        while start > farthest and self.words[start - 1] not in _BREAKS:
            start -= 1
        return start

    def _right(self, place: int) -> int:
        """Find where one who speaks ends, with what is said of him behind a comma."""
        end, n_breaks = place, 0
        while end < min(self.last, place + _BEHIND):
            if self.words[end] in _BREAKS:
                n_breaks += 1
                if self.words[end] != "," or n_breaks > 1:
                    break
            end += 1
        return end

    def _agent_end(self, place: int) -> int:
        end = place
        while end < min(self.last, place + _AGENT) and self.words[end] not in _BREAKS:
            if self.lower[end] in _NO_AGENT:
                break
            end += 1
        return end

    def _speaker_in(self, first: int, last: int) -> Speaker | None:
        if any(first <= start and end <= last for start, end in self.reading.of("sources.unnamed.anonymous")):
            return Speaker("unnamed", first, last)
        for form, _, end, kind, start in self.sources:
            stop = -end
            if start < first or stop > last or not self.own_names.isdisjoint(range(start, stop)):
                continue
            if stop < last and self._is_attribute(stop):
                continue
            if form == _FORMS.index("anybody") and not self.own_names.isdisjoint(range(first, last)):
                # "A spokesman of LockBit".
                continue
            # "Lorvania is widely believed" is no speech of Lorvania's.
            begin = start if kind == "unnamed" else first
            while stop < last and self.words[stop] not in _BREAKS and self.lower[stop] not in _RELATIVE:
                stop += 1
            return Speaker(kind, begin, stop)
        if any(first <= start and end <= last for start, end in self.reading.of("media.names")):
            return Speaker("unnamed", first, last)
        for place in range(first, last):
            if self.phrases.capital[place]:
                if self._is_governed(place, first):
                    return None
                start, end = self.phrases.capitals.run_at(place)
                if not self.own_names.isdisjoint(range(start, end)):
                    return None
                return Speaker("", max(start, first), min(end, last))
        return None

    def _is_governed(self, place: int, first: int) -> bool:
        """Whether a preposition stands before what begins at a place: "a shop in the Old Town"."""
        before = place - 1
        if before > first and self.lower[before] in self.grammar.articles:
            before -= 1
        return before > first and self.lower[before] in self.grammar.prepositions

    def _is_attribute(self, end: int) -> bool:
        """Whether what ends at a place only belongs to a thing: "the police database", "the plant's domain"."""
        things = self.phrases.marks["things"]
        if self.lower[end : end + 1] == ["'s"]:
            return end + 1 in things or end + 2 in things
        return end in things
