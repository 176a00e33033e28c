"""The Cyber Events Database of CISSM, University of Maryland (https://cissm.umd.edu/cyber-events-database).

Motivations are read from the type of the actor; a nation-state with a financial motive is state-sponsored, secondary
criminal. An actor who is not determined is "undetermined" only where the motive is, too: with a financial motive alone
the event is criminal, with protest alone ideological, with any other motive it is left without a label.

Impact is a proxy, and coded for three domains by the victim's industry (`sectors` says how) and, where the table has
the column cust_data, for privacy. Democracy, public safety and international relations are unknown.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cyberclass.corpora.sources.cells import date_of, items_of, read_rows, text_of
from cyberclass.corpora.sources.sectors import find_sector, impact_of
from cyberclass.corpora.sources.source import Record, Reject, Source
from cyberclass.taxonomy import UNDETERMINED

_OF_ACTOR = {
    "nation state": "state-sponsored",
    "criminal": "criminal",
    "hobbyist": "criminal",
    "hacktivist": "ideological",
    "terrorist": "ideological",
    UNDETERMINED: UNDETERMINED,
    "unknown": UNDETERMINED,
}
_OF_MOTIVE = {"financial": "criminal", "protest": "ideological", UNDETERMINED: UNDETERMINED, "unknown": UNDETERMINED}

_YES, _NO = frozenset({"1", "true", "yes", "y", "t"}), frozenset({"0", "false", "no", "n", "f"})


def motivation_of(actors: list[str], motives: list[str]) -> tuple[str | None, str | None]:
    """Map types of actors and motives to a motivation and the one beside it.

    Parameters
    ----------
    actors, motives : list of str
        Hyphens, upper and lower case do not count.

    Returns
    -------
    (str or None, str or None)
    """
    found = {_OF_ACTOR.get(_plain(actor)) for actor in actors}
    label = found.pop() if len(found) == 1 else None
    aims = [_plain(motive) for motive in motives]
    if label == UNDETERMINED and aims:
        told = {_OF_MOTIVE.get(aim) for aim in aims}
        return (told.pop() if len(told) == 1 else None), None
    return label, "criminal" if label == "state-sponsored" and "financial" in aims else None


def _plain(value: str) -> str:
    return re.sub(r"[\W_]+", " ", value.casefold()).strip()


def _read(path: Path) -> Iterator[Record | Reject]:
    for found in read_rows(path, ["actor_type", "motive", "description"], SOURCE.title):
        if isinstance(found, Reject):
            yield found
            continue
        place, row = found
        actors, motives = items_of(row["actor_type"], ",;"), items_of(row["motive"], ",;")
        motivation, secondary = motivation_of(actors, motives)
        actor = text_of(row.get("actor"))
        industry = text_of(row.get("industry"))
        code = text_of(row.get("industry_code"))
        impact, coded = impact_of(find_sector(code) or find_sector(industry))
        customers = text_of(row.get("cust_data")).casefold()
        if customers in _YES | _NO:
            impact = (*(impact or ()), *(["privacy"] if customers in _YES else []))
            coded = (*(coded or ()), "privacy")
        told = [industry or code, f"customer data: {customers}" if customers in _YES | _NO else ""]
        yield Record(
            place=place,
            text=text_of(row["description"]),
            id=text_of(row.get("slug")),
            date=_date(row),
            motivation=motivation,
            motivation_secondary=secondary,
            impact=impact,
            impact_coded=coded,
            source_motivation="; ".join([*actors, *motives]),
            source_impact="; ".join(filter(None, told)),
            actor="" if _plain(actor) in (UNDETERMINED, "unknown") else actor,
        )


def _date(row: dict[str, Any]) -> str:
    """Give the day, in American order where it is not in ISO 8601, or else the month or the year."""
    day = date_of(row.get("event_date", row.get("evtdate")), "%m/%d/%Y")
    year, month = text_of(row.get("year")), text_of(row.get("month"))
    return day or date_of(f"{year}-{month.zfill(2)}") or date_of(year)


SOURCE = Source(
    name="cissm",
    title="the Cyber Events Database of CISSM, University of Maryland",
    licence="For those who have registered with CISSM; not to be handed on.",
    version=1,
    read=_read,
)
