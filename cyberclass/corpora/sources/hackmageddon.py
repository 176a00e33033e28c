"""The timelines of cyber attacks of Hackmageddon (https://www.hackmageddon.com), as a table.

Motivations are read from Attack Class: CC (cyber crime) is criminal, CE (cyber espionage) and CW (cyber warfare) are
state-sponsored, H (hacktivism) is ideological; several in one cell give a label only where they agree, ">1" and "N/A"
give none, "Unknown" and "?" are "undetermined".

Impact is a proxy, and coded for three domains by Target Class, a section of ISIC (`sectors` says how); targets that are
unknown or of several industries are not coded. Democracy, privacy, public safety and international relations are
unknown throughout.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cyberclass.corpora.sources.cells import date_of, items_of, read_rows, text_of
from cyberclass.corpora.sources.sectors import find_sector, impact_of
from cyberclass.corpora.sources.source import Record, Reject, Source
from cyberclass.taxonomy import UNDETERMINED

_OF_CLASS = {
    **dict.fromkeys(("cc", "cybercrime"), "criminal"),
    **dict.fromkeys(("ce", "cyberespionage", "cw", "cyberwar", "cyberwarfare"), "state-sponsored"),
    **dict.fromkeys(("h", "hacktivism", "hacktivist"), "ideological"),
    **dict.fromkeys(("unknown", "?"), UNDETERMINED),
}
_NOBODY = frozenset({"", "?", ">1", "unknown", "multiple", "anonymous?"})
_DATES = ("%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y")


def motivation_of(classes: list[str]) -> str | None:
    """Map attack classes to the one motivation that all of them have; spaces, hyphens and case do not count."""
    found = {_OF_CLASS.get("".join(each.casefold().replace("-", " ").split())) for each in classes}
    return found.pop() if len(found) == 1 else None


def _read(path: Path) -> Iterator[Record | Reject]:
    for found in read_rows(path, ["Description", "Target Class", "Attack Class"], SOURCE.title):
        if isinstance(found, Reject):
            yield found
            continue
        place, row = found
        classes = _classes(text_of(row["attack_class"], keep=("n/a",)))
        target = text_of(row["target_class"])
        impact, coded = impact_of(find_sector(target))
        author = text_of(row.get("author"))
        yield Record(
            place=place,
            text=text_of(row["description"]),
            id=text_of(row.get("id")),
            date=_date(row),
            motivation=motivation_of(classes),
            impact=impact,
            impact_coded=coded,
            source_motivation="; ".join(classes),
            source_impact=target,
            actor="" if author.casefold() in _NOBODY else author,
        )


def _classes(cell: str) -> list[str]:
    return [cell] if cell.casefold() == "n/a" else items_of(cell, "/,;&")


def _date(row: dict[str, Any]) -> str:
    """Give the first date there is: when it happened, when it was found, when it was told; the day comes first."""
    cells = (row.get(f"date{which}") for which in ("_occurred", "_discovered", "_reported", ""))
    return next((day for cell in cells if (day := date_of(cell, *_DATES))), "")


SOURCE = Source(
    name="hackmageddon",
    title="a timeline of Hackmageddon",
    licence="By permission of the author of https://www.hackmageddon.com; not to be handed on.",
    version=1,
    read=_read,
)
