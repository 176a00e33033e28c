"""Reports through a model, batch by batch, into a file of the user's rows with labels beside them."""

from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, BinaryIO, Protocol, TextIO

import pandas as pd

from cyberclass.errors import ReportError
from cyberclass.labelling.writers import check_apart, open_writer
from cyberclass.model.gate import is_unread
from cyberclass.taxonomy import UNDETERMINED
from cyberclass.text.folders import find_reports
from cyberclass.text.readers import read_reports

if TYPE_CHECKING:
    from cyberclass.model.drift import Drift


class Labeller(Protocol):
    """What labels texts."""

    def label(self, texts: list[str]) -> pd.DataFrame:
        """Label texts.

        Parameters
        ----------
        texts : list of str, length n

        Returns
        -------
        DataFrame
            A row a text in the same order, index 0 to n - 1; among its columns ``is_incident`` (bool),
            ``motivation`` (str) and ``impact`` (str, domains joined by ";").
        """
        ...


@dataclass(frozen=True)
class LabelSummary:
    """What became of the reports: `rows` is the sum of `labelled`, `undetermined`, `not_incidents` and `rejected`."""

    #: Reports read.
    rows: int
    #: Incidents with a motivation.
    labelled: int
    #: Incidents whose text gives no sound basis for a motivation.
    undetermined: int
    #: Reports that are not about an incident.
    not_incidents: int
    #: Reports without a text, or that could not be read.
    rejected: int
    seconds: float
    #: Labelled reports by motivation.
    motivations: dict[str, int]
    #: Incidents by impact domain; one may have several.
    impacts: dict[str, int]
    #: The file written; None for standard output.
    output: Path | None
    #: The file of rows set aside; None if there are none, or the output is standard output.
    rejects: Path | None
    #: The reports beside the model's training documents; None if nothing compared them.
    drift: "Drift | None" = None
    #: Reports that the model cannot read (`cyberclass.model.gate`), among the undetermined.
    unread: int = 0


def label_reports(
    source: str | Path | TextIO | BinaryIO,
    output: str | Path,
    model: Labeller,
    *,
    text_column: str | None = None,
    batch_size: int = 1000,
    safe_cells: bool = False,
    progress: Callable[[int, float | None], None] | None = None,
    drift: Callable[[], "Drift | None"] | None = None,
) -> LabelSummary:
    """Label a source of reports and write the user's rows, in their order, with the labels to their right.

    Both files are written whole or not at all. A user's column that has the name of one of ours is kept
    as ``<name>_input``.

    Parameters
    ----------
    source : str, Path or stream
        As in `cyberclass.text.readers.read_reports`.
    output : str or Path
        As in `cyberclass.labelling.writers.open_writer`. Rows that are set aside go to
        ``<output>.rejects.csv`` (columns ``row`` and ``reason``), if there are any; one that an earlier run
        left is removed. With "-" as output they are only counted.
    model : Labeller
    text_column : str, optional
    batch_size : int
        Reports a batch.
    safe_cells : bool
        As `cyberclass.labelling.writers.open_writer` takes it; for both files.
    progress : callable, optional
        Called after each batch with the reports read so far and the share of the source that this is, in
        [0, 1], or None where that is not known.
    drift : callable, optional
        Called once all reports are labelled; compares them with what the model knows, such as the `drift` of a
        `cyberclass.model.drift.Watch` that the model shows its labels.

    Returns
    -------
    LabelSummary

    Raises
    ------
    ReportError
        If the source cannot be read or the output not be written, the output is among the sources, or no
        report could be labelled.
    """
    start = perf_counter()
    writer = open_writer(output, safe_cells)
    rejects_path = None if str(output) == "-" else Path(f"{output}.rejects.csv")
    if rejects_path and isinstance(source, (str, Path)) and str(source) != "-":
        check_apart(find_reports(source).paths, Path(output), rejects_path)
    tally = _Tally()
    rejects_writer = open_writer(rejects_path, safe_cells) if rejects_path else nullcontext()
    # The first to be entered is the last to deliver: no rejects without the rows they were set aside from.
    with rejects_writer as rejects, writer:
        for batch in read_reports(source, text_column, batch_size):
            if rejects and len(batch.rejects):
                rejects.write(batch.rejects)
            tally.rejected += len(batch.rejects)
            if batch.texts:
                labels = model.label(batch.texts)
                if len(labels) != len(batch.texts):
                    raise ValueError(f"the model gave {len(labels)} rows of labels for {len(batch.texts)} texts")
                tally.add(labels)
                writer.write(beside(batch.frame, labels))
            if progress:
                progress(tally.rows, batch.share)
    if rejects_path and not tally.rejected:
        rejects_path.unlink(missing_ok=True)
    if tally.rejected == tally.rows:
        raise ReportError(_nothing(source, tally.rows, rejects_path))
    return LabelSummary(
        rows=tally.rows,
        labelled=sum(tally.motivations.values()),
        undetermined=tally.undetermined,
        not_incidents=tally.not_incidents,
        rejected=tally.rejected,
        seconds=perf_counter() - start,
        motivations=dict(tally.motivations),
        impacts=dict(tally.impacts),
        output=Path(output) if rejects_path else None,
        rejects=rejects_path if tally.rejected else None,
        drift=drift() if drift else None,
        unread=tally.unread,
    )


class _Tally:
    """Counts that become a `LabelSummary`."""

    def __init__(self) -> None:
        self.motivations: Counter[str] = Counter()
        self.impacts: Counter[str] = Counter()
        self.undetermined = self.not_incidents = self.rejected = self.unread = 0

    @property
    def rows(self) -> int:
        return sum(self.motivations.values()) + self.undetermined + self.not_incidents + self.rejected

    def add(self, labels: pd.DataFrame) -> None:
        self.unread += int(is_unread(labels).sum())
        incidents = labels[labels["is_incident"].astype(bool)]
        motivations = Counter(incidents["motivation"])
        self.not_incidents += len(labels) - len(incidents)
        self.undetermined += motivations.pop(UNDETERMINED, 0)
        self.motivations += motivations
        self.impacts.update(domain for domains in incidents["impact"] for domain in domains.split(";") if domain)


def beside(frame: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Put labels right of a user's columns, and rename those that whoever reads the file would take for ours.

    Parameters
    ----------
    frame : DataFrame, n rows
    labels : DataFrame, n rows
        With the index of `frame`.

    Returns
    -------
    DataFrame, n rows
        A user's column of the name of one of `labels`, whatever its case, is called ``<name>_input``.
    """
    taken = set(frame.columns) | set(labels.columns)
    ours = {name.casefold() for name in labels.columns}
    names = {}
    for name in frame.columns:
        if name.strip().casefold() in ours:
            names[name] = f"{name}_input"
            while names[name] in taken:
                names[name] += "_input"
            taken.add(names[name])
    return pd.concat([frame.rename(columns=names), labels], axis=1)


def _nothing(source: object, rows: int, rejects: Path | None) -> str:
    where = source if isinstance(source, (str, Path)) else "the stream"
    if not rows:
        return f"{where}: nothing could be labelled: found no reports; expected one a row, below the column names."
    reasons = f"the reasons are in {rejects}" if rejects else "name an output file to see the reasons"
    return f"{where}: nothing could be labelled: each of {rows:,} reports was set aside; {reasons}."
