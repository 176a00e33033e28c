"""The expressions of ``attribution.toml``, compiled, and which of them stand in a sentence."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import Any

from spacy.attrs import IDX, LOWER, ORTH
from spacy.matcher import PhraseMatcher
from spacy.tokenizer import Tokenizer
from spacy.vocab import Vocab

from cyberclass.text.attribution.gate import Gate
from cyberclass.text.attribution.grammar import expressions_in, load_table
from cyberclass.text.splitting import make_tokenizer

_CLASS = re.compile(r"<(\w+)>")
_GAP = re.compile(r"\.\.(\d+)")
#: Curly quotes are written straight, which keeps the places of all characters.
_STRAIGHT = str.maketrans("\u2018\u2019\u201c\u201d\xa0", "''\"\" ")
_SURROGATE = re.compile("[\ud800-\udfff]")
_APART = ("classes", "gate", "grammar", "motivations")

#: Distinct words that a tokenizer remembers before a new one takes its place.
_MOST_WORDS = 200_000

Hit = tuple[int, int]


class Reading:
    """A sentence with the expressions in it.

    Attributes
    ----------
    words, lower : list of str
        Its tokens, and these in lower case.
    starts : list of int
        Where each begins, in characters of the text.
    """

    def __init__(self, words: list[str], starts: list[int], hits: dict[str, list[Hit]]) -> None:
        self.words, self.lower, self.starts = words, [word.lower() for word in words], starts
        self._hits = hits

    def of(self, *names: str) -> list[Hit]:
        """Give where the expressions of some lists ("denied.own") stand, from token to token, in order."""
        present = [self._hits[name] for name in names if name in self._hits]
        if len(present) < 2:
            return present[0] if present else []
        return sorted(hit for hits in present for hit in hits)

    def has(self, names: Iterable[str]) -> bool:
        """Say whether any expression of some lists is in the sentence."""
        return any(name in self._hits for name in names)

    def tokens(self, *names: str) -> set[int]:
        """Give the tokens that expressions of some lists cover."""
        return {token for name in names for first, last in self._hits.get(name, ()) for token in range(first, last)}


class Lexicon:
    """Finds the expressions of a table in sentences.

    spaCy's matcher finds phrases; an expression with gaps is several of them within reach of each other.

    Parameters
    ----------
    table : mapping
        Sections, each a mapping of names to expressions. `classes` are those that expressions call by name, `gate` are
        the words by which sentences are passed over, `grammar` is none of this class's business.

    Attributes
    ----------
    gate : Gate
        Passes sentences that are worth reading.
    setting : frozenset of str
        Words of texts about computers, in lower case.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._classes = {name: tuple(expressions_in(value)) for name, value in table["classes"].items()}
        #: Of each part of an expression, by its key: the lists it makes up alone, and the longer ones it begins.
        self._alone: dict[int, list[str]] = {}
        self._begins: dict[int, list[tuple[str, list[tuple[int, int]]]]] = {}
        self._numbers: dict[tuple[bool, tuple[str, ...]], int] = {}
        expressions = [
            (name, self._learn(name, expression))
            for section, lists in table.items()
            if section not in _APART
            for name, value in _flatten(section, lists)
            for expression in expressions_in(value)
        ]
        self._tokenize = _new_tokenizer()
        vocab = self._tokenize.vocab
        self._matchers = PhraseMatcher(vocab, attr="LOWER"), PhraseMatcher(vocab, attr="ORTH")
        keys = {number: vocab.strings.add(str(number)) for number in self._numbers.values()}
        self._alone = {keys[number]: names for number, names in self._alone.items()}
        self._begins = {
            keys[number]: [(name, [(gap, keys[part]) for gap, part in rest]) for name, rest in longer]
            for number, longer in self._begins.items()
        }
        for (as_written, phrases), number in self._numbers.items():
            self._matchers[as_written].add(str(number), [self._tokenize(phrase) for phrase in phrases])
        self.gate = Gate(expressions, *(table["gate"][name].split() for name in ("common", "also", "empty")))
        self.setting = frozenset(table["gate"]["setting"].split())
        self._trade = [phrase for name, parts in expressions if name == "sources.company.trade" for phrase in parts[0]]

    def _learn(self, name: str, expression: str) -> list[tuple[str, ...]]:
        pieces = _GAP.split(expression)
        parts = [tuple(sorted(set(self._expand(piece)))) for piece in pieces[::2]]
        numbers = [self._numbers.setdefault((name.endswith("names"), phrases), len(self._numbers)) for phrases in parts]
        if len(numbers) == 1:
            if name not in (known := self._alone.setdefault(numbers[0], [])):
                known.append(name)
        else:
            rest = list(zip(map(int, pieces[1::2]), numbers[1:], strict=True))
            self._begins.setdefault(numbers[0], []).append((name, rest))
        return parts

    def _expand(self, piece: str) -> Iterator[str]:
        """Write out what a piece of an expression may be: "no claims?" is "no claim" and "no claims"."""
        choices: list[list[str]] = []
        for word in piece.split():
            options: list[str] = []
            for option in word.removesuffix("?").split("|"):
                called = _CLASS.fullmatch(option)
                options.extend(self._classes[called[1]] if called else [option])
            choices.append([*options, ""] if word.endswith("?") else options)
        for chosen in product(*choices):
            yield " ".join(filter(None, chosen))

    def read(self, text: str, start: int, end: int) -> Reading:
        """Read a sentence of a text.

        Parameters
        ----------
        text : str
        start, end : int
            The sentence, in characters.

        Returns
        -------
        Reading
        """
        if len(self._tokenize.vocab) > _MOST_WORDS:
            self._tokenize = _new_tokenizer()
        # spaCy's strings have no place for half of a surrogate pair.
        doc = self._tokenize(_SURROGATE.sub("?", text[start:end]).translate(_STRAIGHT))
        by_part: defaultdict[int, list[Hit]] = defaultdict(list)
        for matcher in self._matchers:
            for key, first, last in matcher(doc):
                by_part[key].append((first, last))
        found: defaultdict[str, set[Hit]] = defaultdict(set)
        for key in by_part.keys() & self._alone.keys():
            for name in self._alone[key]:
                found[name].update(by_part[key])
        parts = by_part.keys()
        for key in parts & self._begins.keys():
            for name, rest in self._begins[key]:
                if rest[0][1] in parts and (joined := _join(by_part[key], rest, by_part)):
                    found[name].update(joined)
        strings = self._tokenize.vocab.strings
        # spaCy's own loop over tokens takes longer than all the matching.
        columns = doc.to_array([ORTH, IDX]).reshape(-1, 2)
        words = [strings[orth] for orth in columns[:, 0].tolist()]
        starts = [start + place for place in columns[:, 1].tolist()]
        return Reading(words, starts, _without_excepted(found))

    def is_trade(self, text: str) -> bool:
        """Say whether a text reads like one of those who take malware apart."""
        lower = text.lower()
        return any(expression in lower for expression in self._trade)


def _new_tokenizer() -> Tokenizer:
    return make_tokenizer(Vocab(lex_attr_getters={LOWER: str.lower}))


def _flatten(section: str, lists: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in lists.items():
        if isinstance(value, str):
            yield f"{section}.{name}", value
        else:
            yield from _flatten(f"{section}.{name}", value)


def _join(hits: list[Hit], rest: list[tuple[int, int]], by_part: Mapping[int, list[Hit]]) -> list[Hit]:
    """Lengthen hits of an expression's beginning by its further parts, each within so many words."""
    for gap, number in rest:
        following = by_part.get(number, ())
        hits = [
            (first, then_last)
            for first, last in hits
            for then_first, then_last in following
            if last <= then_first <= last + gap
        ]
    return hits


def _without_excepted(found: Mapping[str, set[Hit]]) -> dict[str, list[Hit]]:
    """Take out what overlaps an exception of its section, its list `not`."""
    exceptions = {name[:-3]: hits for name, hits in found.items() if name.endswith(".not")}
    kept = {}
    for name, hits in found.items():
        for section, excepted in exceptions.items():
            if name.startswith(section) and not name.endswith(".not"):
                hits = {(a, b) for a, b in hits if not any(a < d and c < b for c, d in excepted)}
        if hits:
            kept[name] = sorted(hits)
    return kept


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """Compile the expressions that come with this package, once."""
    return Lexicon(load_table())
