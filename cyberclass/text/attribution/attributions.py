"""Attributions: what a text says of who was behind an attack, and the main one of several."""

from collections.abc import Sequence
from dataclasses import dataclass

#: How firmly somebody attributes, the firmest first.
STANCES = ("confirmed", "assessed", "suspected", "claimed", "denied", "unknown")

#: Who attributes, the most official first.
SPEAKERS = ("government", "company", "victim", "actor", "unnamed")


@dataclass(frozen=True)
class Attribution:
    """That a text says who was behind an attack.

    Attributes
    ----------
    by : str
        Who says so, one of ``SPEAKERS``.
    stance : str
        How firmly, one of ``STANCES``.
    actor : str
        Who did it, claims it or did not do it, as the text names it; empty if nobody is named.
    start, end : int
        The sentence that says so, in characters of the text.
    """

    by: str
    stance: str
    actor: str
    start: int
    end: int


def main_attribution(found: Sequence[Attribution]) -> Attribution | None:
    """Choose the firmest attribution, of equally firm ones the most official, and of these the first.

    Parameters
    ----------
    found : sequence of Attribution

    Returns
    -------
    Attribution or None
        None if there is none.
    """
    return min(found, key=lambda each: (STANCES.index(each.stance), SPEAKERS.index(each.by)), default=None)


def without_background(found: Sequence[Attribution]) -> list[Attribution]:
    """Leave out rumours of somebody whom another clears: they are told only to be rejected."""
    cleared = {
        each.actor for each in found if each.stance == "denied" and each.by in ("company", "victim", "government")
    }
    return [
        each
        for each in found
        if each.by != "unnamed" or each.stance not in ("suspected", "assessed") or each.actor not in cleared
    ]
