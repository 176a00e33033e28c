"""What a model answers: its heads, the columns of its scores and of its probabilities, by the labels it knows."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, softmax

from cyberclass.taxonomy import UNDETERMINED, Taxonomy

_MOTIVATION, _IMPACT = "p_motivation_", "p_impact_"


@dataclass(frozen=True)
class Outputs:
    """The outputs of a linear model for a taxonomy of k motivations and d domains: k + d + 2 columns."""

    taxonomy: Taxonomy

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """What is learned by itself: "incident", "motivation" (which of them), "undetermined" (none), each domain."""
        return ("incident", "motivation", UNDETERMINED, *self.taxonomy.impacts)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns of scores: "incident", the motivations, "undetermined", the domains."""
        return ("incident", *self.taxonomy.motivations, UNDETERMINED, *self.taxonomy.impacts)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of probabilities, in the same order, as a table has them."""
        motivations = (f"{_MOTIVATION}{label}" for label in (*self.taxonomy.motivations, UNDETERMINED))
        return ("p_incident", *motivations, *(f"{_IMPACT}{domain}" for domain in self.taxonomy.impacts))

    @property
    def which(self) -> slice:
        """The columns that say which motivation, if there is one."""
        return slice(1, self.without)

    @property
    def without(self) -> int:
        """The column of "undetermined"."""
        return len(self.taxonomy.motivations) + 1

    @property
    def domains(self) -> slice:
        """The columns of impact domains."""
        return slice(self.without + 1, len(self.names))

    def which_of(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn scores into the probability of each motivation if there is one, shape (n, k); rows sum to 1."""
        found: NDArray[np.float64] = softmax(scores[:, self.which], axis=1) if self.without > 1 else scores[:, :0]
        return found

    def probabilities_of(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn linear scores into probabilities.

        Parameters
        ----------
        scores : ndarray, shape (n, k + d + 2)

        Returns
        -------
        ndarray of the same shape
            Those of the motivations and of "undetermined" sum to 1: each motivation's is that of there being one,
            times that of its being this one. Where nothing taught what is undetermined, nothing is.
        """
        probabilities: NDArray[np.float64] = expit(scores)
        without = np.nan_to_num(probabilities[:, [self.without]], nan=0.0)
        probabilities[:, [self.without]] = without
        probabilities[:, self.which] = (1 - without) * self.which_of(scores)
        return probabilities


def among_motivations(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn the probabilities of the motivations, shape (n, k), into those if there is one: rows sum to 1."""
    total = probabilities.sum(axis=1, keepdims=True)
    # A text that is undetermined for certain leaves nothing to share out.
    even = np.full_like(probabilities, 1 / max(1, probabilities.shape[1]))
    return np.divide(probabilities, total, out=even, where=total > 0)


def taxonomy_in(predicted: pd.DataFrame) -> Taxonomy:
    """Read off a table of predictions which labels its model knows.

    Parameters
    ----------
    predicted : DataFrame
        The columns of `IncidentClassifier.label` or `IncidentClassifier.probabilities`.
    """
    names = [str(name) for name in predicted.columns]
    motivations = (name.removeprefix(_MOTIVATION) for name in names if name.startswith(_MOTIVATION))
    impacts = (name.removeprefix(_IMPACT) for name in names if name.startswith(_IMPACT))
    return Taxonomy(tuple(label for label in motivations if label != UNDETERMINED), tuple(impacts))
