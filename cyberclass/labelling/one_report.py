"""One report out of a source."""

from collections.abc import Iterator
from pathlib import Path

from cyberclass.errors import ReportError
from cyberclass.labelling.writers import check_apart
from cyberclass.text.batches import Batch
from cyberclass.text.folders import find_reports
from cyberclass.text.readers import read_reports


def read_one(source: str, row: int | None, text_column: str | None, output: Path | None) -> tuple[str, str]:
    """Read one report: a file that is one, or a row of a table.

    Parameters
    ----------
    source : str
        As `cyberclass.text.readers.read_reports` takes it, but one file.
    row : int, optional
        Of a table, from 1; needed if it has several.
    text_column : str, optional
    output : Path, optional
        A file that is to be written.

    Returns
    -------
    name, text : str
        What the report is called, and its title and text as they were before any repair.

    Raises
    ------
    ReportError
        If the source cannot be read, holds several reports or none, or the row has no text.
    """
    is_table = True
    name = where = "standard input"
    if source != "-":
        name, where = Path(source).name, source
        files = find_reports(source)
        if len(files.paths) > 1:
            raise ReportError(
                f"{source}: found {len(files.paths):,} files; expected one report: name one of them, or use label "
                "--evidence for all."
            )
        check_apart(files.paths, *filter(None, [output]))
        is_table = files.tabular
        if row is not None and not is_table:
            raise ReportError(f"{source}: found one report, not a table; leave out --row.")
    found = _find(read_reports(source, text_column), where, row)
    return (f"{name}, row {row}" if row is not None and is_table else name), found


def _find(batches: Iterator[Batch], source: str, row: int | None) -> str:
    before = 0
    found = ""
    for batch in batches:
        rejects = {_number(name): reason for name, reason in batch.rejects.itertuples(index=False)}
        size = len(batch.texts) + len(rejects)
        if row is None and before + size > 1:
            raise ReportError(
                f"{source}: found a table of several reports; name one with --row, or use label --evidence for all."
            )
        wanted = before + 1 if row is None else row
        if size and before < wanted <= before + size:
            reason = next(iter(rejects.values())) if row is None and rejects else rejects.get(wanted)
            if reason:
                raise ReportError(
                    f"{source}: nothing could be explained{'' if row is None else f' in row {row}'}: {reason}."
                )
            place = wanted - before - 1 - sum(number < wanted for number in rejects)
            found = batch.originals.get(place, batch.texts[place])
            if row is not None:
                return found
        before += size
    if not found:
        raise ReportError(
            f"{source}: found {before:,} report{'' if before == 1 else 's'}; expected "
            + ("one report." if row is None else f"a row {row}: choose another --row.")
        )
    return found


def _number(name: str) -> int:
    return int(name) if name.isdigit() else 1
