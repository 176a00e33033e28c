"""Labelled documents: JSON Lines files, checked against the codebook, as one DataFrame."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pandas as pd

from cyberclass.corpora.faults import COLUMNS, Fault
from cyberclass.corpora.lines import Paths, read_rows
from cyberclass.errors import CorpusError
from cyberclass.taxonomy import CODEBOOK, UNDETERMINED, Taxonomy
from cyberclass.text.report import join_title
from cyberclass.text.whole import aside


def read_corpus(paths: Paths, taxonomy: Taxonomy = CODEBOOK) -> pd.DataFrame:
    """Read labelled documents; every one must follow the codebook.

    Parameters
    ----------
    paths : str, Path or sequence of them
        JSON Lines files, or folders of them (every ``*.jsonl`` directly inside, by name).
    taxonomy : Taxonomy
        The labels that documents may have.

    Returns
    -------
    DataFrame
        The columns `COLUMNS`, one row a document, in the order of files and lines. `is_incident` is bool; the
        others hold Python objects, and None where nothing is known. `motivation` is one of the taxonomy's;
        "undetermined" (null in the file) for an incident whose text gives no basis for one; None for a document that
        is no incident or whose file leaves the field out (not coded). `impact` is a list in the order of the
        taxonomy, empty where no domain applies, or None where domains are not coded; `impact_coded` lists the domains
        that are, or is None where all are or none is. `incident` falls back to the id, `title` to "", `source` to the
        name of the file without its suffix.

    Raises
    ------
    CorpusError
        At the first fault, with the number of those that follow; or when there is no file to read.
    """
    rows, faults = read_rows(paths, taxonomy)
    raise_first(faults)
    return frame_of(rows)


def raise_first(faults: Sequence[Fault]) -> None:
    """Raise a CorpusError for the first of some faults, with the number of those that follow; or do nothing."""
    if faults:
        more = len(faults) - 1
        rest = f" ({more} more: run `cyberclass corpus check` to see all)" if more else ""
        raise CorpusError(f"{faults[0]}{rest}.")


def frame_of(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Make a corpus DataFrame of rows of the schema; those without a fault, at least."""
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object).astype({"is_incident": bool})


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows of a corpus DataFrame, by `COLUMNS`."""
    rows: list[Any] = frame[list(COLUMNS)].to_dict("records")
    return rows


def texts_of(frame: pd.DataFrame) -> list[str]:
    """Join every document's title and text, as a model reads them."""
    return [join_title(title, text) for title, text in zip(frame["title"], frame["text"], strict=True)]


def corpus_hash(frame: pd.DataFrame) -> str:
    """Name the content of a corpus.

    Parameters
    ----------
    frame : DataFrame
        As `read_corpus` returns it.

    Returns
    -------
    str
        SHA-256 in hexadecimal of all columns but `source`, by id: the same whatever the order of rows, the names
        of files, their line breaks or the order of keys in a line.
    """
    columns = [column for column in COLUMNS if column != "source"]
    ordered = frame[columns].sort_values("id", kind="stable")
    digest = hashlib.sha256()
    for row in zip(*(ordered[column].tolist() for column in columns), strict=True):
        digest.update(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def write_corpus(frame: pd.DataFrame, path: str | Path) -> None:
    """Write labelled documents as `read_corpus` reads them, whole or not at all.

    Parameters
    ----------
    frame : DataFrame
        As `read_corpus` returns it.
    path : str or Path
        A file of JSON Lines; one that stood there is replaced.

    Raises
    ------
    CorpusError
        If the file cannot be written.
    """
    write_corpora({Path(path): frame})


def write_corpora(frames: Mapping[Path, pd.DataFrame]) -> None:
    """Write several corpora as `write_corpus` does one; all of them, or none.

    Parameters
    ----------
    frames : mapping of Path to DataFrame

    Raises
    ------
    CorpusError
        If a file cannot be written.
    """
    path = Path()
    try:
        with ExitStack() as stack:
            for path, frame in frames.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                part = stack.enter_context(aside(path))
                with part.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
                    for row in rows_of(frame):
                        file.write(json.dumps(document_of(row), ensure_ascii=False) + "\n")
    except OSError as error:
        raise CorpusError(f"{path}: cannot be written ({error.strerror}); choose another file.") from error


def document_of(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Write a row of the schema as the codebook has it: null for undetermined, no field for what is not coded."""
    document: dict[str, Any] = {
        field: value for field, value in row.items() if isinstance(value, list | str | bool) and value != ""
    }
    if document.get("motivation") == UNDETERMINED or not row["is_incident"]:
        document["motivation"] = None
    return document
