"""The command that hands labels to other tools: export."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

# Nothing heavy up here: `cyberclass --help` must answer at once.
from cyberclass.commands.options import add_command, check_ending

if TYPE_CHECKING:
    from cyberclass.exchange.export import ExportSummary


def add(commands: "argparse._SubParsersAction") -> None:
    """Add the command."""
    examples = [
        "cyberclass export labels.jsonl --to stix -o bundle.json",
        "cyberclass export labels.csv --to misp -o events.json",
        "cyberclass export labels.parquet --to eurepoc -o coded.csv",
    ]
    summary = "write labels in the format of another tool: STIX, MISP, VERIS, EuRepoC"
    command = add_command(commands, "export", summary, examples, export)
    command.description = (
        f"{command.description} Rows that are no incident are left out; those that cannot be had in the format go to "
        "FILE.rejects.csv, with the reason."
    )
    command.add_argument(
        "source", type=Path, metavar="LABELS", help="what label wrote (.csv .tsv .jsonl .parquet .xlsx)"
    )
    command.add_argument(
        "--to",
        required=True,
        metavar="FORMAT",
        help="stix (a bundle of STIX 2.1), misp (events), veris (incidents) or eurepoc (a table in its coding)",
    )
    command.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="FILE",
        help="file to write: .json, or .csv for eurepoc; - for standard output",
    )


def export(arguments: argparse.Namespace) -> int:
    """Write labels in the format of another tool."""
    from cyberclass.exchange.export import export_labels
    from cyberclass.exchange.format import make_format

    check_ending(arguments, lambda path: make_format(arguments.to, path), arguments.output)
    _print_summary(export_labels(arguments.source, arguments.output, arguments.to))
    return 0


def _print_summary(summary: "ExportSummary") -> None:
    counts = {"not incidents": summary.not_incidents, "the same as an earlier one": summary.repeated}
    left_out = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    print(
        f"exported {summary.exported:,} of {summary.rows:,} rows in {summary.seconds:.1f} s"
        f"{f', {summary.unread:,} of them texts that the model could not read' if summary.unread else ''}"
        f"{f'; left out {left_out}' if left_out else ''}",
        file=sys.stderr,
    )
    if summary.output:
        print(f"written to {summary.output}", file=sys.stderr)
    if summary.rejected:
        where = f"the reasons are in {summary.rejects}" if summary.rejects else "name a file to see the reasons"
        print(f"cyberclass: warning: set aside {summary.rejected:,} rows; {where}", file=sys.stderr)
    if summary.without_date:
        print(
            f"cyberclass: warning: {summary.without_date:,} incidents have a date that could not be read, which is "
            "left out; expected one such as 2025-03-31, 2025-03 or 2025",
            file=sys.stderr,
        )
    if summary.without_motivation:
        print(
            f"cyberclass: warning: {summary.without_motivation:,} motivations are no labels of the codebook, and the "
            "format has no word for them: they stand among our own labels alone",
            file=sys.stderr,
        )
