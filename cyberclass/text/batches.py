"""Blocks of rows -> batches: which columns hold the words, the text of each row, and the rows without one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cyberclass.errors import ReportError
from cyberclass.text.blocks import Block
from cyberclass.text.extent import MOST_CHARACTERS, mend_beginning
from cyberclass.text.report import join_title

#: Columns that may hold the text when the user names none, the likeliest first.
TEXT_COLUMNS = ("text", "description", "body", "content", "summary")

#: Columns whose words are put before the text.
TITLE_COLUMNS = ("title", "headline")


@dataclass(frozen=True)
class Sections:
    """What the texts of a batch are sections of."""

    #: Which section of its row each text is, from 1; length n.
    numbers: list[int]
    #: Whether the row's text goes on beyond what was read, and may have further sections; length n.
    truncated: list[bool]


@dataclass(frozen=True)
class Batch:
    """Some reports in the order they were read, and those set aside among them."""

    #: The user's columns in the user's order; n rows, index 0 to n - 1.
    frame: pd.DataFrame
    #: Title, blank line and text of each, or their beginning (`extent.mend_beginning`), ready for a model; length n.
    texts: list[str]
    #: Columns ``row`` (str: number of the row in its table from 1, or the file) and ``reason``.
    rejects: pd.DataFrame
    #: Share of the source read so far, in [0, 1]; None where its size is not known.
    share: float | None = None
    #: None where texts are whole.
    sections: Sections | None = None
    #: Of texts that were repaired, by place, what they were before, or its beginning.
    originals: dict[int, str] = field(default_factory=dict)


def find_column(names: Iterable[str], candidates: Sequence[str]) -> str | None:
    """Find the first candidate among column names.

    Parameters
    ----------
    names : iterable of str
        Spaces around a name and upper or lower case do not count.
    candidates : sequence of str

    Returns
    -------
    str or None
        The name as it is in `names`.
    """
    known: dict[str, str] = {}
    for name in names:
        known.setdefault(name.strip().casefold(), name)
    return next((known[candidate] for candidate in candidates if candidate in known), None)


def choose_text(names: Sequence[str], source: str, text_column: str | None) -> str:
    """Choose the column that holds the text.

    Parameters
    ----------
    names : sequence of str
    source : str
        What errors call the table.
    text_column : str, optional
        The user's choice, else the first there is of `TEXT_COLUMNS`.

    Returns
    -------
    str

    Raises
    ------
    ReportError
        If there is no such column.
    """
    if text_column is not None and text_column in names:
        return text_column
    found = find_column(names, [text_column.strip().casefold()] if text_column else TEXT_COLUMNS)
    if found is None:
        missing = f"no column {text_column!r}" if text_column else f"no column of text ({', '.join(TEXT_COLUMNS)})"
        raise ReportError(f"{source}: {missing}; found {', '.join(map(repr, names))}. Name it with --text-column.")
    return found


def batch_of_rows(block: Block, text: str | None, title: str | None, name_row: Callable[[int], str]) -> Batch:
    """Make a batch of a table's block.

    Parameters
    ----------
    block : Block
    text, title : str or None
        Columns; one that is None, or that the block lacks, is empty.
    name_row : callable
        Number of a row -> what the rejects call it.

    Returns
    -------
    Batch
    """
    empty = [None] * len(block.rows)
    bodies = block.frame[text].tolist() if text in block.frame else empty
    titles = block.frame[title].tolist() if title in block.frame else empty
    return batch_of_texts(block, titles, bodies, name_row)


def batch_of_texts(block: Block, titles: Iterable[Any], bodies: Iterable[Any], name_row: Callable[[int], str]) -> Batch:
    """Make a batch of a block, given the words of each row; parameters as in `batch_of_rows`.

    Returns
    -------
    Batch
        Without the rows that have no letter in title and text, or whose text is neither a string nor a number.
    """
    texts: list[str] = []
    places: list[int] = []
    originals: dict[int, str] = {}
    rejects = list(block.rejects)
    for place, (number, title, body) in enumerate(zip(block.rows, titles, bodies, strict=True)):
        words = body if type(body) is str else _words(body)
        if words is None:
            rejects.append((number, f"the text is a {type(body).__name__}, expected a string"))
            continue
        title = title if type(title) is str else _words(title) or ""
        original = (join_title(title, words) if words else title)[: MOST_CHARACTERS + 1]
        text = mend_beginning(original)
        if any(map(str.isalpha, text)):
            if text != original:
                originals[len(texts)] = original
            texts.append(text)
            places.append(place)
        else:
            rejects.append((number, "no text"))
    frame = block.frame
    if len(texts) < len(block.rows):
        frame = frame.iloc[places].reset_index(drop=True)
    rejects.sort()
    rows = {"row": [name_row(number) for number, _ in rejects], "reason": [reason for _, reason in rejects]}
    return Batch(frame, texts, pd.DataFrame(rows, dtype=object), block.share, originals=originals)


def _words(value: Any) -> str | None:
    if isinstance(value, str):
        return str(value)
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return ""
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
