"""STIX 2.1 (https://docs.oasis-open.org/cti/stix/v2.1): a bundle of reports, incidents and the actors they name.

A name becomes a threat actor and no intrusion set: it names who acts, of whom the table of names may know the kind, and
STIX has a type for that; an intrusion set is a pattern of behaviour, of which a report's text alone says nothing.
"""

from pathlib import Path
from typing import Any, ClassVar

from cyberclass.exchange.actors import aliases_of, find_actor
from cyberclass.exchange.extension import EXTENSION, VERSION, WRITTEN, schema_text
from cyberclass.exchange.format import Format, missing
from cyberclass.exchange.incident import Incident, first_day, uuid_of
from cyberclass.exchange.likelihood import percent
from cyberclass.exchange.writer import OBJECT, ObjectsWriter
from cyberclass.labelling.writer import ReportWriter
from cyberclass.text.detection import UNKNOWN_LANGUAGE

_TYPE_OF_KIND = {"state": "nation-state", "criminal": "criminal", "activist": "activist"}

#: What version 1 of the protocol, which STIX 2.1 has markings for, calls the levels of version 2.
_TLP = {"clear": "white", "green": "green", "amber": "amber", "red": "red"}

#: Earlier ones are refused by the validator, and are errors anyway.
_FIRST_YEAR = 1000


class StixBundle(Format):
    """One bundle; ids are made of an object's whole content, and moments are those of the reports."""

    title: ClassVar[str] = "a STIX bundle"
    needs_date: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        try:
            from stix2 import v21
        except ImportError as error:
            raise missing("stix2") from error
        self._stix = v21
        self._known: dict[str, None] = {}
        self._new: list[str] = []

    def open(self, path: str | Path) -> ReportWriter:
        """Make the writer of the bundle."""
        return ObjectsWriter(path, '{"type": "bundle", "objects": [', self._tail)

    def _tail(self) -> str:
        return f'], "id": "bundle--{uuid_of("bundle", list(self._known))}"}}'

    def fault(self, incident: Incident) -> str:
        """Say why an incident cannot be a STIX report, or nothing."""
        day = incident.published or incident.date
        if not day:
            return "no date; expected one, as a STIX report says when it was published"
        if int(day[:4]) < _FIRST_YEAR:
            return f"date: found {day}; expected {_FIRST_YEAR} or later"
        if incident.tlp and incident.tlp not in _TLP:
            return f"tlp: found {incident.tlp!r}; expected {', '.join(_TLP)}, which STIX 2.1 has markings for"
        return ""

    def rows(self, incident: Incident) -> list[dict[str, Any]]:
        """Give the report and whatever it refers to that is not in the bundle yet."""
        author = self._author()
        common: dict[str, Any] = {
            "created_by_ref": author,
            "created": f"{first_day(incident.published or incident.date)}T00:00:00Z",
        }
        if incident.tlp:
            common["object_marking_refs"] = [self._mark(incident.tlp)]
        event = self._add(
            "incident",
            # Two reports of one name are of one incident only if they are the same report.
            id=f"incident--{uuid_of('incident', [common, incident.content()])}",
            **common,
            name=incident.headline,
            confidence=_confidence(incident.p_incident),
        )
        actors = {name: self._actor(name, author) for name in incident.all_actors}
        victims = [self._victim(incident.sector, author)] if incident.sector else []
        attributed = [
            self._add(
                "relationship",
                **common,
                relationship_type="attributed-to",
                source_ref=event,
                target_ref=actors[name],
                description=_said(incident),
            )
            for name in incident.culprits
        ]
        targeted = [
            self._add("relationship", **common, relationship_type="targets", source_ref=event, target_ref=victim)
            for victim in victims
        ]
        self._add(
            "report",
            **common,
            name=incident.headline,
            description=incident.description,
            report_types=["threat-report"],
            published=common["created"],
            object_refs=[event, *actors.values(), *victims, *attributed, *targeted],
            labels=_labels(incident),
            confidence=_confidence(incident.p_motivation),
            lang=incident.language if _is_language(incident.language) else "",
            external_references=_references(incident),
            extensions={EXTENSION: {"extension_type": "property-extension", **incident.labels()}},
        )
        made, self._new = self._new, []
        return [{OBJECT: text} for text in made]

    def _add(self, kind: str, **properties: Any) -> str:
        """Make an object of those properties that say something, unless there is one, and give its id."""
        said = {name: value for name, value in properties.items() if value not in (None, "", [])}
        identity: str = said.pop("id", None) or f"{kind}--{uuid_of(kind, said)}"
        if identity not in self._known:
            made = self._stix.OBJ_MAP[kind](id=identity, modified=said["created"], **said)
            self._keep(identity, made)
        return identity

    def _keep(self, identity: str, made: Any) -> None:
        self._known[identity] = None
        self._new.append(made.serialize())

    def _mark(self, level: str) -> str:
        marking = getattr(self._stix, f"TLP_{_TLP[level].upper()}")
        if marking.id not in self._known:
            self._keep(marking.id, marking)
        return str(marking.id)

    def _author(self) -> str:
        """Say who made the bundle, and what our labels are."""
        author = self._add("identity", created=WRITTEN, name="cyberclass", identity_class="system", description=_AUTHOR)
        if EXTENSION not in self._known:
            self._add(
                "extension-definition",
                id=EXTENSION,
                created_by_ref=author,
                created=WRITTEN,
                name="cyberclass labels",
                description="Labels of a report on a cyber incident: who is behind it, where it hurts, and how surely.",
                schema=schema_text(),
                version=VERSION,
                extension_types=["property-extension"],
            )
        return author

    def _actor(self, name: str, author: str) -> str:
        known = find_actor(name)
        return self._add(
            "threat-actor",
            created_by_ref=author,
            created=WRITTEN,
            name=name,
            aliases=aliases_of(known) if known else [],
            threat_actor_types=[_TYPE_OF_KIND[known.kind] if known else "unknown"],
        )

    def _victim(self, sector: str, author: str) -> str:
        word = "-".join(sector.casefold().replace("-", " ").split())
        return self._add(
            "identity",
            created_by_ref=author,
            created=WRITTEN,
            name=sector,
            identity_class="class",
            sectors=[word] if word in _sectors() else [],
        )


_AUTHOR = "cyberclass, a program that labels reports of cyber incidents by their text."


def _sectors() -> frozenset[str]:
    from stix2.v21.vocab import INDUSTRY_SECTOR

    return frozenset(INDUSTRY_SECTOR)


def _is_language(code: str) -> bool:
    return code != UNKNOWN_LANGUAGE and code.isascii() and code.islower() and len(code) in (2, 3)


def _confidence(probability: float | None) -> int | None:
    return None if probability is None else percent(probability)


def _labels(incident: Incident) -> list[str]:
    return [
        *([f"motivation:{incident.motivation}"] if incident.motivation else []),
        *(f"impact:{domain}" for domain in incident.impact),
    ]


def _references(incident: Incident) -> list[dict[str, str]]:
    found = {"url": incident.url, "external_id": incident.id}
    said = {name: value for name, value in found.items() if value}
    if incident.source and not said:
        said = {"description": incident.headline}  # a name alone is no reference
    return [{"source_name": incident.source or "report", **said}] if said else []


def _said(incident: Incident) -> str:
    said = incident.attribution
    return " ".join(filter(None, [f"{said.stance} by {said.speaker}:", said.sentence])).rstrip(":")
