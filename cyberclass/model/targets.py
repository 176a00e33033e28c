"""Labels as a classifier learns them, with what is not coded left out."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cyberclass.taxonomy import IMPACTS, MOTIVATIONS, UNDETERMINED


@dataclass(frozen=True)
class Targets:
    """The labels of n documents.

    Attributes
    ----------
    is_incident : ndarray of bool, shape (n,)
    motivation : ndarray of str, shape (n,)
        One of `taxonomy.MOTIVATIONS`, "undetermined", or None where not coded or not an incident.
    impact : ndarray of float64, shape (n, 7)
        1 where a domain applies, 0 where not, NaN where not coded or not an incident.
    """

    is_incident: NDArray[np.bool_]
    motivation: NDArray[np.object_]
    impact: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.is_incident)

    def take(self, rows: NDArray[np.intp]) -> "Targets":
        """Give the targets of some documents."""
        return Targets(self.is_incident[rows], self.motivation[rows], self.impact[rows])

    def head(self, name: str) -> tuple[NDArray[np.intp], NDArray[Any]]:
        """Give what one head learns from.

        Parameters
        ----------
        name : str
            "incident", "motivation" (which of the three), "undetermined" (none of them) or one of `taxonomy.IMPACTS`.

        Returns
        -------
        rows : ndarray of int
            The documents that are coded for it.
        labels : ndarray of bool, or of str for "motivation"
        """
        if name == "incident":
            return np.arange(len(self)), self.is_incident
        if name == "motivation":
            rows = np.flatnonzero(np.isin(self.motivation.astype(str), MOTIVATIONS))
            return rows, self.motivation[rows].astype(str)
        if name == UNDETERMINED:
            rows = np.flatnonzero([label is not None for label in self.motivation])
            return rows, self.motivation[rows] == UNDETERMINED
        column = self.impact[:, IMPACTS.index(name)]
        rows = np.flatnonzero(~np.isnan(column))
        return rows, column[rows] == 1


def targets_of(labels: pd.DataFrame | Any) -> Targets:
    """Read the labels of documents.

    Parameters
    ----------
    labels : DataFrame, or array-like of str
        The columns is_incident, motivation and impact as `corpora.documents.read_corpus` gives them; or motivations
        alone ("undetermined" among them, if you like), all of incidents whose domains are not coded.

    Returns
    -------
    Targets

    Raises
    ------
    ValueError
        For a label that is not in the taxonomy.
    """
    if isinstance(labels, pd.DataFrame):
        is_incident = labels["is_incident"].to_numpy(dtype=bool)
        motivation = labels["motivation"].to_numpy(dtype=object)
        domains = labels["impact"].tolist()
    else:
        motivation = np.array(labels, dtype=object)
        is_incident = np.ones(len(motivation), dtype=bool)
        domains = [None] * len(motivation)
    # pandas, whose strings know no None, writes NaN for it.
    motivation = motivation.copy()
    motivation[pd.isna(motivation)] = None
    unknown = {*motivation.tolist()} - {*MOTIVATIONS, UNDETERMINED, None}
    if unknown:
        raise ValueError(f"found the motivation {min(unknown, key=str)!r}; expected one of {', '.join(MOTIVATIONS)}")
    impact = np.full((len(motivation), len(IMPACTS)), np.nan)
    for row, (incident, coded) in enumerate(zip(is_incident, domains, strict=True)):
        if incident and isinstance(coded, Collection):
            impact[row] = [domain in coded for domain in IMPACTS]
    motivation[~is_incident] = None
    return Targets(is_incident, motivation, impact)
