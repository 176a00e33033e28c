"""Plots of an evaluation, as SVG for a page of HTML.

Every function wants something to draw: one point, bin, domain or row at least.
"""

from collections.abc import Mapping, Sequence
from math import floor, isfinite
from typing import TYPE_CHECKING, Any

from cyberclass.evaluation.drawing import (
    BLUE,
    GREEN,
    MUTED,
    RED,
    Points,
    columns_of,
    name_rows,
    short_name,
    svg,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DASHES: Any = {"color": MUTED, "linewidth": 1, "linestyle": "--"}
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def risk_coverage(points: Points, working_point: tuple[float, float] | None = None) -> str:
    """Draw the share of wrong motivations over the share of documents that are given one.

    Parameters
    ----------
    points : sequence of (coverage, risk)
        In [0, 1], by rising coverage.
    working_point : (coverage, risk), optional
        Where the model's thresholds put it.
    """

    def draw(figure: "Figure") -> None:
        axes = figure.subplots()
        axes.plot(*columns_of(points), color=BLUE)
        if working_point:
            axes.plot(*working_point, "o", color=RED, markersize=9, linestyle="none", label="as the model decides")
            axes.legend(loc="upper left")
        highest = max(risk for _, risk in filter(None, (*points, working_point)))
        axes.set(xlim=(0, 1.02), ylim=(0, 1.4 * max(0.1, highest)))
        axes.set(xlabel="coverage: share given a motivation", ylabel="risk: share of these wrong")

    told = "; ".join(f"{risk:.1%} wrong of {share:.1%}" for share, risk in filter(None, (points[-1], working_point)))
    return svg(440, 310, "Risk and coverage", told, draw)


def reliability(bins: Mapping[str, Points]) -> str:
    """Draw how often came true what was said with a probability; the diagonal is perfect.

    Parameters
    ----------
    bins : mapping of str to sequence of (mean probability, share that was true, documents)
        For "motivation" and "impact". The area of a dot grows with the documents.
    """

    def draw(figure: "Figure") -> None:
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], **_DASHES)
        for (name, points), color, marker in zip(bins.items(), (BLUE, RED), "os", strict=False):
            if points:
                said, happened, documents = columns_of(points)
                sizes = [1500 * count / sum(documents) for count in documents]
                axes.plot(said, happened, color=color, marker=marker, markersize=5, label=name)
                axes.scatter(
                    said, happened, s=sizes, color=color, marker=marker, alpha=0.3, linewidths=0, clip_on=False
                )
        axes.legend(loc="upper left")
        _square(axes, "probability that was given", "share that was true")

    told = "Share that was true over the probability that was given, beside the diagonal, which is perfect."
    return svg(400, 370, "Reliability of the probabilities", told, draw)


def confusion(labels: Sequence[str], counts: Sequence[Sequence[int]]) -> str:
    """Draw which motivations were taken for which: documents, and shares of the true motivation.

    Parameters
    ----------
    labels : sequence of str, length n
    counts : sequence of sequence of int, shape (n, n)
        Rows are true, columns predicted.
    """

    def draw(figure: "Figure") -> None:
        from matplotlib.patches import Rectangle

        axes = figure.subplots()
        axes.grid(visible=False)
        for row, own in enumerate(counts):
            for column, count in enumerate(own):
                share, color = count / max(1, sum(own)), BLUE if row == column else RED
                # Faint enough for the count to be read on it, in light and dark.
                axes.add_patch(Rectangle((column, row), 1, 1, facecolor=color, alpha=0.5 * share, linewidth=0))
                axes.text(column + 0.5, row + 0.42, f"{count:,}", ha="center", va="center", fontsize=17)
                axes.text(column + 0.5, row + 0.75, f"{share:.0%}", ha="center", va="center")
        axes.set(xlim=(0, len(labels)), ylim=(len(labels), 0), xlabel="predicted", ylabel="true")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_ticks([place + 0.5 for place in range(len(labels))], [short_name(label) for label in labels])
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)

    rows = zip(labels, counts, strict=True)
    told = "; ".join(f"{true} as {said}: {n}" for true, own in rows for said, n in zip(labels, own, strict=True))
    return svg(460, 320, "Confusion of motivations", told, draw)


def conformal(found: Sequence[Mapping[str, float]]) -> str:
    """Draw the coverage that sets of motivations achieve over the one they promise, and how large they are.

    Parameters
    ----------
    found : sequence of dict
        `promised` and `achieved` in [0, 1], and `mean_size` in motivations.
    """

    def draw(figure: "Figure") -> None:
        above, below = figure.subplots(2, sharex=True, height_ratios=(3, 1.4))
        promised, achieved, sizes = ([each[key] for each in found] for key in ("promised", "achieved", "mean_size"))
        start = max(0, min(*promised, *achieved) - 0.04)
        above.plot([0, 1], [0, 1], **_DASHES)
        above.plot(promised, achieved, color=BLUE, marker="o")
        above.set(xlim=(start, 1.02), ylim=(start, 1.02), ylabel="achieved")
        below.plot(promised, sizes, color=RED, marker="s")
        below.set(ylim=(0, 1.2 * max(1.0, *sizes)), ylabel="mean size", xlabel="coverage promised")

    told = ", ".join(f"{each['promised']:.0%} promised, {each['achieved']:.1%} achieved" for each in found)
    return svg(400, 390, "Coverage of conformal sets", told, draw)


def domain_dots(domains: Mapping[str, Mapping[str, float]]) -> str:
    """Draw F1, precision and recall of each domain, and the F1 of always saying yes.

    Parameters
    ----------
    domains : mapping of str to dict
        `f1`, `precision`, `recall` and `always_yes_f1`, in [0, 1].
    """

    def draw(figure: "Figure") -> None:
        axes, rows = figure.subplots(), range(len(domains))
        found = {key: [own[key] for own in domains.values()] for key in ("always_yes_f1", "precision", "recall", "f1")}
        axes.hlines(rows, found["precision"], found["recall"], color=MUTED, linewidth=1)
        looks = zip(("F1 of always yes", "precision", "recall", "F1"), "xs^o", (MUTED, RED, GREEN, BLUE), strict=True)
        for values, (label, marker, color) in zip(found.values(), looks, strict=True):
            axes.plot(values, rows, marker, color=color, markersize=7, label=label)
        name_rows(axes, domains)
        axes.set_xlim(-0.02, 1.02)
        figure.legend(loc="outside upper center", ncols=4, handletextpad=0.2, columnspacing=1.2)

    told = "; ".join(f"{name}: F1 {own['f1']:.2f}" for name, own in domains.items())
    return svg(580, 70 + 30 * len(domains), "Impact by domain", told, draw)


def roc(points: Points) -> str:
    """Draw the share of incidents kept over that of other texts kept; `points` are false and true positive rates."""
    return _curve("Receiver operating characteristic", points, "other texts kept", "incidents kept", [[0, 0], [1, 1]])


def precision_recall(points: Points, share: float) -> str:
    """Draw precision over recall of finding what is no incident; `share` of such texts is what guessing gets."""
    return _curve("Precision and recall", points, "recall of other texts", "precision", [[0, share], [1, share]])


def interval_dots(title: str, panels: Mapping[str, Mapping[str, Mapping[str, Any]]], grey: Sequence[str] = ()) -> str:
    """Draw figures with their 95 % intervals, a row each: slices of the documents, or texts with words taken out.

    Parameters
    ----------
    title : str
    panels : mapping of str to mapping of str to dict
        For each panel its rows by name: `value`, `low`, `high`. The first panel has all rows; one without a value
        stays empty.
    grey : sequence of str
        Rows that say little.
    """
    names = list(next(iter(panels.values())))
    lows = [row["low"] for rows in panels.values() for row in rows.values() if is_known(row.get("low"))]
    # Intervals near 1 get the room.
    start = max(0, floor(10 * min(lows, default=0) - 0.5) / 10)

    def draw(figure: "Figure") -> None:
        all_axes = figure.subplots(1, len(panels), sharey=True, squeeze=False, gridspec_kw={"wspace": 0.08})[0]
        for axes, (panel, rows) in zip(all_axes, panels.items(), strict=True):
            for place, name in enumerate(names):
                own, color = rows.get(name, {}), MUTED if name in grey else BLUE
                if is_known(own.get("low")) and is_known(own.get("high")):
                    axes.plot([own["low"], own["high"]], [place, place], color=color)
                if is_known(own.get("value")):
                    axes.plot(own["value"], place, "o", color=color)
            axes.set(xlim=(start - 0.03 * (1 - start), 1 + 0.05 * (1 - start)), title=panel)
            axes.locator_params(axis="x", nbins=5)
            name_rows(axes, names)

    told = f"A row for each of {', '.join(names)}."
    return svg(240 + 160 * len(panels), 66 + 22 * len(names), title, told, draw)


def is_known(value: float | None) -> bool:
    """Whether there is a figure: neither None nor NaN."""
    return value is not None and isfinite(value)


def _curve(title: str, points: Points, x: str, y: str, guessing: Points) -> str:
    def draw(figure: "Figure") -> None:
        axes = figure.subplots()
        axes.plot(*columns_of(guessing), **_DASHES)
        axes.plot(*columns_of(points), color=BLUE)
        _square(axes, x, y)

    return svg(360, 340, title, f"Of incidents and other texts, at all thresholds: {y} over {x}.", draw)


def _square(axes: "Axes", x: str, y: str) -> None:
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal", xlabel=x, ylabel=y, xticks=_TICKS, yticks=_TICKS)
