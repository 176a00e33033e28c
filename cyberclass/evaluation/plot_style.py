"""Colours, type and labels that all pictures share."""

from typing import Any

#: Okabe and Ito's colours (2008, "Color Universal Design"), told apart by the colour-blind too.
BLUE, RED, GREEN = "#0072b2", "#d55e00", "#009e73"
INK, MUTED, RULE = "#111111", "#767676", "#dddddd"

SETTINGS: dict[Any, Any] = {
    **{"svg.fonttype": "none", "font.family": "sans-serif", "font.size": 12},
    # A source may be called "$x$".
    "text.parse_math": False,
    **dict.fromkeys(("text.color", "axes.labelcolor", "xtick.labelcolor", "ytick.labelcolor"), INK),
    **dict.fromkeys(("axes.edgecolor", "xtick.color", "ytick.color"), MUTED),
    **dict.fromkeys(("axes.spines.top", "axes.spines.right", "legend.frameon"), False),
    **{"axes.grid": True, "axes.axisbelow": True, "grid.color": RULE},
    **{"axes.titlesize": 12, "axes.titlelocation": "left"},
}

REMEDY = "A report needs matplotlib; install it with: pip install matplotlib."

#: The rest of that palette, for a taxonomy of more motivations: orange, sky, purple, yellow.
MORE = ("#e69f00", "#56b4e9", "#cc79a7", "#f0e442")

MOST_LETTERS = 28


def label_of(name: str) -> str:
    """Make a label of a name: one line, not too long."""
    shown = "".join(letter for letter in " ".join(name.split()) if letter.isprintable())
    return shown if len(shown) <= MOST_LETTERS else f"{shown[: MOST_LETTERS - 1]}…"
