"""VERIS, the Vocabulary for Event Recording and Incident Sharing (https://verisframework.org) -> labels.

A coded incident is a set of *marks*, which `mark_of` writes: ``actor.external.variety.nation state`` says that
"Nation-state" is among the varieties of the external actor; ``action.hacking``, that somebody hacked.
"""

import re
from collections.abc import Iterable, Set

from cyberclass.taxonomy import UNDETERMINED

_OF_VARIETY = {
    "nation state": "state-sponsored",
    "state affiliated": "state-sponsored",
    "organized crime": "criminal",
    "activist": "ideological",
    "terrorist": "ideological",
}
_OF_MOTIVE = {"financial": "criminal", "fun": "criminal", "grudge": "criminal", "ideology": "ideological"}

#: Of an actor whose variety tells the motivation, motives that tell of a second one. "Fun" and "Grudge" do not: they
#: stand beside "Ideology" in most records of hacktivists.
_SECOND = {"financial": "criminal", "ideology": "ideological"}

_ATTACKS = frozenset({"malware", "hacking", "social", "misuse", "physical", "unknown"})

#: What is done to a device, on the spot, in order to get at data or money in it: a skimmer on a cash machine.
_PHYSICAL_ATTACKS = frozenset({"skimmer", "tampering", "connection", "wiretapping", "disabled controls"})

_PERSONAL = frozenset({"personal", "sensitive personal", "medical", "payment", "bank", "credentials"})
_VALUABLE = frozenset({"secrets", "source code", "copyrighted", "virtual currency"})

#: "Loss" is left out: it is how VERIS codes a laptop or a paper that is gone.
_DISRUPTED = frozenset({"interruption", "degradation", "destruction", "obscuration"})

#: Prefixes of NAICS codes: agriculture, utilities, food, transport, telecommunications, finance, health care.
_ESSENTIAL = ("11", "22", "311", "48", "491", "517", "52", "62")
_PUBLIC = "92"


def mark_of(*path: str) -> str:
    """Write a mark; spellings such as "Nation-state" and "Nation.state" give the same.

    Parameters
    ----------
    *path : str
        Names from the outside in.
    """
    return ".".join(re.sub(r"[^a-z0-9]+", " ", part.casefold()).strip() for part in path)


def with_heads(marks: Iterable[str]) -> frozenset[str]:
    """Add what marks imply: ``action.hacking`` where there is ``action.hacking.variety.sqli``."""
    found = set(marks)
    found |= {".".join(mark.split(".")[:2]) for mark in found if mark.startswith(("actor.", "action."))}
    return frozenset(found)


def values_of(marks: Iterable[str], *prefixes: str) -> list[str]:
    """Give what stands right below any of some prefixes, sorted."""
    heads = tuple(f"{prefix}." for prefix in prefixes)
    found = {mark.split(head, 1)[1] for mark in marks for head in heads if mark.startswith(head)}
    return sorted(value for value in found if "." not in value)


def motivation_of(marks: Set[str]) -> tuple[str | None, str | None]:
    """Read the motivation, and a second one, of an incident's actors.

    Parameters
    ----------
    marks : set of str

    Returns
    -------
    (str or None, str or None)
        The variety of the external actor tells it: nations and their affiliates, organized crime, activists and
        terrorists. For any other, insiders and partners too, the motive does: "Financial", "Fun" and "Grudge", or
        "Ideology". Where these say several, none. Where an actor is said to be unknown, and no motive either is said,
        "undetermined". "Espionage" alone tells nothing: a competitor spies, too. The second motivation is that of a
        motive which differs from the actor's.
    """
    varieties = values_of(marks, "actor.external.variety")
    motives = values_of(
        marks, "actor.motive", *(f"actor.{role}.motive" for role in ("external", "internal", "partner"))
    )
    by_variety = {_OF_VARIETY[variety] for variety in varieties if variety in _OF_VARIETY}
    by_motive = {_OF_MOTIVE[motive] for motive in motives if motive in _OF_MOTIVE}
    kinds = by_variety or by_motive
    if len(kinds) == 1:
        (kind,) = kinds
        others = {_SECOND[motive] for motive in motives if motive in _SECOND} - kinds
        return kind, others.pop() if len(others) == 1 else None
    is_unknown = "actor.unknown" in marks or varieties == ["unknown"]
    others_act = {"actor.internal", "actor.partner"} & marks
    if not kinds and is_unknown and not others_act and {*motives} <= {"unknown", "na"}:
        return UNDETERMINED, None
    return None, None


def is_attack(marks: Set[str]) -> bool:
    """Tell whether somebody meant it: false where only errors and the environment acted."""
    actions = {*values_of(marks, "action")}
    return not actions or bool(actions & _ATTACKS)


def is_mere_theft(marks: Set[str]) -> bool:
    """Tell whether things were taken, or looked at, and no computer attacked: a stolen laptop."""
    actions = {*values_of(marks, "action")} & _ATTACKS
    return actions == {"physical"} and not {*values_of(marks, "action.physical.variety")} & _PHYSICAL_ATTACKS


def impact_of(marks: Set[str], industry: str, told: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read impact domains, and which are coded.

    Parameters
    ----------
    marks : set of str
    industry : str
        The victim's NAICS code; "" where it is not known.
    told : bool
        Whether the kinds of data are told, if any were affected.

    Returns
    -------
    (tuple of str, tuple of str)
        Domains that apply, and those that are coded. Kinds of data tell of privacy and economy; the industry, with
        what was done there, tells of national security (public administration attacked by malware or hacking, or
        classified data) and of critical infrastructure (an essential service whose availability suffered). Nothing
        tells of democracy, public safety and international relations.
    """
    data = {*values_of(marks, "attribute.confidentiality.data.variety")}
    is_disrupted = bool(_DISRUPTED.intersection(values_of(marks, "attribute.availability.variety")))
    is_public = industry.startswith(_PUBLIC)
    applying, coded = [], []
    if industry or "classified" in data:
        coded.append("national-security")
        if "classified" in data or (is_public and {"action.malware", "action.hacking"} & marks):
            applying.append("national-security")
    # Some of what public administration does is an essential service, and its code does not tell what.
    if industry and not (is_public and is_disrupted):
        coded.append("critical-infrastructure")
        if is_disrupted and industry.startswith(_ESSENTIAL):
            applying.append("critical-infrastructure")
    if told:
        coded += ["economy", "privacy"]
        if data & _VALUABLE or "attribute.integrity.variety.fraudulent transaction" in marks:
            applying.append("economy")
        if data & _PERSONAL:
            applying.append("privacy")
    return tuple(applying), tuple(coded)
