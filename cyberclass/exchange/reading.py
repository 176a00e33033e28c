"""Rows that `cyberclass label` wrote -> incidents."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cyberclass.corpora.faults import shown
from cyberclass.corpora.sources.cells import date_of, items_of, text_of
from cyberclass.corpora.tables import NO, YES
from cyberclass.errors import ReportError
from cyberclass.exchange.actors import culprits_of
from cyberclass.exchange.incident import Attribution, Incident
from cyberclass.labelling.values import cell_text
from cyberclass.text.batches import TEXT_COLUMNS, TITLE_COLUMNS, find_column
from cyberclass.text.extent import mend_beginning
from cyberclass.text.readers import read_table

#: Columns of `cyberclass label` without which there is nothing to export.
_NEEDED = ("is_incident", "motivation", "impact")

#: Columns of the user's own, under any of these names.
_DATES = {
    "published": ("published", "published_at", "publication_date", "pubdate"),
    "date": ("date", "incident_date", "start_date"),
}
_OWN = {
    "id": ("id", "incident_id", "file"),
    "title": TITLE_COLUMNS,
    "text": TEXT_COLUMNS,
    "url": ("url", "link", "source_url"),
    "source": ("source", "publisher"),
    "sector": ("victim_sector", "sector", "industry"),
    "tlp": ("tlp",),
    "receiver_category": ("receiver_category",),
    "receiver_subcategory": ("receiver_subcategory", "receiver_category_subcode"),
}
_LABELS = ("motivation_source", "evidence", "language", "model", "text_sha256")
_SAID = ("by", "stance", "actor", "sentence")

_MOTIVATION, _IMPACT = "p_motivation_", "p_impact_"

_FORMATS = ("%d.%m.%Y", "%d %B %Y", "%B %d, %Y")

#: White is what version 1 of the traffic light protocol called clear.
_TLP = {"white": "clear", **{level: level for level in ("clear", "green", "amber", "amber+strict", "red")}}

_MOST_NAMES = 20


class _FaultError(Exception):
    """Why a row cannot be read."""


def read_incidents(path: Path, needs_date: str = "") -> Iterator[tuple[int, Incident | str | None]]:
    """Read the rows of a file of labels.

    Parameters
    ----------
    path : Path
        A table that `cyberclass label` wrote.
    needs_date : str
        What cannot do without a date, for the error if no column has one.

    Yields
    ------
    row : int
        Its number, from 1.
    found : Incident, str or None
        None for a row that is no incident; why it cannot be read, for one that cannot.

    Raises
    ------
    ReportError
        If the file cannot be read, or lacks a column of labels, or of dates where they are needed.
    """
    checked = False
    for block in read_table(path):
        yield from block.rejects
        names = [str(name) for name in block.frame.columns]
        if not names:
            continue
        columns = {role: find_column(names, known) for role, known in {**_DATES, **_OWN}.items()}
        if not checked:
            _check(path, names, columns, needs_date)
            checked = True
        for number, row in zip(block.rows, block.frame.to_dict("records"), strict=True):
            try:
                yield number, _incident(row, columns)
            except _FaultError as fault:
                yield number, str(fault)


def _check(path: Path, names: Sequence[str], columns: Mapping[str, str | None], needs_date: str) -> None:
    listed = ", ".join(map(repr, names[:_MOST_NAMES])) + (", ..." if len(names) > _MOST_NAMES else "")
    if missing := [name for name in _NEEDED if name not in names]:
        raise ReportError(
            f"{path}: found no column {missing[0]!r} among {listed}; expected a file that cyberclass label wrote."
        )
    if needs_date and not any(columns[role] for role in _DATES):
        known = [name for role in _DATES.values() for name in role]
        raise ReportError(
            f"{path}: found no column of a date among {listed}; expected {', '.join(known[:-1])} or {known[-1]}, as "
            f"{needs_date} knows no incident without one."
        )


def _incident(row: Mapping[Any, Any], columns: Mapping[str, str | None]) -> Incident | None:
    told = text_of(row.get("is_incident")).casefold()
    if told not in YES | NO:
        raise _FaultError(f"is_incident: found {shown(row.get('is_incident'))}; expected true or false")
    if told in NO:
        return None
    own: dict[str, Any] = {role: _cell(row.get(name)) for role, name in columns.items() if name is not None}
    if not any(own.get(role) for role in ("title", "text", "id")):
        raise _FaultError("no title, no text and no id")
    own |= {role: _date(row.get(name), name) for role in _DATES if (name := columns[role]) is not None}
    own |= {"url": _web_address(own.get("url", "")), "tlp": _tlp(own.get("tlp", ""))}
    own |= {name: _cell(row.get(name)) for name in _LABELS}
    said = Attribution(*(_cell(row.get(f"attribution_{name}")) for name in _SAID))
    actors = _items(row.get("actors"))
    return Incident(
        motivation=_cell(row.get("motivation")) or None,
        impact=_items(row.get("impact")),
        actors=actors,
        culprits=culprits_of(actors, said.actor, said.stance),
        p_incident=_probability(row, "p_incident"),
        p_motivations=_probabilities(row, _MOTIVATION),
        p_impacts=_probabilities(row, _IMPACT),
        attribution=said,
        truncated=text_of(row.get("truncated")).casefold() in YES,
        **own,
    )


def _cell(value: Any) -> str:
    """Give a cell as mended text; "" for one that says nothing."""
    plain = cell_text(value)
    return mend_beginning(text_of(plain)).strip()


def _items(value: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for each in items_of(value) if (item := _cell(each))))


def _date(value: Any, column: str) -> str:
    if not text_of(value):
        return ""
    found = date_of(value, *_FORMATS)
    if not found:
        raise _FaultError(f"{column}: found {shown(value)}; expected a date such as 2025-03-31, 2025-03 or 2025")
    return found


def _probabilities(row: Mapping[Any, Any], prefix: str) -> dict[str, float]:
    found = {name.removeprefix(prefix): _probability(row, name) for name in row if name.startswith(prefix)}
    return {label: value for label, value in found.items() if value is not None}


def _probability(row: Mapping[Any, Any], column: str) -> float | None:
    cell = row.get(column)
    text = text_of(cell)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:
        raise _FaultError(f"{column}: found {shown(cell)}; expected a probability from 0 to 1")
    return value


def _web_address(text: str) -> str:
    """Give an address that is safe to hand on: one of the web, in one piece."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc and not set(text) & set(' \t\r\n<>"') else ""


def _tlp(text: str) -> str:
    """Read a level of the traffic light protocol; a row whose level is not known must not go out unmarked."""
    level = text.casefold().removeprefix("tlp:").strip()
    if level and level not in _TLP:
        raise _FaultError(f"tlp: found {shown(text)}; expected clear, green, amber, amber+strict or red")
    return _TLP.get(level, "")
