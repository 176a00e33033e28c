"""Single values of a user's column, as plain Python objects and as text."""

import base64
import json
from datetime import date, time
from typing import Any

import pandas as pd


def values_of(column: pd.Series) -> list[Any]:
    """List a column's values as Python objects.

    Parameters
    ----------
    column : Series
        Of any dtype.

    Returns
    -------
    list
        Null is None; `pandas.NA` is left only in columns of objects, where it marks a key that a JSON
        object lacks.
    """
    if isinstance(column.dtype, pd.ArrowDtype):
        import pyarrow

        return pyarrow.array(column).to_pylist()
    return column.tolist()


def is_missing(value: Any) -> bool:
    """Tell whether a value is None, NA, NaN or NaT."""
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)


def json_text(value: Any) -> str:
    """Write a value as JSON; what JSON lacks becomes a string (bytes: in base 64)."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def cell_text(value: Any) -> Any:
    """Write a value for a cell of text.

    Parameters
    ----------
    value : object

    Returns
    -------
    str, int or float
        Missing is "", truth is "true" or "false", dates are in ISO 8601, nested values are JSON.
    """
    if isinstance(value, str) or type(value) in (int, float):
        return "" if value != value else value
    if is_missing(value):
        return ""
    if isinstance(value, (dict, list, tuple)) or value is True or value is False:
        return json_text(value)
    plain = _plain(value)
    return plain if isinstance(plain, str) else cell_text(plain)


def _plain(value: Any) -> Any:
    if is_missing(value):
        return None
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    # NumPy's numbers and arrays
    return value.tolist() if hasattr(value, "tolist") else str(value)
