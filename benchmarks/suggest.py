"""How many labels `cyberclass suggest` saves: models that learn from suggested documents, beside random ones.

A model learns from 200 documents; 100 more are labelled, it learns anew, and so on. The documents come from three
sides of a split by incident, the figures from the fourth, anew for each seed. The pools: corpus/; the same with four of
five incidents taken out of two motivations, as a feed is that mostly tells of crime (the test side stays as it is); and
EuRepoC's incidents, which have motivations only (`transfer.read_eurepoc`).

    python benchmarks/suggest.py --eurepoc EuRepoC_Global_Database_1.1.csv    # half an hour
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
    parser.add_argument("--seeds", type=int, default=5, help="splits and orders of the pool (default: 5)")
    parser.add_argument("--labels", type=int, default=1000, help="where to stop (default: 1000)")
    arguments = parser.parse_args()
    corpus = read_corpus(CORPUS)
    pools = {"corpus": (corpus, 1.0), "corpus, mostly crime": (corpus, 0.2)}
    if arguments.eurepoc:
        eurepoc = read_eurepoc(arguments.eurepoc)
        pools["EuRepoC"] = (eurepoc[eurepoc["motivation"].notna()].reset_index(drop=True), 1.0)
    print(f"{date.today().isoformat()}, {arguments.seeds} seeds\n")
    for name, (frame, kept) in pools.items():
        frame = frame.assign(incident=incidents_of(frame))
        curves = pd.concat(
            curve.assign(strategy=strategy, seed=seed)
            for seed in range(arguments.seeds)
            for strategy, curve in simulate(frame, seed, kept, arguments.labels)
        )
        print_curves(name, curves)


def simulate(frame: pd.DataFrame, seed: int, kept: float, most: int) -> Iterator[tuple[str, pd.DataFrame]]:
    """Label a pool in the order of each strategy; yield its figures, a row for each number of labels."""
    pool, test = grouped_folds(frame, 4, seed)[0]
    generator = np.random.default_rng(seed)
    rare = frame["motivation"].isin(["state-sponsored", "ideological"])
    stays = pd.Series(generator.random(frame["incident"].nunique()) < kept, index=frame["incident"].unique())
    pool = generator.permutation(pool[(~rare | frame["incident"].map(stays)).to_numpy()[pool]])
    texts = texts_of(frame)
    first = learn(frame, texts, pool[:START])
    for name, choose in STRATEGIES.items():
        model, labelled, rest, rows = first, pool[:START], pool[START:], []
        while True:
            rows.append({"labels": len(labelled), **figures_of(model, frame.iloc[test], [texts[row] for row in test])})
            if len(labelled) >= most or len(rest) < BATCH:
                break
            chosen = choose([texts[row] for row in rest], model, BATCH)
            labelled, rest = np.append(labelled, rest[chosen]), np.delete(rest, chosen)
            model = learn(frame, texts, labelled)
        yield name, pd.DataFrame(rows)


def learn(frame: pd.DataFrame, texts: list[str], rows: np.ndarray) -> IncidentClassifier:
    """Learn from some documents; in two folds, as only probabilities are used, and few documents are of the rare."""
    part = frame.iloc[rows]
    return IncidentClassifier(n_folds=2).fit([texts[row] for row in rows], part, groups=part["incident"])


def figures_of(model: IncidentClassifier, frame: pd.DataFrame, texts: list[str]) -> dict[str, float]:
    """Measure a model on documents; NaN where nothing is coded."""
    targets = targets_of(frame)
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
        target = curves.loc[(curves["strategy"] == "random order") & (curves["labels"] == sizes[-1]), figure].mean()
        print(f"{name}: {title}, mean (standard deviation) over seeds\n")
        print(f"| labels | {' | '.join(f'{size:,}' for size in sizes)} | labels to reach {target:.3f}, by seed |")
        print(f"|---|{'---:|' * len(sizes)}---|")
        for strategy, of_strategy in curves.groupby("strategy", sort=False):
            by_size = of_strategy.groupby("labels")[figure]
            cells = [f"{mean:.3f} ({by_size.std()[size]:.3f})" for size, mean in by_size.mean().items()]
            needed = sorted(reached(curve, figure, target) for _, curve in of_strategy.groupby("seed"))
            shown = ", ".join(f"{each:,.0f}" if np.isfinite(each) else "more" for each in needed)
            print(f"| {strategy} | {' | '.join(cells)} | {shown} |")
        print(flush=True)


def reached(curve: pd.DataFrame, figure: str, target: float) -> float:
    """Say with how many labels a figure is first reached, between two by a straight line; infinite if never."""
    labels, values = curve["labels"].to_numpy(dtype=float), curve[figure].to_numpy()
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
