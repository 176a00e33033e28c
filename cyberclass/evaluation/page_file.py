"""One file, written whole or not at all, that is known to be writable before there is anything to write."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cyberclass.errors import ReportError


@contextmanager
def open_file(path: Path, endings: Sequence[str]) -> Iterator[Callable[[str], None]]:
    """Make sure that a file can be written, before there is one.

    Parameters
    ----------
    path : Path
    endings : sequence of str
        Those that its name may have.

    Yields
    ------
    callable
        Takes what it shall hold, and writes it whole or not at all.

    Raises
    ------
    ReportError
        If the file has another ending, or cannot be written.
    """
    check_ending(path, endings)
    if path.is_dir():
        raise ReportError(f"{path}: found a folder; expected the name of a file to write.")
    aside = path.with_name(f".{path.name[:200]}.{secrets.token_hex(4)}.part")

    def write(text: str) -> None:
        with _explained(path):
            aside.write_bytes(text.encode("utf-8", "backslashreplace"))
            aside.replace(path)

    with _explained(path):
        aside.touch(exist_ok=False)
    try:
        yield write
    finally:
        aside.unlink(missing_ok=True)


def check_ending(path: Path, endings: Sequence[str]) -> None:
    """Check that a file's name has one of some endings; raises ReportError if not."""
    if path.suffix.lower() not in endings:
        *others, last = endings
        listed = f"{', '.join(others)} or {last}" if others else last
        raise ReportError(f"{path}: found the ending {path.suffix!r}; expected {listed}.")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ReportError(
            f"{path}: cannot be written ({error.strerror}); expected a folder that exists, has room, and that you "
            "may write to."
        ) from error
