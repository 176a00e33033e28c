"""Batches of reports through a model into the files of parts, each whole or not at all."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pandas as pd

from cyberclass.labelling.columns import beside
from cyberclass.labelling.evidence import trace_evidence
from cyberclass.labelling.locks import remove_leftovers
from cyberclass.labelling.pool import label_batches
from cyberclass.labelling.saved_model import Labelled, Labeller
from cyberclass.labelling.summary import Clock, Tally
from cyberclass.labelling.writer import ReportWriter
from cyberclass.labelling.writers import open_writer
from cyberclass.text.batches import Batch, Sections
from cyberclass.text.places import make_folder, place_of


@dataclass(frozen=True)
class Part:
    """A file to write, and the one for the rows set aside from it; without the latter these are only counted."""

    output: str | Path
    rejects: Path | None
    #: What it is called in a folder of parts.
    name: str = ""
    #: As `cyberclass.labelling.writers.open_writer` takes it; for both.
    safe_cells: bool = False


@dataclass(frozen=True)
class Piece:
    """A batch and the part it goes to."""

    part: Part
    batch: Batch
    #: Whether it is the last of its part: which is then complete, whatever becomes of those that follow.
    ends_part: bool = False
    #: Whether it is the last of its slice of the reports.
    is_last: bool = False


_Found = tuple[Piece, Labelled | None]


class Watch:
    """Tells others how far labelling has come.

    Parameters
    ----------
    progress, show : callable, optional
        As `cyberclass.labelling.label.label_reports` takes them.
    """

    def __init__(
        self,
        progress: Callable[[int, float | None], None] | None = None,
        show: Callable[[list[str], pd.DataFrame], None] | None = None,
    ) -> None:
        self._progress = progress
        self._show = show
        self._rows = 0

    def batch(self, batch: Batch, labels: pd.DataFrame | None) -> None:
        """Take note of a batch, and of its labels if it has texts."""
        if self._show and labels is not None:
            self._show(batch.texts, labels)
        self.rows(len(batch.texts) + len(batch.rejects), batch.share)

    def rows(self, rows: int, share: float | None) -> None:
        """Take note of further rows, and of the share of all that is done."""
        self._rows += rows
        if self._progress:
            self._progress(self._rows, share)


def write_parts(
    pieces: Iterable[Piece], model: Labeller, jobs: int = 1, watch: Watch | None = None
) -> Iterator[tuple[Piece, Tally]]:
    """Label batches and write the user's rows, in their order, with the labels to their right.

    Parameters
    ----------
    pieces : iterable of Piece
        Those of one part follow each other, up to one that ends it, or to the end of all.
    model : Labeller
    jobs : int
        As `cyberclass.labelling.pool.label_batches` takes them.
    watch : Watch, optional

    Yields
    ------
    Piece
        The last of a part, whose files are there. A part without a row that was labelled has no output, one without
        rejects no such file: that of an earlier run is removed.
    Tally
        What became of the part's rows.
    """
    labelled = label_batches(pieces, lambda piece: piece.batch.texts, model, jobs)
    for first in labelled:
        part, tally = first[0].part, Tally()
        if not part.name:  # a run of parts does so once for its folder
            _remove_leftovers(part)
        # The first to be entered is the last to deliver: no rejects without the rows they were set aside from.
        with (
            _Rejects(part, tally.seconds) as rejects,
            _Timed(open_writer(part.output, part.safe_cells), tally.seconds) as writer,
        ):
            for piece, found in _of_part(first, labelled):
                batch = piece.batch
                tally.rejected += len(batch.rejects)
                with Clock(tally.seconds, "writing"):
                    rejects.write(batch.rejects)
                    if found:
                        trace_evidence(found.labels, batch.texts, batch.originals)
                        if batch.sections is not None:
                            _name_sections(found.labels, batch.texts, batch.sections)
                        writer.write(beside(batch.frame, found.labels))
                if found:
                    tally.add(found)
                if watch:
                    watch.batch(batch, found.labels if found else None)
        if part.rejects and not tally.rejected:
            part.rejects.unlink(missing_ok=True)
        yield piece, tally


def _remove_leftovers(part: Part) -> None:
    for place in (part.output, part.rejects):
        if place is not None and str(place) != "-":
            target = place_of(place).resolve()
            remove_leftovers(target.parent, target.name)


def _of_part(first: _Found, labelled: Iterator[_Found]) -> Iterator[_Found]:
    found: _Found | None = first
    while found is not None:
        yield found
        found = None if found[0].ends_part else next(labelled, None)


def _name_sections(labels: pd.DataFrame, texts: list[str], sections: Sections) -> None:
    """Put number and text of each section left of its labels, in place."""
    labels.insert(0, "section", sections.numbers)
    labels.insert(1, "section_text", texts)
    if "truncated" in labels:
        labels["truncated"] = sections.truncated


class _Timed:
    """A writer whose end, which may be most of its work, counts as writing."""

    def __init__(self, writer: ReportWriter, seconds: dict[str, float]) -> None:
        self._writer = writer
        self._seconds = seconds

    def __enter__(self) -> ReportWriter:
        return self._writer.__enter__()

    def __exit__(self, *error: Any) -> None:
        with Clock(self._seconds, "writing"):
            self._writer.__exit__(*error)


class _Rejects:
    """A writer whose file, and the folder of it, come with the first row that is set aside."""

    def __init__(self, part: Part, seconds: dict[str, float]) -> None:
        self._path = part.rejects
        self._safe_cells = part.safe_cells
        self._seconds = seconds
        self._writer: _Timed | None = None

    def __enter__(self) -> Self:
        return self

    def write(self, frame: pd.DataFrame) -> None:
        if self._path is None or not len(frame):
            return
        if self._writer is None:
            make_folder(self._path.parent)
            self._writer = _Timed(open_writer(self._path, self._safe_cells), self._seconds)
            self._rows = self._writer.__enter__()
        self._rows.write(frame)

    def __exit__(self, *error: Any) -> None:
        if self._writer is not None:
            self._writer.__exit__(*error)
