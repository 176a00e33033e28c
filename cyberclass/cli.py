"""The command line: arguments in, library call, one translation of errors into a sentence and an exit code."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence

# Nothing heavy up here: `cyberclass --help` must answer at once.
from cyberclass import __version__
from cyberclass.commands import corpus, evaluation, exchange, explanation, reports, suggestions, training
from cyberclass.errors import CyberclassError

_EXIT_CODES = """\
exit codes:
  0    done; rows that had to be set aside are counted in a warning
  1    an error: a file that cannot be read or written, nothing could be labelled, faults in a corpus
  2    a command that is not understood
  130  interrupted (Ctrl-C): no file is half written; 129 and 143 likewise, by a closed terminal or a kill
  141  whoever read the output went away
"""

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
    arguments = _make_parser().parse_args(argv)
    _end_cleanly()
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except CyberclassError as error:
        print(f"cyberclass: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt as error:
        print(f"cyberclass: interrupted; {str(error) or 'nothing was written'}", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        # What is still in the buffer goes nowhere, or Python would complain of it on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _READER_GONE
    return code


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cyberclass",
        description="Label cyber-incident reports: who is behind an incident, and where it hurts.",
        epilog=f"example:\n  cyberclass label reports.csv -o labels.csv\n\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"cyberclass {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for group in (reports, explanation, exchange, evaluation, training, suggestions, corpus):
        group.add(commands)
    return parser


def _end_cleanly() -> None:
    """Let a terminal that closes, or a polite kill, unwind what is half written, as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        return
    for name in ("SIGTERM", "SIGHUP"):
        # Windows has no SIGHUP; one that is ignored (nohup) stays so.
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, lambda number, _: sys.exit(_BY_SIGNAL + number))
