"""Phrases of a sentence that may name a perpetrator: those that stand behind a word, or before it."""

from typing import NamedTuple

from cyberclass.text.attribution.capitals import Capitals
from cyberclass.text.attribution.grammar import load_grammar
from cyberclass.text.attribution.lexicon import Reading

_KINDS = (
    *("state", "criminal", "ideological", "neutral", "people", "core"),
    *("plain", "personal", "modifiers", "nobody", "things"),
)

#: Tokens that a phrase has, and that are looked at before a verb, at most.
_LONGEST, _FARTHEST = 14, 40


class Phrase(NamedTuple):
    """A noun phrase, from token to token; `is_name` if it holds a name."""

    start: int
    end: int
    is_name: bool


class Phrases:
    """Finds phrases that name a perpetrator or say what kind of one it is.

    Parameters
    ----------
    reading : Reading
    known : set of int
        Tokens of known actors' names.

    Attributes
    ----------
    capital : list of bool
        Whether each token is of a name.
    marks : dict of str to set of int
        The tokens of each list of `perpetrators`.
    barred : set of int
        Tokens of names that are no perpetrators': security companies, agencies, newspapers.
    """

    def __init__(self, reading: Reading, known: set[int]) -> None:
        self._words, self._lower = reading.words, reading.lower
        self._grammar = load_grammar()
        self.capitals = Capitals(reading, known)
        self.capital, self.known = self.capitals.are, known
        #: Tokens of the name that a group gives itself here.
        self.introduced: set[int] = set()
        harmless = reading.tokens("perpetrators.harmless")
        self.marks = {name: reading.tokens(f"perpetrators.{name}") for name in _KINDS}
        for name in ("neutral", "core", "criminal"):
            self.marks[name] -= harmless
        self.barred = reading.tokens("sources.company.names", "sources.government.names", "media.names")
        self._groups = self.marks["state"] | self.marks["criminal"] | self.marks["ideological"] | self.marks["neutral"]
        agents = {
            place
            for place, word in enumerate(self._lower)
            if word.endswith(self._grammar.agent_endings) and len(word) > 5 and word not in self._grammar.no_agents
        }
        self._animate = self._groups | self.marks["people"] | (agents - self.marks["things"] - self.marks["modifiers"])

    def after(self, place: int) -> Phrase | None:
        """Find the perpetrator that stands at a place, behind articles and the like."""
        words, lower, n_words = self._words, self._lower, len(self._words)
        while place < n_words and (
            lower[place] in self._grammar.fillers
            or words[place] in "\"'"
            or (lower[place].endswith("ly") and not self.capital[place])
        ):
            place += 1
        start = place
        while place < min(n_words, start + _LONGEST) and not self._ends_phrase(place, start):
            place += 1
        if place == start:
            return None
        judged = self._judge(start, place)
        if judged is None or judged.is_name or place - 1 not in self._groups:
            return judged
        if place + 1 < n_words and words[place] == "," and self.capital[place + 1]:
            # "A previously unknown outfit, Brass Sparrow".
            return self._judge(*self.capitals.run_at(place + 1)) or judged
        return judged

    def _ends_phrase(self, place: int, start: int) -> bool:
        word = self._lower[place]
        following = self._words[place + 1] if place + 1 < len(self._words) else ""
        if place > start and word == "from" and following and self.capital[place + 1]:
            return False
        if place > start and word in ("-", "\u2013") and following[:1].isalnum():
            return False
        return word in self._grammar.stops and not (self.capital[place] and place > start)

    def before(self, place: int, floor: int = 0) -> Phrase | None:
        """Find the nearest perpetrator that stands before a place, and not before the floor."""
        for token in range(place - 1, max(floor, place - _FARTHEST) - 1, -1):
            judged = None
            if self.capital[token]:
                start, _ = self.capitals.run_at(token)
                judged = self._judge(max(start, floor), self._noun_end(token + 1, place))
            elif token in self._animate and (token not in self.marks["nobody"] or token in self.marks["people"]):
                judged = self._judge(self._noun_start(token, floor), self._noun_end(token + 1, place, with_origin=True))
                judged = (judged and self._apposed(judged, floor)) or judged
            if judged:
                return judged
        return None

    def _noun_start(self, token: int, floor: int) -> int:
        """Take the words that describe a noun in: "disgruntled former technician"."""
        lower, start = self._lower, token
        while start - 1 > floor and lower[start - 1] == "-":
            start -= 2
        if start - 2 >= floor and lower[start - 1] == "'s" and self.capital[start - 2]:
            return max(floor, self.capitals.run_at(start - 2)[0])
        while start > floor and (
            lower[start - 1] == "-"
            or self.capital[start - 1]
            or start - 1 in self.marks["modifiers"]
            or start - 1 in self._animate
            or (
                start == token
                and lower[start - 1].isalnum()
                and lower[start - 1] not in self._grammar.stops
                and lower[start - 1] not in self._grammar.articles
            )
        ):
            start -= 1
        return start

    def _noun_end(self, end: int, limit: int, with_origin: bool = False) -> int:
        """Take the nouns of a group behind a word in, and where people are from: "Tin Regent group"."""
        while end < limit and end in self._groups:
            end += 1
        if with_origin and end + 1 < limit and self._lower[end] == "from" and self.capital[end + 1]:
            return self.capitals.run_at(end + 1)[1]
        return end

    def _apposed(self, phrase: Phrase, floor: int) -> Phrase | None:
        """Take the name that a phrase explains: "Tobias Oren, a technician"."""
        article = phrase.start - 1
        if phrase.is_name or article - 2 < floor or self._lower[article] not in self._grammar.articles:
            return None
        last = article - 2 if self._words[article - 2] != '"' else article - 3
        if self._words[article - 1] != "," or last < floor or not self.capital[last]:
            return None
        start, end = self.capitals.run_at(last)
        start = max(start, floor)
        if phrase.end - 1 in self._groups and self.capitals.is_malware(start, end):
            # A malware's name is its makers' where a group is told of.
            return Phrase(start, end, True)
        return self._judge(start, end)

    def _judge(self, start: int, end: int) -> Phrase | None:
        """Say whether words name or characterise a perpetrator, and which of them do."""
        for place in range(start, end):
            if self.capital[place]:
                return self._judge_name(start, end, place)
        head = next((place for place in range(start, end) if self._lower[place] in ("of", "from")), end)
        animate = [place for place in range(start, head) if place in self._animate]
        if head - start > 1 and not self.marks["personal"].isdisjoint(range(start, head - 1)):
            animate.append(head - 1)
        if not animate or not self.marks["things"].isdisjoint(range(animate[-1] + 1, head)):
            return None
        if head - 1 in self.marks["things"] and head - 1 not in self.marks["state"]:
            return None
        if head - 1 not in animate and head - 2 not in animate:
            end = animate[-1] + 1
        nobody, fillers = self.marks["nobody"], self._grammar.fillers
        if all(place in nobody or self._lower[place] in fillers for place in range(start, end)):
            return None
        return Phrase(start, end, False)

    def _judge_name(self, start: int, end: int, place: int) -> Phrase | None:
        first, last = self.capitals.run_at(place)
        first, last = max(first, start), min(last, end)
        if first > start + 1 and self._lower[first - 1] == "-" and self._lower[first - 2] in ("pro", "anti"):
            first -= 2
        if first > start and not self._animate.isdisjoint(range(start, first)):
            before = first - 1 if self._lower[first - 1] != "the" else first - 2
            if self._lower[before] in ("from", "in", "at"):
                # "Two brothers from Kerouan" are not Kerouan.
                return Phrase(start, last, True)
        second = next((place for place in range(last + 1, end) if self.capital[place]), None)
        if second and second - 1 in self._animate and second - 1 not in self._groups:
            # "IT contractor Paul Oren" is Paul Oren.
            first, last = second, min(self.capitals.run_at(second)[1], end)
        first, last = self.capitals.shortened(first, last)
        if not self.barred.isdisjoint(range(first, last)) or self.capitals.is_malware(first, last):
            return None
        if self._lower[first] in self._grammar.titles or (first and self._lower[first - 1] in self._grammar.titles):
            return None
        is_people = self.capitals.is_people(first, last)
        if self._noun_behind(last, end) > last:
            return Phrase(first, self._own_noun(last, end, is_people), True)
        if last < end and last in self.marks["things"]:
            return None
        if is_people:
            return Phrase(first, end, True) if last < end or self._lower[last - 1].endswith("s") else None
        return Phrase(first, last, True)

    def _noun_behind(self, last: int, end: int) -> int:
        """Find where the nouns of people behind a name end; where the name does, if there are none."""
        # "Iran's army".
        noun = last + 1 if self._lower[last : last + 1] == ["'s"] and last + 1 in self.marks["state"] else last
        nouns = self._groups | self.marks["people"]
        while noun < min(end, last + 4) and (
            noun in nouns or noun in self.marks["modifiers"] or self._lower[noun] == "-"
        ):
            noun += 1
        while noun > last and noun - 1 not in nouns:
            noun -= 1
        return noun

    def _own_noun(self, last: int, end: int, is_people: bool) -> int:
        """Find where a name ends with the nouns that belong to it: "Ferrante clan", but not "Hive gang"."""
        noun = self._noun_behind(last, end)
        while noun > last and not is_people and self._lower[noun - 1] in self._grammar.generic:
            noun -= 1
        if noun > last and (
            is_people
            or noun - 1 in self.marks["state"]
            or noun - 1 in self.marks["people"]
            or self._lower[noun - 1] in ("syndicate", "clan", "cartel", "movement")
        ):
            return noun
        return last
