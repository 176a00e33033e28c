"""Canonical actors: what the table of known names says of a main name, and who of them a text holds responsible."""

from collections.abc import Iterable
from functools import lru_cache

from cyberclass.text.attribution.motivation import find_known
from cyberclass.text.names import KnownName, load_names

#: Stances of a text which says that somebody did it, however firmly.
_ATTRIBUTING = frozenset({"confirmed", "assessed", "suspected", "claimed"})


def find_actor(name: str) -> KnownName | None:
    """Find a known actor by its main name; None for one that the table does not have."""
    return _by_name().get(name)


def aliases_of(actor: KnownName) -> list[str]:
    """Give an actor's other names, in the order of the table, each once."""
    return [alias for alias in dict.fromkeys((*actor.aliases, *actor.guarded)) if alias != actor.name]


def culprits_of(actors: Iterable[str], unlisted: Iterable[str], attributed: str, stance: str) -> tuple[str, ...]:
    """Choose the actors that a text attributes an incident to.

    Parameters
    ----------
    actors : iterable of str
        Main names of known ones that it names.
    unlisted : iterable of str
        Names of others that it names.
    attributed : str
        Whom it attributes the incident to, by any names, joined by ";".
    stance : str
        How firmly.

    Returns
    -------
    tuple of str
        None of them where it denies it, or says nothing.
    """
    if stance not in _ATTRIBUTING:
        return ()
    said = [name.strip() for name in attributed.split(";")]
    known = {*said, *(match.name for name in said for match in find_known(name))}
    others = {name.casefold() for name in said}
    chosen = [name for name in actors if name in known] + [name for name in unlisted if name.casefold() in others]
    return tuple(dict.fromkeys(chosen))


@lru_cache(maxsize=1)
def _by_name() -> dict[str, KnownName]:
    return {known.name: known for known in load_names().names}
