"""spaCy's English tokens, worked out once for each distinct chunk of text between spaces."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import spacy
from numpy.typing import NDArray
from spacy.tokenizer import Tokenizer
from spacy.vocab import Vocab

from cyberclass.text.growing import Growing

#: The pipeline whose tokens everything is built on: rules for English, no statistical model.
PIPELINE = "en"

#: Chunks that no rule of spaCy's treats in a special way, line by line: an opening mark; a plain word (with dashes), a
#: number, a name that ends in one or a CVE number; a genitive; closing marks. Any other line leaves all four groups
#: empty.
_PLAIN = re.compile(
    '^(?:([(\\["\u201c\u2018$]?)'
    "([A-Za-z]+(?:[-\u2013\u2014][A-Za-z]+)*|[0-9]+(?:,[0-9]{3})*(?:\\.[0-9]+)*|[A-Za-z]+[0-9]+|CVE-[0-9]{4}-[0-9]+)"
    "(['\u2019]s)?"
    "([,;:!?)\\]\"\u201d\u2019'.%]{0,2})|.+)$",
    re.MULTILINE,
)
#: Closing marks that spaCy splits one by one from the end of a plain word.
_CLOSING = frozenset(
    (
        *("", *",;:!?)]\"\u201d\u2019'.%"),
        *(f"{a}{b}" for a in ",.?!)" for b in '"\u201d'),
        *(f"{a}{b}" for a in ')"\u201d%' for b in ",."),
        "%)",
    )
)
_AFTER_HYPHEN = frozenset(',;:!?)"\u201d.')
#: Marks that make no smiley with a letter; and those that make none with two.
_SAFE = frozenset(',"\u201c\u201d')
_SAFE_ALONE = frozenset(".()")
_HYPHEN = re.compile("((?<=[A-Za-z])[-\u2013\u2014](?=[A-Za-z])|(?<=[0-9])-(?=[0-9]))")
_DASHES = frozenset("-\u2013\u2014")
_MARKED = re.compile("(.+)(?:['\u2019]s|.)")

#: Characters of the longest chunk that spaCy is given; its time grows with their square. Longer ones are addresses,
#: encoded files or malice, and one token each.
_LONGEST = 120


@dataclass(frozen=True)
class Tokens:
    """The tokens of n texts.

    Attributes
    ----------
    ids : ndarray of int32, shape (n_tokens,)
        The tokens of all texts in turn, as numbers into `TokenMemo.tokens` or what was made of these; those of
        whitespace are left out.
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
        Given a list of chunks, returns what is to be watched for: by a chunk's place, any words in it.
    fold : callable, optional
        Given new distinct tokens, returns the number that stands for each in `Tokens.ids`; -1 leaves it out. Without
        it that is the token's own number.
    """

    def __init__(
        self,
        watch: Callable[[list[str]], Mapping[int, Sequence[str]]] | None = None,
        fold: Callable[[list[str]], NDArray[np.integer]] | None = None,
    ) -> None:
        self._tokenizer = _make_tokenizer()
        self._special = frozenset(self._tokenizer.rules)
        #: Words that are special, or become so with what may follow a plain one.
        self._touchy = self._special | {ends[1] for case in self._special if (ends := _MARKED.fullmatch(case))}
        self._watch = watch
        self._fold = fold
        # Spaces side by side part an empty chunk off, which has no tokens.
        self._chunks = {"": 0}
        self._numbers: dict[str, int] = {}
        self._watched: dict[int, Sequence[str]] = {}
        self._starts, self._lengths = Growing(np.int32), Growing(np.int32)
        self._starts.extend([0])
        self._lengths.extend([0])
        self._token_ids = Growing(np.int32)

    @property
    def tokens(self) -> list[str]:
        """The distinct tokens, by number unless they were folded."""
        return list(self._numbers)

    def __len__(self) -> int:
        """Count the chunks remembered."""
        return len(self._chunks) - 1

    def encode(self, texts: Sequence[str]) -> Tokens:
        """Turn texts into the numbers of their tokens.

        Parameters
        ----------
        texts : sequence of str, length n

        Returns
        -------
        Tokens
        """
        bounds, places, chunks = _cut(texts)
        known = self._chunks
        new = [chunk for chunk in chunks if chunk not in known]
        if new:
            self._learn(new)
        # From here on by the distinct chunks of these texts, whose few numbers the processor has at hand.
        ids = np.fromiter(map(known.__getitem__, chunks), np.int64, len(chunks))
        lengths = self._lengths.array[ids][places]
        ends = np.zeros(len(places) + 1, dtype=np.int64)
        lengths.cumsum(out=ends[1:])
        total = int(ends[-1])
        shift = self._starts.array[ids][places] - ends[:-1]
        positions = np.repeat(shift, lengths)
        positions += np.arange(total)
        return Tokens(
            ids=self._token_ids.array[positions],
            lengths=np.diff(ends[bounds]),
            watched=self._find_watched(ids, places, bounds),
        )

    def _learn(self, chunks: list[str]) -> None:
        """Tokenize chunks met for the first time."""
        first = len(self._chunks)
        self._chunks.update(zip(chunks, range(first, first + len(chunks)), strict=True))
        if self._watch:
            self._watched.update((first + place, words) for place, words in self._watch(chunks).items())
        parts = "\n".join(chunks).split()
        owners = None
        if parts != chunks:
            # Some hold whitespace beyond ASCII.
            split = [chunk.split() for chunk in chunks]
            parts = list(chain.from_iterable(split))
            owners = np.repeat(np.arange(len(chunks)), list(map(len, split)))
        pieces, counts = self._tokenize(parts)
        if owners is not None:
            counts = np.bincount(owners, counts, len(chunks)).astype(np.int64)
        numbers = self._numbers
        distinct = [piece for piece in dict.fromkeys(pieces) if piece not in numbers]
        if self._fold:
            numbers.update(zip(distinct, self._fold(distinct).tolist(), strict=True))
        else:
            numbers.update(zip(distinct, range(len(numbers), len(numbers) + len(distinct)), strict=True))
        ids = np.fromiter(map(numbers.__getitem__, pieces), np.int64, len(pieces))
        if self._fold:
            kept = ids >= 0
            counts = np.bincount(np.repeat(np.arange(len(chunks)), counts)[kept], minlength=len(chunks))
            ids = ids[kept]
        self._starts.extend(len(self._token_ids) + counts.cumsum() - counts)
        self._lengths.extend(counts)
        self._token_ids.extend(ids)

    def _tokenize(self, chunks: list[str]) -> tuple[list[str], NDArray[np.int64]]:
        """Give the tokens of chunks in turn, and how many each has."""
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
            elif (
                word
                and marks in _CLOSING
                and word not in self._touchy
                and chunk not in special
                and not self._is_odd(mark, word, genitive, marks)
            ):
                if mark:
                    pieces.append(mark)
                if not word.isalnum() and not _DASHES.isdisjoint(word):
                    pieces.extend(_HYPHEN.split(word))
                else:
                    pieces.append(word)
                if genitive:
                    pieces.append(genitive)
                pieces.extend(marks)
            else:
                pieces.extend([token.text for token in self._tokenizer(chunk)])
            lengths.append(len(pieces) - before)
        return pieces, np.array(lengths, dtype=np.int64)

    def _is_odd(self, mark: str, word: str, genitive: str, marks: str) -> bool:
        """Say whether spaCy might see more in a chunk than marks around a word: an abbreviation, a smiley, a unit."""
        last = word[-1]
        if last.isdigit():
            return bool(genitive) or "'" in marks
        if "%" in marks or (marks[:1] == "." and last.isupper() and not word[-2:-1].isupper()):
            # spaCy leaves the stop of a capital alone.
            return True
        if word.isalpha():
            # spaCy has smileys of one and two letters.
            return mark == "$" or (
                len(word) < 3
                and not _SAFE.issuperset(marks + mark)
                and (len(word) == 1 or mark + marks not in _SAFE_ALONE)
            )
        return mark == "\u2018" or bool(genitive) or not _AFTER_HYPHEN.issuperset(marks) or word[-2] in _DASHES

    def _find_watched(
        self, ids: NDArray[np.int64], places: NDArray[np.int32], bounds: NDArray[np.int64]
    ) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        if self._watched:
            is_watched = np.fromiter(map(self._watched.__contains__, ids.tolist()), np.bool_, len(ids))
            hits = np.flatnonzero(is_watched[places])
            texts = np.searchsorted(bounds, hits, side="right") - 1
            for text, chunk in zip(texts.tolist(), ids[places[hits]].tolist(), strict=True):
                found.setdefault(text, set()).update(self._watched[chunk])
        return found


def _cut(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int32], list[str]]:
    """Cut texts at ASCII whitespace.

    Returns
    -------
    bounds : ndarray of int64, shape (n + 1,)
        Where each text begins among the chunks of all, and where the last ends.
    places : ndarray of int32
        The chunks of all texts in turn, as places in the list.
    chunks : list of str
        The distinct ones; they may be empty, or hold other whitespace.
    """
    try:
        array = pa.array(texts, pa.large_string())
    except UnicodeEncodeError:
        # Half of a surrogate pair has no place in UTF-8, nor in spaCy's strings.
        array = pa.array([text.encode("utf-8", "replace").decode() for text in texts], pa.large_string())
    lists = pc.ascii_split_whitespace(array)
    encoded = lists.values.dictionary_encode()
    bounds = lists.offsets.to_numpy().astype(np.int64)
    return bounds, encoded.indices.to_numpy(), encoded.dictionary.to_pylist()


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
