"""What a model is to learn from: labelled documents of one or many sources, and how much each counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from os.path import relpath
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cyberclass.corpora.about import ABOUT, find_taxonomy, read_about
from cyberclass.corpora.documents import corpus_hash, texts_of
from cyberclass.corpora.duplicates import incidents_of
from cyberclass.corpora.labelled import read_labelled
from cyberclass.corpora.sources.source import find_source, source_names
from cyberclass.errors import CorpusError, ModelError
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.store import read_card, seen_texts, text_mark
from cyberclass.taxonomy import Taxonomy, taxonomy_in_card


@dataclass(frozen=True)
class Material:
    """Documents to learn from.

    Attributes
    ----------
    frame : DataFrame, n rows
        As `corpora.documents.read_corpus` returns it.
    groups : Series of str, length n
        The incident of each document, near-duplicates counted as one.
    weight : ndarray of float64, shape (n,)
        How much each document counts.
    own : ndarray of bool, shape (n,)
        False for documents that come along with a base model.
    taxonomy : Taxonomy
    paths : tuple of Path
        Where the documents were read from, the base's not among them.
    licences : dict of str to str
        By source.
    """

    frame: pd.DataFrame
    groups: pd.Series
    weight: NDArray[np.float64]
    own: NDArray[np.bool_]
    taxonomy: Taxonomy
    paths: tuple[Path, ...]
    licences: dict[str, str]

    def take(self, rows: NDArray[np.intp]) -> "Material":
        """Give some of the documents."""
        return replace(
            self,
            frame=self.frame.iloc[rows].reset_index(drop=True),
            groups=self.groups.iloc[rows].reset_index(drop=True),
            weight=self.weight[rows],
            own=self.own[rows],
        )

    def with_base(self, weight: float) -> "Material":
        """Let the documents that come along with a base model count so much of their sources' weight."""
        return replace(self, weight=np.where(self.own, self.weight, self.weight * weight))

    def teach(self, estimator: IncidentClassifier) -> IncidentClassifier:
        """Fit a classifier to the documents, each with its weight."""
        labels = self.frame[["is_incident", "motivation", "impact", "impact_coded"]]
        return estimator.fit(texts_of(self.frame), labels, groups=self.groups, sample_weight=self.weight)

    def describe(self, folder: Path) -> dict[str, Any]:
        """Say what a card in a folder says of the documents: every source with its rows, hash, licence and mapping."""
        # Where the folder truly is: ".." leads up from there, and not from a link to it.
        folder = folder.resolve()
        rows = self.frame.assign(weight=self.weight).groupby("source", sort=True)
        return {
            "paths": [Path(relpath(path, folder)).as_posix() for path in self.paths],
            "sha256": corpus_hash(self.frame[self.own]),
            "sources": [
                {
                    "source": source,
                    "documents": len(group),
                    "sha256": corpus_hash(group),
                    "weight": sorted({round(float(weight), 6) for weight in group["weight"]}),
                    "licence": self.licences.get(str(source), "not stated"),
                    "mapping": sorted({*group["mapping"].dropna()}),
                }
                for source, group in rows
            ],
        }


def gather(
    paths: Sequence[Path],
    *,
    taxonomy: str | Path | None = None,
    weights: Mapping[str, float] | None = None,
    base: Path | None = None,
) -> Material:
    """Read labelled documents to learn from.

    Parameters
    ----------
    paths : sequence of Path
        As `corpora.labelled.read_labelled` takes them.
    taxonomy : str or Path, optional
        As `corpora.about.find_taxonomy` takes it.
    weights : mapping of str to float, optional
        How much the documents of a source count; 1 where nothing is said.
    base : Path, optional
        A model's folder, whose training documents take part, too.

    Returns
    -------
    Material

    Raises
    ------
    CorpusError
        If documents do not follow the taxonomy, or a weight is none or of no source.
    ModelError
        If the base has other labels, or its documents are not where its card says.
    """
    labels = _labels_of(base, paths, taxonomy)
    frame = read_labelled(list(paths), labels)
    licences = _licences(paths, frame, labels)
    own = np.ones(len(frame), dtype=bool)
    if base is not None:
        others, of_base = _documents_of(base, labels, frame)
        frame = pd.concat([frame, others], ignore_index=True)
        own = np.arange(len(frame)) < len(own)
        licences = {**of_base, **licences}
    return Material(
        frame=frame,
        groups=incidents_of(frame),
        weight=_weights(frame["source"], weights or {}),
        own=own,
        taxonomy=labels,
        paths=tuple(paths),
        licences=licences,
    )


def _labels_of(base: Path | None, paths: Sequence[Path], named: str | Path | None) -> Taxonomy:
    if base is None:
        return find_taxonomy(paths, named)
    labels = taxonomy_in_card(read_card(base)["taxonomy"])
    if named is not None and find_taxonomy(paths, named) != labels:
        raise ModelError(f"{base}: has other labels than {named}; a base teaches its own labels only.")
    return labels


def _documents_of(base: Path, labels: Taxonomy, frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Read the training documents of a model, but for those that stand among the others."""
    about = read_card(base)["corpus"]
    paths = [base / path for path in about.get("paths", [])]
    missing = [path for path in paths if not path.exists()]
    if missing or not paths:
        raise ModelError(
            f"{base}: its training documents are not there (looked for {missing[0].resolve() if missing else 'none'}); "
            "name them beside yours instead of --base."
        )
    others = read_labelled(paths, labels)
    if (seen := seen_texts(base)) is not None:
        # Without what was held out, and what came later.
        others = others[[text_mark(text) in seen for text in texts_of(others)]]
    if corpus_hash(others) != about["sha256"]:
        raise ModelError(
            f"{base}: its training documents have changed since it was trained; train it again, or name them beside "
            "yours instead of --base."
        )
    marks = {text_mark(text) for text in texts_of(frame)}
    new = [text_mark(text) not in marks for text in texts_of(others)]
    taken = frame["id"].tolist()
    others = others[new]
    ids = others["id"].where(~others["id"].isin(taken), "base:" + others["id"])
    # Two tables may number their rows alike.
    others = others.assign(id=ids, incident=others["incident"].where(others["incident"] != others["id"], ids))
    return others, _licences(paths, others, labels)


def _weights(sources: pd.Series, weights: Mapping[str, float]) -> NDArray[np.float64]:
    found = sorted(sources.unique())
    for name, weight in weights.items():
        if name not in found:
            raise CorpusError(f"--weight: found the source {name!r}; expected one of {', '.join(found)}.")
        if not 0 < weight < float("inf"):
            raise CorpusError(f"--weight: found {weight} for {name}; expected a number above 0, such as 0.5.")
    return np.array([weights.get(source, 1.0) for source in sources], dtype=np.float64)


def _licences(paths: Sequence[Path], frame: pd.DataFrame, labels: Taxonomy) -> dict[str, str]:
    """Give the licence of each source: what its folder says, or its database."""
    found: dict[str, str] = {}
    for path in paths:
        if (path / ABOUT).is_file() and (licence := read_about(path / ABOUT).licence):
            # What a document says that it is from goes before its file's name.
            found |= dict.fromkeys(read_labelled([path], labels)["source"].unique(), licence)
    databases = {mapping.rpartition(" ")[0] for mapping in frame["mapping"].dropna()} & {*source_names()} - {"csv"}
    return {**found, **{name: find_source(name).licence for name in databases}}
