"""An import: records of a database in, labelled documents and an account of what became of each out."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cyberclass.corpora.documents import document_of, frame_of
from cyberclass.corpora.faults import COLUMNS, complaints
from cyberclass.corpora.lines import Places, words_of
from cyberclass.corpora.sources.source import Record, Reject, Source
from cyberclass.corpora.statistics import NOT_CODED, NOT_INCIDENT
from cyberclass.errors import CorpusError
from cyberclass.taxonomy import CODEBOOK, NO_DOMAIN, Taxonomy
from cyberclass.text.mending import mend


@dataclass(frozen=True)
class Imported:
    """What came of a database.

    Attributes
    ----------
    source : Source
    documents : DataFrame
        As `documents.read_corpus` returns it, in the order of the file.
    rejects : DataFrame
        `place` and `reason` of each record that is no document.
    motivations, impacts : DataFrame
        `raw` (the database's words), `label` (what they became; "not-coded" where nothing) and `documents`, the most
        frequent first. Impact domains are joined by "; ".
    """

    source: Source
    documents: pd.DataFrame
    rejects: pd.DataFrame
    motivations: pd.DataFrame
    impacts: pd.DataFrame


def import_source(source: Source, path: str | Path, taxonomy: Taxonomy = CODEBOOK) -> Imported:
    """Read a database as labelled documents.

    A record without a text, with too short a one, with the text or the id of an earlier one, or with a label that the
    taxonomy does not have, is set aside with its reason.

    Parameters
    ----------
    source : Source
        As `source.find_source` finds it.
    path : str or Path
    taxonomy : Taxonomy

    Returns
    -------
    Imported

    Raises
    ------
    CorpusError, ReportError
        If the file cannot be read, is not the database's, or holds no document.
    """
    path = Path(path)
    if not path.exists():
        raise CorpusError(f"{path}: found no such file or folder; expected {source.title}.")
    rows: list[dict[str, Any]] = []
    rejects: list[Reject] = []
    places: Places = {}
    for record in source.read(path):
        if isinstance(record, Reject):
            rejects.append(record)
            continue
        row = _row(record, source, len(rows) + len(rejects) + 1)
        reason = _fault(row, record.place, places, taxonomy)
        if reason:
            rejects.append(Reject(record.place, reason))
        else:
            rows.append(row)
    if not rows:
        raise CorpusError(f"{path}: found no document of {source.title}: {_why(rejects)}.")
    documents = frame_of(rows)
    return Imported(
        source=source,
        documents=documents,
        rejects=pd.DataFrame(rejects, columns=list(Reject._fields), dtype=object),
        motivations=_account(documents["source_motivation"], map(_motivation, rows)),
        impacts=_account(documents["source_impact"], map(_impact, rows)),
    )


def _row(record: Record, source: Source, number: int) -> dict[str, Any]:
    fields = {name: value or None for name, value in vars(record).items() if name != "place"}
    origin = mend(record.source).strip() or source.name
    identity = mend(record.id).strip() or str(number)
    impact, coded = record.impact, record.impact_coded
    return {
        **dict.fromkeys(COLUMNS),
        **{name: mend(value).strip() or None if isinstance(value, str) else value for name, value in fields.items()},
        "id": f"{origin}:{identity}",
        "incident": f"{origin}:{mend(record.incident).strip() or identity}",
        "title": mend(record.title).strip(),
        "text": mend(record.text).strip(),
        "is_incident": record.is_incident,
        "impact": [] if not record.is_incident else None if impact is None else list(impact),
        "impact_coded": list(coded) if coded is not None and record.is_incident else None,
        "source": origin,
        "mapping": source.mapping,
    }


def _fault(row: dict[str, Any], place: str, places: Places, taxonomy: Taxonomy) -> str:
    """Say why a row is no document, or nothing; remember the id and the text of one that is."""
    if not row["text"]:
        return "no text"
    for field, found, expected in complaints(document_of(row), taxonomy):
        return f"{field}: found {found}; expected {expected}"
    keys = {"id": row["id"], "text": words_of(row["text"])}
    for field, value in keys.items():
        if (field, value) in places:
            return f"the {field} of {places[field, value]}"
    places.update(dict.fromkeys(keys.items(), place))
    return ""


def _motivation(row: dict[str, Any]) -> str:
    if not row["is_incident"]:
        return NOT_INCIDENT
    labels = [label for label in (row["motivation"], row["motivation_secondary"]) if label]
    return ", secondary ".join(labels) or NOT_CODED


def _impact(row: dict[str, Any]) -> str:
    if not row["is_incident"]:
        return NOT_INCIDENT
    return NOT_CODED if row["impact"] is None else "; ".join(row["impact"]) or NO_DOMAIN


def _account(raw: pd.Series, labels: Any) -> pd.DataFrame:
    counts = Counter(zip(raw.fillna(""), labels, strict=True))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return pd.DataFrame([(*pair, count) for pair, count in ordered], columns=["raw", "label", "documents"])


def _why(rejects: list[Reject]) -> str:
    if not rejects:
        return "it holds no record"
    (reason, count), *others = Counter(reject.reason for reject in rejects).most_common()
    return f"{count} of {len(rejects)} records were set aside for this reason: {reason}" + (
        f" ({len(others)} other reasons)" if others else ""
    )
