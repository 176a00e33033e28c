"""Slices: the same figures for parts of the documents, to see where a model is better and where worse."""

import re

import pandas as pd

from cyberclass.evaluation.resampling import intervals

#: What documents are sliced by.
SLICED_BY = ("genre", "length", "year", "basis", "source")

#: Fewer incidents than these say little; reports grey them.
FEW = 30

_FIGURES = ("motivation_accuracy", "motivation_macro_f1", "impact_macro_f1")
_LENGTHS = (0, 50, 100, 200, 400)
_YEARS = 5
_RESAMPLES = 500


def slices(labelled: pd.DataFrame, predicted: pd.DataFrame) -> list[dict[str, object]]:
    """Measure every slice that holds a document with a label.

    Parameters
    ----------
    labelled : DataFrame, n rows
        As `corpora.documents.read_corpus` returns it.
    predicted : DataFrame, n rows in the same order
        The columns of `IncidentClassifier.label`.

    Returns
    -------
    list of dict
        `by` (one of `SLICED_BY`), `name`, `documents`, `incidents` (that they report), and `figures` as
        `resampling.intervals` gives them: accuracy and macro-F1 of the motivation, macro-F1 of impact. Slices that are
        the whole are left out.
    """
    coded = (labelled["is_incident"] & (labelled["motivation"].notna() | labelled["impact"].notna())).to_numpy()
    labelled, predicted = labelled[coded].reset_index(drop=True), predicted[coded].reset_index(drop=True)
    words = [len(text.split()) for text in labelled["text"]]
    keys = {
        "genre": labelled["genre"],
        "length": pd.Series([_span_of_length(count) for count in words], dtype=object),
        "year": pd.Series([_span_of_years(date) for date in labelled["date"]], dtype=object),
        "basis": labelled["basis"],
        "source": labelled["source"],
    }
    found: list[dict[str, object]] = []
    for by, key in keys.items():
        if key.nunique() > FEW and labelled["incident"].groupby(key).nunique().max() < FEW:
            # Dozens of slices of which none says anything.
            continue
        for name in sorted(key.dropna().unique(), key=_in_order):
            rows = (key == name).to_numpy()
            if rows.all():
                continue
            figures = intervals(
                labelled[rows].reset_index(drop=True),
                predicted[rows].reset_index(drop=True),
                n_resamples=_RESAMPLES,
            )
            found.append(
                {
                    "by": by,
                    "name": str(name),
                    "documents": int(rows.sum()),
                    "incidents": int(labelled.loc[rows, "incident"].nunique()),
                    "figures": {figure: figures[figure] for figure in _FIGURES if figure in figures},
                }
            )
    return found


def _span_of_length(words: int) -> str:
    start = max(bound for bound in _LENGTHS if bound <= words)
    if start == _LENGTHS[-1]:
        return f"{start} words or more"
    return f"{start} to {_LENGTHS[_LENGTHS.index(start) + 1] - 1} words"


def _span_of_years(date: str | None) -> str | None:
    if not date:
        return None
    first = int(date[:4]) // _YEARS * _YEARS
    return f"{first} to {first + _YEARS - 1}"


def _in_order(name: str) -> tuple[int, str]:
    """Numbers by size, words by the alphabet."""
    start = re.match("[0-9]+", name)
    return (int(start[0]), name) if start else (0, name)
