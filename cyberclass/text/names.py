"""Names of known actors in a text, with their kind: a state's, criminal or activist.

The table beside this module, ``names.tsv``, is built by ``tools/build_names.py`` from the MISP galaxies and a
hand-kept supplement. Its ``guarded`` names are everyday words too ("Play", "Cuba", "Anonymous"); they count only
when written with a capital and in an actor's company: see `KnownNames.find`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import chain
from typing import NamedTuple

KINDS = ("state", "criminal", "activist")

_words = re.compile(r"\w+").findall
_words_and_breaks = re.compile(r"\w+|\n").findall

#: Catalogue names that are written "APT29", "APT-29" and "APT 29".
_NUMBERED = re.compile(r"(apt|dev|fin|storm|ta|tag|uac|unc)(\d+)")

#: What may stand between a name's words ("TEMP.Veles", "NoName057 (16)", a line break), and never ends a sentence.
_GAP = r"(?:[ \xa0]?[-\u2010-\u2013'\u2019/.(]|[ \t\xa0]+|[ \t]*\r?\n[ \t]*)"

#: Words that, next to a guarded name, make it a name: "Play ransomware", "the hacker collective Anonymous".
_COMPANY = frozenset(
    _words(
        """affiliate affiliates activist activists apt collective crew cyberattack cyberattacks cybercriminals
        extortionists gang gangs group groups hacker hackers hacktivist hacktivists malware operator operators
        ransomware syndicate"""
    )
)
#: Words that do so after it: everyday words seldom speak.
_SPEAKS = frozenset(
    _words(
        """apologised apologized boasts claimed claims declared declares defaced dumps hacked hacks installed knocked
        leaks published publishes said says threatened took"""
    )
)
#: Words that do so anywhere near a name which stands inside its sentence, where only a name has a capital.
_NEAR = (_COMPANY | _SPEAKS) - {"took"} | frozenset(
    _words(
        """account accounts actor actors arrested attack attacked attackers attacks attributed backdoor banner breach
        breached campaign claim cyber data ddos deface disrupted encrypt encrypted encryption espionage extortion files
        hack hacking intruders intrusion leak leaked logo member members offline offshoot operation posted posts ransom
        release responsibility server servers site sites statement stole stolen supporters threatens toolkit video
        victims war website websites"""
    )
)
#: Words that may stand between such a word and the name: "a gang known as Hive", "Hive, the ransomware".
_BETWEEN = frozenset(_words("a an as by called calling dubbed itself known name named of s self styled the themselves"))
_EVERYDAY = frozenset(
    _words(
        """big black blue campaign comment day did exchange force good late major money new pay people president project
        ransom russia russian stolen system team threat university united world"""
    )
)
_REACH = 10
_SENTENCE_END = re.compile(r"[.!?][\"'\u2019\u201d)]*\s|\n")


class NameMatch(NamedTuple):
    """A known name in a text, which it spans from `start` to `end` in characters; `name` is the actor's main name."""

    name: str
    kind: str
    country: str
    start: int
    end: int


@dataclass(frozen=True)
class KnownName:
    """An actor: its main name, kind (one of ``KINDS``), country (ISO 3166 alpha-2, or empty) and all its names."""

    name: str
    kind: str
    country: str
    aliases: tuple[str, ...]
    guarded: tuple[str, ...]


class _Spelling(NamedTuple):
    written: tuple[str, ...]
    #: In UTF-8, its words of ASCII but the one that is watched for, the longest first: they are missed soonest.
    others: tuple[bytes, ...]
    guarded: bool
    owner: KnownName


class KnownNames:
    """Finds known names in texts.

    A name is looked for only where its rarest word stands (`watch`), so a text without names costs next to nothing.

    Parameters
    ----------
    names : iterable of KnownName
    """

    def __init__(self, names: Iterable[KnownName]) -> None:
        self.names = tuple(names)
        self._spellings = _by_rarest_word(self.names)
        self._rarest = frozenset(self._spellings)
        self._guarded = frozenset(
            word for word, spellings in self._spellings.items() if all(each.guarded for each in spellings)
        )

    def __len__(self) -> int:
        return len(self.names)

    def watch(self, chunks: Sequence[str]) -> dict[int, list[str]]:
        """Find the words in chunks of text without which no name can stand there.

        Parameters
        ----------
        chunks : sequence of str, length n
            Without line breaks.

        Returns
        -------
        dict of int to list of str
            By the place of a chunk, the words in it; most chunks have none.
        """
        written = _words_and_breaks("\n".join(chunks).lower())
        hits = self._rarest.intersection(written)
        found: dict[int, list[str]] = {}
        place = 0
        for word in written if hits else ():
            if word == "\n":
                place += 1
            # A guarded name has a capital.
            elif word in hits and (word not in self._guarded or chunks[place].lower() != chunks[place]):
                found.setdefault(place, []).append(word)
        return found

    def find(self, text: str, watched: Iterable[str] | None = None) -> list[NameMatch]:
        """Find every known name.

        Names are compared word by word without regard to case; of overlapping ones the longest counts. A guarded
        name counts when written with a capital and next to a word such as "ransomware" or "hackers", or within a few
        words of one such as "claimed" if nothing but a name explains the capital; then everywhere in the text.

        Parameters
        ----------
        text : str
        watched : iterable of str, optional
            What `watch` gave for the chunks of the text, where that is known already.

        Returns
        -------
        list of NameMatch
            In the order of the text, not overlapping.
        """
        if watched is None:
            watched = set(chain.from_iterable(self.watch(text.split()).values()))
        # Bytes are much faster to lower, in ASCII alone: of other letters only the Kelvin sign becomes one of ASCII.
        letters = text.replace("\u212a", "k").encode("utf-8", "surrogatepass").lower()
        candidates = []
        for word in sorted(watched):
            for each in self._spellings[word]:
                for part in each.others:
                    if part not in letters:
                        break
                else:
                    candidates.append(each)
        if not candidates:
            return []
        lowered = text.lower()
        if len(lowered) != len(text):
            # A few letters ("\u0130") grow when lowered; the offsets must be those of the text.
            lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
        found = [
            (match.start(), match.end(), spelling)
            for spelling in candidates
            for match in _pattern(spelling.written).finditer(lowered)
            if not _is_wordlike(lowered[match.start() - 1 : match.start()])
        ]
        vouched = {
            spelling.written for start, end, spelling in found if spelling.guarded and _in_company(text, start, end)
        }
        matches: list[NameMatch] = []
        for start, end, spelling in sorted(found, key=lambda each: (each[0], -each[1])):
            counts = not spelling.guarded or (spelling.written in vouched and _stands_alone(text, start, end))
            if counts and (not matches or start >= matches[-1].end):
                owner = spelling.owner
                matches.append(NameMatch(owner.name, owner.kind, owner.country, start, end))
        return matches

    def mask(self, text: str, replacement: str = "an actor", matches: Iterable[NameMatch] | None = None) -> str:
        """Put `replacement` in the place of every known name, to measure what a model knows beyond names.

        `matches` are what `find` gave for the text, where that is known already.
        """
        parts = []
        done = 0
        for match in self.find(text) if matches is None else matches:
            parts += [text[done : match.start], replacement]
            done = match.end
        return "".join([*parts, text[done:]])


@lru_cache(maxsize=1)
def load_names() -> KnownNames:
    """Read the table of known names that comes with this package, once."""
    lines = (files(__package__) / "names.tsv").read_text(encoding="utf-8").splitlines()
    return KnownNames(_known(*line.split("\t")) for line in lines[1:])


def _known(name: str, aliases: str, guarded: str, kind: str, country: str) -> KnownName:
    return KnownName(
        name, kind, country, tuple(filter(None, aliases.split(";"))), tuple(filter(None, guarded.split(";")))
    )


def _by_rarest_word(names: Iterable[KnownName]) -> dict[str, list[_Spelling]]:
    """All spellings of all names, under the word of theirs that fewest spellings hold."""
    spellings = {}
    for known in names:
        guarded = {"".join(_words(name.lower())) for name in known.guarded}
        for name in (known.name, *known.aliases, *known.guarded):
            for words in _ways_to_write(name):
                spellings[words] = ("".join(words) in guarded, known)
    holders = Counter(word for words in spellings for word in words)
    table: dict[str, list[_Spelling]] = {}
    for words, (is_guarded, known) in spellings.items():
        rarest = min(words, key=lambda word: (_commonness(word), holders[word], -len(word)))
        others = sorted(
            (word.encode() for word in {*words} - {rarest} if word.isascii()), key=lambda word: (-len(word), word)
        )
        table.setdefault(rarest, []).append(_Spelling(words, tuple(others), is_guarded, known))
    return table


def _commonness(word: str) -> int:
    """Rank words by how many texts hold them: where a common one alone stood for a name, most looks were in vain."""
    if word.isdigit():
        return 3 if len(word) < 4 or word[:2] in ("19", "20") else 0
    if word != "apt" and (word in _COMPANY or word in _NEAR or word in _EVERYDAY):
        return 2
    return int(len(word) <= 2)


def _ways_to_write(name: str) -> Iterator[tuple[str, ...]]:
    """A name's words, and those words written as one; "APT29" also as two."""
    words = tuple(_words(name.lower()))
    yield words
    yield ("".join(words),)
    numbered = _NUMBERED.fullmatch(words[0])
    if numbered:
        yield (*numbered.groups(), *words[1:])


@lru_cache(maxsize=4096)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    # The closing marks belong to "NoName057(16)" and "Lapsus$"; that of "(APT29)" does not.
    *firsts, last = words
    ending = rf"(?: ?\({last}\)|{_GAP}{last}(?!\w))" if firsts else rf"{last}(?!\w)\$?"
    return re.compile(_GAP.join(firsts) + ending)


def _is_wordlike(character: str) -> bool:
    return character.isalnum() or character == "_"


def _around(text: str, start: int, end: int) -> tuple[list[str], list[str]]:
    """The words of the same sentence before and after a name."""
    before = _SENTENCE_END.split(text[max(0, start - 120) : start])[-1]
    after = _SENTENCE_END.split(text[end : end + 120])[0]
    return _words(before), _words(after)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a guarded name has a capital, and is not part of "Google Play", "Cobalt Strike" or "anubis.example"."""
    if not text[start].isupper() or re.match(r"\.\w", text[end : end + 2]):
        return False
    before, after = _around(text, start, end)
    following = after[0] if after and text[end : end + 1] == " " else ""
    # A sentence's first word has its capital from the sentence.
    preceding = before[-1] if len(before) > 1 and text[start - 1] == " " and text[start - 2].isalnum() else ""
    if following == "Group":
        return False
    return not any(word[:1].isupper() and word.lower() not in _NEAR for word in (preceding, following))


def _in_company(text: str, start: int, end: int) -> bool:
    """Whether what stands around an everyday word makes it an actor's name."""
    if not _stands_alone(text, start, end):
        return False
    name = text[start:end]
    if text[start - 1 : start] == "#" or not (name.istitle() or name.isupper() or " " in name):
        return True
    if " " in name and all(word[0].isupper() for word in name.split()):
        return True
    before, after = _around(text, start, end)
    if after and after[0] in _SPEAKS:
        return True
    for neighbours in (after, before[::-1]):
        if next((word.lower() for word in neighbours if word not in _BETWEEN), "") in _COMPANY:
            return True
    inside = bool(before) and before[-1].islower()
    return inside and not _NEAR.isdisjoint(word.lower() for word in before[-_REACH:] + after[:_REACH])
