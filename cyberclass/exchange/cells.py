"""Single cells of a file of labels, as every format can have them."""

import math
import re
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from cyberclass.corpora.faults import shown
from cyberclass.corpora.sources.cells import date_of, items_of, text_of
from cyberclass.labelling.values import cell_text
from cyberclass.text.extent import mend_beginning

#: Of days whose order nobody can mistake: 31/03/2025 is not among them, as 01/02/2025 is two days.
_DAYS = ("%d.%m.%Y", "%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y", "%Y/%m/%d")

#: Of feeds and mails: RFC 822 and its successors.
_OF_FEEDS = re.compile(
    r"(?:[a-z]{3}, )?\d{1,2} [a-z]{3} (?:\d{4}|\d{2}) \d\d:\d\d(?::\d\d)?(?: (?:[+-]\d{4}|[a-z]{1,5}))?",
    re.ASCII | re.IGNORECASE,
)

#: Of RFC 3986: who and where, and what may stand behind it as it is.
_AUTHORITY = re.compile(r"(?:[\w.~!$&'()*+,;=:-]*@)?(?:[\w.~-]+|\[[0-9a-fA-F:.]+\])(?::\d*)?", re.ASCII)
_PATH, _QUERY = "/:@!$&'()*+,;=~%", "/:@!$&'()*+,;=~%?"
_BARE_PERCENT = re.compile("%(?![0-9a-fA-F]{2})")

#: White is what version 1 of the traffic light protocol called clear.
_TLP = {"white": "clear", **{level: level for level in ("clear", "green", "amber", "amber+strict", "red")}}


class FaultError(Exception):
    """Why a cell cannot be read."""


def cell_of(value: Any) -> str:
    """Give a cell as mended text; "" for one that says nothing."""
    plain = cell_text(value)
    return mend_beginning(text_of(plain)).strip()


def cells_of(value: Any) -> tuple[str, ...]:
    """Give the items of a cell that holds a list, as mended text, each once."""
    return tuple(dict.fromkeys(item for each in items_of(value) if (item := cell_of(each))))


def day_of(value: Any, column: str) -> str:
    """Read a date as YYYY-MM-DD, YYYY-MM or YYYY; "" for a cell that says nothing."""
    text = text_of(value)
    found = date_of(value, *_DAYS) or _day_of_feed(text)
    if text and not found:
        raise FaultError(f"{column}: found {shown(value)}; expected a date such as 2025-03-31, 2025-03 or 2025")
    return found


def _day_of_feed(text: str) -> str:
    if not _OF_FEEDS.fullmatch(text):
        return ""
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except ValueError:
        return ""


def probability_of(value: Any, column: str) -> float | None:
    """Read a probability; None for a cell that says nothing."""
    text = text_of(value)
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 <= found <= 1:
        raise FaultError(f"{column}: found {shown(value)}; expected a probability from 0 to 1")
    return found


def web_address(text: str) -> str:
    """Give an address that is safe to hand on: one of the web, in one piece, in ASCII as RFC 3986 has it; else ""."""
    try:
        parts = urlsplit(text)
        user, at, host = parts.netloc.rpartition("@")
        where = f"{user}{at}{host if host.isascii() else host.encode('idna').decode('ascii')}"
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or set(text) & set(' \t\r\n<>"') or not _AUTHORITY.fullmatch(where):
        return ""
    path, query, fragment = (
        _BARE_PERCENT.sub("%25", quote(part, safe, errors="replace"))
        for part, safe in ((parts.path, _PATH), (parts.query, _QUERY), (parts.fragment, _QUERY))
    )
    return urlunsplit((parts.scheme, where, path, query, fragment))


def tlp_of(text: str) -> str:
    """Read a level of the traffic light protocol; a row whose level is not known must not go out unmarked."""
    level = text.casefold().removeprefix("tlp:").strip()
    if level and level not in _TLP:
        raise FaultError(f"tlp: found {shown(text)}; expected clear, green, amber, amber+strict or red")
    return _TLP.get(level, "")
