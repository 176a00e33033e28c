"""A repaired text beside what it was before: where each stretch of the one stood in the other."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_LINE_BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_CHUNK = re.compile("[^ \t\n\r\x0b\x0c]+")

#: Comparisons of the chunks of lines with those of others beyond which, in one text, chunks are not told apart.
_MOST = 1_000_000

#: Start and end of a stretch of the text before, and of the same stretch after.
Stretch = tuple[int, int, int, int]


class Alignment:
    """Tells where stretches of a repaired text stood.

    Repair leaves lines in their order, and most chunks between spaces as they were: lines are matched one by one, then
    the chunks of lines that differ. Of a chunk that differs, beginning and end are told where they are the same.

    Parameters
    ----------
    before, after : str
        The text, and what repair made of it.
    """

    def __init__(self, before: str, after: str) -> None:
        stretches = list(_stretches(before, after))
        common = [_common(before[a:b], after[c:d]) for a, b, c, d in stretches]
        table = np.array(stretches, dtype=np.int64).reshape(-1, 4)
        self._starts, self._ends, self._new_starts, self._new_ends = table.T
        self._prefixes, self._suffixes = np.array(common, dtype=np.int64).reshape(-1, 2).T

    def trace(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Find where stretches of the repaired text stood.

        Parameters
        ----------
        starts, ends : ndarray of int64, shape (n,)
            In characters of the repaired text.

        Returns
        -------
        starts, ends : ndarray of int64, shape (n,)
            In characters of the text before; where a repair makes it impossible to tell, of all that it changed there.
        """
        first = np.searchsorted(self._new_starts, starts, side="right") - 1
        last = np.searchsorted(self._new_starts, np.maximum(ends - 1, starts), side="right") - 1
        before, after = starts - self._new_starts[first], self._new_ends[first] - starts
        beginning = np.where(
            before <= self._prefixes[first],
            self._starts[first] + before,
            np.where(
                after <= self._suffixes[first],
                self._ends[first] - after,
                self._starts[first] + self._prefixes[first],
            ),
        )
        before, after = ends - self._new_starts[last], self._new_ends[last] - ends
        end = np.where(
            after <= self._suffixes[last],
            self._ends[last] - after,
            np.where(
                before <= self._prefixes[last],
                self._starts[last] + before,
                self._ends[last] - self._suffixes[last],
            ),
        )
        return beginning, np.maximum(beginning, end)


def _stretches(before: str, after: str) -> Iterator[Stretch]:
    lines, new_lines = _lines(before), _lines(after)
    if len(lines) != len(new_lines):
        lines, new_lines = [(0, len(before))], [(0, len(after))]
    left = _MOST
    for (start, end), (new_start, new_end) in zip(lines, new_lines, strict=True):
        if before[start:end] == after[new_start:new_end]:
            yield start, end, new_start, new_end
            continue
        old = [match.start() for match in _CHUNK.finditer(before, start, end)]
        new = [match.start() for match in _CHUNK.finditer(after, new_start, new_end)]
        if len(old) != len(new):
            left -= len(old) * len(new)
        yield from _match_chunks(before, after, (start, end, new_start, new_end), old, new, left >= 0)


def _lines(text: str) -> list[tuple[int, int]]:
    bounds = [0, *(match.end() for match in _LINE_BREAK.finditer(text)), len(text)]
    return list(pairwise(bounds))


def _match_chunks(
    before: str, after: str, line: Stretch, old: list[int], new: list[int], may_compare: bool
) -> Iterator[Stretch]:
    """Match the chunks of a line, which begin at `old`, with those after, which begin at `new`."""
    _, end, _, new_end = line
    if len(old) == len(new):
        yield from _between(line, old, new)
    elif may_compare:
        words = [_CHUNK.match(before, place)[0] for place in old]  # type: ignore[index]
        new_words = [_CHUNK.match(after, place)[0] for place in new]  # type: ignore[index]
        blocks = SequenceMatcher(None, words, new_words, autojunk=False).get_opcodes()
        old, new = [*old, end], [*new, new_end]
        yield from _between(line, [old[block[1]] for block in blocks], [new[block[3]] for block in blocks])
    else:
        yield line


def _between(line: Stretch, cuts: list[int], new_cuts: list[int]) -> Iterator[Stretch]:
    """Part a line, before and after, where both begin a chunk; what stands before the first one goes with it."""
    start, end, new_start, new_end = line
    old, new = [start, *cuts[1:], end], [new_start, *new_cuts[1:], new_end]
    for (a, b), (c, d) in zip(pairwise(old), pairwise(new), strict=True):
        yield a, b, c, d


def _common(before: str, after: str) -> tuple[int, int]:
    """Count the characters that two texts begin with in common, and those of the rest that they end with."""
    if before == after:
        return len(before), len(before)
    most = min(len(before), len(after))
    prefix = next((place for place in range(most) if before[place] != after[place]), most)
    rest = most - prefix
    suffix = next((place for place in range(rest) if before[-1 - place] != after[-1 - place]), rest)
    return prefix, suffix
