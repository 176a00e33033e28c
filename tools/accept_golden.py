"""Accept what the default model says of the spot cases as the baseline that tests/test_golden.py holds it to.

    python tools/accept_golden.py

Run it after a change that is meant to change labels, and look at the difference before it is committed.
"""

import json
from pathlib import Path

import pandas as pd

import cyberclass
from cyberclass.text.report import join_title

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden.json"
CASES = ROOT / "tests" / "spot_cases.jsonl"


def main() -> None:
    """Write the baseline."""
    shown = {name: row.to_dict() for name, row in probabilities().iterrows()}
    GOLDEN.write_text(json.dumps(shown, indent=1) + "\n", encoding="utf-8")


def probabilities() -> pd.DataFrame:
    """Give every probability of the default model for every spot case, to four decimals, a row a case."""
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    table = cyberclass.load_model().probabilities([join_title(case["title"], case["text"]) for case in cases])
    return table.set_index(pd.Index([case["name"] for case in cases])).round(4)


if __name__ == "__main__":
    main()
