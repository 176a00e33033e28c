"""The command that labels reports: label."""

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, redirect_stdout
from pathlib import Path
from typing import Any, NoReturn

# Nothing heavy up here: `cyberclass --help` must answer at once.
from cyberclass.commands.events import log_event, log_misuse, log_summary, logged
from cyberclass.commands.options import add_command, add_model, check_ending, name_model
from cyberclass.errors import ModelError, ReportError


def add(commands: "argparse._SubParsersAction") -> None:
    """Add the command."""
    examples = [
        "cyberclass label reports.csv -o labels.csv",
        "cyberclass label 'news/*.html' -o labels.xlsx",
        "cyberclass label feed.jsonl --text-column summary | head",
        "cyberclass label news/*.parquet -o labels/ --jobs 4",
        'cyberclass label --text "The gang froze the hospital\'s files and wants money."',
    ]
    command = add_command(commands, "label", "label reports: incident or not, motivation, impact", examples, label)
    command.description = (
        f"{command.description} Files are written whole or not at all. Of 64 MB and more, and of folders of parts, "
        "what is labelled is kept when a run ends early: the same command again goes on from there."
    )
    command.add_argument(
        "source",
        nargs="*",
        metavar="SOURCE",
        help="tables (.csv .tsv .jsonl, as they are or with .gz .zst .bz2 .xz; .json .parquet .xlsx) or single reports "
        "(.txt .md .html .pdf .docx): files, folders of either, quoted patterns of file names; or - for standard input",
    )
    command.add_argument("--text", help="label this text instead of a SOURCE")
    command.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="file to write: .csv .tsv .jsonl (with .gz .zst .bz2 .xz: compressed) .parquet .xlsx, or - for CSV on "
        "standard output; or a folder (a name with a slash at its end) for a part for each file, several for a large "
        "one; without it a terminal shows a table, and a pipe gets CSV",
    )
    command.add_argument("--text-column", metavar="NAME", help="column that holds the text (default: the usual names)")
    add_model(command)
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
        "--evidence",
        action="store_true",
        help="add the phrases that speak most for each label, with their places and weights, and the sentence that "
        "speaks most for the motivation; see explain for one report",
    )
    command.add_argument(
        "--attribution",
        action="store_true",
        help="add who the text itself says did it, who says so, how firmly, in which sentence; other names of actors; "
        "whether it reports several incidents (slower)",
    )
    command.add_argument(
        "--split",
        choices=["sections"],
        help="make each section of a text that reports several incidents a row of its own",
    )
    command.add_argument(
        "--jobs",
        type=int,
        metavar="N",
        help="processes that label; the output is the same whatever their number (default: one a core from 64 MB of "
        "files on, else one)",
    )
    command.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="of a Dask scheduler, such as tcp://10.0.0.1:8786, whose workers read, label and write in place of this "
        "machine; SOURCE, FILE and model must be where they reach them",
    )
    command.add_argument(
        "--log-json",
        action="store_true",
        help="tell of the run in JSON, one object an event on standard error (start, part, warning, end, error), in "
        "place of the progress and the summary",
    )
    command.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="page (.html) that compares the reports with what the model was trained on: unknown words, confidence, "
        "length, mix of labels",
    )


def label(arguments: argparse.Namespace) -> int:
    """Label reports."""
    if not arguments.log_json:
        return _label(arguments)
    arguments.misused = log_misuse
    return logged(lambda: _label(arguments))


def _label(arguments: argparse.Namespace) -> int:
    _check(arguments)
    name_model(arguments)
    return _label_files(arguments) if arguments.text is None else _label_text(arguments)


def _label_files(arguments: argparse.Namespace) -> int:
    from cyberclass.labelling.label import label_reports
    from cyberclass.labelling.saved_model import SavedModel
    from cyberclass.labelling.terminal import Progress, Screen, print_labels, print_summary

    source = _source(arguments)
    on_terminal = sys.stdout.isatty()
    model = SavedModel(arguments.model, **_options(arguments))
    screen = Screen()
    output = arguments.output or "-"
    # Of a pipe nobody knows the end, at which a bar must go before the rows come.
    has_bar = sys.stderr.isatty() and (source, output) != ("-", "-") and not arguments.log_json
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
            by_section=arguments.split == "sections",
            jobs=arguments.jobs,
            cluster=arguments.cluster,
            progress=progress,
            show=screen if on_terminal else None,
            log=log_event if arguments.log_json else None,
        )
        if page and summary.drift:
            from cyberclass.evaluation.drift_page import write_drift_page

            page(write_drift_page(summary.drift, ", ".join(arguments.source), model.name))
    n_labelled = summary.rows - summary.rejected
    if on_terminal and (not arguments.output or (output != "-" and len(screen.titles) == n_labelled)):
        print_labels(screen.titles, screen.labels, n_labelled)
    if arguments.log_json:
        log_summary(summary, arguments.report)
    else:
        print_summary(summary, arguments.report)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Tell what is wrong with the arguments before any work."""
    misused: Callable[[str], NoReturn] = arguments.misused
    sources = arguments.source
    if arguments.text is not None:
        if sources or arguments.output or arguments.text_column or arguments.report or arguments.split:
            misused("--text stands alone: it takes no SOURCE, --output, --text-column, --report or --split.")
        return
    if not sources:
        misused("found nothing to label; expected a SOURCE (file, folder, quoted pattern or -), or --text.")
    if len(sources) > 1 and "-" in sources:
        misused("- stands alone: standard input is no part of several sources.")
    if arguments.jobs is not None and arguments.jobs < 1:
        misused(f"--jobs: found {arguments.jobs}; expected the number of processes, 1 or more.")
    if arguments.cluster and (arguments.jobs or sources == ["-"] or arguments.output in (None, "-")):
        misused("--cluster goes with files to read, --output and without --jobs: its workers are all that label.")
    if arguments.output:
        from cyberclass.labelling.label import is_folder
        from cyberclass.labelling.writers import open_writer

        if not is_folder(arguments.output):
            check_ending(arguments, open_writer, arguments.output)
        elif sources == ["-"]:
            misused(f"{arguments.output}: found a folder for the parts of standard input; expected the name of a file.")


def _options(arguments: argparse.Namespace) -> dict[str, Any]:
    """Give what a model is asked for."""
    return {name: getattr(arguments, name) for name in ("coverage", "any_language", "evidence", "attribution")}


def _source(arguments: argparse.Namespace) -> str | list[str]:
    """Give what to read: one source as itself."""
    sources: list[str] = arguments.source
    return sources[0] if len(sources) == 1 else sources


def _open_report(arguments: argparse.Namespace) -> AbstractContextManager[Callable[[str], None]]:
    """Make sure that there will be a page to write, and a file for it, before any work."""
    from cyberclass.evaluation.drift_page import open_page
    from cyberclass.labelling.writers import check_apart
    from cyberclass.model.store import default_model, read_card
    from cyberclass.text.folders import find_reports

    source = _source(arguments)
    if source != "-":
        check_apart(find_reports(source).paths, arguments.report)
    folder = arguments.model or default_model()
    if "reference" not in read_card(folder):
        raise ModelError(
            f"{folder}: its card has no reference figures to compare reports with; train it again, or leave out "
            "--report."
        )
    return open_page(arguments.report)


def _label_text(arguments: argparse.Namespace) -> int:
    from cyberclass.text.extent import mend_beginning

    text = mend_beginning(arguments.text)
    if not any(map(str.isalpha, text)):
        raise ReportError("--text: nothing could be labelled: found no words; expected the text of a report.")
    from cyberclass.labelling.evidence import trace_evidence
    from cyberclass.model.store import load_labeller

    labels = load_labeller(arguments.model).label([text], **_options(arguments))
    trace_evidence(labels, [text], {} if text == arguments.text else {0: arguments.text})
    if sys.stdout.isatty():
        from cyberclass.labelling.terminal import print_one

        print_one(labels)
    else:
        from cyberclass.labelling.values import is_missing, json_text, values_of

        row = {name: values_of(labels[name])[0] for name in labels.columns}
        print(json_text({name: None if is_missing(value) else value for name, value in row.items()}))
    return 0
