"""An incident as `cyberclass label` wrote it: what every format is made from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID, uuid5

from cyberclass.taxonomy import CODEBOOK, UNDETERMINED

#: Of every id that is made of content.
_NAMESPACE = UUID("6f1c3a52-9d0e-5b7c-8f43-2a61c90be7d4")

_DESCRIPTION, _HEADLINE = 500, 120


@dataclass(frozen=True)
class Attribution:
    """What a text says of who did it: `actor` did, says `by`, with this `stance`, in this `sentence`; any may be ""."""

    by: str = ""
    stance: str = ""
    actor: str = ""
    sentence: str = ""

    @property
    def speaker(self) -> str:
        """Who says so, in words."""
        return "unnamed sources" if self.by in ("", "unnamed") else self.by


@dataclass(frozen=True)
class Incident:
    """One incident, and its labels.

    Attributes
    ----------
    motivation : str or None
        A label, "undetermined", or None where the model has no motivations.
    impact : tuple of str
        Domains that apply.
    actors : tuple of str
        Main names of known actors that the text names, whatever it says of them.
    culprits : tuple of str
        Those of them that the text attributes it to, and others that it names as whom it attributes it to.
    date, published : str
        When it happened or came to light, and when the report was published: YYYY-MM-DD, YYYY-MM or YYYY, or "".
    id, title, text, url, source, sector, receiver_category, receiver_subcategory : str
        The user's own cells, "" where there are none; `url` is one of the web, `sector` the victim's, and the receivers
        are coded as EuRepoC does.
    has_unread_date : bool
        Whether a cell of a date holds something else.
    tlp : str
        Level of the traffic light protocol, version 2.0, such as "amber"; "" where the row has none.
    p_incident : float or None
        A probability; None, and a mapping that is empty, where the model could not read the text.
    p_motivations, p_impacts : mapping of str to float
        Calibrated probabilities, by label.
    attribution : Attribution
    motivation_source, evidence, language, model, text_sha256 : str
    truncated : bool
    """

    motivation: str | None
    impact: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    culprits: tuple[str, ...] = ()
    date: str = ""
    published: str = ""
    has_unread_date: bool = False
    id: str = ""
    title: str = ""
    text: str = ""
    url: str = ""
    source: str = ""
    sector: str = ""
    receiver_category: str = ""
    receiver_subcategory: str = ""
    tlp: str = ""
    p_incident: float | None = None
    p_motivations: Mapping[str, float] = field(default_factory=dict)
    p_impacts: Mapping[str, float] = field(default_factory=dict)
    attribution: Attribution = Attribution()
    motivation_source: str = ""
    evidence: str = ""
    language: str = ""
    model: str = ""
    text_sha256: str = ""
    truncated: bool = False

    @cached_property
    def headline(self) -> str:
        """The title, or else the text's beginning, or else the id."""
        return _short(self.title or self.text or self.id, _HEADLINE)

    @cached_property
    def description(self) -> str:
        """The text's beginning."""
        return _short(self.text, _DESCRIPTION)

    @property
    def all_actors(self) -> tuple[str, ...]:
        """Known actors that the text names, then others that it attributes it to."""
        return tuple(dict.fromkeys((*self.actors, *self.culprits)))

    @property
    def is_unread(self) -> bool:
        """Whether the model could not read the text, which says nothing of whether it reports an incident."""
        return self.p_incident is None and self.motivation in (None, UNDETERMINED)

    @property
    def is_foreign(self) -> bool:
        """Whether the motivation is a label of another taxonomy than the codebook's."""
        return self.motivation not in (None, UNDETERMINED, *CODEBOOK.motivations)

    @property
    def p_motivation(self) -> float | None:
        """The probability of the motivation that was chosen."""
        return None if self.motivation is None else self.p_motivations.get(self.motivation)

    def labels(self) -> dict[str, Any]:
        """Give everything that was said of the incident as plain values, those that say something."""
        said = self.attribution
        found: dict[str, Any] = {
            "motivation": self.motivation,
            "motivation_source": self.motivation_source,
            "motivation_probabilities": _listed(self.p_motivations),
            "impact": list(self.impact),
            "impact_probabilities": _listed(self.p_impacts),
            "incident_probability": self.p_incident,
            "actors": list(self.actors),
            "attribution_by": said.by,
            "attribution_stance": said.stance,
            "attribution_actor": said.actor,
            "attribution_sentence": said.sentence,
            "evidence": self.evidence,
            "date": self.date,
            "published": self.published,
            "language": self.language,
            "truncated": self.truncated,
            "model": self.model,
            "text_sha256": self.text_sha256,
        }
        return {name: value for name, value in found.items() if value not in (None, "", []) and value is not False}

    def content(self) -> list[Any]:
        """Give all that the row says as plain values: what two rows have in common only if they are the same."""
        own = [self.id, self.title, self.text, self.url, self.source, self.sector, self.tlp]
        return [*own, self.receiver_category, self.receiver_subcategory, list(self.culprits), self.labels()]


def uuid_of(kind: str, content: Any) -> UUID:
    """Make an id of content, the same for the same content.

    Parameters
    ----------
    kind : str
        What it is the id of; equal contents of two kinds have two ids.
    content : object
        Of JSON's types.
    """
    text = json.dumps([kind, content], sort_keys=True, ensure_ascii=True)
    return uuid5(_NAMESPACE, text)


def first_day(date: str) -> str:
    """Give the first day of a year or a month; a day is its own."""
    return f"{date}-01-01"[:10]


def _listed(probabilities: Mapping[str, float]) -> list[dict[str, Any]]:
    """As a list: labels of any taxonomy may hold what the names of properties may not."""
    return [{"label": label, "probability": value} for label, value in probabilities.items()]


def _short(text: str, most: int) -> str:
    # What is cut off anyway needs no look at its words.
    line = " ".join(text[: 4 * most].split())
    return line if len(line) <= most else f"{line[: most - 3].rsplit(' ', 1)[0]}..."
