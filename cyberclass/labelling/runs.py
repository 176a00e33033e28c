"""A run over slices of reports into a folder of parts, which goes on where an earlier one stopped."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import Any

from cyberclass import __version__
from cyberclass.errors import ReportError
from cyberclass.labelling.cluster import workers_of
from cyberclass.labelling.job import Done, Job, Means
from cyberclass.labelling.journal import Journal, has_changed, identity_of, is_same
from cyberclass.labelling.locks import remove_leftovers
from cyberclass.labelling.parts import Piece, Watch, write_parts
from cyberclass.labelling.pool import ended_with_us, interrupts_ignored, processes
from cyberclass.labelling.slices import Slice
from cyberclass.labelling.summary import Tally, timed
from cyberclass.text.batches import Batch
from cyberclass.text.places import make_folder, remove, told

#: Slices a process from which on each reads and writes its own, rather than labelling what the first one reads.
_FEWEST_SLICES = 2


@dataclass(frozen=True)
class Task:
    """A slice to label, what its files were when the run began, and the names of its parts that are in place."""

    slice: Slice
    identity: dict[str, Any]
    finished: frozenset[str] = frozenset()


def run_slices(
    slices: Sequence[Slice],
    job: Job,
    remedy: str,
    means: Means,
    done: Callable[[str, Tally], None] | None = None,
) -> Done:
    """Label slices into a folder of parts; parts that are there are not made again.

    Parameters
    ----------
    slices : sequence of Slice
    job : Job
    remedy : str
        What to do if the folder holds the parts of another run; the end of a sentence.
    means : Means
    done : callable, optional
        Is told of each part that this run puts in place: its name, and what became of its rows.

    Returns
    -------
    Done

    Raises
    ------
    ReportError
        If the folder holds the parts of another run, or what parts were made of has changed; and as `label_reports`.
    """
    journal = Journal(job.folder)
    with told(job.folder):
        journal.begin(job.asked(), remedy)
        remove_leftovers(job.folder)
        records = journal.records()
    identities = _identities(slices)
    _check_records(slices, identities, records, job, remedy)
    found = [_finished(each, job, records) for each in slices]
    parts = [names for names, _ in found]
    tally = Tally()
    for names in parts:
        for name in names:
            tally += Tally.from_record(records[name])
    earlier = tally.rows
    todo = {
        place: Task(slices[place], identities[place], frozenset(parts[place]))
        for place, (_, is_complete) in enumerate(found)
        if not is_complete
    }
    for place, name, counted in _labelled(todo, job, means):
        tally += counted
        if name:
            parts[place].append(name)
            if done:
                done(name, counted)
    remove_leftovers(job.folder)  # of workers that were lost
    return Done(tally, parts, earlier)


def _labelled(todo: dict[int, Task], job: Job, means: Means) -> Iterator[tuple[int, str, Tally]]:
    if means.cluster is None and (means.jobs == 1 or len(todo) < _FEWEST_SLICES * means.jobs):
        yield from label_slices(todo, job, means.jobs, means.watch)
        return
    from joblib import delayed

    size, total = 0.0, sum(task.slice.size for task in todo.values())
    tasks = [delayed(_label_alone)(place, task, job) for place, task in todo.items()]
    with _workers(means) as start:
        for several in start(tasks):
            yield from several
            size += todo[several[0][0]].slice.size
            if means.watch:
                means.watch.rows(sum(tally.rows for _, _, tally in several), size / total if total else None)


@contextmanager
def _workers(means: Means) -> Iterator[Callable[[Sequence[Any]], Iterator[list[tuple[int, str, Tally]]]]]:
    """Give what starts tasks, and hands on their results as they are done."""
    if means.cluster is not None:
        with workers_of(means.cluster) as parallel:
            yield parallel
        return

    def start(tasks: Sequence[Any]) -> Any:
        with interrupts_ignored():
            return processes(means.jobs, return_as="generator_unordered", pre_dispatch="2*n_jobs")(tasks)

    with ended_with_us():
        yield start


def _label_alone(place: int, task: Task, job: Job) -> list[tuple[int, str, Tally]]:
    if job.version != __version__:
        raise ReportError(
            f"a worker has cyberclass {__version__}; expected {job.version}, as where the run began: install that."
        )
    return list(label_slices({place: task}, job))


def label_slices(
    tasks: dict[int, Task], job: Job, jobs: int = 1, watch: Watch | None = None
) -> Iterator[tuple[int, str, Tally]]:
    """Label slices one after another, and record each part.

    Parameters
    ----------
    tasks : dict of int to Task
        By the places of their slices.
    job : Job
    jobs, watch
        As `cyberclass.labelling.parts.write_parts` takes them.

    Yields
    ------
    place : int
        That of the slice.
    name : str
        Of a part; at the very end "", with the time that went into reading.
    tally : Tally

    Raises
    ------
    ReportError
        If what a slice is of has changed, or is gone, before a part of it is recorded.
    """
    journal, reading = Journal(job.folder), Tally()
    total = sum(task.slice.size for task in tasks.values())
    places: dict[str, int] = {}

    def pieces() -> Iterator[Piece]:
        before = 0.0
        for place, task in tasks.items():
            each = task.slice
            names, number, name = each.part_names(job.ending), -1, ""
            for at, batch, ends_part, is_last in _read(task, job):
                while number < at:
                    number, name = number + 1, next(names)
                if name not in task.finished:
                    part = job.part(name)
                    make_folder((job.folder / name).parent)
                    places[name] = place
                    share = (before + (batch.share or 0.0) * each.size) / total if total else None
                    yield Piece(part, replace(batch, share=share), ends_part, is_last)
            before += each.size

    for piece, tally in write_parts(timed(pieces(), reading.seconds), job.model, jobs, watch):
        name = piece.part.name
        place = places.pop(name)
        task = tasks[place]
        if has_changed(task.slice.files, task.identity):
            remove(job.folder / name)
            raise _changed(task, job)
        made_of = {"source": task.slice.name, "input": task.identity}
        journal.record(name, {**made_of, "is_last": piece.is_last, **tally.to_record()})
        yield place, name, tally
    yield min(tasks, default=0), "", reading


def _read(task: Task, job: Job) -> Iterator[tuple[int, Batch, bool, bool]]:
    try:
        yield from task.slice.batches(job.text_column, job.batch_size, job.by_section)
    except (ReportError, OSError) as error:
        if has_changed(task.slice.files, task.identity):
            raise _changed(task, job) from error
        raise


def _changed(task: Task, job: Job) -> ReportError:
    return ReportError(
        f"{task.slice.source}: has changed since the run began to label it, in {job.folder}; put it back as it "
        f"was, or remove {job.folder} to begin anew."
    )


def _identities(slices: Sequence[Slice]) -> list[dict[str, Any]]:
    """Give the identity of what each slice is of, taken once a file."""
    known: dict[Path, dict[str, Any]] = {}
    for each in slices:
        if (first := each.files.paths[0]) not in known:
            known[first] = identity_of(each.files)
    return [known[each.files.paths[0]] for each in slices]


def _finished(each: Slice, job: Job, records: dict[str, dict[str, Any]]) -> tuple[list[str], bool]:
    """Name the parts of a slice that are in place, and say whether that is all of them."""
    names = list(takewhile(records.__contains__, each.part_names(job.ending)))
    return names, bool(names) and bool(records[names[-1]]["is_last"])


def _check_records(
    slices: Sequence[Slice],
    identities: Sequence[dict[str, Any]],
    records: dict[str, dict[str, Any]],
    job: Job,
    remedy: str,
) -> None:
    """Check that each part in place is one of these slices, and made of the same content."""
    sources: dict[str, list[int]] = {}
    makers: dict[str, int] = {}
    for place, each in enumerate(slices):
        sources.setdefault(each.name, []).append(place)
        if not each.is_long:
            makers[next(each.part_names(job.ending))] = place
    for name, record in records.items():
        places = sources.get(record["source"])
        if places is None:
            raise ReportError(
                f"{record['source']}: is no longer among the reports, but {name} was made of it, in {job.folder}; put "
                f"it back, or {remedy}."
            )
        long = (place for place in places if slices[place].is_long and slices[place].may_make(name, job.ending))
        maker = makers.get(name, next(long, None))
        if maker is None or not is_same(record["input"], identities[maker]):
            raise ReportError(
                f"{slices[places[0]].source}: has changed since {name} was made of it, in {job.folder}; put it "
                f"back as it was, or {remedy}."
            )
