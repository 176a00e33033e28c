"""A sentence as the rules of attribution ask about it: which phrase is an actor, a subject, somebody named before."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cyberclass.text.attribution.grammar import load_grammar
from cyberclass.text.attribution.lexicon import Reading
from cyberclass.text.attribution.phrases import Phrase, Phrases
from cyberclass.text.attribution.places import load_places
from cyberclass.text.attribution.speakers import Speaker

_GROUPS = ("neutral", "ideological", "criminal")
#: Words in which an apposition says that a name is a group's.
_APPOSITION = 8
_BARE = frozenset(("it", "them", "they", "him", "he", "her", "she"))
_GENERAL = frozenset(("the", "this", "that", "these", "those", "same"))
_QUOTES = "\"'\u201c\u201d\u2018\u2019 "


@dataclass
class Context:
    """What the sentences before have said.

    Attributes
    ----------
    actor : str
        The perpetrator named last.
    group, name : str
        The group, and whoever was named last.
    by : str
        Who spoke first, as one of ``SPEAKERS``.
    catch_up : callable
        Makes up for the sentences just before that were passed over.
    """

    actor: str = ""
    group: str = ""
    name: str = ""
    by: str = ""
    catch_up: Callable[[], None] = lambda: None

    def recalled(self) -> str:
        """Give whom "the group" or "they" may mean; empty if nobody was named."""
        self.catch_up()
        return self.actor or self.group or self.name


class Sentence:
    """A sentence of a text.

    Parameters
    ----------
    text : str
    reading : Reading
    known : set of int
        Tokens of known actors' names.
    context : Context

    Attributes
    ----------
    introduced : Phrase or None
        The name that a group gives itself here.
    """

    def __init__(self, text: str, reading: Reading, known: set[int], context: Context) -> None:
        self.text, self.reading, self.known, self.context = text, reading, known, context
        self.words, self.lower = reading.words, reading.lower
        self.grammar, self.places = load_grammar(), load_places()
        self.phrases = Phrases(reading, known)
        self.introduced = self.introduced_in(0, len(self.words))
        if self.introduced:
            self.phrases.introduced = set(range(self.introduced.start, self.introduced.end))

    def introduced_in(self, first: int, last: int) -> Phrase | None:
        """Find the name that a group gives itself in a part of the sentence."""
        for start, end in self.reading.of("intro.words"):
            if not first <= start <= end <= last:
                continue
            place = end
            while place < last and self.lower[place] in ("the", "a", "an", '"', "'", "as"):
                place += 1
            if place < last and self.phrases.capital[place]:
                return Phrase(place, self.phrases.capitals.run_at(place)[1], True)
            if place < last and self.lower[end - 1] in self.grammar.handles:
                return Phrase(place, place + 1, True)
        return None

    # ------------------------------------------------------------ which phrase

    def phrases_before(self, place: int, floor: int) -> Iterator[Phrase]:
        """Find the phrases before a place, the nearest first."""
        while place > floor:
            phrase = self.phrases.before(place, floor)
            if phrase is None:
                return
            yield phrase
            place = min(phrase.start, place - 1)

    def subject(self, place: int, floor: int, speaker: Speaker | None = None) -> Phrase | None:
        """Find whom a verb tells of: an actor by name or kind, or the nearest phrase that no preposition governs."""
        found, end = None, place
        for phrase in self.phrases_before(place, floor):
            if found and not self.grammar.bounds.isdisjoint(self.lower[phrase.end : end]):
                break
            end = phrase.start
            if not self.is_speaker(phrase, speaker):
                found = phrase
                if self.is_actor(phrase) or not self._is_governed(phrase):
                    break
        return found

    def actor_in(self, first: int, last: int, speaker: Speaker | None = None) -> Phrase | None:
        """Find the last actor of a part of the sentence, or the first phrase if none is an actor by name or kind."""
        found = None
        for phrase in self.phrases_before(last, first):
            if not self.is_speaker(phrase, speaker):
                found = phrase
                if self.is_actor(phrase):
                    break
        return found

    def _is_governed(self, phrase: Phrase) -> bool:
        """Whether a phrase hangs on a preposition: "a shop in Aldery"."""
        place = phrase.start - 1
        if place > 0 and self.words[place] == "," and self.phrases.capital[place - 1]:
            # "Of Litchfield Park, Arizona".
            place = self.phrases.capitals.run_at(place - 1)[0] - 1
        while place > 0 and self.lower[place] in self.grammar.articles:
            place -= 1
        return place >= 0 and self.lower[place] in self.grammar.prepositions

    # --------------------------------------------------------- what a phrase is

    def is_known(self, phrase: Phrase) -> bool:
        """Whether a phrase holds a known actor's name."""
        return not self.known.isdisjoint(range(phrase.start, phrase.end))

    def is_introduced(self, phrase: Phrase) -> bool:
        """Whether a phrase is a name that a group gives itself here, or stands next to a group's noun."""
        if not self.phrases.introduced.isdisjoint(range(phrase.start, phrase.end)):
            return True
        marks, around = self.phrases.marks, (phrase.start - 1, phrase.end)
        return phrase.is_name and not (marks["neutral"].isdisjoint(around) and marks["core"].isdisjoint(around))

    def is_state(self, phrase: Phrase) -> bool:
        """Whether a phrase is a country's or its services', and no known actor's name."""
        inside = range(phrase.start, phrase.end)
        return not self.is_known(phrase) and (
            self.is_country(phrase)
            or not self.phrases.marks["state"].isdisjoint(inside)
            or not self.places.services.isdisjoint(self.words[phrase.start : phrase.end])
        )

    def is_actor(self, phrase: Phrase) -> bool:
        """Whether a phrase is an actor's by itself: by a known name, one given to a group, or its kind."""
        marks, inside = self.phrases.marks, range(phrase.start, phrase.end)
        if self.is_known(phrase) or not self.phrases.introduced.isdisjoint(inside):
            return True
        if phrase.is_name and (
            not marks["neutral"].isdisjoint((phrase.start - 1, phrase.end))
            or not self.places.services.isdisjoint(self.words[phrase.start : phrase.end])
            or not marks["state"].isdisjoint(inside)
        ):
            return True
        if phrase.is_name and self._is_explained(phrase):
            return True
        start, end = phrase.start, phrase.end
        describing = marks["core"] | marks["modifiers"]
        while end in describing:
            end += 1
        while start - 1 in describing:
            start -= 1
        return not marks["core"].isdisjoint(range(start, end)) and (phrase.is_name or len(inside) > 1)

    def _is_explained(self, phrase: Phrase) -> bool:
        """Whether a group's noun explains a name: "Iron Choir, a hacktivist collective"."""
        place = phrase.end + (self.words[phrase.end : phrase.end + 1] == ['"'])
        if self.words[place : place + 1] != [","] or self.lower[place + 1 : place + 2] not in (["a"], ["an"], ["the"]):
            return False
        groups = self.phrases.marks["core"] | self.phrases.marks["neutral"] | self.phrases.marks["ideological"]
        for noun in range(place + 2, min(len(self.words), place + _APPOSITION)):
            if self.words[noun] == ",":
                return False
            if noun in groups:
                return True
        return False

    def is_named_actor(self, phrase: Phrase) -> bool:
        """Whether a phrase is so surely an actor's that what it did needs no further word."""
        if self.is_known(phrase) or self.is_introduced(phrase):
            return True
        if not self.places.services.isdisjoint(self.words[phrase.start : phrase.end]):
            return True
        plain = self.phrases.marks["plain"]
        return self.is_actor(phrase) and not plain.isdisjoint(range(phrase.start, phrase.end + 2))

    def is_group(self, phrase: Phrase) -> bool:
        """Whether a phrase holds or stands before a word for a group."""
        tokens = range(phrase.start, phrase.end + 1)
        return any(not self.phrases.marks[kind].isdisjoint(tokens) for kind in _GROUPS)

    def is_country(self, phrase: Phrase) -> bool:
        """Whether a phrase is a country, or a city that stands for one."""
        return " ".join(self.words[phrase.start : phrase.end]) in self.places.countries

    def is_negated(self, phrase: Phrase) -> bool:
        """Whether "no" or the like stands before a phrase."""
        return phrase.start > 0 and self.lower[phrase.start - 1] in ("no", "not", "neither", "nor")

    def is_speaker(self, phrase: Phrase, speaker: Speaker | None) -> bool:
        """Whether a phrase is who speaks; in a report from court, a name that no list knows is the defendant's."""
        if speaker is None or (not speaker.by and self.reading.of("court.words")):
            return False
        return speaker.start <= phrase.start and phrase.end <= speaker.end

    def is_bare(self, place: int) -> bool:
        """Whether a pronoun stands at a place."""
        return 0 <= place < len(self.lower) and self.lower[place] in _BARE

    # ------------------------------------------------------------- as the text

    def text_of(self, phrase: Phrase | None) -> str:
        """Give a phrase as the text has it, without an article; empty for none."""
        if phrase is None:
            return ""
        start, last = phrase.start, phrase.end - 1
        while start < last and (self.lower[start] in self.grammar.dropped or self.words[start] in _QUOTES):
            start += 1
        starts = self.reading.starts
        return self.text[starts[start] : starts[last] + len(self.words[last])].strip(_QUOTES)

    def resolved(self, phrase: Phrase | None) -> str:
        """Give a phrase as the text has it, or whom "the group" means."""
        if phrase and (
            phrase.is_name
            or phrase.end - phrase.start > 1
            or not phrase.start
            or self.lower[phrase.start - 1] not in _GENERAL
        ):
            return self.text_of(phrase)
        return self.context.recalled() or self.text_of(phrase)

    def remember(self) -> None:
        """Keep who is named here for the sentences that follow."""
        if not self.context.by:
            hits = [
                (hit, kind)
                for kind in ("government", "company", "victim")
                for hit in self.reading.of(f"sources.{kind}.names", f"sources.{kind}.words")
            ]
            self.context.by = min(hits)[1] if hits else ""
        for phrase in self.phrases_before(len(self.words), 0):
            if phrase.is_name:
                self.context.name = self.text_of(phrase)
                if self.is_actor(phrase) or self.is_group(phrase):
                    self.context.group = self.context.name
                    break
