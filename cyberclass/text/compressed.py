"""Compressed tables: the bytes in them, and bytes made into them."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from cyberclass.errors import ReportError, said_by

#: Endings that may follow those of `COMPRESSIBLE`, with what they are called.
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd", ".bz2": "bzip2", ".xz": "xz"}

#: Endings of tables that are read and written as a stream, and so may be compressed.
COMPRESSIBLE = (".csv", ".tsv", ".jsonl", ".ndjson")

#: Bytes that any file may expand to, and how many times its size a larger one may. Text shrinks to a tenth at most,
#: logs of one line over and over to a hundredth.
FREE_BYTES, MOST_TIMES = 256 << 20, 200

_BUFFER = 1 << 16


def kind_of(path: Path) -> str:
    """Give the ending that tells what a file holds, in lower case: that below a compression's."""
    inner, outer = ("", *(suffix.lower() for suffix in path.suffixes))[-2:] if path.suffixes else ("", "")
    return inner if compression_of(path) else outer


def compression_of(path: Path) -> str:
    """Give the ending of a compressed table that tells how it is compressed; "" for all else."""
    inner, outer = ("", *(suffix.lower() for suffix in path.suffixes))[-2:] if path.suffixes else ("", "")
    return outer if outer in COMPRESSIONS and inner in COMPRESSIBLE else ""


class Expanded(io.RawIOBase):
    """The bytes in a compressed file.

    Closing it leaves the file open.

    Parameters
    ----------
    file : binary file
    ending : str
        One of `COMPRESSIONS`.
    name : str
        What errors call it.
    """

    def __init__(self, file: BinaryIO, ending: str, name: str) -> None:
        self._file = file
        self._ending = ending
        self._name = name
        self._count = 0
        self._stream = _reader(file, ending)

    def readable(self) -> bool:
        """Say yes, as `io` asks."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` with the next bytes and return how many.

        Raises
        ------
        ReportError
            If the file is damaged, or expands beyond all reason.
        """
        import lzma
        import zlib

        try:
            data = self._stream.read(len(buffer))
        except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
            raise ReportError(
                f"{self._name}: cannot be read as {COMPRESSIONS[self._ending]} ({said_by(error)}); expected a whole "
                "file: fetch or compress it anew."
            ) from error
        self._count += len(data)
        read = self._file.tell()
        if self._count > FREE_BYTES and self._count > MOST_TIMES * read:
            raise ReportError(
                f"{self._name}: expands to more than {self._count >> 20:,} MB of {read:,} bytes; expected reports, "
                f"which shrink less than {MOST_TIMES} times: if they are, expand the file first."
            )
        buffer[: len(data)] = data
        return len(data)


class Compressing(io.RawIOBase):
    """A file that takes bytes and is compressed; the same bytes give the same file. Closing it closes the file.

    Parameters
    ----------
    file : binary file
    ending : str
        One of `COMPRESSIONS`.
    """

    def __init__(self, file: BinaryIO, ending: str) -> None:
        self._file = file
        self._stream = _writer(file, ending)

    def writable(self) -> bool:
        """Say yes, as `io` asks."""
        return True

    def write(self, data: Any) -> int:
        """Take all of `data`."""
        self._stream.write(data)
        return memoryview(data).nbytes

    def close(self) -> None:
        """Write what is left, and close the file."""
        if not self.closed:
            try:
                self._stream.close()
            finally:
                self._file.close()
                super().close()


@contextmanager
def open_to_read(path: Path, ending: str) -> Iterator[TextIO]:
    """Open a file of UTF-8, compressed as `ending` says, with its line ends as they are; for use in a ``with``."""
    with path.open("rb") as file:
        content = io.BufferedReader(Expanded(file, ending, str(path)), _BUFFER) if ending else file
        with io.TextIOWrapper(content, "utf-8", newline="") as text:
            yield text


def open_to_write(path: Path, ending: str, errors: str, newline: str = "") -> TextIO:
    """Open a file for UTF-8, compressed as `ending` says; `errors` and `newline` are those of `open`."""
    if not ending:
        return path.open("w", encoding="utf-8", errors=errors, newline=newline)
    compressing = Compressing(path.open("wb"), ending)
    return io.TextIOWrapper(io.BufferedWriter(compressing, _BUFFER), "utf-8", errors, newline)


def _reader(file: BinaryIO, ending: str) -> Any:
    if ending == ".gz":
        import gzip

        return gzip.GzipFile(fileobj=file, mode="rb")
    if ending == ".bz2":
        import bz2

        return bz2.BZ2File(file)
    if ending == ".xz":
        import lzma

        return lzma.LZMAFile(file)
    import pyarrow

    return pyarrow.CompressedInputStream(pyarrow.PythonFile(file, mode="r"), "zstd")


def _writer(file: BinaryIO, ending: str) -> Any:
    if ending == ".gz":
        import gzip

        # Without name and time, which would differ from run to run.
        return gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6, mtime=0)
    if ending == ".bz2":
        import bz2

        return bz2.BZ2File(file, "wb")
    if ending == ".xz":
        import lzma

        return lzma.LZMAFile(file, "wb")
    import pyarrow

    return pyarrow.CompressedOutputStream(pyarrow.PythonFile(file, mode="w"), "zstd")
