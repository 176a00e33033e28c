"""What commands have in common: how one is added, and the arguments that several take."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

# Nothing heavy up here: `cyberclass --help` must answer at once.
from cyberclass.errors import ReportError

if TYPE_CHECKING:
    import pandas as pd

    from cyberclass.taxonomy import Taxonomy

#: What a command does with its arguments; returns the exit code.
Run = Callable[[argparse.Namespace], int]


def add_command(
    commands: "argparse._SubParsersAction", name: str, summary: str, examples: Sequence[str], run: Run | None = None
) -> argparse.ArgumentParser:
    """Add a command, or a group of them, with a sentence on it and examples.

    What a command parses has `run`, and `misused`, which exits.
    """
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog="\n  ".join([f"example{'s' if len(examples) > 1 else ''}:", *examples]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if run is not None:
        command.set_defaults(run=run, misused=command.error)
    return command


def add_taxonomy(command: argparse.ArgumentParser) -> None:
    """Add the option that names labels other than the codebook's."""
    command.add_argument(
        "--taxonomy",
        metavar="FILE",
        help="labels other than the codebook's, as TOML tables [motivations] and [impacts] of label = 'meaning'; or "
        "corpus, for the labels that occur (default: corpus.toml in a folder of documents, else the codebook)",
    )


def add_file(command: argparse.ArgumentParser) -> None:
    """Add the option that names a file of documents to write."""
    command.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="FILE",
        help="file to write: .jsonl, or a table in .csv .tsv .parquet .xlsx",
    )


def add_model(command: argparse.ArgumentParser) -> None:
    """Add the option that names a model."""
    command.add_argument("--model", metavar="MODEL", help="folder of a model, or default, the one that comes along")


def name_model(arguments: argparse.Namespace) -> None:
    """Put the folder in the place of the name "default"."""
    if arguments.model is not None:
        arguments.model = str(model_folder(Path(arguments.model)))


def add_report(command: argparse.ArgumentParser) -> None:
    """Add the option that names the folder of an evaluation's report."""
    command.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FOLDER",
        help="folder for report.html, report.md, report.json and predictions.csv; without it the report is printed",
    )


def check_ending(arguments: argparse.Namespace, opens: Callable[[Path], object], path: Path) -> None:
    """Tell that nothing writes such a file before any work."""
    misused: Callable[[str], NoReturn] = arguments.misused
    try:
        opens(path)
    except ReportError as error:
        misused(str(error))


def taxonomy_of_corpus(arguments: argparse.Namespace) -> "Taxonomy":
    """Find the labels that the documents of a command may have."""
    from cyberclass.corpora.about import find_taxonomy

    return find_taxonomy(arguments.paths, arguments.taxonomy)


def model_folder(named: Path) -> Path:
    """Find a model's folder; "default" is the one that comes along, unless there is a folder of that name."""
    from cyberclass.model.store import default_model

    return default_model() if str(named) == "default" and not named.exists() else named


def print_tables(tables: "dict[str, pd.DataFrame]") -> None:
    """Print tables of counts on standard output, for a person or for a pipe."""
    if sys.stdout.isatty():
        from cyberclass.labelling.terminal import print_counts

        print_counts(tables)
    else:
        print("\n\n".join(f"{name}\n\n{table.to_string()}" for name, table in tables.items()))
