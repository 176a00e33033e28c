"""The commands on labelled documents: corpus check, stats, merge, split, sample, convert and audit."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

# Nothing heavy up here: `cyberclass --help` must answer at once.
from cyberclass.commands import sources
from cyberclass.commands.options import (
    Run,
    add_command,
    add_file,
    add_taxonomy,
    check_ending,
    print_tables,
    taxonomy_of_corpus,
)

_INPUT = (
    "labelled documents: JSON Lines as the codebook has them, folders of *.jsonl files, or tables (.csv .tsv .json "
    ".parquet .xlsx) with a text and the columns is_incident, motivation or impact"
)


def add(commands: "argparse._SubParsersAction") -> None:
    """Add the commands that read and write labelled documents."""
    summary = "import, check, count, merge, split, sample, convert or audit labelled documents"
    group = add_command(commands, "corpus", summary, ["cyberclass corpus check corpus/"])
    corpus = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    sources.add(corpus)
    _add_check(corpus)
    _add_stats(corpus)
    _add_merge(corpus)
    _add_split(corpus)
    _add_sample(corpus)
    _add_convert(corpus)
    _add_audit(corpus)


def _add_one(
    corpus: "argparse._SubParsersAction",
    name: str,
    summary: str,
    examples: Sequence[str],
    run: Run,
    nargs: str | None = "+",
) -> argparse.ArgumentParser:
    command = add_command(corpus, name, summary, [f"cyberclass corpus {name} {example}" for example in examples], run)
    # A list even where there is one, for all commands alike.
    command.add_argument("paths", nargs=nargs or 1, type=Path, metavar="PATH", help=_INPUT)
    add_taxonomy(command)
    return command


def _add_check(corpus: "argparse._SubParsersAction") -> None:
    summary = "list every place where labelled documents do not follow the codebook"
    _add_one(corpus, "check", summary, ["corpus/", "ours.csv"], check)


def _add_stats(corpus: "argparse._SubParsersAction") -> None:
    summary = "count labelled documents by source, label, genre, year and length"
    command = _add_one(corpus, "stats", summary, ["corpus/", "ours.xlsx --plot ours.png"], stats)
    command.add_argument(
        "--plot", type=Path, metavar="FILE", help="draw them, too: .png .svg or .pdf (needs matplotlib)"
    )


def _add_merge(corpus: "argparse._SubParsersAction") -> None:
    summary = "make one corpus of several: copies become one, near-duplicates share an incident"
    command = _add_one(corpus, "merge", summary, ["ours.jsonl theirs.csv -o all.jsonl"], merge)
    command.description = (
        f"{summary[0].upper()}{summary[1:]}. Documents of the same words whose labels contradict each other are all "
        "left out, and near-duplicates that do are all kept; FILE.conflicts.csv lists both."
    )
    add_file(command)


def _add_split(corpus: "argparse._SubParsersAction") -> None:
    summary = "part a corpus to train and to test, with no incident on both sides"
    command = _add_one(
        corpus, "split", summary, ["ours.jsonl -o parts/", "ours.jsonl -o parts/ --by time --date 2022"], split
    )
    command.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FOLDER", help="folder for train.jsonl and test.jsonl"
    )
    command.add_argument("--share", type=float, metavar="SHARE", help="share of documents to test with (default: 0.2)")
    command.add_argument(
        "--by",
        default="incident",
        choices=("incident", "time"),
        help="at random, each motivation alike, or the latest to test (default: incident)",
    )
    command.add_argument("--date", metavar="YYYY[-MM[-DD]]", help="of --by time: test from then")
    _add_seed(command)


def _add_sample(corpus: "argparse._SubParsersAction") -> None:
    summary = "draw labelled documents at random"
    command = _add_one(corpus, "sample", summary, ["ours.jsonl -n 100 -o sample.jsonl --by motivation"], sample)
    command.add_argument("-n", type=int, required=True, metavar="N", help="documents to draw")
    add_file(command)
    command.add_argument(
        "--by",
        choices=("motivation", "source", "genre", "year"),
        help="as many of each as there can be (default: as they come)",
    )
    _add_seed(command)


def _add_convert(corpus: "argparse._SubParsersAction") -> None:
    summary = "write labelled documents as a file of another kind, with nothing lost"
    command = _add_one(
        corpus, "convert", summary, ["ours.csv -o ours.jsonl", "ours.jsonl -o ours.xlsx"], convert, nargs=None
    )
    add_file(command)


def _add_audit(corpus: "argparse._SubParsersAction") -> None:
    summary = "list the labels that are most likely wrong, for a person to review"
    command = _add_one(corpus, "audit", summary, ["corpus/ -o doubts.csv", "ours.xlsx -o doubts.xlsx -n 30"], audit)
    add_file(command)
    command.add_argument("-n", type=int, default=100, metavar="N", help="doubts to list at most (default: 100)")


def _add_seed(command: argparse.ArgumentParser) -> None:
    command.add_argument("--seed", type=int, default=0, metavar="N", help="another draws otherwise (default: 0)")


def check(arguments: argparse.Namespace) -> int:
    """List every fault."""
    from cyberclass.corpora.labelled import check_labelled, read_labelled
    from cyberclass.corpora.tables import RowFault

    taxonomy = taxonomy_of_corpus(arguments)
    faults = check_labelled(arguments.paths, taxonomy)
    for fault in faults:
        if isinstance(fault, RowFault):
            print(fault)
        else:
            field = f"{fault.field}: " if fault.field else ""
            print(f"{fault.file}:{fault.line}: {field}found {fault.found}, expected {fault.expected}")
    if faults:
        return 1
    frame = read_labelled(arguments.paths, taxonomy)
    print(f"{len(frame):,} documents on {frame['incident'].nunique():,} incidents: no fault")
    return 0


def stats(arguments: argparse.Namespace) -> int:
    """Print tables of counts, and draw them."""
    from cyberclass.corpora.crosstables import cross_tables
    from cyberclass.corpora.labelled import read_labelled
    from cyberclass.corpora.statistics import corpus_stats

    if arguments.plot:
        from cyberclass.evaluation import pictures

        check_ending(arguments, pictures.check_ending, arguments.plot)
    taxonomy = taxonomy_of_corpus(arguments)
    frame = read_labelled(arguments.paths, taxonomy)
    print_tables({**corpus_stats(frame, taxonomy), **cross_tables(frame, taxonomy)})
    if arguments.plot:
        from cyberclass.evaluation.corpus_picture import draw_corpus

        draw_corpus(frame, arguments.plot, taxonomy)
        print(f"Written: {arguments.plot}.", file=sys.stderr)
    return 0


def merge(arguments: argparse.Namespace) -> int:
    """Make one corpus of several."""
    from cyberclass.corpora.labelled import labelled_files, read_checked
    from cyberclass.corpora.merging import merge_corpora
    from cyberclass.labelling.corpus_table import write_merged
    from cyberclass.labelling.writers import open_writer

    check_ending(arguments, open_writer, arguments.output)
    # Ids and texts that come again are what merging is for; in one file, an id of two documents is a fault.
    taxonomy = taxonomy_of_corpus(arguments)
    frames = [read_checked([file], taxonomy, unique=("id",)) for file in labelled_files(arguments.paths)]
    merged = merge_corpora(frames, taxonomy)
    listed = write_merged(merged, arguments.output)
    kept = int(merged.conflicts["kept"].sum())
    lines = [(source, rows, "documents") for source, rows in merged.rows.items()]
    lines += [
        ("joined", merged.joined, "incidents became part of another: near-duplicates share one"),
        ("removed", merged.removed, "copies, whose labels went to the document that is kept"),
        ("left out", merged.left_out, "documents of the same words as another, whose labels contradict each other"),
        (
            "conflicts",
            len(merged.conflicts),
            f"listed in {listed}; {kept} of near-duplicates, all kept" if listed else "",
        ),
        ("written", len(merged.documents), f"documents to {arguments.output}"),
    ]
    width = max(len(name) for name, _, _ in lines)
    digits = max(len(f"{count:,}") for _, count, _ in lines)
    for name, count, what in lines:
        print(f"{name:<{width}}  {count:>{digits},}  {what}".rstrip())
    return 0


def split(arguments: argparse.Namespace) -> int:
    """Part a corpus."""
    from cyberclass.corpora.documents import write_corpora
    from cyberclass.corpora.labelled import read_checked
    from cyberclass.corpora.parts import count_parts, part_corpus

    if arguments.date is not None:
        if arguments.by != "time":
            arguments.misused(f"--date goes with --by time, not with --by {arguments.by}.")
        if arguments.share is not None:
            arguments.misused("--date says what to test with, and so does --share; expected one of them.")
    parts = part_corpus(
        read_checked(arguments.paths, taxonomy_of_corpus(arguments)),
        0.2 if arguments.share is None else arguments.share,
        arguments.by,
        arguments.date,
        arguments.seed,
    )
    folder = arguments.output
    write_corpora({folder / "train.jsonl": parts.train, folder / "test.jsonl": parts.test})
    print_tables({f"test from {parts.date}" if parts.date else "parts": count_parts(parts)})
    if len(parts.left_out):
        print("Left out: what has no date, or one that may lie on either side.")
    print(f"Written: {folder / 'train.jsonl'} and test.jsonl.")
    return 0


def sample(arguments: argparse.Namespace) -> int:
    """Draw documents."""
    from cyberclass.corpora.labelled import read_checked
    from cyberclass.corpora.sampling import sample_corpus, strata_of
    from cyberclass.labelling.corpus_table import write_labelled
    from cyberclass.labelling.writers import open_writer

    check_ending(arguments, open_writer, arguments.output)
    frame = sample_corpus(
        read_checked(arguments.paths, taxonomy_of_corpus(arguments)), arguments.n, arguments.by, arguments.seed
    )
    write_labelled(frame, arguments.output)
    if arguments.by:
        counts = strata_of(frame, arguments.by).value_counts().sort_index()
        print(", ".join(f"{count} {name}" for name, count in counts.items()))
    print(f"Written: {len(frame):,} documents to {arguments.output}.")
    return 0


def convert(arguments: argparse.Namespace) -> int:
    """Write documents as another kind of file."""
    from cyberclass.corpora.labelled import read_checked
    from cyberclass.labelling.corpus_table import write_labelled
    from cyberclass.labelling.writers import open_writer

    check_ending(arguments, open_writer, arguments.output)
    frame = read_checked(arguments.paths, taxonomy_of_corpus(arguments))
    write_labelled(frame, arguments.output)
    print(f"Written: {len(frame):,} documents to {arguments.output}.")
    return 0


def audit(arguments: argparse.Namespace) -> int:
    """List the labels that are most likely wrong."""
    from cyberclass.corpora.labelled import read_labelled
    from cyberclass.evaluation.audit import audit_labels
    from cyberclass.labelling.writers import open_writer
    from cyberclass.model.classifier import IncidentClassifier

    check_ending(arguments, open_writer, arguments.output)
    taxonomy = taxonomy_of_corpus(arguments)
    frame = read_labelled(arguments.paths, taxonomy)
    audit = audit_labels(frame, arguments.n, estimator=IncidentClassifier(n_jobs=-1, taxonomy=taxonomy))
    with open_writer(arguments.output) as writer:
        writer.write(audit.doubts)
    # The rows may go to standard output.
    fields, where = audit.fields, arguments.output
    print(f"{fields.to_string()}\n", file=sys.stderr)
    print(
        f"{fields['doubted'].sum():,} of {fields['labels'].sum():,} labels are doubted; the {len(audit.doubts):,} most "
        f"doubtful are in {'standard output' if str(where) == '-' else where}",
        file=sys.stderr,
    )
    return 0
