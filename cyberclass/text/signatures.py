"""What a file is by its first bytes, where these are not those of plain text in UTF-8."""

_SIGNATURES = {
    b"PAR1": ("a Parquet file", "a name ending in .parquet"),
    b"PK\x03\x04": ("a zip archive or an Excel workbook", "a workbook's name to end in .xlsx; unpack an archive"),
    b"\xd0\xcf\x11\xe0": ("an old or locked Office file", "an unlocked .xlsx: save it again as that"),
    b"\x1f\x8b": ("a file packed by gzip", "text: unpack it first"),
    b"BZh": ("a file packed by bzip2", "text: unpack it first"),
    b"\xfd7zXZ\x00": ("a file packed by xz", "text: unpack it first"),
    b"(\xb5/\xfd": ("a file packed by zstd", "text: unpack it first"),
    b"%PDF": ("a PDF", "labelled documents: a PDF has no labels"),
}

#: Of UTF-16 and UTF-32; that of UTF-8 is no hindrance to most readers.
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


def packed_kind(head: bytes) -> tuple[str, str] | None:
    """Tell what a file is that is no text at all.

    Parameters
    ----------
    head : bytes
        Its first bytes, eight or more if there are.

    Returns
    -------
    (str, str) or None
        Phrases that complete "found ..." and "expected ...".
    """
    return next((phrases for mark, phrases in _SIGNATURES.items() if head.startswith(mark)), None)


def foreign_kind(head: bytes) -> tuple[str, str] | None:
    """Tell what a file is that is no text in UTF-8; parameters and result as of `packed_kind`."""
    if head.startswith(_WIDE_MARKS):
        return "a text in UTF-16 or UTF-32", "UTF-8: save the file again so"
    return packed_kind(head)
