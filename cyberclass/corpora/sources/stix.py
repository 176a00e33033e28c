"""STIX 2.1 (https://docs.oasis-open.org/cti/stix/v2.1): reports, groupings and incidents of bundles.

Their motivation is that of the threat actors and intrusion sets they refer to: the actor's type tells it and, only
where no type does, its primary motivation, as a state's operation too has an ideology or a gain. Impact domains are
read from the sectors of the identities they say were targeted. Nothing is read from names, labels or texts.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cyberclass.corpora.sources.cells import date_of
from cyberclass.corpora.sources.jsonfiles import kind_of, read_json, string_of, strings_of
from cyberclass.corpora.sources.named_sectors import CODED, domains_of
from cyberclass.corpora.sources.source import Record, Reject, Source
from cyberclass.taxonomy import UNDETERMINED

_REPORTS = {"report": "vendor-report", "grouping": "database", "incident": "database"}
_ACTORS = ("threat-actor", "intrusion-set")

_OF_TYPE = {
    "nation-state": "state-sponsored",
    "crime-syndicate": "criminal",
    "criminal": "criminal",
    "competitor": "criminal",
    "insider-disgruntled": "criminal",
    "activist": "ideological",
    "terrorist": "ideological",
}
#: "coercion", "dominance", "accidental" and "unpredictable" tell nothing.
_OF_MOTIVATION = {
    "ideology": "ideological",
    "personal-gain": "criminal",
    "organizational-gain": "criminal",
    "personal-satisfaction": "criminal",
    "revenge": "criminal",
    "notoriety": "criminal",
}

Objects = dict[str, dict[str, Any]]


class _Graph(NamedTuple):
    """Objects by id, and the targets of relationships by type and source."""

    objects: Objects
    related: dict[tuple[str, str], list[str]]


def _read(path: Path) -> Iterator[Record | Reject]:
    objects: Objects = {}
    places: dict[str, str] = {}
    for item in read_json(path, SOURCE.title):
        if isinstance(item, Reject):
            yield item
            continue
        name, value = item
        members = value.get("objects", [value]) if isinstance(value, dict) else value
        if not isinstance(members, list):
            yield Reject(name, f"{kind_of(members)}, expected a bundle of objects")
            continue
        for number, member in enumerate(members, start=1):
            place = f"{name}, object {number}"
            if not (isinstance(member, dict) and all(isinstance(member.get(key), str) for key in ("id", "type"))):
                yield Reject(place, "no STIX object: it has no id and type")
                continue
            known = objects.get(member["id"])
            # Of several versions, the last one counts.
            if known is None or string_of(member.get("modified")) > string_of(known.get("modified")):
                objects[member["id"]] = member
                places[member["id"]] = place
    graph = _Graph(objects, _relationships(objects.values()))
    for identity, member in objects.items():
        if member["type"] in _REPORTS:
            yield _record(places[identity], member, graph)


def _relationships(objects: Iterable[dict[str, Any]]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for member in objects:
        if member["type"] == "relationship" and member.get("revoked") is not True:
            key = (string_of(member.get("relationship_type")), string_of(member.get("source_ref")))
            found.setdefault(key, []).append(string_of(member.get("target_ref")))
    return found


def _record(place: str, report: dict[str, Any], graph: _Graph) -> Record | Reject:
    if report.get("revoked") is True:
        return Reject(place, "revoked by its author")
    named = [report["id"], *strings_of(report.get("object_refs"))]
    involved = _follow(named, "attributed-to", graph)
    actors = [each for each in (graph.objects.get(ref, {}) for ref in involved) if each.get("type") in _ACTORS]
    sectors = _sectors(report["id"], named, involved, graph)
    impact = domains_of(sectors)
    # The vocabulary's word for notices of a flaw, which report no incident.
    is_incident = bool(actors) or strings_of(report.get("report_types")) != ["vulnerability"]
    return Record(
        place=place,
        text=string_of(report.get("description")),
        title=string_of(report.get("name")),
        id=report["id"],
        date=next((day for field in ("published", "created") if (day := date_of(string_of(report.get(field))))), ""),
        is_incident=is_incident,
        motivation=_motivation(actors) if is_incident else None,
        impact=impact,
        impact_coded=None if impact is None else CODED,
        source_motivation="; ".join(dict.fromkeys(word for actor in actors for word in _words(actor))),
        source_impact="; ".join(sectors),
        actor="; ".join(dict.fromkeys(name for actor in actors if (name := string_of(actor.get("name")).strip()))),
        genre=_REPORTS[report["type"]],
    )


def _follow(refs: Iterable[str], relationship: str, graph: _Graph) -> list[str]:
    """Give references, and whatever they are related to in any number of steps, each once."""
    found = dict.fromkeys(refs)
    ahead = list(found)
    while ahead:
        for target in graph.related.get((relationship, ahead.pop()), ()):
            if target not in found:
                found[target] = None
                ahead.append(target)
    return list(found)


def _sectors(report: str, named: list[str], involved: list[str], graph: _Graph) -> list[str]:
    """Give the sectors of victims: an actor has others elsewhere, so a report must name those it is about."""
    targets = dict.fromkeys(
        target
        for source in involved
        for target in graph.related.get(("targets", source), ())
        if target in named or source == report
    )
    victims = (graph.objects.get(target, {}) for target in targets)
    return list(dict.fromkeys(word for victim in victims for word in strings_of(victim.get("sectors"))))


def _motivation(actors: list[dict[str, Any]]) -> str | None:
    kinds = [_kinds_of(actor) for actor in actors]
    known = set().union(*kinds)
    if len(known) == 1:
        return known.pop()
    said_unknown = actors and all(strings_of(actor.get("threat_actor_types")) == ["unknown"] for actor in actors)
    return UNDETERMINED if said_unknown and not known else None


def _kinds_of(actor: dict[str, Any]) -> set[str]:
    by_type = {_OF_TYPE[word] for word in strings_of(actor.get("threat_actor_types")) if word in _OF_TYPE}
    primary = string_of(actor.get("primary_motivation"))
    return by_type or ({_OF_MOTIVATION[primary]} if primary in _OF_MOTIVATION else set())


def _words(actor: dict[str, Any]) -> list[str]:
    primary = string_of(actor.get("primary_motivation"))
    return [*strings_of(actor.get("threat_actor_types")), *([f"motivation {primary}"] if primary else [])]


SOURCE = Source(
    name="stix",
    title="STIX 2.1 bundles",
    licence="As the bundles' publisher says; object markings (TLP) may forbid to pass them on.",
    version=1,
    read=_read,
)
