"""The labels: which motivations and impact domains there are, in the order every table and matrix has them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cyberclass.errors import CorpusError

#: What a report is called whose text gives no sound basis for a motivation.
UNDETERMINED = "undetermined"

#: What a table says in the place of impact domains where none applies.
NO_DOMAIN = "none"

#: What counts of documents say in the place of a motivation: of what is no incident, and of what nobody labelled.
NOT_INCIDENT = "not-incident"
NOT_CODED = "not-coded"

#: Names that mean something else in a table, or in a model.
_RESERVED = (UNDETERMINED, NO_DOMAIN, NOT_INCIDENT, NOT_CODED, "incident", "motivation")

GENRES = ("news", "brief", "advisory", "vendor-report", "press-release", "court", "post", "database")

BASES = ("factual", "composite")


@dataclass(frozen=True)
class Taxonomy:
    """The labels of a corpus and of the models learned from it.

    Attributes
    ----------
    motivations : tuple of str
        One applies to an incident, or it is "undetermined"; empty, or two or more.
    impacts : tuple of str
        Domains, any number of which apply.
    definitions : mapping of str to str
        What each label means; may lack some.

    Raises
    ------
    CorpusError
        If there is no label, one motivation only, or a label that cannot be one.
    """

    motivations: tuple[str, ...]
    impacts: tuple[str, ...]
    definitions: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        labels = (*self.motivations, *self.impacts)
        for label in labels:
            if not _may_be_label(label):
                raise CorpusError(
                    f"taxonomy: found the label {label!r}; expected a name without semicolons, line breaks or spaces "
                    f"around it, other than {', '.join(_RESERVED)}."
                )
            if labels.count(label) > 1:
                raise CorpusError(f"taxonomy: found the label {label!r} twice; expected each once.")
        if len(self.motivations) == 1:
            raise CorpusError(
                f"taxonomy: found one motivation, {self.motivations[0]!r}; expected none, or two or more to tell apart."
            )
        if not self.motivations and not self.impacts:
            raise CorpusError("taxonomy: found no label; expected motivations, impact domains or both.")


def taxonomy_of(tables: Any) -> Taxonomy:
    """Make a taxonomy of what a corpus says of it.

    Parameters
    ----------
    tables : dict
        ``motivations`` and ``impacts``, each a dict of label to meaning.

    Raises
    ------
    CorpusError
        If it is something else.
    """
    if not isinstance(tables, dict) or (unknown := sorted({*tables} - {"motivations", "impacts"})):
        found = unknown[0] if isinstance(tables, dict) else type(tables).__name__
        raise CorpusError(f"taxonomy: found {found!r}; expected the tables motivations and impacts.")
    labels: dict[str, tuple[str, ...]] = {}
    definitions: dict[str, str] = {}
    for name in ("motivations", "impacts"):
        table = tables.get(name, {})
        if not isinstance(table, dict) or not all(isinstance(meaning, str) for meaning in table.values()):
            raise CorpusError(f"taxonomy: {name} is no table of labels and what they mean, as in label = 'meaning'.")
        labels[name] = tuple(table)
        definitions.update({label: meaning for label, meaning in table.items() if meaning})
    return Taxonomy(labels["motivations"], labels["impacts"], definitions)


def card_of(taxonomy: Taxonomy) -> dict[str, Any]:
    """Write a taxonomy as a model's card has it: labels in lists, for JSON does not promise an order of keys."""
    return {
        "motivations": list(taxonomy.motivations),
        "impacts": list(taxonomy.impacts),
        "definitions": dict(taxonomy.definitions),
    }


def taxonomy_in_card(found: Any) -> Taxonomy:
    """Read what `card_of` wrote.

    Raises
    ------
    CorpusError
        If it is something else.
    """
    try:
        motivations, impacts, definitions = found["motivations"], found["impacts"], found["definitions"]
    except (KeyError, TypeError) as error:
        raise CorpusError("taxonomy: expected motivations, impacts and definitions.") from error
    for labels in (motivations, impacts, definitions):
        if not isinstance(labels, list | dict) or not all(isinstance(label, str) for label in labels):
            raise CorpusError(f"taxonomy: found {labels!r}; expected labels.")
    return Taxonomy(tuple(motivations), tuple(impacts), dict(definitions))


def _may_be_label(label: str) -> bool:
    return label not in ("", *_RESERVED) and label == label.strip() and label.isprintable() and ";" not in label


#: The labels of docs/codebook.md, which says more of each.
CODEBOOK = Taxonomy(
    motivations=("state-sponsored", "criminal", "ideological"),
    impacts=(
        "national-security",
        "critical-infrastructure",
        "economy",
        "democracy",
        "privacy",
        "public-safety",
        "international-relations",
    ),
    definitions={
        "state-sponsored": "a government, or a group acting for it, directed, ran or paid for the operation",
        "criminal": "the aim is illicit private gain or private satisfaction",
        "ideological": "the aim is to advance, protest or punish for a cause, outside a state's direction",
        "national-security": "defence, the military, intelligence, secrets and networks of government",
        "critical-infrastructure": "essential services, disrupted, damaged or prepared for it",
        "economy": "money, trade secrets, business interruption, markets, supply chains",
        "democracy": "elections, parties, parliaments, courts, media, civil society, freedom of expression",
        "privacy": "personal data of people",
        "public-safety": "life, health or physical safety",
        "international-relations": "relations between states",
    },
)
