"""Labels beside a user's columns."""

import pandas as pd


def beside(frame: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Put labels right of a user's columns, and rename those that whoever reads the file would take for ours.

    Parameters
    ----------
    frame : DataFrame, n rows
    labels : DataFrame, n rows
        With the index of `frame`.

    Returns
    -------
    DataFrame, n rows
        A user's column of the name of one of `labels`, whatever its case, is called ``<name>_input``.
    """
    taken = set(frame.columns) | set(labels.columns)
    ours = {name.casefold() for name in labels.columns}
    names = {}
    for name in frame.columns:
        if name.strip().casefold() in ours:
            names[name] = f"{name}_input"
            while names[name] in taken:
                names[name] += "_input"
            taken.add(names[name])
    return pd.concat([frame.rename(columns=names), labels], axis=1)
