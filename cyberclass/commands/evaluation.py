"""The commands that say how good models are: evaluate and crossval."""

import argparse
import sys
from pathlib import Path
from typing import Any

# Nothing heavy up here: `cyberclass --help` must answer at once.
from cyberclass.commands.options import add_command, add_report, add_taxonomy, model_folder, taxonomy_of_corpus


def add(commands: "argparse._SubParsersAction") -> None:
    """Add the commands."""
    _add_evaluate(commands)
    _add_crossval(commands)


def _add_evaluate(commands: "argparse._SubParsersAction") -> None:
    examples = [
        "cyberclass evaluate models/default labelled.csv -o report/",
        "cyberclass evaluate models/mine --compare models/default test.jsonl -o report/",
    ]
    command = add_command(commands, "evaluate", "say how good a model is on labelled reports", examples, evaluate)
    command.add_argument("model", type=Path, metavar="MODEL", help="folder of a model, or default")
    command.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="labelled reports: JSON Lines as the codebook has it, folders of them, or a table with a text and "
        "the columns is_incident, motivation or impact",
    )
    command.add_argument("--compare", type=Path, metavar="MODEL", help="another model, to compare on the same reports")
    add_report(command)


def _add_crossval(commands: "argparse._SubParsersAction") -> None:
    examples = [
        "cyberclass crossval corpus/ -o report/",
        "cyberclass crossval corpus/ --by time --date 2022",
        "cyberclass crossval corpus/ ours.jsonl --by source",
    ]
    command = add_command(
        commands,
        "crossval",
        "say how good models are that learn from part of a corpus, on the rest",
        examples,
        crossval,
    )
    command.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="labelled reports, as evaluate takes them")
    command.add_argument(
        "--by", default="incident", choices=("incident", "time", "source"), help="how to split (default: incident)"
    )
    add_taxonomy(command)
    command.add_argument("--folds", type=int, metavar="N", help="folds of --by incident (default: 5)")
    command.add_argument(
        "--date", metavar="YYYY[-MM[-DD]]", help="of --by time: test from then (default: the last fifth)"
    )
    add_report(command)


def evaluate(arguments: argparse.Namespace) -> int:
    """Evaluate a model."""
    from cyberclass.corpora.labelled import read_labelled
    from cyberclass.evaluation.evaluation import evaluate_model
    from cyberclass.model.store import load_model

    folder = model_folder(arguments.model)
    compared = model_folder(arguments.compare) if arguments.compare else None
    model, other = load_model(folder), load_model(compared) if compared else None
    frame = read_labelled(arguments.paths, model.taxonomy_)
    evaluation = evaluate_model(model, frame, folder, other, compared)
    return _deliver(evaluation, arguments.output)


def crossval(arguments: argparse.Namespace) -> int:
    """Cross-validate."""
    from cyberclass.corpora.labelled import read_labelled
    from cyberclass.corpora.splits import N_FOLDS
    from cyberclass.evaluation.crossval import cross_validate
    from cyberclass.model.classifier import IncidentClassifier

    for option, by in (("folds", "incident"), ("date", "time")):
        if getattr(arguments, option) is not None and arguments.by != by:
            arguments.misused(f"--{option} goes with --by {by}, not with --by {arguments.by}.")
    taxonomy = taxonomy_of_corpus(arguments)
    frame = read_labelled(arguments.paths, taxonomy)
    if sys.stderr.isatty():
        print(f"Learning from {len(frame):,} documents, several times over; this takes minutes.", file=sys.stderr)
    evaluation = cross_validate(
        frame,
        arguments.by,
        n_folds=N_FOLDS if arguments.folds is None else arguments.folds,
        date=arguments.date,
        n_jobs=-1,
        estimator=IncidentClassifier(taxonomy=taxonomy),
    )
    return _deliver(evaluation, arguments.output)


def _deliver(evaluation: dict[str, Any], folder: Path | None) -> int:
    """Write a report, or print it."""
    from cyberclass.evaluation.headlines import warnings_of
    from cyberclass.evaluation.report import write_markdown, write_report

    red, plain = ("\x1b[1;31m", "\x1b[0m") if sys.stdout.isatty() else ("", "")
    warnings = "".join(f"{red}{line}{plain}\n\n" for line in warnings_of(evaluation))
    if folder is None:
        print(f"{warnings}{write_markdown(evaluation, with_warnings=False)}", end="")
        return 0
    write_report(evaluation, folder)
    print(f"{warnings}{evaluation['verdict']}")
    print(f"Written: {folder / 'report.html'}, report.md, report.json and predictions.csv.")
    return 0
