"""Labels as a person reads them in a terminal: a table of many reports, a block for one, a summary, a progress bar."""

from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Any, Self

import pandas as pd
from rich import box, progress
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cyberclass.labelling.summary import LabelSummary
from cyberclass.model.gate import is_unread
from cyberclass.taxonomy import CODEBOOK, UNDETERMINED

#: Reports that a table shows at most.
MOST_SHOWN = 60

#: Seconds that labelling may last before it shows a progress bar.
PATIENCE = 1.0

#: Reports from which on a rate says more of labelling than of loading the model.
MANY = 1000

NOT_INCIDENT = "no incident"

_STYLES = {
    **dict(zip(CODEBOOK.motivations, ("red", "yellow", "magenta"), strict=True)),
    UNDETERMINED: "cyan",
    NOT_INCIDENT: "dim",
}
#: Who attributes, as a sentence has it.
SPEAKERS = {
    "government": "a government",
    "company": "a company",
    "victim": "the victim",
    "actor": "the actor itself",
    "unnamed": "somebody unnamed",
}
#: Columns of a terminal from which names of actors have a column of their own.
_WIDE = 110
_TITLE_CHARACTERS = 300


class Screen:
    """Keeps what fits into a table of what was labelled."""

    def __init__(self) -> None:
        self._frames: list[pd.DataFrame] = []
        #: The first line of each report labelled so far, of `MOST_SHOWN` at most.
        self.titles: list[str] = []
        #: Reports labelled so far.
        self.count = 0

    def __call__(self, texts: list[str], labels: pd.DataFrame) -> None:
        """Take in a batch, as `label_reports` shows it."""
        if room := max(0, MOST_SHOWN - self.count):
            self._frames.append(labels.head(room))
            self.titles += map(first_line, texts[:room])
        self.count += len(texts)

    @property
    def labels(self) -> pd.DataFrame:
        """The labels of `titles`."""
        return pd.concat(self._frames, ignore_index=True)


def first_line(text: str) -> str:
    """Take a report's title, which is its first line, or the beginning of its text; "" gives ""."""
    line = next((line for line in text.splitlines() if line.strip()), "")[:_TITLE_CHARACTERS]
    # What is not printable could move the cursor or turn the direction of the line.
    return " ".join("".join(letter if letter.isprintable() else " " for letter in line).split())


def labels_table(titles: list[str], labels: pd.DataFrame, width: int) -> Table:
    """Lay labels out, one report a row.

    Parameters
    ----------
    titles : list of str, length n
    labels : DataFrame, n rows
        As `IncidentClassifier.label` returns it.
    width : int
        Columns of the terminal. A narrow one has the names of actors below the titles.

    Returns
    -------
    rich.table.Table
    """
    wide = width >= _WIDE
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), width=width)
    table.add_column("report", ratio=1, no_wrap=wide)
    table.add_column("motivation", no_wrap=True)
    table.add_column("prob.", justify="right", no_wrap=True)
    table.add_column("impact", max_width=None if wide else 23, ratio=1 if wide else None)
    if wide:
        table.add_column("actors", max_width=24)
    rows = zip(
        titles,
        labels["is_incident"],
        labels["motivation"],
        labels["motivation_confidence"],
        labels["impact"],
        labels["actors"],
        strict=True,
    )
    for title, is_incident, motivation, confidence, impact, actors in rows:
        name = motivation if is_incident else NOT_INCIDENT
        report = Text(title, style="" if is_incident else "dim", overflow="ellipsis")
        named = Text(actors.replace(";", ", "), style="dim")
        if not wide:
            # Two lines of it, or little more: the other columns take 54 characters.
            report.truncate(2 * max(10, width - 56), overflow="ellipsis")
            report = Text("\n").join([report, named] if actors else [report])
        table.add_row(
            report,
            Text(name, style=_STYLES.get(name, "")),
            # Only of a motivation that was given: it would be read as that of "undetermined".
            f"{confidence:.2f}" if name not in (UNDETERMINED, NOT_INCIDENT) else "",
            Text(impact.replace(";", ", " if wide else "\n")),
            *([named] if wide else []),
        )
    return table


def print_labels(titles: list[str], labels: pd.DataFrame, n_labelled: int) -> None:
    """Print the table of labels on standard output; `n_labelled` reports have labels, shown here or not."""
    console = _console()
    console.print(labels_table(titles, labels, console.width))
    if hidden := n_labelled - len(labels):
        console.print(f"... and {hidden:,} more; write all of them with -o FILE\n", style="dim")


def print_one(labels: pd.DataFrame) -> None:
    """Print the labels of one report on standard output, as a block.

    Parameters
    ----------
    labels : DataFrame, one row
        As `IncidentClassifier.label` returns it.
    """
    row = labels.iloc[0]
    block = Table.grid(padding=(0, 2))
    block.add_column(style="bold")
    block.add_column()
    if is_unread(labels)[0]:
        told = f"{row['language']}: no language, or no word, that the model knows, so that this stays open"
        block.add_row("language", f"{told}; see --any-language")
        block.add_row("actors", row["actors"].replace(";", ", ") or "no known name")
        Console(highlight=False).print(block)
        return
    block.add_row("incident", f"{'yes' if row['is_incident'] else 'no'}  (probability {row['p_incident']:.2f})")
    if row["is_incident"]:
        names = [name for name in labels.columns if name.startswith("p_motivation_") and pd.notna(row[name])]
        likely = sorted(names, key=lambda name: -row[name])
        chances = ", ".join(f"{name.removeprefix('p_motivation_')} {row[name]:.2f}" for name in likely)
        block.add_row(
            "motivation", Text.assemble((row["motivation"], _STYLES.get(row["motivation"], "")), f"  ({chances})")
        )
        if "motivation_set" in labels:
            block.add_row("one of", row["motivation_set"].replace(";", ", ") or "none is likely enough")
        chosen = row["impact"].split(";") if row["impact"] else []
        block.add_row("impact", _chances(row, chosen) or "none")
        impacts = [name.removeprefix("p_impact_") for name in labels.columns if name.startswith("p_impact_")]
        others = _chances(row, [domain for domain in impacts if domain not in chosen])
        block.add_row("", Text(f"less likely: {others}", style="dim"))
    actors = [name for name in (row["actors"], row.get("actors_unlisted", "")) if name]
    block.add_row("actors", ";".join(actors).replace(";", ", ") or "no known name")
    if row.get("attribution_by"):
        actor = f": {row['attribution_actor']}" if row["attribution_actor"] else ""
        block.add_row("said", f"{row['attribution_stance']}, says {SPEAKERS[row['attribution_by']]}{actor}")
    if row.get("evidence"):
        found: dict[str, list[str]] = {}
        for span in row["evidence"]:
            found.setdefault(span["label"], []).append(" ".join(span["text"].split()))
        for place, (label, phrases) in enumerate(found.items()):
            block.add_row("" if place else "evidence", f"{label}: {', '.join(phrases)}")
    _console().print(block)


def _console() -> Console:
    # A source, or a label, may be called "[/]", or ":smile:".
    return Console(highlight=False, markup=False, emoji=False)


def _chances(row: pd.Series, domains: list[str]) -> str:
    # Without those that the model was not taught.
    known = (domain for domain in domains if pd.notna(row[f"p_impact_{domain}"]))
    likely = sorted(known, key=lambda domain: -row[f"p_impact_{domain}"])
    return ", ".join(f"{domain} {row[f'p_impact_{domain}']:.2f}" for domain in likely)


def print_counts(tables: dict[str, pd.DataFrame]) -> None:
    """Print tables of counts on standard output.

    Parameters
    ----------
    tables : dict of str to DataFrame
        As `cyberclass.corpora.statistics.corpus_stats` returns it.
    """
    console = _console()
    for name, frame in tables.items():
        table = Table(title=name, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
        table.add_column(str(frame.index.name))
        for column in frame.columns:
            table.add_column(str(column), justify="right")
        for key, counts in zip(frame.index, frame.itertuples(index=False), strict=True):
            table.add_row(str(key), *(count if isinstance(count, str) else f"{count:,}" for count in counts))
        console.print(table)


def print_summary(summary: LabelSummary, page: Path | None = None) -> None:
    """Print what became of the reports on standard error; `page` shows how they compare with the training documents."""
    console = Console(stderr=True, markup=False, highlight=False)
    # A terminal breaks lines between words; in a log a line stays one.
    whole = not console.is_terminal
    counts = {**summary.motivations, UNDETERMINED: summary.undetermined, NOT_INCIDENT: summary.not_incidents}
    order = [name for name in (*sorted(summary.motivations), UNDETERMINED, NOT_INCIDENT) if counts.get(name)]
    line = Text(f"{summary.rows:,} report{'' if summary.rows == 1 else 's'} in {summary.seconds:.1f} s: ")
    line.append_text(Text(", ").join(Text(f"{counts[name]:,} {name}", style=_STYLES.get(name, "")) for name in order))
    console.print(line, soft_wrap=whole)
    if summary.rows - summary.earlier >= MANY:
        console.print(Text(f"{summary.rate:,.0f} a second; {_steps(summary)}", style="dim"), soft_wrap=whole)
    if summary.earlier:
        console.print(f"of which {summary.earlier:,} by earlier runs", style="dim", soft_wrap=whole)
    if summary.output:
        parts = f"{summary.parts:,} part{'' if summary.parts == 1 else 's'} in " if summary.output.is_dir() else ""
        console.print(Text(f"{'' if parts else 'written to '}{parts}{summary.output}"), soft_wrap=True)
    if summary.rejected:
        where = f"the reasons are in {summary.rejects}" if summary.rejects else "name a file with -o to see the reasons"
        counted = f"set aside {summary.rejected:,} of {summary.rows:,}"
        console.print(Text(f"cyberclass: warning: {counted}; {where}", style="yellow"), soft_wrap=whole)
    if summary.unread:
        told = f"{summary.unread:,} in another language than the model's, or of words that it does not know"
        advice = "left undetermined; --any-language labels them like the others"
        console.print(Text(f"cyberclass: warning: {told}: {advice}", style="yellow"), soft_wrap=True)
    if summary.drift and summary.drift.warning:
        where = f"see {page}" if page else "see --report drift.html"
        console.print(Text(f"cyberclass: warning: {summary.drift.warning}: {where}", style="yellow"), soft_wrap=True)
    elif summary.drift and page:
        console.print(Text(f"compared with the training documents in {page}"), soft_wrap=True)


def _steps(summary: LabelSummary) -> str:
    names = {"labelling": "features and model"}
    told = ", ".join(f"{names.get(step, step)} {share:.0%}" for step, share in summary.shares.items())
    return told.replace("%", " %")


class Progress:
    """A bar on standard error that comes when labelling lasts, and goes when it is done; for use in a ``with``."""

    def __enter__(self) -> Self:
        self._start = perf_counter()
        self._task: progress.TaskID | None = None
        self._bar = progress.Progress(
            progress.TextColumn("{task.fields[reports]:,} reports"),
            progress.BarColumn(),
            progress.TextColumn("{task.fields[rate]:,.0f}/s"),
            progress.TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        return self

    def __call__(self, reports: int, share: float | None) -> None:
        """Show how far labelling has come, as `label_reports` tells it."""
        seconds = perf_counter() - self._start
        told: dict[str, Any] = {"reports": reports, "rate": reports / max(seconds, 1e-9)}
        if self._task is None:
            if share == 1.0 or seconds < PATIENCE:
                return
            self._bar.start()
            self._task = self._bar.add_task("", total=None if share is None else 1.0, **told)
        self._bar.update(self._task, completed=share or 0.0, **told)
        if share == 1.0:
            # Rows that go to standard output come next, and must not run into the bar.
            self._bar.stop()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
