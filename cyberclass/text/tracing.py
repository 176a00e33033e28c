"""Stretches of a repaired text, traced to whole tokens of the text as it was."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cyberclass.text.alignment import Alignment
from cyberclass.text.language import TokenMemo

#: Starts and ends of stretches, in characters.
Bounds = tuple[NDArray[np.int64], NDArray[np.int64]]

#: Bounds in a repaired text -> bounds in the text as it was.
Trace = Callable[[NDArray[np.int64], NDArray[np.int64]], Bounds]

#: Distinct chunks of text after which those met are let go.
_CHUNKS = 100_000


class Tracer:
    """Traces stretches of texts; remembers the tokens of what it has met."""

    def __init__(self) -> None:
        self._memo = TokenMemo()

    def between(self, before: str, after: str) -> Trace:
        """Give what traces stretches of a text after its repair to the text before.

        Parameters
        ----------
        before, after : str

        Returns
        -------
        callable
            Starts and ends of n stretches, each ndarray of int64, shape (n,) -> the same in the text before: wherever
            a stretch begins or ends inside a token of that, the whole of it.
        """
        if len(self._memo) > _CHUNKS:
            self._memo = TokenMemo()
        places = self._memo.locate(self._memo.encode([before]).cut)
        alignment = Alignment(before, after)

        def trace(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Bounds:
            return _snap(alignment.trace(starts, ends), (places.starts, places.ends))

        return trace


def _snap(stretches: Bounds, tokens: Bounds) -> Bounds:
    """Widen stretches of a text to the bounds of the tokens that they touch; one that touches none takes the next."""
    (starts, ends), (token_starts, token_ends) = stretches, tokens
    last = len(token_starts) - 1
    if last < 0:
        return starts, ends
    first = np.searchsorted(token_ends, starts, side="right").clip(0, last)
    final = (np.searchsorted(token_starts, ends) - 1).clip(first, last)
    return token_starts[first], token_ends[final]
