"""Reports through a model, batch by batch, into a file of the user's rows with labels beside them."""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, BinaryIO, TextIO

import pandas as pd

from cyberclass.errors import ReportError
from cyberclass.labelling.job import REJECTS, Done, Job, Log, Means
from cyberclass.labelling.kept import folder_beside, label_and_join, label_into_folder
from cyberclass.labelling.parts import Part, Piece, Watch, write_parts
from cyberclass.labelling.pool import default_jobs
from cyberclass.labelling.saved_model import Labeller, SavedModel
from cyberclass.labelling.slices import LARGE_BYTES
from cyberclass.labelling.summary import LabelSummary, Tally, timed
from cyberclass.labelling.writers import ENDINGS, JOINED, check_apart, open_writer
from cyberclass.text.batches import Batch
from cyberclass.text.compressed import kind_of
from cyberclass.text.folders import find_reports
from cyberclass.text.places import check_writable, is_remote, place_of, size_of
from cyberclass.text.readers import read_files, read_reports

if TYPE_CHECKING:
    from cyberclass.model.drift import Drift


def label_reports(
    source: str | Path | Sequence[str | Path] | TextIO | BinaryIO,
    output: str | Path,
    model: Labeller,
    *,
    text_column: str | None = None,
    batch_size: int = 1000,
    safe_cells: bool = False,
    by_section: bool = False,
    jobs: int | None = None,
    cluster: str | None = None,
    progress: Callable[[int, float | None], None] | None = None,
    show: Callable[[list[str], pd.DataFrame], None] | None = None,
    log: Log | None = None,
) -> LabelSummary:
    """Label a source of reports and write the user's rows, in their order, with the labels to their right.

    Files are written whole or not at all. A user's column that has the name of one of ours is kept as
    ``<name>_input``.

    Parameters
    ----------
    source : str, Path, a sequence of them, or stream
        As in `cyberclass.text.readers.read_reports`.
    output : str or Path
        A file, as in `cyberclass.labelling.writers.open_writer`. Rows that are set aside go to
        ``<output>.rejects.csv`` (columns ``row`` and ``reason``), if there are any; one that an earlier run
        left is removed. With "-" as output they are only counted. Where files of `slices.LARGE_BYTES` and more are
        labelled by a `SavedModel`, the parts of it that are done are kept beside it until all are, and a run that was
        ended is gone on with.
        Or a folder, which is there or whose name ends in a slash, for a part for each file (several for a large one),
        of the same format; rows that are set aside go to its folder ``_rejects``. Parts that are there are not made
        again, and are no reports of a folder or a pattern that holds them.
    model : Labeller
        A `SavedModel` also compares the reports with its training documents.
    text_column : str, optional
    batch_size : int
        Reports a batch.
    safe_cells : bool
        As `cyberclass.labelling.writers.open_writer` takes it; for all files.
    by_section : bool
        Make each section of a text that reports several incidents a row of its own, with its number in the column
        `section`, from 1, and its text, in which places of evidence count, in `section_text`.
    jobs : int, optional
        Processes that label, each with the model of a `SavedModel`, while this one reads and writes; None chooses
        (`pool.default_jobs`). The files are the same, byte for byte, whatever their number.
    cluster : str, optional
        Address of a Dask scheduler, whose workers read, label and write parts: of a folder, or of a file of any size.
        Reports, output and model must be where all of them can reach them, under the same names.
    progress : callable, optional
        Called after each batch with the reports read so far and the share of the source that this is, in
        [0, 1], or None where that is not known.
    show : callable, optional
        Called after each batch with its texts and their labels, if this process reads and writes it.
    log : callable, optional
        Called with the name of an event ("start", "part") and a dict of facts, ready for JSON.

    Returns
    -------
    LabelSummary

    Raises
    ------
    ReportError
        If there is less than one report a batch or one process, the source cannot be read or the output not be written,
        the output is among the sources, parts were made of
        other reports, by another model or with other options, or no report could be labelled.
    """
    start = perf_counter()
    if batch_size < 1:
        raise ReportError(f"batch_size: found {batch_size}; expected 1 or more reports a batch.")
    if jobs is not None and jobs < 1:
        raise ReportError(f"jobs: found {jobs}; expected the number of processes, 1 or more.")
    place, has_parts = place_of(output), is_folder(output)
    apart = place if has_parts else None
    files = find_reports(source, apart) if isinstance(source, (str, Path, Sequence)) and str(source) != "-" else None
    size = None if files is None else sum(map(size_of, files.paths))
    means = Means(default_jobs(size, model) if jobs is None else jobs, cluster, Watch(progress, show), log)
    check_writable(place)
    if not has_parts:
        open_writer(output)  # that there is one is told before any work
    rejects = None if str(output) == "-" else place / REJECTS if has_parts else place_of(f"{output}.rejects.csv")
    if log:
        told = {"files": len(files.paths), "bytes": size} if files else {}
        log("start", {**told, "output": str(output), **({"cluster": cluster} if cluster else {"jobs": means.jobs})})
    if has_parts:
        if files is None or not isinstance(model, SavedModel):
            raise ReportError(f"{output}: found a folder; expected files to read, and a SavedModel, to make parts of.")
        done = label_into_folder(files, Job(place, model, None, text_column, batch_size, safe_cells, by_section), means)
    elif files and rejects:
        check_apart(files.paths, place, rejects)
        is_kept = isinstance(model, SavedModel) and kind_of(place) in JOINED
        if cluster and not is_kept:
            raise ReportError(f"{output}: a cluster labels with a SavedModel, into a folder, or {', '.join(JOINED)}.")
        if isinstance(model, SavedModel) and is_kept and (cluster or (size or 0) >= LARGE_BYTES):
            # Links go on pointing where they point.
            target = place.resolve()
            job = Job(folder_beside(target), model, kind_of(target), text_column, batch_size, safe_cells, by_section)
            done = label_and_join(files, place, rejects, job, means)
        else:
            found = read_files(files, text_column, batch_size, names_files=len(files.paths) > 1, by_section=by_section)
            done = _at_one_go(found, Part(output, rejects, safe_cells=safe_cells), model, means)
    elif cluster:
        raise ReportError(f"{cluster}: found a stream to read or to write; expected files that a cluster can reach.")
    else:
        part = Part(output, rejects, safe_cells=safe_cells)
        done = _at_one_go(read_reports(source, text_column, batch_size, by_section), part, model, means)
    tally = done.tally
    if tally.rejected == tally.rows:
        raise ReportError(_nothing(source, tally.rows, rejects))
    return LabelSummary(
        rows=tally.rows,
        labelled=sum(tally.motivations.values()),
        undetermined=tally.undetermined,
        not_incidents=tally.not_incidents,
        rejected=tally.rejected,
        seconds=perf_counter() - start,
        motivations=dict(tally.motivations),
        impacts=dict(tally.impacts),
        output=place if rejects else None,
        rejects=rejects if tally.rejected else None,
        shares=tally.shares,
        parts=sum(map(len, done.parts)),
        earlier=done.earlier,
        drift=_drift(tally, model),
        unread=tally.unread,
    )


def is_folder(output: str | Path) -> bool:
    """Tell whether an output is a folder of parts: one that is there, or a name that ends in a slash."""
    if str(output) == "-" or str(output).endswith(("/", os.sep)):
        return str(output) != "-"
    place = place_of(output)
    # To ask a store takes time.
    return not (is_remote(place) and kind_of(place) in ENDINGS) and place.is_dir()


def _at_one_go(batches: Iterable[Batch], part: Part, model: Labeller, means: Means) -> Done:
    total = Tally()
    pieces = (Piece(part, batch) for batch in timed(batches, total.seconds))
    for _, tally in write_parts(pieces, model, means.jobs, means.watch):
        total += tally
    return Done(total, [], 0)


def _drift(total: Tally, model: Labeller) -> "Drift | None":
    if total.profile is None or not isinstance(model, SavedModel) or model.reference is None:
        return None
    from cyberclass.model.drift import compare

    return compare(total.profile, model.reference)


def _nothing(source: object, rows: int, rejects: Path | None) -> str:
    several = isinstance(source, Sequence) and not isinstance(source, str)
    where = source if isinstance(source, (str, Path)) else "the reports" if several else "the stream"
    if not rows:
        return f"{where}: nothing could be labelled: found no reports; expected one a row, below the column names."
    reasons = f"the reasons are in {rejects}" if rejects else "name an output file to see the reasons"
    return f"{where}: nothing could be labelled: each of {rows:,} reports was set aside; {reasons}."
