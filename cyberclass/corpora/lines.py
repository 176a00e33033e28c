"""Lines of JSON -> rows of the one schema, and every fault of the documents."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from cyberclass.corpora.faults import COLUMNS, Complaint, Fault, complaints
from cyberclass.errors import CorpusError
from cyberclass.taxonomy import CODEBOOK, UNDETERMINED, Taxonomy
from cyberclass.text.signatures import foreign_kind

Paths = str | Path | Sequence[str | Path]

#: Where a field's value stood first, by field and value.
Places = dict[tuple[str, str], str]

_REMEDIES = {"id": "an id of its own", "text": "a text of its own: remove one of the two documents"}

#: What no two documents of a corpus may share.
UNIQUE = tuple(_REMEDIES)


def read_rows(
    paths: Paths,
    taxonomy: Taxonomy = CODEBOOK,
    unique: Sequence[str] = UNIQUE,
    places: Places | None = None,
) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Read every document that can be read, and find every fault.

    Parameters
    ----------
    paths : str, Path or sequence of them
    taxonomy : Taxonomy
        As `read_corpus` takes them.
    unique : sequence of str
        Of `UNIQUE`, what no two documents may share.
    places : dict, optional
        Where ids and texts stood that were read before; those read now are added.

    Returns
    -------
    rows : list of dict
        By `COLUMNS`; of a document with faults, whatever there is.
    faults : list of Fault
        Both in the order of files and lines.
    """
    rows: list[dict[str, Any]] = []
    faults: list[Fault] = []
    places = {} if places is None else places
    for path in corpus_files(paths):
        documents = 0
        for line, document, found in _lines(path, taxonomy):
            documents += 1
            faults.extend(Fault(str(path), line, *complaint) for complaint in found)
            if not isinstance(document, dict):
                continue
            for complaint in repetitions(document, f"{path}, line {line}", places, unique):
                faults.append(Fault(str(path), line, *complaint))
            rows.append(row_of(document, path.stem, taxonomy))
        if not documents:
            faults.append(Fault(str(path), 1, "", "an empty file", "one JSON object a line"))
    return rows, faults


def corpus_files(paths: Paths) -> list[Path]:
    """List the files that paths stand for: themselves, and of a folder every ``*.jsonl`` directly inside, by name.

    Raises
    ------
    CorpusError
        If there is none, or one of the paths stands for none.
    """
    given: Iterable[str | Path] = [paths] if isinstance(paths, str | Path) else paths
    files: list[Path] = []
    for path in map(Path, given):
        try:
            files.extend(_files_at(path))
        except OSError as error:
            raise CorpusError(f"{str(path)[:200]}: cannot be opened ({error.strerror}); check the path.") from error
    if not files:
        raise CorpusError("No corpus was named; give a folder or files of labelled documents (*.jsonl).")
    return files


def _files_at(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise CorpusError(f"{path}: found no such file or folder; expected labelled documents as JSON Lines.")
    inside = sorted(file for file in path.glob("*.jsonl") if file.is_file())
    if not inside:
        raise CorpusError(f"{path}: found no *.jsonl file in this folder; expected labelled documents.")
    return inside


def _lines(path: Path, taxonomy: Taxonomy) -> Iterator[tuple[int, Any, list[Complaint]]]:
    """Yield line number, document (None when unreadable) and complaints for each line that is not blank."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); check its permissions.") from error
    if foreign := foreign_kind(content):
        yield 1, None, [("", *foreign)]
        return
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


def repetitions(
    document: dict[str, Any], place: str, places: Places, unique: Sequence[str] = UNIQUE
) -> Iterator[Complaint]:
    """Complain of an id or a text that stood before, and remember both.

    Parameters
    ----------
    document : dict
    place : str
        Where it stands.
    places : dict
        Where those before stood; changed in place.
    unique : sequence of str
        Of `UNIQUE`, the fields to look at.

    Yields
    ------
    tuple of str
        Field, found, expected.
    """
    for field in unique:
        value = document.get(field)
        if not isinstance(value, str) or not value.strip():
            continue
        key = (field, value if field == "id" else words_of(value))
        if (first := places.setdefault(key, place)) != place:
            yield field, f"the {field} of {first}", _REMEDIES[field]


def words_of(text: str) -> str:
    """Give a text's words in lower case, with one space between: what two copies of a text share."""
    return " ".join(text.casefold().split())


def row_of(document: dict[str, Any], stem: str, taxonomy: Taxonomy = CODEBOOK) -> dict[str, Any]:
    """Lay a document of the codebook out as the schema says.

    Parameters
    ----------
    document : dict
        What one line of JSON holds.
    stem : str
        The source of one that names none.
    taxonomy : Taxonomy
    """
    row: dict[str, Any] = {column: document.get(column) for column in COLUMNS}
    is_incident = document.get("is_incident")
    row["incident"] = row["incident"] or row["id"]
    row["title"] = row["title"] or ""
    row["source"] = row["source"] or stem
    if not is_incident:
        row["impact"], row["impact_coded"] = [], None
    else:
        for field in ("impact", "impact_coded"):
            if isinstance(row[field], list):
                row[field] = [domain for domain in taxonomy.impacts if domain in row[field]]
    if is_incident and "motivation" in document and document["motivation"] is None:
        row["motivation"] = UNDETERMINED
    return row
