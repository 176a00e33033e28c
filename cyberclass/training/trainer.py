"""Training: documents in, a model with its card out, with the figures of documents that it had not seen."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cyberclass.corpora.documents import texts_of
from cyberclass.corpora.splits import fold_number, grouped_folds
from cyberclass.errors import CorpusError, ModelError
from cyberclass.evaluation.measures import measure
from cyberclass.model.card import describe
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.features import IncidentVectorizer
from cyberclass.model.store import check_free, load_model, save_model, seen_texts, text_mark
from cyberclass.model.targets import targets_of
from cyberclass.training.material import Material
from cyberclass.training.search import BASE_WEIGHTS, SETTINGS, Candidate, Progress, measure_own, search

#: Folds that a hold-out is made of, at most, unless it is smaller than one of them.
_FOLDS = 20


@dataclass(frozen=True)
class Training:
    """What came of a training.

    Attributes
    ----------
    model : IncidentClassifier
    material : Material
        What it learned from.
    scores : dict
        Of documents that were not learned from, as `evaluation.measures.measure` returns them; documents that came
        along with a base are not among them.
    how : str
        How the scores were measured.
    candidates : list of Candidate
        The settings that were tried, the chosen one first; empty where nothing was to choose.
    other : (str, dict) or None
        The name and the scores of another model on the same documents, unless it had seen some of them.
    """

    model: IncidentClassifier
    material: Material
    scores: dict[str, Any]
    how: str
    candidates: list[Candidate]
    other: tuple[str, dict[str, Any]] | None


def train_model(
    material: Material,
    *,
    searched: bool = False,
    hold_out: float | None = None,
    other: Path | None = None,
    n_jobs: int | None = None,
    progress: Progress = lambda step, share: None,
) -> Training:
    """Train a model.

    Parameters
    ----------
    material : Material
        As `material.gather` reads it.
    searched : bool
        Try several settings in grouped folds, and take the best.
    hold_out : float, optional
        Share of incidents, in (0, 0.5], to learn nothing from and measure on; if None, the scores are of the folds.
    other : Path, optional
        The folder of a model to set beside this one; one with other labels is not.
    n_jobs : int, optional
        As joblib counts.
    progress : callable, optional

    Returns
    -------
    Training

    Raises
    ------
    CorpusError
        If the labels tell nothing apart, or a label has fewer than two incidents.
    """
    beside = None if other is None else _load_other(other)
    held = None
    if hold_out is not None:
        material, held = _split(material, hold_out)
    _check(material)
    n_folds = fold_number(material.frame.assign(incident=material.groups))
    estimator = IncidentClassifier(IncidentVectorizer(), n_folds=n_folds, taxonomy=material.taxonomy)
    settings = SETTINGS if searched else [{}]
    base_weights = [1.0] if material.own.all() else BASE_WEIGHTS
    candidates: list[Candidate] = []
    if len(settings) * len(base_weights) > 1:
        candidates = search(material, estimator, settings, base_weights, n_jobs=n_jobs, progress=progress)
        estimator.set_params(**candidates[0].settings)
        material = material.with_base(candidates[0].base_weight)
    progress("learning", 0.0)
    model = material.teach(estimator.set_params(n_jobs=n_jobs))
    progress("learning", 1.0)
    if held is None:
        scores = measure_own(material, model)
        how = (
            f"cross-validation in {model.n_folds} folds grouped by incident; calibration and thresholds of each fold "
            "from the others"
        )
    else:
        scores = measure(held.frame, model.label(texts_of(held.frame), any_language=True))
        how = f"{len(held.frame):,} documents held out, on incidents that the model learned nothing of"
    if candidates:
        how += f"; its settings are the best of {len(candidates)} by folds"
    measured = material.frame[material.own].reset_index(drop=True) if held is None else held.frame
    of_other = None if beside is None else _measure_other(*beside, material, measured)
    return Training(model, material, scores, how, candidates, of_other)


def save_training(training: Training, folder: Path) -> dict[str, Any]:
    """Write a model's folder; return its card.

    Raises
    ------
    ModelError
        If the folder exists and is no model's, or cannot be written.
    """
    check_free(folder)
    frame = training.material.frame
    card = describe(
        training.model,
        frame,
        folder.name,
        {"how": training.how, **training.scores},
        training.material.describe(folder),
    )
    save_model(training.model, folder, card, [*texts_of(frame), *frame["text"]])
    return card


def _load_other(folder: Path) -> tuple[IncidentClassifier, frozenset[str] | None] | None:
    try:
        return load_model(folder), seen_texts(folder)
    except ModelError:
        # Of another version, perhaps: no reason not to train a new one.
        return None


def _measure_other(
    model: IncidentClassifier, seen: frozenset[str] | None, material: Material, frame: pd.DataFrame
) -> tuple[str, dict[str, Any]] | None:
    texts = texts_of(frame)
    if model.taxonomy_ != material.taxonomy or seen is None:
        return None
    # It may have seen a text under another title, or under none.
    if any(text_mark(text) in seen for text in [*texts, *frame["text"]]):
        return None
    return model.name_, measure(frame, model.label(texts, any_language=True))


def _split(material: Material, share: float) -> tuple[Material, Material]:
    if not 0 < share <= 0.5:
        raise CorpusError(f"--hold-out: found {share}; expected a share of incidents from 0 to 0.5, such as 0.2.")
    own = np.flatnonzero(material.own)
    frame = material.frame.assign(incident=material.groups).iloc[own]
    possible = fold_number(frame, max(_FOLDS, round(1 / share)))
    if share < 1 / possible:
        raise CorpusError(
            f"--hold-out: found {share}, which is less than one incident of the rarest label; expected "
            f"{1 / possible:.2g} or more, or no such option: then folds give the figures."
        )
    # So many of so many folds as come nearest to the share.
    n_splits = min(range(2, possible + 1), key=lambda n: abs(max(1, round(share * n)) / n - share))
    folds = grouped_folds(frame, n_splits)[: max(1, round(share * n_splits))]
    test = own[np.sort(np.concatenate([held for _, held in folds]))]
    # An incident that the base tells of, too, is not new to the model.
    told = material.groups.isin(material.groups.iloc[test]).to_numpy()
    return material.take(np.flatnonzero(~told)), material.take(test)


def _check(material: Material) -> None:
    if not targets_of(material.frame, material.taxonomy).tell_apart:
        raise CorpusError(
            f"Found nothing to tell apart in {len(material.frame):,} documents; expected two motivations, or an impact "
            "domain that applies to some and not to others: add documents that are labelled otherwise."
        )
