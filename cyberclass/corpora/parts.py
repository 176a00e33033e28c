"""A corpus in two parts, to train and to test, that share no incident."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cyberclass.corpora.crosstables import strata_in
from cyberclass.corpora.duplicates import incidents_of
from cyberclass.corpora.sampling import draws
from cyberclass.corpora.splits import time_split
from cyberclass.corpora.statistics import stratum_of
from cyberclass.errors import CorpusError
from cyberclass.taxonomy import CODEBOOK, Taxonomy

#: How a corpus may be parted.
PARTED_BY = ("incident", "time")


@dataclass(frozen=True)
class Parts:
    """A corpus in two parts.

    Attributes
    ----------
    train, test : DataFrame
        As `documents.read_corpus` returns it, rows in the order they had; near-duplicates share an incident.
    left_out : DataFrame
        Of a parting by time, documents that may belong to either side, or have no date.
    date : str or None
        Of a parting by time, when the test begins.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    left_out: pd.DataFrame
    date: str | None = None


def part_corpus(
    frame: pd.DataFrame, share: float = 0.2, by: str = "incident", date: str | None = None, random_state: int = 0
) -> Parts:
    """Part a corpus so that no incident, and no two near-duplicates, stand on both sides.

    Parameters
    ----------
    frame : DataFrame
        As `documents.read_corpus` returns it; ids must be unique. The parts depend on its documents, not on the order
        of its rows.
    share : float
        Share of the documents to test with, in (0, 1).
    by : str
        "incident": at random, with about this share of every motivation. "time": the latest.
    date : str, optional
        Of "time": test from then, whatever the share (`splits.time_split`).
    random_state : int
        Of "incident".

    Returns
    -------
    Parts

    Raises
    ------
    CorpusError
        If a side would be empty.
    """
    if not 0 < share < 1:
        raise CorpusError(f"Found the share {share}; expected one between 0 and 1, such as 0.2.")
    joined = frame.assign(incident=incidents_of(frame).astype(object))
    if by == "time":
        date = date or _late(joined, share)
        train, test = time_split(joined, date)
    elif by == "incident":
        train, test = _drawn(joined, share, random_state)
    else:
        raise CorpusError(f"Found the split {by!r}; expected one of {', '.join(PARTED_BY)}.")
    rest = np.setdiff1d(np.arange(len(frame)), np.concatenate([train, test]))
    return Parts(joined.iloc[train], joined.iloc[test], joined.iloc[rest], date if by == "time" else None)


def count_parts(parts: Parts, taxonomy: Taxonomy = CODEBOOK) -> pd.DataFrame:
    """Count documents, incidents and labels of each part.

    Returns
    -------
    DataFrame
        Rows train, test and, if there is any, left out; columns documents, incidents and each motivation.
    """
    sides = {"train": parts.train, "test": parts.test, **({"left out": parts.left_out} if len(parts.left_out) else {})}
    strata = {name: stratum_of(side).value_counts() for name, side in sides.items()}
    table = pd.DataFrame(strata).T.fillna(0).astype(int).reindex(list(sides))
    table = table[strata_in(table.columns, taxonomy)]
    table.insert(0, "documents", [len(side) for side in sides.values()])
    table.insert(1, "incidents", [side["incident"].nunique() for side in sides.values()])
    return table.rename_axis(index="part", columns=None)


def _drawn(frame: pd.DataFrame, share: float, random_state: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    incidents = pd.DataFrame({"incident": frame["incident"], "stratum": stratum_of(frame)})
    sizes = incidents.groupby(["incident", "stratum"]).size().reset_index(name="size")
    # An incident whose documents differ is of the kind of most of them.
    kinds = sizes.sort_values(["size", "stratum"], ascending=[False, True]).drop_duplicates("incident")
    kinds = kinds.assign(
        size=kinds["incident"].map(frame["incident"].value_counts()), draw=draws(kinds["incident"], random_state)
    )
    tested: set[str] = set()
    for _, stratum in kinds.sort_values("draw").groupby("stratum"):
        wanted, taken = share * stratum["size"].sum(), 0
        for incident, size in zip(stratum["incident"], stratum["size"], strict=True):
            if abs(taken + size - wanted) < abs(taken - wanted):
                tested.add(incident)
                taken += size
    is_test = frame["incident"].isin(tested).to_numpy()
    for side, rows in (("test", is_test), ("train", ~is_test)):
        if not rows.any():
            raise CorpusError(
                f"The corpus has {frame['incident'].nunique()} incidents, too few for a share of {share:g} to test "
                f"with: nothing would be left to {side}; add documents, or ask for another share."
            )
    return np.flatnonzero(~is_test), np.flatnonzero(is_test)


def _late(frame: pd.DataFrame, share: float) -> str:
    """Find the year from which about a share of the dated documents are."""
    years = frame["date"].groupby(frame["incident"]).transform("min").dropna().str[:4].sort_values()
    if years.empty:
        raise CorpusError("The corpus has no dates; split it by incident.")
    return str(years.iloc[int(len(years) * (1 - share))])
