"""Writers of text files: CSV, TSV and JSON Lines."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from cyberclass.labelling.values import cell_text, is_missing, json_text, values_of
from cyberclass.labelling.writer import ReportWriter


class DelimitedWriter(ReportWriter):
    """Writes CSV or TSV, in UTF-8; see `ReportWriter`.

    Parameters
    ----------
    path : str or Path
    delimiter : str
    """

    def __init__(self, path: str | Path, delimiter: str) -> None:
        super().__init__(path)
        self.delimiter = delimiter

    def _open(self, part: Path) -> None:
        self._file: TextIO = part.open("w", encoding="utf-8", errors="replace", newline="")
        self._written: list[str] = []  # columns in the order they came, which is that of the cells in the file
        self._width = 0  # of the header in the file

    def _write(self, frame: pd.DataFrame) -> None:
        known = set(self._written)
        self._written += [name for name in frame.columns if name not in known]
        if not self._width:
            self._width = len(self._written)
            self._write_rows([self._written])
        cells = [
            list(map(cell_text, values_of(frame[name]))) if name in frame else [""] * len(frame)
            for name in self._written
        ]
        self._write_rows(list(zip(*cells, strict=True)))

    def _write_rows(self, rows: Sequence[Sequence[Any]]) -> None:
        plain = csv.writer(self._file, delimiter=self.delimiter, lineterminator="\n")
        if not any("\r" in cell for row in rows for cell in row if type(cell) is str):
            plain.writerows(rows)
            return
        # The csv module leaves a carriage return bare, and then reads it as the end of the row.
        quoting = csv.writer(self._file, delimiter=self.delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
        for row in rows:
            returns = any("\r" in cell for cell in row if type(cell) is str)
            (quoting if returns else plain).writerow(row)

    def _finish(self) -> Path:
        self._file.close()
        if self._width == len(self._written):
            return self._parts[-1]
        return self._rewrite(self._parts[-1])

    def _rewrite(self, narrow: Path) -> Path:
        places = [self._written.index(name) for name in self.columns]
        with narrow.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter=self.delimiter)
            next(rows)
            wide = self._new_part()
            self._file = wide.open("w", encoding="utf-8", newline="")
            self._write_rows([self.columns])
            for row in rows:
                row += [""] * (len(places) - len(row))
                self._write_rows([[row[place] for place in places]])
        self._file.close()
        return wide

    def _close(self) -> None:
        self._file.close()


class JsonLinesWriter(ReportWriter):
    """Writes one JSON object a line, nested values as they are; see `ReportWriter`.

    A value that is `pandas.NA` has no key in its object.
    """

    def _open(self, part: Path) -> None:
        # A lone surrogate becomes the escape that JSON has for it.
        self._file = part.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")

    def _write(self, frame: pd.DataFrame) -> None:
        names = list(frame.columns)
        columns = [_json_values(frame[name]) for name in names]
        for row in zip(*columns, strict=True):
            fields = {name: value for name, value in zip(names, row, strict=True) if value is not pd.NA}
            self._file.write(json_text(fields) + "\n")

    def _finish(self) -> Path:
        self._file.close()
        return self._parts[-1]

    def _close(self) -> None:
        self._file.close()


def _json_values(column: pd.Series) -> Iterable[Any]:
    return [None if value is not pd.NA and is_missing(value) else value for value in values_of(column)]
