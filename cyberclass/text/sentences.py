"""Sentences, told by the chunks of text between spaces: where one ends in a full stop and the next begins large."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: What a chunk can do, as bits: end a sentence, begin one, begin an item of a list.
ENDS, BEGINS, LISTS = 1, 2, 4

_CLOSING = "\"'\u201d\u2019\u00bb)]"
_OPENING = "\"'\u201c\u2018\u00ab(["
_LAST = frozenset(f".!?\u2026\u3002{_CLOSING}")
_BULLETS = frozenset(("-", "*", "\u2022", "\u2013", "\u00b7", "\u25aa", "\u25cf"))
#: Initials and dotted abbreviations ("J.", "U.S."), and words that a stop does not end a sentence behind.
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+")
_ABBREVIATED = frozenset(
    re.findall(
        r"\S+",
        """adm. al. apr. aug. brig. capt. cf. co. col. corp. dec. dept. dr. est. etc. feb. fig. gen. gov. hon. inc. jan.
        jr. ltd. lt. maj. messrs. mr. mrs. ms. mt. no. nov. oct. prof. rep. rev. sen. sep. sept. sgt. sr. st. vs.""",
    )
)


def mark_chunks(chunks: Sequence[str]) -> NDArray[np.uint8]:
    """Say what chunks can do.

    Parameters
    ----------
    chunks : sequence of str, length n

    Returns
    -------
    ndarray of uint8, shape (n,)
        `ENDS`, `BEGINS` and `LISTS`, summed.
    """
    return np.fromiter(
        (
            ENDS * (chunk[-1:] in _LAST and _ends(chunk)) + BEGINS * _begins(chunk) + LISTS * (chunk in _BULLETS)
            for chunk in chunks
        ),
        np.uint8,
        len(chunks),
    )


def part_sentences(marks: NDArray[np.uint8], breaks: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Tell the chunks with which a sentence begins.

    Parameters
    ----------
    marks : ndarray of uint8, shape (n,)
        Of chunks in the order of a text, as `mark_chunks` gives them.
    breaks : ndarray of int, shape (n,)
        Line breaks before each.

    Returns
    -------
    ndarray of bool, shape (n,)
        A sentence also begins below a blank line, and with an item of a list.
    """
    first = (breaks >= 2) | ((breaks >= 1) & (marks & LISTS > 0))
    first[1:] |= (marks[:-1] & ENDS > 0) & (marks[1:] & BEGINS > 0)
    first[:1] = True
    return first


def _ends(chunk: str) -> bool:
    bare = chunk.rstrip(_CLOSING)
    if bare[-1:] not in _LAST:
        return False
    word = bare.lstrip(_OPENING)
    return bare[-1:] != "." or not (_DOTTED.fullmatch(word) or word.lower() in _ABBREVIATED)


def _begins(chunk: str) -> bool:
    first = chunk[:1]
    return not (chunk.lstrip(_OPENING)[:1] if first and first in _OPENING else first).islower()
