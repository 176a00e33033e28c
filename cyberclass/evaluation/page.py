"""The report of an evaluation as one page of HTML, which needs no network and no script."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from cyberclass.evaluation import plots
from cyberclass.evaluation.headlines import HEADLINES, title_of, warnings_of
from cyberclass.evaluation.resampling import N_RESAMPLES
from cyberclass.evaluation.slices import FEW
from cyberclass.rendering import page_templates

#: Rows of a plot of slices: more would not fit on a printed page.
_MOST_ROWS = 30


def write_page(evaluation: dict[str, Any]) -> str:
    """Write an evaluation as a page.

    Parameters
    ----------
    evaluation : dict
        As `evaluation.evaluate_model` or `crossval.cross_validate` returns it, or as it was read from JSON.

    Returns
    -------
    str
        HTML. The same evaluation gives the same page.

    Raises
    ------
    CyberclassError
        If matplotlib is not installed.
    """
    return (
        report_templates()
        .get_template("report.html")
        .render(
            **{"seen": 0, "model": None, "comparison": None, "split": None, **evaluation},
            **evaluation["taxonomy"],
            title=title_of(evaluation),
            warnings=warnings_of(evaluation),
            headlines=_headlines(evaluation),
            names=HEADLINES,
            mask_rows={"as it is": evaluation["figures"], **evaluation["masked"]},
            slice_groups=_slice_groups(evaluation["slices"]),
            few=FEW,
            n_resamples=N_RESAMPLES,
            verdict_on=_verdict_on,
            plots={name: Markup(plot) for name, plot in _plots(evaluation).items()},
        )
    )


def report_templates() -> Environment:
    """Give the templates of pages, with what writes figures."""
    pages = page_templates()
    pages.filters.update(number=_number, interval=_interval, signed=_signed, share=_share)
    return pages


def _headlines(evaluation: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of the first table: name, meaning, figure, and the baseline in words."""
    motivation = evaluation["scores"]["motivation"]
    always = f"always {motivation['majority']['label']}" if motivation else ""
    rows = []
    for key, (name, meaning) in HEADLINES.items():
        figure = evaluation["figures"].get(key, {"value": None})
        rows.append(
            {
                "name": name,
                "meaning": meaning,
                "figure": figure,
                "baseline": figure.get("baseline"),
                "baseline_name": "always every domain" if key.startswith("impact") else always,
            }
        )
    return rows


def _plots(evaluation: dict[str, Any]) -> dict[str, str]:
    """Draw what there is to draw, by name."""
    scores, curves = evaluation["scores"], evaluation["curves"]
    confusion = scores["motivation"]["confusion"] if scores["motivation"] else None
    found = {}
    if confusion and any(map(any, confusion["rows_true_columns_predicted"])):
        found["confusion"] = plots.confusion(confusion["labels"], confusion["rows_true_columns_predicted"])
    if curves["risk_coverage"]:
        found["risk_coverage"] = plots.risk_coverage(curves["risk_coverage"], _working_point(scores["undetermined"]))
    if scores["impact"]:
        found["domains"] = plots.domain_dots(scores["impact"]["domains"])
    if curves["roc"]:
        found["roc"] = plots.roc(curves["roc"])
    if curves["precision_recall"]:
        share = scores["incident"]["not_incidents"] / max(1, scores["incident"]["documents"])
        found["precision_recall"] = plots.precision_recall(curves["precision_recall"], share)
    if any(curves["reliability"].values()):
        found["reliability"] = plots.reliability(curves["reliability"])
    if evaluation["conformal"]:
        found["conformal"] = plots.conformal(evaluation["conformal"])
    rows = {"as it is": evaluation["figures"], **evaluation["masked"]}
    accuracy = {name: row.get("motivation_accuracy", {}) for name, row in rows.items()}
    if any(plots.is_known(row.get("value")) for row in accuracy.values()):
        found["masked"] = plots.interval_dots("Words taken out", {"accuracy of the motivation": accuracy})
    return found


def _working_point(undetermined: dict[str, Any] | None) -> tuple[float, float] | None:
    """Give the coverage and risk of what the model decides, over all documents coded, as the curve has them."""
    if not undetermined or not plots.is_known(undetermined["accuracy_where_labelled"]):
        return None
    total, still_open = undetermined["documents"], undetermined["undetermined_documents"]
    given = undetermined["coverage"] * (total - still_open)
    right = undetermined["accuracy_where_labelled"] * given
    # Whatever motivation an undetermined document was given is wrong.
    if still_open:
        given += (1 - undetermined["undetermined_left_so"]) * still_open
    return given / total, 1 - right / given


def _slice_groups(slices: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lay slices out by what they are sliced by, with plots of few enough rows to be printed."""
    groups = []
    for by, rows in groupby(slices, key=lambda row: row["by"]):
        own = list(rows)
        parts = [own[start : start + _MOST_ROWS] for start in range(0, len(own), _MOST_ROWS)]
        groups.append({"by": by, "slices": own, "plots": [Markup(_slice_plot(by, part)) for part in parts]})
    return groups


def _slice_plot(by: str, slices: Sequence[dict[str, Any]]) -> str:
    panels = {
        title: {row["name"]: row["figures"].get(key, {}) for row in slices}
        for key, title in (("motivation_accuracy", "motivation, accuracy"), ("impact_macro_f1", "impact, macro-F1"))
    }
    return plots.interval_dots(f"By {by}", panels, [row["name"] for row in slices if row["incidents"] < FEW])


def _verdict_on(key: str, row: dict[str, float]) -> str:
    """Say in a word which of two models a difference speaks for."""
    if not (plots.is_known(row["low"]) and plots.is_known(row["high"])) or row["low"] <= 0 <= row["high"]:
        return "no clear difference"
    higher = row["low"] > 0
    if key == "coverage":
        return "higher" if higher else "lower"
    return "better" if higher != (key == "calibration_error") else "worse"


def _number(value: float | None, why: str | None = None, digits: int = 3) -> str:
    """Write a figure, or say that there is none; never a zero in its place."""
    if value is None or not plots.is_known(value):
        reason = f": {why}" if why else ""
        return Markup('<span class="none">not computable{}</span>').format(reason)
    return f"{value:.{digits}f}"


def _interval(figure: dict[str, Any]) -> str:
    low, high = figure.get("low"), figure.get("high")
    return f"{low:.3f} to {high:.3f}" if plots.is_known(low) and plots.is_known(high) else ""


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "\N{MINUS SIGN}") if plots.is_known(value) else "not computable"


def _share(value: float | None) -> str:
    """Write a share in [0, 1] as the width of a bar, in percent."""
    return f"{100 * min(1.0, max(0.0, value)):.1f}%" if value is not None and plots.is_known(value) else "0%"
