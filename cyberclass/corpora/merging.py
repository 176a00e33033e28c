"""Corpora of several hands as one: incidents joined, copies removed, contradictions listed and never settled."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cyberclass.corpora.agreement import disagreements, label_text, united
from cyberclass.corpora.documents import document_of, frame_of, rows_of, texts_of
from cyberclass.corpora.duplicates import joined_incidents, near_duplicates
from cyberclass.corpora.faults import complaints
from cyberclass.corpora.labelled import unique_ids
from cyberclass.corpora.lines import words_of
from cyberclass.errors import CorpusError
from cyberclass.taxonomy import CODEBOOK, Taxonomy

#: The columns of a table of conflicts.
CONFLICT_COLUMNS = (
    "first_id",
    "first_source",
    "second_id",
    "second_source",
    "field",
    "first_value",
    "second_value",
    "kept",
)


@dataclass(frozen=True)
class Merged:
    """What became of several corpora.

    Attributes
    ----------
    documents : DataFrame
        As `documents.read_corpus` returns it, in the order they came.
    conflicts : DataFrame
        The columns `CONFLICT_COLUMNS`, one row for two documents and a field in which they contradict each other.
        `kept` is false where they have the same words, and both are left out; true where they are near-duplicates.
    rows : dict of str to int
        Documents that came of each source.
    joined : int
        Incidents that became part of another, among the documents that are kept.
    removed : int
        Copies whose labels went to the document that is kept.
    left_out : int
        Documents of the same words that contradict each other.
    """

    documents: pd.DataFrame
    conflicts: pd.DataFrame
    rows: dict[str, int]
    joined: int
    removed: int
    left_out: int


def merge_corpora(frames: Sequence[pd.DataFrame], taxonomy: Taxonomy = CODEBOOK) -> Merged:
    """Make one corpus of several.

    Documents with the same words (upper and lower case and spaces do not count; titles neither) become one, the
    first, if their labels agree or one lacks what another has; else all of them are left out, since they cannot all
    be right. Near-duplicates share an incident and are all kept. Incidents of one name are one. An id that comes from
    several sources gets its source before it.

    Parameters
    ----------
    frames : sequence of DataFrame
        As `labelled.read_checked` returns them; texts may repeat in them.
    taxonomy : Taxonomy

    Returns
    -------
    Merged

    Raises
    ------
    CorpusError
        If nothing would be left.
    """
    frame = pd.concat(frames, ignore_index=True)
    rows = rows_of(frame)
    groups = _copies(frame["text"])
    kept_of, merged, conflicts = _reduce(rows, groups, taxonomy)
    kept = sorted(merged)
    if not kept:
        raise CorpusError("Every document contradicts another of the same words; nothing is left to write.")
    documents = frame_of([merged[place] for place in kept])
    documents["id"] = unique_ids(documents["id"], documents["source"])
    pairs = near_duplicates(texts_of(frame))
    copies = pd.DataFrame([(group[0], place) for group in groups for place in group[1:]], columns=["first", "second"])
    # pandas takes the places of no pairs at all for objects.
    ties = pd.concat([pairs, copies], ignore_index=True).astype({"first": int, "second": int})
    incidents = _incidents(frame, kept_of, dict(zip(kept, documents["id"], strict=True)))
    joined = joined_incidents(incidents, ties)
    documents["incident"] = joined.iloc[kept].astype(object).reset_index(drop=True)
    final = dict(zip(kept, rows_of(documents), strict=True))
    ends = [(kept_of.get(one), kept_of.get(two)) for one, two in pairs[["first", "second"]].itertuples(index=False)]
    conflicts += _between(final, [(one, two) for one, two in ends if None not in (one, two)], taxonomy)
    copied = sum(len(group) - 1 for group in groups if group[0] in kept_of)
    return Merged(
        documents=documents,
        conflicts=pd.DataFrame(conflicts, columns=list(CONFLICT_COLUMNS), dtype=object),
        rows=dict(Counter(frame["source"])),
        joined=incidents.iloc[kept].nunique() - documents["incident"].nunique(),
        removed=copied,
        left_out=len(frame) - len(kept) - copied,
    )


def _copies(texts: pd.Series) -> list[list[int]]:
    """List the places of each text's copies, in the order of the first."""
    groups: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        groups.setdefault(words_of(text), []).append(place)
    return list(groups.values())


def _reduce(
    rows: list[dict[str, Any]], groups: list[list[int]], taxonomy: Taxonomy
) -> tuple[dict[int, int], dict[int, dict[str, Any]], list[tuple[Any, ...]]]:
    """Make one of the documents of each group, or leave them out.

    Returns the place of the document that each became part of, the documents by these places, and the conflicts.
    """
    kept_of: dict[int, int] = {}
    merged: dict[int, dict[str, Any]] = {}
    conflicts: list[tuple[Any, ...]] = []
    for group in groups:
        own = [rows[place] for place in group]
        found = [_conflict(own[one], own[two], field, False) for one, two, field in disagreements(own, taxonomy)]
        together = united(own, taxonomy) if len(own) > 1 and not found else own[0]
        if len(own) > 1 and not found:
            # Such as a motivation by one, and no domain by the other.
            faults = [field for field, _, _ in complaints(document_of(together), taxonomy)]
            found = [_conflict(own[0], own[1], field, False) for field in dict.fromkeys(faults)]
        if found:
            conflicts += found
        else:
            merged[group[0]] = together
            kept_of.update(dict.fromkeys(group, group[0]))
    return kept_of, merged, conflicts


def _incidents(frame: pd.DataFrame, kept_of: dict[int, int], ids: dict[int, str]) -> pd.Series:
    """Give each document its incident before near-duplicates are joined; one that bears its id bears the new one."""
    alone = frame["incident"] == frame["id"]
    unique = unique_ids(frame["id"], frame["source"])
    own = [ids[kept_of[place]] if place in kept_of else unique[place] for place in range(len(frame))]
    return frame["incident"].where(~alone, pd.Series(own, index=frame.index, dtype=object))


def _between(
    final: dict[int, dict[str, Any]], ends: list[tuple[Any, Any]], taxonomy: Taxonomy
) -> list[tuple[Any, ...]]:
    """List the contradictions of near-duplicates that are kept."""
    conflicts = []
    for one, two in dict.fromkeys((min(pair), max(pair)) for pair in ends if pair[0] != pair[1]):
        first, second = final[one], final[two]
        found = disagreements([first, second], taxonomy)
        conflicts += [_conflict(first, second, field, True) for _, _, field in found]
    return conflicts


def _conflict(one: dict[str, Any], two: dict[str, Any], field: str, kept: bool) -> tuple[Any, ...]:
    places = one["id"], one["source"], two["id"], two["source"]
    return (*places, field, label_text(one, field), label_text(two, field), kept)
