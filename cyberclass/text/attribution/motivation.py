"""Whether a label of motivation rests on what the text itself says of the actor."""

from collections.abc import Sequence
from functools import lru_cache

from cyberclass.text.attribution.attributions import Attribution
from cyberclass.text.attribution.grammar import expressions_in, load_table
from cyberclass.text.attribution.places import load_places
from cyberclass.text.names import NameMatch, load_names

#: The motivation that follows from an actor's kind, as the table of known names has it.
_OF_KIND = {"state": "state-sponsored", "criminal": "criminal", "activist": "ideological"}


def motivation_source(motivation: str | None, attributions: Sequence[Attribution]) -> str:
    """Say whether a motivation is stated in the text or inferred from its words.

    Parameters
    ----------
    motivation : str or None
        The label; None, empty or "undetermined" if there is none.
    attributions : sequence of Attribution
        Of the text.

    Returns
    -------
    str
        "stated" if an attribution that is neither a denial nor leaves the author open names an actor of the kind that
        the label means, "inferred" otherwise, empty without a motivation.
    """
    if not motivation or motivation == "undetermined":
        return ""
    for attribution in attributions:
        if attribution.stance not in ("denied", "unknown") and motivation in motivations_of(attribution.actor):
            return "stated"
    return "inferred"


@lru_cache(maxsize=4096)
def motivations_of(actor: str) -> frozenset[str]:
    """Say what motivations an actor, as a text names it, speaks for.

    A known name counts by its kind. Of other words, those for activists and criminals count before those for states:
    "Russian-speaking gang", "pro-Russian hacktivists".
    """
    known = frozenset(_OF_KIND[match.kind] for match in find_known(actor))
    if known:
        return known
    words = f" {' '.join(actor.lower().replace('-', ' ').split())} "
    for motivation, phrases in _phrases().items():
        if any(f" {phrase} " in words for phrase in phrases):
            return frozenset((motivation,))
    places = load_places()
    tokens = actor.replace("-", " ").split()
    listed = places.countries | places.people | places.services
    runs = (" ".join(tokens[start : start + n]) for start in range(len(tokens)) for n in (1, 2, 3, 4))
    if not listed.isdisjoint(runs):
        return frozenset(("state-sponsored",))
    return frozenset()


def find_known(actor: str) -> list[NameMatch]:
    """Find the known names in an actor, as a text names it."""
    # Names that are everyday words too count in an actor's company only.
    return load_names().find(actor) or load_names().find(f"hackers {actor}")


@lru_cache(maxsize=1)
def _phrases() -> dict[str, frozenset[str]]:
    return {
        motivation: frozenset(phrase.replace("-", " ") for phrase in expressions_in(value))
        for motivation, value in load_table()["motivations"].items()
    }
