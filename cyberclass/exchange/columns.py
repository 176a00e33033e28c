"""Columns of a file of labels: which `cyberclass label` wrote, and which are the user's own."""

from collections.abc import Sequence
from dataclasses import dataclass

from cyberclass.errors import ReportError
from cyberclass.text.batches import TEXT_COLUMNS, TITLE_COLUMNS, find_column

#: Columns of `cyberclass label` without which there is nothing to export; the first begins its columns.
_NEEDED = ("is_incident", "motivation", "impact")

#: Where it makes sections rows of their own: the columns right before those.
_OF_SECTIONS = ["section", "section_text"]

#: Columns of the user's own, under any of these names.
DATES = {
    "published": ("published", "published_at", "publication_date", "pubdate"),
    "date": ("date", "incident_date", "start_date"),
}
_OWN = {
    "id": ("id", "incident_id", "file"),
    "title": TITLE_COLUMNS,
    "text": TEXT_COLUMNS,
    "url": ("url", "link", "source_url"),
    "source": ("source", "publisher"),
    "sector": ("victim_sector", "sector", "industry"),
    "tlp": ("tlp",),
    "receiver_category": ("receiver_category",),
    "receiver_subcategory": ("receiver_subcategory", "receiver_category_subcode"),
}

_MOST_NAMES = 20


@dataclass(frozen=True)
class Columns:
    """Columns by what they say."""

    #: Of `cyberclass label`, in their order: a column of the same name elsewhere is the user's, or of an earlier run.
    labels: tuple[str, ...]
    #: The user's own by their role; roles without a column are not there.
    own: dict[str, str]
    #: Of the section's number and text; None if rows are whole reports.
    section: tuple[str, str] | None


def find_columns(names: Sequence[str]) -> Columns:
    """Tell labels from a user's columns: labels stand right of them, from `is_incident` on.

    Parameters
    ----------
    names : sequence of str
        In the order of the file.
    """
    # That of the last run: it renames what was there before.
    first = names.index(_NEEDED[0]) if _NEEDED[0] in names else len(names)
    own = {role: name for role, known in {**DATES, **_OWN}.items() if (name := find_column(names, known)) is not None}
    has_sections = list(names[max(first - 2, 0) : first]) == _OF_SECTIONS
    return Columns(tuple(names[first:]), own, ("section", "section_text") if has_sections else None)


def check_columns(source: object, names: Sequence[str], needs_date: str = "") -> None:
    """Check that there are labels, and dates where they are needed.

    Parameters
    ----------
    source : object
        What errors call the file.
    names : sequence of str
    needs_date : str
        What cannot do without a date; "" if there need be none.

    Raises
    ------
    ReportError
        If a column is missing.
    """
    columns = find_columns(names)
    listed = ", ".join(map(repr, names[:_MOST_NAMES])) + (", ..." if len(names) > _MOST_NAMES else "")
    if missing := [name for name in _NEEDED if name not in columns.labels]:
        beside = "" if missing[0] == _NEEDED[0] else f" right of {_NEEDED[0]!r}"
        raise ReportError(
            f"{source}: found no column {missing[0]!r}{beside} among {listed}; expected a file that cyberclass label "
            "wrote."
        )
    if needs_date and not DATES.keys() & columns.own.keys():
        known = [name for role in DATES.values() for name in role]
        raise ReportError(
            f"{source}: found no column of a date among {listed}; expected {', '.join(known[:-1])} or {known[-1]}, as "
            f"{needs_date} knows no incident without one."
        )
