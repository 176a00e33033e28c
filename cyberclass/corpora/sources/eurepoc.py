"""EuRepoC, the European Repository of Cyber Incidents (https://eurepoc.eu), versions 1.1 and 1.3.

Motivations are read from the category of the initiators. A state, or a group said to act for one, is state-sponsored; a
non-state group is what its kind says; initiators that are unknown or not available are "undetermined". Individual
hackers, companies, and a state beside a group are left without a label.

Impact domains are read from the category of the receivers. They are a proxy: they say who was attacked, not where it
hurt. Four are coded; privacy, public safety and international relations are unknown. So is each of the four that a
receiver who is not known might add; national security and democracy where state institutions are named without their
kind; national security where the police, a civil service or an embassy is; and democracy where the social group is
one of terrorists, criminals or hacktivists. Incidents without a political dimension are not in this database, so crime
is rare in it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cyberclass.corpora.sources.cells import date_of, items_of, read_rows, text_of
from cyberclass.corpora.sources.source import Record, Reject, Source
from cyberclass.errors import CorpusError
from cyberclass.taxonomy import UNDETERMINED

_STATE = {"State", "Non-state actor, state-affiliation suggested"}
_UNKNOWN = ("Unknown", "Not available", "Not attributed")
_OF_GROUP = {
    "Criminal": "criminal",
    "Hacktivist": "ideological",
    "Religious": "ideological",
    "Ethnic": "ideological",
    "Terrorist": "ideological",
}

#: Domains that receivers tell of; the others are not coded.
_CODED = ("national-security", "critical-infrastructure", "economy", "democracy")

_INSTITUTIONS = "State institutions / political system"
_KINDS_OF_INSTITUTION = {
    "Government / ministries": "national-security",
    "Military": "national-security",
    "Intelligence agencies": "national-security",
    "Legislative": "democracy",
    "Political parties": "democracy",
    "Election infrastructure / related systems": "democracy",
    "Judiciary": "democracy",
    "Civil service / administration": None,
    "Police": None,
    "Other (e.g., embassies)": None,
}
#: Of these the secrets of a government may be taken, or not.
_BORDERLINE = {name for name, domain in _KINDS_OF_INSTITUTION.items() if domain is None}
_OUTLAWS = {"Terrorist", "Criminal", "Hacktivist"}
_OF_RECEIVER = {
    **_KINDS_OF_INSTITUTION,
    "Defence industry": "national-security",
    "Finance": "economy",
    "Media": "democracy",
}
#: Categories and kinds whose names go on after these words.
_OF_LONG_NAME = {
    "Corporate Targets": "economy",
    "Political opposition": "democracy",
    "Advocacy / activists": "democracy",
}
_INFRASTRUCTURE = {
    *("Chemicals", "Critical Manufacturing", "Defence industry", "Digital Provider", "Energy", "Finance", "Food"),
    *("Health", "Research", "Space", "Telecommunications", "Transportation", "Waste Water Management", "Water"),
}

_KEEP = frozenset({"not available"})


def motivation_of(categories: list[str], kinds: list[str]) -> str | None:
    """Map initiators to the one motivation that all of them have.

    Parameters
    ----------
    categories, kinds : list of str
        Of the initiators, each once.

    Returns
    -------
    str or None
        "undetermined" where all are unknown; None where there are none, several motivations, or one that the codebook
        does not have.
    """
    found: set[str] = set()
    for category in categories:
        if category in _STATE:
            found.add("state-sponsored")
        elif category == "Non-state-group":
            found |= {label for kind in kinds for start, label in _OF_GROUP.items() if kind.startswith(start)}
        elif category.startswith(_UNKNOWN):
            found.add(UNDETERMINED)
        else:
            return None
    # A state beside a group is two initiators, whatever the group's kind.
    mixed = len({category in _STATE for category in categories}) > 1
    return found.pop() if len(found) == 1 and not mixed else None


def impact_of(categories: list[str], kinds: list[str]) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """Map receivers to the domains that apply, and to those that are coded.

    Parameters
    ----------
    categories, kinds : list of str
        Of the receivers, each once.

    Returns
    -------
    (tuple of str or None, tuple of str or None)
        In the order of the codebook; (None, None) where nothing is coded.
    """
    named = [*categories, *kinds]
    found = {_OF_RECEIVER.get(name) for name in named}
    found |= {domain for start, domain in _OF_LONG_NAME.items() for name in named if name.startswith(start)}
    if "Social groups" in categories and not {*kinds} & _OUTLAWS:
        found.add("democracy")
    # A maker of arms is infrastructure to this database, and national security to the codebook.
    if "Critical infrastructure" in categories and {*kinds} & _INFRASTRUCTURE != {"Defence industry"}:
        found.add("critical-infrastructure")
    unknown: set[str] = set()
    if not categories or any(category.startswith(_UNKNOWN) for category in categories):
        unknown = {*_CODED}
    elif _INSTITUTIONS in categories and not {*kinds} & {*_KINDS_OF_INSTITUTION}:
        unknown = {"national-security", "democracy"}
    if {*kinds} & _BORDERLINE:
        unknown.add("national-security")
    if {*kinds} & _OUTLAWS:
        unknown.add("democracy")
    coded = tuple(domain for domain in _CODED if domain in found or domain not in unknown)
    return (tuple(domain for domain in coded if domain in found), coded) if coded else (None, None)


def _read(path: Path) -> Iterator[Record | Reject]:
    for found in read_rows(path, ["name", "description", "initiator_category", "receiver_category"], SOURCE.title):
        if isinstance(found, Reject):
            yield found
            continue
        place, row = found
        if not {"id", "incident_id"} & {*row}:
            raise CorpusError(f"{path}: found neither the column ID nor incident_id; expected {SOURCE.title}.")
        initiators, receivers = _parties(row, "initiator"), _parties(row, "receiver")
        impact, coded = impact_of(*receivers)
        actors = [name for name in items_of(row.get("initiator_name")) if not name.startswith(_UNKNOWN)]
        yield Record(
            place=place,
            text=text_of(row["description"]),
            title=text_of(row["name"]),
            id=text_of(row.get("id", row.get("incident_id"))),
            date=date_of(row.get("start_date"), "%d.%m.%Y"),
            motivation=motivation_of(*initiators),
            impact=impact,
            impact_coded=coded,
            source_motivation="; ".join([*initiators[0], *initiators[1]]),
            source_impact="; ".join([*receivers[0], *receivers[1]]),
            actor="; ".join(actors),
        )


def _parties(row: dict[str, Any], side: str) -> tuple[list[str], list[str]]:
    """Give categories and kinds of the initiators or receivers."""
    kinds = row.get(f"{side}_category_subcode", row.get(f"{side}_subcategory"))
    return items_of(row.get(f"{side}_category"), keep=_KEEP), items_of(kinds)


SOURCE = Source(
    name="eurepoc",
    title="EuRepoC, the European Repository of Cyber Incidents, version 1.1 or 1.3",
    licence="Free to use with attribution; see the terms of the release at https://eurepoc.eu.",
    version=1,
    read=_read,
)
