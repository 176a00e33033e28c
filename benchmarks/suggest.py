"""How many labels `cyberclass suggest` saves: models that learn from suggested documents, beside random ones.

A model learns from 200 documents; 100 more are labelled, it learns anew, and so on. The documents come from three
sides of a split by incident, the figures from the fourth, anew for each seed. The pools: corpus/; the same made like a
feed, of which most tells of crime and some is told again and again (four of five incidents of the other motivations are
taken out, and of one incident in ten each document comes ten times, with half its sentences; the test side stays as it
is); and EuRepoC's incidents, which have motivations only (`transfer.read_eurepoc`).

    python benchmarks/suggest.py --eurepoc EuRepoC_Global_Database_1.1.csv    # some minutes
"""

import argparse
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score
from transfer import CORPUS, read_eurepoc

from cyberclass.corpora.documents import read_corpus, texts_of
from cyberclass.corpora.duplicates import incidents_of
from cyberclass.corpora.splits import grouped_folds
from cyberclass.model.acquisition import rank, total_doubt
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.targets import targets_of

START, BATCH = 200, 100

FIGURES = {
    "motivation, macro-F1": "motivation",
    "impact, mean average precision": "impact",
    "incident or not, area under the ROC curve": "incident",
}

Strategy = Callable[[list[str], IncidentClassifier, int], np.ndarray]

#: Who chooses a batch; a random order is any order, as the pool is shuffled.
STRATEGIES: dict[str, Strategy] = {
    "random order": lambda texts, _, n: np.arange(len(texts))[:n],
    "most doubtful": lambda texts, model, n: np.argsort(-total_doubt(model, texts), kind="stable")[:n],
    "suggest": lambda texts, model, n: rank(texts, model, n)[0],
}


def main() -> None:
    """Parse arguments, simulate, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eurepoc", type=Path, help="EuRepoC_Global_Database_1.1.csv, or a part of it")
    parser.add_argument("--seeds", type=int, default=4, help="splits and orders of the pool (default: 4)")
    parser.add_argument("--labels", type=int, default=700, help="where to stop (default: 700)")
    arguments = parser.parse_args()
    corpus = read_corpus(CORPUS)
    pools = {"corpus": (corpus, False), "corpus, like a feed": (corpus, True)}
    if arguments.eurepoc:
        eurepoc = read_eurepoc(arguments.eurepoc)
        pools["EuRepoC"] = (eurepoc[eurepoc["motivation"].notna()].reset_index(drop=True), False)
    print(f"{date.today().isoformat()}, {arguments.seeds} seeds\n")
    for name, (frame, like_feed) in pools.items():
        frame = frame.assign(incident=incidents_of(frame))
        curves = pd.concat(
            curve.assign(strategy=strategy, seed=seed)
            for seed in range(arguments.seeds)
            for strategy, curve in simulate(frame, seed, like_feed, arguments.labels)
        )
        print_curves(name, curves)


def simulate(frame: pd.DataFrame, seed: int, like_feed: bool, most: int) -> Iterator[tuple[str, pd.DataFrame]]:
    """Label a pool in the order of each strategy; yield its figures, a row for each number of labels."""
    train, test = grouped_folds(frame, 4, seed)[0]
    generator = np.random.default_rng(seed)
    tested, frame = frame.iloc[test], frame.iloc[train]
    if like_feed:
        frame = feed_of(frame, generator)
    frame = frame.iloc[generator.permutation(len(frame))].reset_index(drop=True)
    texts, pool = texts_of(frame), np.arange(len(frame))
    first = learn(frame, texts, pool[:START])
    for name, choose in STRATEGIES.items():
        model, labelled, rest, rows = first, pool[:START], pool[START:], []
        while True:
            rows.append({"labels": len(labelled), **figures_of(model, tested)})
            if len(labelled) >= most or len(rest) < BATCH:
                break
            chosen = choose([texts[row] for row in rest], model, BATCH)
            labelled, rest = np.append(labelled, rest[chosen]), np.delete(rest, chosen)
            model = learn(frame, texts, labelled)
        yield name, pd.DataFrame(rows)


def feed_of(frame: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    """Make documents like a feed: mostly crime, some of it told again and again."""
    incidents = frame["incident"].unique()
    share = frame["incident"].map(dict(zip(incidents, generator.random(len(incidents)), strict=True)))
    frame = frame[~frame["motivation"].isin(["state-sponsored", "ideological"]) | (share < 0.2)]
    again = frame[frame["incident"].map(dict(zip(incidents, generator.random(len(incidents)), strict=True))) < 0.1]
    again = again.loc[again.index.repeat(9)]
    parts = []
    for text in again["text"]:
        sentences = text.split(". ")
        kept = generator.choice(len(sentences), (len(sentences) + 1) // 2, replace=False)
        parts.append(". ".join(sentences[place] for place in sorted(kept)))
    return pd.concat([frame, again.assign(text=parts)])


def learn(frame: pd.DataFrame, texts: list[str], rows: np.ndarray) -> IncidentClassifier:
    """Learn from some documents; in two folds, as only probabilities are used, and few documents are of the rare."""
    part = frame.iloc[rows]
    return IncidentClassifier(n_folds=2).fit([texts[row] for row in rows], part, groups=part["incident"])


def figures_of(model: IncidentClassifier, frame: pd.DataFrame) -> dict[str, float]:
    """Measure a model on documents; NaN where nothing is coded."""
    targets, texts = targets_of(frame), texts_of(frame)
    rows, truth = targets.head("motivation")
    predicted = model.predict(texts)[rows]
    probabilities = model.probabilities(texts)
    precisions = []
    for domain in targets.taxonomy.impacts:
        coded, applies = targets.head(domain)
        if applies.any():
            precisions.append(average_precision_score(applies, probabilities[f"p_impact_{domain}"].to_numpy()[coded]))
    incident = targets.is_incident
    return {
        "motivation": float(f1_score(truth, predicted, average="macro")),
        "impact": float(np.mean(precisions)) if precisions else float("nan"),
        "incident": float("nan") if incident.all() else float(roc_auc_score(incident, probabilities["p_incident"])),
    }


def print_curves(name: str, curves: pd.DataFrame) -> None:
    """Print a table for each figure: means by number of labels, and the labels that random order's last mean takes."""
    sizes = sorted(curves["labels"].unique())
    for title, figure in FIGURES.items():
        if curves[figure].isna().any():
            continue
        table = curves.pivot_table(index="labels", columns=["strategy", "seed"], values=figure, sort=False)
        targets = table["random order"].iloc[-1]
        print(f"{name}: {title}, mean (standard deviation) over seeds\n")
        print(f"| | {' | '.join(f'{size:,}' for size in sizes)} | labels for random order's last mean | by seed |")
        print(f"|---|{'---:|' * (len(sizes) + 1)}---|")
        for strategy in STRATEGIES:
            by_seed = table[strategy]
            cells = [f"{row.mean():.3f} ({row.std():.3f})" for _, row in by_seed.iterrows()]
            whole = reached(by_seed.mean(axis=1), targets.mean())
            single = sorted(reached(by_seed[seed], targets[seed]) for seed in by_seed)
            numbers = [f"{each:,.0f}" if np.isfinite(each) else "more" for each in (whole, *single)]
            print(f"| {strategy} | {' | '.join(cells)} | {numbers[0]} | {', '.join(numbers[1:])} |")
        print(flush=True)


def reached(curve: pd.Series, target: float) -> float:
    """Say with how many labels a figure is first reached, between two by a straight line; infinite if never."""
    labels, values = curve.index.to_numpy(dtype=float), curve.to_numpy()
    above = np.flatnonzero(values >= target)
    if not len(above):
        return float("inf")
    place = above[0]
    if not place:
        return float(labels[0])
    share = (target - values[place - 1]) / (values[place] - values[place - 1])
    return float(labels[place - 1] + share * (labels[place] - labels[place - 1]))


if __name__ == "__main__":
    main()
