"""Where files lie: on this machine, or in a store that fsspec reaches (s3://, gs://, https://, ...)."""

import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from cyberclass.errors import ReportError, said_by
from cyberclass.text.whole import aside

#: Two letters at least: one would be a drive of Windows.
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE)

#: Stores where what is put appears whole, or not at all, and moving means copying.
_WHOLE_PUTS = frozenset(("s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oci", "oss"))

#: What stores call the time, or the version, of a file.
_VERSIONS = ("ETag", "etag", "mtime", "LastModified", "last_modified", "updated", "created")


def place_of(source: str | Path) -> Path:
    """Make a path of a file's name or address.

    Parameters
    ----------
    source : str or Path
        ``scheme://...`` is an address; ``file://...`` is one on this machine.

    Returns
    -------
    Path
        Of an address a `upath.UPath`, which does what is asked of paths here.

    Raises
    ------
    ReportError
        If the store cannot be reached: what is needed for it is not installed, or there is no such scheme.
    """
    found = _ADDRESS.match(str(source))
    if found is None:
        return Path(source)
    if found[1].lower() in ("file", "local"):
        return Path(str(source)[found.end() :])
    try:
        from upath import UPath
    except ImportError as error:
        raise ReportError(
            f"{source}: addresses of stores need fsspec; install it with: pip install 'cyberclass[remote]'."
        ) from error
    try:
        place = UPath(str(source))
        _ = place.fs
    except (ImportError, ValueError, OSError) as error:
        raise ReportError(
            f"{source}: cannot be reached ({error}); expected a scheme that fsspec knows, and its package installed."
        ) from error
    return cast(Path, place)


def is_remote(path: Path) -> bool:
    """Tell whether a path is an address in a store."""
    return not isinstance(path, Path)


def size_of(path: Path) -> int:
    """Give a file's size in bytes; 0 where a store does not tell."""
    return int(path.stat().st_size or 0)


def version_of(path: Path) -> str:
    """Say when a file was last changed, or what else its store has to tell versions apart; "" if nothing."""
    stat: Any = path.stat()
    if not is_remote(path):
        return str(stat.st_mtime_ns)
    info = getattr(stat, "_info", {})
    return next((str(info[name]) for name in _VERSIONS if info.get(name)), "")


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what a store raises, which may be anything, into one sentence.

    Raises
    ------
    ReportError
    """
    try:
        yield
    except ReportError:
        raise
    except Exception as error:
        if not is_remote(path):
            raise
        raise ReportError(
            f"{path}: cannot be reached ({said_by(error)}); check the address, your rights and the network."
        ) from error


def check_writable(path: Path) -> None:
    """Check that there may be files in the store of a path.

    Raises
    ------
    ReportError
        If it is the web.
    """
    if is_remote(path) and cast(Any, path).protocol in ("http", "https"):
        raise ReportError(f"{path}: found a web address; expected a file, a folder, or a store that can be written to.")


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it; one that is there is left alone.

    Raises
    ------
    ReportError
        If it cannot be made.
    """
    if is_remote(folder):
        return  # stores make them as they are needed
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportError(
            f"{folder}: cannot be made ({error.strerror or error}); expected a place that you may write to."
        ) from error


def put_whole(local: Path, target: Path) -> None:
    """Bring a file into a store, so that it appears whole or not at all as far as the store can."""
    store: Any = target
    if store.protocol in _WHOLE_PUTS:
        store.fs.put_file(str(local), store.path)
        return
    store.fs.makedirs(store.parent.path, exist_ok=True)
    part = store.with_name(f".{target.name[:200]}.{secrets.token_hex(4)}.part")
    try:
        store.fs.put_file(str(local), part.path)
        store.fs.mv(part.path, store.path)
    except BaseException:
        if store.fs.exists(part.path):
            store.fs.rm_file(part.path)
        raise


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file, whole or not at all, and the folders above it."""
    if is_remote(path):
        with tempfile.TemporaryDirectory(prefix="cyberclass-") as folder:
            local = Path(folder) / "content"
            local.write_bytes(content)
            put_whole(local, path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with aside(path) as part:
        part.write_bytes(content)


def remove(path: Path) -> None:
    """Remove a file, or a folder and all in it, if there is one."""
    if is_remote(path):
        store: Any = path
        with told(path), suppress(FileNotFoundError):
            store.fs.rm(store.path, recursive=True)
    elif path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
