"""A corpus -> a file of any kind, from which `corpora.labelled` reads the same corpus."""

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from cyberclass.corpora.documents import write_corpus
from cyberclass.corpora.merging import Merged
from cyberclass.corpora.sources.importing import Imported
from cyberclass.corpora.tables import table_of
from cyberclass.errors import ReportError
from cyberclass.labelling.writers import open_writer

_LINES = (".jsonl", ".ndjson")

#: What a cell of Excel does not give back: characters that XML cannot hold or that it turns into others, and what
#: Excel takes for the code of one.
_LOST_BY_EXCEL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9a-fA-F]{4}_")


def write_labelled(frame: pd.DataFrame, path: str | Path) -> None:
    """Write labelled documents, whole or not at all.

    Parameters
    ----------
    frame : DataFrame
        As `corpora.documents.read_corpus` returns it.
    path : str or Path
        JSON Lines as the codebook has them (.jsonl, .ndjson), or a table of the columns `corpora.lines.COLUMNS` (.csv,
        .tsv, .parquet, .xlsx): the same documents, read back.

    Raises
    ------
    CorpusError, ReportError
        If the file cannot be written, its ending is another, or its kind cannot hold a text.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind in _LINES:
        write_corpus(frame, path)
        return
    writer = open_writer(path)
    _make_folder(path)
    if kind == ".xlsx":
        _check_excel(frame, path)
    with writer:
        writer.write(table_of(frame))


def write_merged(merged: Merged, path: str | Path) -> Path | None:
    """Write a corpus made of several, and beside it what contradicts each other.

    Parameters
    ----------
    merged : Merged
        As `corpora.merging.merge_corpora` returns it.
    path : str or Path
        As `write_labelled` takes it.

    Returns
    -------
    Path or None
        ``<path>.conflicts.csv``, if there are any; one that an earlier run left there is removed if not.

    Raises
    ------
    CorpusError, ReportError
        As `write_labelled` does.
    """
    return _write_beside(merged.documents, path, merged.conflicts, "conflicts")


def write_imported(imported: Imported, path: str | Path) -> Path | None:
    """Write the documents of a database, and beside them what was set aside.

    Parameters
    ----------
    imported : Imported
        As `corpora.sources.importing.import_source` returns it.
    path : str or Path
        As `write_labelled` takes it.

    Returns
    -------
    Path or None
        ``<path>.rejects.csv``, if there are any; one that an earlier run left there is removed if not.

    Raises
    ------
    CorpusError, ReportError
        As `write_labelled` does.
    """
    return _write_beside(imported.documents, path, imported.rejects, "rejects")


def _write_beside(frame: pd.DataFrame, path: str | Path, listed: pd.DataFrame, what: str) -> Path | None:
    list_path = list_beside(path, what)
    if list_path.is_dir():
        raise ReportError(f"{list_path}: found a folder where a list is to be written; remove it or name another file.")
    if listed.empty:
        write_labelled(frame, path)
        list_path.unlink(missing_ok=True)
        return None
    _make_folder(list_path)
    # The list appears when the documents have: none of what was not written.
    with open_writer(list_path) as writer:
        writer.write(listed)
        write_labelled(frame, path)
    return list_path


def list_beside(path: str | Path, what: str) -> Path:
    """Name the list beside a file of documents: of its "rejects", or "conflicts"."""
    return Path(f"{path}.{what}.csv")


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportError(f"{path}: cannot be written ({error.strerror}); choose another folder.") from error


def _check_excel(frame: pd.DataFrame, path: Path) -> None:
    for column in frame.columns:
        for id_, value in zip(frame["id"], frame[column], strict=True):
            for text in _strings(value):
                if lost := _LOST_BY_EXCEL.search(text):
                    raise ReportError(
                        f"{path}: found {lost.group()!r} in the {column} of document {id_!r}, which Excel would "
                        "change; write a .csv or .parquet file."
                    )


def _strings(value: object) -> Iterable[str]:
    return [value] if isinstance(value, str) else value if isinstance(value, list) else []
