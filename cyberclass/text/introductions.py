"""Names of actors that no table knows, by the words that introduce them: "a group calling itself ...".

The patterns are in ``introductions.toml``. spaCy's matcher is put to work only where a word that may be of a name has
the neighbours of a pattern, so that a text without introductions costs next to nothing.
"""

import re
import string
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import chain, islice, product
from threading import Lock
from typing import Any, NamedTuple

from spacy.attrs import IDS
from spacy.lang.en.stop_words import STOP_WORDS
from spacy.lang.lex_attrs import LEX_ATTRS
from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from cyberclass.text.masking import mask_countries
from cyberclass.text.name_spans import (
    MOST_WORDS,
    QUOTES,
    end_of_name,
    is_capital,
    opens_sentence,
    quoted_name,
    start_of_name,
)
from cyberclass.text.splitting import make_tokenizer

#: Names that catalogues give to actors. They need no introduction.
_DESIGNATOR = re.compile(
    r"(?<![\w-])(?:(?P<state>APT-?\d{1,3}|APT-[CQ]-\d{2})|(?P<criminal>FIN\d{1,2})"
    r"|(?:UNC-?\d{3,4}|DEV-\d{4}|Storm-\d{4}|TA\d{3,4}|UA[CT]-\d{4}|TAG-\d{2,3}|CL-(?:STA|CRI|UNK)-\d{4}))(?![\w-])"
)

_MARKS = ",.;:!?()" + QUOTES

#: What a chunk of text between spaces begins with that may be of a name; a paragraph's end is a chunk, too.
_STARTS = frozenset(
    QUOTES + "([@0123456789" + string.ascii_uppercase + "\u00c0\u00c1\u00c4\u00c7\u00c9\u00d3\u00d6\u00dc"
)
_BREAK = " \u00b6 "

#: Chunks before and behind a candidate that are looked at; characters in which the words of a pattern stand.
_REACH, _NEAR = 9, 50

#: Words of the vocabulary, which grows with every text, beyond which it is let go.
_MOST_LEXEMES = 100_000

#: In one text: candidates that are looked at, and names that are found.
_MOST_CANDIDATES, _MOST_NAMES = 200, 50

#: Chunks of this length are no words, and take spaCy long.
_LONG = 80

#: Of words, what the patterns ask for.
_ATTRIBUTES = frozenset(IDS[name] for name in ("LOWER", "IS_LOWER", "IS_PUNCT", "IS_SPACE"))

_NAME, _QUOTED = frozenset({"NAME"}), frozenset({"QUOTED"})
_THE = {"LOWER": "the", "OP": "?"}
_CLASS = re.compile(r"<(\w+)>")


class _Token(NamedTuple):
    """A token of a pattern: the words that it may be, and whether it may be absent."""

    words: frozenset[str]
    optional: bool


class Introductions:
    """Patterns that introduce a name, compiled.

    Parameters
    ----------
    patterns : list of str
        As ``introductions.toml`` says.
    classes : dict of str to str
        Words, by the name that patterns call them by.
    kinds : dict of str to str
        Words, by the kind of actor that they tell.
    never : str
        Words that are no name by themselves.
    others : str
        Words that tell that a name is not an actor's.
    """

    def __init__(
        self, patterns: list[str], classes: dict[str, str], kinds: dict[str, str], never: str, others: str
    ) -> None:
        self._never = frozenset(never.split()) | STOP_WORDS
        self._others = frozenset(others.split())
        self._plain = frozenset(f"{classes['group']} {classes['hack']}".split()) - {"ransomware"}
        self._kinds = {word: kind for kind, words in kinds.items() for word in words.split()}
        self._rules: list[list[list[dict[str, Any]]]] = []
        #: By the word next to a name, before or behind it: patterns, by the word next to that (empty for any).
        self._before: dict[str, dict[str, set[int]]] = {}
        self._behind: dict[str, dict[str, set[int]]] = {}
        self._lock = Lock()
        self._forget()
        for number, pattern in enumerate(patterns):
            tokens = [_token(piece, classes) for piece in pattern.split()]
            self._rules.append(_rules(tokens))
            near, outwards = (self._behind, tokens) if tokens[0].words == _NAME else (self._before, tokens[::-1])
            for first, second in _neighbours(outwards[1:]):
                for written in _ways_to_write(first):
                    near.setdefault(written, {}).setdefault(second, set()).add(number)

    def find(self, texts: Sequence[str]) -> list[dict[str, str]]:
        """Find names that are introduced.

        Parameters
        ----------
        texts : sequence of str, length n

        Returns
        -------
        list of dict of str to str, length n
            Of each text: kinds, each empty where nothing tells it, by name.
        """
        with self._lock:
            if len(self._vocabulary) > _MOST_LEXEMES:
                self._forget()
            return [self._names(text) for text in texts]

    def _forget(self) -> None:
        self._vocabulary = Vocab(lex_attr_getters={each: LEX_ATTRS[each] for each in _ATTRIBUTES})
        self._tokenizer = make_tokenizer(self._vocabulary, contractions=False)
        #: Matchers for some of the patterns: one for all would take far longer.
        self._matchers: dict[tuple[int, ...], Matcher] = {}

    def _names(self, text: str) -> dict[str, str]:
        chunks = text.replace("\r", "").replace("\n\n", _BREAK).split()
        likely = [place for place, chunk in enumerate(chunks) if chunk[0] in _STARTS]
        found = dict(islice(_designators(chunks[place] for place in likely), _MOST_NAMES))
        candidates = (each for each in self._candidates(chunks, likely) if each[1])
        for place, patterns, begins in islice(candidates, _MOST_CANDIDATES):
            doc, start = self._around(chunks, place)
            near = [token.i for token in doc if abs(token.idx - start) <= _NEAR]
            for _, left, right in self._matcher(patterns)(doc[near[0] : near[-1] + 1]):
                left, right = left + near[0], right + near[0]
                company = [token.lower_ for token in doc[max(0, left - MOST_WORDS) : right - (not begins)]]
                if not self._others.isdisjoint(company):
                    continue
                name = self._name_to(doc, left) if begins else self._name_from(doc, right - 1)
                if name and len(found) < _MOST_NAMES:
                    found[name] = found.get(name) or self._kind(company)
        return found

    def _candidates(self, chunks: list[str], likely: list[int]) -> Iterator[tuple[int, tuple[int, ...], bool]]:
        """What may be of a name by its neighbours; the patterns that these are of, and whether a name begins them."""
        before, behind = self._before, self._behind
        chunks = [*chunks, ""]
        for place in likely:
            # Most neighbours are of no pattern, which one look must tell.
            neighbour = chunks[place - 1] if place else ""
            if neighbour in before or neighbour == "the":
                yield place, _fitting(before, chunks[max(0, place - 4) : place][::-1]), False
            if chunks[place + 1] in behind:
                yield place, _fitting(behind, chunks[place + 1 : place + 4]), True

    def _around(self, chunks: list[str], place: int) -> tuple[Doc, int]:
        """The words around a candidate, and the character at which it begins."""
        first = max(0, place - _REACH)
        words = [chunk if len(chunk) < _LONG else _BREAK.strip() for chunk in chunks[first : place + _REACH]]
        return self._tokenizer(" ".join(words)), sum(map(len, words[: place - first])) + place - first

    def _matcher(self, patterns: tuple[int, ...]) -> Matcher:
        if patterns not in self._matchers:
            self._matchers[patterns] = Matcher(self._vocabulary)
            self._matchers[patterns].add("name", list(chain.from_iterable(self._rules[each] for each in patterns)))
        return self._matchers[patterns]

    def _kind(self, words: list[str]) -> str:
        pairs = [f"{a}-{b}" for a, dash, b in zip(words, words[1:], words[2:], strict=False) if dash == "-"]
        told = {self._kinds[word] for word in (*words, *pairs) if word in self._kinds}
        return told.pop() if len(told) == 1 else ""

    def _name_from(self, doc: Doc, start: int) -> str:
        """The name that begins with a token, or an empty string."""
        if start and doc[start - 1].text in QUOTES:
            return self._sound(quoted_name(doc, start))
        end = end_of_name(doc, start)
        last = start - 1 - (start > 1 and doc[start - 1].lower_ == "the")
        # "The gang, Redthread, wanted money", but not "said the gang, Redbridge Council confirmed".
        aside = doc[last].text != "," or (end < len(doc) and doc[end].text in ",.;:)")
        # "The group Redthread", but not "the Group Redthread".
        titled = is_capital(doc, last) and last > 0 and not doc[last - 1].is_punct and not doc[last - 1].is_space
        return self._sound(doc[start:end].text) if aside and not titled else ""

    def _name_to(self, doc: Doc, last: int) -> str:
        """The name that a token is the last of in front of a pattern, or an empty string."""
        start = start_of_name(doc, last)
        while start < last and doc[start].lower_ in self._never:
            start += 1
        end = end_of_name(doc, last)
        before = start - 1 - (start > 1 and doc[start - 1].lower_ == "the")
        # "A group, the Ninth Watch, took credit", but not "run from the Ministry of Justice, took credit".
        aside = doc[last + 1].text != "," or (before >= 0 and doc[before].text == ",")
        # A sentence's first word has its capital from the sentence: "Masked collective posts a dam's files".
        is_plain = end - start == 1 and doc[start].text.istitle() and doc[end].lower_ in self._plain
        return self._sound(doc[start:end].text) if aside and not (is_plain and opens_sentence(doc, start)) else ""

    def _sound(self, name: str) -> str:
        """The name, if it may be one."""
        name = " ".join(name.split()).strip(_MARKS).removeprefix("The ").removeprefix("the ")
        words = [word for word in re.findall(r"\w+", mask_countries(name, " ")) if word.lower() not in self._never]
        told = any(any(map(str.isalpha, word)) for word in words) and 1 < len(name) <= 60 and ";" not in name
        # Of what is quoted, a word alone may do without a capital.
        return name if told and not (name[0].islower() and " " in name) and not name.startswith("CVE-") else ""


def _token(piece: str, classes: dict[str, str]) -> _Token:
    words = _CLASS.sub(lambda match: "|".join(classes[match[1]].split()), piece.rstrip("?"))
    return _Token(frozenset(words.split("|")), piece.endswith("?"))


def _rules(tokens: list[_Token]) -> list[list[dict[str, Any]]]:
    """Patterns of spaCy's matcher that end or begin with a name's first or last word: the name plain, and in quotes."""
    rules: list[dict[str, Any]] = [
        {"LOWER": {"IN": sorted(words)} if len(words) > 1 else min(words), "OP": "?" if optional else "{1}"}
        for words, optional in tokens
    ]
    plain = {"IS_LOWER": False, "IS_PUNCT": False, "IS_SPACE": False}
    if tokens[0].words == _NAME:
        return [[plain, *rules[1:]]]
    quoted = [*rules[:-1], _THE, {"ORTH": {"IN": list(QUOTES)}}, {"IS_PUNCT": False, "IS_SPACE": False}]
    return [quoted] if tokens[-1].words == _QUOTED else [[*rules[:-1], _THE, plain], quoted]


def _neighbours(tokens: list[_Token]) -> Iterator[tuple[str, str]]:
    """Words that may stand next to a name, and next to these; tokens from the name on. Marks and "the" do not count."""
    told = [token for token in tokens if token.words.isdisjoint((",", ":", "-", "the"))]
    for choice in product(*((token.words, None) if token.optional else (token.words,) for token in told)):
        first, *rest = (words for words in choice if words)
        yield from product(first, rest[0] if rest else ("",))


def _ways_to_write(word: str) -> Iterator[str]:
    """A word as it may stand in a text: with a capital, and with a mark behind it."""
    for start in (word, word.capitalize()):
        yield from (start, f"{start},", f"{start}:", f"{start}.")


def _fitting(near: dict[str, dict[str, set[int]]], words: list[str]) -> tuple[int, ...]:
    """The patterns that words, the nearest first, may be of."""
    words = [word for word in words if word != "the"]
    if not words or (beside := near.get(words[0])) is None:
        return ()
    second = words[1].lower().rpartition("-")[2].strip(_MARKS) if len(words) > 1 else ""
    return tuple(sorted(beside.get("", set()) | beside.get(second, set())))


def _designators(chunks: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names that catalogues give to actors, and the kinds they tell."""
    for chunk in chunks:
        if not chunk[:-1].isalpha() and (match := _DESIGNATOR.search(chunk)):
            yield match[0], match.lastgroup or ""


@lru_cache(maxsize=1)
def load_introductions() -> Introductions:
    """Read the patterns that come with this package, once."""
    return Introductions(**tomllib.loads((files(__package__) / "introductions.toml").read_text(encoding="utf-8")))
