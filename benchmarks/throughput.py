"""Documents a second on one core, side by side: cyberclass with all its outputs, and what people use otherwise.

Every contender labels the same texts in the same process, in turn, several times over; the table gives medians of CPU
seconds, which depend less on what else the machine does than a clock's. All models are trained on corpus/. "unseen"
means that nothing of the texts is remembered from before; "warm" that the same texts were labelled once. The others
remember nothing. Below the table: where the time goes, what one text alone takes, and how long a new process takes to
label its first text, most of which is imports.

    python benchmarks/throughput.py --texts reports.jsonl
"""

import argparse
import gc
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

# Before numpy is loaded: one core for everybody.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import spacy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import cyberclass
from cyberclass.corpora.documents import read_corpus, texts_of
from cyberclass.model import forms, lookup, reading, scorer
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.labeller import IncidentLabeller
from cyberclass.taxonomy import CODEBOOK
from cyberclass.text import language, splitting
from cyberclass.text.names import KnownNames

MOTIVATIONS = CODEBOOK.motivations

CORPUS = Path(__file__).parents[1] / "corpus"


#: Stages of labelling, each with the functions that it is timed by; what these call of other stages is taken out.
STAGES: dict[str, tuple[tuple[Any, str], ...]] = {
    "cut at spaces, number the chunks": ((language, "_cut"),),
    "look chunks up, put tokens in a row": ((language.TokenMemo, "encode"),),
    "first sights: split into tokens": ((language.TokenMemo, "_learn"), (splitting.ChunkSplitter, "__call__")),
    "first sights: watch for names": ((KnownNames, "watch"),),
    "first sights: forms, cues and characters of words": (
        (forms.FormTable, "add"),
        (lookup.Lookup, "_meet"),
        (lookup.Lookup, "form_grams"),
        (scorer.Scorer, "_see"),
    ),
    "find known names": ((KnownNames, "find"),),
    "count words and cues": ((reading.TextReader, "read"),),
    "look pairs of words up, weigh": ((lookup.Lookup, "see"),),
    "products with the weights": ((scorer.Scorer, "score"),),
    "decide, hash, make a table": ((IncidentLabeller, "label"),),
}

#: What a new process does.
STARTS = {
    "python alone": "pass",
    "import pandas": "import pandas",
    "import spaCy": "import spacy",
    "import all that labelling needs": "import cyberclass.model.store",
    "load the model": "from cyberclass.model.store import load_labeller; load_labeller()",
    "cyberclass label --text": (
        "from cyberclass.cli import main; main(['label', '--text', 'A ransomware gang locked the hospital.'])"
    ),
    "load a model that can be trained, too": "import cyberclass; cyberclass.load_model()",
}


def main() -> None:
    """Parse arguments, race, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, required=True, help="JSON Lines with a field `text`")
    parser.add_argument("--repeats", type=int, default=5, help="rounds, of which the median counts (default: 5)")
    arguments = parser.parse_args()
    with arguments.texts.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    model = cyberclass.load_model()
    contenders = make_contenders(model)
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(arguments.repeats):
        for name, (prepare, run) in contenders.items():
            prepare()
            # Else one contender's garbage is cleared away on another's account.
            gc.collect()
            start = time.process_time()
            run(texts)
            seconds[name].append(time.process_time() - start)
    report(texts, {name: statistics.median(taken) for name, taken in seconds.items()}, arguments.repeats)
    report_stages(model, texts, arguments.repeats)
    report_latency(model, texts[:200])
    report_starts(arguments.repeats)


def make_contenders(
    model: IncidentClassifier,
) -> dict[str, tuple[Callable[[], object], Callable[[list[str]], object]]]:
    """Train everybody; give for each what to do before the clock starts, and what it measures."""
    frame = read_corpus(CORPUS)
    frame = frame[frame["motivation"].isin(MOTIVATIONS)]
    documents, labels = texts_of(frame), frame["motivation"].tolist()

    tfidf = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=10, max_iter=1000))
    tfidf.fit(documents, labels)
    tokenizer = spacy.blank("en").tokenizer

    def nothing() -> None:
        pass

    contenders: dict[str, tuple[Callable[[], object], Callable[[list[str]], object]]] = {
        "cyberclass, unseen text, all labels": (lambda: forget(model), model.label),
        # Follows the one above, which has read the same texts.
        "cyberclass, warm, all labels": (nothing, model.label),
        "scikit-learn TF-IDF (1,2) + logistic regression, motivation": (nothing, tfidf.predict_proba),
        "spaCy tokenizer alone": (nothing, lambda texts: [tokenizer(text) for text in texts]),
        "str.split alone (the floor)": (nothing, lambda texts: [text.split() for text in texts]),
    }
    try:
        import fasttext
    except ImportError:
        print("fastText is not installed (pip install 'cyberclass[bench]'): left out.")
    else:
        contenders["fastText (1,2), motivation"] = (nothing, train_fasttext(fasttext, documents, labels))
    return contenders


def forget(model: IncidentClassifier) -> None:
    """Let go what is remembered; what loading a model builds is built anew."""
    vectorizer = model.vectorizer_
    with vectorizer.adopt(vectorizer.vocabulary_).reading() as remembered:
        # spaCy's tokenizer is made when first needed.
        remembered.see(["\u2026and/or\u2026"])


def train_fasttext(fasttext: object, documents: list[str], labels: list[str]) -> Callable[[list[str]], object]:
    """Train fastText on the same documents and labels."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        for text, label in zip(documents, labels, strict=True):
            file.write(f"__label__{label} {' '.join(text.lower().split())}\n")
        file.flush()
        model = fasttext.train_supervised(file.name, wordNgrams=2, epoch=25, lr=0.5, thread=1, verbose=0)  # type: ignore[attr-defined]
    return lambda texts: model.predict([" ".join(text.lower().split()) for text in texts], k=3)


def report(texts: list[str], seconds: dict[str, float], repeats: int) -> None:
    """Print the table of contenders."""
    words = statistics.mean(len(text.split()) for text in texts)
    print(
        f"{len(texts):,} texts, {words:.0f} words each on average; medians of {repeats} of CPU seconds on one core of"
    )
    print(f"{platform.machine()} {platform.system()}, Python {platform.python_version()}; {date.today().isoformat()}\n")
    base = next(taken for name, taken in seconds.items() if name.startswith("scikit-learn"))
    fast = next((taken for name, taken in seconds.items() if name.startswith("fastText")), math.nan)
    rows = [
        (name, f"{len(texts) / taken:,.0f}", f"{base / taken:.2f}", f"{fast / taken:.2f}")
        for name, taken in seconds.items()
    ]
    print_table(("contender", "documents/s", "against scikit-learn", "against fastText"), rows)


def report_stages(model: IncidentClassifier, texts: list[str], repeats: int) -> None:
    """Print where the time goes, in microseconds a document; what timing itself takes is in it."""
    taken: dict[str, dict[str, float]] = {}
    for kind in ("unseen", "warm"):
        rounds = []
        for _ in range(repeats):
            with timed_stages() as spent:
                if kind == "unseen":
                    forget(model)
                    gc.collect()
                    spent.update(dict.fromkeys(STAGES, 0.0))
                model.label(texts)
            rounds.append(spent)
        taken[kind] = {stage: statistics.median(spent[stage] for spent in rounds) for stage in STAGES}
    rows = [(stage, *(f"{of[stage] / len(texts) * 1e6:.0f}" for of in taken.values())) for stage in STAGES]
    rows.append(("all", *(f"{sum(of.values()) / len(texts) * 1e6:.0f}" for of in taken.values())))
    print_table(("stage, CPU us a document", "unseen", "warm"), rows)


@contextmanager
def timed_stages() -> Iterator[dict[str, float]]:
    """Time the functions of `STAGES` while the context lasts; a call within another counts for itself alone."""
    spent = dict.fromkeys(STAGES, 0.0)
    inner: list[float] = []

    def timed(function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            start = time.process_time()
            inner.append(0.0)
            try:
                return function(*args, **kwargs)
            finally:
                whole = time.process_time() - start
                spent[stage] += whole - inner.pop()
                if inner:
                    inner[-1] += whole

        return run

    with ExitStack() as stack:
        for stage, functions in STAGES.items():
            for owner, name in functions:
                stack.enter_context(patch.object(owner, name, timed(getattr(owner, name), stage)))
        yield spent


def report_latency(model: IncidentClassifier, texts: list[str]) -> None:
    """Print what one text alone takes, its words known."""
    model.label(texts)
    taken = []
    for text in texts:
        start = time.process_time()
        model.label([text])
        taken.append(time.process_time() - start)
    print(f"One text alone, warm: median of {len(texts)}: {statistics.median(taken) * 1000:.2f} ms of CPU\n")


def report_starts(repeats: int) -> None:
    """Print how long new processes take; in turn, so that all meet the same machine."""
    cpu: dict[str, list[float]] = {name: [] for name in STARTS}
    wall: dict[str, list[float]] = {name: [] for name in STARTS}
    for _ in range(repeats):
        for name, code in STARTS.items():
            before, start = os.times(), time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
            after = os.times()
            wall[name].append(time.perf_counter() - start)
            cpu[name].append(
                after.children_user - before.children_user + after.children_system - before.children_system
            )
    rows = [(name, f"{statistics.median(cpu[name]):.2f}", f"{statistics.median(wall[name]):.2f}") for name in STARTS]
    print_table(("a new process", "CPU seconds", "seconds"), rows)


def print_table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows as Markdown, all columns but the first to the right."""
    widths = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]
    ruler = [f"{'-' * width}{':' if place else ''}"[bool(place) :] for place, width in enumerate(widths)]
    for row in (heading, ruler, *rows):
        first, *rest = zip(row, widths, strict=True)
        print("| " + " | ".join([f"{first[0]:<{first[1]}}", *(f"{cell:>{width}}" for cell, width in rest)]) + " |")
    print()


if __name__ == "__main__":
    main()
