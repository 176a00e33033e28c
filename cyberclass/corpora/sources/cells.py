"""Cells of a database's table: rows by column name, and the spellings that databases have for lists and dates."""

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from cyberclass.corpora.sources.source import Reject
from cyberclass.errors import CorpusError
from cyberclass.text.readers import read_table

#: What a cell says that says nothing.
_EMPTY = frozenset({"", "nan", "none", "null", "n/a", "na", "<na>", "-", "not available", "[]", "nat"})


def read_rows(path: Path, needed: Sequence[str], database: str) -> Iterator[tuple[str, dict[Any, Any]] | Reject]:
    """Read the rows of a table by the names of its columns.

    Parameters
    ----------
    path : Path
        CSV, TSV, JSON Lines, JSON, Parquet or Excel.
    needed : sequence of str
        Columns that must be there; upper and lower case, spaces and underscores count alike.
    database : str
        What an error calls the table.

    Yields
    ------
    (str, dict) or Reject
        A row's place ("row 12", from 1 below the header) and its cells by column, names in lower case with underscores
        for spaces (of two that are then the same, the first counts), the needed ones among them (None where objects of
        JSON lack one); or why it is set aside.

    Raises
    ------
    CorpusError
        If a needed column is missing.
    ReportError
        If the file cannot be read as a table.
    """
    wanted = [column_name(name) for name in needed]
    checked = False
    for block in read_table(path, repeats=True):
        for number, reason in block.rejects:
            yield Reject(f"row {number}", reason)
        names = [column_name(name) for name in block.frame.columns]
        if not checked and names:
            if missing := [name for name, key in zip(needed, wanted, strict=True) if key not in names]:
                raise CorpusError(
                    f"{path}: found no column {missing[0]!r} among {', '.join(map(str, block.frame.columns))}; "
                    f"expected {database}."
                )
            checked = True
        places: dict[str, int] = {}
        for place, name in enumerate(names):
            places.setdefault(name, place)
        columns = [block.frame.iloc[:, place].tolist() for place in places.values()]
        for number, *cells in zip(block.rows, *columns, strict=True):
            yield f"row {number}", {**dict.fromkeys(wanted), **dict(zip(places, cells, strict=True))}


def column_name(name: str) -> str:
    """Write a column's name in lower case, with underscores for spaces."""
    return re.sub(r"[\s_]+", "_", str(name).strip().casefold())


def text_of(value: Any, keep: Collection[str] = ()) -> str:
    """Give a cell as a string, "" for one that says nothing.

    Parameters
    ----------
    value : object
    keep : collection of str
        What says something here, though elsewhere it would not, such as "none"; in lower case.

    Returns
    -------
    str
        Without spaces around it.
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    return "" if text.casefold() in _EMPTY and text.casefold() not in keep else text


def items_of(value: Any, separators: str = ";", keep: Collection[str] = ()) -> list[str]:
    """Give the items of a cell that holds a list: as JSON or Python write it, or joined by separators.

    Parameters
    ----------
    value : object
        A nested list is flattened.
    separators : str
        Characters, each of which parts two items.
    keep : collection of str
        As `text_of` takes it.

    Returns
    -------
    list of str
        Without those that say nothing, each once.
    """
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _literal(value.strip())
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        found = [item for part in value for item in items_of(part, "", keep)]
    else:
        text = text_of(value, keep)
        parts = re.split(f"[{re.escape(separators)}]", text) if separators else [text]
        found = [text_of(part, keep) for part in parts]
    return list(dict.fromkeys(item for item in found if item))


@lru_cache(maxsize=1 << 14)
def _literal(text: str) -> Any:
    """Read a list, or give what stands between stray brackets; few of a table's lists differ."""
    try:
        return ast.literal_eval(text)
    # A TypeError is that of a set, or of keys, that cannot be.
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text.strip("[]")


def date_of(value: Any, *formats: str) -> str:
    """Give a cell's date as YYYY-MM-DD, YYYY-MM or YYYY; "" for what is no date.

    Parameters
    ----------
    value : object
    *formats : str
        As `datetime.strptime` has them, tried in turn after ISO 8601; one without a day, or month, gives a date
        without one.
    """
    text = text_of(value)
    if match := re.match(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ].*)?)?)?$", text):
        parts = [part for part in match.groups() if part and part != "00"]
        try:
            date(*map(int, [*parts, "1", "1"][:3]))
        except ValueError:
            return ""
        return "-".join(parts)
    for pattern in formats:
        try:
            moment = datetime.strptime(text, pattern)
        except ValueError:
            continue
        length = 10 if "%d" in pattern else 7 if "%m" in pattern or "%b" in pattern or "%B" in pattern else 4
        return moment.date().isoformat()[:length]
    return ""
