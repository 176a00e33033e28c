"""A numpy array that grows at its end."""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Growing:
    """An array with room to spare, so that many small appends cost no more than one large one.

    Parameters
    ----------
    dtype : dtype
    width : int, optional
        Columns; without it the array has one dimension.
    """

    def __init__(self, dtype: DTypeLike, width: int | None = None) -> None:
        self._room = np.zeros((1024,) if width is None else (1024, width), dtype=dtype)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def array(self) -> NDArray[Any]:
        """The values so far: a view, good until the next `extend`."""
        return self._room[: self._size]

    def extend(self, values: Any) -> None:
        """Append values (rows, where the array has columns)."""
        values = np.asarray(values, dtype=self._room.dtype)
        size = self._size + len(values)
        if size > len(self._room):
            room = np.zeros((max(size, 2 * len(self._room)), *self._room.shape[1:]), dtype=self._room.dtype)
            room[: self._size] = self.array
            self._room = room
        self._room[self._size : size] = values
        self._size = size
