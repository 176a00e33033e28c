"""Plots of a batch beside the training documents, as SVG for a page of HTML."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cyberclass.evaluation.drawing import BLUE, MUTED, name_rows, svg
from cyberclass.model.profile import SCALES, Profile

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: The axis of each figure, and the values that it names.
_AXES: dict[str, tuple[str, Sequence[float]]] = {
    "unknown_words": ("share of a report's words that are unknown", (0, 0.2, 0.4, 0.6, 0.8, 1)),
    "certainty": ("probability of the likeliest motivation or “undetermined”", (0, 0.2, 0.4, 0.6, 0.8, 1)),
    "p_incident": ("probability of an incident", (0, 0.2, 0.4, 0.6, 0.8, 1)),
    "words": ("words a report", (1, 4, 16, 64, 256, 1024, 4096)),
}


def histograms(name: str, batch: Profile, training: Profile) -> str:
    """Draw how reports, and training documents, are distributed over a figure.

    Parameters
    ----------
    name : str
        One of `profile.SCALES`, which some report and some training document have.
    batch, training : Profile
    """
    scale, (label, ticks) = SCALES[name], _AXES[name]

    def draw(figure: "Figure") -> None:
        axes: Axes = figure.subplots()
        starts = np.arange(0, scale.top + 1, scale.step)
        edges = np.append(starts, starts[-1] + scale.step) - 0.5
        shares = []
        for profile in (training, batch):
            counts = np.add.reduceat(profile.marks[name], starts)
            shares.append(100 * counts / counts.sum())
        axes.stairs(shares[0], edges, fill=True, color=MUTED, alpha=0.4, label="training")
        axes.stairs(shares[1], edges, color=BLUE, linewidth=2, label="this batch")
        axes.set_xticks(scale.to_marks(np.array(ticks, dtype=float)), [f"{tick:g}" for tick in ticks])
        held = np.flatnonzero(shares[0] + shares[1])
        # Reports have no words in thousands, as a rule: the room goes to what there is.
        last = edges[held[-1] + 1] + 1 if name == "words" else edges[-1]
        axes.set(xlim=(edges[0], last), xlabel=label, ylabel="% of reports")
        axes.legend(loc="best")

    told = f"{_told(name, batch)} in this batch, {_told(name, training)} in training"
    return svg(400, 270, label.capitalize(), told, draw)


def mix_dots(title: str, batch: Mapping[str, float], training: Mapping[str, float]) -> str:
    """Draw shares of labels, a row each; both have the same labels, one at least.

    Parameters
    ----------
    title : str
    batch, training : mapping of str to float
        Shares in [0, 1].
    """

    def draw(figure: "Figure") -> None:
        axes, rows = figure.subplots(), range(len(training))
        axes.hlines(rows, list(training.values()), list(batch.values()), color=MUTED, linewidth=1)
        looks: Any = {"markersize": 7, "linestyle": "none"}
        axes.plot(list(training.values()), rows, "s", color=MUTED, label="training", **looks)
        axes.plot(list(batch.values()), rows, "o", color=BLUE, label="this batch", **looks)
        name_rows(axes, training)
        axes.set(xlim=(-0.02, 1.02), xlabel="share")
        figure.legend(loc="outside upper center", ncols=2, handletextpad=0.2)

    told = "; ".join(f"{label}: {share:.0%}, in training {training[label]:.0%}" for label, share in batch.items())
    return svg(480, 80 + 30 * len(training), title, told, draw)


def _told(name: str, profile: Profile) -> str:
    mean = profile.mean(name)
    return "none" if mean is None else f"mean {mean:.3g}"
