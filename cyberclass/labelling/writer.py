"""The writer of a file, whole or not at all: what every format shares."""

import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import pandas as pd

from cyberclass.errors import ReportError
from cyberclass.labelling.formulas import neutralise
from cyberclass.labelling.locks import hold
from cyberclass.text.blocks import merge_columns
from cyberclass.text.places import check_writable, is_remote, place_of, put_whole, told


class ReportWriter:
    """Writes frames one below the other; the file appears when the ``with`` statement ends without an error.

    Until then the rows are in temporary files beside it (for standard output and stores in the system's folder for
    them), which are removed whatever happens. A file that was there before is replaced at the end or left
    alone; if nothing was written it is left alone too. A column that first comes in a later frame takes its
    place in the header and is empty in the rows before.

    Parameters
    ----------
    path : str or Path
        "-" is standard output.
    """

    #: Whether what a spreadsheet would take for a formula is neutralised.
    safe_cells = False

    def __init__(self, path: str | Path) -> None:
        self.path = path

    def __enter__(self) -> Self:
        #: The columns so far, in the order of the file.
        self.columns: list[str] = []
        self._parts: list[Path] = []
        self._locks = ExitStack()
        # Resolved, so that a link goes on pointing where it points.
        self._target = None if str(self.path) == "-" else place_of(self.path).resolve()
        if self._target:
            check_writable(self._target)
        if self._target and self._target.is_dir():
            raise ReportError(f"{self.path}: found a folder; expected the name of a file to write.")
        try:
            with self._explained():
                self._open(self._new_part())
        except BaseException:
            self._remove_parts()
            raise
        return self

    def write(self, frame: pd.DataFrame) -> None:
        """Write the rows of a frame below those before.

        Parameters
        ----------
        frame : DataFrame
            Its columns have names of their own; its index is not written.

        Raises
        ------
        ReportError
            If the rows do not fit into a file of this kind, or the disk takes no more.
        """
        if self.safe_cells:
            frame = neutralise(frame)
        merge_columns(self.columns, list(frame.columns))
        with self._explained():
            self._write(frame)

    def append(self, part: Path) -> None:
        """Write the rows of a file that a writer of this kind wrote below those before.

        Parameters
        ----------
        part : Path

        Raises
        ------
        ReportError
            If the disk takes no more.
        """
        with self._explained():
            self._append(part)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with self._explained():
                if error is None and self.columns:
                    self._deliver(self._finish())
        finally:
            try:
                with self._explained():
                    self._close()
            finally:
                self._remove_parts()

    def _open(self, part: Path) -> None:
        """Begin to write to `part`."""
        raise NotImplementedError

    def _write(self, frame: pd.DataFrame) -> None:
        """Write `frame`, whose columns are in `columns` by now."""
        raise NotImplementedError

    def _append(self, part: Path) -> None:
        """Write the rows of `part`, and bring `columns` in step; of writers whose files can be joined."""
        raise NotImplementedError

    def _finish(self) -> Path:
        """Complete the file and close it; return the part it is in."""
        raise NotImplementedError

    def _close(self) -> None:
        """Close what is open, if anything is."""
        raise NotImplementedError

    def _new_part(self) -> Path:
        if self._target is None or is_remote(self._target):
            handle = tempfile.NamedTemporaryFile(prefix="cyberclass-", delete=False)  # noqa: SIM115
            handle.close()
            part = Path(handle.name)
        else:
            part = self._target.with_name(f".{self._target.name[:200]}.{secrets.token_hex(4)}.part")
            part.touch(exist_ok=False)
        self._parts.append(part)
        self._locks.enter_context(hold(part))
        return part

    def _deliver(self, part: Path) -> None:
        if self._target is None:
            sys.stdout.flush()
            with part.open("rb") as file:
                shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            return
        if is_remote(self._target):
            with told(self._target):
                put_whole(part, self._target)
            return
        if self._target.exists():
            shutil.copymode(self._target, part)
        part.replace(self._target)

    def _remove_parts(self) -> None:
        for part in self._parts:
            part.unlink(missing_ok=True)
        self._locks.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise  # who reads standard output has read enough: no error of ours
        except OSError as error:
            raise ReportError(
                f"{self.path}: cannot be written ({error.strerror or error}); "
                "expected a folder that exists, has room, and that you may write to."
            ) from error
