"""Actors named in a text: those of the table of known names, and others by the words that introduce them."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cyberclass.text.introductions import load_introductions
from cyberclass.text.names import NameMatch, load_names


class ActorMention(NamedTuple):
    """An actor named in a text, from `start` to `end` in characters.

    `name` is the main name of a known actor, else the name as the text writes it; `kind` is one of `names.KINDS` and
    `country` an ISO 3166 alpha-2 code, each empty where nothing tells it.
    """

    name: str
    kind: str
    country: str
    start: int
    end: int
    known: bool


def find_actors(text: str) -> list[ActorMention]:
    """Find the actors named in a text, known ones and others.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of ActorMention
        In the order of the text, not overlapping; a known name goes before any other that it overlaps. Once a name is
        introduced, it counts everywhere in the text.

    Examples
    --------
    >>> [(each.name, each.kind) for each in find_actors("Cozy Bear, not a gang calling itself Salt Ferry, was there.")]
    [('APT29', 'state'), ('Salt Ferry', 'criminal')]
    """
    return find_actors_of([text])[0]


def find_actors_of(
    texts: Sequence[str], known: Iterable[Sequence[NameMatch]] | None = None
) -> list[list[ActorMention]]:
    """Find the actors named in each of several texts.

    Parameters
    ----------
    texts : sequence of str, length n
    known : iterable of sequences of NameMatch, length n, optional
        What `KnownNames.find` gave for each text, where that is known already.

    Returns
    -------
    list of list of ActorMention, length n
        As `find_actors` gives.
    """
    if known is None:
        known = map(load_names().find, texts)
    introduced = load_introductions().find(texts)
    return [_mentions(*each) for each in zip(texts, known, introduced, strict=True)]


def _mentions(text: str, matches: Sequence[NameMatch], introduced: dict[str, str]) -> list[ActorMention]:
    mentions = [ActorMention(*match, known=True) for match in matches]
    others = [
        actor._replace(start=match.start(), end=match.end())
        for name, kind in introduced.items()
        for actor in (_actor(name, kind),)
        for match in _written(name).finditer(text)
    ]
    if not others:
        return mentions
    # The longer ones first: whoever comes later must find room.
    taken = bytearray(len(text))
    for mention in mentions:
        taken[mention.start : mention.end] = b"\x01" * (mention.end - mention.start)
    for mention in sorted(others, key=lambda each: (each.start - each.end, each.start)):
        if not any(taken[mention.start : mention.end]):
            taken[mention.start : mention.end] = b"\x01" * (mention.end - mention.start)
            mentions.append(mention)
    return sorted(mentions, key=lambda each: each.start)


def _written(name: str) -> re.Pattern[str]:
    """A name as a text may have it, on one line or two."""
    return re.compile(r"(?<![\w@])" + r"\s+".join(map(re.escape, name.split())) + r"(?!\w)")


def _actor(name: str, kind: str) -> ActorMention:
    """The actor that is introduced by a name, known where the name would be if a group stood beside it."""
    introduction = "the group "
    match load_names().find(introduction + name):
        case [only] if only.start == len(introduction) and only.end >= len(introduction) + len(name):
            return ActorMention(*only, known=True)
    return ActorMention(name, kind, "", 0, 0, known=False)
