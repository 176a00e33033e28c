"""Splits that keep every incident on one side: by chance, by time, by source."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from cyberclass.corpora.faults import date_complaints
from cyberclass.corpora.statistics import NOT_CODED, stratum_of
from cyberclass.errors import CorpusError
from cyberclass.taxonomy import UNDETERMINED

Fold = tuple[NDArray[np.intp], NDArray[np.intp]]

#: Folds where nothing else is asked for.
N_FOLDS = 5


def grouped_folds(frame: pd.DataFrame, n_splits: int = N_FOLDS, random_state: int = 0) -> list[Fold]:
    """Split documents into folds by incident, each with about the same mixture of motivations.

    Parameters
    ----------
    frame : DataFrame
        As `documents.read_corpus` returns it; ids must be unique. The folds depend on its documents, not on the
        order of its rows.
    n_splits : int
        Number of folds, 2 or more.
    random_state : int
        Seed of the shuffle.

    Returns
    -------
    list of (train, test), length n_splits
        Positions of rows in `frame` (for ``iloc``), ascending; every row is in one test part.

    Raises
    ------
    CorpusError
        When a motivation, or the documents that are no incident, have fewer than `n_splits` incidents. A kind
        that does not occur at all, or is undetermined or not coded, is no hindrance.
    """
    order = np.argsort(frame["id"].to_numpy(dtype=str), kind="stable")
    ordered = frame.iloc[order]
    stratum = stratum_of(ordered)
    _check_incidents(ordered["incident"], stratum, n_splits)
    counts = stratum.map(stratum.value_counts())
    # scikit-learn warns of a stratum smaller than n_splits; such a few documents may stand anywhere.
    stratum = stratum.where(counts >= n_splits, stratum.value_counts().idxmax())
    splitter = StratifiedGroupKFold(n_splits=n_splits, shuffle=True, random_state=random_state)
    folds = splitter.split(np.zeros(len(ordered)), stratum.to_numpy(dtype=str), ordered["incident"].to_numpy(dtype=str))
    return [(np.sort(order[train]), np.sort(order[test])) for train, test in folds]


def fold_number(frame: pd.DataFrame, most: int = N_FOLDS) -> int:
    """Give as many folds as the rarest label has incidents.

    Parameters
    ----------
    frame : DataFrame
        As `grouped_folds` takes it.
    most : int
        2 or more; no more folds than these, however many incidents there are.

    Raises
    ------
    CorpusError
        If a label has fewer than two incidents; "undetermined", or what is not coded, is no hindrance.
    """
    counts = frame["incident"].groupby(stratum_of(frame)).nunique().drop([UNDETERMINED, NOT_CODED], errors="ignore")
    if len(counts) and counts.min() < 2:
        rare = counts.idxmin()
        raise CorpusError(
            f"Found {counts.min()} incident with the label {rare!r}; expected two or more of each label: add documents "
            "on others, or leave this label out."
        )
    smallest = counts.min() if len(counts) else frame["incident"].nunique()
    return int(np.clip(smallest, 2, most))


def time_split(frame: pd.DataFrame, date: str) -> Fold:
    """Split documents by time: learn from what was before a date, test on what came then.

    Parameters
    ----------
    frame : DataFrame
        As `documents.read_corpus` returns it.
    date : str
        "YYYY", "YYYY-MM" or "YYYY-MM-DD". An incident's date is the first of its documents' dates. What has none, or
        may lie on either side since only its year or month is known, is on neither.

    Returns
    -------
    (train, test)
        Positions of rows in `frame`.

    Raises
    ------
    CorpusError
        If the date is none, or a side is empty.
    """
    if list(date_complaints(date)) or not date.strip():
        raise CorpusError(f"Found the date {date!r}; expected YYYY-MM-DD, YYYY-MM or YYYY.")
    border = _span(date)[0]
    spans = frame["date"].map(_span, na_action="ignore").groupby(frame["incident"]).transform("min")
    dated = spans.notna().to_numpy()
    first, last = ([span[end] if known else "" for span, known in zip(spans, dated, strict=True)] for end in (0, 1))
    train = np.flatnonzero(dated & (np.array(last, dtype=str) < border))
    test = np.flatnonzero(dated & (np.array(first, dtype=str) >= border))
    for side, rows in (("before", train), ("from", test)):
        if not len(rows):
            raise CorpusError(
                f"The corpus has no dated document {side} {date}; name a date between its first and last."
            )
    return train, test


def _span(date: str) -> tuple[str, str]:
    """Give the first and last day that a date may mean."""
    return f"{date}-01-01"[:10], f"{date}-12-31" if len(date) == 4 else f"{date}-31"[:10]


def source_folds(frame: pd.DataFrame) -> dict[str, Fold]:
    """Split documents by source: test on one, learn from the others.

    An incident that two sources tell of stays out of the training for both.

    Parameters
    ----------
    frame : DataFrame
        As `documents.read_corpus` returns it.

    Returns
    -------
    dict of str to (train, test)
        Positions of rows in `frame`, by source.

    Raises
    ------
    CorpusError
        If there is one source only.
    """
    sources = sorted(frame["source"].unique())
    if len(sources) < 2:
        raise CorpusError(f"The corpus has one source, {sources[0]!r}; expected two or more to leave one out.")
    folds = {}
    for source in sources:
        own = (frame["source"] == source).to_numpy()
        told = frame["incident"].isin(frame.loc[own, "incident"]).to_numpy()
        folds[source] = np.flatnonzero(~told), np.flatnonzero(own)
    return folds


def _check_incidents(incident: pd.Series, stratum: pd.Series, n_splits: int) -> None:
    if n_splits < 2:
        raise CorpusError(f"The number of folds is {n_splits}; expected 2 or more.")
    found = incident.nunique()
    if found < n_splits:
        raise CorpusError(f"The corpus has {found} incidents, too few for {n_splits} folds; add some or ask for fewer.")
    for name, found in incident.groupby(stratum).nunique().items():
        if found < n_splits and name not in (UNDETERMINED, NOT_CODED):
            raise CorpusError(
                f"The corpus has {found} incidents with the label {name!r}; expected {n_splits} or more for "
                f"{n_splits} folds: add documents on others, or ask for fewer folds."
            )
