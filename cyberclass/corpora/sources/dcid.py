"""DCID 2.0, the Dyadic Cyber Incident and Campaign Data: incidents between rival states, 2000 to 2020.

States are behind all of them, by the data's own definition. It codes incidents in numbers: a text is there only where
somebody added a column of descriptions, or a name is long enough to be one; nothing is composed out of the codes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cyberclass.corpora.faults import MINIMUM_WORDS
from cyberclass.corpora.sources.cells import date_of, read_rows, text_of
from cyberclass.corpora.sources.named_sectors import domains_of
from cyberclass.corpora.sources.source import Record, Reject, Source

_TEXTS = ("description", "narrative", "summary", "incident_description", "text", "notes")

#: `targettype`; private ones (1) are told apart by `Crit Inf`.
_OF_TARGET = {"2": "national-security", "3": "national-security"}

#: `Crit Inf` numbers the critical sectors of the US Department of Homeland Security by the alphabet; 17 is any other.
_SECTORS = (
    "chemical",
    "commercial-facilities",
    "communications",
    "critical-manufacturing",
    "dams",
    "dib",
    "emergency-services",
    "energy",
    "financial-services",
    "food-agriculture",
    "government-facilities",
    "healthcare-public",
    "it",
    "nuclear",
    "transport",
    "water",
)

_CODED = ("national-security", "critical-infrastructure")


def _read(path: Path) -> Iterator[Record | Reject]:
    needed = ("Cyberincidentnum", "StateA", "StateB", "Name", "interactionstartdate", "initiator")
    for item in read_rows(path, needed, SOURCE.title):
        if isinstance(item, Reject):
            yield item
        else:
            yield _record(*item)


def _record(place: str, row: dict[str, Any]) -> Record | Reject:
    name = text_of(row["name"])
    if name.casefold() == "no cyber":
        # The table of foreign-policy responses has a row for months of quiet, too.
        return Reject(place, "no incident: DCID's row for a time without one")
    text = next((text for column in _TEXTS if (text := text_of(row.get(column)))), "")
    if not text and len(name.split()) < MINIMUM_WORDS:
        return Reject(place, "no text: DCID codes this incident in numbers alone")
    # Numbers that passed through a table of floats have a fraction.
    target, sector = (text_of(row.get(column)).removesuffix(".0") for column in ("targettype", "crit_inf"))
    impact = _impact(target, sector)
    return Record(
        place=place,
        text=text or name,
        title=name if text else "",
        id=text_of(row["cyberincidentnum"]),
        date=date_of(row["interactionstartdate"], "%m/%d/%Y", "%d.%m.%Y", "%d.%m.%y"),
        motivation="state-sponsored",
        impact=impact,
        impact_coded=None if impact is None else _CODED,
        source_motivation=f"initiator {text_of(row['initiator']) or 'not given'}",
        source_impact="; ".join(
            f"{column} {value}" for column, value in (("targettype", target), ("Crit Inf", sector)) if value
        ),
    )


def _impact(target: str, sector: str) -> tuple[str, ...] | None:
    """Read impact domains from codes; None where a private target's sector is not told, or no target."""
    number = int(sector) if sector.isascii() and sector.isdigit() and len(sector) < 3 else 0
    found = {_OF_TARGET[target]} if target in _OF_TARGET else set()
    if 1 <= number <= len(_SECTORS):
        found |= {*(domains_of([_SECTORS[number - 1]]) or ())}
    elif not found and number != len(_SECTORS) + 1:
        return None
    return tuple(domain for domain in _CODED if domain in found)


SOURCE = Source(
    name="dcid",
    title="DCID, the Dyadic Cyber Incident and Campaign Data",
    licence="Free for research, with the citation its authors ask for; no licence allows to pass it on.",
    version=1,
    read=_read,
)
