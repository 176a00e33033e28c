"""Names in a sentence: which words have their capital from a name, and which stand together in one."""

from cyberclass.text.attribution.grammar import load_grammar
from cyberclass.text.attribution.lexicon import Reading
from cyberclass.text.attribution.places import load_malware, load_places

_OPENING = frozenset("\"':(>*")
_DASHES = frozenset(("-", "--", "\u2013", "\u2014"))

#: Words of a news agency's dateline, at most.
_DATELINE = 9


class Capitals:
    """Tells names by their capitals.

    Parameters
    ----------
    reading : Reading
    known : set of int
        Tokens of known actors' names, which count however they are written.

    Attributes
    ----------
    are : list of bool
        Whether each token is of a name.
    """

    def __init__(self, reading: Reading, known: set[int]) -> None:
        self._words, self._lower, self.known = reading.words, reading.lower, known
        self._grammar, self._places = load_grammar(), load_places()
        self._listed = reading.tokens(
            *(f"perpetrators.{name}" for name in ("state", "criminal", "ideological", "neutral", "people")),
            *(f"perpetrators.{name}" for name in ("core", "modifiers", "things")),
        )
        self._spoken = {start - 1 for start, _ in reading.of("speech.before")}
        self.are = [
            place in known or (word[0].isupper() and self._is_capital(place)) for place, word in enumerate(self._words)
        ]
        self._drop_dateline()

    def _is_capital(self, place: int) -> bool:
        word, lower, grammar = self._words[place], self._lower[place], self._grammar
        if lower in grammar.calendar:
            return False
        if place and self._words[place - 1] not in _OPENING:
            return lower not in grammar.stops and lower not in grammar.articles
        if any(letter.isupper() for letter in word[1:]):
            return True
        # A sentence's first word has its capital from the sentence, unless another one follows.
        following = self._words[place + 1] if place + 1 < len(self._words) else ""
        if lower in grammar.openers or lower in grammar.stops or lower in grammar.fillers or following == ":":
            return False
        if word in self._places.countries or word in self._places.services:
            return True
        is_common = lower.endswith(grammar.common_endings) and (place not in self._spoken or lower.endswith("ly"))
        return not (is_common or place in self._listed) or following[:1].isupper()

    def _drop_dateline(self) -> None:
        if len(self._words) > 2 and self._words[0].isupper() and len(self._words[0]) > 2:
            for place in range(1, min(_DATELINE, len(self._words) - 1)):
                if self._words[place] in _DASHES:
                    self.are[:place] = [False] * place
                    break

    def run_at(self, place: int) -> tuple[int, int]:
        """Give the bounds of the name that a token stands in: "Sons of the Dry River"."""
        start, end = place, place + 1
        while end < len(self._words):
            if self.are[end] or (end > start and self._is_number(end)):
                end += 1
                continue
            ahead = self._over_joint(end)
            if not ahead:
                break
            end = ahead + 1
        while start > 0:
            if self.are[start - 1]:
                start -= 1
            elif start > 1 and self._lower[start - 1] in ("of", "&", "-", "'s", "'") and self.are[start - 2]:
                start -= 2
            elif start > 2 and self._lower[start - 2 : start] == ["of", "the"] and self.are[start - 3]:
                start -= 3
            else:
                break
        return start, end

    def _over_joint(self, place: int) -> int:
        """Find the capital that a small word joins to what stands before it, 0 if none."""
        lower = self._lower
        if lower[place] not in self._grammar.joints or (lower[place] == "the" and lower[place - 1] == "'s"):
            return 0
        ahead = place + 1
        if ahead < len(lower) and lower[ahead] in ("the", "of"):
            ahead += 1
        return ahead if ahead < len(lower) and self.are[ahead] else 0

    def _is_number(self, place: int) -> bool:
        word = self._words[place]
        return word.isdigit() and len(word) < 6 and not (len(word) == 4 and word[:2] in ("19", "20"))

    def shortened(self, start: int, end: int) -> tuple[int, int]:
        """Leave away what is no part of an actor's name: "Russia's GRU", "Unit 51 of the army", "Hive gang"."""
        for place in range(end - 2, start, -1):
            if self._lower[place] == "'s" and any(self.are[place + 1 : end]):
                start = place + 1
                break
        places = self._places.countries | self._places.people
        while end - start > 1 and self._words[start] in places and self._lower[start + 1] not in ("-", "of"):
            if " ".join(self._words[start : start + 2]) in places or not any(self.are[start + 1 : end]):
                break
            start += 1
        if self._lower[start] == "unit" and start + 1 < end and self._words[start + 1].isdigit():
            end = start + 2
        while end - start > 1 and self._words[end - 1] in self._grammar.generic:
            end -= 1
        return start, end

    def is_people(self, start: int, end: int) -> bool:
        """Whether a name is the adjective of a country; invented ones are told by their ending."""
        if end - start > 2 and self._lower[start + 1] == "-":
            start += 2
        name = " ".join(self._words[start:end])
        if name in self._places.people:
            return True
        return (
            end - start == 1
            and start not in self.known
            and len(name) > 5
            and name.endswith(self._grammar.people_endings)
        )

    def is_malware(self, start: int, end: int) -> bool:
        """Whether a name is a malware's, and neither an actor's nor that of somebody who speaks."""
        return (
            end - 1 not in self._spoken
            and self.known.isdisjoint(range(start, end))
            and "".join(self._lower[start:end]) in load_malware()
        )
