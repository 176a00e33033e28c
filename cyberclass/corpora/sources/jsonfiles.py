"""JSON files of a database: one, a folder of them or a zip, and how to look into values of any shape.

What is read here was written by others: nothing in it is of the type it should be until it was looked at.
"""

import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cyberclass.corpora.sources.source import Reject
from cyberclass.errors import CorpusError

#: Bytes of a file, or of all files in a zip together once unpacked.
SIZE_LIMIT = 1 << 29

_DAMAGED_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


def read_json(path: Path, database: str) -> Iterator[tuple[str, Any] | Reject]:
    """Read every JSON file there is.

    Parameters
    ----------
    path : Path
        A file, a zip, or a folder in and below which every ``*.json`` is read, by path; hidden ones are not.
    database : str
        What an error calls the files.

    Yields
    ------
    (str, object) or Reject
        A file's name and what it holds (None in the place of NaN and infinity); or why it is set aside.

    Raises
    ------
    CorpusError
        If the one file cannot be read, or there is none.
    """
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file() and _is_wanted(file.relative_to(path)))
        if not files:
            raise CorpusError(f"{path}: found no *.json file in this folder or below; expected {database}.")
        for file in files:
            name = _printable(file.relative_to(path).as_posix())
            value = _read_file(file)
            yield Reject(name, value.reason) if isinstance(value, _Unreadable) else (name, value)
    elif path.suffix.lower() == ".zip":
        yield from _read_zip(path, database)
    else:
        value = _read_file(path)
        if isinstance(value, _Unreadable):
            raise CorpusError(
                f"{path}: found {value.reason}; expected {database} as JSON: check or fetch the file anew."
            )
        yield path.name, value


def within(value: Any, *keys: str) -> Any:
    """Follow keys into nested objects; None as soon as there is no such key, or no object."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def string_of(value: Any) -> str:
    """Give a string as it is, a whole number as digits, and "" for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        # Longer ones could not even be printed.
        return str(value) if value.bit_length() < 64 else ""
    return value if isinstance(value, str) else ""


def strings_of(value: Any) -> list[str]:
    """Give the strings in a list, each once and without spaces around it; or the one string there is."""
    items = value if isinstance(value, list) else [value]
    found = (item.strip() for item in items if isinstance(item, str))
    return list(dict.fromkeys(item for item in found if item))


def objects_of(value: Any) -> list[dict[str, Any]]:
    """Give the objects in a list, or the one object there is."""
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]


def kind_of(value: Any) -> str:
    """Name the JSON type of a value, for a message."""
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return kinds.get(type(value), "a number")


class _Unreadable:
    """A file that is no JSON, and why; `reason` completes "found ..."."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


def _read_file(path: Path) -> Any:
    try:
        if path.stat().st_size > SIZE_LIMIT:
            return _too_large()
        return _parse(path.read_bytes())
    except OSError as error:
        return _Unreadable(f"a file that cannot be read ({error.strerror})")


def _read_zip(path: Path, database: str) -> Iterator[tuple[str, Any] | Reject]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted(
                (member for member in archive.infolist() if _is_wanted(Path(member.filename)) and not member.is_dir()),
                key=lambda member: member.filename,
            )
            left = SIZE_LIMIT
            for member in members:
                name = f"{path.name}/{_printable(member.filename)}"
                # What the archive says of a size need not be true, hence a bound on reading, too.
                value = _too_large() if member.file_size > left else _read_member(archive, member, left + 1)
                if isinstance(value, bytes):
                    left -= len(value)
                    value = _parse(value) if left >= 0 else _too_large()
                yield Reject(name, value.reason) if isinstance(value, _Unreadable) else (name, value)
    except _DAMAGED_ZIP as error:
        raise CorpusError(
            f"{path}: cannot be read as a zip ({_first_line(error)}); expected {database}: fetch the file anew."
        ) from error
    if not members:
        raise CorpusError(f"{path}: found no *.json file in this zip; expected {database}.")


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes | _Unreadable:
    try:
        with archive.open(member) as file:
            return file.read(limit)
    except _DAMAGED_ZIP as error:
        return _Unreadable(f"a damaged or locked file ({_first_line(error)})")


def _parse(raw: bytes) -> Any:
    try:
        return json.loads(raw, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        return _Unreadable(f"no JSON ({error.msg}, line {error.lineno})" if raw.strip() else "an empty file")
    except UnicodeDecodeError as error:
        return _Unreadable(f"the byte 0x{error.object[error.start]:02x} at {error.start}, which is no UTF-8")
    except ValueError as error:
        return _Unreadable(f"no JSON ({_first_line(error)})")
    except RecursionError:
        return _Unreadable("JSON nested too deep")


def _too_large() -> _Unreadable:
    return _Unreadable(f"more than {SIZE_LIMIT >> 20} MiB of JSON: split it, or unpack what is needed")


def _is_wanted(path: Path) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return path.suffix.lower() == ".json" and not hidden


def _printable(name: str) -> str:
    return name.encode("utf-8", "replace").decode("utf-8")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]
