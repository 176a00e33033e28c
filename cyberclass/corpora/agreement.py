"""Labels of copies of one text: where they contradict each other, and what they say together."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from cyberclass.corpora.tables import join_domains
from cyberclass.taxonomy import CODEBOOK, Taxonomy


class Disagreement(NamedTuple):
    """Two documents, by their places among those compared, and the field in which both are labelled differently."""

    first: int
    second: int
    field: str


def disagreements(rows: Sequence[dict[str, Any]], taxonomy: Taxonomy = CODEBOOK) -> list[Disagreement]:
    """Compare the labels of some documents.

    Parameters
    ----------
    rows : sequence of dict
        By `documents.COLUMNS`.
    taxonomy : Taxonomy

    Returns
    -------
    list of Disagreement
        In each of is_incident, motivation, motivation_secondary and impact, every document that contradicts the
        first that has this label. A label that only one has, or a domain that only one codes, is no contradiction;
        "undetermined" is a label.
    """
    firsts: dict[tuple[str, str], tuple[int, Any]] = {}
    found: dict[Disagreement, None] = {}
    for place, row in enumerate(rows):
        for (field, part), value in _labels(row, taxonomy).items():
            first, known = firsts.setdefault((field, part), (place, value))
            if known != value:
                found.setdefault(Disagreement(first, place, field))
    return list(found)


def united(rows: Sequence[dict[str, Any]], taxonomy: Taxonomy = CODEBOOK) -> dict[str, Any]:
    """Make one document of several whose labels do not contradict each other.

    Parameters
    ----------
    rows : sequence of dict
        As `disagreements` takes them.
    taxonomy : Taxonomy

    Returns
    -------
    dict
        The first, each field that it lacks taken from the next that has it. A domain is coded if it is in one of
        them, and applies if it does there.
    """
    joined = {
        name: next((row[name] for row in rows if row[name] not in (None, "")), first) for name, first in rows[0].items()
    }
    if not joined["is_incident"]:
        return joined
    coded = {domain for row in rows for domain in coded_domains(row, taxonomy)}
    applies = {domain for row in rows for domain in row["impact"] or ()}
    is_coded = any(row["impact"] is not None for row in rows)
    joined["impact"] = [domain for domain in taxonomy.impacts if domain in applies] if is_coded else None
    partly = is_coded and coded < {*taxonomy.impacts}
    joined["impact_coded"] = [domain for domain in taxonomy.impacts if domain in coded] if partly else None
    return joined


def coded_domains(row: dict[str, Any], taxonomy: Taxonomy = CODEBOOK) -> Sequence[str]:
    """List the domains of which a document says whether they apply."""
    if row["impact"] is None or not row["is_incident"]:
        return ()
    return taxonomy.impacts if row["impact_coded"] is None else row["impact_coded"]


def label_text(row: dict[str, Any], field: str) -> str:
    """Write a label of a document as a table has it."""
    value = row[field]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return join_domains(value)
    return value or ""


def _labels(row: dict[str, Any], taxonomy: Taxonomy) -> dict[tuple[str, str], Any]:
    """Name what is labelled of a document, by field and, of impact, domain."""
    labels: dict[tuple[str, str], Any] = {("is_incident", ""): bool(row["is_incident"])}
    if not row["is_incident"]:
        return labels
    for field in ("motivation", "motivation_secondary"):
        if row[field] is not None:
            labels[field, ""] = row[field]
    for domain in coded_domains(row, taxonomy):
        labels["impact", domain] = domain in row["impact"]
    return labels
