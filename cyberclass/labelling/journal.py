"""What a run keeps beside its parts: what it was asked for, and what each part was made of."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cyberclass.errors import ReportError
from cyberclass.labelling.locks import held_alone
from cyberclass.labelling.summary import Tally
from cyberclass.text.folders import ReportFiles
from cyberclass.text.places import is_remote, remove, size_of, told, version_of, write_whole

#: The folder's name: readers of folders pass over what begins with a dot.
JOURNAL = ".journal"

#: Bytes at either end of a file that are hashed.
_HASHED = 1 << 20


class Journal:
    """Records of a run: one file for the run, one for each finished part, each written whole.

    A part's record is written after the part is in place, by whoever made it; so there is no file that several
    processes share, and what a kill leaves is a part without a record, which is made again.

    Parameters
    ----------
    folder : Path
        That of the parts.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._place = folder / JOURNAL
        self._run = self._place / "run.json"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other runs out of the folder; in stores and on systems without locks this does nothing.

        Raises
        ------
        ReportError
            If another run is at work in the folder, or it holds something else.
        """
        with told(self.folder):
            self._check_kind()
        if is_remote(self.folder):
            yield
            return
        with held_alone(self._place / "lock", self.folder):
            yield

    def _check_kind(self) -> None:
        if self.folder.is_dir():
            # What is hidden is of the system, as .DS_Store.
            if not self._run.is_file() and any(not each.name.startswith(".") for each in self.folder.iterdir()):
                raise ReportError(
                    f"{self.folder}: found other files in it; expected the parts of a run: name a new output with -o."
                )
        elif self.folder.exists():
            raise ReportError(f"{self.folder}: found a file; expected a folder: name a new one with -o.")

    def begin(self, run: Mapping[str, Any], remedy: str) -> None:
        """Record what a run was asked for, or check that it is the same as before.

        Parameters
        ----------
        run : mapping
            Ready for JSON.
        remedy : str
            What to do if it is another; the end of a sentence.

        Raises
        ------
        ReportError
            If the folder holds parts of a run that was asked for something else.
        """
        try:
            before = json.loads(self._run.read_text(encoding="utf-8"))
        except FileNotFoundError:
            write_json(self._run, run)
            return
        except ValueError as error:
            raise ReportError(f"{self._run}: is damaged ({error}); {remedy}.") from error
        if not isinstance(before, dict):
            raise ReportError(f"{self._run}: is damaged (found {type(before).__name__}, no object); {remedy}.")
        for name, value in run.items():
            if before.get(name) != value:
                was, now = _told(before.get(name), value)
                other = "other" if name == "options" else "another"
                raise ReportError(
                    f"{self.folder}: has parts of a run with {other} {name} ({was}; now {now}); {remedy}."
                )

    def records(self) -> dict[str, dict[str, Any]]:
        """Read the records of all parts that are in place, by name."""
        found = {}
        place = self._place / "parts"
        for path in sorted(place.rglob("*.json")) if place.is_dir() else ():
            try:
                record = json.loads(path.read_text(encoding="utf-8"))
            except ValueError:
                continue
            name = path.relative_to(place).as_posix().removesuffix(".json")
            if _is_record(record) and record["bytes"] == _size(self.folder / name):
                found[name] = record
        return found

    def end(self) -> None:
        """Remove the folder and all in it, in an order in which a kill leaves no record of a part that is gone."""
        remove(self._place / "parts")
        for each in self.folder.iterdir():
            if each.name != JOURNAL:
                remove(each)
        remove(self.folder)

    def record(self, name: str, record: Mapping[str, Any]) -> None:
        """Record a part that is in place; "bytes" is added, None for a part without a file."""
        write_json(self._place / "parts" / f"{name}.json", {**record, "bytes": _size(self.folder / name)})


def identity_of(files: ReportFiles) -> dict[str, Any]:
    """Say what tells files from others of the same names.

    Parameters
    ----------
    files : ReportFiles

    Returns
    -------
    dict
        Of one file "size", "time" of the last change (in a store what it has for that) and "hash" of its first and
        last `_HASHED` bytes. Of several pages the number and the hash of their names, sizes and times.

    Raises
    ------
    ReportError
        If a file is gone, or may not be read.
    """
    try:
        return _identity_of(files)
    except OSError as error:
        where = error.filename or files.paths[0]
        raise ReportError(
            f"{where}: cannot be read ({error.strerror or error}); check the file and your rights."
        ) from error


def _identity_of(files: ReportFiles) -> dict[str, Any]:
    if len(files.paths) == 1:
        (path,) = files.paths
        size = size_of(path)
        with told(path), path.open("rb") as file:
            digest = hashlib.sha256(file.read(_HASHED))
            # What the web gives may not be sought in.
            if size > _HASHED and file.seekable():
                file.seek(max(_HASHED, size - _HASHED))
                digest.update(file.read(_HASHED))
        return {"size": size, "time": version_of(path), "hash": digest.hexdigest()}
    lines = [f"{files.name(path)}\0{size_of(path)}\0{version_of(path)}\n" for path in files.paths]
    return {"size": len(lines), "hash": hashlib.sha256("".join(lines).encode()).hexdigest()}


def has_changed(files: ReportFiles, identity: Mapping[str, Any]) -> bool:
    """Tell whether files are other than when their identity was taken, or gone."""
    path = files.paths[0]
    try:
        if len(files.paths) == 1 and (size_of(path), version_of(path)) == (identity["size"], identity.get("time")):
            return False
        return not is_same(identity, identity_of(files))
    except (OSError, ReportError):
        return True


def is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two identities are of the same content; time counts where the hash leaves out the middle."""
    alike = ["size", "hash", *(["time"] if one["size"] > 2 * _HASHED else [])]
    return all(one.get(name) == other.get(name) for name in alike)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write JSON, whole or not at all.

    Raises
    ------
    ReportError
        If it cannot be written.
    """
    content = (json.dumps(value, ensure_ascii=False) + "\n").encode()
    try:
        with told(path):
            write_whole(path, content)
    except OSError as error:
        raise ReportError(
            f"{path}: cannot be written ({error.strerror or error}); "
            "expected a folder that has room, and that you may write to."
        ) from error


def _is_record(record: object) -> bool:
    """Tell whether what is read has the shape of what `Journal.record` wrote."""
    if not isinstance(record, dict) or not {"source", "input", "is_last", "bytes"} <= record.keys():
        return False
    identity = record["input"]
    if not isinstance(identity, dict) or not {"size", "hash"} <= identity.keys():
        return False
    try:
        Tally.from_record(record)
    except (KeyError, TypeError, ValueError, AttributeError):
        return False
    return isinstance(identity["size"], int)


def _size(path: Path) -> int | None:
    return size_of(path) if path.is_file() else None


def _told(before: Any, now: Any) -> tuple[str, str]:
    if not (isinstance(before, dict) and isinstance(now, dict)):
        return str(before), str(now)
    differing = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    sides = (", ".join(f"{name} {side.get(name)}" for name in differing) for side in (before, now))
    was, is_ = sides
    return was, is_
