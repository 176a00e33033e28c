"""What a corpus holds, as tables of counts."""

import pandas as pd

from cyberclass.taxonomy import (
    BASES,
    CODEBOOK,
    GENRES,
    NO_DOMAIN,
    NOT_CODED,
    NOT_INCIDENT,
    UNDETERMINED,
    Taxonomy,
)
from cyberclass.text.report import join_title

_QUANTILES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
_YEARS = 5


def stratum_of(frame: pd.DataFrame) -> pd.Series:
    """Name each document by its motivation, or by why it has none.

    Parameters
    ----------
    frame : DataFrame
        As `documents.read_corpus` returns it.

    Returns
    -------
    Series of str
        A motivation, "undetermined", "not-coded" or "not-incident".
    """
    motivation = frame["motivation"].where(frame["motivation"].notna(), NOT_CODED)
    return motivation.where(frame["is_incident"], NOT_INCIDENT).rename("motivation")


def corpus_stats(frame: pd.DataFrame, taxonomy: Taxonomy = CODEBOOK) -> dict[str, pd.DataFrame]:
    """Count documents by what the codebook records of them.

    Parameters
    ----------
    frame : DataFrame
        As `documents.read_corpus` returns it.
    taxonomy : Taxonomy

    Returns
    -------
    dict of str to DataFrame
        ``labels``: documents by source (rows; the last is "all") and motivation (columns). ``impact``: documents
        of incidents by domain (rows; then "none" and "not-coded") and motivation; a document counts in each of its
        domains. ``genre`` and ``basis``: documents and incidents. ``year``: documents by spans of five years.
        ``length``: words of title and text at quantiles (rows, shares in [0, 1]). ``incidents``: incidents and
        documents by the number of documents that share an incident (rows).
    """
    stratum = stratum_of(frame)
    return {
        "labels": _labels(frame, stratum, taxonomy),
        "impact": _impact(frame, stratum, taxonomy),
        "genre": _category(frame, "genre", GENRES),
        "basis": _category(frame, "basis", BASES),
        "year": _years(frame),
        "length": _length(frame),
        "incidents": _incidents(frame),
    }


def _strata(present: pd.Series, taxonomy: Taxonomy) -> list[str]:
    """Columns in the order of the taxonomy; those beyond motivations only where they occur."""
    seen = set(present)
    return [*taxonomy.motivations, *(name for name in (UNDETERMINED, NOT_CODED, NOT_INCIDENT) if name in seen)]


def _labels(frame: pd.DataFrame, stratum: pd.Series, taxonomy: Taxonomy) -> pd.DataFrame:
    table = pd.crosstab(frame["source"], stratum).reindex(columns=_strata(stratum, taxonomy), fill_value=0)
    table.insert(0, "documents", table.sum(axis=1))
    table.loc["all"] = table.sum()
    return table.rename_axis(index="source", columns=None)


def _impact(frame: pd.DataFrame, stratum: pd.Series, taxonomy: Taxonomy) -> pd.DataFrame:
    incidents = frame["is_incident"]
    stratum = stratum[incidents]
    domains = frame.loc[incidents, "impact"].map(
        lambda impact: [NOT_CODED] if impact is None else impact or [NO_DOMAIN], na_action=None
    )
    long = pd.DataFrame({"impact": domains, "motivation": stratum}).explode("impact")
    rows = [*taxonomy.impacts, NO_DOMAIN, *([NOT_CODED] if NOT_CODED in set(long["impact"]) else [])]
    table = pd.crosstab(long["impact"], long["motivation"])
    table = table.reindex(index=rows, columns=_strata(stratum, taxonomy), fill_value=0)
    table.insert(0, "documents", table.sum(axis=1))
    return table.rename_axis(index="impact", columns=None)


def _category(frame: pd.DataFrame, column: str, names: tuple[str, ...]) -> pd.DataFrame:
    given = frame[column].where(frame[column].notna(), NOT_CODED)
    incident = frame.groupby(given)["incident"]
    table = pd.DataFrame({"documents": incident.size(), "incidents": incident.nunique()})
    rows = [*names, *([NOT_CODED] if NOT_CODED in table.index else [])]
    return table.reindex(rows, fill_value=0).rename_axis(index=column)


def _years(frame: pd.DataFrame) -> pd.DataFrame:
    first = frame["date"].dropna().str[:4].astype(int) // _YEARS * _YEARS
    spans = first.map(lambda year: f"{year}-{year + _YEARS - 1}")
    table = spans.value_counts().sort_index()
    if missing := len(frame) - len(first):
        table[NOT_CODED] = missing
    return table.rename_axis(index="year").to_frame("documents")


def _length(frame: pd.DataFrame) -> pd.DataFrame:
    words = pd.Series(
        [len(join_title(title, text).split()) for title, text in zip(frame["title"], frame["text"], strict=True)],
        dtype="int64",
    )
    quantiles = [words.quantile(share, interpolation="nearest") for share in _QUANTILES]
    return pd.DataFrame({"words": quantiles}, index=pd.Index(_QUANTILES, name="share"))


def _incidents(frame: pd.DataFrame) -> pd.DataFrame:
    sizes = frame["incident"].value_counts()
    table = sizes.value_counts().sort_index().rename_axis(index="documents_each").to_frame("incidents")
    table["documents"] = table.index * table["incidents"]
    return table
