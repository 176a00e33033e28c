"""The bytes of one source of reports: its first megabyte to look at, its encoding, and how much of it is read."""

import codecs
import io
import re
from collections.abc import Callable
from functools import cached_property
from typing import BinaryIO, TextIO

HEAD_BYTES = 1 << 20

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

#: What reports are written in when not in Unicode. charset-normalizer takes short Western texts for Chinese if it may.
_LATIN = ["cp1250", "cp1252", "cp1254"]
_OTHERS = ["cp1251", "cp1253", "cp1255", "cp1256", "koi8_r", "cp932", "gb18030", "big5", "cp949"]

_FOREIGN_BYTES = re.compile(rb"[\x80-\xff]+")


def _decode_western(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("cyberclass.western", _decode_western)


class ReportBytes(io.RawIOBase):
    """A file or pipe of bytes that can be looked at before it is read, and that counts what is read.

    Closing it leaves the source open: whoever opened the source closes it.

    Parameters
    ----------
    source : binary or text stream
        Characters of a text stream are handed on as UTF-8.
    name : str
        What errors call it.
    size : int, optional
        Bytes in all, if known.
    position : callable, optional
        How many of them are read; by default those handed on, which are more where the file is compressed.
    """

    def __init__(
        self,
        source: BinaryIO | TextIO,
        name: str,
        size: int | None = None,
        position: Callable[[], int] | None = None,
    ) -> None:
        self.source = source
        self.name = name
        self.size = size
        self.position = position
        self.count = 0
        self._pending = b""

    @cached_property
    def head(self) -> bytes:
        """The first `HEAD_BYTES` bytes, or all there are; read it before anything else."""
        while len(self._pending) < HEAD_BYTES and (more := self._take(HEAD_BYTES)):
            self._pending += more
        return self._pending[:HEAD_BYTES]

    @property
    def share(self) -> float | None:
        """Share of the bytes read so far, in [0, 1]; None where the size is not known."""
        read = self.position() if self.position else self.count
        return min(1.0, read / self.size) if self.size else None

    @cached_property
    def encoding(self) -> tuple[str, str]:
        """Name of the encoding and what to do about bytes that break it, judged by the head."""
        return encoding_of(self.head)

    def head_text(self) -> str:
        """Decode the head's whole lines."""
        text = self.head.decode(self.encoding[0], "replace")
        return text[: text.rfind("\n") + 1] or text if len(self.head) == HEAD_BYTES else text

    def text(self, newline: str = "") -> io.TextIOWrapper:
        """Decode everything, from the start; `newline` is that of `open`."""
        encoding, errors = self.encoding
        return io.TextIOWrapper(io.BufferedReader(self, 1 << 16), encoding, errors, newline)

    def readable(self) -> bool:
        """Say yes, as `io` asks."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` with the next bytes and return how many."""
        if not self._pending:
            self._pending = self._take(len(buffer))
        chunk, self._pending = self._pending[: len(buffer)], self._pending[len(buffer) :]
        buffer[: len(chunk)] = chunk
        self.count += len(chunk)
        return len(chunk)

    def _take(self, size: int) -> bytes:
        data = self.source.read(size)
        return data.encode("utf-8", "replace") if isinstance(data, str) else data


def encoding_of(head: bytes) -> tuple[str, str]:
    """Judge the encoding of a text by its first bytes.

    Parameters
    ----------
    head : bytes
        May end inside a character.

    Returns
    -------
    encoding : str
        By byte order mark, else UTF-16 by its zero bytes, else UTF-8 if (nearly) all of it is, else what
        charset-normalizer finds likeliest, Windows-1252 on a tie.
    errors : str
        An error handler: no byte, wherever it comes, stops the reading.
    """
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding, "replace"
    for encoding, zeros in (("utf-16-le", head[1::2].count(0)), ("utf-16-be", head[::2].count(0))):
        if zeros * 4 > len(head):
            return encoding, "replace"
    if head.isascii():
        # What comes after a megabyte of ASCII may be either: UTF-8 where it is UTF-8, else Windows-1252.
        return "utf-8", "cyberclass.western"
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(head)
    except UnicodeDecodeError:
        text = codecs.getincrementaldecoder("utf-8")("replace").decode(head)
    else:
        # Whole, though it may hold marks of what was broken before.
        return "utf-8", "replace"
    broken = text.count("\ufffd")
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    if broken * 10 <= foreign:
        return "utf-8", "replace"
    return _legacy_encoding(head), "replace"


def _legacy_encoding(head: bytes) -> str:
    from charset_normalizer import from_bytes

    runs = _FOREIGN_BYTES.findall(head)
    # Accents stand alone among Latin letters; letters of other scripts stand together.
    candidates = _LATIN if sum(map(len, runs)) < 1.5 * len(runs) else _LATIN + _OTHERS
    found = list(from_bytes(head, cp_isolation=candidates))
    if not found:
        return "cp1252"
    best = max(found, key=lambda match: (-match.chaos, match.coherence, match.encoding == "cp1252"))
    return "cp1252" if "cp1252" in best.could_be_from_charset else best.encoding
