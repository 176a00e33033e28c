"""Is evidence what decides? Words are taken out of texts, and labels are looked at again.

A model learns from four fifths of the corpus's incidents, and labels and explains the rest; five times over. From each
text the five words are taken out that speak most for a label it was given; from a copy of it, five words at random.
Evidence that is what it says lowers the label's probability far more than chance.

Then: what --evidence costs beside plain labelling (CPU time, medians of five), and the share of spans that begin and
end where spaCy's tokens do, in the corpus's texts as they are, with their encoding broken, and as web pages.

    python benchmarks/evidence.py
"""

import argparse
import html
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

# Before numpy is loaded: one core for everybody.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np
import pandas as pd
import spacy
from throughput import forget

import cyberclass
from cyberclass.corpora.documents import read_corpus, texts_of
from cyberclass.corpora.splits import grouped_folds
from cyberclass.labelling.label import label_reports
from cyberclass.labelling.terminal import LabelledOnScreen
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.explanation import Explanation
from cyberclass.text.pages import read_page

CORPUS = Path(__file__).parents[1] / "corpus"

N_WORDS = 5


def main() -> None:
    """Parse arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=1, help="folds learned at the same time (default: 1)")
    parser.add_argument("--seed", type=int, default=0, help="of the words taken out at random (default: 0)")
    arguments = parser.parse_args()
    frame = read_corpus(CORPUS)
    print(f"{len(frame):,} documents of corpus/; {date.today().isoformat()}\n")
    print_deletions(frame, arguments.jobs, arguments.seed)
    texts = texts_of(frame)
    print_cost(texts)
    print_bounds(texts)


def print_deletions(frame: pd.DataFrame, jobs: int, seed: int) -> None:
    """Print what taking words out does to the labels given."""
    random = np.random.default_rng(seed)
    texts = np.array(texts_of(frame), dtype=object)
    parts = []
    for train, test in grouped_folds(frame):
        known = frame.iloc[train]
        model = IncidentClassifier(n_jobs=jobs).fit(texts[train], known, groups=known["incident"])
        parts.append(delete_words(model, texts[test].tolist(), random))
    table = pd.concat(parts)
    print(f"{N_WORDS} words taken out; medians (means) of what the label's probability loses, and labels that change\n")
    for kind, own in table.groupby("kind", sort=False):
        print(f"{kind}, {len(own):,} labels")
        for name in ("evidence", "random"):
            loss = own["before"] - own[name]
            print(
                f"  {name:9} {loss.median():+.3f} ({loss.mean():+.3f}); log-odds {own[f'{name}_score'].median():+.2f}; "
                f"changed {own[f'{name}_changed'].mean():.1%}"
            )
    print()


def delete_words(model: IncidentClassifier, texts: list[str], random: np.random.Generator) -> pd.DataFrame:
    """Take words out of texts, and label them again: one row a label given."""
    rows = []
    for text in texts:
        found = model.explain(text)
        for label in found.given:
            column = found.outputs.index(label)
            words = words_of(found)
            if label == "undetermined" or len(words) < 2 * N_WORDS:
                continue
            best = words[np.argsort(-found.tokens.weights[words, column], kind="stable")[:N_WORDS]]
            chance = random.choice(words, N_WORDS, replace=False)
            is_motivation = label in model.classes_
            rows.append(
                {
                    "kind": "motivation" if is_motivation else "impact domain",
                    "label": label,
                    "column": f"p_{'motivation' if is_motivation else 'impact'}_{label}",
                    "before": found.probabilities[label],
                    "texts": (without(found, best), without(found, chance)),
                    "scores": found.scores[label],
                    "place": column,
                }
            )
    table = pd.DataFrame(rows)
    for place, name in enumerate(("evidence", "random")):
        changed = [pair[place] for pair in table["texts"]]
        labels, scores = model.label(changed), model.scores(changed)
        table[name] = [row[column] for (_, row), column in zip(labels.iterrows(), table["column"], strict=True)]
        table[f"{name}_score"] = scores[np.arange(len(table)), table["place"]] - table["scores"]
        table[f"{name}_changed"] = [
            label not in (motivation, *impact.split(";"))
            for label, motivation, impact in zip(table["label"], labels["motivation"], labels["impact"], strict=True)
        ]
    return table


def words_of(found: Explanation) -> np.ndarray:
    """Give the tokens that are words or numbers, by place."""
    tokens = zip(found.tokens.starts.tolist(), found.tokens.ends.tolist(), strict=True)
    return np.array(
        [place for place, (start, end) in enumerate(tokens) if any(map(str.isalnum, found.text[start:end]))]
    )


def without(found: Explanation, tokens: np.ndarray) -> str:
    """Take tokens out of the text."""
    parts, place = [], 0
    for token in np.sort(tokens).tolist():
        parts.append(found.text[place : found.tokens.starts[token]])
        place = found.tokens.ends[token]
    return "".join([*parts, found.text[place:]])


def print_cost(texts: list[str]) -> None:
    """Print what evidence costs beside plain labelling."""
    model = cyberclass.load_model()
    model.label(texts)
    for name, prepare in (("unseen text", lambda: forget(model)), ("text met before", lambda: None)):
        taken = race(
            prepare, *[lambda evidence=evidence: model.label(texts, evidence=evidence) for evidence in (False, True)]
        )
        print(f"model.label, {name}: {told(taken, len(texts))}")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "reports.csv"
        pd.DataFrame({"id": range(len(texts)), "text": texts}).to_csv(source, index=False)
        for ending in (".csv", ".jsonl"):
            runs = [
                lambda evidence=evidence, ending=ending: label_reports(
                    source, Path(folder) / f"out{ending}", LabelledOnScreen(evidence=evidence)
                )
                for evidence in (False, True)
            ]
            print(f"cyberclass label reports.csv -o labels{ending}: {told(race(lambda: None, *runs), len(texts))}")
    print()


def race(prepare: Callable[[], object], *runs: Callable[[], object]) -> list[float]:
    """Time things in turn, five times: medians of CPU seconds."""
    seconds: list[list[float]] = [[] for _ in runs]
    for _ in range(5):
        for run, own in zip(runs, seconds, strict=True):
            prepare()
            start = time.process_time()
            run()
            own.append(time.process_time() - start)
    return [statistics.median(own) for own in seconds]


def told(seconds: list[float], n: int) -> str:
    """Say how long two things took."""
    plain, evidence = (1e6 * each / n for each in seconds)
    return f"{plain:.0f} us a document, with evidence {evidence:.0f}, {evidence / plain:.2f} times as long"


def print_bounds(texts: list[str]) -> None:
    """Print the share of spans on bounds of tokens."""
    model, tokenizer = cyberclass.load_model(), spacy.blank("en").tokenizer
    kinds: dict[str, Iterator[str]] = {
        "as they are": iter(texts),
        "encoding broken": (text.encode().decode("cp1252", "replace") for text in texts),
        "out of web pages": as_pages(texts),
    }
    for kind, own in kinds.items():
        spans = right = 0
        for text in own:
            found = model.explain(text)
            tokens = [(token.idx, token.idx + len(token)) for token in tokenizer(text) if not token.is_space]
            starts, ends = {start for start, _ in tokens}, {end for _, end in tokens}
            for output in found.given:
                strong = found.strongest(output)
                for span in (*strong.speaking, *strong.opposing):
                    spans += 1
                    right += span.start in starts and span.end in ends
        print(f"spans on bounds of tokens, texts {kind}: {right:,} of {spans:,}")


def as_pages(texts: list[str]) -> Iterator[str]:
    """Write texts as web pages, and read these."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        for text in texts[::10]:
            paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in text.split("\n\n"))
            path.write_text(f"<html><body><article>{paragraphs}</article></body></html>", encoding="utf-8")
            yield read_page(path)[1]


if __name__ == "__main__":
    main()
