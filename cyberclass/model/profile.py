"""The profile of a batch of reports: how many words are unknown, how sure the labels are, how they are mixed."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cyberclass.model.outputs import taxonomy_in
from cyberclass.taxonomy import UNDETERMINED


class Scale(NamedTuple):
    """How the values of a figure are counted: on whole marks from 0 to `top`."""

    top: int
    #: Values to marks, before rounding.
    to_marks: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    #: A mark, or a mean of marks, to a value.
    to_value: Callable[[float], float]
    #: Marks that a comparison puts together, so that few reports do not scatter over many.
    step: int


# Marks are integers, so neither the order of reports nor the size of batches changes a figure by a bit.
_PERCENT = Scale(100, lambda values: 100 * values, lambda mark: mark / 100, 5)

#: What is measured on every report.
SCALES: dict[str, Scale] = {
    "unknown_words": _PERCENT._replace(step=2),
    "certainty": _PERCENT,
    "p_incident": _PERCENT,
    # Quarters of a doubling: a mean of these is a geometric mean.
    "words": Scale(80, lambda values: 4 * np.log2(values), lambda mark: float(2 ** (mark / 4)), 2),
}


@dataclass(frozen=True)
class Profile:
    """Figures of some reports; those of two batches sum to those of both.

    Attributes
    ----------
    reports : int
    marks : dict of str to ndarray of int64, shape (top + 1,)
        Reports on each mark of each of `SCALES`: the share of a report's words that the model does not know; the
        probability of what the motivation likeliest is, "undetermined" included, of reports labelled as incidents
        alone; the probability of an incident; words. Reports without a figure are left out of it.
    incidents : int
        Reports labelled as incidents.
    motivations, impacts : dict of str to int
        Incidents by motivation ("undetermined" is one) and by domain, of which one may have several.
    """

    reports: int
    marks: dict[str, NDArray[np.int64]]
    incidents: int
    motivations: dict[str, int]
    impacts: dict[str, int]

    @classmethod
    def empty(cls) -> Self:
        """Give the profile of no reports."""
        return cls(0, {name: np.zeros(scale.top + 1, np.int64) for name, scale in SCALES.items()}, 0, {}, {})

    @classmethod
    def of(cls, labels: pd.DataFrame, words: NDArray[np.floating]) -> Self:
        """Measure labelled reports.

        Parameters
        ----------
        labels : DataFrame, n rows
            The columns is_incident, motivation, impact and those of probabilities, as `IncidentClassifier.label` and
            its `out_of_fold_` have them.
        words : ndarray, shape (n, 2)
            Words of each text, and how many of these the model does not know.

        Returns
        -------
        Profile
        """
        taxonomy = taxonomy_in(labels)
        motivations = (*taxonomy.motivations, UNDETERMINED) if taxonomy.motivations else ()
        # Columns one by one: DataFrames of some columns, or some rows, would take longer than all the rest.
        is_incident = labels["is_incident"].to_numpy(dtype=bool)
        likeliest = [labels[f"p_motivation_{label}"].to_numpy(dtype=float)[is_incident] for label in motivations]
        given = Counter(labels["motivation"].to_numpy()[is_incident].tolist())
        domains = Counter(labels["impact"].to_numpy()[is_incident].tolist())
        counted, unknown = words[words[:, 0] > 0].T
        values = {
            "unknown_words": unknown / counted,
            "certainty": np.max(likeliest, axis=0) if motivations else np.empty(0),
            "p_incident": labels["p_incident"].to_numpy(dtype=float),
            "words": counted,
        }
        return cls(
            reports=len(labels),
            marks={name: _count(values[name], scale) for name, scale in SCALES.items()},
            incidents=int(is_incident.sum()),
            motivations={label: given[label] for label in motivations},
            impacts={
                domain: sum(count for joined, count in domains.items() if domain in joined.split(";"))
                for domain in taxonomy.impacts
            },
        )

    def __add__(self, other: "Profile") -> "Profile":
        return Profile(
            self.reports + other.reports,
            {name: marks + other.marks[name] for name, marks in self.marks.items()},
            self.incidents + other.incidents,
            _summed(self.motivations, other.motivations),
            _summed(self.impacts, other.impacts),
        )

    def mean(self, name: str) -> float | None:
        """Give the mean of a figure over reports (the geometric mean of words); None if no report has it."""
        marks = self.marks[name]
        return SCALES[name].to_value(marks @ np.arange(len(marks)) / marks.sum()) if marks.any() else None

    def to_card(self) -> dict[str, Any]:
        """Write the profile as a model's card holds it, ready for JSON."""
        return {
            "reports": self.reports,
            "marks": {name: np.trim_zeros(marks, "b").tolist() for name, marks in self.marks.items()},
            "incidents": self.incidents,
            "motivations": self.motivations,
            "impacts": self.impacts,
        }

    @classmethod
    def from_card(cls, card: Mapping[str, Any]) -> Self:
        """Read what `to_card` wrote.

        Raises
        ------
        KeyError, TypeError, ValueError, OverflowError
            If it is no profile.
        """
        marks = {}
        for name, scale in SCALES.items():
            found = np.array(card["marks"][name], dtype=np.int64)
            if found.ndim != 1 or len(found) > scale.top + 1 or (found < 0).any():
                raise ValueError(f"the reference figures of {name} are not {scale.top + 1} counts or fewer")
            marks[name] = np.pad(found, (0, scale.top + 1 - len(found)))
        mixes = ({str(label): int(n) for label, n in card[key].items()} for key in ("motivations", "impacts"))
        return cls(int(card["reports"]), marks, int(card["incidents"]), *mixes)


def _count(values: NDArray[np.float64], scale: Scale) -> NDArray[np.int64]:
    known = values[~np.isnan(values)]
    marks = np.rint(scale.to_marks(known)).astype(np.int64)
    return np.bincount(np.clip(marks, 0, scale.top), minlength=scale.top + 1)


def _summed(first: dict[str, int], second: dict[str, int]) -> dict[str, int]:
    return {label: first.get(label, 0) + second.get(label, 0) for label in (*first, *second)}
