"""Faults of one labelled document: what the codebook expects of each field, and what was found instead."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from cyberclass.taxonomy import BASES, CODEBOOK, GENRES, Taxonomy

#: The fields of a document, in the order that tables have them; `documents.read_corpus` says what each holds.
COLUMNS = (
    "id",
    "incident",
    "date",
    "title",
    "text",
    "is_incident",
    "motivation",
    "motivation_secondary",
    "impact",
    "actor",
    "genre",
    "basis",
    "source",
    "impact_coded",
    "source_motivation",
    "source_impact",
    "mapping",
)
REQUIRED = ("id", "text", "is_incident")
OPTIONAL = tuple(field for field in COLUMNS if field not in REQUIRED)
MINIMUM_WORDS = 8

_STRINGS = (
    "id",
    "text",
    "incident",
    "date",
    "title",
    "actor",
    "source",
    "source_motivation",
    "source_impact",
    "mapping",
)
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_SHOWN = 60


class Fault(NamedTuple):
    """One place where a document does not follow the codebook.

    Attributes
    ----------
    file : str
    line : int
        Counted from 1.
    field : str
        Empty when the whole line is at fault.
    found, expected : str
        Phrases that complete "found ..." and "expected ...".
    """

    file: str
    line: int
    field: str
    found: str
    expected: str

    def __str__(self) -> str:
        field = f", field {self.field!r}" if self.field else ""
        return f"{self.file}, line {self.line}{field}: found {self.found}; expected {self.expected}"


#: A fault before its place is known: field, found, expected.
Complaint = tuple[str, str, str]


def complaints(document: Any, taxonomy: Taxonomy = CODEBOOK) -> Iterator[Complaint]:
    """Find every fault of one document that can be seen without the others.

    Parameters
    ----------
    document : object
        What one line of JSON held.
    taxonomy : Taxonomy
        The labels that it may have.

    Yields
    ------
    tuple of str
        Field, found, expected.
    """
    if not isinstance(document, dict):
        yield "", shown(document), "a JSON object, one document a line"
        return
    for field in sorted(document.keys() - {*COLUMNS}):
        yield field, "a field the codebook does not know", f"only {', '.join(REQUIRED + OPTIONAL)}: rename or remove it"
    for field in REQUIRED:
        if document.get(field) is None:
            yield field, shown(document.get(field)) if field in document else "nothing", "a value: it is required"
    for field in _STRINGS:
        yield from _string(field, document.get(field))
    yield from date_complaints(document.get("date"))
    for field, labels in (
        ("motivation", taxonomy.motivations),
        ("motivation_secondary", taxonomy.motivations),
        ("genre", GENRES),
        ("basis", BASES),
    ):
        yield from _label(field, document.get(field), labels)
    for field in ("impact", "impact_coded"):
        yield from _domains(field, document.get(field), taxonomy.impacts)
    yield from _agreement(document)


def shown(value: Any) -> str:
    """Write a value as an error shows it: short, and fit for a terminal."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    # Half a surrogate pair could not be printed.
    text = repr(value).encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def _string(field: str, value: Any) -> Iterator[Complaint]:
    if value is None:
        return
    if not isinstance(value, str):
        yield field, shown(value), "a string"
    elif not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        yield field, "half of a surrogate pair", "whole characters: write them as UTF-8, not as \\u escapes"
    elif field == "text":
        if (count := len(value.split())) < MINIMUM_WORDS:
            yield field, f"{count} words", f"{MINIMUM_WORDS} or more: too little to label"
    elif field != "title" and not value.strip():
        yield field, shown(value), "a value" if field in REQUIRED else "a value, or null where it is not known"


def date_complaints(value: Any) -> Iterator[Complaint]:
    """Find what is wrong with a date, if it is a string."""
    if not isinstance(value, str) or not value.strip():
        return
    match = _DATE.fullmatch(value)
    if match is None:
        yield "date", shown(value), "YYYY-MM-DD, YYYY-MM or YYYY"
        return
    year, month, day = match.groups(default="1")
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        yield "date", shown(value), "a day of the calendar"


def _label(field: str, value: Any, labels: tuple[str, ...]) -> Iterator[Complaint]:
    if value is not None and not (isinstance(value, str) and value in labels):
        unknown = "undetermined" if field == "motivation" else "none or not known"
        yield field, shown(value), f"one of {', '.join(labels)}, or null ({unknown})"


def _domains(field: str, value: Any, domains: tuple[str, ...]) -> Iterator[Complaint]:
    if value is None:
        return
    if not isinstance(value, list):
        yield field, shown(value), "a list of impact domains, or null where they are not coded"
        return
    known = [domain for domain in value if isinstance(domain, str) and domain in domains]
    for domain in value:
        if domain not in known:
            yield field, shown(domain), f"domains of {', '.join(domains)}"
    for domain in domains:
        if known.count(domain) > 1:
            yield field, f"{domain!r} {known.count(domain)} times", "each domain once"


def _agreement(document: dict[str, Any]) -> Iterator[Complaint]:
    is_incident, impact, coded = (document.get(field) for field in ("is_incident", "impact", "impact_coded"))
    motivation, secondary = document.get("motivation"), document.get("motivation_secondary")
    if is_incident is not None and not isinstance(is_incident, bool):
        yield "is_incident", shown(is_incident), "true or false"
    elif is_incident is False:
        for field in ("motivation", "motivation_secondary", "impact"):
            if document.get(field):
                yield field, shown(document[field]), "no label: the document is not an incident (is_incident is false)"
    elif motivation and impact == [] and coded is None:
        yield "impact", "no domain", "one or more for an incident with a motivation, or null where they are not coded"
    if isinstance(coded, list):
        if not isinstance(impact, list):
            yield "impact_coded", "domains that are coded", "a list of those that apply in impact, even if it is empty"
        elif outside := [domain for domain in impact if domain not in coded]:
            yield "impact", shown(outside[0]), "only domains that impact_coded names, or no impact_coded"
    if secondary is not None and secondary == motivation:
        yield "motivation_secondary", shown(secondary), "another than the motivation, or null"
    elif secondary is not None and motivation is None and is_incident is True:
        yield "motivation_secondary", shown(secondary), "null, as the motivation is undetermined"
