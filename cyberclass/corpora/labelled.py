"""Labelled reports of any kind of table, as documents of the one schema."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from cyberclass.corpora.documents import frame_of, raise_first
from cyberclass.corpora.faults import Fault
from cyberclass.corpora.lines import UNIQUE, Places, corpus_files, read_rows, repetitions
from cyberclass.corpora.tables import RowFault, layout, read_documents, strict_complaints
from cyberclass.errors import CorpusError
from cyberclass.taxonomy import CODEBOOK, Taxonomy

_LINES = (".jsonl", ".ndjson")


def read_labelled(paths: Sequence[Path], taxonomy: Taxonomy = CODEBOOK) -> pd.DataFrame:
    """Read labelled documents from JSON Lines as the codebook lays them out, or from any table.

    A table (CSV, TSV, Excel, Parquet, JSON) needs a text, as `cyberclass label` finds it, and one or more of the
    columns ``is_incident`` (true or false; true if missing), ``motivation`` (a motivation or "undetermined"; empty:
    not coded) and ``impact`` (domains joined by ";", "none"; empty: not coded). Other columns of `documents.COLUMNS`
    are taken over as they are; those that are none of these are not read.

    Parameters
    ----------
    paths : sequence of Path
        Files, or folders of ``*.jsonl``.
    taxonomy : Taxonomy
        The labels that documents may have.

    Returns
    -------
    DataFrame
        As `documents.read_corpus` returns it.

    Raises
    ------
    CorpusError
        For the first row without a text, or with a label that is not known; or a table without labels. A table may
        otherwise have what the codebook forbids, such as short texts: `read_checked` lets no such pass.
    ReportError
        For a file that cannot be read as a table.
    """
    rows, faults = _read(paths, taxonomy, strict=False)
    raise_first(faults)
    return _frame(rows)


def read_checked(paths: Sequence[Path], taxonomy: Taxonomy = CODEBOOK, unique: Sequence[str] = UNIQUE) -> pd.DataFrame:
    """Read labelled documents that follow the codebook in all, whatever file they are in.

    Parameters
    ----------
    paths : sequence of Path
    taxonomy : Taxonomy
        As `read_labelled` takes them.
    unique : sequence of str
        Of `lines.UNIQUE`, what no two documents may share.

    Returns
    -------
    DataFrame
        As `documents.read_corpus` returns it.

    Raises
    ------
    CorpusError
        At the first fault, with the number of those that follow.
    ReportError
        For a file that cannot be read as a table.
    """
    rows, faults = _read(paths, taxonomy, strict=True, unique=unique)
    raise_first(faults)
    return _frame(rows)


def check_labelled(paths: Sequence[Path], taxonomy: Taxonomy = CODEBOOK) -> list[Fault]:
    """Find every fault of labelled documents, whatever file they are in; parameters as of `read_labelled`.

    Returns
    -------
    list of Fault
        Those of tables are `tables.RowFault`.

    Raises
    ------
    CorpusError, ReportError
        For a file that cannot be read at all.
    """
    return _read(paths, taxonomy, strict=True)[1]


def labelled_files(paths: Sequence[Path]) -> list[Path]:
    """List the files that paths stand for, as `lines.corpus_files` does, each once."""
    return list(dict.fromkeys(corpus_files(paths)))


def unique_ids(ids: pd.Series, sources: pd.Series) -> pd.Series:
    """Tell documents apart that have one id: by their source before it, and where this is the same, by a number."""
    repeated = ids.duplicated(keep=False)
    ids = ids.where(~repeated, sources + ":" + ids)
    while (repeated := ids.duplicated(keep=False)).any():
        ids = ids.where(~repeated, ids + ":" + pd.Series(range(len(ids)), index=ids.index).astype(str))
    return ids


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = frame_of(rows)
    # Several tables may number their rows alike.
    ids = unique_ids(frame["id"], frame["source"])
    return frame.assign(id=ids, incident=frame["incident"].where(frame["incident"] != frame["id"], ids))


def _read(
    paths: Sequence[Path], taxonomy: Taxonomy, *, strict: bool, unique: Sequence[str] = UNIQUE
) -> tuple[list[dict[str, Any]], list[Fault]]:
    if not paths:
        raise CorpusError("No labelled reports were named; give files, or folders of *.jsonl.")
    rows: list[dict[str, Any]] = []
    faults: list[Fault] = []
    places: Places = {}
    files = corpus_files(paths)
    for file in files:
        if file.suffix.lower() in _LINES:
            read, found = read_rows(file, taxonomy, unique, places)
        else:
            read, found = _read_table(file, taxonomy, places, strict=strict, unique=unique)
        rows.extend(read)
        faults.extend(found)
    return rows, faults


def _read_table(
    path: Path, taxonomy: Taxonomy, places: Places, *, strict: bool, unique: Sequence[str]
) -> tuple[list[dict[str, Any]], list[Fault]]:
    rows: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for number, document, found in read_documents(path, taxonomy):
        if strict:
            found = strict_complaints(document, number, found, taxonomy)
            found.extend(repetitions(document, f"{path}, row {number}", places, unique))
        faults.extend(RowFault(str(path), number, *complaint) for complaint in found)
        if document:
            rows.append(layout(document, number, path, taxonomy))
    if not rows and not faults:
        raise CorpusError(f"{path}: found no labelled report; expected one a row.")
    return rows, faults
