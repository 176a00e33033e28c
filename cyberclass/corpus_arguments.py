"""The arguments of `cyberclass corpus`, and what `--help` says of them."""

import argparse
from pathlib import Path

_INPUT = (
    "labelled documents: JSON Lines as the codebook has them, folders of *.jsonl files, or tables (.csv .tsv .json "
    ".parquet .xlsx) with a text and the columns is_incident, motivation or impact"
)


def add_command(
    commands: "argparse._SubParsersAction", name: str, summary: str, examples: list[str]
) -> argparse.ArgumentParser:
    """Add a command with a sentence on it and examples."""
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog="\n  ".join([f"example{'s' if len(examples) > 1 else ''}:", *examples]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return command


def add_taxonomy(command: argparse.ArgumentParser) -> None:
    """Add the option that names labels other than the codebook's."""
    command.add_argument(
        "--taxonomy",
        metavar="FILE",
        help="labels other than the codebook's, as TOML tables [motivations] and [impacts] of label = 'meaning'; or "
        "corpus, for the labels that occur (default: corpus.toml beside the documents, else the codebook)",
    )


def add_corpus(commands: "argparse._SubParsersAction") -> None:
    """Add the commands that read and write labelled documents."""
    corpus = add_command(
        commands,
        "corpus",
        "import, check, count, merge, split, sample, convert or audit labelled documents",
        ["cyberclass corpus check corpus/"],
    ).add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_import(corpus)
    _add_check(corpus)
    _add_stats(corpus)
    _add_merge(corpus)
    _add_split(corpus)
    _add_sample(corpus)
    _add_convert(corpus)
    _add_audit(corpus)


def _add_one(
    corpus: "argparse._SubParsersAction", name: str, summary: str, examples: list[str], nargs: str | None = "+"
) -> argparse.ArgumentParser:
    command = add_command(corpus, name, summary, [f"cyberclass corpus {name} {example}" for example in examples])
    # A list even where there is one, for all commands alike.
    command.add_argument("paths", nargs=nargs or 1, type=Path, metavar="PATH", help=_INPUT)
    add_taxonomy(command)
    command.set_defaults(command=f"corpus {name}", misused=command.error)
    return command


def _add_import(corpus: "argparse._SubParsersAction") -> None:
    examples = [
        "cyberclass corpus import eurepoc EuRepoC_Global_Database_1.1.csv -o eurepoc.jsonl",
        "cyberclass corpus import csv ours.xlsx --text Summary --motivation Actor --map labels.toml -o ours.jsonl",
        "cyberclass corpus import csv ours.csv --motivation Actor --map APT=state-sponsored -o ours.jsonl",
    ]
    summary = "read a database of the field, or a table of one's own, as labelled documents"
    command = add_command(corpus, "import", summary, examples)
    command.description = (
        f"{summary[0].upper()}{summary[1:]}. The database's own words are kept beside the labels. Rows that are no "
        "document go to FILE.rejects.csv, with the reason."
    )
    command.add_argument(
        "source",
        metavar="SOURCE",
        help="eurepoc, cissm, vcdb, hackmageddon, cfr, dcid, stix, misp, or csv for any other table (.csv .tsv .jsonl "
        ".json .parquet .xlsx)",
    )
    command.add_argument("path", type=Path, metavar="PATH", help="the file, or folder")
    _add_file(command)
    own = command.add_argument_group("of csv")
    for option in ("id", "incident", "date", "title", "text", "is-incident", "motivation", "impact", "actor", "source"):
        own.add_argument(
            f"--{option}",
            dest=f"column_{option.replace('-', '_')}",
            metavar="COLUMN",
            help=f"column of the {option.replace('-', ' ')} (default: the one of that name)",
        )
    own.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="MAP",
        help="what the table's words mean: a TOML file with tables [motivation] and [impact], or WORD=LABEL; may be "
        "given again",
    )
    add_taxonomy(command)
    command.set_defaults(command="corpus import", misused=command.error)


def _add_check(corpus: "argparse._SubParsersAction") -> None:
    summary = "list every place where labelled documents do not follow the codebook"
    _add_one(corpus, "check", summary, ["corpus/", "ours.csv"])


def _add_stats(corpus: "argparse._SubParsersAction") -> None:
    summary = "count labelled documents by source, label, genre, year and length"
    command = _add_one(corpus, "stats", summary, ["corpus/", "ours.xlsx --plot ours.png"])
    command.add_argument(
        "--plot", type=Path, metavar="FILE", help="draw them, too: .png .svg or .pdf (needs matplotlib)"
    )


def _add_merge(corpus: "argparse._SubParsersAction") -> None:
    summary = "make one corpus of several: copies become one, near-duplicates share an incident"
    command = _add_one(corpus, "merge", summary, ["ours.jsonl theirs.csv -o all.jsonl"])
    command.description = (
        f"{summary[0].upper()}{summary[1:]}. Documents of the same words whose labels contradict each other are all "
        "left out, and near-duplicates that do are all kept; FILE.conflicts.csv lists both."
    )
    _add_file(command)


def _add_split(corpus: "argparse._SubParsersAction") -> None:
    summary = "part a corpus to train and to test, with no incident on both sides"
    command = _add_one(corpus, "split", summary, ["ours.jsonl -o parts/", "ours.jsonl -o parts/ --by time --date 2022"])
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
    command = _add_one(corpus, "sample", summary, ["ours.jsonl -n 100 -o sample.jsonl --by motivation"])
    command.add_argument("-n", type=int, required=True, metavar="N", help="documents to draw")
    _add_file(command)
    command.add_argument(
        "--by",
        choices=("motivation", "source", "genre", "year"),
        help="as many of each as there can be (default: as they come)",
    )
    _add_seed(command)


def _add_convert(corpus: "argparse._SubParsersAction") -> None:
    summary = "write labelled documents as a file of another kind, with nothing lost"
    command = _add_one(corpus, "convert", summary, ["ours.csv -o ours.jsonl", "ours.jsonl -o ours.xlsx"], nargs=None)
    _add_file(command)


def _add_audit(corpus: "argparse._SubParsersAction") -> None:
    summary = "list the labels that are most likely wrong, for a person to review"
    command = _add_one(corpus, "audit", summary, ["corpus/ -o doubts.csv", "ours.xlsx -o doubts.xlsx -n 30"])
    _add_file(command)
    command.add_argument("-n", type=int, default=100, metavar="N", help="doubts to list at most (default: 100)")


def _add_file(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="FILE",
        help="file to write: .jsonl, or a table in .csv .tsv .parquet .xlsx",
    )


def _add_seed(command: argparse.ArgumentParser) -> None:
    command.add_argument("--seed", type=int, default=0, metavar="N", help="another draws otherwise (default: 0)")
