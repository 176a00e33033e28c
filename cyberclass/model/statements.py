"""What texts say themselves, beside what a model says of them: who did it, who says so, whom else they name."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cyberclass.text.actors import find_actors_of
from cyberclass.text.attribution import find_attributions, main_attribution, motivation_source
from cyberclass.text.names import NameMatch
from cyberclass.text.roundups import reports_several


def add_statements(
    labels: pd.DataFrame, texts: Sequence[str], matches: Sequence[Sequence[NameMatch]], unread: NDArray[np.bool_]
) -> None:
    """Add the columns of what texts say, in place.

    Parameters
    ----------
    labels : DataFrame, n rows
        As `IncidentLabeller.label` returns it, which says what the columns are.
    texts : sequence of str, length n
    matches : sequence of sequences of NameMatch, length n
        The known names of each.
    unread : ndarray of bool, shape (n,)
        Texts that the model cannot read: nothing is looked for in them, nor are attributions in what is no incident.
    """
    told: dict[str, list[str]] = {
        name: []
        for name in (
            "attribution_by",
            "attribution_stance",
            "attribution_actor",
            "attribution_sentence",
            "motivation_source",
        )
    }
    is_told = labels["is_incident"].to_numpy(dtype=bool) & ~unread
    for text, motivation, is_of_incident in zip(texts, labels["motivation"], is_told.tolist(), strict=True):
        found = find_attributions(text) if is_of_incident else []
        main = main_attribution(found)
        row = (main.by, main.stance, main.actor, text[main.start : main.end]) if main else ("",) * 4
        source = motivation_source(motivation, found) if is_of_incident else ""
        for values, value in zip(told.values(), (*row, source), strict=True):
            values.append(value)
    for name, values in told.items():
        labels[name] = values
    labels["actors_unlisted"] = [
        "" if is_unread else ";".join(dict.fromkeys(actor.name for actor in actors if not actor.known))
        for actors, is_unread in zip(find_actors_of(texts, matches), unread.tolist(), strict=True)
    ]
    labels["several_incidents"] = [
        not is_unread and reports_several(text) for text, is_unread in zip(texts, unread.tolist(), strict=True)
    ]
