"""spaCy's English tokens, worked out once for each distinct chunk of text between spaces."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, repeat

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cyberclass.text.growing import Growing
from cyberclass.text.positions import SPLIT, ChunkPlaces, Cut, Places, split_chunks
from cyberclass.text.splitting import ChunkSplitter


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
    cut : Cut
        The chunks of the texts.
    """

    ids: NDArray[np.int32]
    lengths: NDArray[np.int64]
    watched: dict[int, set[str]]
    cut: Cut


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
        self._split = ChunkSplitter()
        self._watch = watch
        self._fold = fold
        # Spaces side by side part an empty chunk off, which has no tokens.
        self._chunks = {"": 0}
        self._numbers: dict[str, int] = {}
        self._watched: dict[int, Sequence[str]] = {}
        self._starts, self._lengths, self._last_read = Growing(np.int64), Growing(np.int32), Growing(np.int64)
        self._is_watched = Growing(np.bool_)
        for table in (self._starts, self._lengths, self._last_read, self._is_watched):
            table.extend([0])
        self._reads = 0
        self._token_ids = Growing(np.int32)
        # Filled when places are asked for: labels alone need none.
        self._places = ChunkPlaces()
        self._latest = split_chunks([], self._split)

    @property
    def tokens(self) -> list[str]:
        """The distinct tokens, by number unless they were folded."""
        return list(self._numbers)

    def __len__(self) -> int:
        """Count the chunks remembered."""
        return len(self._chunks) - 1

    def lasting(self, most: int) -> list[str]:
        """List chunks that were met more than once, of these at most so many: the ones met last."""
        last_read = self._last_read.array
        order = np.argsort(-last_read, kind="stable")[: min(most, np.count_nonzero(last_read))]
        chunks = list(self._chunks)
        return [chunks[place] for place in order.tolist()]

    def encode(self, texts: Sequence[str]) -> Tokens:
        """Turn texts into the numbers of their tokens.

        Parameters
        ----------
        texts : sequence of str, length n

        Returns
        -------
        Tokens
        """
        array, bounds, places, chunks = _cut(texts)
        distinct, of_texts = chunks, places
        if max(map(len, chunks), default=0) > SPLIT:
            chunks, places = _shorten(chunks, places)
        # From here on by the distinct chunks of these texts, whose few numbers the processor has at hand.
        ids = np.fromiter(map(self._chunks.get, chunks, repeat(-1)), np.int64, len(chunks))
        new = np.flatnonzero(ids < 0)
        n_known = len(self._chunks)
        if len(new):
            ids[new] = np.arange(n_known, n_known + len(new))
            self._learn([chunks[place] for place in new.tolist()])
        numbers = ids if chunks is distinct else _numbers_of_long(self._chunks, distinct)
        self._reads += 1
        again = (ids < n_known) | (np.bincount(places, minlength=len(ids)) > 1)
        self._last_read.array[ids[again]] = self._reads
        self._last_read.array[0] = 0
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
            cut=Cut(array, bounds, of_texts, distinct, numbers),
        )

    def locate(self, cut: Cut) -> Places:
        """Find where the tokens of texts stand, those of hyphens as well.

        Parameters
        ----------
        cut : Cut
            Of texts that were turned into numbers.

        Returns
        -------
        Places
        """
        placed, latest = len(self._places), len(self._chunks) - len(self._latest.chunks)
        if placed < latest:
            missing = list(islice(self._chunks, placed, latest))
            self._places.extend(split_chunks(missing, self._split))
        if placed <= latest:
            # What was learned last is split already, and mostly that is all.
            self._places.extend(self._latest)
        return self._places.locate(cut)

    def _learn(self, chunks: list[str]) -> None:
        """Tokenize chunks met for the first time."""
        first = len(self._chunks)
        self._chunks.update(zip(chunks, range(first, first + len(chunks)), strict=True))
        is_watched = np.zeros(len(chunks), dtype=np.bool_)
        if self._watch:
            found = self._watch(chunks)
            is_watched[list(found)] = True
            self._watched.update((first + place, words) for place, words in found.items())
        self._latest = split_chunks(chunks, self._split)
        pieces, counts = self._latest.pieces, self._latest.counts
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
        self._last_read.extend(np.zeros(len(chunks)))
        self._is_watched.extend(is_watched)
        self._token_ids.extend(ids)

    def _find_watched(
        self, ids: NDArray[np.int64], places: NDArray[np.int32], bounds: NDArray[np.int64]
    ) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        hits = np.flatnonzero(self._is_watched.array[ids][places])
        texts = np.searchsorted(bounds, hits, side="right") - 1
        for text, chunk in zip(texts.tolist(), ids[places[hits]].tolist(), strict=True):
            found.setdefault(text, set()).update(self._watched[chunk])
        return found


def _cut(texts: Sequence[str]) -> tuple[pa.LargeStringArray, NDArray[np.int64], NDArray[np.int32], list[str]]:
    """Cut texts at ASCII whitespace; gives the first fields of a `Cut`."""
    try:
        array = pa.array(texts, pa.large_string())
    except UnicodeEncodeError:
        # Half of a surrogate pair has no place in UTF-8, nor in spaCy's strings.
        array = pa.array([text.encode("utf-8", "replace").decode() for text in texts], pa.large_string())
    lists = pc.ascii_split_whitespace(array)
    encoded = lists.values.dictionary_encode()
    bounds = lists.offsets.to_numpy().astype(np.int64)
    return array, bounds, encoded.indices.to_numpy(), encoded.dictionary.to_pylist()


def _numbers_of_long(known: Mapping[str, int], chunks: list[str]) -> NDArray[np.int64]:
    return np.array([known[chunk[:SPLIT]] for chunk in chunks], dtype=np.int64)


def _shorten(chunks: list[str], places: NDArray[np.int32]) -> tuple[list[str], NDArray[np.int32]]:
    """Let chunks of one beginning be one chunk, where they are too long to be known whole."""
    numbers: dict[str, int] = {}
    kept = [numbers.setdefault(chunk[:SPLIT], len(numbers)) for chunk in chunks]
    return list(numbers), np.array(kept, dtype=np.int32)[places]
