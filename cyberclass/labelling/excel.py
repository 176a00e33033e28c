"""Writer of Excel workbooks."""

import pickle
import re
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from cyberclass.errors import ReportError
from cyberclass.labelling.values import cell_text, is_missing, values_of
from cyberclass.labelling.writer import ReportWriter

#: Excel's limits, of https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3
MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 1_048_576, 16_384, 32_767

#: What XML cannot hold.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class ExcelWriter(ReportWriter):
    """Writes one sheet; see `ReportWriter`. Characters that Excel does not take become U+FFFD.

    The rows wait in a temporary file until the last has come, since a sheet cannot be given its header later.
    """

    def _open(self, part: Path) -> None:
        self._rows = 1  # the header
        self._waiting: BinaryIO = part.open("wb")

    def _write(self, frame: pd.DataFrame) -> None:
        self._rows += len(frame)
        if self._rows > MOST_ROWS or len(self.columns) > MOST_COLUMNS:
            raise ReportError(
                f"{self.path}: found {self._rows:,} rows and {len(self.columns):,} columns; Excel takes at most "
                f"{MOST_ROWS:,} and {MOST_COLUMNS:,}, so write a .csv or .parquet file."
            )
        columns = {name: list(map(self._value, values_of(frame[name]))) for name in frame.columns}
        pickle.dump(columns, self._waiting)

    def _value(self, value: Any) -> Any:
        if is_missing(value):
            return None
        if isinstance(value, bool):
            return value
        if isinstance(value, (int, float)):
            # Excel keeps 15 digits of a number, and knows no infinity.
            return value if abs(value) < 10**15 else str(value)
        if isinstance(value, (date, time)) and getattr(value, "tzinfo", None) is None:
            if isinstance(value, pd.Timestamp):
                value = value.to_pydatetime(warn=False)
            return value if isinstance(value, time) or value.year > 1900 else value.isoformat()
        text = cell_text(value)
        if not isinstance(text, str):
            return self._value(text)
        if len(text) > MOST_CHARACTERS:
            raise ReportError(
                f"{self.path}: found a text of {len(text):,} characters (it begins {text[:40]!r}); Excel takes "
                f"at most {MOST_CHARACTERS:,} a cell, so write a .csv or .parquet file."
            )
        return _ILLEGAL.sub("\ufffd", text)

    def _finish(self) -> Path:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell

        self._waiting.close()
        workbook = Workbook(write_only=True)
        sheet = workbook.create_sheet("reports")

        def cell(value: Any) -> Any:
            # What begins so would be taken for a formula or one of Excel's errors.
            if isinstance(value, str) and value[:1] in ("=", "#"):
                text = WriteOnlyCell(sheet, value)
                text.data_type = "s"
                return text
            return value

        sheet.append([cell(self._value(name)) for name in self.columns])
        for columns, size in self._waited():
            rows = zip(*(columns.get(name, [None] * size) for name in self.columns), strict=True)
            for row in rows:
                sheet.append(list(map(cell, row)))
        part = self._new_part()
        workbook.save(part)
        return part

    def _waited(self) -> Iterator[tuple[dict[str, list[Any]], int]]:
        with self._parts[0].open("rb") as file:
            while True:
                try:
                    columns = pickle.load(file)
                except EOFError:
                    return
                yield columns, len(next(iter(columns.values()), []))

    def _close(self) -> None:
        self._waiting.close()
