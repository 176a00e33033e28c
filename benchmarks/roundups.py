"""How well texts that report several incidents are told from others.

The texts of tests/gold/roundups.jsonl were written for this, half of them held back while the rules were made; the
documents of corpus/ report one incident or none, as do nearly all news articles of the CASIE corpus.

    python benchmarks/roundups.py
    python benchmarks/roundups.py --casie articles.jsonl
"""

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from cyberclass.corpora.documents import read_corpus, texts_of
from cyberclass.text.roundups import reports_several

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--casie", type=Path, help="JSON Lines with `text`")
    arguments = parser.parse_args()
    gold = read_lines(ROOT / "tests" / "gold" / "roundups.jsonl")
    print(f"{date.today()}")
    for held in (False, True):
        print_gold("held back" if held else "worked on", [row for row in gold if row["held"] is held])
    print_share("corpus/", texts_of(read_corpus(ROOT / "corpus")))
    if arguments.casie:
        print_share("CASIE", [row["text"] for row in read_lines(arguments.casie)])


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def print_gold(part: str, rows: Sequence[dict[str, Any]]) -> None:
    """Print precision and recall on texts of which it is known."""
    found = [row["several"] for row in rows if reports_several(row["text"])]
    several = sum(row["several"] for row in rows)
    print(
        f"{part}: {sum(found)} of {several} roundups found; {len(found) - sum(found)} of {len(rows) - several} others"
    )


def print_share(source: str, texts: Sequence[str]) -> None:
    """Print the share of texts that are taken for roundups."""
    found = sum(map(reports_several, texts))
    print(f"{source}: {found} of {len(texts)} texts ({found / len(texts):.2%})")


if __name__ == "__main__":
    main()
