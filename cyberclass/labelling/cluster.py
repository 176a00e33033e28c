"""Work on a Dask cluster, through joblib's own backend for it."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cyberclass import __version__
from cyberclass.errors import ReportError, said_by

if TYPE_CHECKING:
    from joblib import Parallel

#: Seconds to wait for a scheduler, and then for a first worker.
_PATIENCE = 30


@contextmanager
def workers_of(address: str) -> Iterator["Parallel"]:
    """Give a `joblib.Parallel` whose tasks are those of a cluster, and whose results come as they are done.

    A task whose worker is lost is done again by another.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://10.0.0.1:8786``.

    Raises
    ------
    ReportError
        If there is no scheduler or no worker, workers are lost again and again, or cannot do the work.
    """
    try:
        from distributed import Client
        from distributed.comm import CommClosedError
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise ReportError(
            f"{address}: a cluster needs Dask; install it with: pip install 'cyberclass[cluster]'."
        ) from error
    from joblib import Parallel, parallel_config

    try:
        client = Client(address, timeout=_PATIENCE)
    except (OSError, ValueError, TypeError) as error:
        raise ReportError(
            f"{address}: found no scheduler ({said_by(error)}); expected the address of one that runs, such as "
            "tcp://10.0.0.1:8786."
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as error:
            raise ReportError(
                f"{address}: found a scheduler without workers; start some with: dask worker {address}."
            ) from error
        _check_versions(client, address)
        try:
            with parallel_config(_backend()), warnings.catch_warnings(action="ignore", category=UserWarning):
                yield Parallel(n_jobs=-1, return_as="generator_unordered", batch_size=1)
        except KilledWorker as error:
            raise ReportError(
                f"{address}: several workers were lost over the same part ({said_by(error)}); expected them to live: "
                "look at their logs and their memory."
            ) from error
        except CommClosedError as error:
            raise ReportError(
                f"{address}: lost the scheduler ({said_by(error)}); start it, and then the same command again."
            ) from error


def _check_versions(client: Any, address: str) -> None:
    """Check that scheduler and workers have this package, without which Dask would wait for ever."""
    # Nothing of ours may be sent before it is known that it can be read.
    asked = "__import__('cyberclass').__version__"
    remedy = (
        f"expected cyberclass {__version__} on the scheduler and every worker: install it there, and start them anew"
    )
    try:
        found = {client.run_on_scheduler(eval, asked), *client.run(eval, asked).values()}
    except ImportError as error:
        raise ReportError(f"{address}: {said_by(error)}; {remedy}.") from error
    if found != {__version__}:
        raise ReportError(f"{address}: found cyberclass {', '.join(sorted(found - {__version__}))}; {remedy}.")


def _backend() -> Any:
    from joblib._dask import DaskDistributedBackend

    class Backend(DaskDistributedBackend):
        def effective_n_jobs(self, n_jobs: int) -> int:
            # Of one job joblib would say that it is done sooner here: without the cluster.
            return max(2, int(super().effective_n_jobs(n_jobs)))

    return Backend()
