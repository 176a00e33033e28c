"""Drift: whether a batch of reports is unlike the documents that a model learned from."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cyberclass.model.profile import SCALES, Profile

#: Reports (or incidents, where only these have a figure) below which nothing is said.
FEWEST = 30

#: Standard deviations of the training documents by which a batch's mean is off before it is called unlike them. The
#: strangest source of our own corpus, held out, is 1.4 off; English on other matters is 1.8 and more.
FAR = 1.5

#: Share of batches drawn from the training documents that differ from these by more than the bound.
CHANCE = 0.001

_N_RESAMPLES = 5000

#: Figures that tell of a model out of its depth, with the direction that does. Length and the mix of labels are no
#: such figures: a desk that reads only ransomware, or only agency lines, is what a model is for. Certainty is not the
#: confidence in a motivation, which is low where "undetermined" is sure: that would be the mix of labels again.
_ALARMING = {"unknown_words": 1, "certainty": -1}


@dataclass(frozen=True)
class Comparison:
    """One figure of a batch beside the same of the training documents."""

    #: One of `profile.SCALES`, "is_incident" or "motivation".
    name: str
    #: Reports of the batch that have it.
    reports: int
    #: Means, in the figure's own unit; None where no report has it, or for a mix.
    batch: float | None
    training: float | None
    #: Jensen-Shannon divergence of the two distributions: 0 for the same, 1 for nothing in common (Lin 1991,
    #: "Divergence measures based on the Shannon entropy"). None where there is too little to compare.
    divergence: float | None
    #: How many standard deviations the batch's mean is above that of training (Glass's delta); None for a mix.
    shift: float | None
    #: Training documents by what the figure is counted on.
    counts: NDArray[np.int64] = field(repr=False, compare=False)

    # When asked for: drawing batches takes longer than to label a hundred reports.
    @cached_property
    def bound(self) -> float | None:
        """What the divergence of batches of this size, drawn from the training documents, exceeds in `CHANCE`."""
        if self.divergence is None:
            return None
        draw, n = np.random.default_rng(0).multinomial, int(self.counts.sum())
        # Of the training documents, too, there is but a sample.
        drawn = (draw(size, self.counts / n, _N_RESAMPLES) for size in (self.reports, n))
        return float(np.quantile(divergence_of(*drawn), 1 - CHANCE))

    @property
    def differs(self) -> bool:
        """Whether there is a difference that is not chance; few real batches have none."""
        return self.divergence is not None and self.bound is not None and self.divergence > self.bound

    @property
    def is_alarming(self) -> bool:
        """Whether the difference is far beyond the training documents, and in the direction that tells of trouble."""
        off = _ALARMING.get(self.name, 0) * (self.shift or 0.0)
        return off >= FAR and self.differs


@dataclass(frozen=True)
class Drift:
    """A batch compared with the training documents.

    Attributes
    ----------
    batch, training : Profile
    figures : list of Comparison
    """

    batch: Profile
    training: Profile
    figures: list[Comparison]

    @property
    def warning(self) -> str | None:
        """One sentence, without a full stop, if the batch is unlike the training material."""
        told = [_TOLD[each.name](each) for each in self.figures if each.is_alarming]
        if not told:
            return None
        return f"this batch is unlike the training material: {', and '.join(told)}; labels may be poor"


def compare(batch: Profile, training: Profile) -> Drift:
    """Compare a batch with the documents that a model was trained on.

    Parameters
    ----------
    batch, training : Profile
        That of training of held-out documents, under a vocabulary that they had no part in.

    Returns
    -------
    Drift
        The same for the same profiles.
    """
    figures = [_compare_scale(name, batch, training) for name in SCALES]
    mixes = [("is_incident", _split(batch), _split(training))]
    if training.motivations:
        labels = list({**training.motivations, **batch.motivations})
        mixes.append(("motivation", _counts_of(batch.motivations, labels), _counts_of(training.motivations, labels)))
    return Drift(batch, training, [*figures, *(_compare_counts(*mix) for mix in mixes)])


def divergence_of(first: NDArray[np.integer], second: NDArray[np.integer]) -> NDArray[np.float64]:
    """Give the Jensen-Shannon divergence of counts, in bits.

    Parameters
    ----------
    first, second : ndarray of int, shape (..., n_cells)
        Not all zero.

    Returns
    -------
    ndarray of float64, shape (...)
        In [0, 1].
    """
    shares = [counts / counts.sum(axis=-1, keepdims=True) for counts in (first, second)]
    mixed = _entropy((shares[0] + shares[1]) / 2)
    found: NDArray[np.float64] = np.clip(mixed - (_entropy(shares[0]) + _entropy(shares[1])) / 2, 0, 1)
    return found


def _entropy(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    entropy: NDArray[np.float64] = -(shares * np.log2(np.where(shares > 0, shares, 1.0))).sum(axis=-1)
    return entropy


def _compare_scale(name: str, batch: Profile, training: Profile) -> Comparison:
    step = SCALES[name].step
    counts = [np.add.reduceat(each.marks[name], np.arange(0, SCALES[name].top + 1, step)) for each in (batch, training)]
    found = _compare_counts(name, *counts)
    shift = _shift(batch.marks[name], training.marks[name]) if found.divergence is not None else None
    return replace(found, batch=batch.mean(name), training=training.mean(name), shift=shift)


def _compare_counts(name: str, batch: NDArray[np.int64], training: NDArray[np.int64]) -> Comparison:
    n = int(batch.sum())
    if n < FEWEST or training.sum() < FEWEST:
        return Comparison(name, n, None, None, None, None, training)
    return Comparison(name, n, None, None, float(divergence_of(batch, training)), None, training)


def _shift(batch: NDArray[np.int64], training: NDArray[np.int64]) -> float:
    marks = np.arange(len(training))
    mean = training @ marks / training.sum()
    # A mark is as fine as it gets: documents that are all alike spread by one.
    spread = max(1.0, float(np.sqrt(training @ (marks - mean) ** 2 / training.sum())))
    return float((batch @ marks / batch.sum() - mean) / spread)


def _split(profile: Profile) -> NDArray[np.int64]:
    return np.array([profile.incidents, profile.reports - profile.incidents])


def _counts_of(mix: dict[str, int], labels: Sequence[str]) -> NDArray[np.int64]:
    return np.array([mix.get(label, 0) for label in labels])


_TOLD = {
    "unknown_words": lambda each: (
        f"{each.batch:.0%} of a report's words are unknown to the model (training: {each.training:.0%})"
    ).replace("%", " %"),
    "certainty": lambda each: (
        f"motivations are given with a mean probability of {each.batch:.2f} (training: {each.training:.2f})"
    ),
}
