"""Write the figures of README.md and of the default model's card from one report, so that they cannot drift apart.

Run it after `cyberclass crossval corpus/ -o docs/crossval/`, which takes some minutes.
"""

import json
from pathlib import Path
from typing import Any

from cyberclass.evaluation.report import headline_table
from cyberclass.model.card import figures as score_lines
from cyberclass.model.card import write_readme

ROOT = Path(__file__).parents[1]
REPORT = ROOT / "docs" / "crossval" / "report.json"
MODEL = ROOT / "models" / "default"
BEGIN, END = "<!-- figures: written by tools/write_figures.py -->\n", "<!-- end of figures -->\n"


def main() -> None:
    """Put the figures in their places."""
    report = json.loads(REPORT.read_text(encoding="utf-8"))
    readme = ROOT / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text(before + block(report) + after, encoding="utf-8")
    path = MODEL / "card.json"
    card = {**json.loads(path.read_text(encoding="utf-8")), "scores": scores(report)}
    path.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (MODEL / "README.md").write_text(write_readme(card), encoding="utf-8")


def scores(report: dict[str, Any]) -> dict[str, Any]:
    """Give the scores of a card: those of the report, and how they were measured."""
    parts = len(report["split"]["parts"])
    how = f"`cyberclass crossval`: {parts} folds without a common incident, everything learned anew for each"
    return {"how": how, **report["scores"]}


def block(report: dict[str, Any]) -> str:
    """Write the block, marks included."""
    data, masked = report["data"], report["masked"]["names"]["motivation_accuracy"]
    lines = [
        "",
        f"`cyberclass crossval corpus/`, {report['made']}: {len(report['split']['parts'])} folds without a common "
        f"incident; "
        f"vocabulary, weights, calibration and thresholds learned anew for each. {data['documents']:,} documents on "
        f"{data['incidents']:,} incidents; 95 % intervals from a bootstrap over incidents; baselines: always "
        f'"{report["scores"]["motivation"]["majority"]["label"]}", and every domain always.',
        "",
        *headline_table(report["figures"]),
        "",
        *score_lines(report["scores"]),
        f"With known names masked, the motivation's accuracy is {masked['value']:.3f} ({masked['low']:.3f} to "
        f"{masked['high']:.3f}). The model's settings were chosen by cross-validation on this corpus, and 126 of its "
        "impact labels mended where such a model doubted them, so all this flatters a little.",
        "",
    ]
    return BEGIN + "\n".join(lines) + END


if __name__ == "__main__":
    main()
