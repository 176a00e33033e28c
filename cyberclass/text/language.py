"""spaCy's English tokens, worked out once for each distinct chunk of text between spaces."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import cast

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.tokenizer import Tokenizer
from spacy.vocab import Vocab

from cyberclass.text.growing import Growing

#: The pipeline whose tokens everything is built on: rules for English, no statistical model.
PIPELINE = "en"

#: Chunks that no rule of spaCy's treats in a special way, line by line: an opening mark, a plain word (with hyphens) or
#: a number, a genitive, closing marks. Any other line leaves all four groups empty.
_PLAIN = re.compile(
    "^(?:([(\\[\"\u201c\u2018$]?)([A-Za-z]+(?:-[A-Za-z]+)*|[0-9]+(?:,[0-9]{3})*(?:\\.[0-9]+)?)(['\u2019]s)?"
    '([,;:!?)\\]"\u201d\u2019.]{0,2})|.+)$',
    re.MULTILINE,
)
#: Closing marks that spaCy splits one by one from the end of a plain word.
_CLOSING = frozenset(
    ("", *',;:!?)]"\u201d\u2019.', *(f"{a}{b}" for a in ",.?!)" for b in '"\u201d'), "),", ").", "\u201d,", "\u201d.")
)
_AFTER_HYPHEN = frozenset(',;:!?)"\u201d')
_SAFE = frozenset(',"\u201c\u201d')
_HYPHEN = re.compile("(-)")

#: Characters of the longest chunk that spaCy is given; its time grows with their square. Longer ones are addresses,
#: encoded files or malice, and one token each.
_LONGEST = 120

#: Characters by which a chunk is known: what is longer counts as its beginning, so that the memo's size has a bound.
_KNOWN_BY = 1000

#: Marks before and behind a word, at least, that are told one by one: spaCy takes some 50 microseconds for each.
_HEAP = 24
_MARKS = re.compile(r"[\W_]*")


@dataclass(frozen=True)
class Tokens:
    """The tokens of n texts.

    Attributes
    ----------
    ids : ndarray of int32, shape (n_tokens,)
        The tokens of all texts in turn, as numbers into `TokenMemo.tokens`; those of whitespace are left out.
    lengths : ndarray of int64, shape (n,)
        Tokens of each text.
    watched : dict of int to set of str
        The watched words of each text that holds any, by its place.
    """

    ids: NDArray[np.int32]
    lengths: NDArray[np.int64]
    watched: dict[int, set[str]]


class TokenMemo:
    """Tokenizes texts, and remembers every chunk's tokens.

    spaCy splits a text at whitespace and then each chunk on its own, so the tokens of a text are those of its chunks
    in turn; a chunk met before costs one look-up. (Smileys side by side are the exception: spaCy looks for them across
    spaces, so that it parts some heaps of marks differently.) An exception leaves a memo half changed: let it go.

    Parameters
    ----------
    watch : callable, optional
        Given a chunk, returns what in it is to be watched for: any words, or none.

    Attributes
    ----------
    tokens : list of str
        The distinct tokens, by number.
    """

    def __init__(self, watch: Callable[[str], Sequence[str]] | None = None) -> None:
        self._tokenizer = _make_tokenizer()
        self._special = frozenset(self._tokenizer.rules)
        self._watch = watch
        self._chunks = _Numbers()
        self._numbers = _Numbers()
        self._watched: dict[int, Sequence[str]] = {}
        self._is_watched = Growing(np.bool_)
        self._starts = Growing(np.int64)
        self._lengths = Growing(np.int64)
        self._token_ids = Growing(np.int32)
        self.tokens: list[str] = []

    def __len__(self) -> int:
        """Count the chunks remembered."""
        return len(self._chunks)

    def encode(self, texts: Sequence[str]) -> Tokens:
        """Turn texts into the numbers of their tokens.

        Parameters
        ----------
        texts : sequence of str, length n

        Returns
        -------
        Tokens
        """
        chunks = [text.split() for text in texts]
        counts = np.fromiter(map(len, chunks), np.int64, len(chunks))
        total = int(counts.sum())
        ids = np.fromiter(map(self._chunks.__getitem__, chain.from_iterable(chunks)), np.int64, total)
        if self._chunks.new:
            self._learn(self._chunks.take_new())
        lengths = self._lengths.array[ids]
        ends = lengths.cumsum()
        first = self._starts.array[ids] - (ends - lengths)
        positions = np.repeat(first, lengths) + np.arange(int(ends[-1]) if total else 0)
        bounds = np.concatenate(([0], counts.cumsum()))
        return Tokens(
            ids=self._token_ids.array[positions],
            lengths=np.diff(np.concatenate(([0], ends))[bounds]),
            watched=self._find_watched(ids, bounds),
        )

    def _learn(self, chunks: list[str]) -> None:
        """Tokenize chunks met for the first time."""
        lengths: list[int] = []
        pieces: list[str] = []
        special = self._special
        # One regular expression over all of them: plain words make up most of what is new.
        shapes = _PLAIN.findall("\n".join(chunks))
        for chunk, (mark, word, genitive, marks) in zip(chunks, shapes, strict=True):
            if word == chunk and chunk.isalpha() and chunk not in special:
                pieces.append(chunk)
                lengths.append(1)
                continue
            before = len(pieces)
            if len(chunk) > _LONGEST:
                pieces.append(chunk)
            elif word and marks in _CLOSING and chunk not in special and not self._is_odd(mark, word, genitive, marks):
                if mark:
                    pieces.append(mark)
                pieces.extend(_HYPHEN.split(word) if "-" in word else (word,))
                if genitive:
                    pieces.append(genitive)
                pieces.extend(marks)
            else:
                pieces.extend(self._pieces_of(chunk))
            lengths.append(len(pieces) - before)
        numbers = self._numbers
        ids = np.fromiter(map(numbers.__getitem__, pieces), np.int32, len(pieces))
        self.tokens.extend(numbers.take_new())
        counts = np.array(lengths)
        self._starts.extend(len(self._token_ids) + counts.cumsum() - counts)
        self._lengths.extend(counts)
        self._token_ids.extend(ids)
        if self._watch:
            first = len(self._is_watched)
            found = {place: words for place, chunk in enumerate(chunks, first) if (words := self._watch(chunk))}
            flags = np.zeros(len(chunks), dtype=np.bool_)
            flags[[place - first for place in found]] = True
            self._is_watched.extend(flags)
            self._watched.update(found)

    def _pieces_of(self, chunk: str) -> list[str]:
        """Have spaCy cut a chunk, but for a heap of marks around it."""
        # spaCy's strings are UTF-8, which has no half of a surrogate pair.
        whole = chunk.encode("utf-8", "replace").decode()
        start = _MARKS.match(whole).end()  # type: ignore[union-attr]
        end = len(whole) - _MARKS.match(whole[: start - 1 if start else None : -1]).end()  # type: ignore[union-attr]
        if start + len(whole) - end < _HEAP:
            start, end = 0, len(whole)
        return [*whole[:start], *(token.text for token in self._tokenizer(whole[start:end])), *whole[end:]]

    def _is_odd(self, mark: str, word: str, genitive: str, marks: str) -> bool:
        """Say whether spaCy might see more in a chunk than marks around a word: an abbreviation, a smiley, a unit."""
        if word in self._special or f"{word}{genitive or marks[:1]}" in self._special:
            return True
        if not word.isalpha() and word[-1].isalpha():
            return mark == "\u2018" or bool(genitive) or not _AFTER_HYPHEN.issuperset(marks)
        if word[-1].isdigit():
            return bool(genitive)
        # spaCy leaves the stop of a capital alone, and has smileys of one and two letters.
        return (
            mark == "$"
            or (marks[:1] == "." and word[-1].isupper())
            or (len(word) < 3 and not _SAFE.issuperset(marks + mark))
        )

    def _find_watched(self, ids: NDArray[np.int64], bounds: NDArray[np.int64]) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        if self._watched:
            places = np.flatnonzero(self._is_watched.array[ids])
            texts = np.searchsorted(bounds, places, side="right") - 1
            for text, chunk in zip(texts.tolist(), ids[places].tolist(), strict=True):
                found.setdefault(text, set()).update(self._watched[chunk])
        return found


@lru_cache(maxsize=1)
def _pipeline_tokenizer() -> Tokenizer:
    return cast(Tokenizer, spacy.blank(PIPELINE).tokenizer)


def _make_tokenizer() -> Tokenizer:
    """Make a tokenizer with the pipeline's rules and a vocabulary of its own.

    The vocabulary grows with every odd chunk, and so is let go with its memo. It works out no attributes of words
    (shape, whether it is like a URL, ...), which would take most of the time and are not used.
    """
    rules = _pipeline_tokenizer()
    return Tokenizer(
        Vocab(),
        rules=rules.rules,
        prefix_search=rules.prefix_search,
        suffix_search=rules.suffix_search,
        infix_finditer=rules.infix_finditer,
        token_match=rules.token_match,
        url_match=rules.url_match,
    )


class _Numbers(dict[str, int]):
    """Numbers strings in the order they are first looked up, and lists the new ones."""

    def __init__(self) -> None:
        super().__init__()
        self.new: list[str] = []

    def __missing__(self, key: str) -> int:
        if len(key) > _KNOWN_BY:
            return self[key[:_KNOWN_BY]]
        number = self[key] = len(self)
        self.new.append(key)
        return number

    def take_new(self) -> list[str]:
        """Hand over what was new since the last time."""
        new, self.new = self.new, []
        return new
