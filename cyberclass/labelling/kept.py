"""Runs whose parts are kept: into a folder of parts, or beside a large file until it is put together."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from cyberclass.errors import ReportError
from cyberclass.labelling.job import REJECTS, Done, Job, Means
from cyberclass.labelling.journal import Journal
from cyberclass.labelling.locks import remove_leftovers
from cyberclass.labelling.runs import run_slices
from cyberclass.labelling.saved_model import SavedModel
from cyberclass.labelling.slices import cut
from cyberclass.labelling.summary import Clock, Tally
from cyberclass.labelling.writers import open_writer
from cyberclass.text.folders import ReportFiles
from cyberclass.text.places import is_remote, place_of, told


def label_into_folder(files: ReportFiles, job: Job, means: Means) -> Done:
    """Label reports into a folder of parts, which stays.

    Returns
    -------
    Done

    Raises
    ------
    ReportError
        As `run_slices`; and if a report lies in the folder.
    """
    homes = {job.folder.resolve()}
    if not is_remote(job.folder):
        # A part is written where a link points.
        homes.update(path.resolve() for path in job.folder.rglob("*") if path.is_symlink())
    if inner := [path for path in files.paths if homes & {path.resolve(), *path.resolve().parents}]:
        raise ReportError(f"{inner[0]}: lies in the folder to write to; name another, so that no report is lost.")
    with Journal(job.folder).held(), _interrupted(f"the parts in {job.folder} are kept"):
        return _run(files, job, means, f"name another folder with -o, or remove {job.folder} to begin anew")


def label_and_join(files: ReportFiles, output: Path, rejects: Path, job: Job, means: Means) -> Done:
    """Label reports into parts beside a file, and put the file together when all are there.

    Parameters
    ----------
    files : ReportFiles
    output, rejects : Path
        The files to write, each whole or not at all.
    job : Job
        Whose folder is that of `folder_beside`; it is removed at the end.
    means : Means

    Returns
    -------
    Done

    Raises
    ------
    ReportError
        As `run_slices`; and if a part is gone when the file is put together.
    """
    journal = Journal(job.folder)
    with journal.held(), _interrupted(f"what is labelled is kept in {job.folder}"):
        done = _run(files, job, means, f"run the earlier command again, or remove {job.folder} to begin anew")
        with told(job.folder):
            records = journal.records()
        # A part has no file if none of its rows went there.
        parts, set_aside = [], []
        for name in itertools.chain.from_iterable(done.parts):
            part, rejected = job.folder / name, job.folder / REJECTS / f"{name}.csv"
            if name not in records or (records[name]["rejected"] and not rejected.is_file()):
                raise ReportError(
                    f"{part}: is gone, or not as it was written, before {output} was put together of it; "
                    "run the same command again."
                )
            parts.extend([part] if records[name]["bytes"] is not None else [])
            set_aside.extend([rejected] if records[name]["rejected"] else [])
        with Clock(done.tally.seconds, "writing"):
            if done.tally.rejected:
                _join(set_aside, rejects)
            else:
                rejects.unlink(missing_ok=True)
            _join(parts, output)
        journal.end()
    return done


def folder_beside(output: Path) -> Path:
    """Name the folder that holds the parts of a file while it is under way."""
    return output.with_name(f".{output.name[:200]}.parts")


def _run(files: ReportFiles, job: Job, means: Means, remedy: str) -> Done:
    if means.cluster is not None:
        # Workers have folders of their own to start from.
        files = replace(files, paths=list(map(_absolute, files.paths)), base=_absolute(files.base))
        folder = job.model.folder
        model = SavedModel(None if folder is None else _absolute(place_of(folder)), **job.model.options)
        job = replace(job, folder=_absolute(job.folder), model=model)

    def tell(name: str, tally: Tally) -> None:
        if means.log:
            seconds = {step: round(spent, 3) for step, spent in tally.seconds.items()}
            means.log("part", {"part": name, "rows": tally.rows, "rejected": tally.rejected, "seconds": seconds})

    return run_slices(cut(files, job.ending), job, remedy, means, tell)


def _absolute(path: Path) -> Path:
    return path if is_remote(path) else path.absolute()


def _join(parts: Sequence[Path], output: Path) -> None:
    remove_leftovers(output.parent, output.name)
    with open_writer(output) as writer:
        for part in parts:
            writer.append(part)


@contextmanager
def _interrupted(kept: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt as error:
        raise KeyboardInterrupt(f"{kept}: the same command again goes on from there") from error
