"""The command that says why one report has its labels."""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

# Nothing heavy up here: `cyberclass --help` must answer at once.
from cyberclass.commands.options import add_command, add_model, name_model
from cyberclass.errors import ReportError

if TYPE_CHECKING:
    from cyberclass.model.explanation import Explanation

_ENDINGS = (".html", ".htm", ".json")


def add(commands: "argparse._SubParsersAction") -> None:
    """Add the command."""
    examples = [
        "cyberclass explain report.txt",
        "cyberclass explain report.pdf -o report.html",
        "cyberclass explain reports.csv --row 12 -o reasons.json",
        'cyberclass explain --text "The gang froze the hospital\'s files and wants money."',
    ]
    command = add_command(commands, "explain", "say why a report has its labels, word by word", examples, explain)
    command.add_argument(
        "source",
        nargs="?",
        metavar="SOURCE",
        help="one report (.txt .md .html .pdf .docx), a table as label takes it with --row, or - for standard input",
    )
    command.add_argument("--text", help="explain this text instead of a SOURCE")
    command.add_argument("--row", type=int, metavar="N", help="row of a table, from 1")
    command.add_argument("--text-column", metavar="NAME", help="column that holds the text (default: the usual names)")
    command.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="page (.html) to read, or .json for programs; without it the reasons are printed",
    )
    add_model(command)
    command.add_argument(
        "--any-language",
        action="store_true",
        help="explain a report in another language than the model's like all others; else it stays open",
    )


def explain(arguments: argparse.Namespace) -> int:
    """Explain one report."""
    if (arguments.source is None) == (arguments.text is None):
        arguments.misused("found no report, or two; expected a SOURCE (a file, or -), or --text.")
    if arguments.text is not None and (arguments.row is not None or arguments.text_column):
        arguments.misused("--text is one report: it takes no --row and no --text-column.")
    if arguments.row is not None and arguments.row < 1:
        arguments.misused(f"--row: found {arguments.row}; expected the number of a row, from 1.")
    with ExitStack() as stack:
        write = None
        if arguments.output:
            from cyberclass.evaluation.page_file import open_file

            write = stack.enter_context(open_file(arguments.output, _ENDINGS))
        name, text = _read(arguments)
        from cyberclass.model.store import load_labeller

        name_model(arguments)
        explanation = load_labeller(arguments.model).explain(text, arguments.any_language)
        if write is None:
            from cyberclass.labelling.reasons import print_reasons

            print_reasons(explanation)
        else:
            write(_as_file(explanation, name, arguments.output))
            print(f"written to {arguments.output}", file=sys.stderr)
    return 0


def _read(arguments: argparse.Namespace) -> tuple[str, str]:
    """Give the report that the arguments name: what it is called, and its text."""
    if arguments.text is None:
        from cyberclass.labelling.one_report import read_one

        return read_one(arguments.source, arguments.row, arguments.text_column, arguments.output)
    if not any(map(str.isalpha, arguments.text)):
        raise ReportError("--text: nothing could be explained: found no words; expected the text of a report.")
    return "Why these labels", arguments.text


def _as_file(explanation: "Explanation", name: str, path: Path) -> str:
    if path.suffix.lower() != ".json":
        return explanation.to_html(name)
    import json

    return json.dumps(explanation.to_dict(), ensure_ascii=False, indent=1) + "\n"
