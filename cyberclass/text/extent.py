"""How much of a text is read: labelling a document, and a batch of them, takes a time and a memory with a bound."""

from collections.abc import Callable, Iterable, Sized
from typing import TypeVar

from cyberclass.text.mending import mend

Row = TypeVar("Row", bound=Sized)

#: Characters of a document that are read, some 200 pages; the slowest we could think up then take a few seconds.
MOST_CHARACTERS = 500_000

#: Characters that are read, or labelled, at a time: a batch of huge documents is taken in parts.
_AT_A_TIME = 8 * MOST_CHARACTERS


def mend_beginning(text: str, most: int = MOST_CHARACTERS) -> str:
    """Repair as much of a text as is read of it, as `mend` does.

    Parameters
    ----------
    text : str
    most : int

    Returns
    -------
    str
        What is read of a longer text, and one character that tells that it goes on: `most` + 1 in all.
    """
    if len(text) <= most:
        return mend(text)
    # Repairing takes characters away, and spaces are no words.
    return mend(text[: most + 1]).ljust(most + 1)[: most + 1]


def take(rows: Iterable[Row], size: int, length: Callable[[Row], int] = len, most: int = _AT_A_TIME) -> list[Row]:
    """Take the next rows, `size` at most, or fewer once they have `most` characters, which `length` counts."""
    taken: list[Row] = []
    characters = 0
    for row in rows:
        taken.append(row)
        characters += length(row)
        if len(taken) == size or characters >= most:
            break
    return taken
