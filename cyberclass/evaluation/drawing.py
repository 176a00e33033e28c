"""Drawings: palette and type that all share, and SVG for a page of HTML, whose light or dark its colours follow."""

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any

from cyberclass.errors import CyberclassError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Okabe and Ito's colours (2008, "Color Universal Design"), told apart by the colour-blind too.
BLUE, RED, GREEN = "#0072b2", "#d55e00", "#009e73"
INK, MUTED, RULE = "#111111", "#767676", "#dddddd"

#: The rest of that palette, for a taxonomy of more motivations: orange, sky, purple, yellow.
MORE = ("#e69f00", "#56b4e9", "#cc79a7", "#f0e442")

#: What a page may set; a plot that stands alone keeps the colour.
_VARIABLES = {BLUE: "blue", RED: "red", GREEN: "green", MUTED: "muted", RULE: "rule"}

_SETTINGS: dict[Any, Any] = {
    **{"svg.fonttype": "none", "font.family": "sans-serif", "font.size": 12},
    # A source may be called "$x$".
    "text.parse_math": False,
    **dict.fromkeys(("text.color", "axes.labelcolor", "xtick.labelcolor", "ytick.labelcolor"), INK),
    **dict.fromkeys(("axes.edgecolor", "xtick.color", "ytick.color"), MUTED),
    **dict.fromkeys(("axes.spines.top", "axes.spines.right", "legend.frameon"), False),
    **{"axes.grid": True, "axes.axisbelow": True, "grid.color": RULE},
    **{"axes.titlesize": 12, "axes.titlelocation": "left"},
}

_REMEDY = "A report needs matplotlib; install it with: pip install matplotlib."
_MOST_LETTERS = 28

#: What a file says of its making; left out, for the same figures give the same bytes, on whatever day.
_UNSAID: dict[str, dict[str, Any]] = {
    "svg": dict.fromkeys(("Creator", "Date", "Format", "Type")),
    "pdf": dict.fromkeys(("Creator", "Producer", "CreationDate")),
    "png": {"Software": None},
}

Points = Sequence[Sequence[float]]


def check_drawing() -> None:
    """Check that what draws is installed.

    Raises
    ------
    CyberclassError
        If it is not.
    """
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        raise CyberclassError(_REMEDY) from error


def render(
    kind: str, size: tuple[int, int], draw: Callable[["Figure"], None], settings: Mapping[Any, Any], **saved: Any
) -> bytes:
    """Let a figure be drawn, the same bytes for the same drawing.

    Parameters
    ----------
    kind : str
        "svg", "pdf" or "png".
    size : (int, int)
        Width and height, in points.
    draw : callable
        Draws on the figure that it is given.
    settings : mapping
        Of matplotlib, besides those that all drawings share.
    **saved
        As ``Figure.savefig`` takes them.

    Raises
    ------
    CyberclassError
        If matplotlib is missing.
    """
    check_drawing()
    import matplotlib
    from matplotlib.figure import Figure

    written = BytesIO()
    with matplotlib.rc_context(), warnings.catch_warnings():
        # Of letters that matplotlib's own font lacks: the reader's browser has them.
        warnings.simplefilter("ignore")
        # Whatever the user's own settings are.
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({**_SETTINGS, **settings})
        figure = Figure(figsize=(size[0] / 72, size[1] / 72), layout="constrained")
        draw(figure)
        figure.savefig(written, format=kind, metadata=_UNSAID[kind], **saved)
    return written.getvalue()


def svg(width: int, height: int, title: str, description: str, draw: Callable[["Figure"], None]) -> str:
    """Make a figure of a size in pixels, let it be drawn, and turn it into what a page can hold."""
    key = "plot-" + sha256(f"{title}\n{description}".encode(errors="replace")).hexdigest()[:8]
    # A pixel of the page is a point here.
    drawn = render("svg", (width, height), draw, {"svg.hashsalt": key}, transparent=True).decode()
    body = drawn[drawn.index(">", drawn.index("<svg")) + 1 :]
    # A style element would hold for the whole page, and names of groups come twice in it.
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", body, count=1, flags=re.DOTALL)
    body = re.sub(r"<[^>]*>", _retag, re.sub(r'<g id="[^"]*"', "<g", body))
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" font-family="sans-serif" stroke-linejoin="round" '
        f'role="img" aria-labelledby="{key} {key}-text"><title id="{key}">{escape(title)}</title>'
        f'<desc id="{key}-text">{escape(description)}</desc>{body}'
    )


def _retag(tag: re.Match[str]) -> str:
    """Leave font and colours to the page."""
    found = re.sub(r" ?font-family: [^;]*;", "", tag.group()).replace("xlink:href=", "href=")
    for color, name in _VARIABLES.items():
        found = found.replace(color, f"var(--{name}, {color})")
    return found.replace(INK, "currentColor")


def short_name(name: str) -> str:
    """Make a label of a name: one line, not too long."""
    shown = "".join(letter for letter in " ".join(name.split()) if letter.isprintable())
    return shown if len(shown) <= _MOST_LETTERS else f"{shown[: _MOST_LETTERS - 1]}…"


def columns_of(points: Points) -> list[list[float]]:
    """Give the first numbers of all points, the second, and so on."""
    return [list(column) for column in zip(*points, strict=True)]


def name_rows(axes: "Axes", names: Any, room: int = 0) -> None:
    """Let rows run from the top, each with its name; there is room for so many, if these are fewer."""
    axes.set_yticks(range(len(names)), map(short_name, names))
    axes.set_ylim(max(len(names), room) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
