"""Labelled reports of any kind of table, as documents of the one schema."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cyberclass.corpora.documents import COLUMNS, read_corpus
from cyberclass.corpora.faults import date_complaints
from cyberclass.errors import CorpusError
from cyberclass.taxonomy import CODEBOOK, NO_DOMAIN, UNDETERMINED, Taxonomy
from cyberclass.text.batches import TITLE_COLUMNS, find_column
from cyberclass.text.readers import read_reports

#: Columns that hold labels; one of them must be there.
LABELS = ("is_incident", "motivation", "impact")

_YES, _NO = frozenset({"true", "yes", "1", "1.0"}), frozenset({"false", "no", "0", "0.0"})


def read_labelled(paths: list[Path], taxonomy: Taxonomy = CODEBOOK) -> pd.DataFrame:
    """Read labelled documents from JSON Lines as the codebook lays them out, or from any table.

    A table (CSV, TSV, Excel, Parquet, JSON) needs a text, as `cyberclass label` finds it, and one or more of the
    columns ``is_incident`` (true or false; true if missing), ``motivation`` (a motivation or "undetermined"; empty:
    not coded) and ``impact`` (domains joined by ";", "none"; empty: not coded). ``id``, ``incident``, ``date``,
    ``source``, ``genre`` and ``basis`` are taken over; other columns are not read.

    Parameters
    ----------
    paths : list of Path
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
        For the first row without a text, or with a label that is not known; or a table without labels.
    ReportError
        For a file that cannot be read as a table.
    """
    if not paths:
        raise CorpusError("No labelled reports were named; give files, or folders of *.jsonl.")
    frames = []
    lines = [
        path for path in paths if path.is_dir() or not path.exists() or path.suffix.lower() in (".jsonl", ".ndjson")
    ]
    if lines:
        frames.append(read_corpus(lines, taxonomy))
    for path in paths:
        if path not in lines:
            frames.append(pd.DataFrame(_documents(path, taxonomy), columns=list(COLUMNS), dtype=object))
            if frames[-1].empty:
                raise CorpusError(f"{path}: found no labelled report; expected one a row.")
    frame = pd.concat(frames, ignore_index=True).astype({"is_incident": bool})
    frame["id"] = _unique(frame["id"], frame["source"])
    frame["incident"] = frame["incident"].where(frame["incident"].notna(), frame["id"])
    return frame


def _documents(path: Path, taxonomy: Taxonomy) -> Iterator[dict[str, Any]]:
    number = 0
    for batch in read_reports(path):
        labels = {label: find_column(batch.frame.columns, (label,)) for label in LABELS}
        if not any(labels.values()):
            raise CorpusError(
                f"{path}: found no column of labels among {', '.join(map(str, batch.frame.columns))}; expected "
                f"{', '.join(LABELS[:-1])} or {LABELS[-1]}."
            )
        others = {
            name: find_column(batch.frame.columns, (name,))
            for name in ("id", "incident", "date", "source", "genre", "basis")
        }
        has_titles = find_column(batch.frame.columns, TITLE_COLUMNS) is not None
        for row, reason in batch.rejects.itertuples(index=False):
            raise CorpusError(f"{path}, row {row}: {reason}; expected a labelled text, or no such row.")
        for text, row in zip(batch.texts, batch.frame.to_dict("records"), strict=True):
            number += 1
            cells = {name: _cell(row[column]) if column else "" for name, column in {**labels, **others}.items()}
            # Joined by `text.report.join_title`.
            title, _, body = text.partition("\n\n") if has_titles else ("", "", text)
            cells |= {"title": title if body else "", "text": body or title}
            yield _document(path, number, cells, taxonomy)


def _document(path: Path, number: int, cells: dict[str, str], taxonomy: Taxonomy) -> dict[str, Any]:
    where = f"{path}, row {number}"
    identity = cells["id"] or str(number)
    incident = cells["is_incident"].casefold()
    if incident not in _YES | _NO | {""}:
        raise CorpusError(f"{where}, column 'is_incident': found {cells['is_incident']!r}; expected true or false.")
    is_incident = incident not in _NO
    motivation = cells["motivation"] or None
    if motivation and motivation not in (*taxonomy.motivations, UNDETERMINED):
        raise CorpusError(
            f"{where}, column 'motivation': found {motivation!r}; expected one of {', '.join(taxonomy.motivations)}, "
            f"{UNDETERMINED}, or nothing where it is not coded."
        )
    impact = [domain.strip() for domain in cells["impact"].split(";") if domain.strip()]
    unknown = [domain for domain in impact if domain not in (*taxonomy.impacts, NO_DOMAIN)]
    if unknown:
        raise CorpusError(
            f"{where}, column 'impact': found {unknown[0]!r}; expected domains of {', '.join(taxonomy.impacts)}, "
            "joined by semicolons, none, or nothing where they are not coded."
        )
    if motivation and not is_incident:
        raise CorpusError(
            f"{where}: found the motivation {motivation!r} of what is no incident; expected one or the other."
        )
    if "none" in impact and len(impact) > 1:
        raise CorpusError(f"{where}, column 'impact': found 'none' beside {impact[0]!r}; expected one or the other.")
    # Of a moment, the day.
    day = re.sub(r"(?<=^\d{4}-\d\d-\d\d)[T ].*", "", cells["date"])
    if day and list(date_complaints(day)):
        raise CorpusError(f"{where}, column 'date': found {cells['date']!r}; expected YYYY-MM-DD, YYYY-MM or YYYY.")
    return {
        **dict.fromkeys(COLUMNS),
        **{name: cells[name] or None for name in ("genre", "basis")},
        "date": day or None,
        "id": identity,
        "incident": cells["incident"] or None,
        "title": cells["title"],
        "text": cells["text"],
        "is_incident": is_incident,
        "motivation": motivation,
        "impact": [] if not is_incident else [d for d in taxonomy.impacts if d in impact] if impact else None,
        "source": cells["source"] or path.stem,
    }


def _cell(value: Any) -> str:
    if isinstance(value, Sequence | np.ndarray) and not isinstance(value, str):
        return ";".join(map(str, value))
    return "" if value is None or value != value else str(value).strip()


def _unique(ids: pd.Series, sources: pd.Series) -> pd.Series:
    """Tell documents of several tables apart that number their rows alike."""
    repeated = ids.duplicated(keep=False)
    ids = ids.where(~repeated, sources + ":" + ids)
    repeated = ids.duplicated(keep=False)
    return ids.where(~repeated, ids + ":" + pd.Series(range(len(ids)), index=ids.index).astype(str))
