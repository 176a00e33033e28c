"""Files of reports -> batches: the text to label, the user's columns beside it, and the rows set aside."""

import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, TextIO

from cyberclass.errors import ReportError
from cyberclass.text import sheets, tables
from cyberclass.text.batches import (
    TEXT_COLUMNS,
    TITLE_COLUMNS,
    Batch,
    batch_of_rows,
    batch_of_texts,
    choose_text,
    find_column,
)
from cyberclass.text.blocks import Block, object_frame
from cyberclass.text.compressed import Expanded, compression_of, kind_of
from cyberclass.text.extent import MOST_CHARACTERS
from cyberclass.text.folders import ReportFiles, find_reports
from cyberclass.text.mending import mend
from cyberclass.text.pages import read_page
from cyberclass.text.places import size_of, told
from cyberclass.text.roundups import split_batch
from cyberclass.text.streams import ReportBytes

__all__ = ["Batch", "read_files", "read_reports", "read_table"]

_BINARY = {
    b"PAR1": "a Parquet file",
    b"PK\x03\x04": "an Excel or Word file",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip file",
    b"\x28\xb5\x2f\xfd": "a zstd file",
    b"\xfd7zXZ": "an xz file",
}


def read_reports(
    source: str | Path | Sequence[str | Path] | TextIO | BinaryIO,
    text_column: str | None = None,
    batch_size: int = 1000,
    by_section: bool = False,
) -> Iterator[Batch]:
    """Read reports batch by batch; memory does not grow with the size of a table (a .json array is read whole).

    Parameters
    ----------
    source : str, Path, a sequence of them, or stream
        A table (CSV, TSV, JSON Lines, JSON, Parquet, Excel), a page (text, HTML, PDF, Word), a folder of
        pages or tables, a pattern of file names, several of these, or "-" for standard input. A stream may hold
        JSON Lines, a JSON array, CSV or one plain text, and is left open.
    text_column : str, optional
        Column of a table that holds the text; by default the first there is of `TEXT_COLUMNS`, in upper or
        lower case. Words of a column ``title`` or ``headline`` are put before it. Pages do not need it;
        their columns are ``file`` and ``title``.
    batch_size : int
        Rows, or files, a batch at most.
    by_section : bool
        Make each section of a text that reports several incidents a report of its own (`roundups.split_batch`).

    Yields
    ------
    Batch
        With reports, rejects or both. Texts are mended (`cyberclass.text.mending.mend`), the user's
        columns are as they were. A report without a letter is set aside. A table without rows yields nothing.

    Raises
    ------
    ReportError
        If a source is missing, damaged or of a kind that is not read, or has no text column.
    """
    if batch_size < 1:
        raise ReportError(f"batch_size: found {batch_size}; expected 1 or more reports a batch.")
    if isinstance(source, (str, Path, Sequence)) and str(source) != "-":
        files = find_reports(source)
        return read_files(files, text_column, batch_size, names_files=len(files.paths) > 1, by_section=by_section)
    if isinstance(source, (str, Path, Sequence)):
        stream = ReportBytes(getattr(sys.stdin, "buffer", sys.stdin), "standard input")
    else:
        stream = ReportBytes(source, "the stream")
    batches = _read_stream(stream, text_column, batch_size)
    return map(split_batch, batches) if by_section else batches


def read_files(
    files: ReportFiles,
    text_column: str | None = None,
    batch_size: int = 1000,
    *,
    groups: tuple[int, int, int] | None = None,
    names_files: bool = False,
    by_section: bool = False,
) -> Iterator[Batch]:
    """Read files that were found, as `read_reports` does.

    Parameters
    ----------
    files : ReportFiles
    text_column, batch_size, by_section
        As `read_reports` takes them.
    groups : (int, int, int), optional
        As `sheets.read_parquet` takes it.
    names_files : bool
        Whether rejects of tables tell the file before the row.

    Returns
    -------
    iterator of Batch
    """
    batches = (
        _read_tables(files, text_column, batch_size, groups, names_files)
        if files.tabular
        else _read_pages(files, batch_size)
    )
    return map(split_batch, batches) if by_section else batches


def _read_tables(
    files: ReportFiles,
    text_column: str | None,
    batch_size: int,
    groups: tuple[int, int, int] | None,
    names_files: bool,
) -> Iterator[Batch]:
    for place, path in enumerate(files.paths):
        prefix = f"{files.name(path)}:" if names_files else ""
        with told(path):
            for batch in _batches(read_table(path, batch_size, groups=groups), str(path), text_column, prefix):
                share = None if batch.share is None else (place + batch.share) / len(files.paths)
                yield replace(batch, share=share)


def read_table(
    path: Path, batch_size: int = 1000, repeats: bool = False, groups: tuple[int, int, int] | None = None
) -> Iterator[Block]:
    """Read the rows of one table, whatever its columns.

    Parameters
    ----------
    path : Path
        CSV, TSV, JSON Lines, JSON, Parquet or Excel, by its ending; anything else is read as CSV. The first three may
        be compressed (`compressed.COMPRESSIONS`).
    batch_size : int
        Rows a block at most.
    repeats : bool
        Whether columns of CSV, TSV and Excel may share a name; the second becomes ``<name>.1``.
    groups : (int, int, int), optional
        Of a Parquet file, as `sheets.read_parquet` takes it.

    Yields
    ------
    Block

    Raises
    ------
    ReportError
        If the file is missing, empty, damaged or no table.
    """
    kind = kind_of(path)
    if kind == ".parquet":
        yield from sheets.read_parquet(path, batch_size, groups)
        return
    if kind == ".xlsx":
        yield from sheets.read_excel(path, batch_size, repeats)
        return
    try:
        with path.open("rb") as file:
            ending = compression_of(path)
            content = io.BufferedReader(Expanded(file, ending, str(path))) if ending else file
            stream = ReportBytes(content, str(path), size_of(path), file.tell if ending else None)
            if not stream.head.strip():
                raise ReportError(f"{path}: found an empty file; expected reports, one a row.")
            if kind == ".json":
                yield from tables.read_json_array(stream, batch_size)
            elif kind in (".jsonl", ".ndjson"):
                yield from tables.read_json_lines(stream, batch_size)
            else:
                delimiters = "\t" if kind == ".tsv" else tables.DELIMITERS
                yield from tables.read_delimited(stream, batch_size, delimiters, repeats)
    except OSError as error:
        raise ReportError(
            f"{path}: cannot be read ({error.strerror or error}); check the file and your rights."
        ) from error


def _read_stream(stream: ReportBytes, text_column: str | None, batch_size: int) -> Iterator[Batch]:
    for magic, kind in _BINARY.items():
        if stream.head.startswith(magic):
            raise ReportError(f"{stream.name}: found {kind}, expected text; give the path of the file instead.")
    head = stream.head_text().lstrip("\ufeff \t\r\n")
    if not head:
        raise ReportError(f"{stream.name}: found nothing; expected reports as JSON Lines, CSV or plain text.")
    if head[0] == "{":
        blocks = tables.read_json_lines(stream, batch_size)
    elif head[0] == "[" and head[1:].lstrip()[:1] == "{":
        blocks = tables.read_json_array(stream, batch_size)
    elif text_column or find_column(tables.sniff_header(head), TEXT_COLUMNS):
        blocks = tables.read_delimited(stream, batch_size)
    else:
        frame = object_frame(["file", "title"], [["-"], [""]], 1)
        yield batch_of_texts(Block(frame, [1]), [""], [stream.text().read(MOST_CHARACTERS + 1)], lambda _: "-")
        return
    yield from _batches(blocks, stream.name, text_column)


def _batches(blocks: Iterator[Block], source: str, text_column: str | None, prefix: str = "") -> Iterator[Batch]:
    text = None
    for block in blocks:
        names = list(block.frame.columns)
        if text is None and names:
            text = choose_text(names, source, text_column)
        # JSON objects may have titles later than texts.
        title = find_column((name for name in names if name != text), TITLE_COLUMNS)
        yield batch_of_rows(block, text, title, lambda number: f"{prefix}{number}")


def _read_pages(files: ReportFiles, batch_size: int) -> Iterator[Batch]:
    names = [files.name(path) for path in files.paths]
    for start in range(0, len(names), batch_size):
        places, titles, texts, rejects = [], [], [], []
        for place, path in enumerate(files.paths[start : start + batch_size], start=start):
            try:
                title, text = read_page(path)
            except ReportError as error:
                rejects.append((place, str(error)))
                continue
            places.append(place)
            titles.append(mend(title))
            texts.append(text)
        frame = object_frame(["file", "title"], [[names[place] for place in places], titles], len(places))
        share = min(1.0, (start + batch_size) / len(names))
        yield batch_of_texts(Block(frame, places, rejects, share), titles, texts, names.__getitem__)
