"""Frames of rows -> one file, in the format that its ending names."""

from collections.abc import Iterable
from pathlib import Path

from cyberclass.errors import ReportError
from cyberclass.labelling.writer import ReportWriter
from cyberclass.text.compressed import kind_of
from cyberclass.text.places import place_of

#: Endings of the files that can be written.
ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".xlsx")

#: Those of them whose files can be joined (`ReportWriter.append`).
JOINED = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")


def open_writer(path: str | Path, safe_cells: bool = False) -> ReportWriter:
    """Choose the writer of a file by its ending.

    Parameters
    ----------
    path : str or Path
        Ends in one of `ENDINGS`, or is a table compressed as `cyberclass.text.compressed` has it; "-" is CSV on
        standard output.
    safe_cells : bool
        Neutralise what a spreadsheet would take for a formula (`labelling.formulas.neutralise`) in CSV, TSV and Excel;
        other files hold no formulas.

    Returns
    -------
    ReportWriter
        For use in a ``with`` statement.

    Raises
    ------
    ReportError
        If nothing writes files of that ending.
    """
    kind = ".csv" if str(path) == "-" else kind_of(place_of(path))
    writer = _choose(path, kind)
    writer.safe_cells = safe_cells and kind in (".csv", ".tsv", ".xlsx")
    return writer


def _choose(path: str | Path, kind: str) -> ReportWriter:
    if kind in (".csv", ".tsv"):
        from cyberclass.labelling.plain import DelimitedWriter

        return DelimitedWriter(path, "\t" if kind == ".tsv" else ",")
    if kind in (".jsonl", ".ndjson"):
        from cyberclass.labelling.plain import JsonLinesWriter

        return JsonLinesWriter(path)
    if kind == ".parquet":
        from cyberclass.labelling.parquet import ParquetWriter

        return ParquetWriter(path)
    if kind == ".xlsx":
        from cyberclass.labelling.excel import ExcelWriter

        return ExcelWriter(path)
    kind = place_of(path).suffix.lower()
    raise ReportError(f"{path}: found the ending {kind!r}; expected {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}.")


def check_apart(read: Iterable[Path], *outputs: Path) -> None:
    """Check that no file to write is among those to read.

    Raises
    ------
    ReportError
        If one is.
    """
    known = {path.resolve() for path in read}
    for path in outputs:
        if path.resolve() in known:
            raise ReportError(f"{path}: is among the files to read; name another output, so that none is lost.")
