"""What a run is to do, with what, and what there is at its end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cyberclass import __version__
from cyberclass.labelling.parts import Part, Watch
from cyberclass.labelling.saved_model import SavedModel
from cyberclass.labelling.summary import Tally

#: The folder of the rows that were set aside; readers of folders of tables pass over it.
REJECTS = "_rejects"

#: Is told of an event, and of the facts of it, which are ready for JSON.
Log = Callable[[str, dict[str, Any]], None]


@dataclass(frozen=True)
class Job:
    """What is to be done with slices, as it goes to other processes."""

    folder: Path
    model: SavedModel
    #: Of the parts; None for that of the file each is made of.
    ending: str | None
    text_column: str | None
    batch_size: int
    safe_cells: bool = False
    by_section: bool = False
    version: str = field(default_factory=lambda: __version__)

    def asked(self) -> dict[str, Any]:
        """All that the parts depend on but the reports, ready for JSON."""
        return {
            "version": self.version,
            "model": self.model.identity,
            "options": {
                **self.model.options,
                "text_column": self.text_column,
                "batch_size": self.batch_size,
                "safe_cells": self.safe_cells,
                "by_section": self.by_section,
                "ending": self.ending,
            },
        }

    def part(self, name: str) -> Part:
        """Say where a part goes."""
        return Part(self.folder / name, self.folder / REJECTS / f"{name}.csv", name, self.safe_cells)


@dataclass(frozen=True)
class Means:
    """What a run works with, and whom it tells."""

    jobs: int = 1
    #: Address of a Dask scheduler, whose workers do the work.
    cluster: str | None = None
    watch: Watch | None = None
    log: Log | None = None


@dataclass(frozen=True)
class Done:
    """What there is at the end of a run."""

    tally: Tally
    #: Names of the parts of each slice, in the order of the slices.
    parts: list[list[str]]
    #: Rows that earlier runs had labelled.
    earlier: int
