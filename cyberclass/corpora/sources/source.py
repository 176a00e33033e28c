"""A database of the field: what an importer yields, and how one is found by its name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import NamedTuple

from cyberclass.errors import CorpusError

#: Entry points in which other packages offer a `Source` of theirs.
GROUP = "cyberclass.sources"

#: Modules of this package that have one.
OWN = ("eurepoc", "cissm", "vcdb", "hackmageddon", "cfr", "dcid", "stix", "misp", "csv")


@dataclass(frozen=True)
class Record:
    """One incident, or report, as a database has it, with its labels mapped to the codebook.

    Attributes
    ----------
    place : str
        Where it stands, such as "row 12"; rejects and errors name it.
    text, title : str
        As they are there; a text that says nothing is set aside later.
    id : str
        Unique in the database, or "" where it has none.
    incident : str
        What records of one incident share; "" where each is of its own.
    date : str
        YYYY-MM-DD, YYYY-MM or YYYY, or "" where not known.
    is_incident : bool
    motivation : str or None
        A motivation; "undetermined" where the database says that it is unknown; None where it does not say, or says
        something that is none of these.
    motivation_secondary : str or None
    impact : tuple of str, or None
        Domains that apply; None where none is coded.
    impact_coded : tuple of str, or None
        Domains that this record is coded for; None if `impact` covers all, or none is.
    source_motivation, source_impact : str
        The database's own words that the labels were read from, several joined by "; ".
    actor : str
        The actor's name, or "".
    genre : str
    source : str
        Where the record is from, if not simply the database: its documents' `source`, and the beginning of their ids.
    """

    place: str
    text: str
    title: str = ""
    id: str = ""
    incident: str = ""
    date: str = ""
    is_incident: bool = True
    motivation: str | None = None
    motivation_secondary: str | None = None
    impact: tuple[str, ...] | None = None
    impact_coded: tuple[str, ...] | None = None
    source_motivation: str = ""
    source_impact: str = ""
    actor: str = ""
    genre: str = "database"
    source: str = ""


class Reject(NamedTuple):
    """A record that is no document: where it stands, and why."""

    place: str
    reason: str


@dataclass(frozen=True)
class Source:
    """A database.

    Attributes
    ----------
    name : str
        As the command line, and the column `source`, have it.
    title : str
        The database's own name.
    licence : str
        What its publisher says of use and passing on, in a sentence.
    version : int
        Of the mapping to the codebook; raised whenever that changes.
    read : callable
        Path -> iterator of `Record` and `Reject`, in the order of the file. Raises CorpusError for a file that is not
        the database's.
    """

    name: str
    title: str
    licence: str
    version: int
    read: Callable[[Path], Iterator[Record | Reject]]

    @property
    def mapping(self) -> str:
        """The mapping's name and version."""
        return f"{self.name} {self.version}"


def source_names() -> list[str]:
    """Name every database that can be imported."""
    return [*OWN, *sorted({point.name for point in entry_points(group=GROUP)} - {*OWN})]


def find_source(name: str) -> Source:
    """Find a database by its name.

    Raises
    ------
    CorpusError
        If nothing imports it.
    """
    if name in OWN:
        source: Source = import_module(f"cyberclass.corpora.sources.{name}").SOURCE
        return source
    for point in entry_points(group=GROUP, name=name):
        try:
            found = point.load()
        except (ImportError, AttributeError) as error:
            raise CorpusError(f"source {name!r}: cannot be loaded from {point.value} ({error}); update it.") from error
        if not isinstance(found, Source):
            kind = type(found).__name__
            raise CorpusError(f"source {name!r}: found a {kind} at {point.value}; expected a {Source.__qualname__}.")
        return found
    raise CorpusError(f"found the source {name!r}; expected one of {', '.join(source_names())}.")
