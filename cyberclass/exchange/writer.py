"""The writer of a file that is one JSON value with many objects in it."""

from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import pandas as pd

from cyberclass.labelling.writer import ReportWriter

#: The column of a frame that holds objects, as JSON.
OBJECT = "object"


class ObjectsWriter(ReportWriter):
    """Writes the column `OBJECT` of frames as the members of a JSON array, an object a line; see `ReportWriter`.

    Parameters
    ----------
    path : str or Path
    head : str
        What stands before the first object, such as "[".
    tail : callable
        Gives what stands behind the last one; asked when all are written.
    """

    def __init__(self, path: str | Path, head: str, tail: Callable[[], str]) -> None:
        super().__init__(path)
        self.head = head
        self.tail = tail

    def _open(self, part: Path) -> None:
        self._file: TextIO = part.open("w", encoding="utf-8", newline="\n")
        self._before = f"{self.head}\n"

    def _write(self, frame: pd.DataFrame) -> None:
        for text in frame[OBJECT]:
            self._file.write(f"{self._before}{text}")
            self._before = ",\n"

    def _finish(self) -> Path:
        self._file.write(f"\n{self.tail()}\n")
        self._file.close()
        return self._parts[-1]

    def _close(self) -> None:
        self._file.close()
