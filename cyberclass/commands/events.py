"""Events of a run as JSON, one object a line on standard error, for whatever watches it."""

import json
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

# Nothing heavy up here: `cyberclass --help` must answer at once.
from cyberclass.errors import CyberclassError

if TYPE_CHECKING:
    from cyberclass.labelling.summary import LabelSummary

#: What the exit code of a program that a signal ended has beside the signal's number.
_BY_SIGNAL = 128


def log_event(event: str, facts: dict[str, Any]) -> None:
    """Write an event ("start", "part", "warning", "end", "error") with its time and its facts."""
    line = {"event": event, "time": datetime.now(UTC).isoformat(timespec="milliseconds"), **facts}
    print(json.dumps(line, ensure_ascii=False), file=sys.stderr, flush=True)


def log_summary(summary: "LabelSummary", page: Path | None = None) -> None:
    """Write what a person is told at the end of a run: warnings, then the end."""
    if summary.rejected:
        log_event("warning", {"message": "rows were set aside", "rows": summary.rejected, **_named(summary.rejects)})
    if summary.unread:
        message = "reports in another language than the model's, or of words that it does not know, stay undetermined"
        log_event("warning", {"message": message, "rows": summary.unread})
    if summary.drift and summary.drift.warning:
        log_event("warning", {"message": summary.drift.warning, **({"page": str(page)} if page else {})})
    log_event(
        "end",
        {
            "rows": summary.rows,
            "earlier": summary.earlier,
            "labelled": summary.labelled,
            "undetermined": summary.undetermined,
            "unread": summary.unread,
            "not_incidents": summary.not_incidents,
            "rejected": summary.rejected,
            "motivations": summary.motivations,
            "impacts": summary.impacts,
            "seconds": round(summary.seconds, 3),
            "rows_a_second": round(summary.rate, 1),
            "shares": {step: round(share, 3) for step, share in summary.shares.items()},
            "parts": summary.parts,
            "output": None if summary.output is None else str(summary.output),
            "exit_code": 0,
        },
    )


def logged(run: Callable[[], int]) -> int:
    """Run a command, and write an error that ends it as an event; gives the exit code."""
    try:
        return run()
    except CyberclassError as error:
        log_event("error", {"message": str(error), "exit_code": 1})
        return 1
    except KeyboardInterrupt as error:
        message = f"interrupted; {str(error) or 'nothing was written'}"
        log_event("error", {"message": message, "exit_code": 130})
        return 130
    except SystemExit as error:
        if isinstance(error.code, int) and error.code > _BY_SIGNAL:
            name = signal.Signals(error.code - _BY_SIGNAL).name
            log_event("error", {"message": f"ended by {name}; parts that were done are kept", "exit_code": error.code})
        raise


def log_misuse(message: str) -> NoReturn:
    """Write, as an event, that arguments do not go together, and exit."""
    log_event("error", {"message": message, "exit_code": 2})
    sys.exit(2)


def _named(rejects: Path | None) -> dict[str, str]:
    return {} if rejects is None else {"rejects": str(rejects)}
