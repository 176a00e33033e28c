"""Which of three motivations: cyberclass beside what people would otherwise train, on the same folds.

Every contender sees the same documents in the same folds, grouped by incident, and the same labels: the motivation
alone. Its settings are chosen anew in each fold, among a few, by macro-F1 on a part of the training side that is held
out by incident. It runs in a process of its own and on one core; speed is documents a second of processor time, texts
to probabilities, on texts not met before, and the median of the folds. Memory is the process's peak, training
included; the majority class shows what of it Python and the libraries take. Needs the extra `bench`; what is not
installed is left out.

    python benchmarks/peers.py --data corpus
"""

import argparse
import os
import platform
import resource
import shlex
import statistics
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

# Before numpy is loaded: one core for everybody, and nobody asks the network.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from peer_models import PEERS, Peer, Settings
from sklearn.metrics import f1_score

from cyberclass.corpora.documents import corpus_hash, read_corpus, texts_of
from cyberclass.corpora.splits import Fold, grouped_folds
from cyberclass.errors import CyberclassError
from cyberclass.evaluation.resampling import intervals
from cyberclass.taxonomy import CODEBOOK

MOTIVATIONS, IMPACTS = CODEBOOK.motivations, CODEBOOK.impacts

#: One part in this many of the training side judges settings.
INNER_FOLDS = 4

_PACKAGES = ("scikit-learn", "spacy", "fasttext-numpy2", "sentence-transformers", "setfit", "torch")


@dataclass(frozen=True)
class Outcome:
    """What a contender did.

    Attributes
    ----------
    probabilities : ndarray, shape (n, 3)
        Of each document by a model that had not seen its incident.
    rate : float
        Documents a second.
    size, memory : float
        MB, of the model on disk and at the process's peak.
    seconds : float
        Processor time from start to end.
    chosen : list of dict
        Settings, one a fold.
    """

    probabilities: NDArray[np.float64]
    rate: float
    size: float
    memory: float
    seconds: float
    chosen: list[Settings]


def main() -> None:
    """Parse arguments, let everybody run, print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, action="append", required=True, help="labelled documents; may be repeated")
    parser.add_argument("--folds", type=int, default=5, help="folds, grouped by incident (default: 5)")
    parser.add_argument("--seed", type=int, default=0, help="of folds and models (default: 0)")
    parser.add_argument("--only", nargs="+", choices=PEERS, default=list(PEERS), metavar="NAME", help=", ".join(PEERS))
    parser.add_argument("--jobs", type=int, default=1, help="contenders at a time, a core each (default: 1)")
    arguments = parser.parse_args()
    try:
        corpus = read_corpus(arguments.data)
        frame = corpus[corpus["motivation"].isin(MOTIVATIONS)].reset_index(drop=True)
        folds = grouped_folds(frame, arguments.folds, arguments.seed)
    except CyberclassError as error:
        sys.exit(f"peers.py: {error}")

    def run(name: str) -> Outcome | str:
        outcome = run_apart(name, frame, folds, arguments.seed)
        print(f"{name}: {outcome if isinstance(outcome, str) else f'{outcome.seconds:,.0f} s'}", file=sys.stderr)
        return outcome

    names = [name for name in PEERS if name in arguments.only]
    with ThreadPoolExecutor(arguments.jobs) as threads:
        # The slow ones stand last in the table; beside one another they take least time when they start first.
        outcomes = dict(zip(reversed(names), threads.map(run, reversed(names)), strict=True))
    print_data(arguments.data, corpus, frame, arguments)
    print_table(frame, {name: outcomes[name] for name in names}, arguments.seed)


def run_apart(name: str, frame: pd.DataFrame, folds: list[Fold], seed: int) -> Outcome | str:
    """Let one contender run in a process of its own; say in words why it did not."""
    if any(find_spec(module) is None for module in PEERS[name].needs):
        return "not installed"
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        try:
            return process.submit(contend, name, frame, folds, seed).result()
        except BrokenProcessPool:
            return "not run: its process was ended from outside, or crashed"


def contend(name: str, frame: pd.DataFrame, folds: list[Fold], seed: int) -> Outcome | str:
    """Compete, or say in words why not: whatever stops a contender is its result, and stops no other."""
    try:
        return compete(PEERS[name](seed), frame, folds, seed)
    except Exception as error:
        return f"not run: {type(error).__name__}: {' '.join(str(error).split())}"


def compete(peer: Peer, frame: pd.DataFrame, folds: list[Fold], seed: int) -> Outcome:
    """Choose settings, learn and predict in every fold."""
    probabilities = np.full((len(frame), len(MOTIVATIONS)), np.nan)
    rates, sizes, chosen = [], [], []
    for train, test in folds:
        learned, texts = frame.iloc[train].reset_index(drop=True), texts_of(frame.iloc[test])
        chosen.append(choose(peer, learned, seed))
        peer.fit(learned, **chosen[-1])
        # What is built at the first call stands before the clock starts.
        peer.predict_proba(texts[:1])
        peer.forget(texts)
        start = time.process_time()
        probabilities[test] = peer.predict_proba(texts)
        rates.append(len(texts) / (time.process_time() - start))
        with tempfile.TemporaryDirectory() as folder:
            peer.save(Path(folder))
            sizes.append(sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file()) / 1e6)
    # In bytes on macOS, in KiB elsewhere.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    rate, size = statistics.median(rates), statistics.median(sizes)
    return Outcome(probabilities, rate, size, peak / 1e6, time.process_time(), chosen)


def choose(peer: Peer, frame: pd.DataFrame, seed: int) -> Settings:
    """Give the candidate with the best macro-F1 on a part of the training side that it was not fitted on."""
    train, test = grouped_folds(frame, INNER_FOLDS, seed)[0]
    texts, truth = texts_of(frame.iloc[test]), frame["motivation"].iloc[test].tolist()
    best, found = -1.0, {}
    for settings in peer.trials(frame.iloc[train].reset_index(drop=True)):
        said = np.array(MOTIVATIONS)[peer.predict_proba(texts).argmax(axis=1)]
        score = f1_score(truth, said, labels=list(MOTIVATIONS), average="macro", zero_division=0.0)
        if score > best:
            best, found = score, settings
    return found


def predicted_of(probabilities: NDArray[np.float64]) -> pd.DataFrame:
    """Lay probabilities out as `IncidentClassifier.label` does, with nothing said of the rest."""
    columns = {f"p_motivation_{name}": probabilities[:, place] for place, name in enumerate(MOTIVATIONS)}
    unsaid = {"p_incident": np.nan, **{f"p_impact_{domain}": np.nan for domain in IMPACTS}}
    return pd.DataFrame(columns).assign(
        is_incident=True,
        motivation=np.array(MOTIVATIONS, dtype=object)[probabilities.argmax(axis=1)],
        impact="",
        p_motivation_undetermined=0.0,
        **unsaid,
    )


def print_data(paths: list[Path], corpus: pd.DataFrame, frame: pd.DataFrame, arguments: argparse.Namespace) -> None:
    """Print what was compared, on what, where and when."""
    words = statistics.mean(len(text.split()) for text in texts_of(frame))
    print(f"`{shlex.join(['python', *sys.argv])}`\n")
    print(f"- Data: {', '.join(path.name for path in paths)}; SHA-256 `{corpus_hash(corpus)[:16]}…`; {len(frame):,} of")
    print(f"  {len(corpus):,} documents have one of the three motivations; these are on")
    print(f"  {frame['incident'].nunique():,} incidents and have {words:.0f} words each on average")
    print(f"- Folds: {arguments.folds}, by incident; seed {arguments.seed}; contenders at a time: {arguments.jobs}")
    print(f"- Machine: {processor()}, {os.cpu_count()} cores, {platform.system()}; {date.today().isoformat()}")
    print(f"- With: Python {platform.python_version()}, {', '.join(versions())}\n")


def processor() -> str:
    """Name the processor, where the system tells."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def versions() -> list[str]:
    """Name the releases of what is installed."""
    found = []
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return found


def print_table(frame: pd.DataFrame, outcomes: dict[str, Outcome | str], seed: int) -> None:
    """Print the figures of everybody, then the settings that were chosen."""
    labelled = frame[["is_incident", "motivation", "incident"]].assign(impact=None)
    width = max(len(PEERS[name].title) for name in outcomes)
    columns = ("macro-F1 (95 % interval)", "calibration error", "documents/s", "model, MB", "peak, MB")
    print(f"| {'contender':<{width}} | {' | '.join(columns)} |")
    print(f"|{'-' * (width + 2)}|{'|'.join('-' * (len(column) + 1) + ':' for column in columns)}|")
    for name, outcome in outcomes.items():
        start = f"| {PEERS[name].title:<{width}} |"
        if isinstance(outcome, str):
            print(f"{start} {outcome} | | | | |")
            continue
        figures = intervals(labelled, predicted_of(outcome.probabilities), random_state=seed)
        f1 = "{value:.3f} ({low:.3f} to {high:.3f})".format(**figures["motivation_macro_f1"])
        error = figures["calibration_error"]["value"]
        # Two digits are all that a shared machine repeats.
        rate = f"{float(f'{outcome.rate:.2g}'):,.0f}" if outcome.rate < 1e6 else "reads none"
        print(f"{start} {f1:>24} | {error:>17.3f} | {rate:>11} | {outcome.size:>9.1f} | {outcome.memory:>8,.0f} |")
    print("\nSettings chosen, each with its number of folds, and processor time of everything:\n")
    for name, outcome in outcomes.items():
        if not isinstance(outcome, str):
            print(f"- {PEERS[name].title}: {settings_line(outcome.chosen)}; {outcome.seconds:,.0f} s")


def settings_line(chosen: list[Settings]) -> str:
    """Write settings with their numbers of folds, the most frequent first."""
    counts = Counter(", ".join(f"{key}={value}" for key, value in settings.items()) for settings in chosen)
    return "; ".join(f"{settings or 'nothing to choose'} ({count})" for settings, count in counts.most_common())


if __name__ == "__main__":
    main()
