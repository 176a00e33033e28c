"""A training as a person follows it in a terminal: the step it is at, and the figures at its end."""

import sys
from types import TracebackType
from typing import Any, Self

import pandas as pd
from rich import box, progress
from rich.console import Console
from rich.table import Table

from cyberclass.training.trainer import Training

#: Rows of a table of sources at most.
_MOST_SOURCES = 12


class Steps:
    """A line on standard error that says what is being done, and how far it is; for use in a ``with``."""

    def __enter__(self) -> Self:
        self._bar = progress.Progress(
            progress.SpinnerColumn(),
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._tasks: dict[str, progress.TaskID] = {}
        self._bar.start()
        return self

    def __call__(self, step: str, share: float) -> None:
        """Show a step, and the share of it that is done."""
        if step not in self._tasks:
            for task in self._tasks.values():
                self._bar.update(task, visible=False)
            self._tasks[step] = self._bar.add_task(step, total=None)
        self._bar.update(self._tasks[step], completed=share, total=1.0 if share else None)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()


def print_training(training: Training) -> None:
    """Print what a model learned from and how good it is on standard output."""
    console = _console()
    frame, material = training.material.frame, training.material
    table = _table("source", "documents", "incidents", "weight", "mapping")
    described = frame.assign(group=material.groups, weight=material.weight)
    own = described[material.own]
    sizes = own["source"].value_counts(sort=False).sort_values(ascending=False, kind="stable")
    shown = sizes.index if len(sizes) <= _MOST_SOURCES else sizes.index[: _MOST_SOURCES - 1]
    for source in shown:
        table.add_row(str(source), *_row(own[own["source"] == source]))
    if len(sizes) > len(shown):
        table.add_row(f"{len(sizes) - len(shown)} other sources", *_row(own[~own["source"].isin(shown)]))
    if not material.own.all():
        table.add_row("the base's documents", *_row(described[~material.own]))
    if frame["source"].nunique() > 1:
        table.add_section()
        table.add_row("all", *_row(described))
    console.print(table)
    for each in training.candidates[:5]:
        settings = ", ".join(f"{name.removeprefix('vectorizer__')}={value:g}" for name, value in each.settings.items())
        chosen = "chosen: " if each is training.candidates[0] else "        "
        base = "" if material.own.all() else f"base at {each.base_weight:g}; "
        console.print(f"{chosen}{base}{settings or 'default settings'}: {each.score:.4f}", style="dim")
    other = training.other
    figures = _table("figure", "documents", "this model", *([other[0].partition("@")[0]] if other else []), "baseline")
    of_other = _figures(other[1]) if other else {}
    for name, (value, count, baseline) in _figures(training.scores).items():
        beside = [_number(of_other.get(name, (None,))[0])] if other else []
        figures.add_row(name, f"{count:,}", _number(value), *beside, _number(baseline))
    console.print(figures)
    console.print(
        f"Measured by {training.how}. Baseline: always the commonest motivation, and every domain always.", style="dim"
    )


def _row(rows: pd.DataFrame) -> list[str]:
    """Count documents and incidents; name weights and mappings, if they are few."""
    weights = sorted(rows["weight"].unique())
    mappings = sorted(rows["mapping"].dropna().unique())
    return [
        f"{len(rows):,}",
        f"{rows['group'].nunique():,}",
        ", ".join(f"{weight:g}" for weight in weights) if len(weights) == 1 else "several",
        ", ".join(mappings) if len(mappings) < 2 else "several",
    ]


def print_curve(summary: pd.DataFrame) -> None:
    """Print a learning curve's summary, as `learning_curve.summarise` returns it, on standard output."""
    console = _console()
    table = _table("label", "score", "last doubling", "next", "more helps?")
    # Its two figures stay on one line.
    table.columns[2].no_wrap = True
    documents = summary["documents"].max()
    table.caption = (
        f"score: with {documents:,} documents; last doubling: what twice as many brought, with its standard error; "
        "next: what twice as many again may bring"
    )
    for label, row in summary.iterrows():
        gain = "" if row["gain"] != row["gain"] else f"{row['gain']:+.3f}"
        if row["gain_error"] == row["gain_error"]:
            gain += f" ± {row['gain_error']:.3f}"
        forecast = "" if row["forecast"] != row["forecast"] else f"{row['forecast']:+.3f}"
        table.add_row(str(label), f"{row['score']:.3f}", gain, forecast, row["more_would_help"])
    console.print(table)


def _console() -> Console:
    # A source may be called "[/]", or ":smile:".
    return Console(highlight=False, markup=False, emoji=False)


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, column in enumerate(columns):
        words = place == 0 or column in ("mapping", "more helps?")
        table.add_column(column, justify="left" if words else "right", no_wrap=place == 0)
    return table


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _figures(scores: dict[str, Any]) -> dict[str, tuple[float | None, int, float | None]]:
    """Give the figures of a table: value, documents, and baseline where there is one."""
    found: dict[str, tuple[float | None, int, float | None]] = {}
    if motivation := scores["motivation"]:
        documents, majority = motivation["documents"], motivation["majority"]
        found["motivation, macro-F1"] = motivation["macro_f1"], documents, majority["macro_f1"]
        found["motivation, accuracy"] = motivation["accuracy"], documents, majority["accuracy"]
        found |= {f"  {label}, F1": (row["f1"], row["support"], None) for label, row in motivation["labels"].items()}
    if undetermined := scores["undetermined"]:
        found["share given a motivation"] = undetermined["coverage"], undetermined["documents"], None
    if impact := scores["impact"]:
        found["impact, macro-F1"] = impact["macro_f1"], impact["coded"], impact["always_yes_macro_f1"]
        found |= {
            f"  {domain}, F1": (row["f1"], row["support"], row["always_yes_f1"])
            for domain, row in impact["domains"].items()
        }
    if scores["incident"]["roc_auc"] is not None:
        found["incident or not, area under ROC"] = scores["incident"]["roc_auc"], scores["incident"]["documents"], 0.5
    return found
