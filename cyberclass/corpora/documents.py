"""Labelled documents: JSON Lines files, checked against the codebook, as one DataFrame."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from cyberclass.corpora.faults import Fault, complaints
from cyberclass.errors import CorpusError
from cyberclass.taxonomy import CODEBOOK, UNDETERMINED, Taxonomy
from cyberclass.text.report import join_title

#: The columns of every corpus DataFrame, one row a document; `read_corpus` says what each holds.
COLUMNS = (
    "id",
    "incident",
    "date",
    "title",
    "text",
    "is_incident",
    "motivation",
    "motivation_secondary",
    "impact",
    "actor",
    "genre",
    "basis",
    "source",
    "impact_coded",
    "source_motivation",
    "source_impact",
    "mapping",
)

Paths = str | Path | Sequence[str | Path]


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
    rows, faults = _read(paths, taxonomy)
    if faults:
        more = len(faults) - 1
        rest = f" ({more} more: run `cyberclass corpus check` to see all)" if more else ""
        raise CorpusError(f"{faults[0]}{rest}.")
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object).astype({"is_incident": bool})


def check_corpus(paths: Paths, taxonomy: Taxonomy = CODEBOOK) -> pd.DataFrame:
    """Find every fault of labelled documents.

    Parameters
    ----------
    paths : str, Path or sequence of them
    taxonomy : Taxonomy
        As `read_corpus` takes them.

    Returns
    -------
    DataFrame
        The columns file, line (from 1), field, found and expected, one row a fault; empty when there is none.

    Raises
    ------
    CorpusError
        When there is no file to read.
    """
    return pd.DataFrame(_read(paths, taxonomy)[1], columns=list(Fault._fields))


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
    path = Path(path)
    aside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with aside.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
                for row in frame[list(COLUMNS)].to_dict("records"):
                    file.write(json.dumps(document_of(row), ensure_ascii=False) + "\n")
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
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


def _read(paths: Paths, taxonomy: Taxonomy) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Read all rows that could be read and all faults; both in the order of files and lines."""
    rows: list[dict[str, Any]] = []
    faults: list[Fault] = []
    places: dict[tuple[str, str], str] = {}
    for path in _files(paths):
        documents = 0
        for line, document, found in _lines(path, taxonomy):
            documents += 1
            faults.extend(Fault(str(path), line, *complaint) for complaint in found)
            if not isinstance(document, dict):
                continue
            for complaint in _repeated(document, f"{path}, line {line}", places):
                faults.append(Fault(str(path), line, *complaint))
            rows.append(_row(document, path.stem, taxonomy))
        if not documents:
            faults.append(Fault(str(path), 1, "", "an empty file", "one JSON object a line"))
    return rows, faults


def _files(paths: Paths) -> list[Path]:
    given: Iterable[str | Path] = [paths] if isinstance(paths, str | Path) else paths
    files: list[Path] = []
    for path in map(Path, given):
        if path.is_dir():
            inside = sorted(file for file in path.glob("*.jsonl") if file.is_file())
            if not inside:
                raise CorpusError(f"{path}: found no *.jsonl file in this folder; expected labelled documents.")
            files.extend(inside)
        elif path.is_file():
            files.append(path)
        else:
            raise CorpusError(f"{path}: found no such file or folder; expected labelled documents as JSON Lines.")
    if not files:
        raise CorpusError("No corpus was named; give a folder or files of labelled documents (*.jsonl).")
    return files


def _lines(path: Path, taxonomy: Taxonomy) -> Iterator[tuple[int, Any, list[tuple[str, str, str]]]]:
    """Yield line number, document (None when unreadable) and complaints for each line that is not blank."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); check its permissions.") from error
    # Split on the byte: str.splitlines would also cut at U+2028, which JSON allows inside a string.
    for number, raw in enumerate(content.split(b"\n"), 1):
        found = []
        if number == 1 and raw.startswith(b"\xef\xbb\xbf"):
            raw = raw[3:]
            found.append(("", "a byte order mark", "UTF-8 without one: save the file again without it"))
        if not raw.strip():
            if found:
                yield number, None, found
            continue
        document = None
        try:
            document = json.loads(raw.decode("utf-8"))
        except UnicodeDecodeError as error:
            found.append(("", f"the byte 0x{raw[error.start]:02x} at {error.start}", "UTF-8: save the file again so"))
        except (ValueError, RecursionError) as error:
            found.append(("", f"no JSON ({error})", "a JSON object, one document a line"))
        else:
            found.extend(complaints(document, taxonomy))
        yield number, document, found


def _repeated(
    document: dict[str, Any], place: str, places: dict[tuple[str, str], str]
) -> Iterator[tuple[str, str, str]]:
    """Complain of an id or a text that stood before, and remember both."""
    for field, remedy in (
        ("id", "an id of its own"),
        ("text", "a text of its own: remove one of the two documents"),
    ):
        value = document.get(field)
        if not isinstance(value, str) or not value.strip():
            continue
        key = (field, value if field == "id" else " ".join(value.casefold().split()))
        if (first := places.setdefault(key, place)) != place:
            yield field, f"the {field} of {first}", remedy


def _row(document: dict[str, Any], stem: str, taxonomy: Taxonomy) -> dict[str, Any]:
    """Lay a document out as the schema says."""
    row = {column: document.get(column) for column in COLUMNS}
    is_incident = document.get("is_incident")
    row["incident"] = row["incident"] or row["id"]
    row["title"] = row["title"] or ""
    row["source"] = row["source"] or stem
    if not is_incident:
        row["impact"], row["impact_coded"] = [], None
    else:
        for field in ("impact", "impact_coded"):
            if isinstance(given := document.get(field), list):
                row[field] = [domain for domain in taxonomy.impacts if domain in given]
    if is_incident and "motivation" in document and document["motivation"] is None:
        row["motivation"] = UNDETERMINED
    return row
