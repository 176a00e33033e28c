"""Locks, which a kill releases by itself: of a folder that one run at a time has, of temporary files in use."""

import glob
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import BinaryIO

from cyberclass.errors import ReportError
from cyberclass.text.places import is_remote, make_folder

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


@contextmanager
def held_alone(path: Path, folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, where there are locks.

    Parameters
    ----------
    path : Path
        The file to lock; it is made, with the folders above it, and stays.
    folder : Path
        What the error names.

    Raises
    ------
    ReportError
        If another run holds it, or the file cannot be made.
    """
    if fcntl is None:
        yield
        return
    while True:
        make_folder(path.parent)
        try:
            file = path.open("ab")
        except OSError as error:
            raise ReportError(
                f"{path}: cannot be written ({error.strerror or error}); expected a folder that you may write to."
            ) from error
        with file:
            if _lock(file, folder) and not _is_at(file, path):
                continue  # the run that held it has removed the folder meanwhile
            yield
            return


def _lock(file: BinaryIO, folder: Path) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ReportError(
            f"{folder}: another run is at work in it; wait for that to end, or name another output."
        ) from error
    except OSError:
        return False  # of file systems without locks
    return True


def _is_at(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def hold(part: Path) -> AbstractContextManager[object]:
    """Tell others that a temporary file is in use, until what is returned is closed or the process ends."""
    if fcntl is None:
        return nullcontext()  # Windows renames and removes no file that is open
    file = part.open("rb")
    with suppress(OSError):  # of file systems without locks
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return file


def remove_leftovers(folder: Path, name: str = "") -> None:
    """Remove temporary files of writers that were killed, in a folder and below it; those in use stay.

    Parameters
    ----------
    folder : Path
    name : str
        Of the file whose temporary files they are, in the folder itself; "" for those of all.
    """
    if fcntl is None or is_remote(folder):
        return  # without locks nobody knows which are in use
    token = "[0-9a-f]" * 8
    pattern = f".{glob.escape(name[:200])}.{token}.part" if name else f"**/.*.{token}.part"
    for part in folder.glob(pattern):
        with suppress(OSError), part.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink()
