"""How long an export of 10,000 incidents takes in each format, and whether the field's own validators accept it.

The reports are those of corpus/, as the default model labels them, again and again under new ids until there are enough
incidents. Seconds are of one core, reading and writing included, without loading the libraries. A STIX bundle is
checked by stix2-validator, with every check but three that docs/exchange.md names, MISP events are loaded by pymisp,
and VERIS incidents and EuRepoC's table read by this package's importers.

    python benchmarks/exchange.py
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import pandas as pd
from pymisp import MISPEvent
from stix2validator import ValidationOptions, validate_file

from cyberclass import load_model
from cyberclass.corpora.documents import read_corpus, texts_of
from cyberclass.corpora.sources.importing import import_source
from cyberclass.corpora.sources.source import find_source
from cyberclass.exchange.export import export_labels
from cyberclass.exchange.format import FORMATS

CORPUS = Path(__file__).parents[1] / "corpus"
OPEN = ["uuid-check", "relationship-types", "extref-hashes"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=10_000, help="incidents (default: 10000)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        labels = Path(folder) / "labels.jsonl"
        write_labels(labels, arguments.n)
        print("| format | incidents | seconds | MB | accepted |")
        print("|---|---:|---:|---:|---|")
        for name in FORMATS:
            output = Path(folder) / f"out{'.csv' if name == 'eurepoc' else '.json'}"
            start = time.process_time()
            summary = export_labels(labels, output, name)
            seconds = time.process_time() - start
            size = output.stat().st_size / 1e6
            told = accepted(name, output)
            print(f"| {name} | {summary.exported:,} | {seconds:.1f} | {size:.0f} | {told} |", flush=True)


def write_labels(path: Path, n: int) -> None:
    """Write n incidents as the default model labels the corpus."""
    frame = read_corpus(CORPUS)
    labels = load_model().label(texts_of(frame))
    own = frame[["id", "title", "date", "text"]].reset_index(drop=True)
    rows = pd.concat([own, labels], axis=1)[labels["is_incident"]]
    dated = rows[rows["date"].notna()].to_dict("records")
    with path.open("w", encoding="utf-8") as file:
        for number in range(n):
            row = {**dated[number % len(dated)], "id": f"report-{number}"}
            file.write(json.dumps({name: None if value != value else value for name, value in row.items()}) + "\n")


def accepted(name: str, output: Path) -> str:
    """Say whether a format's own validator accepts a file, and how long it took."""
    start = time.process_time()
    if name == "stix":
        whole = validate_file(str(output), ValidationOptions(strict=True, version="2.1", disabled=OPEN)).is_valid
    elif name == "misp":
        events = json.loads(output.read_text(encoding="utf-8"))["response"]
        whole = all(str(load(event).uuid) == event["Event"]["uuid"] for event in events)
    else:
        imported = import_source(find_source({"veris": "vcdb"}.get(name, name)), output)
        # The same texts under other ids are set aside.
        whole = imported.rejects["reason"].str.startswith("the text of").all()
    return f"{'yes' if whole else 'NO'} ({time.process_time() - start:.0f} s)"


def load(event: dict[str, object]) -> MISPEvent:
    """Load an event."""
    loaded = MISPEvent()
    loaded.load(event)
    return loaded


if __name__ == "__main__":
    main()
