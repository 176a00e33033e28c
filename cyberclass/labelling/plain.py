"""Writers of text files: CSV, TSV and JSON Lines, compressed or not."""

import csv
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from cyberclass.labelling.values import cell_text, is_missing, json_text, values_of
from cyberclass.labelling.writer import ReportWriter
from cyberclass.text.blocks import merge_columns
from cyberclass.text.compressed import compression_of, open_to_read, open_to_write
from cyberclass.text.places import place_of
from cyberclass.text.tables import CELL_LIMIT


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
        self._compression = compression_of(place_of(self.path))
        self._file: TextIO = open_to_write(part, self._compression, "replace")
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

    def _append(self, part: Path) -> None:
        with part.open(encoding="utf-8", newline="") as file:
            rows = _reader(file, self.delimiter)
            names = next(rows, [])
            merge_columns(self.columns, names)
            if not self._width:
                self._written, self._width = list(names), len(names)
                self._write_rows([names])
            if self._written == names:
                shutil.copyfileobj(file, self._file)
                return
            known = set(self._written)
            self._written += [name for name in names if name not in known]
            places = [names.index(name) if name in names else None for name in self._written]
            for row in rows:
                self._write_rows([["" if place is None else row[place] for place in places]])

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
        with open_to_read(narrow, self._compression) as file:
            rows = _reader(file, self.delimiter)
            next(rows)
            wide = self._new_part()
            self._file = open_to_write(wide, self._compression, "strict")
            self._write_rows([self.columns])
            for row in rows:
                row += [""] * (len(places) - len(row))
                self._write_rows([[row[place] for place in places]])
        self._file.close()
        return wide

    def _close(self) -> None:
        self._file.close()


def _reader(file: TextIO, delimiter: str) -> Iterator[list[str]]:
    # What was read from elsewhere may be longer than the csv module takes by itself.
    csv.field_size_limit(max(csv.field_size_limit(), CELL_LIMIT))
    return csv.reader(file, delimiter=delimiter)


class JsonLinesWriter(ReportWriter):
    """Writes one JSON object a line, nested values as they are; see `ReportWriter`.

    A value that is `pandas.NA` has no key in its object.
    """

    def _open(self, part: Path) -> None:
        # A lone surrogate becomes the escape that JSON has for it.
        self._file = open_to_write(part, compression_of(place_of(self.path)), "backslashreplace", "\n")

    def _write(self, frame: pd.DataFrame) -> None:
        names = list(frame.columns)
        columns = [_json_values(frame[name]) for name in names]
        for row in zip(*columns, strict=True):
            fields = {name: value for name, value in zip(names, row, strict=True) if value is not pd.NA}
            self._file.write(json_text(fields) + "\n")

    def _append(self, part: Path) -> None:
        with part.open(encoding="utf-8", newline="\n") as file:
            shutil.copyfileobj(file, self._file)
        # An object tells its columns itself; one stands for them all, so that there is something to deliver.
        merge_columns(self.columns, ["text"])

    def _finish(self) -> Path:
        self._file.close()
        return self._parts[-1]

    def _close(self) -> None:
        self._file.close()


def _json_values(column: pd.Series) -> Iterable[Any]:
    return [None if value is not pd.NA and is_missing(value) else value for value in values_of(column)]
