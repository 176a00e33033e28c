"""Cells that a spreadsheet would take for formulas: whoever writes a report could have one run on an analyst's desk."""

import re
from typing import Any

import pandas as pd

from cyberclass.labelling.values import cell_text, values_of

#: How such cells begin: https://owasp.org/www-community/attacks/CSV_Injection. Numbers with a sign are none.
_FORMULA = re.compile("(?![+-]?[0-9]+(?:[.,][0-9]+)*(?:[eE][+-]?[0-9]+)?\\Z)[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def neutralise(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before every cell and column name that a spreadsheet would take for a formula.

    Parameters
    ----------
    frame : DataFrame

    Returns
    -------
    DataFrame
        Columns without such a cell are as they were; others hold objects. Names that would then be equal to one that
        is there already have further apostrophes.
    """
    names: dict[str, str] = {}
    for name in frame.columns:
        if _FORMULA.match(name):
            names[name] = f"'{name}"
            while names[name] in frame.columns:
                names[name] = f"'{names[name]}"
    changed = {name: safe for name in frame.columns if (safe := _safe_values(frame[name])) is not None}
    return frame.assign(**changed).rename(columns=names)


def _safe_values(column: pd.Series) -> pd.Series | None:
    """Give a column with its formulas neutralised; None if it has none."""
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
        return None
    values = values_of(column)
    safe = list(map(_safe, values))
    if all(new is old for new, old in zip(safe, values, strict=True)):
        return None
    return pd.Series(safe, index=column.index, dtype=object)


def _safe(value: Any) -> Any:
    text = cell_text(value)
    return f"'{text}" if isinstance(text, str) and _FORMULA.match(text) else value
