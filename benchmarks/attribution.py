"""How well attribution statements are found: by, stance, actor and sentence of passages coded by hand.

    python benchmarks/attribution.py tests/gold/attribution.jsonl           # all rows
    python benchmarks/attribution.py tests/gold/attribution.jsonl --half held

A row holds `text`, `by`, `stance`, `actor` and `sentence`, the last four null where nothing is attributed; it may hold
`held` (true for the half that rules were not written on) and `also`, a second attribution. The main attribution of a
text is compared; no attribution is a class. Actors agree from a Dice coefficient of 0.5 of their words on, sentences if
one holds the other. Intervals are of a bootstrap over rows.
"""

import argparse
import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

from cyberclass.text.attribution import Attribution, find_attributions, main_attribution

NOTHING = "none"
N_RESAMPLES = 2000

Row = dict[str, Any]
Figure = Callable[[Sequence[str], Sequence[str]], float]


def main() -> None:
    """Parse arguments, score, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, help="passages coded by hand, JSON Lines")
    parser.add_argument("--half", choices=("open", "held"), help="only these rows (default: all)")
    parser.add_argument("--mistakes", action="store_true", help="print the rows of which by or stance is wrong")
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in arguments.gold.read_text(encoding="utf-8").splitlines() if line.strip()]
    if arguments.half:
        rows = [row for row in rows if bool(row.get("held")) == (arguments.half == "held")]
    found = [find_attributions(row["text"]) for row in rows]
    mains = [main_attribution(each) for each in found]
    print(f"{date.today().isoformat()}, {len(rows)} passages\n")
    for field in ("by", "stance"):
        print_field(field, [row[field] or NOTHING for row in rows], [value_of(each, field) for each in mains])
    print_agreement(rows, mains)
    print_second(rows, found)
    print_time([row["text"] for row in rows])
    if arguments.mistakes:
        print_mistakes(rows, mains)


def value_of(attribution: Attribution | None, field: str) -> str:
    """Give a field of an attribution, or the class of texts that have none."""
    return getattr(attribution, field) if attribution else NOTHING


def macro_f1(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """Average the F1 of all classes that the rows have."""
    return float(f1_score(truth, predicted, average="macro", labels=sorted(set(truth)), zero_division=0))


def print_field(field: str, truth: list[str], predicted: list[str]) -> None:
    """Print a field's figures beside those of its commonest value, and its confusions."""
    commonest = max(sorted(set(truth)), key=truth.count)
    print(f"| {field} | value | 95 % interval | always {commonest!r} |\n|---|---:|---:|---:|")
    for name, figure in (("accuracy", accuracy_score), ("macro-F1", macro_f1)):
        low, high = interval(figure, truth, predicted)
        print(
            f"| {name} | {figure(truth, predicted):.3f} | {low:.3f} to {high:.3f} "
            f"| {figure(truth, [commonest] * len(truth)):.3f} |"
        )
    classes = sorted({*truth, *predicted})
    print(f"\n| coded \\ found | {' | '.join(classes)} |\n|---|{'---:|' * len(classes)}")
    for name, counts in zip(classes, confusion_matrix(truth, predicted, labels=classes), strict=True):
        print(f"| {name} | {' | '.join(map(str, counts))} |")
    print()


def interval(figure: Figure, truth: Sequence[str], predicted: Sequence[str]) -> tuple[float, float]:
    """Resample rows and give the middle 95 % of a figure."""
    generator = np.random.default_rng(0)
    pairs = np.array([truth, predicted])
    values = []
    for _ in range(N_RESAMPLES):
        drawn = pairs[:, generator.integers(0, pairs.shape[1], pairs.shape[1])]
        values.append(figure(drawn[0], drawn[1]))
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)


def print_agreement(rows: list[Row], mains: list[Attribution | None]) -> None:
    """Print in how many passages the actor and the sentence are those of the coder."""
    named = [(row, each) for row, each in zip(rows, mains, strict=True) if row["actor"]]
    actors = sum(each is not None and is_same_actor(row["actor"], each.actor) for row, each in named)
    coded = [(row, each) for row, each in zip(rows, mains, strict=True) if row["by"]]
    sentences = sum(each is not None and is_same_sentence(row, each) for row, each in coded)
    print(f"actor: {actors} of {len(named)} passages that name one")
    print(f"sentence: {sentences} of {len(coded)} passages that attribute")


def print_second(rows: list[Row], found: list[list[Attribution]]) -> None:
    """Print how many second attributions are among those found."""
    pairs = [(row["also"], each) for row, each in zip(rows, found, strict=True) if row.get("also")]
    hits = sum(any((one.by, one.stance) == (also["by"], also["stance"]) for one in each) for also, each in pairs)
    print(f"second attribution: {hits} of {len(pairs)}")


def words_of(text: str) -> set[str]:
    """Give an actor's words, case-folded, without articles."""
    return set(re.findall(r"\w+", text.casefold())) - {"the", "a", "an"}


def is_same_actor(coded: str, found: str) -> bool:
    """Compare two names of an actor by the Dice coefficient of their words."""
    mine, other = words_of(coded), words_of(found)
    return 2 * len(mine & other) >= 0.5 * (len(mine) + len(other)) if mine and other else False


def is_same_sentence(row: Row, attribution: Attribution) -> bool:
    """Whether one of two sentences holds the other."""
    found = row["text"][attribution.start : attribution.end]
    return found in row["sentence"] or row["sentence"] in found


def print_time(texts: list[str]) -> None:
    """Print the processor's time for news of 2,400 characters: passages joined until they are that long."""
    articles, article = [], ""
    for text in texts:
        article += text + "\n\n"
        if len(article) >= 2400:
            articles.append(article)
            article = ""
    for text in articles:
        find_attributions(text)
    if articles:
        start = process_time()
        for text in articles:
            find_attributions(text)
        spent = process_time() - start
        print(f"time: {1e6 * spent / sum(map(len, articles)):.3f} milliseconds for 1,000 characters of passages")


def print_mistakes(rows: list[Row], mains: list[Attribution | None]) -> None:
    """Print the passages whose main attribution is another than the coder's."""
    for row, each in zip(rows, mains, strict=True):
        coded = (row["by"] or NOTHING, row["stance"] or NOTHING)
        if coded != (value_of(each, "by"), value_of(each, "stance")):
            print(f"\n{row.get('id', '')} coded {coded}, {row['actor']!r}; found {each}\n  {row['text']}")


if __name__ == "__main__":
    main()
