"""Reports: an evaluation written out as a page, as Markdown, as JSON, and its predictions as a table."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cyberclass.errors import ReportError
from cyberclass.evaluation.headlines import HEADLINES, title_of, warnings_of
from cyberclass.evaluation.page import write_page
from cyberclass.evaluation.slices import FEW
from cyberclass.model.card import figures as score_lines
from cyberclass.text.whole import aside

_SHOWN_MISTAKES = 10


def write_report(evaluation: dict[str, Any], folder: str | Path) -> Path:
    """Write ``report.html``, ``report.md``, ``report.json`` and ``predictions.csv`` to a folder.

    Each file appears whole or not at all, and takes the place of an earlier one; other files there stay.

    Parameters
    ----------
    evaluation : dict
        As `evaluation.evaluate_model` or `crossval.cross_validate` returns it.
    folder : str or Path
        Made if it is not there.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    ReportError
        If the folder cannot be written to.
    CyberclassError
        If what draws the plots is not installed.
    """
    folder = Path(folder)
    contents: dict[str, Callable[[], str]] = {
        "report.html": lambda: write_page(evaluation),
        "report.md": lambda: write_markdown(evaluation),
        "report.json": lambda: write_json(evaluation),
        "predictions.csv": lambda: evaluation["predictions"].to_csv(index=False, lineterminator="\n"),
    }
    written = {name: write().encode("utf-8", "backslashreplace") for name, write in contents.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in written.items():
            with aside(folder / name) as part:
                part.write_bytes(content)
    except OSError as error:
        raise ReportError(f"{folder}: cannot be written ({error.strerror}); choose another folder.") from error
    return folder


def write_json(evaluation: dict[str, Any]) -> str:
    """Write an evaluation as JSON, without its predictions; docs/evaluation.md describes the fields."""
    kept = {key: value for key, value in evaluation.items() if key != "predictions"}
    return json.dumps(kept, indent=2, ensure_ascii=False, allow_nan=False, default=float) + "\n"


def write_markdown(evaluation: dict[str, Any], with_warnings: bool = True) -> str:
    """Write an evaluation as Markdown; what makes it worthless comes first, unless that was said already."""
    data, figures = evaluation["data"], evaluation["figures"]
    lines = [line for warning in warnings_of(evaluation) for line in (_cell(warning), "") if with_warnings]
    lines += [
        f"# {_cell(title_of(evaluation))}",
        "",
        evaluation["verdict"],
        "",
        f"{data['documents']:,} documents on {data['incidents']:,} incidents (SHA-256 `{data['sha256'][:16]}…`), "
        f"{evaluation['made']}. Intervals are of 95 %, from a bootstrap over incidents.",
        "",
        *headline_table(figures),
        "",
        *_comparison_lines(evaluation.get("comparison")),
        *score_lines(evaluation["scores"]),
        *_masked_lines(evaluation),
        *_conformal_lines(evaluation["conformal"]),
        *_slice_lines(evaluation["slices"]),
        *_split_lines(evaluation),
        *_mistake_lines(evaluation["mistakes"]),
    ]
    return "\n".join(lines).rstrip() + "\n"


def headline_table(figures: dict[str, Any]) -> list[str]:
    """Lay out headline figures with interval and baseline as a table in Markdown."""
    lines = ["| figure | value | 95 % interval | baseline |", "|---|---:|---:|---:|"]
    for key, (name, _) in HEADLINES.items():
        figure = figures[key]
        if figure["value"] is None:
            lines.append(f"| {name} | not computable: {figure['why']} | | |")
            continue
        baseline = f"{figure['baseline']:.3f}" if "baseline" in figure else ""
        lines.append(f"| {name} | {figure['value']:.3f} | {figure['low']:.3f} to {figure['high']:.3f} | {baseline} |")
    return lines


def _comparison_lines(comparison: dict[str, Any] | None) -> list[str]:
    if comparison is None:
        return []
    return [
        f"## Against {_cell(comparison['with'])}",
        "",
        "| figure | difference | 95 % interval |",
        "|---|---:|---:|",
        *(
            f"| {HEADLINES[key].name} | {row['difference']:+.3f} | {row['low']:+.3f} to {row['high']:+.3f} |"
            for key, row in comparison["differences"].items()
        ),
        "",
        f"This model has the motivation right more often for {comparison['only_first_right']:,} incidents, the other "
        f"for {comparison['only_second_right']:,} (McNemar's exact test: p = {comparison['p_value']:.3g}).",
        "",
    ]


def _masked_lines(evaluation: dict[str, Any]) -> list[str]:
    if evaluation["figures"]["motivation_accuracy"]["value"] is None:
        return []
    rows = {"nothing": evaluation["figures"], **evaluation["masked"]}
    return [
        "## Does it read or remember?",
        "",
        "| masked | motivation, accuracy | 95 % interval | macro-F1 |",
        "|---|---:|---:|---:|",
        *(
            f"| {name} | {row['motivation_accuracy']['value']:.3f} | {row['motivation_accuracy']['low']:.3f} to "
            f"{row['motivation_accuracy']['high']:.3f} | {row['motivation_macro_f1']['value']:.3f} |"
            for name, row in rows.items()
        ),
        "",
    ]


def _conformal_lines(rows: list[dict[str, float]]) -> list[str]:
    if not rows:
        return []
    return [
        "## Conformal sets",
        "",
        "| promised coverage | achieved | motivations a set |",
        "|---:|---:|---:|",
        *(f"| {row['promised']:.2f} | {row['achieved']:.3f} | {row['mean_size']:.2f} |" for row in rows),
        "",
    ]


def _slice_lines(slices: list[dict[str, Any]]) -> list[str]:
    if not slices:
        return []
    lines = [
        "## Slices",
        "",
        "| by | slice | incidents | motivation, accuracy | 95 % interval |",
        "|---|---|---:|---:|---:|",
    ]
    for row in slices:
        figure = row["figures"].get("motivation_accuracy")
        few = " (few)" if row["incidents"] < FEW else ""
        shown = (
            "not computable | "
            if figure is None
            else f"{figure['value']:.3f} | {figure['low']:.3f} to {figure['high']:.3f}"
        )
        lines.append(f"| {row['by']} | {_cell(row['name'])} | {row['incidents']:,}{few} | {shown} |")
    return [*lines, ""]


def _split_lines(evaluation: dict[str, Any]) -> list[str]:
    pairs = evaluation["near_duplicates"]
    kept = "; each pair counts as one incident" if pairs else ""
    lines = [f"Near-duplicates: {len(pairs):,} pairs{kept}.", ""]
    if "split" in evaluation:
        parts = evaluation["split"]["parts"]
        lines += [
            "| tested | documents learned from | tested on |",
            "|---|---:|---:|",
            *(f"| {_cell(part['name'])} | {part['training']:,} | {part['test']:,} |" for part in parts),
            "",
        ]
    return lines


def _mistake_lines(mistakes: list[dict[str, Any]]) -> list[str]:
    if not mistakes:
        return []
    lines = [
        "## The surest mistakes",
        "",
        "| document | label | given | probability | words |",
        "|---|---|---|---:|---|",
    ]
    for row in mistakes[:_SHOWN_MISTAKES]:
        words = ", ".join(word for word, _ in row["words"])
        probability = row["probabilities"][row["predicted"]]
        lines.append(
            f"| {_cell(row['id'])} | {_cell(row['label'])} | {_cell(row['predicted'])} | {probability:.2f} "
            f"| {_cell(words)} |"
        )
    return [*lines, ""]


def _cell(text: str) -> str:
    """Keep a table whole, and let nothing in it be taken for HTML."""
    escaped = re.sub(r"<|&(?=[#\w]+;)", lambda mark: f"&#{ord(mark[0])};", text)
    # As numbers, since what a backslash does in a table differs from one viewer to the next.
    for mark in "\\|[]`*_":
        escaped = escaped.replace(mark, f"&#{ord(mark)};")
    return " ".join(escaped.split())
