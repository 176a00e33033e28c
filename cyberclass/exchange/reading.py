"""Rows that `cyberclass label` wrote -> incidents."""

from collections.abc import Iterator, Mapping
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, NamedTuple

from cyberclass.corpora.faults import shown
from cyberclass.corpora.sources.cells import text_of
from cyberclass.corpora.tables import NO, YES
from cyberclass.errors import ReportError
from cyberclass.exchange.actors import culprits_of
from cyberclass.exchange.cells import (
    FaultError,
    cell_of,
    cells_of,
    day_of,
    probability_of,
    tlp_of,
    web_address,
)
from cyberclass.exchange.columns import DATES, Columns, check_columns, find_columns
from cyberclass.exchange.incident import Attribution, Incident
from cyberclass.text.readers import read_table

_LABELS = ("motivation_source", "evidence", "language", "model", "text_sha256")
_SAID = ("by", "stance", "actor", "sentence")

_MOTIVATION, _IMPACT = "p_motivation_", "p_impact_"


class _Row(NamedTuple):
    cells: Mapping[Any, Any]
    columns: Columns

    @property
    def section(self) -> int:
        """Its number in its report, from 1; 0 for a whole report."""
        text = text_of(self.cells.get(self.columns.section[0])) if self.columns.section else ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0


def read_incidents(path: Path, needs_date: str = "") -> Iterator[tuple[int, Incident | str | None]]:
    """Read the rows of a file of labels.

    Parameters
    ----------
    path : Path
        A table that `cyberclass label` wrote.
    needs_date : str
        What cannot do without a date, for the error if no column has one; "" leaves out dates that cannot be read.

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
    if str(path) == "-":
        raise ReportError("-: found standard input; expected a file of labels, whose ending tells its format.")
    if path.is_dir():
        raise ReportError(
            f"{path}: found a folder; expected one file of labels: name a file of it, or let label write a single one."
        )
    for (number, row), (_, after) in pairwise(chain(_rows(path, needs_date), [(0, "")])):
        if isinstance(row, str):
            yield number, row
            continue
        # Sections of a report stand one below the other.
        has_others = row.section > 1 or (row.section == 1 and isinstance(after, _Row) and after.section > 1)
        try:
            yield number, _incident(row, row.section if has_others else 0, bool(needs_date))
        except FaultError as fault:
            yield number, str(fault)


def _rows(path: Path, needs_date: str) -> Iterator[tuple[int, _Row | str]]:
    is_checked = False
    for block in read_table(path):
        yield from block.rejects
        names = [str(name) for name in block.frame.columns]
        if not names:
            continue
        if not is_checked:
            check_columns(path, names, needs_date)
            is_checked = True
        columns = find_columns(names)
        for number, cells in zip(block.rows, block.frame.to_dict("records"), strict=True):
            yield number, _Row(cells, columns)


def _incident(row: _Row, section: int, needs_date: bool) -> Incident | None:
    cells, columns = row
    labels = {name: cells[name] for name in columns.labels}
    told = text_of(labels.get("is_incident")).casefold()
    if told not in YES | NO:
        raise FaultError(f"is_incident: found {shown(labels.get('is_incident'))}; expected true or false")
    if told in NO:
        return None
    own: dict[str, Any] = {role: cell_of(cells[name]) for role, name in columns.own.items()}
    if columns.section and (text := cell_of(cells[columns.section[1]])):
        own["text"] = text
    if not any(own.get(role) for role in ("title", "text", "id")):
        raise FaultError("no title, no text and no id")
    if section and own.get("id"):
        own["id"] = f"{own['id']}#{section}"
    if section and own.get("title"):
        own["title"] = f"{own['title']} (section {section})"
    own |= _dates(row, needs_date)
    own |= {"url": web_address(own.get("url", "")), "tlp": tlp_of(own.get("tlp", ""))}
    own |= {name: cell_of(labels.get(name)) for name in _LABELS}
    said = Attribution(*(cell_of(labels.get(f"attribution_{name}")) for name in _SAID))
    actors, unlisted = cells_of(labels.get("actors")), cells_of(labels.get("actors_unlisted"))
    return Incident(
        motivation=cell_of(labels.get("motivation")) or None,
        impact=cells_of(labels.get("impact")),
        actors=actors,
        culprits=culprits_of(actors, unlisted, said.actor, said.stance),
        p_incident=probability_of(labels.get("p_incident"), "p_incident"),
        p_motivations=_probabilities(labels, _MOTIVATION),
        p_impacts=_probabilities(labels, _IMPACT),
        attribution=said,
        truncated=text_of(labels.get("truncated")).casefold() in YES,
        **own,
    )


def _dates(row: _Row, needs_date: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"has_unread_date": False}
    for role in DATES.keys() & row.columns.own.keys():
        name = row.columns.own[role]
        try:
            found[role] = day_of(row.cells[name], name)
        except FaultError:
            if needs_date:
                raise
            found |= {role: "", "has_unread_date": True}
    return found


def _probabilities(labels: Mapping[str, Any], prefix: str) -> dict[str, float]:
    found = {
        name.removeprefix(prefix): probability_of(cell, name)
        for name, cell in labels.items()
        if name.startswith(prefix)
    }
    return {label: value for label, value in found.items() if value is not None}
