"""An export: a file of labels in, a file in another tool's format out."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import pandas as pd

from cyberclass.errors import ReportError
from cyberclass.exchange.format import make_format
from cyberclass.exchange.incident import Incident
from cyberclass.exchange.reading import read_incidents
from cyberclass.labelling.writers import check_apart, open_writer

#: Rows at a time.
_BATCH = 1000


@dataclass(frozen=True)
class ExportSummary:
    """What became of the rows: `rows` is the sum of `exported`, `repeated`, `not_incidents` and `rejected`."""

    #: Rows read.
    rows: int
    #: Incidents written.
    exported: int
    #: Incidents that are the same as an earlier one, to the last label.
    repeated: int
    #: Rows that are no incident.
    not_incidents: int
    #: Rows that could not be read, or not be had in this format.
    rejected: int
    #: Incidents written without their motivation, for which the format has no word.
    without_motivation: int
    #: Incidents written though the model could not read their texts.
    unread: int
    #: Incidents written without a date that could not be read.
    without_date: int
    seconds: float
    #: The file written; None for standard output.
    output: Path | None
    #: The file of rows set aside; None if there are none, or the output is standard output.
    rejects: Path | None


def export_labels(source: str | Path, output: str | Path, to: str) -> ExportSummary:
    """Write what `cyberclass label` wrote in the format of another tool.

    Rows that are no incident are left out; the files are written whole or not at all. The same labels give the same
    bytes.

    Parameters
    ----------
    source : str or Path
        A table that `cyberclass label` wrote: .csv .tsv .jsonl .parquet .xlsx.
    output : str or Path
        A .json file, or .csv for "eurepoc"; "-" is standard output. Rows that are set aside go to
        ``<output>.rejects.csv`` (columns ``row`` and ``reason``), if there are any; one that an earlier run left is
        removed. With "-" they are only counted.
    to : {"stix", "misp", "veris", "eurepoc"}

    Returns
    -------
    ExportSummary

    Raises
    ------
    ReportError
        If the source cannot be read or lacks a column, the output cannot be written or is the source, or there is
        nothing to write.
    CyberclassError
        If the library that writes the format is not installed.
    """
    start = perf_counter()
    source = Path(source)
    form = make_format(to, output)
    rejects_path = None if str(output) == "-" else Path(f"{output}.rejects.csv")
    if rejects_path:
        check_apart([source], Path(output), rejects_path)
    counts = dict.fromkeys(("exported", "repeated", "not_incidents", "rejected"), 0)
    unread = without_date = 0
    found = read_incidents(source, form.title if form.needs_date else "")
    with form.open(output):
        pass  # that it cannot be written is told of it, not of its rejects
    rejects_writer = open_writer(rejects_path) if rejects_path else nullcontext()
    # The first to be entered is the last to deliver: no rejects without the rows they were set aside from.
    with rejects_writer as rejects, form.open(output) as writer:
        while batch := list(islice(found, _BATCH)):
            rows: list[dict[str, Any]] = []
            aside: list[tuple[str, str]] = []
            for number, item in batch:
                reason = item if isinstance(item, str) else form.fault(item) if item else ""
                if reason:
                    counts["rejected"] += 1
                    aside.append((str(number), reason))
                elif not isinstance(item, Incident):
                    counts["not_incidents"] += 1
                else:
                    made = form.rows(item)
                    counts["exported" if made else "repeated"] += 1
                    rows += made
                    unread += bool(made) and item.is_unread
                    without_date += bool(made) and item.has_unread_date
            if rows:
                writer.write(pd.DataFrame(rows, dtype=object))
            if rejects and aside:
                rejects.write(pd.DataFrame(aside, columns=["row", "reason"], dtype=object))
    if rejects_path and not counts["rejected"]:
        rejects_path.unlink(missing_ok=True)
    if not counts["exported"]:
        raise ReportError(_nothing(source, counts, rejects_path))
    return ExportSummary(
        rows=sum(counts.values()),
        **counts,
        without_motivation=form.without_motivation,
        unread=unread,
        without_date=without_date,
        seconds=perf_counter() - start,
        output=Path(output) if rejects_path else None,
        rejects=rejects_path if counts["rejected"] else None,
    )


def _nothing(source: Path, counts: Mapping[str, int], rejects: Path | None) -> str:
    rows = sum(counts.values())
    if not rows:
        return f"{source}: nothing could be exported: found no rows; expected one a report, below the column names."
    if not counts["rejected"]:
        return f"{source}: nothing could be exported: none of {rows:,} rows is an incident."
    reasons = f"the reasons are in {rejects}" if rejects else "name an output file to see the reasons"
    return f"{source}: nothing could be exported: {counts['rejected']:,} of {rows:,} rows were set aside; {reasons}."
