"""Documents a second on one core, side by side: cyberclass with all its outputs, and what people use otherwise.

Every contender labels the same texts in the same process, in turn, several times over; the table gives medians. All
models are trained on corpus/. "unseen" means that nothing of the texts is remembered from before; "warm" that the same
texts were labelled once. The others remember nothing.

    python benchmarks/throughput.py --texts reports.jsonl
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

# Before numpy is loaded: one core for everybody.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import spacy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import cyberclass
from cyberclass.corpora.documents import read_corpus, texts_of
from cyberclass.taxonomy import CODEBOOK

MOTIVATIONS = CODEBOOK.motivations

CORPUS = Path(__file__).parents[1] / "corpus"


def main() -> None:
    """Parse arguments, race, print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, required=True, help="JSON Lines with a field `text`")
    parser.add_argument("--repeats", type=int, default=5, help="rounds, of which the median counts (default: 5)")
    arguments = parser.parse_args()
    with arguments.texts.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    contenders = make_contenders()
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(arguments.repeats):
        for name, (prepare, run) in contenders.items():
            prepare()
            start = time.perf_counter()
            run(texts)
            seconds[name].append(time.perf_counter() - start)
    rates = {name: len(texts) / statistics.median(taken) for name, taken in seconds.items()}
    report(texts, rates, arguments.repeats)


def make_contenders() -> dict[str, tuple[Callable[[], object], Callable[[list[str]], object]]]:
    """Train everybody; give for each what to do before the clock starts, and what it measures."""
    frame = read_corpus(CORPUS)
    frame = frame[frame["motivation"].isin(MOTIVATIONS)]
    documents, labels = texts_of(frame), frame["motivation"].tolist()

    model = cyberclass.load_model()
    vectorizer = model.vectorizer_
    tfidf = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=10, max_iter=1000))
    tfidf.fit(documents, labels)
    tokenizer = spacy.blank("en").tokenizer

    def nothing() -> None:
        pass

    def forget() -> None:
        # What is remembered goes; what loading a model builds stands before the clock starts.
        with vectorizer.adopt(vectorizer.vocabulary_).reading():
            pass

    contenders: dict[str, tuple[Callable[[], object], Callable[[list[str]], object]]] = {
        "cyberclass, unseen text, all labels": (forget, model.label),
        # Follows the one above, which has read the same texts.
        "cyberclass, warm, all labels": (nothing, model.label),
        "scikit-learn TF-IDF (1,2) + logistic regression, motivation": (nothing, tfidf.predict_proba),
        "spaCy tokenizer alone": (nothing, lambda texts: [tokenizer(text) for text in texts]),
    }
    try:
        import fasttext
    except ImportError:
        print("fastText is not installed (pip install 'cyberclass[bench]'): left out.")
    else:
        contenders["fastText (1,2), motivation"] = (nothing, train_fasttext(fasttext, documents, labels))
    return contenders


def train_fasttext(fasttext: object, documents: list[str], labels: list[str]) -> Callable[[list[str]], object]:
    """Train fastText on the same documents and labels."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        for text, label in zip(documents, labels, strict=True):
            file.write(f"__label__{label} {' '.join(text.lower().split())}\n")
        file.flush()
        model = fasttext.train_supervised(file.name, wordNgrams=2, epoch=25, lr=0.5, thread=1, verbose=0)  # type: ignore[attr-defined]
    return lambda texts: model.predict([" ".join(text.lower().split()) for text in texts], k=3)


def report(texts: list[str], rates: dict[str, float], repeats: int) -> None:
    """Print the table."""
    words = statistics.mean(len(text.split()) for text in texts)
    print(f"{len(texts):,} texts, {words:.0f} words each on average; medians of {repeats}; one core of")
    print(f"{platform.machine()} {platform.system()}, Python {platform.python_version()}; {date.today().isoformat()}\n")
    baseline = next(rate for name, rate in rates.items() if name.startswith("scikit-learn"))
    width = max(map(len, rates))
    print(f"| {'contender':<{width}} | documents/s | against scikit-learn |")
    print(f"|{'-' * (width + 2)}|------------:|---------------------:|")
    for name, rate in rates.items():
        print(f"| {name:<{width}} | {rate:>11,.0f} | {rate / baseline:>20.2f} |")


if __name__ == "__main__":
    main()
