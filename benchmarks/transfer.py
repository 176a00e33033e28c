"""How models do on text from sources they were never trained on: EuRepoC's incidents and the CASIE news articles.

EuRepoC 1.1 or 1.3 (https://eurepoc.eu): incidents coded by people; name and description are the text, and rows whose
initiators map to exactly one motivation count. CASIE: news articles with event types; those whose events are all
vulnerability-related are taken for "no incident", those whose events are all attacks for incidents; a proxy, as some
attack articles are about no particular incident and some articles on flaws report one.

    python benchmarks/transfer.py --eurepoc EuRepoC_Global_Database_1.1.csv --casie articles.jsonl

With --retrain, models are also trained on EuRepoC, on it and corpus/ together, and by time (some minutes).
"""

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from peer_models import Characters, Logistic
from peers import predicted_of
from sklearn.metrics import roc_auc_score

import cyberclass
from cyberclass.corpora.documents import read_corpus, texts_of
from cyberclass.corpora.sources.importing import import_source
from cyberclass.corpora.sources.source import find_source
from cyberclass.corpora.splits import time_split
from cyberclass.evaluation.crossval import cross_validate
from cyberclass.evaluation.evaluation import evaluate_model
from cyberclass.evaluation.report import headline_table
from cyberclass.evaluation.resampling import intervals
from cyberclass.model.card import figures as score_lines
from cyberclass.taxonomy import CODEBOOK
from cyberclass.text.masking import mask_names

MOTIVATIONS = CODEBOOK.motivations

CORPUS = Path(__file__).parents[1] / "corpus"

#: EuRepoC before this date for training, from it on for testing.
LATE = "2018"


def main() -> None:
    """Parse arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eurepoc", type=Path, help="EuRepoC_Global_Database_1.1.csv, or a part of it")
    parser.add_argument("--casie", type=Path, help="JSON Lines with `text` and `events`")
    parser.add_argument("--model", type=Path, help="folder of a model (default: the shipped one)")
    parser.add_argument("--retrain", action="store_true", help="train on EuRepoC, too")
    arguments = parser.parse_args()
    if not arguments.eurepoc and not arguments.casie:
        parser.error("name --eurepoc, --casie or both")
    model = cyberclass.load_model(arguments.model)
    print(f"Model {model.name_}; {date.today().isoformat()}\n")
    if arguments.eurepoc:
        frame = read_eurepoc(arguments.eurepoc)
        print_eurepoc(model, frame)
        print_peers(model, frame)
        if arguments.retrain:
            print_table(frame)
    if arguments.casie:
        print_casie(model, arguments.casie)


def read_eurepoc(path: Path) -> pd.DataFrame:
    """Read incidents as labelled documents; their impact, coded by who was attacked, is left out."""
    documents = import_source(find_source("eurepoc"), path).documents
    return documents.assign(impact=None, impact_coded=None)


def print_eurepoc(model: cyberclass.IncidentClassifier, frame: pd.DataFrame) -> None:
    """Print the figures of a model that has not seen EuRepoC."""
    coded = frame[frame["motivation"].notna()].reset_index(drop=True)
    evaluation = evaluate_model(model, coded)
    print(f"EuRepoC, {len(coded):,} incidents with exactly one kind of initiator\n")
    print("\n".join([*headline_table(evaluation["figures"]), ""]))
    print("\n".join(score_lines(evaluation["scores"])))


def print_table(frame: pd.DataFrame) -> None:
    """Train on one source and test on another, and on both; print a row each."""
    eurepoc = frame[frame["motivation"].isin(MOTIVATIONS)].reset_index(drop=True)
    corpus = read_corpus(CORPUS)
    both = pd.concat([corpus, eurepoc], ignore_index=True)
    early, late = time_split(eurepoc, LATE)
    before, after = eurepoc.iloc[early].reset_index(drop=True), eurepoc.iloc[late].reset_index(drop=True)
    together = cross_validate(both, n_jobs=-1)["predictions"]
    rows = [
        ("corpus", "EuRepoC", evaluate_model(learn(corpus), eurepoc)),
        ("EuRepoC", "corpus", evaluate_model(learn(eurepoc), corpus)),
        ("corpus", "corpus, 5 folds", cross_validate(corpus, n_jobs=-1)),
        ("EuRepoC", "EuRepoC, 5 folds", cross_validate(eurepoc, n_jobs=-1)),
        ("both", "EuRepoC's part of 5 folds", accuracy_of(together, eurepoc)),
        ("both", "corpus's part of 5 folds", accuracy_of(together, corpus)),
        (f"EuRepoC before {LATE}", f"EuRepoC from {LATE}", evaluate_model(learn(before), after)),
        (f"corpus and EuRepoC before {LATE}", f"EuRepoC from {LATE}", evaluate_model(learn(corpus, before), after)),
    ]
    print("| trained on | tested on | documents | accuracy | macro-F1 | without names: accuracy | macro-F1 |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for trained, tested, found in rows:
        print(f"| {trained} | {tested} | {' | '.join(cells_of(found))} |")
    print()


def print_peers(model: cyberclass.IncidentClassifier, frame: pd.DataFrame) -> None:
    """Print how plain models do that learned from the same corpus, with the settings that peers.py chose most."""
    eurepoc = frame[frame["motivation"].isin(MOTIVATIONS)].reset_index(drop=True)
    corpus = read_corpus(CORPUS)
    corpus = corpus[corpus["motivation"].isin(MOTIVATIONS)].reset_index(drop=True)
    texts = texts_of(eurepoc)
    shown = {"as they are": texts, "without names": [mask_names(text) for text in texts]}
    print("| trained on corpus, tested on EuRepoC | texts | accuracy | macro-F1 | calibration error |")
    print("|---|---|---:|---:|---:|")
    for peer, settings in (
        (Logistic(0), {"sublinear_tf": True, "C": 30, "class_weight": "balanced"}),
        (Characters(0), {"sublinear_tf": True, "C": 300, "class_weight": None}),
        (None, {}),
    ):
        if peer:
            peer.fit(corpus, **settings)
        for name, own in shown.items():
            predicted = predicted_of(peer.predict_proba(own) if peer else model.predict_proba(own))
            found = intervals(eurepoc, predicted)
            cells = [found[key] for key in ("motivation_accuracy", "motivation_macro_f1", "calibration_error")]
            figures = " | ".join(f"{each['value']:.3f} ({each['low']:.3f} to {each['high']:.3f})" for each in cells)
            print(f"| {peer.title if peer else 'cyberclass'} | {name} | {figures} |")
    print()


def learn(*frames: pd.DataFrame) -> cyberclass.IncidentClassifier:
    """Train the default classifier on documents."""
    frame = pd.concat(frames, ignore_index=True)
    model = cyberclass.IncidentClassifier(n_jobs=-1)
    return model.fit(texts_of(frame), frame[["is_incident", "motivation", "impact"]], groups=frame["incident"])


def accuracy_of(predictions: pd.DataFrame, frame: pd.DataFrame) -> dict[str, Any]:
    """Measure the part of a cross-validation's predictions that belongs to some documents."""
    labelled = frame.set_index("id").loc[[each for each in predictions["id"] if each in set(frame["id"])]].reset_index()
    predicted = predictions.set_index("id").loc[labelled["id"]].reset_index()
    n = int(labelled["motivation"].isin(MOTIVATIONS).sum())
    return {"figures": intervals(labelled, predicted), "scores": {"motivation": {"documents": n}}}


def cells_of(found: dict[str, Any]) -> list[str]:
    """Lay out documents, accuracy and macro-F1 as they are and without names; the last two where they were measured."""
    cells = [f"{found['scores']['motivation']['documents']:,}"]
    for figures in (found["figures"], found.get("masked", {}).get("names")):
        for name in ("motivation_accuracy", "motivation_macro_f1"):
            figure = figures[name] if figures else None
            cells.append(f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})" if figure else "")
    return cells


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
