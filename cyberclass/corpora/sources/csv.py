"""Any table: CSV, TSV, Excel, JSON Lines, JSON or Parquet, whose columns and words a mapping explains.

A word of a table that its mapping has becomes what the mapping says; one that is a label of the taxonomy is that label;
any other leaves the row without a label, and shows so in the account of the import. So do several motivations of
different meaning. Where a column tells whether a row is an incident, a blank says that it is.

Sources that are addresses of web pages, and genres that are none of the codebook's, are passed over.

Dates are read in ISO 8601, as DD.MM.YYYY, with the month's English name, and as DD/MM/YYYY or MM/DD/YYYY, whichever the
column shows by a number greater than twelve. A column that does not show it, or shows both, gives the year alone where
day and month could be exchanged: a year is true, a guess may not be.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from cyberclass.corpora.sources.cells import column_name, date_of, items_of, read_rows, text_of
from cyberclass.corpora.sources.mappings import Meanings, TableMapping, checked, fold
from cyberclass.corpora.sources.source import Record, Reject, Source
from cyberclass.errors import CorpusError
from cyberclass.taxonomy import CODEBOOK, GENRES, NO_DOMAIN, UNDETERMINED, Taxonomy
from cyberclass.text.batches import TEXT_COLUMNS, TITLE_COLUMNS

#: Columns that a role has where none is named, if they are there.
_NAMES = {"text": TEXT_COLUMNS, "title": TITLE_COLUMNS}
_ROLES = ("id", "incident", "date", "is_incident", "motivation", "impact", "actor", "genre", "source")

_TRUTH = {**dict.fromkeys(("true", "yes", "y", "1"), True), **dict.fromkeys(("false", "no", "n", "0"), False)}
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?:[ ,T].*)?$", re.ASCII)
_TIME = re.compile(r"[ ,T]+\d{1,2}:\d\d.*$", re.ASCII)
_DATES = ("%d.%m.%Y", "%Y/%m/%d", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%B %Y", "%b %Y")
_SEPARATORS = ";,|"


def table_source(
    columns: Mapping[str, str],
    values: Meanings,
    taxonomy: Taxonomy = CODEBOOK,
    name: str = "csv",
    impact_coded: tuple[str, ...] | None = None,
) -> Source:
    """Make a source of any table.

    Parameters
    ----------
    columns : mapping of str to str
        What columns are (`mappings.ROLES`), and their names; upper and lower case, spaces and underscores count alike.
        The text is by default the first there is of `batches.TEXT_COLUMNS`, other columns those of their role's name.
    values : mapping of str to mapping
        What words mean, as `mappings.TableMapping` has them.
    taxonomy : Taxonomy
    name : str
    impact_coded : tuple of str, optional
        Domains that the table codes, where it has a column of impact domains; by default all.

    Returns
    -------
    Source
        Documents of it have as their source what the table's column says, or else the file's name without suffix.

    Raises
    ------
    CorpusError
        If a label is none of the taxonomy's.
    """
    mapping = checked(TableMapping(columns, values, impact_coded), taxonomy)
    return Source(
        name=name,
        title="a table of reports",
        licence="That of the table.",
        version=1,
        read=partial(_read, mapping=mapping, taxonomy=taxonomy),
    )


def day_format(values: list[str]) -> str | None:
    """Tell whether a column of dates between slashes, or hyphens, has the day or the month first.

    Parameters
    ----------
    values : list of str
        Others than such dates are passed over.

    Returns
    -------
    str or None
        "%d/%m/%Y" or "%m/%d/%Y"; None where nothing shows it, or both are shown.
    """
    pairs = [(int(match[1]), int(match[2])) for value in values if (match := _SLASHED.match(value))]
    day_first, month_first = any(first > 12 for first, _ in pairs), any(second > 12 for _, second in pairs)
    if day_first == month_first:
        return None
    return "%d/%m/%Y" if day_first else "%m/%d/%Y"


def _read(path: Path, mapping: TableMapping, taxonomy: Taxonomy) -> Iterator[Record | Reject]:
    rows = list(read_rows(path, [], "a table of reports"))
    names: dict[str, None] = {}
    for each in rows:
        if not isinstance(each, Reject):
            names.update(dict.fromkeys(each[1]))
    if not names:
        yield from (each for each in rows if isinstance(each, Reject))
        return
    columns = _columns(path, [*names], mapping.columns)
    date = columns.get("date", "")
    order = day_format([text_of(each[1].get(date)) for each in rows if not isinstance(each, Reject)])
    reader = _Row(mapping, taxonomy, columns, order, path.stem)
    for each in rows:
        yield each if isinstance(each, Reject) else reader.record(*each)


def _columns(path: Path, names: list[str], given: Mapping[str, str]) -> dict[str, str]:
    """Find the column of every role that has one."""
    columns = {role: column_name(column) for role, column in given.items()}
    for role, column in columns.items():
        if column not in names:
            raise CorpusError(
                f"{path}: found no column {given[role]!r} among {', '.join(names)}; expected the {role} there: name "
                f"the column with --{role.replace('_', '-')}, or in [columns] of the mapping."
            )
    for role in (*_NAMES, *_ROLES):
        found = next((name for name in _NAMES.get(role, (role,)) if name in names and name not in columns.values()), "")
        if found:
            columns.setdefault(role, found)
    if "text" not in columns:
        raise CorpusError(
            f"{path}: found no column {', '.join(TEXT_COLUMNS)} among {', '.join(names)}; expected the text in one of "
            "them: name it with --text, or in [columns] of the mapping."
        )
    return columns


class _Row:
    """Reads rows of one table."""

    def __init__(
        self, mapping: TableMapping, taxonomy: Taxonomy, columns: dict[str, str], order: str | None, stem: str
    ) -> None:
        self.columns, self.order, self.stem = columns, order, stem
        self.coded = taxonomy.impacts if mapping.impact_coded is None else mapping.impact_coded
        labels = {label.casefold(): label for label in (*taxonomy.motivations, UNDETERMINED)}
        domains = {domain.casefold(): (domain,) for domain in taxonomy.impacts} | {NO_DOMAIN: ()}
        self.motivations: dict[str, Any] = {**labels, **mapping.values.get("motivation", {})}
        self.impacts: dict[str, Any] = {**domains, **mapping.values.get("impact", {})}
        self.truth: dict[str, Any] = {**_TRUTH, **mapping.values.get("is_incident", {})}

    def record(self, place: str, row: dict[str, Any]) -> Record | Reject:
        """Read a row."""
        cells = {role: row.get(column) for role, column in self.columns.items()}
        told = text_of(cells.get("is_incident"), keep=self.truth)
        is_incident = self.truth.get(fold(told), None if told else True)
        if is_incident is None:
            return Reject(place, f"is_incident: found {told!r}; expected true or false, or a word of the mapping")
        kinds = _words(cells.get("motivation"), self.motivations)
        impacts = _words(cells.get("impact"), self.impacts)
        impact = self._impact(impacts) if is_incident else None
        return Record(
            place=place,
            **{role: text_of(cells.get(role)) for role in ("text", "title", "id", "incident", "actor")},
            date=self._date(text_of(cells.get("date"))),
            is_incident=is_incident,
            motivation=self._motivation(kinds) if is_incident else None,
            impact=impact,
            impact_coded=None if impact is None else self.coded,
            source_motivation="; ".join(kinds),
            source_impact="; ".join(impacts),
            genre=genre if (genre := fold(text_of(cells.get("genre")))) in GENRES else "",
            source=self.stem if "://" in (source := text_of(cells.get("source"))) else source or self.stem,
        )

    def _motivation(self, words: list[str]) -> str | None:
        found = {self.motivations.get(fold(word)) for word in words or [""]}
        return (found.pop() or None) if len(found) == 1 else None

    def _impact(self, words: list[str]) -> tuple[str, ...] | None:
        found = [self.impacts.get(fold(word)) for word in words or [""]]
        if None in found:
            return None
        named = {domain for domains in found for domain in domains or ()}
        return tuple(domain for domain in self.coded if domain in named)

    def _date(self, text: str) -> str:
        match = _SLASHED.match(text)
        if match is None:
            return date_of(_TIME.sub("", text), *_DATES)
        first, second, year = match.groups()
        order = self.order or day_format([text]) or ("%d/%m/%Y" if int(first) == int(second) else None)
        return date_of(f"{first}/{second}/{year}", order) if order else year


def _words(cell: Any, known: Mapping[str, Any]) -> list[str]:
    """Give a cell's words; one that is known as a whole is not taken apart."""
    whole = "" if isinstance(cell, list | tuple) else text_of(cell, keep=known)
    return [whole] if whole and fold(whole) in known else items_of(cell, _SEPARATORS, keep=known)


SOURCE = table_source({}, {})
