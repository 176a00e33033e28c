"""A run over slices of reports into a folder of parts, which goes on where an earlier one stopped."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import takewhile
from typing import Any

from cyberclass import __version__
from cyberclass.errors import ReportError
from cyberclass.labelling.cluster import workers_of
from cyberclass.labelling.job import Done, Job, Means
from cyberclass.labelling.journal import Journal, identity_of, is_same
from cyberclass.labelling.parts import Piece, Watch, write_parts
from cyberclass.labelling.pool import ended_with_us, interrupts_ignored, processes
from cyberclass.labelling.slices import Slice
from cyberclass.labelling.summary import Tally, timed
from cyberclass.labelling.writer import make_folder, remove_leftovers
from cyberclass.text.places import told

#: Slices a process from which on each reads and writes its own, rather than labelling what the first one reads.
_FEWEST_SLICES = 2


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
    _check_gone(slices, records, job, remedy)
    found = [_finished(each, job, records, remedy) for each in slices]
    parts = [names for names, _ in found]
    tally = Tally()
    for names in parts:
        for name in names:
            tally += Tally.from_record(records[name])
    earlier = tally.rows
    todo = {place: slices[place] for place, (_, is_complete) in enumerate(found) if not is_complete}
    finished = {place: frozenset(parts[place]) for place in todo}
    for place, name, counted in _labelled(todo, finished, job, means):
        tally += counted
        if name:
            parts[place].append(name)
            if done:
                done(name, counted)
    remove_leftovers(job.folder)  # of workers that were lost
    return Done(tally, parts, earlier)


def _labelled(
    todo: dict[int, Slice], finished: dict[int, frozenset[str]], job: Job, means: Means
) -> Iterator[tuple[int, str, Tally]]:
    if means.cluster is None and (means.jobs == 1 or len(todo) < _FEWEST_SLICES * means.jobs):
        yield from label_slices(todo, finished, job, means.jobs, means.watch)
        return
    from joblib import delayed

    size, total = 0.0, sum(each.size for each in todo.values())
    tasks = [delayed(_label_alone)(place, each, finished[place], job) for place, each in todo.items()]
    with _workers(means) as start:
        for several in start(tasks):
            yield from several
            size += todo[several[0][0]].size
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


def _label_alone(place: int, each: Slice, finished: frozenset[str], job: Job) -> list[tuple[int, str, Tally]]:
    if job.version != __version__:
        raise ReportError(
            f"a worker has cyberclass {__version__}; expected {job.version}, as where the run began: install that."
        )
    return list(label_slices({place: each}, {place: finished}, job))


def label_slices(
    slices: dict[int, Slice], finished: dict[int, frozenset[str]], job: Job, jobs: int = 1, watch: Watch | None = None
) -> Iterator[tuple[int, str, Tally]]:
    """Label slices one after another, and record each part.

    Parameters
    ----------
    slices : dict of int to Slice
        By their place.
    finished : dict of int to frozenset of str
        Names of the parts of each that are in place.
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
    """
    journal, reading = Journal(job.folder), Tally()
    total = sum(each.size for each in slices.values())
    sources: dict[str, tuple[int, dict[str, Any]]] = {}

    def pieces() -> Iterator[Piece]:
        before = 0.0
        for place, each in slices.items():
            identity, names = identity_of(each.files), each.part_names(job.ending)
            number, name = -1, ""
            for at, batch, ends_part, is_last in each.batches(job.text_column, job.batch_size, job.by_section):
                while number < at:
                    number, name = number + 1, next(names)
                if name not in finished[place]:
                    part = job.part(name)
                    make_folder((job.folder / name).parent)
                    sources[name] = place, {"source": each.name, "input": identity}
                    share = (before + (batch.share or 0.0) * each.size) / total if total else None
                    yield Piece(part, replace(batch, share=share), ends_part, is_last)
            before += each.size

    for piece, tally in write_parts(timed(pieces(), reading.seconds), job.model, jobs, watch):
        name = piece.part.name
        place, source = sources.pop(name)
        journal.record(name, {**source, "is_last": piece.is_last, **tally.to_record()})
        yield place, name, tally
    yield min(slices, default=0), "", reading


def _finished(each: Slice, job: Job, records: dict[str, dict[str, Any]], remedy: str) -> tuple[list[str], bool]:
    """Name the parts of a slice that are in place, and say whether that is all of them."""
    names = list(takewhile(records.__contains__, each.part_names(job.ending)))
    if not names:
        return [], False
    identity = identity_of(each.files)
    for name in names:
        if not is_same(records[name]["input"], identity):
            source = each.files.paths[0] if each.files.tabular else each.files.base
            raise ReportError(
                f"{source}: has changed since {name} was made of it, in {job.folder}; put it back as it was, "
                f"or {remedy}."
            )
    return names, bool(records[names[-1]]["is_last"])


def _check_gone(slices: Sequence[Slice], records: dict[str, dict[str, Any]], job: Job, remedy: str) -> None:
    known = {each.name for each in slices}
    for name, record in records.items():
        if record["source"] not in known:
            raise ReportError(
                f"{record['source']}: is no longer among the reports, but {name} was made of it, in {job.folder}; put "
                f"it back, or {remedy}."
            )
