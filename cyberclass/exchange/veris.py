"""VERIS (https://verisframework.org), as its schema has it since 1.3.3: a JSON array of incidents.

What the schema requires and a label does not tell is "Unknown". Labels, with their probabilities, stand under ``plus``,
which is what the schema has for others' additions.
"""

from pathlib import Path
from typing import Any, ClassVar

from cyberclass.corpora.sources.sectors import find_sector
from cyberclass.exchange.format import Format
from cyberclass.exchange.incident import Incident, uuid_of
from cyberclass.exchange.likelihood import confidence_level
from cyberclass.exchange.vocabulary import OF_MOTIVATION
from cyberclass.exchange.writer import OBJECT, ObjectsWriter
from cyberclass.labelling.values import json_text
from cyberclass.labelling.writer import ReportWriter
from cyberclass.taxonomy import UNDETERMINED

_SCHEMA_VERSION = "1.3.7"
_FIRST_YEAR = 1950
_UNKNOWN_INDUSTRY = "00"


class VerisIncidents(Format):
    """Incidents in one array."""

    title: ClassVar[str] = "VERIS incidents"
    needs_date: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self._known: set[str] = set()

    def open(self, path: str | Path) -> ReportWriter:
        """Make the writer of the array."""
        return ObjectsWriter(path, "[", lambda: "]")

    def fault(self, incident: Incident) -> str:
        """Say why an incident cannot be one of VERIS, or nothing."""
        day = incident.date or incident.published
        if not day:
            return "no date; expected one, as a VERIS incident has a year"
        return f"date: found {day}; expected {_FIRST_YEAR} or later" if int(day[:4]) < _FIRST_YEAR else ""

    def rows(self, incident: Incident) -> list[dict[str, Any]]:
        """Give the incident, unless it is written already."""
        content = self._content(incident)
        identity = str(uuid_of("veris", content))
        if identity in self._known:
            return []
        self._known.add(identity)
        self.without_motivation += incident.is_foreign
        return [{OBJECT: json_text({"incident_id": identity, **content})}]

    def _content(self, incident: Incident) -> dict[str, Any]:
        parts = map(int, (incident.date or incident.published).split("-"))
        when = dict(zip(("year", "month", "day"), parts, strict=False))
        told = incident.p_motivation
        content: dict[str, Any] = {
            "schema_version": _SCHEMA_VERSION,
            "schema_name": "verisc",
            "source_id": "cyberclass",
            "security_incident": "Suspected",
            "summary": "\n\n".join(filter(None, (incident.headline, incident.description))),
            "reference": incident.url,
            "confidence": "" if told is None else confidence_level(told),
            "timeline": {"incident": when},
            "victim": {"country": ["Unknown"], "employee_count": "Unknown", "industry": _industry(incident.sector)},
            "actor": _actor(incident),
            "action": {"unknown": {}},
            "asset": {"assets": [{"variety": "Unknown"}], "cloud": ["Unknown"]},
            "discovery_method": {"unknown": True},
            "plus": {"cyberclass": {**incident.labels(), **_own(incident)}},
        }
        if incident.impact:
            content["impact"] = {"overall_rating": "Unknown", "notes": f"cyberclass: {'; '.join(incident.impact)}"}
        return {name: value for name, value in content.items() if value != ""}


def _actor(incident: Incident) -> dict[str, Any]:
    if incident.motivation in (None, UNDETERMINED) or incident.is_foreign:
        return {"unknown": {}}
    words = OF_MOTIVATION[incident.motivation]
    names = {"name": list(incident.culprits)} if incident.culprits else {}
    return {"external": {"variety": [words.variety], "motive": [words.motive], "country": ["Unknown"], **names}}


def _industry(sector: str) -> str:
    """Give a sector's NAICS code; what is none, and no sector's name, is unknown."""
    if sector.isdigit() and 2 <= len(sector) <= 6 and find_sector(sector):
        return sector
    found = None if sector[:2].isdigit() else find_sector(sector)
    return found.naics[0] if found and found.naics else _UNKNOWN_INDUSTRY


def _own(incident: Incident) -> dict[str, str]:
    own = {"id": incident.id, "source": incident.source, "tlp": incident.tlp}
    return {name: value for name, value in own.items() if value}
