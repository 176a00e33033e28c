"""Labels as a classifier learns them, with what is not coded left out."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cyberclass.taxonomy import CODEBOOK, UNDETERMINED, Taxonomy


@dataclass(frozen=True)
class Targets:
    """The labels of n documents.

    Attributes
    ----------
    is_incident : ndarray of bool, shape (n,)
    motivation : ndarray of str, shape (n,)
        One of the taxonomy's, "undetermined", or None where not coded or not an incident.
    impact : ndarray of float64, shape (n, n_domains)
        1 where a domain applies, 0 where not, NaN where not coded or not an incident.
    weight : ndarray of float64, shape (n,)
        How much each document counts beside one that counts 1.
    taxonomy : Taxonomy
    """

    is_incident: NDArray[np.bool_]
    motivation: NDArray[np.object_]
    impact: NDArray[np.float64]
    weight: NDArray[np.float64]
    taxonomy: Taxonomy

    def __len__(self) -> int:
        return len(self.is_incident)

    def take(self, rows: NDArray[np.intp]) -> "Targets":
        """Give the targets of some documents."""
        return Targets(
            self.is_incident[rows], self.motivation[rows], self.impact[rows], self.weight[rows], self.taxonomy
        )

    def key(self, row: int) -> tuple[str, ...]:
        """Give what a document's labels and weight are sorted by, of documents that are otherwise the same."""
        return tuple(str(of_all[row]) for of_all in (self.is_incident, self.motivation, self.impact, self.weight))

    @property
    def tell_apart(self) -> bool:
        """Whether there are two motivations, or a domain that applies to some documents and not to others."""
        heads = ("motivation", *self.taxonomy.impacts)
        return any(len(np.unique(self.head(head)[1])) > 1 for head in heads)

    def head(self, name: str) -> tuple[NDArray[np.intp], NDArray[Any]]:
        """Give what one head learns from.

        Parameters
        ----------
        name : str
            One of `outputs.Outputs.heads`.

        Returns
        -------
        rows : ndarray of int
            The documents that are coded for it.
        labels : ndarray of bool, or of str for "motivation"
        """
        if name == "incident":
            return np.arange(len(self)), self.is_incident
        if name == "motivation":
            rows = np.flatnonzero(np.isin(self.motivation.astype(str), self.taxonomy.motivations))
            return rows, self.motivation[rows].astype(str)
        if name == UNDETERMINED:
            rows = np.flatnonzero([label is not None for label in self.motivation])
            return rows, self.motivation[rows] == UNDETERMINED
        column = self.impact[:, self.taxonomy.impacts.index(name)]
        rows = np.flatnonzero(~np.isnan(column))
        return rows, column[rows] == 1


def targets_of(labels: pd.DataFrame | Any, taxonomy: Taxonomy = CODEBOOK) -> Targets:
    """Read the labels of documents.

    Parameters
    ----------
    labels : DataFrame, or array-like of str
        The columns is_incident, motivation, impact and, if there is one, impact_coded, as
        `corpora.documents.read_corpus` gives them; or motivations alone ("undetermined" among them, if you like), all
        of incidents whose domains are not coded.

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
        coded = labels["impact_coded"].tolist() if "impact_coded" in labels else [None] * len(labels)
    else:
        motivation = np.array(labels, dtype=object)
        is_incident = np.ones(len(motivation), dtype=bool)
        domains = coded = [None] * len(motivation)
    # pandas, whose strings know no None, writes NaN for it.
    motivation = motivation.copy()
    motivation[pd.isna(motivation)] = None
    unknown = {*motivation.tolist()} - {*taxonomy.motivations, UNDETERMINED, None}
    if unknown:
        raise ValueError(
            f"found the motivation {min(unknown, key=str)!r}; expected one of {', '.join(taxonomy.motivations)}"
        )
    impact = np.full((len(motivation), len(taxonomy.impacts)), np.nan)
    for row, (incident, applies, only) in enumerate(zip(is_incident, domains, coded, strict=True)):
        if incident and isinstance(applies, Collection):
            impact[row] = [domain in applies for domain in taxonomy.impacts]
            if isinstance(only, Collection):
                impact[row, [domain not in only for domain in taxonomy.impacts]] = np.nan
    motivation[~is_incident] = None
    return Targets(is_incident, motivation, impact, np.ones(len(motivation)), taxonomy)
