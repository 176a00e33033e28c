"""What a corpus holds, counted by two things at a time."""

from collections.abc import Iterable

import pandas as pd

from cyberclass.corpora.agreement import coded_domains
from cyberclass.corpora.documents import rows_of
from cyberclass.corpora.sampling import strata_of
from cyberclass.corpora.statistics import NOT_CODED, NOT_INCIDENT, stratum_of
from cyberclass.taxonomy import CODEBOOK, GENRES, UNDETERMINED, Taxonomy


def cross_tables(frame: pd.DataFrame, taxonomy: Taxonomy = CODEBOOK) -> dict[str, pd.DataFrame]:
    """Count documents by two things that are recorded of them.

    Parameters
    ----------
    frame : DataFrame
        As `documents.read_corpus` returns it.
    taxonomy : Taxonomy

    Returns
    -------
    dict of str to DataFrame
        ``year_motivation`` and ``genre_motivation``: documents by year or genre (rows) and motivation (columns).
        ``source_coded`` and ``source_applies``: documents of incidents by source (rows; the last is "all") and impact
        domain (columns), those that say whether the domain applies, and those of them where it does.
    """
    strata = stratum_of(frame)
    columns = strata_in(strata, taxonomy)
    tables = {}
    for by in ("year", "genre"):
        given = strata_of(frame, by)
        rows = sorted(set(given) - {NOT_CODED}) if by == "year" else [name for name in GENRES if name in set(given)]
        rows += [NOT_CODED] if NOT_CODED in set(given) else []
        counts = pd.crosstab(given, strata).reindex(index=rows, columns=columns, fill_value=0)
        tables[f"{by}_motivation"] = counts.rename_axis(index=by, columns=None)
    return {**tables, **_domains(frame, taxonomy)}


def strata_in(present: Iterable[str], taxonomy: Taxonomy = CODEBOOK) -> list[str]:
    """List the strata of motivation (`statistics.stratum_of`) among those present, in the order of every table."""
    seen = set(present)
    return [name for name in (*taxonomy.motivations, UNDETERMINED, NOT_CODED, NOT_INCIDENT) if name in seen]


def _domains(frame: pd.DataFrame, taxonomy: Taxonomy) -> dict[str, pd.DataFrame]:
    incidents = [row for row in rows_of(frame) if row["is_incident"]]
    sources = pd.Index([row["source"] for row in incidents], name="source", dtype=object)
    coded = [[domain in coded_domains(row, taxonomy) for domain in taxonomy.impacts] for row in incidents]
    applies = [[domain in (row["impact"] or ()) for domain in taxonomy.impacts] for row in incidents]
    tables = {}
    for name, flags in (("coded", coded), ("applies", applies)):
        counts = pd.DataFrame(flags, index=sources, columns=list(taxonomy.impacts), dtype=int)
        table = counts.groupby(level=0).sum()
        table.loc["all"] = table.sum()
        tables[f"source_{name}"] = table.rename_axis(index="source")
    return tables
