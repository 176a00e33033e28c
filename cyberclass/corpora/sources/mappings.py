"""Mappings of a table of one's own to a taxonomy: what its columns are, and what the words in them mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cyberclass.corpora.toml import read_toml
from cyberclass.errors import CorpusError
from cyberclass.taxonomy import CODEBOOK, NO_DOMAIN, UNDETERMINED, Taxonomy

#: What a column of a table can be.
ROLES = ("text", "title", "id", "incident", "date", "is_incident", "motivation", "impact", "actor", "genre", "source")

#: What words are mapped of.
VALUES = ("motivation", "impact", "is_incident")

#: A label, several domains, or whether it is an incident.
Meaning = str | bool | Sequence[str]
Meanings = Mapping[str, Mapping[str, Meaning]]


@dataclass(frozen=True)
class TableMapping:
    """What a table's columns are, and what the words in them mean.

    Attributes
    ----------
    columns : mapping of str to str
        One of `ROLES` to the name of a column.
    values : mapping of str to mapping
        One of `VALUES` to words as the table has them, and what they mean: a motivation, "undetermined", or "" for one
        that stays without a label; a domain, a list of them, or "none"; true or false.
    impact_coded : tuple of str or None
        Domains that the table codes; None for all.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Meanings = field(default_factory=dict)
    impact_coded: tuple[str, ...] | None = None

    def __or__(self, other: "TableMapping") -> "TableMapping":
        """Put two mappings together; where both say something of one word, the second counts."""
        return TableMapping(
            {**self.columns, **other.columns},
            {kind: {**self.values.get(kind, {}), **other.values.get(kind, {})} for kind in VALUES},
            self.impact_coded if other.impact_coded is None else other.impact_coded,
        )


def read_mapping(path: str | Path, taxonomy: Taxonomy = CODEBOOK) -> TableMapping:
    """Read a mapping from a TOML file.

    Parameters
    ----------
    path : str or Path
        Tables ``[columns]`` (a role = "a column's name"), ``[motivation]``, ``[impact]`` and ``[is_incident]`` (a word
        of the table = what it means), and a list ``impact_coded`` above them; each may be missing.
    taxonomy : Taxonomy
        The labels that words may mean.

    Raises
    ------
    CorpusError
        If it cannot be read, is something else, or names a label that the taxonomy does not have.
    """
    found = read_toml(path, "a mapping", "put words with spaces or signs in quotation marks")
    tables = ("columns", *VALUES)
    for name, value in found.items():
        if name not in (*tables, "impact_coded"):
            raise CorpusError(f"{path}: found {name!r}; expected the tables {', '.join(tables)} or impact_coded.")
        if name in tables and not isinstance(value, dict):
            raise CorpusError(f"{path}: {name} is no table; expected [{name}], then lines such as word = 'label'.")
    coded = found.get("impact_coded")
    if coded is not None and not isinstance(coded, list):
        raise CorpusError(f"{path}: found impact_coded = {coded!r}; expected a list of domains.")
    values = {kind: found.get(kind, {}) for kind in VALUES}
    mapping = TableMapping(found.get("columns", {}), values, None if coded is None else tuple(coded))
    try:
        return checked(mapping, taxonomy)
    except CorpusError as error:
        raise CorpusError(f"{path}: {error}") from error


def mapping_of_pair(text: str, taxonomy: Taxonomy = CODEBOOK) -> TableMapping:
    """Read one word and its meaning, as in ``APT=state-sponsored``; the label tells which column it is for.

    Raises
    ------
    CorpusError
        If there is no equals sign, or no such label.
    """
    word, sign, label = text.rpartition("=")
    label = label.strip()
    if not sign or not word.strip():
        raise CorpusError(
            f"found the mapping {text!r}; expected a word of the table and a label, as in 'APT=criminal'."
        )
    domains = {domain.casefold() for domain in (*taxonomy.impacts, NO_DOMAIN)}
    kind = "impact" if label.casefold() in domains else "motivation"
    try:
        return checked(TableMapping(values={kind: {word: label}}), taxonomy)
    except CorpusError:
        known = ", ".join((*taxonomy.motivations, UNDETERMINED, *taxonomy.impacts, NO_DOMAIN))
        raise CorpusError(f"found the mapping {text!r}; expected after the equals sign one of {known}.") from None


def checked(mapping: TableMapping, taxonomy: Taxonomy) -> TableMapping:
    """Check a mapping against a taxonomy, and write its words in lower case and its labels as the taxonomy does.

    Raises
    ------
    CorpusError
        If it has a role, or a label, that there is not.
    """
    for role, column in mapping.columns.items():
        if role not in ROLES:
            raise CorpusError(f"found the column {role!r}; expected one of {', '.join(ROLES)}.")
        if not isinstance(column, str):
            raise CorpusError(f"found {column!r} for {role}; expected the name of a column.")
    coded = mapping.impact_coded
    domains = {domain.casefold(): domain for domain in taxonomy.impacts}
    if coded is not None:
        coded = tuple(_known(domain, domains, "in impact_coded") for domain in coded)
        domains = {domain.casefold(): domain for domain in coded}
    motivations = {label.casefold(): label for label in (*taxonomy.motivations, UNDETERMINED, "")}
    values: dict[str, dict[str, Meaning]] = {}
    for kind, words in mapping.values.items():
        if kind not in VALUES:
            raise CorpusError(f"found meanings of {kind!r}; expected those of {', '.join(VALUES)}.")
        for word, meaning in words.items():
            place = f"for {word!r} of {kind}"
            told = values.setdefault(kind, {})
            if kind == "motivation":
                told[fold(word)] = _known(meaning, motivations, place)
            elif kind == "impact":
                listed = [meaning] if isinstance(meaning, str) else meaning
                if not isinstance(listed, list | tuple):
                    raise CorpusError(f"found {meaning!r} {place}; expected a domain, a list of them, or {NO_DOMAIN}.")
                listed = [] if [*map(_folded, listed)] in ([], [NO_DOMAIN]) else listed
                told[fold(word)] = [_known(domain, domains, place) for domain in listed]
            elif isinstance(meaning, bool):
                told[fold(word)] = meaning
            else:
                raise CorpusError(f"found {meaning!r} {place}; expected true or false, without quotation marks.")
    return TableMapping({role: str(name) for role, name in mapping.columns.items()}, values, coded)


def fold(word: str) -> str:
    """Write a word as it is compared: upper and lower case, and spaces around or in it, do not count."""
    return " ".join(word.casefold().split())


def _folded(label: Any) -> str:
    return fold(label) if isinstance(label, str) else ""


def _known(label: Any, labels: Mapping[str, str], place: str) -> str:
    """Give a label as the taxonomy writes it."""
    if not isinstance(label, str) or _folded(label) not in labels:
        known = ", ".join(name or repr(name) for name in labels.values())
        raise CorpusError(f"found the label {label!r} {place}; expected one of {known}.")
    return labels[_folded(label)]
