"""A corpus as one picture: documents by year, source, impact domain and length."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from cyberclass.corpora.crosstables import cross_tables
from cyberclass.corpora.documents import texts_of
from cyberclass.corpora.sampling import strata_of
from cyberclass.corpora.statistics import NOT_CODED, NOT_INCIDENT, stratum_of
from cyberclass.evaluation.drawing import BLUE, GREEN, INK, MORE, MUTED, RED, RULE, name_rows, short_name
from cyberclass.evaluation.pictures import write_picture
from cyberclass.taxonomy import CODEBOOK, UNDETERMINED, Taxonomy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_GREYS = {UNDETERMINED: MUTED, NOT_CODED: "#a8a8a8", NOT_INCIDENT: RULE}
_MOST_SOURCES = 20
_MOST_BARS = 45
_MOST_BESIDE_TITLE = 6

#: In points: the picture's width, the height of what has no rows, and that of a row.
_WIDTH, _HEIGHT, _ROW = 960, 320, 20
_ROWS_OF_LENGTHS = 9

#: Of what has nothing to do with motivations.
_PLAIN = MORE[1]


def draw_corpus(frame: pd.DataFrame, path: str | Path, taxonomy: Taxonomy = CODEBOOK) -> None:
    """Draw what a corpus holds.

    Parameters
    ----------
    frame : DataFrame
        As `corpora.documents.read_corpus` returns it.
    path : str or Path
        As `pictures.write_picture` takes it.
    taxonomy : Taxonomy

    Raises
    ------
    ReportError
        If the file cannot be written, or its ending is another.
    CyberclassError
        If matplotlib is missing.
    """
    tables = cross_tables(frame, taxonomy)
    sources = _sources(frame, list(tables["year_motivation"].columns))
    colors = {**_colors(taxonomy.motivations), **_GREYS}
    rows = max(len(sources), len(taxonomy.impacts) + _ROWS_OF_LENGTHS)
    title = f"{len(frame):,} documents on {frame['incident'].nunique():,} incidents"

    def draw(figure: "Figure") -> None:
        from matplotlib.patches import Patch

        figure.get_layout_engine().set(h_pad=0.12, w_pad=0.12)  # type: ignore[union-attr, call-arg]
        figure.suptitle(title, x=0.01, ha="left", fontsize=15)
        panels = figure.subplot_mosaic(
            [["years", "years"], ["sources", "domains"], ["sources", "lengths"]],
            height_ratios=(_HEIGHT / _ROW - 6, len(taxonomy.impacts) + 1, rows - len(taxonomy.impacts)),
        )
        _draw_years(panels["years"], _years(tables["year_motivation"]), colors)
        _draw_sources(panels["sources"], sources, rows, colors)
        _draw_domains(panels["domains"], tables["source_coded"].iloc[-1], tables["source_applies"].iloc[-1])
        _draw_lengths(panels["lengths"], [len(text.split()) for text in texts_of(frame)])
        handles = [Patch(color=colors[name], label=short_name(name)) for name in tables["year_motivation"].columns]
        place: Any = "outside upper right" if len(handles) <= _MOST_BESIDE_TITLE else "outside lower center"
        figure.legend(handles=handles, loc=place, ncols=_MOST_BESIDE_TITLE, columnspacing=1.2)

    write_picture(path, (_WIDTH, _HEIGHT + _ROW * rows), draw)


def _colors(names: Sequence[str]) -> dict[str, Any]:
    """Give each motivation a colour; where they run out, fainter ones."""
    palette = (BLUE, RED, GREEN, *MORE)
    return {name: (palette[place % len(palette)], 0.5 ** (place // len(palette))) for place, name in enumerate(names)}


def _years(counts: pd.DataFrame) -> pd.DataFrame:
    """Count by years, or by spans of them where there are many; years without a document stand there too."""
    dated = counts.drop(index=NOT_CODED, errors="ignore")
    if dated.empty:
        return dated
    first, last = int(dated.index[0]), int(dated.index[-1])
    width = next((each for each in (1, 2, 5, 10, 25, 50, 100) if (last - first) / each < _MOST_BARS), 250)
    spans = pd.Index([int(year) // width * width for year in dated.index])
    table = dated.groupby(spans).sum()
    return table.reindex(range(first // width * width, last + 1, width), fill_value=0)


def _sources(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Count by source, the largest first; many small ones are one."""
    counts = pd.crosstab(strata_of(frame, "source"), stratum_of(frame)).reindex(columns=columns, fill_value=0)
    counts = counts.loc[counts.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    if len(counts) <= _MOST_SOURCES:
        return counts
    rest = counts.iloc[_MOST_SOURCES - 1 :]
    counts = counts.iloc[: _MOST_SOURCES - 1].copy()
    counts.loc[f"{len(rest)} others"] = rest.sum()
    return counts


def _draw_years(axes: "Axes", counts: pd.DataFrame, colors: dict[str, Any]) -> None:
    title = "documents by year"
    if counts.empty:
        axes.text(0.5, 0.5, "no dates", transform=axes.transAxes, ha="center", color=MUTED)
        axes.set(title=title, xticks=[], yticks=[])
        return
    bottom = np.zeros(len(counts))
    width = int(counts.index[1] - counts.index[0]) if len(counts) > 1 else 1
    for name in counts.columns:
        axes.bar(counts.index + (width - 1) / 2, counts[name], 0.85 * width, bottom, color=colors[name])
        bottom = bottom + counts[name].to_numpy()
    axes.set_xlim(counts.index[0] - 0.6, max(counts.index[-1] + width - 0.4, counts.index[0] + 9))
    axes.locator_params(axis="x", integer=True)
    _count_along(axes, "y", title if width == 1 else f"documents by {width} years")


def _draw_sources(axes: "Axes", counts: pd.DataFrame, rows: int, colors: dict[str, Any]) -> None:
    left = np.zeros(len(counts))
    for name in counts.columns:
        axes.barh(range(len(counts)), counts[name], 0.75, left, color=colors[name])
        left = left + counts[name].to_numpy()
    name_rows(axes, counts.index, rows)
    _count_along(axes, "x", "documents by source")


def _draw_domains(axes: "Axes", coded: pd.Series, applies: pd.Series) -> None:
    places = range(len(coded))
    axes.barh(places, coded, 0.75, color=RULE)
    axes.barh(places, applies, 0.75, color=_PLAIN)
    for place, count in zip(places, applies, strict=True):
        axes.annotate(f"{count:,}", (count, place), (4, 0), textcoords="offset points", va="center", fontsize=10)
    axes.set_xlim(0, 1.05 * max(1, coded.max()))
    name_rows(axes, coded.index)
    _count_along(axes, "x", "incidents by impact domain (grey: coded)")


def _draw_lengths(axes: "Axes", words: Sequence[int]) -> None:
    least, most = max(1, min(words)), max(words)
    axes.hist(words, list(np.geomspace(least, most + 1, 31)), color=_PLAIN, rwidth=0.9)
    axes.set_xscale("log")
    # matplotlib's own ticks are powers of ten, of which there may be none.
    ticks = [base * 10**power for power in range(9) for base in (1, 2, 5) if least <= base * 10**power <= most]
    axes.set_xticks(ticks[:: 1 + len(ticks) // 10] or [least])
    axes.set_xticks([], minor=True)
    axes.xaxis.set_major_formatter(_thousands)
    middle = float(np.median(words))
    axes.axvline(middle, color=INK, linewidth=1)
    _count_along(axes, "y", f"documents by words of title and text (median {middle:,.0f})")


def _thousands(value: float, _: Any = None) -> str:
    return f"{value:,.0f}"


def _count_along(axes: "Axes", along: Literal["x", "y"], title: str) -> None:
    """Give a panel its title, and whole numbers with lines along the axis that counts."""
    axes.set_title(title)
    axes.grid(visible=False)
    axes.grid(visible=True, axis=along)
    axes.locator_params(axis=along, integer=True, nbins=7)
    (axes.xaxis if along == "x" else axes.yaxis).set_major_formatter(_thousands)
