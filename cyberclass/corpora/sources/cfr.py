"""The Cyber Operations Tracker of the Council on Foreign Relations (https://www.cfr.org/cyber-operations).

Every operation in it is state-sponsored, whether a sponsor is named or not; one whose type is financial theft is
secondary criminal.

Impact is a proxy, coded for three domains by the victims' category: government and military are national security, the
private sector is economy, civil society is democracy. Critical infrastructure, privacy, public safety and international
relations are unknown.
"""

from collections.abc import Iterator
from pathlib import Path

from cyberclass.corpora.sources.cells import date_of, items_of, read_rows, text_of
from cyberclass.corpora.sources.source import Record, Reject, Source

_OF_CATEGORY = {
    "government": "national-security",
    "military": "national-security",
    "private sector": "economy",
    "civil society": "democracy",
}
_CODED = ("national-security", "economy", "democracy")
_DATES = ("%m/%d/%Y", "%B %d, %Y", "%b %d, %Y", "%B %Y", "%b %Y", "%m/%Y")


def impact_of(categories: list[str]) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """Map categories of victims to the domains that apply, and to those that are coded.

    Parameters
    ----------
    categories : list of str

    Returns
    -------
    (tuple of str or None, tuple of str or None)
        (None, None) where no category is known. Beside one that is not, only domains that apply are coded.
    """
    named = [_OF_CATEGORY.get(" ".join(category.casefold().split())) for category in categories]
    impact = tuple(domain for domain in _CODED if domain in named)
    if not impact:
        return None, None
    return impact, impact if None in named else _CODED


def _read(path: Path) -> Iterator[Record | Reject]:
    for found in read_rows(path, ["Title", "Description", "Sponsor", "Type", "Category"], SOURCE.title):
        if isinstance(found, Reject):
            yield found
            continue
        place, row = found
        kinds, categories = items_of(row["type"], ",;"), items_of(row["category"], ",;")
        impact, coded = impact_of(categories)
        theft = any(kind.casefold() == "financial theft" for kind in kinds)
        yield Record(
            place=place,
            text=text_of(row["description"]),
            title=text_of(row["title"]),
            date=date_of(row.get("date"), *_DATES),
            motivation="state-sponsored",
            motivation_secondary="criminal" if theft else None,
            impact=impact,
            impact_coded=coded,
            source_motivation="; ".join(kinds),
            source_impact="; ".join(categories),
            actor=text_of(row.get("affiliations")),
        )


SOURCE = Source(
    name="cfr",
    title="the Cyber Operations Tracker of the Council on Foreign Relations",
    licence="For use with attribution to the Council on Foreign Relations; see its terms of use.",
    version=1,
    read=_read,
)
