"""Files that are one report each: text, HTML, PDF and Word -> title and text."""

import logging
import re
from pathlib import Path
from typing import Any

from cyberclass.errors import ReportError, said_by
from cyberclass.text.archives import check_unpacked
from cyberclass.text.extent import MOST_CHARACTERS
from cyberclass.text.streams import encoding_of

_META_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)

#: Titles that programs write into PDF and Word files when nobody writes one.
_NO_TITLE = re.compile(r"untitled|microsoft (word|powerpoint)\b.*|(word )?document\d*|\S+\.\w{2,4}", re.IGNORECASE)

#: Control characters, and what stands for bytes that are none: a file of another kind is full of them.
_NO_WRITING = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd]")

#: Share of such characters that a text may have.
_MOST_ODD = 0.05

#: Bytes of a page, and of a Word file when unpacked.
_MOST_BYTES, _MOST_UNPACKED = 100_000_000, 500_000_000

#: A tag of more characters holds an image, or attributes by which a parser is to be stalled.
_LONG_TAG = re.compile("<[^<>]{10000,}>?")

#: Characters, and tags, of a page whose main text is looked for, which takes longer than in proportion to them.
_MOST_HTML, _MOST_TAGS = 3_000_000, 20_000

#: Characters of a page that are parsed at all: libxml2 refuses a text of ten megabytes.
_MOST_PARSED = 18 * MOST_CHARACTERS

#: What PDFium gives for a hyphen at the end of a line.
_LINE_HYPHEN = re.compile("[\x02\ufffe](\r?\n)?")


def read_page(path: Path) -> tuple[str, str]:
    """Read the title and the text of a file.

    Parameters
    ----------
    path : Path
        Ends in one of `cyberclass.text.folders.PAGES`.

    Returns
    -------
    title : str
        That of the metadata; "" if there is none.
    text : str
        Main text, without the title where the text begins with it.

    Raises
    ------
    ReportError
        If nothing can be read of it; the sentence is a reason and does not name the file.
    """
    read = {".html": _read_html, ".htm": _read_html, ".pdf": _read_pdf, ".docx": _read_word}
    try:
        raw = _bytes_of(path)
        if not raw.strip():
            raise ReportError("no text: the file is empty")
        title, text = read.get(path.suffix.lower(), _read_text)(raw)
    except (ReportError, ImportError):
        raise  # an installation that lacks a package is not the file's fault
    except OSError as error:
        raise ReportError(f"cannot be opened ({error.strerror or error})") from error
    except Exception as error:
        # What the parsers raise on a damaged file is theirs to choose; one file must not end the run.
        raise ReportError(f"damaged, or not a {path.suffix} file ({said_by(error)})") from error
    title, text = " ".join(title.split()), text.strip()
    first, _, rest = text.partition("\n")
    return title, rest.strip() if title and " ".join(first.split()) == title else text


def _bytes_of(path: Path) -> bytes:
    """Read a file; of a text as much as is labelled, in which a character has four bytes at most."""
    with path.open("rb") as file:
        if path.suffix.lower() in (".txt", ".md"):
            return file.read(4 * (MOST_CHARACTERS + 2))
        raw = file.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise ReportError(f"found more than {_MOST_BYTES / 1e6:.0f} MB; expected one report: part it, or take its text")
    return raw


def _read_text(raw: bytes) -> tuple[str, str]:
    encoding, errors = encoding_of(raw)
    text = raw.decode(encoding, errors)
    _check_writing(text)
    return "", text


def _check_writing(text: str) -> None:
    odd = len(_NO_WRITING.findall(text))
    if odd > _MOST_ODD * len(text):
        raise ReportError(
            f"found {odd / len(text):.0%} control characters; expected text: this is a file of another kind"
        )


def _read_html(raw: bytes) -> tuple[str, str]:
    # Without a handler of its own the parser's complaints about each page would reach the screen.
    logging.getLogger("trafilatura").addHandler(logging.NullHandler())
    from trafilatura import bare_extraction

    html = _LONG_TAG.sub(" ", _decode_html(raw))[:_MOST_PARSED]
    _check_writing(html)
    if len(html) > _MOST_HTML or html.count("<") > _MOST_TAGS:
        return _html_as_it_is(html)
    found: Any = bare_extraction(html, with_metadata=True, include_comments=False)
    title = (found.title if found else None) or ""
    text = (found.text if found else None) or ""
    if title and text:
        return title, text
    own_title, whole_text = _html_as_it_is(html)
    return title or own_title, text or whole_text


def _decode_html(raw: bytes) -> str:
    encoding, errors = encoding_of(raw)
    declared = _META_CHARSET.search(raw[:4096])
    if declared and not encoding.startswith("utf"):
        try:
            return raw.decode(declared[1].decode("ascii"), "replace")
        except LookupError:
            pass
    return raw.decode(encoding, errors)


def _html_as_it_is(html: str) -> tuple[str, str]:
    from lxml import etree  # type: ignore[import-untyped]
    from lxml.html import document_fromstring  # type: ignore[import-untyped]

    # As bytes, since lxml refuses a str that declares an encoding.
    raw = html.encode("utf-8", "replace")
    tree = document_fromstring(raw, parser=etree.HTMLParser(encoding="utf-8"))
    title = tree.findtext(".//title") or ""
    etree.strip_elements(tree, "title", "script", "style", "noscript", "template", etree.Comment, with_tail=False)
    return title, "\n".join(line.strip() for line in tree.itertext() if line.strip())


def _read_pdf(raw: bytes) -> tuple[str, str]:
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(raw)
    except PdfiumError as error:
        if "password" in str(error).lower():
            raise ReportError("encrypted: it opens only with a password") from error
        raise
    try:
        title = document.get_metadata_value("Title")
        pages: list[str] = []
        for page in document:
            if sum(map(len, pages)) > MOST_CHARACTERS:
                break
            content = page.get_textpage()
            pages.append(_LINE_HYPHEN.sub("", content.get_text_range()).replace("\r\n", "\n"))
            content.close()
            page.close()
    finally:
        document.close()
    text = "\n\n".join(pages)
    if not text.strip():
        raise ReportError("no text: a scanned PDF needs character recognition first")
    return _authored(title), text


def _read_word(raw: bytes) -> tuple[str, str]:
    import io

    from docx import Document
    from docx.table import Table

    if raw.startswith(b"\xd0\xcf\x11\xe0"):  # OLE, in which Office wraps what it encrypts, and .doc
        raise ReportError("encrypted, or in the old .doc format; save it as .docx without a password")
    check_unpacked(io.BytesIO(raw), _MOST_UNPACKED)
    document = Document(io.BytesIO(raw))
    parts = []
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            # A merged cell is listed once for each place it covers.
            rows = [{cell._tc: cell.text for cell in row.cells} for row in block.rows]
            parts += ["\t".join(row.values()) for row in rows]
        else:
            parts.append(block.text)
    return _authored(document.core_properties.title), "\n".join(parts)


def _authored(title: str) -> str:
    return "" if _NO_TITLE.fullmatch(title.strip()) else title
