"""Tables in binary: Parquet and Excel, read block by block."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from cyberclass.errors import ReportError, said_by
from cyberclass.text.archives import check_unpacked
from cyberclass.text.blocks import Block, name_columns, object_frame
from cyberclass.text.places import is_remote

#: Bytes of an unpacked workbook: a million rows of four pages each.
_MOST_UNPACKED = 8_000_000_000

#: Rows of Parquet that are unpacked at a time: a file of some bytes may hold a huge text in every row.
_ROWS_AT_A_TIME = 20

#: Bytes of unpacked Parquet with which a block is complete, whatever its rows.
_BLOCK_BYTES = 32_000_000


def rows_of_groups(path: Path) -> list[int]:
    """Count the rows of each row group of a Parquet file; errors as `read_parquet` raises them."""
    import pyarrow

    try:
        with _parquet_file(path) as file:
            return [file.metadata.row_group(group).num_rows for group in range(file.metadata.num_row_groups)]
    except (pyarrow.ArrowException, OSError) as error:
        raise _damaged(path, "a Parquet file", error) from error


def read_parquet(path: Path, block_size: int, groups: tuple[int, int, int] | None = None) -> Iterator[Block]:
    """Read a Parquet file.

    Parameters
    ----------
    path : Path
    block_size : int
        Rows a block.
    groups : (int, int, int), optional
        The first row group to read, how many, and the rows before; all if None.

    Yields
    ------
    Block
        Columns keep their Arrow types (`pandas.ArrowDtype`). Of rows so long that they make 32 MB, a block has fewer;
        how many depends on the rows alone.

    Raises
    ------
    ReportError
        If the file is damaged, two columns share a name, or some rows do not fit into the memory.
    """
    import pyarrow

    try:
        with _parquet_file(path, pre_buffer=False) as file:
            name_columns(file.schema_arrow.names, str(path))
            first, n, before = groups or (0, file.metadata.num_row_groups, 0)
            chosen = range(first, first + n)
            total = sum(file.metadata.row_group(group).num_rows for group in chosen)
            count = 0
            batches = file.iter_batches(min(block_size, _ROWS_AT_A_TIME), row_groups=list(chosen))
            for table in _join(batches, block_size):
                frame = table.to_pandas(types_mapper=pd.ArrowDtype, ignore_metadata=True)
                rows = range(before + count + 1, before + count + len(frame) + 1)
                count += len(frame)
                yield Block(frame, rows, share=count / total)
    except MemoryError as error:
        raise ReportError(
            f"{path}: rows of it do not fit into the memory of this machine; expected texts of some pages each, "
            "so take out longer ones."
        ) from error
    except (pyarrow.ArrowException, OSError, IndexError) as error:  # the last if it is not the file it was
        raise _damaged(path, "a Parquet file", error) from error


def _join(batches: Iterator[Any], size: int) -> Iterator[Any]:
    """Make tables of batches of rows, of `size` rows each, or fewer once they have `_BLOCK_BYTES`."""
    import pyarrow

    held: list[Any] = []
    rows = held_bytes = 0
    for batch in batches:
        start = 0
        while start < len(batch):
            some = batch.slice(start, size - rows)
            held.append(some)
            start, rows, held_bytes = start + len(some), rows + len(some), held_bytes + some.nbytes
            if rows == size or held_bytes >= _BLOCK_BYTES:
                yield pyarrow.Table.from_batches(held).combine_chunks()
                held, rows, held_bytes = [], 0, 0
    if held:
        yield pyarrow.Table.from_batches(held).combine_chunks()


@contextmanager
def _parquet_file(path: Path, **options: Any) -> Iterator[Any]:
    from pyarrow import parquet

    # Of a file in a store, no more than is read is fetched.
    place = path.open("rb") if is_remote(path) else nullcontext(path)
    with place as source, parquet.ParquetFile(source, **options) as file:
        yield file


def read_excel(path: Path, block_size: int, repeats: bool = False) -> Iterator[Block]:
    """Read the first sheet of an Excel workbook.

    Parameters
    ----------
    path, block_size
        As `read_parquet` takes them.
    repeats : bool
        Whether columns may share a name, as `blocks.name_columns` has it.

    Yields
    ------
    Block
        Values as Excel has them: text, numbers, dates, truth values, None. The first row that is not empty
        is the header; empty rows below it are not rows; a row with a value right of the header is set aside.

    Raises
    ------
    ReportError
        If the file is damaged or locked, or two columns share a name and may not.
    """
    from openpyxl import load_workbook

    try:
        with path.open("rb") as file:
            _check_unpacked(file, path)
            with warnings.catch_warnings(action="ignore"):  # of styles and extensions, which do not matter here
                workbook = load_workbook(file, read_only=True, data_only=True)
            sheet = workbook.worksheets[0]
            total = sheet.max_row or 0
            sheet.reset_dimensions()  # some programs write wrong ones, and rows would be lost
            yield from _read_rows(sheet.iter_rows(values_only=True), str(path), block_size, total, repeats)
    except ReportError:
        raise
    except Exception as error:
        # zipfile, XML and openpyxl each have errors of their own for what is no workbook.
        raise _damaged(path, "an unlocked Excel workbook", error) from error


def _check_unpacked(file: BinaryIO, path: Path) -> None:
    try:
        check_unpacked(file, _MOST_UNPACKED)
    except ReportError as error:
        raise ReportError(f"{path}: {error}; save it as a .csv or .parquet file.") from None


def _read_rows(
    rows: Iterator[tuple[Any, ...]], source: str, block_size: int, total: int, repeats: bool
) -> Iterator[Block]:
    numbered = ((place, trimmed) for place, row in enumerate(rows, start=1) if (trimmed := _trim(row)))
    header = next(numbered, None)
    if header is None:
        raise ReportError(f"{source}: the first sheet is empty; a table begins with a row of column names.")
    names = name_columns(header[1], source, repeats)
    number = 0
    while block := _take(numbered, block_size):
        records, kept, rejects = [], [], []
        for _, row in block:
            number += 1
            if len(row) > len(names):
                rejects.append((number, f"{len(row)} cells where the header has {len(names)}"))
            else:
                records.append(row + (None,) * (len(names) - len(row)))
                kept.append(number)
        share = min(1.0, block[-1][0] / total) if total > 1 else None
        yield Block(object_frame(names, zip(*records, strict=True), len(records)), kept, rejects, share)


def _take(rows: Iterator[Any], size: int) -> list[Any]:
    with warnings.catch_warnings(action="ignore"):  # of dates out of range
        return list(islice(rows, size))


def _trim(row: tuple[Any, ...]) -> tuple[Any, ...]:
    width = len(row)
    while width and row[width - 1] is None:
        width -= 1
    return row[:width]


def _damaged(path: Path, expected: str, error: Exception) -> ReportError:
    return ReportError(f"{path}: cannot be read as {expected} ({said_by(error)}); check or save the file anew.")
