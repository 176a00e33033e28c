"""Tables in text: CSV, TSV, JSON Lines and JSON, read block by block."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

import pandas as pd

from cyberclass.errors import ReportError
from cyberclass.text.blocks import Block, merge_columns, name_columns, object_frame
from cyberclass.text.extent import take
from cyberclass.text.streams import ReportBytes

#: What may stand between the cells of a .csv file.
DELIMITERS = ",;\t|"

#: Characters in one cell; beyond it, a quotation mark was opened and never closed.
CELL_LIMIT = 1 << 27

#: How deep a JSON value may be nested; what is deeper could be read, and not be written again.
NESTING_LIMIT = 200

# A last line that no file has: should it come back as part of a cell, that cell's quotation mark was never closed.
_END = "\x00 end of the reports \x00"

_SURROGATE = re.compile("[\ud800-\udfff]")


def read_delimited(
    stream: ReportBytes, block_size: int, delimiters: str = DELIMITERS, repeats: bool = False
) -> Iterator[Block]:
    r"""Read a table of cells between delimiters.

    Parameters
    ----------
    stream : ReportBytes
    block_size : int
        Rows a block.
    delimiters : str
        Those it may have; the first lines tell which.
    repeats : bool
        Whether columns may share a name, as `blocks.name_columns` has it.

    Yields
    ------
    Block
        Every cell is the string it is. Blank lines are not rows; a row of more or fewer cells than the
        header is set aside.

    Raises
    ------
    ReportError
        If there is no header, two columns share a name and may not, or a quotation mark is never closed.
    """
    csv.field_size_limit(max(csv.field_size_limit(), CELL_LIMIT))
    delimiter = sniff_delimiter(stream.head_text(), delimiters)
    records = csv.reader(chain(stream.text(), [_END]), delimiter=delimiter)
    names: list[str] = []
    number = 0
    try:
        header = next((record for record in records if any(cell.strip() for cell in record)), [_END])
        if header[-1].endswith(_END):
            raise ReportError(f"{stream.name}: found no line of column names; a table begins with one.")
        names = name_columns(header, stream.name, repeats)
        while block := take(records, block_size, _width):
            rows, numbers, rejects = [], [], []
            for record in block:
                if not record or (len(record) == 1 and record[0].isspace()):
                    continue
                if record[-1].endswith(_END):
                    if record == [_END]:
                        continue
                    number += 1
                    rejects.append((number, "a quotation mark is never closed, so it takes in the rest of the file"))
                    continue
                number += 1
                if len(record) == len(names):
                    rows.append(record)
                    numbers.append(number)
                else:
                    rejects.append((number, f"{len(record)} cells where the header has {len(names)}"))
            if rows or rejects:
                frame = object_frame(names, zip(*rows, strict=True), len(rows))
                yield Block(frame, numbers, rejects, stream.share)
    except csv.Error as error:
        raise ReportError(
            f"{stream.name}: cannot be read after row {number}, up to line {records.line_num} ({error}); "
            "look for a quotation mark that is never closed."
        ) from None


def _width(record: list[str]) -> int:
    return sum(map(len, record))


def sniff_header(text: str) -> list[str]:
    """Read the first row of a table; `text` holds its first lines. Gives [] where there is none."""
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=sniff_delimiter(text, DELIMITERS)), [])
    except csv.Error:
        return []


def sniff_delimiter(text: str, delimiters: str) -> str:
    """Tell the delimiter of a table by its first 50 rows.

    Parameters
    ----------
    text : str
        The table's first lines.
    delimiters : str
        Candidates.

    Returns
    -------
    str
        That which gives most rows as many cells as the header, then that which gives most cells; the
        first of `delimiters` where each gives one cell.
    """
    merits = []
    for delimiter in delimiters:
        try:
            records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            widths = [len(record) for record in islice((record for record in records if record), 50)]
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            merits.append((sum(width == widths[0] for width in widths), widths[0], delimiter))
    return max(merits, key=lambda merit: merit[:2])[2] if merits else delimiters[0]


def read_json_lines(stream: ReportBytes, block_size: int) -> Iterator[Block]:
    """Read a table of one JSON object a line; parameters as in `read_delimited`.

    Yields
    ------
    Block
        Values are what JSON makes of them, nested or not; `pandas.NA` where an object lacks a key others
        have. A line that is no JSON object is set aside; blank lines are not rows.
    """
    lines = (line for line in stream.text(newline="\n") if not line.isspace())
    number = 1
    while block := take(lines, block_size):
        yield _block_of_objects(map(_parse, block), number, stream.share)
        number += len(block)


def read_json_array(stream: ReportBytes, block_size: int) -> Iterator[Block]:
    """Read a JSON array of objects, whole; parameters as in `read_delimited`, blocks as in `read_json_lines`.

    Raises
    ------
    ReportError
        If it is not JSON, or no array.
    """
    records = _parse(stream.text().read())
    if not isinstance(records, list):
        found = records.reason if isinstance(records, _Unreadable) else f"a JSON {_kind(records)}"
        raise ReportError(
            f"{stream.name}: found {found}; expected a JSON array of objects. "
            "A file of one object a line is JSON Lines and ends in .jsonl."
        )
    for start in range(0, len(records), block_size):
        block = records[start : start + block_size]
        yield _block_of_objects(block, start + 1, min(1.0, (start + block_size) / len(records)))


class _Unreadable:
    """A line that is not JSON we can use, and why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


def _parse(text: str) -> Any:
    try:
        value = json.loads(text)
        if text.count("[") + text.count("{") > NESTING_LIMIT and _is_deep(value):
            raise RecursionError
        if "\\ud" in text or "\\uD" in text:
            # An escaped lone surrogate is legal JSON and illegal everywhere else.
            value = json.loads(_SURROGATE.sub("\ufffd", json.dumps(value, ensure_ascii=False)))
        return value
    except RecursionError:
        return _Unreadable(f"JSON nested more than {NESTING_LIMIT} deep")
    except json.JSONDecodeError as error:
        return _Unreadable(f"not JSON ({error.msg} at character {error.pos + 1})")
    except ValueError as error:
        return _Unreadable(f"not JSON ({error})")


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(NESTING_LIMIT):
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def _kind(value: Any) -> str:
    kinds = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return kinds.get(type(value), "number")


def _block_of_objects(values: Iterable[Any], number: int, share: float | None) -> Block:
    records, numbers, rejects = [], [], []
    for place, value in enumerate(values, start=number):
        if isinstance(value, dict):
            records.append(value)
            numbers.append(place)
        else:
            reason = value.reason if isinstance(value, _Unreadable) else f"a JSON {_kind(value)}, expected an object"
            rejects.append((place, reason))
    names: list[str] = []
    known: set[str] = set()
    for record in records:
        if not known.issuperset(record):
            merge_columns(names, list(record))
            known.update(record)
    columns = ([record.get(name, pd.NA) for record in records] for name in names)
    return Block(object_frame(names, columns, len(records)), numbers, rejects, share)
