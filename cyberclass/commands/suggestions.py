"""The command that chooses reports to label: suggest."""

import argparse
import sys
from contextlib import ExitStack

# Nothing heavy up here: `cyberclass --help` must answer at once.
from cyberclass.commands.options import add_command, add_model, name_model


def add(commands: "argparse._SubParsersAction") -> None:
    """Add the command."""
    examples = [
        "cyberclass suggest unlabelled.csv -n 100 -o to-label.xlsx",
        "cyberclass suggest 'news/*.html' --model models/ours -o to-label.csv",
    ]
    command = add_command(
        commands, "suggest", "choose the reports whose labels would teach a model most", examples, suggest
    )
    command.description = (
        f"{command.description} Fill in the empty columns is_incident, motivation and impact, delete the rows you did "
        "not label, and give the table to train. Reports that the model was trained on, and repeated ones, are left "
        "out."
    )
    command.add_argument("source", metavar="SOURCE", help="unlabelled reports, as label takes them")
    command.add_argument("-n", type=int, default=100, metavar="N", help="reports to choose (default: 100)")
    command.add_argument(
        "-o",
        "--output",
        default="-",
        metavar="FILE",
        help="file to write: .csv .tsv .xlsx .parquet .jsonl, or - for CSV on standard output (default)",
    )
    command.add_argument("--text-column", metavar="NAME", help="column that holds the text (default: the usual names)")
    add_model(command)


def suggest(arguments: argparse.Namespace) -> int:
    """Choose reports to label."""
    from cyberclass.labelling.suggest import suggest_reports
    from cyberclass.labelling.terminal import Progress
    from cyberclass.model.store import default_model, load_model, seen_texts

    name_model(arguments)
    folder = default_model() if arguments.model is None else arguments.model
    model, seen = load_model(folder), seen_texts(folder)
    with ExitStack() as stack:
        has_bar = sys.stderr.isatty() and (arguments.source, arguments.output) != ("-", "-")
        summary = suggest_reports(
            arguments.source,
            arguments.output,
            model,
            arguments.n,
            seen=seen or frozenset(),
            text_column=arguments.text_column,
            progress=stack.enter_context(Progress()) if has_bar else None,
        )
    print(f"suggested {summary.suggested:,} of {summary.rows:,} reports", file=sys.stderr)
    if summary.rejected:
        print(f"cyberclass: warning: set aside {summary.rejected:,} that cannot be read", file=sys.stderr)
    if seen is None:
        print(f"cyberclass: warning: {folder} does not tell which reports it was trained on", file=sys.stderr)
    return 0
