"""What every reader of tables hands on: some rows as the user wrote them, and the rows that could not be read."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from cyberclass.errors import ReportError


@dataclass(frozen=True)
class Block:
    """Some rows of one table, in order."""

    #: The user's columns; n rows, index 0 to n - 1.
    frame: pd.DataFrame
    #: Number of each row in its table, from 1; length n.
    rows: Sequence[int]
    #: Number and reason of each row that is set aside.
    rejects: list[tuple[int, str]] = field(default_factory=list)
    #: Share of the table read when this block was complete, in [0, 1]; None where its size is not known.
    share: float | None = None


def name_columns(cells: Iterable[object], source: str, repeats: bool = False) -> list[str]:
    """Make column names of a header.

    Parameters
    ----------
    cells : iterable
        The header's cells; one that is empty becomes ``column_<position from 1>``.
    source : str
        What errors call the table.
    repeats : bool
        Whether columns may share a name.

    Returns
    -------
    list of str
        As written, spaces included; the second column of a name becomes ``<name>.1``, the third ``<name>.2``.

    Raises
    ------
    ReportError
        If two columns share a name, and may not.
    """
    names = [
        f"column_{place}" if cell is None or not str(cell).strip() else str(cell)
        for place, cell in enumerate(cells, start=1)
    ]
    if repeats:
        earlier = (names[:place].count(name) for place, name in enumerate(names))
        names = [f"{name}.{count}" if count else name for name, count in zip(names, earlier, strict=True)]
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise ReportError(
            f"{source}: the header names {', '.join(map(repr, twice))} more than once; "
            "every column needs a name of its own, so rename them."
        )
    return names


def object_frame(names: Sequence[str], columns: Iterable[Sequence[object]], size: int) -> pd.DataFrame:
    """Make a DataFrame that keeps every value as the object it is.

    Parameters
    ----------
    names : sequence of str
    columns : iterable of sequences, each of length `size`
        Empty when there are no rows.
    size : int
        Number of rows.

    Returns
    -------
    DataFrame of dtype object
    """
    if not size:
        return pd.DataFrame(columns=list(names), dtype=object)
    return pd.DataFrame(dict(zip(names, columns, strict=True)), index=range(size), dtype=object)


def merge_columns(columns: list[str], names: Sequence[str]) -> None:
    """Add the new among `names` to `columns`, each right of the name it follows in `names`.

    Parameters
    ----------
    columns : list of str
        Changed in place.
    names : sequence of str
    """
    if columns == names:
        return
    known = set(columns)
    place = 0
    for name in names:
        if name in known:
            place = columns.index(name) + 1
        else:
            columns.insert(place, name)
            place += 1
