"""The command line: arguments in, library call, one translation of errors into a sentence and an exit code."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, redirect_stdout
from pathlib import Path
from typing import Any, NoReturn

# Nothing heavy up here: `cyberclass --help` must answer at once.
from cyberclass import corpus_commands
from cyberclass.arguments import make_parser
from cyberclass.errors import CyberclassError, ModelError, ReportError

#: What a shell reports of a program whose reader went away (128 and the number of SIGPIPE).
_READER_GONE = 141
_INTERRUPTED = 130
_BY_SIGNAL = 128


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
    arguments = make_parser().parse_args(argv)
    _end_cleanly()
    try:
        code: int = _COMMANDS[arguments.command](arguments)
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


def _end_cleanly() -> None:
    """Let a terminal that closes, or a polite kill, unwind what is half written, as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        return
    for name in ("SIGTERM", "SIGHUP"):
        # Windows has no SIGHUP; one that is ignored (nohup) stays so.
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, lambda number, _: sys.exit(_BY_SIGNAL + number))


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
        page = stack.enter_context(_open_report(arguments)) if arguments.report else None
        summary = label_reports(
            source, output, model, text_column=arguments.text_column, progress=progress, drift=model.drift
        )
        if page and summary.drift:
            from cyberclass.evaluation.drift_page import write_drift_page

            page(write_drift_page(summary.drift, source, model.name))
    if on_terminal and (not arguments.output or (output != "-" and model.is_complete)):
        print_labels(model.titles, model.labels, summary.rows - summary.rejected)
    print_summary(summary, arguments.report)
    return 0


def _check_label(arguments: argparse.Namespace) -> None:
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
        _check_ending(arguments)


def _check_ending(arguments: argparse.Namespace) -> None:
    from cyberclass.labelling.writers import open_writer

    try:
        open_writer(arguments.output)
    except ReportError as error:
        arguments.misused(str(error))


def _open_report(arguments: argparse.Namespace) -> AbstractContextManager[Callable[[str], None]]:
    """Make sure that there will be a page to write, and a file for it, before any work."""
    from cyberclass.evaluation.drift_page import open_page
    from cyberclass.labelling.label import check_apart
    from cyberclass.model.store import default_model, read_card

    (source,) = arguments.source
    if source != "-":
        check_apart(source, arguments.report)
    folder = arguments.model or default_model()
    if "reference" not in read_card(folder):
        raise ModelError(
            f"{folder}: its card has no reference figures to compare reports with; train it again, or leave out "
            "--report."
        )
    return open_page(arguments.report)


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

    folder = _model_folder(arguments.model)
    compared = _model_folder(arguments.compare) if arguments.compare else None
    model, other = load_model(folder), load_model(compared) if compared else None
    frame = read_labelled(arguments.paths, model.taxonomy_)
    evaluation = evaluate_model(model, frame, folder, other, compared)
    return _deliver(evaluation, arguments.output)


def _model_folder(named: Path) -> Path:
    """Find a model's folder; "default" is the one that comes along, unless there is a folder of that name."""
    from cyberclass.model.store import default_model

    return default_model() if str(named) == "default" and not named.exists() else named


def _crossval(arguments: argparse.Namespace) -> int:
    from cyberclass.corpora.about import find_taxonomy
    from cyberclass.corpora.labelled import read_labelled
    from cyberclass.evaluation.crossval import N_FOLDS, cross_validate
    from cyberclass.model.classifier import IncidentClassifier

    for option, by in (("folds", "incident"), ("date", "time")):
        if getattr(arguments, option) is not None and arguments.by != by:
            arguments.misused(f"--{option} goes with --by {by}, not with --by {arguments.by}.")
    taxonomy = find_taxonomy(arguments.paths, arguments.taxonomy)
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


def _train(arguments: argparse.Namespace) -> int:
    from cyberclass.evaluation.pictures import check_ending
    from cyberclass.model.store import check_free, default_model
    from cyberclass.training.curve_plot import draw_curve
    from cyberclass.training.learning_curve import learning_curve, summarise
    from cyberclass.training.material import gather
    from cyberclass.training.terminal import Steps, print_curve, print_training
    from cyberclass.training.trainer import save_training, train_model

    if not (arguments.output or arguments.learning_curve):
        arguments.misused("found nothing to make; expected --output FOLDER, --learning-curve FILE, or both.")
    if arguments.output:
        check_free(arguments.output)
    if arguments.learning_curve:
        check_ending(arguments.learning_curve)
    base = _model_folder(arguments.base) if arguments.base else None
    training = curve = None
    with Steps() as steps:
        steps("reading documents", 0.0)
        material = gather(
            arguments.paths,
            taxonomy=arguments.taxonomy,
            weights=_source_weights(arguments.weight, arguments.misused),
            base=base,
        )
        if arguments.output:
            training = train_model(
                material,
                searched=arguments.search,
                hold_out=arguments.hold_out,
                other=base or default_model(),
                n_jobs=-1,
                progress=steps,
            )
            save_training(training, arguments.output)
        if arguments.learning_curve:
            curve = learning_curve(material, n_jobs=-1, progress=steps)
            draw_curve(curve, arguments.learning_curve)
    if training is not None:
        print_training(training)
    if curve is not None:
        print_curve(summarise(curve))
    for path in filter(None, (arguments.output, arguments.learning_curve)):
        print(f"Written: {path}")
    return 0


def _source_weights(given: list[str], misused: Callable[[str], NoReturn]) -> dict[str, float]:
    weights = {}
    for each in given:
        source, _, weight = each.rpartition("=")
        try:
            weights[source] = float(weight)
        except ValueError:
            misused(f"--weight: found {each!r}; expected a source and a number, as in eurepoc=0.5.")
    return weights


def _suggest(arguments: argparse.Namespace) -> int:
    from cyberclass.labelling.suggest import suggest_reports
    from cyberclass.labelling.terminal import Progress
    from cyberclass.model.store import default_model, load_model, seen_texts

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


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "label": _label,
    "evaluate": _evaluate,
    "crossval": _crossval,
    "train": _train,
    "suggest": _suggest,
    "corpus check": corpus_commands.check,
    "corpus stats": corpus_commands.stats,
    "corpus merge": corpus_commands.merge,
    "corpus split": corpus_commands.split,
    "corpus sample": corpus_commands.sample,
    "corpus convert": corpus_commands.convert,
    "corpus audit": corpus_commands.audit,
    "corpus import": corpus_commands.import_,
}
