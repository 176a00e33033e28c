"""The arguments of the command line, and what `--help` says of them."""

import argparse
from pathlib import Path

# Nothing heavy up here: `cyberclass --help` must answer at once.
from cyberclass import __version__
from cyberclass.corpus_arguments import add_command, add_corpus, add_taxonomy

_EXIT_CODES = """\
exit codes:
  0    done; rows that had to be set aside are counted in a warning
  1    an error: a file that cannot be read or written, nothing could be labelled, faults in a corpus
  2    a command that is not understood
  130  interrupted (Ctrl-C); nothing was written; 129 and 143 likewise, by a closed terminal or a kill
"""


def make_parser() -> argparse.ArgumentParser:
    """Make the parser; what it parses has `command`, a name such as "label" or "corpus check"."""
    parser = argparse.ArgumentParser(
        prog="cyberclass",
        description="Label cyber-incident reports: who is behind an incident, and where it hurts.",
        epilog=f"example:\n  cyberclass label reports.csv -o labels.csv\n\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"cyberclass {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_label(commands)
    _add_evaluate(commands)
    _add_crossval(commands)
    _add_train(commands)
    _add_suggest(commands)
    add_corpus(commands)
    return parser


def _add_label(commands: "argparse._SubParsersAction") -> None:
    examples = [
        "cyberclass label reports.csv -o labels.csv",
        "cyberclass label 'news/*.html' -o labels.xlsx",
        "cyberclass label feed.jsonl --text-column summary | head",
        'cyberclass label --text "The gang froze the hospital\'s files and wants money."',
    ]
    command = add_command(commands, "label", "label reports: incident or not, motivation, impact", examples)
    command.add_argument(
        "source",
        nargs="*",
        metavar="SOURCE",
        help="a table (.csv .tsv .jsonl .json .parquet .xlsx), one report (.txt .md .html .pdf .docx), "
        "a folder of reports, a quoted pattern of file names, or - for standard input",
    )
    command.add_argument("--text", help="label this text instead of a SOURCE")
    command.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="file to write: .csv .tsv .jsonl .parquet .xlsx, or - for CSV on standard output; "
        "without it a terminal shows a table, and a pipe gets CSV",
    )
    command.add_argument("--text-column", metavar="NAME", help="column that holds the text (default: the usual names)")
    command.add_argument("--model", metavar="FOLDER", help="folder of a model (default: the one that comes along)")
    command.add_argument(
        "--coverage",
        type=float,
        metavar="SHARE",
        help="add motivation_set: motivations that include the true one with this probability, such as 0.9",
    )
    command.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="page (.html) that compares the reports with what the model was trained on: unknown words, confidence, "
        "length, mix of labels",
    )
    command.set_defaults(command="label", misused=command.error)


def _add_evaluate(commands: "argparse._SubParsersAction") -> None:
    examples = [
        "cyberclass evaluate models/default labelled.csv -o report/",
        "cyberclass evaluate models/mine --compare models/default test.jsonl -o report/",
    ]
    command = add_command(commands, "evaluate", "say how good a model is on labelled reports", examples)
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
    _add_output(command)
    command.set_defaults(command="evaluate")


def _add_crossval(commands: "argparse._SubParsersAction") -> None:
    examples = [
        "cyberclass crossval corpus/ -o report/",
        "cyberclass crossval corpus/ --by time --date 2022",
        "cyberclass crossval corpus/ ours.jsonl --by source",
    ]
    command = add_command(
        commands, "crossval", "say how good models are that learn from part of a corpus, on the rest", examples
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
    _add_output(command)
    command.set_defaults(command="crossval", misused=command.error)


def _add_train(commands: "argparse._SubParsersAction") -> None:
    examples = [
        "cyberclass train ours.jsonl eurepoc.jsonl --weight eurepoc=0.5 -o models/ours",
        "cyberclass train ours.jsonl --base default -o models/ours",
        "cyberclass train ours.jsonl --taxonomy labels.toml -o models/ours",
        "cyberclass train ours.jsonl --learning-curve curve.svg",
    ]
    command = add_command(commands, "train", "learn a model from labelled reports, and say how good it is", examples)
    command.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="labelled reports, as evaluate takes them")
    command.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="folder to write the model to")
    command.add_argument(
        "--base", type=Path, metavar="MODEL", help="learn from this model's training documents, too, at a lower weight"
    )
    command.add_argument(
        "--weight",
        action="append",
        default=[],
        metavar="SOURCE=W",
        help="how much a document of a source counts (default: 1); may be given again",
    )
    add_taxonomy(command)
    command.add_argument(
        "--hold-out", type=float, metavar="SHARE", help="share of incidents to keep for the figures, such as 0.2"
    )
    command.add_argument("--search", action="store_true", help="try several settings and take the best; takes longer")
    command.add_argument(
        "--learning-curve",
        type=Path,
        metavar="FILE",
        help="draw how good models of fewer documents are, as .svg, .png or .pdf, and say if more would help",
    )
    command.set_defaults(command="train", misused=command.error)


def _add_suggest(commands: "argparse._SubParsersAction") -> None:
    examples = [
        "cyberclass suggest unlabelled.csv -n 100 -o to-label.xlsx",
        "cyberclass suggest 'news/*.html' --model models/ours -o to-label.csv",
    ]
    command = add_command(commands, "suggest", "choose the reports whose labels would teach a model most", examples)
    command.description += (
        " Fill in the empty columns is_incident, motivation and impact, delete the rows you did not label, and "
        "give the table to train. Reports that the model was trained on, and repeated ones, are left out."
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
    command.add_argument("--model", metavar="FOLDER", help="folder of a model (default: the one that comes along)")
    command.set_defaults(command="suggest")


def _add_output(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FOLDER",
        help="folder for report.html, report.md, report.json and predictions.csv; without it the report is printed",
    )
