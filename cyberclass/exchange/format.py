"""A format to export to: which rows of a file an incident becomes."""

from abc import ABC, abstractmethod
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from cyberclass.errors import CyberclassError, ReportError
from cyberclass.exchange.incident import Incident
from cyberclass.labelling.writer import ReportWriter

#: The formats, and where they live.
FORMATS = {
    "stix": ("cyberclass.exchange.stix", "StixBundle"),
    "misp": ("cyberclass.exchange.misp", "MispEvents"),
    "veris": ("cyberclass.exchange.veris", "VerisIncidents"),
    "eurepoc": ("cyberclass.exchange.eurepoc", "EurepocTable"),
}


class Format(ABC):
    """A format; one object writes one file.

    Attributes
    ----------
    title : str
        What a person calls it.
    ending : str
        Of its files.
    needs_date : bool
        Whether it knows no incident without a date.
    without_motivation : int
        Incidents so far whose motivation, a label of another taxonomy than the codebook's, it has no word for.
    """

    title: ClassVar[str]
    ending: ClassVar[str] = ".json"
    needs_date: ClassVar[bool] = False

    def __init__(self) -> None:
        self.without_motivation = 0

    @abstractmethod
    def open(self, path: str | Path) -> ReportWriter:
        """Make the file's writer."""

    @abstractmethod
    def rows(self, incident: Incident) -> list[dict[str, Any]]:
        """Give the rows of an incident for the writer; none if they are written already."""

    def fault(self, incident: Incident) -> str:
        """Say why an incident cannot be had in this format, or nothing."""
        return ""


def make_format(name: str, path: str | Path) -> Format:
    """Make a format by its name, for a file.

    Parameters
    ----------
    name : str
        One of `FORMATS`.
    path : str or Path
        "-" is standard output.

    Returns
    -------
    Format

    Raises
    ------
    ReportError
        If there is no such format, or the file has another ending than its files.
    CyberclassError
        If the library that writes it is not installed.
    """
    if name not in FORMATS:
        raise ReportError(f"found the format {name!r}; expected one of {', '.join(FORMATS)}.")
    module, kind = FORMATS[name]
    chosen: type[Format] = getattr(import_module(module), kind)
    if str(path) != "-" and Path(path).suffix.lower() != chosen.ending:
        raise ReportError(
            f"{path}: found the ending {Path(path).suffix!r}; expected {chosen.ending} for {chosen.title}."
        )
    return chosen()


def missing(library: str) -> CyberclassError:
    """Make the error for a library that is not installed."""
    return CyberclassError(f"This export needs {library}; install it with: pip install 'cyberclass[exchange]'.")
