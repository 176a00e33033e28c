"""How a model does on text from sources it was never trained on: EuRepoC's incidents and the CASIE news articles.

EuRepoC 1.1 (https://eurepoc.eu): incidents coded by people; its name and description are the text, and rows whose
initiators map to exactly one motivation count. CASIE: news articles with event types; those whose events are all
vulnerability-related are taken for "no incident", those whose events are all attacks for incidents; a proxy, as some
attack articles are about no particular incident and some articles on flaws report one.

    python benchmarks/transfer.py --eurepoc EuRepoC_Global_Database_1.1.csv --casie articles.jsonl
"""

import argparse
import ast
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

import cyberclass
from cyberclass.evaluation.measures import measure
from cyberclass.model.card import figures
from cyberclass.model.heads import MASK
from cyberclass.taxonomy import UNDETERMINED
from cyberclass.text.names import load_names
from cyberclass.text.report import join_title

_STATE = ("State", "Non-state actor, state-affiliation suggested")
_GROUPS = {
    "Criminal": "criminal",
    "Hacktivist": "ideological",
    "Religious": "ideological",
    "Ethnic": "ideological",
    "Terrorist": "ideological",
}


def main() -> None:
    """Parse arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eurepoc", type=Path, help="EuRepoC_Global_Database_1.1.csv, or a part of it")
    parser.add_argument("--casie", type=Path, help="JSON Lines with `text` and `events`")
    parser.add_argument("--model", type=Path, help="folder of a model (default: the shipped one)")
    arguments = parser.parse_args()
    if not arguments.eurepoc and not arguments.casie:
        parser.error("name --eurepoc, --casie or both")
    model = cyberclass.load_model(arguments.model)
    print(f"Model {model.name_}; {date.today().isoformat()}\n")
    if arguments.eurepoc:
        print_eurepoc(model, read_eurepoc(arguments.eurepoc))
    if arguments.casie:
        print_casie(model, arguments.casie)


def read_eurepoc(path: Path) -> pd.DataFrame:
    """Read incidents as labelled documents: `text`, `is_incident`, `motivation`, `impact` (not coded)."""
    raw = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    return pd.DataFrame(
        {
            "text": [join_title(name, text) for name, text in zip(raw["name"], raw["description"], strict=True)],
            "is_incident": True,
            "motivation": [
                motivation_of(category, group)
                for category, group in zip(raw["initiator_category"], raw["initiator_category_subcode"], strict=True)
            ],
            "impact": None,
        }
    )


def motivation_of(category: str, group: str) -> str | None:
    """Map initiators to the one motivation that all of them have; None where they have none, or several."""
    found = set()
    for initiator in items(category):
        if initiator in _STATE:
            found.add("state-sponsored")
        elif initiator == "Non-state-group":
            found |= {label for kind in items(group) for start, label in _GROUPS.items() if kind.startswith(start)}
        elif initiator.startswith(("Unknown", "Not available")):
            found.add(UNDETERMINED)
        else:
            return None
    # A state beside a group is two initiators, whatever the group's kind.
    mixed = len({initiator in _STATE for initiator in items(category)}) > 1
    return found.pop() if len(found) == 1 and not mixed else None


def items(cell: str) -> Iterator[str]:
    """Flatten a cell of nested Python lists."""

    def flat(value: Any) -> Iterator[str]:
        if isinstance(value, list):
            for each in value:
                yield from flat(each)
        elif value is not None:
            yield str(value)

    try:
        yield from flat(ast.literal_eval(cell))
    except (ValueError, SyntaxError):
        yield cell


def print_eurepoc(model: cyberclass.IncidentClassifier, frame: pd.DataFrame) -> None:
    """Print the motivation figures, with names and without."""
    determined = frame[~frame["motivation"].isin([UNDETERMINED, None])].reset_index(drop=True)
    print(f"EuRepoC, {len(determined)} incidents with exactly one motivation\n")
    for name, texts in (
        ("as they are", determined["text"].tolist()),
        ("known names masked", [load_names().mask(text, MASK) for text in determined["text"]]),
    ):
        scores = measure(determined, model.label(texts))
        print(f"{name}:")
        print("\n".join(figures({**scores, "incident": {"roc_auc": None}})))
    unknown = frame[frame["motivation"] == UNDETERMINED]
    left = (model.label(unknown["text"].tolist())["motivation"] == UNDETERMINED).mean()
    print(f"Of {len(unknown)} incidents with an unknown initiator {left:.1%} are left undetermined.\n")


def print_casie(model: cyberclass.IncidentClassifier, path: Path) -> None:
    """Print how well the incident head tells articles on attacks from those on flaws."""
    with path.open(encoding="utf-8") as lines:
        articles = [json.loads(line) for line in lines]
    attacks = np.array([all(event.startswith("Attack") for event in article["events"]) for article in articles])
    flaws = np.array([all(event.startswith("Vuln") for event in article["events"]) for article in articles])
    counted = np.flatnonzero(attacks != flaws)
    probability = model.probabilities([articles[row]["text"] for row in counted])["p_incident"]
    area = roc_auc_score(attacks[counted], probability)
    print(f"CASIE, {attacks[counted].sum()} articles on attacks, {flaws[counted].sum()} on flaws: area under the ROC ")
    print(f"curve {area:.3f}.")


if __name__ == "__main__":
    main()
