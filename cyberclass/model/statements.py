"""What texts say themselves, beside what a model says of them: who did it, who says so, whom else they name."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cyberclass.text.actors import ActorMention, find_actors_of
from cyberclass.text.attribution import Attribution, find_attributions, main_attribution, motivation_source
from cyberclass.text.names import NameMatch
from cyberclass.text.roundups import reports_several


class Statements(NamedTuple):
    """What a text says of who did it, in its order, and the actors that it names."""

    attributions: list[Attribution]
    actors: list[ActorMention]


def find_statements(
    labels: pd.DataFrame, texts: Sequence[str], matches: Sequence[Sequence[NameMatch]], unread: NDArray[np.bool_]
) -> list[Statements]:
    """Find what texts say.

    Parameters
    ----------
    labels : DataFrame, n rows
        As `IncidentLabeller.label` returns it.
    texts : sequence of str, length n
    matches : sequence of sequences of NameMatch, length n
        The known names of each.
    unread : ndarray of bool, shape (n,)
        Texts that the model cannot read: of them there are known names alone. Nor are there attributions of what is no
        incident.

    Returns
    -------
    list of Statements, length n
    """
    is_told = labels["is_incident"].to_numpy(dtype=bool) & ~unread
    return [
        Statements(
            [_named(each, actors) for each in find_attributions(text)] if is_of_incident else [],
            [actor for actor in actors if actor.known or not is_unread],
        )
        for text, actors, is_of_incident, is_unread in zip(
            texts, find_actors_of(texts, matches), is_told.tolist(), unread.tolist(), strict=True
        )
    ]


def _named(attribution: Attribution, actors: Sequence[ActorMention]) -> Attribution:
    """Give an actor that has no name ("the group") the one that its sentence names, if it is one."""
    named = {actor.name for actor in actors if attribution.start <= actor.start < attribution.end}
    if len(named) != 1 or not attribution.actor.islower():
        return attribution
    return replace(attribution, actor=named.pop())


def add_statements(labels: pd.DataFrame, texts: Sequence[str], statements: Sequence[Statements]) -> None:
    """Add the columns of what texts say, in place; parameters as `find_statements` takes and gives them."""
    rows = [
        _row(text, motivation, found)
        for text, motivation, found in zip(texts, labels["motivation"], statements, strict=True)
    ]
    for place, name in enumerate(_Row._fields):
        labels[name] = pd.Series([row[place] for row in rows], dtype=bool if name == "several_incidents" else object)


class _Row(NamedTuple):
    attribution_by: str
    attribution_stance: str
    attribution_actor: str
    attribution_sentence: str
    motivation_source: str
    actors_unlisted: str
    several_incidents: bool


def _row(text: str, motivation: str | None, found: Statements) -> _Row:
    main = main_attribution(found.attributions)
    return _Row(
        *((main.by, main.stance, main.actor, text[main.start : main.end]) if main else ("",) * 4),
        motivation_source(motivation, found.attributions),
        ";".join(dict.fromkeys(actor.name for actor in found.actors if not actor.known)),
        reports_several(text),
    )
