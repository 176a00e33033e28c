"""The learning curve as a picture: one panel a label."""

from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cyberclass.evaluation.drawing import BLUE, INK, MUTED, RED, short_name
from cyberclass.evaluation.pictures import write_picture
from cyberclass.training.learning_curve import fit_power_law, power_law, summarise

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLUMNS = 4
_PANEL = (250, 210)


def draw_curve(curve: pd.DataFrame, path: str | Path) -> None:
    """Draw a learning curve.

    Parameters
    ----------
    curve : DataFrame
        As `learning_curve.learning_curve` returns it.
    path : str or Path
        As `evaluation.pictures.write_picture` takes it.

    Raises
    ------
    ReportError
        If the file cannot be written, or its ending is another.
    CyberclassError
        If matplotlib is missing.
    """
    summary = summarise(curve)
    verdicts = summary["more_would_help"].astype(str)
    rows = ceil(len(summary) / _COLUMNS)

    def draw(figure: "Figure") -> None:
        figure.get_layout_engine().set(h_pad=0.12, w_pad=0.08)  # type: ignore[union-attr, call-arg]
        figure.suptitle("Would more documents help?", x=0.01, ha="left", fontsize=15)
        panels = figure.subplots(rows, _COLUMNS, squeeze=False, sharey=True).ravel()
        for axes, (label, group) in zip(panels, curve.groupby("label", sort=False), strict=False):
            _panel(axes, str(label), group, verdicts[label])
        for axes in panels[len(summary) :]:
            axes.set_axis_off()
        for axes in panels[::_COLUMNS]:
            axes.set_ylabel("score")
        figure.supxlabel(
            "documents learned from. Dots: folds; line: their mean; dashed: where its course leads with twice as many.",
            fontsize=11,
            color=MUTED,
            x=0.01,
            ha="left",
        )

    write_picture(path, (_COLUMNS * _PANEL[0], rows * _PANEL[1] + 60), draw)


def _panel(axes: "Axes", label: str, group: pd.DataFrame, verdict: str) -> None:
    means = group.groupby("share")[["documents", "score"]].mean()
    documents, scores = means["documents"].to_numpy(dtype=float), means["score"].to_numpy(dtype=float)
    axes.plot(group["documents"], group["score"], "o", color=BLUE, alpha=0.35, markersize=4, markeredgewidth=0)
    axes.plot(documents, scores, color=BLUE, marker="o", markersize=5)
    law = fit_power_law(documents, scores)
    if law is not None:
        ahead = np.geomspace(documents[-1], 2 * documents[-1], 20)
        # From where the curve stands: the law passes beside it.
        offset = scores[-1] - power_law(documents[-1:], *law)[0]
        axes.plot(ahead, power_law(ahead, *law) + offset, color=RED, linestyle="--")
    axes.set_xscale("log", base=2)
    axes.set_xticks(documents, [f"{count:,.0f}" for count in documents], minor=False)
    axes.set_xticks([], minor=True)
    axes.tick_params(axis="x", labelsize=9)
    axes.set_ylim(0, 1.03)
    axes.set_title(short_name(label), fontsize=11)
    axes.annotate(
        f"more would help: {verdict}", (0.97, 0.06), xycoords="axes fraction", ha="right", fontsize=10, color=INK
    )
