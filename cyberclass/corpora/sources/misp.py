"""MISP events (https://www.misp-project.org): their reports, or texts among their attributes, and their tags.

An event's info is its title, and never its text. Tags say no more than they say: names of threat actors tell what
`cyberclass.text.names` knows of them, and an event without a tag for something is not one without it.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from cyberclass.corpora.sources.cells import date_of
from cyberclass.corpora.sources.jsonfiles import kind_of, objects_of, read_json, string_of, within
from cyberclass.corpora.sources.named_sectors import CODED, domains_of
from cyberclass.corpora.sources.source import Record, Reject, Source
from cyberclass.corpora.sources.veris import impact_of, mark_of, motivation_of, values_of, with_heads
from cyberclass.taxonomy import CODEBOOK, UNDETERMINED
from cyberclass.text.names import load_names

_ACTOR_GALAXIES = (
    "threat-actor",
    "mitre-intrusion-set",
    "mitre-enterprise-attack-intrusion-set",
    "mitre-mobile-attack-intrusion-set",
    "mitre-ics-groups",
    "microsoft-activity-group",
    "tidal-groups",
)
_OF_KIND = {"state": "state-sponsored", "criminal": "criminal", "activist": "ideological"}

#: Ransomware of the galaxy that governments are widely held to be behind: its name tells nothing.
_OF_STATES = {"badrabbit", "holyghost", "maui", "notpetya", "pay2key", "petya", "vhd", "wannacry", "whispergate"}

_NO_INCIDENT = (
    "CERT-XLM:availability=outage",
    "CERT-XLM:test",
    "incident-disposition:not-an-incident=faulty-indicator",
    "incident-disposition:not-an-incident=misconfiguration",
    "incident-disposition:not-an-incident=refuted",
    "veris:security_incident=False positive",
    "cyber-exercise:",
    "exercise:",
)
_DUPLICATE = "incident-disposition:duplicate"
_TEXT_TYPES = ("text", "comment")
_TEXT_CATEGORIES = ("External analysis", "Internal reference")
_DATA = "attribute.confidentiality.data.variety"


def _read(path: Path) -> Iterator[Record | Reject]:
    for item in read_json(path, SOURCE.title):
        if isinstance(item, Reject):
            yield item
            continue
        name, value = item
        if isinstance(value, dict) and "response" in value:
            value = value["response"]
        if not isinstance(value, list):
            yield _of_item(name, value)
            continue
        for number, member in enumerate(value, start=1):
            yield _of_item(f"{name}, event {number}", member)


def _of_item(place: str, item: Any) -> Record | Reject:
    event = item.get("Event", item) if isinstance(item, dict) else item
    if not isinstance(event, dict):
        return Reject(place, f"{kind_of(event)}, expected an event as an object")
    if "info" not in event:
        return Reject(place, "no MISP event: it has no info")
    return _record(place, event)


def _record(place: str, event: dict[str, Any]) -> Record | Reject:
    tags = _tags_of(event)
    if any(tag.startswith(_DUPLICATE) for tag in tags):
        return Reject(place, "a duplicate, as its tag says")
    text = _text_of(event)
    if not text:
        return Reject(place, "no text beyond the title: neither an event report nor a text or comment among attributes")
    is_incident = not any(tag.startswith(_NO_INCIDENT) for tag in tags)
    marks = _marks_of(tags)
    kinds, said = _kinds_of(tags)
    motivation, second = _motivation(kinds, marks) if is_incident else (None, None)
    impact, coded = _impact_of(tags, marks)
    return Record(
        place=place,
        text=text,
        title=string_of(event["info"]),
        id=string_of(event.get("uuid")) or string_of(event.get("id")),
        date=date_of(string_of(event.get("date"))),
        is_incident=is_incident,
        motivation=motivation,
        motivation_secondary=second,
        impact=impact,
        impact_coded=coded,
        source_motivation="; ".join(
            said if is_incident else [tag for tag in tags if tag.startswith(_NO_INCIDENT)],
        ),
        source_impact="; ".join(tag for tag in tags if tag.startswith(("dhs-ciip-sectors:", "veris:attribute:"))),
        actor="; ".join(_names_in(tags)) if is_incident else "",
        genre="vendor-report",
    )


def _tags_of(event: dict[str, Any]) -> list[str]:
    """Give the event's own tags, those of galaxies too, as namespace:predicate=value without quotation marks."""
    tagged = [string_of(tag.get("name")) for tag in objects_of(event.get("Tag"))]
    tagged += [string_of(within(tag, "Tag", "name")) for tag in objects_of(event.get("EventTag"))]
    clusters = [
        cluster for galaxy in objects_of(event.get("Galaxy")) for cluster in objects_of(galaxy.get("GalaxyCluster"))
    ]
    tagged += [string_of(cluster.get("tag_name")) for cluster in clusters]
    return list(dict.fromkeys(_plain(tag) for tag in tagged if tag.strip()))


def _plain(tag: str) -> str:
    head, _, value = tag.strip().partition("=")
    value = value.strip().strip('"')
    return f"{head.strip()}={value}" if value else head.strip()


def _text_of(event: dict[str, Any]) -> str:
    reports = [report for report in objects_of(event.get("EventReport")) if not _is_deleted(report)]
    if found := [text for report in reports if (text := string_of(report.get("content")).strip())]:
        return "\n\n".join(found)
    holders = [event, *(each for each in objects_of(event.get("Object")) if not _is_deleted(each))]
    found = [
        text
        for holder in holders
        for attribute in objects_of(holder.get("Attribute"))
        if attribute.get("type") in _TEXT_TYPES
        and attribute.get("category") in _TEXT_CATEGORIES
        and not _is_deleted(attribute)
        and (text := string_of(attribute.get("value")).strip())
    ]
    return "\n\n".join(dict.fromkeys(found))


def _is_deleted(part: dict[str, Any]) -> bool:
    return part.get("deleted") in (True, 1, "1", "true")


def _marks_of(tags: list[str]) -> frozenset[str]:
    """Write tags of the taxonomy `veris` as its marks: ``veris:actor:motive=Espionage``."""
    found = (tag.partition("=") for tag in tags if tag.startswith("veris:"))
    return with_heads(mark_of(*head.split(":")[1:], value) for head, _, value in found if value)


def _names_in(tags: list[str]) -> list[str]:
    heads = tuple(f"misp-galaxy:{galaxy}=" for galaxy in _ACTOR_GALAXIES)
    # MITRE's entries end in a number: "APT28 - G0007".
    return [re.sub(r" - G\d{4}$", "", tag.partition("=")[2]) for tag in tags if tag.startswith(heads)]


def _kinds_of(tags: list[str]) -> tuple[set[str], list[str]]:
    """Give the motivations that names of actors and of ransomware tell, and the tags that say something of one."""
    ransomware = ("misp-galaxy:ransomware=", "CERT-XLM:malicious-code=ransomware")
    heads = (*(f"misp-galaxy:{galaxy}=" for galaxy in _ACTOR_GALAXIES), *ransomware, "veris:actor:")
    said = [tag for tag in tags if tag.startswith(heads)]
    actors = _names_in(tags)
    kinds = {_OF_KIND[kind] for name in actors if (kind := _kind_of_name(name))}
    if not actors:
        # Whoever is named counts for more than the tool.
        kinds |= {kind for tag in said if tag.startswith(ransomware) and (kind := _of_ransomware(tag))}
    return kinds, said


def _of_ransomware(tag: str) -> str:
    value = tag.partition("=")[2]
    return "" if _key(value).removesuffix("ransomware") in _OF_STATES else _OF_KIND[_kind_of_name(value) or "criminal"]


def _motivation(kinds: set[str], marks: frozenset[str]) -> tuple[str | None, str | None]:
    by_veris, second = motivation_of(marks)
    if by_veris and by_veris != UNDETERMINED:
        # A motive beside the name of an actor is a second motivation, or none that contradicts it.
        by_actor = bool(values_of(marks, "actor.external.variety"))
        if not kinds or kinds == {by_veris}:
            return by_veris, second
        if by_actor or len(kinds) > 1:
            return None, None
        return kinds.pop(), by_veris
    if len(kinds) == 1:
        return kinds.pop(), None
    return (None, None) if kinds else (by_veris, None)


def _impact_of(tags: list[str], marks: frozenset[str]) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """Read domains from tags of sectors and of kinds of data; those of a vocabulary that is not used are not coded."""
    of_sectors = domains_of(tag.partition("=")[2] for tag in tags if tag.startswith("dhs-ciip-sectors:"))
    told = bool({*values_of(marks, _DATA)} - {"unknown", "other"})
    of_data, coded = impact_of(marks, "", told)
    applying = {*of_data, *(of_sectors or ())}
    known = {*coded, *(CODED if of_sectors is not None else ())}
    if not known:
        return None, None
    return tuple(d for d in CODEBOOK.impacts if d in applying), tuple(d for d in CODEBOOK.impacts if d in known)


def _key(name: str) -> str:
    return "".join(re.findall(r"\w+", name.casefold()))


def _kind_of_name(name: str) -> str:
    return _kinds_by_name().get(_key(name), "")


@lru_cache(maxsize=1)
def _kinds_by_name() -> dict[str, str]:
    """Kinds by name; a galaxy's entry is an actor's name, however common a word it is."""
    found: dict[str, str] = {}
    for known in load_names().names:
        for name in (known.name, *known.aliases, *known.guarded):
            found.setdefault(_key(name), known.kind)
    return found


SOURCE = Source(
    name="misp",
    title="MISP events",
    licence="As the events' author says; tags such as tlp:amber forbid to pass them on.",
    version=1,
    read=_read,
)
