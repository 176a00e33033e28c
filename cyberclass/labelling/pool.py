"""Batches through a model, in this process or in several, in the order they come."""

import os
import signal
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar

from cyberclass.errors import ReportError
from cyberclass.labelling.saved_model import Labelled, Labeller, SavedModel, label_batch
from cyberclass.labelling.slices import LARGE_BYTES

if TYPE_CHECKING:
    from joblib import Parallel

T = TypeVar("T")

#: Seconds between two looks at whether the process that started a worker is still there.
_WATCH_SECONDS = 1.0


def default_jobs(n_bytes: int | None, model: Labeller) -> int:
    """Choose how many processes label: one a core for large files and a model that each can load, else one.

    Parameters
    ----------
    n_bytes : int or None
        Size of the files to read; None where it is not known.
    model : Labeller

    Returns
    -------
    int
    """
    if n_bytes is None or n_bytes < LARGE_BYTES or not isinstance(model, SavedModel):
        return 1
    from joblib import cpu_count

    cores: int = cpu_count()
    return cores


def label_batches(
    batches: Iterable[T], texts_of: Callable[[T], list[str]], model: Labeller, jobs: int = 1
) -> Iterator[tuple[T, Labelled | None]]:
    """Label batches.

    Parameters
    ----------
    batches : iterable
        Read in this thread, no further ahead than the processes need.
    texts_of : callable
        The texts of a batch.
    model : Labeller
        For several jobs a `SavedModel`, which every process loads once.
    jobs : int
        Processes; 1 is this one.

    Yields
    ------
    batch : object
        In the order of `batches`.
    labelled : Labelled or None
        None of a batch without texts.

    Raises
    ------
    ReportError
        If a process is lost, or a model in memory is to be used in several.
    """
    if jobs > 1 and not isinstance(model, SavedModel):
        raise ReportError(
            f"jobs: found {jobs} and a model in memory; expected SavedModel(folder), which every process loads itself."
        )
    batches = iter(batches)
    first = list(islice(batches, 2 if jobs > 1 else 0))
    paired = ((batch, texts_of(batch)) for batch in chain(first, batches))
    if jobs > 1 and len(first) > 1:
        yield from _in_processes(paired, model, jobs)
    else:
        for batch, texts in paired:
            yield batch, label_batch(model, texts) if texts else None


def _in_processes(
    paired: Iterator[tuple[T, list[str]]], model: Labeller, jobs: int
) -> Iterator[tuple[T, Labelled | None]]:
    from joblib import delayed

    # joblib hands out work as work is done, whether or not anybody takes the results; so each call gets one batch a
    # process, and the next is made when the results of the one before the last have been taken.
    ahead: deque[tuple[list[tuple[T, bool]], Generator[Labelled, None, None]]] = deque()
    with ended_with_us():
        try:
            while window := list(islice(paired, jobs)):
                tasks = [delayed(label_batch)(model, texts) for _, texts in window if texts]
                with nullcontext() if ahead else interrupts_ignored():
                    labelled = processes(jobs)(tasks)
                ahead.append(([(batch, bool(texts)) for batch, texts in window], labelled))
                if len(ahead) > 1:
                    yield from _together(*ahead[0])
                    ahead.popleft()
            while ahead:
                yield from _together(*ahead[0])
                ahead.popleft()
        except BaseException:
            for _, labelled in ahead:
                # joblib has a warning for whoever does not wait for all results.
                with suppress(Exception), warnings.catch_warnings(action="ignore"):
                    labelled.close()
            raise


def _together(window: list[tuple[T, bool]], labelled: Iterator[Labelled]) -> Iterator[tuple[T, Labelled | None]]:
    for batch, has_texts in window:
        yield batch, next(labelled) if has_texts else None
    # A generator that is not run to its end counts as cut short.
    next(labelled, None)


def processes(jobs: int, **options: Any) -> "Parallel":
    """Make a `joblib.Parallel` of processes that keep to one core each, and end with this one."""
    from joblib import Parallel, parallel_config

    with parallel_config("loky", n_jobs=jobs, inner_max_num_threads=1):
        return Parallel(
            **{"return_as": "generator", "pre_dispatch": "all", **options},
            n_jobs=jobs,
            batch_size=1,
            max_nbytes=None,
            initializer=_end_with,
            initargs=(os.getpid(),),
        )


@contextmanager
def interrupts_ignored() -> Iterator[None]:
    """Ignore Ctrl-C for the moment in which processes are started.

    A terminal sends it to all of them; they inherit that it is ignored, and end when this one tells them.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class ended_with_us:  # noqa: N801 - a context manager reads as a verb
    """Kill the worker processes when what is done with them ends in an error; for use in a ``with``."""

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None:
            return
        from joblib.externals.loky import get_reusable_executor
        from joblib.externals.loky.process_executor import BrokenProcessPool

        get_reusable_executor(reuse=True).shutdown(wait=True, kill_workers=True)
        if isinstance(error, BrokenProcessPool):
            raise ReportError(
                "a worker process was ended from outside, as systems do that run out of memory; expected it to live: "
                "run again with fewer --jobs."
            ) from error


def _end_with(parent: int) -> None:
    """Let this process end soon after the one that started it, which may have been killed."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_WATCH_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
