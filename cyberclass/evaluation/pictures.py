"""Pictures that stand alone, in files: PNG, SVG or PDF, whole or not at all."""

import secrets
import warnings
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyberclass.errors import CyberclassError, ReportError
from cyberclass.evaluation.plot_style import REMEDY, SETTINGS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Endings of the files that a picture can be written to.
PICTURES = (".png", ".svg", ".pdf")

#: What a file says of its making; left out, for the same figures give the same bytes, on whatever day.
_UNSAID: dict[str, dict[str, Any]] = {
    "svg": dict.fromkeys(("Creator", "Date", "Format", "Type")),
    "pdf": dict.fromkeys(("Creator", "Producer", "CreationDate")),
    "png": {"Software": None},
}


def check_ending(path: str | Path) -> None:
    """Raise a ReportError if no picture can be written to a file of this ending."""
    suffix = Path(path).suffix
    if suffix.lower() not in PICTURES:
        raise ReportError(
            f"{path}: found the ending {suffix!r}; expected {', '.join(PICTURES[:-1])} or {PICTURES[-1]}."
        )


def write_picture(path: str | Path, size: tuple[int, int], draw: Callable[["Figure"], None]) -> None:
    """Let a figure be drawn, and write it to a file.

    Parameters
    ----------
    path : str or Path
        Ends in one of `PICTURES`; a file that was there is replaced, once the picture is complete.
    size : (int, int)
        Width and height, in points.
    draw : callable
        Draws on the figure that it is given.

    Raises
    ------
    ReportError
        If the file cannot be written, or its ending is another.
    CyberclassError
        If matplotlib is missing.
    """
    path = Path(path)
    check_ending(path)
    content = _draw(path.suffix.lower()[1:], size, draw)
    part = path.with_name(f".{path.name[:200]}.{secrets.token_hex(4)}.part")
    try:
        try:
            part.write_bytes(content)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise ReportError(f"{path}: cannot be written ({error.strerror}); choose another file.") from error


def _draw(kind: str, size: tuple[int, int], draw: Callable[["Figure"], None]) -> bytes:
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as error:
        raise CyberclassError(REMEDY) from error
    written = BytesIO()
    with matplotlib.rc_context(), warnings.catch_warnings():
        # Of letters that matplotlib's own font lacks.
        warnings.simplefilter("ignore")
        # Whatever the user's own settings are.
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({**SETTINGS, "svg.hashsalt": "picture", "svg.fonttype": "path"})
        figure = Figure(figsize=(size[0] / 72, size[1] / 72), layout="constrained")
        draw(figure)
        figure.savefig(written, format=kind, dpi=144, facecolor="white", metadata=_UNSAID[kind])
    return written.getvalue()
