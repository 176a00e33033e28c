"""Pictures that stand alone, in files: PNG, SVG or PDF, whole or not at all."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cyberclass.errors import ReportError
from cyberclass.evaluation.drawing import render
from cyberclass.text.whole import aside

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Endings of the files that a picture can be written to.
PICTURES = (".png", ".svg", ".pdf")


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
    # Letters as curves: whoever opens the file may not have the font.
    settings = {"svg.hashsalt": "picture", "svg.fonttype": "path"}
    content = render(path.suffix.lower()[1:], size, draw, settings, dpi=144, facecolor="white")
    try:
        with aside(path) as part:
            part.write_bytes(content)
    except OSError as error:
        raise ReportError(f"{path}: cannot be written ({error.strerror}); choose another file.") from error
