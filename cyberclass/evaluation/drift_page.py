"""A batch of reports beside the training documents of its model, as one page of HTML."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from markupsafe import Markup

from cyberclass.evaluation import drift_plots
from cyberclass.evaluation.drawing import check_drawing
from cyberclass.evaluation.page import report_templates
from cyberclass.evaluation.page_file import open_file
from cyberclass.model.drift import CHANCE, FAR, FEWEST, Comparison, Drift
from cyberclass.model.profile import SCALES, Profile

#: What the figures are called, and what they mean.
NAMES = {
    "unknown_words": ("unknown words", "share of a report's words that the model does not know"),
    "certainty": ("certainty", "probability of the likeliest motivation, or of “undetermined”; of incidents"),
    "p_incident": ("incident, probability", "that a report tells of an incident"),
    "words": ("words a report", "geometric mean"),
    "is_incident": ("incident or not", "mix of labels"),
    "motivation": ("motivation", "mix of labels, of incidents"),
}


@contextmanager
def open_page(path: Path) -> Iterator[Callable[[str], None]]:
    """Make sure that a page can be written, before there is one.

    Yields
    ------
    callable
        Takes the page, and writes it whole or not at all.

    Raises
    ------
    ReportError
        If the file's name is no page's, or it cannot be written.
    CyberclassError
        If what draws the plots is not installed.
    """
    with open_file(path, (".html", ".htm")) as write:
        check_drawing()
        yield write


def write_drift_page(drift: Drift, source: str, model: str) -> str:
    """Write a comparison as a page.

    Parameters
    ----------
    drift : Drift
    source : str
        What the reports were read from.
    model : str
        What the model is called.

    Returns
    -------
    str
        HTML. The same comparison gives the same page.

    Raises
    ------
    CyberclassError
        If matplotlib is not installed.
    """
    batch, training = drift.batch, drift.training
    return (
        report_templates()
        .get_template("drift.html")
        .render(
            title=f"Drift of {source}",
            model=model,
            batch=batch,
            training=training,
            figures=drift.figures,
            names=NAMES,
            verdict=verdict_of(drift),
            is_alarming=drift.warning is not None,
            shown=_shown,
            judged=_judged,
            fewest=FEWEST,
            far=FAR,
            chance=CHANCE,
            histograms=[
                Markup(drift_plots.histograms(name, batch, training))
                for name in SCALES
                if batch.marks[name].any() and training.marks[name].any()
            ],
            mixes=[Markup(drift_plots.mix_dots(title, *shares)) for title, shares in _mixes(batch, training).items()],
        )
    )


def verdict_of(drift: Drift) -> str:
    """Say in a sentence how a batch compares with the training documents."""
    if drift.warning:
        return f"{drift.warning[0].upper()}{drift.warning[1:]}."
    if drift.batch.reports < FEWEST:
        few = f"{drift.batch.reports:,} report{'' if drift.batch.reports == 1 else 's'}"
        return f"Too little to tell: found {few}, and fewer than {FEWEST} differ by chance alone."
    different = [NAMES[each.name][0] for each in drift.figures if each.differs]
    if not different:
        return "This batch is like the training material in all that is measured."
    return f"This batch is not unlike the training material; it has a blend of its own ({', '.join(different)})."


def _mixes(batch: Profile, training: Profile) -> dict[str, tuple[dict[str, float], dict[str, float]]]:
    """Give the shares of labels by what they are shares of, where there are any."""
    if not batch.incidents or not training.incidents:
        return {}
    found = {}
    for title, ours, theirs in (
        ("Motivation, of incidents", batch.motivations, training.motivations),
        ("Impact, of incidents", batch.impacts, training.impacts),
    ):
        if labels := list({**theirs, **ours}):
            found[title] = (
                {label: ours.get(label, 0) / batch.incidents for label in labels},
                {label: theirs.get(label, 0) / training.incidents for label in labels},
            )
    return found


def _shown(figure: Comparison, value: float | None) -> str:
    """Write a mean in its figure's unit."""
    if value is None:
        return ""
    if figure.name == "words":
        return f"{value:,.0f}"
    return f"{100 * value:.1f} %" if figure.name == "unknown_words" else f"{value:.2f}"


def _judged(figure: Comparison) -> str:
    """Say in a word what a comparison comes to."""
    if figure.divergence is None:
        return "too few"
    if figure.is_alarming:
        return "unlike"
    return "different" if figure.differs else "alike"
