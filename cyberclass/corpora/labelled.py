"""Labelled reports of any kind of table, as documents of the one schema."""

import re
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cyberclass.corpora.documents import COLUMNS, read_corpus
from cyberclass.errors import CorpusError
from cyberclass.taxonomy import IMPACTS, MOTIVATIONS, UNDETERMINED
from cyberclass.text.batches import find_column
from cyberclass.text.readers import read_reports

#: Columns that hold labels; one of them must be there.
LABELS = ("is_incident", "motivation", "impact")

_YEAR = re.compile(r"\d{4}(?!\d)")
_YES, _NO = frozenset({"true", "yes", "1", "1.0"}), frozenset({"false", "no", "0", "0.0"})


def read_labelled(paths: list[Path]) -> pd.DataFrame:
    """Read labelled documents from JSON Lines as the codebook lays them out, or from any table.

    A table (CSV, TSV, Excel, Parquet, JSON) needs a text, as `cyberclass label` finds it, and one or more of the
    columns ``is_incident`` (true or false; true if missing), ``motivation`` (a motivation or "undetermined"; empty:
    not coded) and ``impact`` (domains joined by ";", "none"; empty: not coded). ``id``, ``incident``, ``date``,
    ``source``, ``genre`` and ``basis`` are taken over; other columns are not read.

    Parameters
    ----------
    paths : list of Path
        Files, or folders of ``*.jsonl``.

    Returns
    -------
    DataFrame
        As `documents.read_corpus` returns it.

    Raises
    ------
    CorpusError
        For the first label that is not known, or a table without labels.
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
        frames.append(read_corpus(lines))
    for path in paths:
        if path not in lines:
            frames.append(pd.DataFrame(_documents(path), columns=list(COLUMNS), dtype=object))
            if frames[-1].empty:
                raise CorpusError(f"{path}: found no labelled report; expected one a row.")
    frame = pd.concat(frames, ignore_index=True).astype({"is_incident": bool})
    frame["id"] = _unique(frame["id"], frame["source"])
    frame["incident"] = frame["incident"].where(frame["incident"].notna(), frame["id"])
    return frame


def _documents(path: Path) -> Iterator[dict[str, Any]]:
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
        left_out = {int(row.rpartition(":")[2]) for row in batch.rejects["row"]}
        for text, row in zip(batch.texts, batch.frame.to_dict("records"), strict=True):
            number = next(following for following in count(number + 1) if following not in left_out)
            cells = {name: _cell(row[column]) if column else "" for name, column in {**labels, **others}.items()}
            yield _document(path, number, text, cells)


def _document(path: Path, number: int, text: str, cells: dict[str, str]) -> dict[str, Any]:
    where = f"{path}, row {number}"
    identity = cells["id"] or str(number)
    incident = cells["is_incident"].casefold()
    if incident not in _YES | _NO | {""}:
        raise CorpusError(f"{where}, column 'is_incident': found {cells['is_incident']!r}; expected true or false.")
    is_incident = incident not in _NO
    motivation = cells["motivation"] or None
    if motivation and motivation not in (*MOTIVATIONS, UNDETERMINED):
        raise CorpusError(
            f"{where}, column 'motivation': found {motivation!r}; expected one of {', '.join(MOTIVATIONS)}, "
            f"{UNDETERMINED}, or nothing where it is not coded."
        )
    impact = [domain.strip() for domain in cells["impact"].split(";") if domain.strip()]
    unknown = [domain for domain in impact if domain not in (*IMPACTS, "none")]
    if unknown:
        raise CorpusError(
            f"{where}, column 'impact': found {unknown[0]!r}; expected domains of {', '.join(IMPACTS)}, joined by "
            "semicolons, none, or nothing where they are not coded."
        )
    return {
        **dict.fromkeys(COLUMNS),
        **{name: cells[name] or None for name in ("genre", "basis")},
        "date": cells["date"] if _YEAR.match(cells["date"]) else None,
        "id": identity,
        "incident": cells["incident"] or None,
        "title": "",
        "text": text,
        "is_incident": is_incident,
        "motivation": motivation if is_incident else None,
        "impact": [] if not is_incident else [d for d in IMPACTS if d in impact] if impact else None,
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
