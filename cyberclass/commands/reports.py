"""The commands that read reports: label and suggest."""

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, redirect_stdout
from pathlib import Path
from typing import NoReturn

# Nothing heavy up here: `cyberclass --help` must answer at once.
from cyberclass.commands.options import add_command, check_ending, model_folder
from cyberclass.errors import ModelError, ReportError


def add(commands: "argparse._SubParsersAction") -> None:
    """Add the commands."""
    _add_label(commands)
    _add_suggest(commands)


def _add_label(commands: "argparse._SubParsersAction") -> None:
    examples = [
        "cyberclass label reports.csv -o labels.csv",
        "cyberclass label 'news/*.html' -o labels.xlsx",
        "cyberclass label feed.jsonl --text-column summary | head",
        'cyberclass label --text "The gang froze the hospital\'s files and wants money."',
    ]
    command = add_command(commands, "label", "label reports: incident or not, motivation, impact", examples, label)
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
    _add_model(command)
    command.add_argument(
        "--any-language",
        action="store_true",
        help="label reports like all others if they are in another language than the model's; else they stay "
        "undetermined",
    )
    command.add_argument(
        "--safe-cells",
        action="store_true",
        help="put an apostrophe before cells of CSV, TSV and Excel that a spreadsheet would take for a formula",
    )
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


def _add_suggest(commands: "argparse._SubParsersAction") -> None:
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
    _add_model(command)


def _add_model(command: argparse.ArgumentParser) -> None:
    command.add_argument("--model", metavar="MODEL", help="folder of a model, or default, the one that comes along")


def _name_model(arguments: argparse.Namespace) -> None:
    """Put the folder in the place of the name "default"."""
    if arguments.model is not None:
        arguments.model = str(model_folder(Path(arguments.model)))


def label(arguments: argparse.Namespace) -> int:
    """Label reports."""
    _check(arguments)
    _name_model(arguments)
    if arguments.text is not None:
        return _label_text(arguments.text, arguments.model, arguments.coverage, arguments.any_language)
    from cyberclass.labelling.label import label_reports
    from cyberclass.labelling.terminal import LabelledOnScreen, Progress, print_labels, print_summary

    (source,) = arguments.source
    on_terminal = sys.stdout.isatty()
    model = LabelledOnScreen(arguments.model, arguments.coverage, arguments.any_language)
    output = arguments.output or "-"
    # Of a pipe nobody knows the end, at which a bar must go before the rows come.
    has_bar = sys.stderr.isatty() and (source, output) != ("-", "-")
    with ExitStack() as stack:
        progress = stack.enter_context(Progress()) if has_bar else None
        if on_terminal and not arguments.output:
            # The terminal gets a table of these rows; as CSV they go nowhere.
            stack.enter_context(redirect_stdout(stack.enter_context(Path(os.devnull).open("w"))))
        page = stack.enter_context(_open_report(arguments)) if arguments.report else None
        summary = label_reports(
            source,
            output,
            model,
            text_column=arguments.text_column,
            safe_cells=arguments.safe_cells,
            progress=progress,
            drift=model.drift,
        )
        if page and summary.drift:
            from cyberclass.evaluation.drift_page import write_drift_page

            page(write_drift_page(summary.drift, source, model.name))
    if on_terminal and (not arguments.output or (output != "-" and model.is_complete)):
        print_labels(model.titles, model.labels, summary.rows - summary.rejected)
    print_summary(summary, arguments.report)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Tell what is wrong with the arguments before any work."""
    misused: Callable[[str], NoReturn] = arguments.misused
    sources = arguments.source
    if arguments.text is not None:
        if sources or arguments.output or arguments.text_column or arguments.report:
            misused("--text stands alone or with --model: it takes no SOURCE, --output, --text-column or --report.")
        return
    if not sources:
        misused("found nothing to label; expected a SOURCE (file, folder, quoted pattern or -), or --text.")
    if len(sources) > 1:
        misused(
            f"found {len(sources)} sources ({sources[0]}, {sources[1]}{', ...' if len(sources) > 2 else ''}); expected "
            "one: quote a pattern, as in 'news/*.txt', so that the shell leaves it as it is."
        )
    if arguments.output:
        from cyberclass.labelling.writers import open_writer

        check_ending(arguments, open_writer, arguments.output)


def _open_report(arguments: argparse.Namespace) -> AbstractContextManager[Callable[[str], None]]:
    """Make sure that there will be a page to write, and a file for it, before any work."""
    from cyberclass.evaluation.drift_page import open_page
    from cyberclass.labelling.writers import check_apart
    from cyberclass.model.store import default_model, read_card
    from cyberclass.text.folders import find_reports

    (source,) = arguments.source
    if source != "-":
        check_apart(find_reports(source).paths, arguments.report)
    folder = arguments.model or default_model()
    if "reference" not in read_card(folder):
        raise ModelError(
            f"{folder}: its card has no reference figures to compare reports with; train it again, or leave out "
            "--report."
        )
    return open_page(arguments.report)


def _label_text(text: str, folder: str | None, coverage: float | None, any_language: bool) -> int:
    from cyberclass.text.extent import mend_beginning

    text = mend_beginning(text)
    if not any(map(str.isalpha, text)):
        raise ReportError("--text: nothing could be labelled: found no words; expected the text of a report.")
    from cyberclass import load_model

    labels = load_model(folder).label([text], coverage=coverage, any_language=any_language)
    if sys.stdout.isatty():
        from cyberclass.labelling.terminal import print_one

        print_one(labels)
    else:
        from cyberclass.labelling.values import is_missing, json_text, values_of

        row = {name: values_of(labels[name])[0] for name in labels.columns}
        print(json_text({name: None if is_missing(value) else value for name, value in row.items()}))
    return 0


def suggest(arguments: argparse.Namespace) -> int:
    """Choose reports to label."""
    from cyberclass.labelling.suggest import suggest_reports
    from cyberclass.labelling.terminal import Progress
    from cyberclass.model.store import default_model, load_model, seen_texts

    _name_model(arguments)
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
