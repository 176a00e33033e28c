"""Cross-validation: models that learn everything on one side of a split, tried on the other."""

from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.base import clone

from cyberclass.corpora.documents import texts_of
from cyberclass.corpora.duplicates import joined_incidents, near_duplicates
from cyberclass.corpora.splits import N_FOLDS, Fold, grouped_folds, source_folds, time_split
from cyberclass.errors import CorpusError
from cyberclass.evaluation.evaluation import Part, evaluate_parts, list_pairs, verdict
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.targets import targets_of
from cyberclass.taxonomy import CODEBOOK, UNDETERMINED

#: How documents may be split.
BY = ("incident", "time", "source")

_LABELS = ["is_incident", "motivation", "impact", "impact_coded"]


def cross_validate(
    frame: pd.DataFrame,
    by: str = "incident",
    *,
    n_folds: int = N_FOLDS,
    date: str | None = None,
    random_state: int = 0,
    n_jobs: int | None = None,
    estimator: IncidentClassifier | None = None,
) -> dict[str, Any]:
    """Evaluate how good a model learned from such documents is on others of their kind.

    Vocabulary, weights, calibration, thresholds and conformal scores are all learned anew on the training side.
    Near-duplicates count as one incident, so that no split parts them.

    Parameters
    ----------
    frame : DataFrame
        As `corpora.documents.read_corpus` returns it.
    by : str
        "incident": folds that share no incident. "time": train before a date, test from it. "source": each source is
        tested by a model of all the others.
    n_folds : int
        Of "incident".
    date : str, optional
        Of "time"; the date that leaves about a fifth of the dated documents for the test if None.
    random_state : int
    n_jobs : int, optional
        Models learned at the same time, as joblib counts.
    estimator : IncidentClassifier, optional
        What to train, not fitted; the default one if None.

    Returns
    -------
    dict
        As `evaluation.evaluate_model` returns it, with `split`: `by`, and `parts` with the name and the numbers of
        training and test documents of each, and the motivations it was tested on and had not learned.

    Raises
    ------
    CorpusError
        If a side of a split would be empty, or lack a label that a model needs.
    """
    texts = texts_of(frame)
    pairs = near_duplicates(texts)
    joined = frame.assign(incident=joined_incidents(frame["incident"], pairs))
    folds = _folds(joined, by, n_folds, date, random_state)
    model = IncidentClassifier(random_state=random_state) if estimator is None else estimator
    for name, (train, _) in folds.items():
        if not targets_of(joined.iloc[train], model.taxonomy or CODEBOOK).tell_apart:
            raise CorpusError(
                f"The training side of {name!r} has nothing to tell apart; expected two motivations, or a domain that "
                "applies to some: add documents, or split otherwise."
            )

    def learn(name: str, train: NDArray[np.intp]) -> IncidentClassifier:
        side = joined.iloc[train]
        try:
            return clone(model).fit([texts[row] for row in train], side[_LABELS], groups=side["incident"])
        except CorpusError as error:
            raise CorpusError(f"The training side of {name!r} is too small. {error}") from error

    models = Parallel(n_jobs=n_jobs)(delayed(learn)(name, train) for name, (train, _) in folds.items())
    parts = [
        Part(model, test, name, len(train)) for model, (name, (train, test)) in zip(models, folds.items(), strict=True)
    ]
    evaluation = evaluate_parts(parts, frame, "cross-validation")
    # Those of one side and the other, too: they are why an incident may have moved.
    evaluation["near_duplicates"] = list_pairs(frame, pairs)
    evaluation["split"] = {
        "by": by,
        "parts": [
            {
                "name": part.name,
                "training": part.n_training,
                "test": len(part.rows),
                "missing": _missing(frame.iloc[folds[part.name][0]], frame.iloc[folds[part.name][1]]),
            }
            for part in parts
        ],
    }
    evaluation["verdict"] = verdict(evaluation)
    return evaluation


def _folds(frame: pd.DataFrame, by: str, n_folds: int, date: str | None, random_state: int) -> dict[str, Fold]:
    match by:
        case "incident":
            folds = grouped_folds(frame, n_folds, random_state)
            return {f"fold {number}": fold for number, fold in enumerate(folds, start=1)}
        case "time":
            chosen = date or _late(frame)
            return {f"from {chosen}": time_split(frame, chosen)}
        case "source":
            return source_folds(frame)
    raise CorpusError(f"Found the split {by!r}; expected one of {', '.join(BY)}.")


def _late(frame: pd.DataFrame) -> str:
    years = frame["date"].dropna().str[:4].sort_values()
    if years.empty:
        raise CorpusError("The corpus has no dates; split it by incident or by source.")
    return str(years.iloc[int(len(years) * 0.8)])


def _missing(train: pd.DataFrame, test: pd.DataFrame) -> list[str]:
    """Name the motivations that are tested and were not learned."""
    learned, tested = ({*side.loc[side["is_incident"], "motivation"].dropna()} for side in (train, test))
    return sorted(tested - learned - {UNDETERMINED})
