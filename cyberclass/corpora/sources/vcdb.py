"""VCDB, the VERIS Community Database (https://github.com/vz-risk/VCDB): JSON files, or the table made of them.

`veris` says how its codes become labels. Errors and accidents are read as no incident: nobody attacked. Things stolen
or looked at, and nothing else, are set aside: the codebook does not say whether a stolen laptop is a cyber incident.
A false positive is none; a near miss and a suspected incident are incidents.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cyberclass.corpora.sources.cells import date_of, read_rows, text_of
from cyberclass.corpora.sources.jsonfiles import kind_of, objects_of, read_json, string_of, strings_of, within
from cyberclass.corpora.sources.source import Record, Reject, Source
from cyberclass.corpora.sources.veris import (
    impact_of,
    is_attack,
    is_mere_theft,
    mark_of,
    motivation_of,
    values_of,
    with_heads,
)

_ROLES = ("external", "internal", "partner")
_TABLES = (".csv", ".tsv", ".parquet", ".xlsx")

#: Columns of the table that are marks, once their names are in lower case: those of R have dots for hyphens and spaces.
_MARK = re.compile(
    r"(actor|action)\.(external|internal|partner|malware|hacking|social|misuse|physical|error|environmental|unknown)"
    r"(?:\.(motive|variety)\.(.+))?|attribute\.confidentiality\.data\.variety\.(.+)"
    r"|attribute\.(availability|integrity)\.variety\.(.+)"
)
_DATA = "attribute.confidentiality.data.variety"
_TRUE = frozenset({"true", "t", "1", "yes"})


def _read(path: Path) -> Iterator[Record | Reject]:
    if path.suffix.lower() in _TABLES:
        yield from _read_table(path)
        return
    for item in read_json(path, SOURCE.title):
        if isinstance(item, Reject):
            yield item
            continue
        name, value = item
        incidents = value if isinstance(value, list) else [value]
        for number, incident in enumerate(incidents, start=1):
            yield _of_object(f"{name}, object {number}" if isinstance(value, list) else name, incident)


def _of_object(place: str, incident: Any) -> Record | Reject:
    if not isinstance(incident, dict):
        return Reject(place, f"{kind_of(incident)}, expected an incident as an object")
    if not {"action", "actor", "incident_id", "security_incident", "summary"} & incident.keys():
        return Reject(place, "no VERIS incident: it has neither summary nor actor nor action")
    confidentiality = within(incident, "attribute", "confidentiality")
    industry = within(incident, "victim", "industry")
    when = within(incident, "timeline", "incident")
    return _record(
        place,
        text=string_of(incident.get("summary")),
        identity=string_of(incident.get("incident_id")),
        campaign=string_of(incident.get("campaign_id")),
        date=_date(*(string_of(within(when, part)) for part in ("year", "month", "day"))),
        status=string_of(incident.get("security_incident")),
        industry=string_of(industry) or next(iter(strings_of(industry)), ""),
        disclosure=string_of(within(confidentiality, "data_disclosure")),
        marks=_marks_of(incident),
        # An incident without this attribute is one that affected no confidentiality.
        told=confidentiality is None and isinstance(incident.get("attribute"), dict),
        actor="; ".join(strings_of(within(incident, "actor", "external", "name"))),
    )


def _marks_of(incident: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for branch in ("actor", "action"):
        for parts in objects_of(incident.get(branch)):
            for name, part in parts.items():
                found.add(mark_of(branch, name))
                for field in ("motive", "variety"):
                    found |= {mark_of(branch, name, field, value) for value in strings_of(within(part, field))}
    for datum in objects_of(within(incident, "attribute", "confidentiality", "data")):
        found |= {mark_of(*_DATA.split("."), value) for value in strings_of(datum.get("variety"))}
    for name in ("availability", "integrity"):
        values = strings_of(within(incident, "attribute", name, "variety"))
        found |= {mark_of("attribute", name, "variety", value) for value in values}
    return found


def _read_table(path: Path) -> Iterator[Record | Reject]:
    marks: dict[str, str] = {}
    names: set[str] = set()
    for item in read_rows(path, ("incident_id", "summary", "security_incident"), SOURCE.title):
        if isinstance(item, Reject):
            yield item
            continue
        place, row = item
        # Blocks of a table differ in columns only where it is JSON; a table has thousands, most of them no marks.
        if names != row.keys():
            names = {*row}
            marks = {name: mark for name in row if (mark := _mark_of_column(name))}
        yield _record(
            place,
            text=text_of(row["summary"]),
            identity=text_of(row["incident_id"]),
            campaign=text_of(row.get("campaign_id")),
            date=_date(*(text_of(row.get(f"timeline.incident.{part}")) for part in ("year", "month", "day"))),
            status=text_of(row["security_incident"]),
            industry=text_of(row.get("victim.industry")),
            disclosure=text_of(row.get("attribute.confidentiality.data_disclosure")),
            marks={mark for name, mark in marks.items() if text_of(row[name]).casefold() in _TRUE},
            # Older tables do not have these columns, and say nothing of the kinds of data.
            told=any(mark.startswith(_DATA) for mark in marks.values())
            and not text_of(row.get("attribute.confidentiality.data_disclosure")),
            actor=text_of(row.get("actor.external.name")),
        )


def _mark_of_column(name: str) -> str:
    match = _MARK.fullmatch(name)
    if match is None:
        return ""
    branch, part, field, value, datum, attribute, effect = match.groups()
    if datum:
        return mark_of(*_DATA.split("."), datum)
    if attribute:
        return mark_of("attribute", attribute, "variety", effect)
    return mark_of(branch, part, field, value) if field else mark_of(branch, part)


def _record(
    place: str,
    *,
    text: str,
    identity: str,
    campaign: str,
    date: str,
    status: str,
    industry: str,
    disclosure: str,
    marks: set[str],
    told: bool,
    actor: str,
) -> Record | Reject:
    """Label an incident; `told` where no confidentiality was affected, so that no kind of data is missing."""
    known = with_heads(marks)
    if is_mere_theft(known):
        return Reject(place, "things stolen or looked at, and no computer attacked: no cyber incident")
    kinds = {*values_of(known, _DATA)} - {"unknown", "other"}
    if disclosure.casefold() == "no":
        known, told = frozenset(mark for mark in known if not mark.startswith(_DATA)), True
    elif kinds:
        told = True
    industry = "" if industry.casefold() in ("unknown", "0") or not industry.strip("0") else industry
    is_incident = is_attack(known) and status.casefold() != "false positive"
    motivation, second = motivation_of(known) if is_incident else (None, None)
    impact, coded = impact_of(known, industry, told)
    return Record(
        place=place,
        text=text,
        id=identity,
        incident=campaign,
        date=date,
        is_incident=is_incident,
        motivation=motivation,
        motivation_secondary=second,
        impact=impact if coded else None,
        impact_coded=coded or None,
        source_motivation=_words_of_motivation(known, is_incident, status),
        source_impact="; ".join(
            ([f"industry {industry}"] if industry else [])
            + [f"data {value}" for value in values_of(known, _DATA)]
            + [f"availability {value}" for value in values_of(known, "attribute.availability.variety")]
        ),
        actor=actor if is_incident else "",
    )


def _words_of_motivation(marks: frozenset[str], is_incident: bool, status: str) -> str:
    if not is_incident:
        actions = [f"action {action}" for action in values_of(marks, "action")]
        return "; ".join([status, *actions] if status.casefold() == "false positive" else actions)
    found = [
        f"{role} {field} {value}"
        for role in _ROLES
        for field in ("variety", "motive")
        # What insiders are by trade tells nothing of why they did it, and would scatter the account of the import.
        if (role, field) != ("internal", "variety")
        for value in values_of(marks, f"actor.{role}.{field}")
    ]
    return "; ".join(found + (["unknown"] if "actor.unknown" in marks else []))


def _date(year: str, month: str, day: str) -> str:
    """Join the parts of a date as far as they are known."""
    parts = [year.zfill(4)]
    for part in (month, day):
        if not part.strip("0"):
            break
        parts.append(part.zfill(2))
    return date_of("-".join(parts))


SOURCE = Source(
    name="vcdb",
    title="VCDB, the VERIS Community Database",
    licence="CC BY-SA 4.0: name the VERIS Community Database, and share what is made of it under the same licence.",
    version=1,
    read=_read,
)
