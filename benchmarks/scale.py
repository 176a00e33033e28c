"""Rows a second and memory of the whole command, by rows and by processes: `docs/scale.md` has what it printed.

Tables are made of articles, over and over, with three random words in each, so that nothing repeats exactly. Of one
file one process reads and writes; of several, each process its own. Runs of all kinds take turns, and the medians
count: what else the machine does meanwhile falls on all of them.

    python benchmarks/scale.py --texts articles.jsonl --rows 1000 10000 100000 --jobs 1 2 --files 1 8
"""

import argparse
import csv
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

COMMAND = [sys.executable, "-c", "import sys; from cyberclass.cli import main; sys.exit(main())", "label"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def main() -> None:
    """Parse arguments, make tables, label them, print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, required=True, help="JSON Lines with a field `text`")
    parser.add_argument("--rows", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--files", type=int, nargs="+", default=[1], help="that the rows are in (default: 1)")
    parser.add_argument("--repeats", type=int, default=3, help="rounds, of which the median counts (default: 3)")
    arguments = parser.parse_args()
    with arguments.texts.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    found: dict[tuple[int, int, int], list[tuple[float, float, float]]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for rows, files in product(arguments.rows, arguments.files):
            write_tables(folder / f"{rows}-{files}", texts, rows, files)
        for _, rows, files, jobs in product(range(arguments.repeats), arguments.rows, arguments.files, arguments.jobs):
            source, output = folder / f"{rows}-{files}", folder / "labels"
            where = [source, "-o", f"{output}/"] if files > 1 else [source / "0.csv", "-o", f"{output}.csv"]
            found.setdefault((rows, files, jobs), []).append(measure([*COMMAND, *where, "--jobs", jobs]))
            shutil.rmtree(output, ignore_errors=True)
    print("| rows | files | processes | seconds | rows/s | processor seconds | memory of the largest process, MB |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for (rows, files, jobs), runs in found.items():
        wall, spent, peak = (statistics.median(values) for values in zip(*runs, strict=True))
        print(f"| {rows:,} | {files} | {jobs} | {wall:.1f} | {rows / wall:,.0f} | {spent:.1f} | {peak:.0f} |")


def write_tables(folder: Path, texts: list[str], rows: int, files: int) -> None:
    """Write articles as CSV, into files of as many rows each."""
    folder.mkdir()
    draw = random.Random(0)
    for place in range(files):
        write_table(folder / f"{place}.csv", texts, range(place * rows // files, (place + 1) * rows // files), draw)


def write_table(path: Path, texts: list[str], numbers: range, draw: random.Random) -> None:
    """Write some of the rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text"])
        for number in numbers:
            words = texts[number % len(texts)].split(" ")
            for _ in range(3):
                words.insert(draw.randrange(len(words) + 1), "".join(draw.choices(LETTERS, k=9)))
            writer.writerow([number, " ".join(words)])


def measure(command: list[object]) -> tuple[float, float, float]:
    """Run a command; give its seconds, the processor's, and the peak of memory in MB of its largest process."""
    start = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
