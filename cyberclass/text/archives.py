"""Workbooks and Word files are zip archives: how large they are unpacked is looked at before they are."""

from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile

from cyberclass.errors import ReportError

#: Bytes that may be in an archive whatever it was packed to.
_HARMLESS = 100_000_000

#: How many times its size in the archive a part may have; sheets of one word repeated have some 50.
_RATIO = 200


def check_unpacked(file: Path | BinaryIO, most: int) -> None:
    """Check that an archive is no bomb. `zipfile` unpacks no more of a part than its header says.

    Parameters
    ----------
    file : Path or binary file
    most : int
        Bytes that it may have when unpacked.

    Raises
    ------
    ReportError
        If it has more, or more than 100 MB and 200 times what it has packed; the sentence does not name the file.
    zipfile.BadZipFile
        If it is none.
    """
    with ZipFile(file) as archive:
        parts = archive.infolist()
        size, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if size > most or size > max(_HARMLESS, _RATIO * packed):
        raise ReportError(
            f"found {size / 1e6:,.0f} MB packed into {packed / 1e6:,.1f}; expected {most / 1e6:,.0f} MB at most and no "
            "archive that swells so: it may be made to fill the memory"
        )
