"""Labelled tables of any kind -> rows of the one schema, and every fault; and the other way."""

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cyberclass.corpora.faults import Complaint, Fault, complaints, date_complaints, shown
from cyberclass.corpora.lines import COLUMNS, row_of, words_of
from cyberclass.errors import CorpusError, ReportError
from cyberclass.taxonomy import CODEBOOK, NO_DOMAIN, UNDETERMINED, Taxonomy
from cyberclass.text.batches import TEXT_COLUMNS, TITLE_COLUMNS, find_column
from cyberclass.text.folders import TABLES
from cyberclass.text.mending import mend
from cyberclass.text.readers import read_table
from cyberclass.text.report import join_title
from cyberclass.text.signatures import packed_kind

#: Columns that hold labels; one of them must be there.
LABELS = ("is_incident", "motivation", "impact")

#: Columns that hold several values, which a cell joins by semicolons.
LISTS = ("impact", "impact_coded")

#: What a cell says for true and for false, in lower case.
YES, NO = frozenset({"true", "yes", "1", "1.0"}), frozenset({"false", "no", "0", "0.0"})
_TEXT_KINDS = (".csv", ".tsv", ".json")
_MOST_NAMES = 20


class RowFault(Fault):
    """A fault in a row of a table: `line` is the row's number, from 1 below the header, `field` the column."""

    __slots__ = ()

    def __str__(self) -> str:
        column = f", column {self.field!r}" if self.field else ""
        return f"{self.file}, row {self.line}{column}: found {self.found}; expected {self.expected}"


def read_documents(path: Path, taxonomy: Taxonomy = CODEBOOK) -> Iterator[tuple[int, dict[str, Any], list[Complaint]]]:
    """Read the labelled rows of a table as documents of the codebook.

    Parameters
    ----------
    path : Path
        CSV, TSV, JSON, Parquet or Excel. A table with all columns of a corpus, as `table_of` makes it, is read to the
        letter; in another, spaces around a cell do not count and texts are mended (`cyberclass.text.mending.mend`).
    taxonomy : Taxonomy

    Yields
    ------
    row : int
        Its number, from 1.
    document : dict
        As a line of JSON would have it, the fields it knows; empty where the row cannot be read.
    complaints : list
        What is wrong with the cells themselves, whatever else the codebook asks.

    Raises
    ------
    CorpusError, ReportError
        If the file cannot be read, or is no table with a text and labels.
    """
    _check_kind(path)
    names: dict[str, None] = {}
    columns: dict[str, str | None] = {}
    for block in read_table(path):
        # Objects of JSON may have their fields in any later row.
        if fresh := block.frame.columns.difference(list(names)).tolist():
            names.update(dict.fromkeys(name for name in block.frame.columns if name in fresh))
            columns = _columns(list(names), path)
        to_the_letter = set(COLUMNS) <= names.keys()
        found: list[tuple[int, dict[str, Any], list[Complaint]]] = [
            (number, {}, [("", reason, "a labelled text, or no such row")]) for number, reason in block.rejects
        ]
        records = block.frame.to_dict("records")
        for number, record in zip(block.rows, records, strict=True):
            cells = {name: _value(record.get(column)) for name, column in columns.items() if column}
            if not to_the_letter:
                cells = {name: value.strip() if isinstance(value, str) else value for name, value in cells.items()}
            found.append((number, *_document(cells, taxonomy, to_the_letter)))
        yield from sorted(found, key=lambda each: each[0])


def layout(document: dict[str, Any], number: int, path: Path, taxonomy: Taxonomy = CODEBOOK) -> dict[str, Any]:
    """Lay a document of a table out as the schema says; its id falls back to the row's number.

    The incident of one that has neither this nor an id is named by its words: by the number, it would come into another
    fold whenever rows change places.
    """
    if "id" not in document and "incident" not in document:
        words = words_of(join_title(document.get("title", ""), document["text"]))
        document = {**document, "incident": f"text-{sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"}
    return row_of({"id": str(number), **document}, path.stem, taxonomy)


def strict_complaints(
    document: dict[str, Any], number: int, found: Sequence[Complaint], taxonomy: Taxonomy = CODEBOOK
) -> list[Complaint]:
    """Add what the codebook asks of a document to what is wrong with its cells."""
    if not document:
        return list(found)
    known = {field for field, _, _ in found}
    asked = complaints({"id": str(number), **document}, taxonomy)
    return [*found, *(complaint for complaint in asked if complaint[0] not in known)]


def table_of(frame: pd.DataFrame) -> pd.DataFrame:
    """Write a corpus as a table of plain cells, which `read_documents` reads back to the letter.

    Parameters
    ----------
    frame : DataFrame
        As `documents.read_corpus` returns it.

    Returns
    -------
    DataFrame
        The columns `COLUMNS`. Lists are joined by semicolons, "none" where they are empty; what is not known is None.
    """
    table = frame[list(COLUMNS)].reset_index(drop=True)
    for name in LISTS:
        cells = [None if value is None else join_domains(value) for value in table[name]]
        table[name] = pd.Series(cells, dtype=object, index=table.index)
    return table


def join_domains(domains: Sequence[str]) -> str:
    """Write impact domains in one cell."""
    return ";".join(domains) or NO_DOMAIN


def _check_kind(path: Path) -> None:
    kind = path.suffix.lower()
    try:
        with path.open("rb") as file:
            packed = packed_kind(file.read(16))
    except OSError as error:
        raise ReportError(f"{path}: cannot be read ({error.strerror}); check the file and your rights.") from error
    if packed and (kind in _TEXT_KINDS or kind not in TABLES):
        raise CorpusError(f"{path}: found {packed[0]}; expected {packed[1]}.")
    if kind not in TABLES:
        raise CorpusError(
            f"{path}: found a file ending in {kind!r}; expected labelled documents in {', '.join(TABLES[:-1])} or "
            f"{TABLES[-1]}."
        )


def _columns(names: list[str], path: Path) -> dict[str, str | None]:
    """Find the column of each field."""
    shown_names = ", ".join(map(repr, names[:_MOST_NAMES])) + (", ..." if len(names) > _MOST_NAMES else "")
    text = find_column(names, TEXT_COLUMNS)
    if text is None:
        raise CorpusError(
            f"{path}: found no column of text among {shown_names}; expected one of {', '.join(TEXT_COLUMNS)}: rename "
            "the one that holds it."
        )
    title = find_column((name for name in names if name != text), TITLE_COLUMNS)
    columns = {name: find_column(names, (name,)) for name in COLUMNS if name not in ("text", "title")}
    if not any(columns[label] for label in LABELS):
        raise CorpusError(
            f"{path}: found no column of labels among {shown_names}; expected {', '.join(LABELS[:-1])} or {LABELS[-1]}."
        )
    return {**columns, "text": text, "title": title}


def _value(value: Any) -> Any:
    """Give a cell as a string, "" for an empty one; a list, a truth value or an object as it is."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, list | tuple | dict | bool):
        return value
    missing = value is None or value is pd.NA or value is pd.NaT or value != value
    return "" if missing else str(value)


def _document(cells: dict[str, Any], taxonomy: Taxonomy, to_the_letter: bool) -> tuple[dict[str, Any], list[Complaint]]:
    found: list[Complaint] = []
    document: dict[str, Any] = {}
    for name, value in cells.items():
        if name not in (*LISTS, "is_incident") and not isinstance(value, str):
            found.append((name, shown(value), "a string"))
        elif name not in (*LABELS, *LISTS, "text", "title") and value:
            document[name] = value
    if any(field in ("text", "title") for field, _, _ in found):
        return {}, found
    text, title = cells["text"], cells.get("title", "")
    if not to_the_letter:
        text, title = mend(text), mend(title)
        if not text:
            text, title = title, ""
    # Of a table from elsewhere, as `cyberclass label` has it; the codebook knows reports of mere numbers.
    if not text.strip() or not (to_the_letter or any(map(str.isalpha, title + text))):
        return {}, [("", "no text", "a labelled text, or no such row")]
    document.update({"text": text, "title": title})
    if day := document.get("date"):
        # Of a moment, the day.
        document["date"] = re.sub(r"(?<=^\d{4}-\d\d-\d\d)[T ].*", "", day, flags=re.DOTALL)
        found.extend((field, shown(day), expected) for field, _, expected in date_complaints(document["date"]))
    found.extend(_labels(cells, document, taxonomy))
    return document, found


def _labels(cells: dict[str, Any], document: dict[str, Any], taxonomy: Taxonomy) -> Iterator[Complaint]:
    """Put labels into a document as the codebook has them, and complain of what is none."""
    incident = str(cells.get("is_incident", "")).casefold()
    if incident not in YES | NO | {""}:
        yield "is_incident", shown(cells["is_incident"]), "true or false"
    document["is_incident"] = incident not in NO
    motivation, secondary = cells.get("motivation"), cells.get("motivation_secondary")
    labels = ", ".join(taxonomy.motivations)
    if isinstance(motivation, str) and motivation:
        document["motivation"] = None if motivation == UNDETERMINED else motivation
        if motivation not in (*taxonomy.motivations, UNDETERMINED):
            yield "motivation", shown(motivation), f"one of {labels}, {UNDETERMINED}, or nothing where it is not coded"
        elif not document["is_incident"]:
            yield "motivation", shown(motivation), "nothing, as is_incident is false: one or the other is wrong"
    if isinstance(secondary, str) and secondary and secondary not in taxonomy.motivations:
        yield "motivation_secondary", shown(secondary), f"one of {labels}, or nothing"
    for name in LISTS:
        domains = _domains(cells.get(name, ""))
        if domains is None:
            continue
        document[name] = [domain for domain in domains if domain != NO_DOMAIN]
        for domain in document[name]:
            if domain not in taxonomy.impacts:
                expected = f"domains of {', '.join(taxonomy.impacts)}, joined by semicolons, {NO_DOMAIN}, or nothing"
                yield name, shown(domain), f"{expected} where they are not coded"
                break
        if NO_DOMAIN in domains and document[name]:
            yield name, f"{NO_DOMAIN!r} beside {document[name][0]!r}", "one or the other"


def _domains(value: Any) -> list[str] | None:
    """Part the domains of a cell; None where it is empty."""
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    return [item.strip() for item in str(value).split(";") if item.strip()] or None
