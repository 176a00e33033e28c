"""Where the tokens of texts stand, in characters, and in which sentences."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cyberclass.text.growing import Growing
from cyberclass.text.sentences import mark_chunks, part_sentences
from cyberclass.text.splitting import HYPHENS

#: Cuts chunks into tokens, as `splitting.ChunkSplitter` does.
Split = Callable[[list[str]], tuple[list[str], NDArray[np.int64]]]

#: Characters of a chunk that are split into tokens: what is longer counts as its beginning, so that what is remembered
#: of chunks has a bound. A token that ends with them reaches on to the next space.
SPLIT = 1000

_LINE_FEED = 10
_NO_SPACE = re.compile(r"\S*")


@dataclass(frozen=True)
class Places:
    """The places of the tokens of n texts, in characters of their text; an end is that of the character after.

    Attributes
    ----------
    documents : ndarray of int64, shape (n_tokens,)
        The text of each token, ascending.
    starts, ends : ndarray of int64, shape (n_tokens,)
    are_words : ndarray of bool, shape (n_tokens,)
        False for hyphens.
    sentences : ndarray of int64, shape (n_tokens,)
        The sentence of each, as a row of the two below.
    sentence_starts, sentence_ends : ndarray of int64, shape (n_sentences,)
        Of all texts in turn.
    """

    documents: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    are_words: NDArray[np.bool_]
    sentences: NDArray[np.int64]
    sentence_starts: NDArray[np.int64]
    sentence_ends: NDArray[np.int64]

    def of_words(self) -> "Places":
        """Leave the hyphens out."""
        kept = self.are_words
        if kept.all():
            return self
        return replace(
            self,
            documents=self.documents[kept],
            starts=self.starts[kept],
            ends=self.ends[kept],
            are_words=kept[kept],
            sentences=self.sentences[kept],
        )


class Cut(NamedTuple):
    """Texts cut into chunks at ASCII whitespace.

    Attributes
    ----------
    texts : LargeStringArray, length n
    bounds : ndarray of int64, shape (n + 1,)
        Where each text begins among the chunks of all, and where the last ends.
    places : ndarray of int32
        The chunks of all texts in turn, as places in the list.
    chunks : list of str, length n_chunks
        The distinct ones; they may be empty, or hold other whitespace.
    numbers : ndarray of int64, shape (n_chunks,)
        What each is to a memo; chunks of the same beginning may be one.
    """

    texts: pa.LargeStringArray
    bounds: NDArray[np.int64]
    places: NDArray[np.int32]
    chunks: list[str]
    numbers: NDArray[np.int64]


class Pieces(NamedTuple):
    """The tokens of n chunks: `pieces`, those of all in turn, and `counts`, shape (n,), how many are each chunk's."""

    chunks: list[str]
    pieces: list[str]
    counts: NDArray[np.int64]


def split_chunks(chunks: list[str], split: Split) -> Pieces:
    """Split chunks, which may be empty or hold other whitespace than ASCII's, into tokens."""
    parts = "\n".join(chunks).split()
    if parts == chunks:
        return Pieces(chunks, *split(parts))
    by_chunk = [chunk.split() for chunk in chunks]
    pieces, counts = split(list(chain.from_iterable(by_chunk)))
    owners = np.repeat(np.arange(len(chunks)), list(map(len, by_chunk)))
    return Pieces(chunks, pieces, np.bincount(owners, counts, len(chunks)).astype(np.int64))


class ChunkPlaces:
    """Remembers where the tokens of chunks stand in them, and what chunks are to sentences."""

    def __init__(self) -> None:
        self._begins, self._ends, self._are_words = Growing(np.int32), Growing(np.int32), Growing(np.bool_)
        self._first, self._counts, self._sizes = Growing(np.int64), Growing(np.int32), Growing(np.int32)
        self._marks = Growing(np.uint8)

    def __len__(self) -> int:
        """Count the chunks."""
        return len(self._counts)

    def extend(self, split: Pieces) -> None:
        """Add chunks, numbered from those before on."""
        sizes = np.fromiter(map(len, split.pieces), np.int64, len(split.pieces))
        ends = sizes.cumsum()
        first = split.counts.cumsum() - split.counts
        ends -= np.repeat(np.append(0, ends)[first], split.counts)
        whole = np.fromiter(map(len, split.chunks), np.int64, len(split.chunks))
        lengths = np.bincount(np.repeat(np.arange(len(whole)), split.counts), sizes, len(whole))
        for number in np.flatnonzero(lengths < whole).tolist():
            # Spaces of other kinds stand between.
            own = slice(first[number], first[number] + split.counts[number])
            ends[own] = _ends_of(split.pieces[own], split.chunks[number])
        self._first.extend(len(self._ends) + first)
        self._begins.extend(ends - sizes)
        self._ends.extend(ends)
        self._are_words.extend(np.fromiter((piece not in HYPHENS for piece in split.pieces), np.bool_, len(sizes)))
        self._counts.extend(split.counts)
        self._sizes.extend(whole)
        self._marks.extend(mark_chunks(split.chunks))

    def locate(self, cut: Cut) -> Places:
        """Find the tokens of n texts.

        Parameters
        ----------
        cut : Cut
            Of chunks that were added.

        Returns
        -------
        Places
            Of all tokens, hyphens as well.
        """
        sizes = self._sizes.array[cut.numbers]
        places = cut.places[sizes[cut.places] > 0]
        starts, breaks, bounds = _find_chunks(cut.texts)
        own = cut.numbers[places]
        is_first = part_sentences(self._marks.array[own], breaks)
        is_first[bounds[:-1][bounds[:-1] < len(places)]] = True
        first = np.flatnonzero(is_first)
        last = np.append(first[1:], len(places))[: len(first)] - 1
        counts = self._counts.array[own]
        positions = np.repeat(self._first.array[own] - counts.cumsum() + counts, counts)
        positions += np.arange(len(positions))
        shift = np.repeat(starts, counts)
        ends = self._ends.array[positions]
        if (sizes == SPLIT).any():
            sizes = np.array(list(map(len, cut.chunks)))
            further = np.array([len(_NO_SPACE.match(chunk, SPLIT)[0]) for chunk in cut.chunks])  # type: ignore[index]
            ends = ends + np.repeat(further[places], counts) * (ends == SPLIT)
        return Places(
            documents=np.repeat(np.repeat(np.arange(len(cut.texts)), np.diff(bounds)), counts),
            starts=shift + self._begins.array[positions],
            ends=shift + ends,
            are_words=self._are_words.array[positions],
            sentences=np.repeat(is_first.cumsum() - 1, counts),
            sentence_starts=starts[first],
            sentence_ends=starts[last] + sizes[places[last]],
        )


def _find_chunks(texts: pa.LargeStringArray) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Find where chunks start in their texts, the line breaks before each, and the chunks at which texts begin."""
    _, offsets, data = texts.buffers()
    edges = np.frombuffer(offsets, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    letters = np.frombuffer(data or b"", dtype=np.uint8)[: int(edges[-1])]
    filled = ~((letters == ord(" ")) | ((letters >= ord("\t")) & (letters <= ord("\r"))))
    begins = filled.copy()
    begins[1:] &= ~filled[:-1]
    heads = edges[:-1][edges[:-1] < edges[1:]]
    begins[heads] = filled[heads]
    starts = np.flatnonzero(begins)
    line_feeds = np.flatnonzero(letters == _LINE_FEED)
    breaks = np.bincount(np.searchsorted(starts, line_feeds), minlength=len(starts) + 1)[: len(starts)]
    bounds = np.searchsorted(starts, edges)
    if len(letters) and letters.max() >= 0x80:
        # In UTF-8 a character's further bytes begin with the bits 10.
        characters = np.append(0, np.cumsum((letters & 0xC0) != 0x80))
        starts, edges = characters[starts], characters[edges]
    return starts - np.repeat(edges[:-1], np.diff(bounds)), breaks, bounds


def _ends_of(pieces: Sequence[str], chunk: str) -> list[int]:
    """Find where tokens end in their chunk."""
    ends = [0]
    for piece in pieces:
        ends.append(chunk.index(piece, ends[-1]) + len(piece))
    return ends[1:]
