"""Files that appear whole or not at all."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EISDIR
from pathlib import Path


@contextmanager
def aside(path: Path) -> Iterator[Path]:
    """Lend an empty file beside a path, which takes its place when the ``with`` statement ends without an error.

    Parameters
    ----------
    path : Path
        A file that was there is replaced at the end, or left alone.

    Yields
    ------
    Path
        A hidden file of the same folder.

    Raises
    ------
    OSError
        If there is no such folder, it cannot be written to, or the path is a folder.
    """
    if path.is_dir():
        raise IsADirectoryError(EISDIR, "it is a folder")
    part = path.with_name(f".{path.name[:200]}.{secrets.token_hex(4)}.part")
    part.touch(exist_ok=False)
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
