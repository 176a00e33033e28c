"""The command line: arguments in, library call, one translation of errors into a sentence and an exit code."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from typing import Any, NoReturn

# Nothing heavy up here: `cyberclass --help` must answer at once.
from cyberclass import __version__
from cyberclass.errors import CyberclassError, ReportError

#: What a shell reports of a program whose reader went away (128 and the number of SIGPIPE).
_READER_GONE = 141
_INTERRUPTED = 130

_EXIT_CODES = """\
exit codes:
  0    done; rows that had to be set aside are counted in a warning
  1    an error: a file that cannot be read or written, nothing could be labelled, faults in a corpus
  2    a command that is not understood
  130  interrupted (Ctrl-C); nothing was written
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name; those of the process if None.

    Returns
    -------
    int
        The exit code, as ``cyberclass --help`` lists them. A command that is not understood raises SystemExit, as
        argparse does.
    """
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except CyberclassError as error:
        print(f"cyberclass: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("cyberclass: interrupted; nothing was written", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        # What is still in the buffer goes nowhere, or Python would complain of it on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _READER_GONE
    return code


def _parser() -> argparse.ArgumentParser:
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
    corpus = _add(
        commands, "corpus", "check or count labelled documents", ["cyberclass corpus check corpus/"]
    ).add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, run, summary in (
        ("check", _check, "list every place where labelled documents do not follow the codebook"),
        ("stats", _stats, "count labelled documents by source, label, genre, year and length"),
    ):
        command = _add(corpus, name, summary, [f"cyberclass corpus {name} corpus/"])
        command.add_argument("paths", nargs="+", metavar="PATH", help="JSON Lines file, or folder of *.jsonl files")
        command.set_defaults(run=run)
    return parser


def _add(
    commands: "argparse._SubParsersAction", name: str, summary: str, examples: list[str]
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog="\n  ".join([f"example{'s' if len(examples) > 1 else ''}:", *examples]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return command


def _add_label(commands: "argparse._SubParsersAction") -> None:
    examples = [
        "cyberclass label reports.csv -o labels.csv",
        "cyberclass label 'news/*.html' -o labels.xlsx",
        "cyberclass label feed.jsonl --text-column summary | head",
        'cyberclass label --text "The gang froze the hospital\'s files and wants money."',
    ]
    command = _add(commands, "label", "label reports: incident or not, motivation, impact", examples)
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
        help="add motivation_set: the motivations of which the true one is among with this probability, such as 0.9",
    )
    command.set_defaults(run=_label, misused=command.error)


def _add_evaluate(commands: "argparse._SubParsersAction") -> None:
    examples = [
        "cyberclass evaluate models/default labelled.csv -o report/",
        "cyberclass evaluate models/mine --compare models/default test.jsonl -o report/",
    ]
    command = _add(commands, "evaluate", "say how good a model is on labelled reports", examples)
    command.add_argument("model", type=Path, metavar="MODEL", help="folder of a model")
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
    command.set_defaults(run=_evaluate)


def _add_crossval(commands: "argparse._SubParsersAction") -> None:
    examples = [
        "cyberclass crossval corpus/ -o report/",
        "cyberclass crossval corpus/ --by time --date 2022",
        "cyberclass crossval corpus/ ours.jsonl --by source",
    ]
    command = _add(
        commands, "crossval", "say how good models are that learn from part of a corpus, on the rest", examples
    )
    command.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="labelled reports, as evaluate takes them")
    command.add_argument(
        "--by", default="incident", choices=("incident", "time", "source"), help="how to split (default: incident)"
    )
    command.add_argument("--folds", type=int, default=5, metavar="N", help="folds of --by incident (default: 5)")
    command.add_argument(
        "--date", metavar="YYYY[-MM[-DD]]", help="of --by time: test from then (default: the last fifth)"
    )
    _add_output(command)
    command.set_defaults(run=_crossval)


def _add_output(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FOLDER",
        help="folder for report.html, report.md, report.json and predictions.csv; without it the report is printed",
    )


def _label(arguments: argparse.Namespace) -> int:
    _check_label(arguments)
    if arguments.text is not None:
        return _label_text(arguments.text, arguments.model, arguments.coverage)
    from cyberclass.labelling.label import label_reports
    from cyberclass.labelling.terminal import LabelledOnScreen, Progress, print_labels, print_summary

    (source,) = arguments.source
    on_terminal = sys.stdout.isatty()
    model = LabelledOnScreen(arguments.model, arguments.coverage)
    output = arguments.output or "-"
    # Of a pipe nobody knows the end, at which a bar must go before the rows come.
    has_bar = sys.stderr.isatty() and (source, output) != ("-", "-")
    with ExitStack() as stack:
        progress = stack.enter_context(Progress()) if has_bar else None
        if on_terminal and not arguments.output:
            # The terminal gets a table of these rows; as CSV they go nowhere.
            stack.enter_context(redirect_stdout(stack.enter_context(Path(os.devnull).open("w"))))
        summary = label_reports(source, output, model, text_column=arguments.text_column, progress=progress)
    if on_terminal and (not arguments.output or (output != "-" and model.is_complete)):
        print_labels(model.titles, model.labels, summary.rows - summary.rejected)
    print_summary(summary)
    return 0


def _check_label(arguments: argparse.Namespace) -> None:
    """Tell what is wrong with the arguments before any work."""
    misused: Callable[[str], NoReturn] = arguments.misused
    sources = arguments.source
    if arguments.text is not None:
        if sources or arguments.output or arguments.text_column:
            misused("--text stands alone or with --model: it takes no SOURCE, --output or --text-column.")
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

        try:
            open_writer(arguments.output)
        except ReportError as error:
            misused(str(error))


def _label_text(text: str, folder: str | None, coverage: float | None) -> int:
    from cyberclass.text.mending import mend

    text = mend(text)
    if not any(map(str.isalpha, text)):
        raise ReportError("--text: nothing could be labelled: found no words; expected the text of a report.")
    from cyberclass import load_model

    labels = load_model(folder).label([text], coverage=coverage)
    if sys.stdout.isatty():
        from cyberclass.labelling.terminal import print_one

        print_one(labels)
    else:
        from cyberclass.labelling.values import is_missing, json_text, values_of

        row = {name: values_of(labels[name])[0] for name in labels.columns}
        print(json_text({name: None if is_missing(value) else value for name, value in row.items()}))
    return 0


def _evaluate(arguments: argparse.Namespace) -> int:
    from cyberclass.corpora.labelled import read_labelled
    from cyberclass.evaluation.evaluation import evaluate_model
    from cyberclass.model.store import load_model

    model, folder = load_model(arguments.model), arguments.compare
    other = load_model(folder) if folder else None
    evaluation = evaluate_model(model, read_labelled(arguments.paths), arguments.model, other, folder)
    return _deliver(evaluation, arguments.output)


def _crossval(arguments: argparse.Namespace) -> int:
    from cyberclass.corpora.labelled import read_labelled
    from cyberclass.evaluation.crossval import cross_validate

    frame = read_labelled(arguments.paths)
    evaluation = cross_validate(frame, arguments.by, n_folds=arguments.folds, date=arguments.date, n_jobs=-1)
    return _deliver(evaluation, arguments.output)


def _deliver(evaluation: dict[str, Any], folder: Path | None) -> int:
    """Write a report, or print it."""
    from cyberclass.evaluation.headlines import warnings_of
    from cyberclass.evaluation.report import write_markdown, write_report

    if folder is None:
        print(write_markdown(evaluation), end="")
        return 0
    write_report(evaluation, folder)
    red, plain = ("\x1b[1;31m", "\x1b[0m") if sys.stdout.isatty() else ("", "")
    for line in warnings_of(evaluation):
        print(f"{red}{line}{plain}")
    print(evaluation["verdict"])
    print(f"Written: {folder / 'report.html'}, report.md, report.json and predictions.csv.")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from cyberclass.corpora.documents import check_corpus, read_corpus

    faults = check_corpus(arguments.paths)
    for file, line, field, found, expected in faults.itertuples(index=False):
        print(f"{file}:{line}: {f'{field}: ' if field else ''}found {found}, expected {expected}")
    if len(faults):
        return 1
    frame = read_corpus(arguments.paths)
    print(f"{len(frame):,} documents on {frame['incident'].nunique():,} incidents: no fault")
    return 0


def _stats(arguments: argparse.Namespace) -> int:
    from cyberclass.corpora.documents import read_corpus
    from cyberclass.corpora.statistics import corpus_stats

    tables = corpus_stats(read_corpus(arguments.paths))
    if sys.stdout.isatty():
        from cyberclass.labelling.terminal import print_counts

        print_counts(tables)
    else:
        print("\n\n".join(f"{name}\n\n{table.to_string()}" for name, table in tables.items()))
    return 0
