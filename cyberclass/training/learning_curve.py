"""The learning curve: how good models of ever more documents are, and whether still more would help."""

from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.optimize import curve_fit
from sklearn.base import clone

from cyberclass.corpora.documents import texts_of
from cyberclass.corpora.splits import fold_number, grouped_folds
from cyberclass.errors import CorpusError
from cyberclass.evaluation.measures import measure
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.training.material import Material
from cyberclass.training.search import Progress

#: Shares of the incidents of a training side, each twice the one before.
SHARES = (0.0625, 0.125, 0.25, 0.5, 1.0)

#: A gain from twice as many documents that is worth a person's while.
WORTHWHILE = 0.01

#: What the means over motivations and over domains are called among the labels.
ALL_MOTIVATIONS, ALL_IMPACTS = "motivation, macro-F1", "impact, average precision"

#: Standard errors that a gain must exceed, one-sided at 95 %.
_SURE = 1.645


def learning_curve(
    material: Material,
    *,
    n_jobs: int | None = None,
    random_state: int = 0,
    progress: Progress = lambda step, share: None,
) -> pd.DataFrame:
    """Learn from ever larger parts of the documents, and measure on the same others.

    There are five folds, or as many as the rarest label has incidents. Every one is tested by models of 1/16, 1/8, 1/4,
    1/2 and all of the incidents of the other folds, each part within the next. Documents that come along with a base
    are always learned from.

    Parameters
    ----------
    material : Material
    n_jobs : int, optional
        As joblib counts.
    random_state : int
    progress : callable, optional

    Returns
    -------
    DataFrame
        `label` (each motivation, measured by F1; each domain, by average precision; and the means over both, named
        `ALL_MOTIVATIONS` and `ALL_IMPACTS`), `share` (of `SHARES`), `fold`, `documents` (learned from, those of a base
        not counted), `score`. A part too small to learn from has no rows.

    Raises
    ------
    CorpusError
        If even all the documents are too few.
    """
    frame = material.frame.assign(incident=material.groups)
    own = np.flatnonzero(material.own)
    generator = np.random.default_rng(random_state)
    # Incidents in the order of their names, so that the order of rows makes no difference.
    names = np.sort(frame["incident"].unique().astype(str))
    rank = pd.Series(generator.permutation(len(names)), index=names)
    place = frame["incident"].map(rank).to_numpy()
    jobs = []
    mine = frame.iloc[own]
    for fold, (train, test) in enumerate(grouped_folds(mine, fold_number(mine), random_state)):
        told = frame["incident"].isin(frame["incident"].iloc[own[test]]).to_numpy()
        along = np.flatnonzero(~material.own & ~told)
        incidents = np.sort(np.unique(place[own[train]]))
        for share in SHARES:
            last = incidents[max(0, round(share * len(incidents)) - 1)]
            part = own[train][place[own[train]] <= last]
            jobs.append((fold, share, part, along, own[test]))
    found = []
    progress("learning curve", 0.0)
    # The largest last is the longest wait for one worker at the end; so the largest come first.
    jobs.sort(key=lambda job: -job[1])
    tasks = (delayed(_try)(material, *job) for job in jobs)
    for done, rows in enumerate(Parallel(n_jobs=n_jobs, return_as="generator")(tasks), start=1):
        found += rows
        progress("learning curve", done / len(jobs))
    curve = pd.DataFrame(found, columns=["label", "share", "fold", "documents", "score"])
    if curve[curve["share"] == 1.0].empty:
        raise CorpusError("The documents are too few for a learning curve; expected some five incidents of each label.")
    # Whatever label the smallest parts happen to have.
    labels = [ALL_MOTIVATIONS, *material.taxonomy.motivations, ALL_IMPACTS, *material.taxonomy.impacts]
    order = {label: place for place, label in enumerate(labels)}
    curve = curve.assign(order=curve["label"].map(order)).sort_values(["order", "share", "fold"], kind="stable")
    return curve.drop(columns="order").reset_index(drop=True)


def summarise(curve: pd.DataFrame) -> pd.DataFrame:
    """Say for each label whether more documents would help.

    Parameters
    ----------
    curve : DataFrame
        As `learning_curve` returns it.

    Returns
    -------
    DataFrame, index `label`
        `documents` (learned from at the end), `score` (mean over folds at the end), `gain` (what the last doubling
        brought, mean over folds) and `gain_error` (its standard error), `forecast` (what twice as many may bring, by
        score = a - b n^-c; Figueroa et al., 2012, "Predicting sample size required for classification performance"),
        and `more_would_help`: "yes" (a forecast of 0.01 or more, and a gain beyond its error), "hardly" (less than
        0.01, and no gain that might hide more), or "unclear".
    """
    rows = {}
    for label, group in curve.groupby("label", sort=False):
        table = group.pivot_table(index="fold", columns="share", values="score")
        documents = group.groupby("share")["documents"].mean()
        means = table.mean()
        gains = table.reindex(columns=SHARES[-2:]).diff(axis=1)[SHARES[-1]].dropna()
        gain = float(gains.mean()) if len(gains) else np.nan
        error = float(gains.std(ddof=1) / np.sqrt(len(gains))) if len(gains) > 1 else np.nan
        forecast = _forecast(documents[means.index].to_numpy(dtype=float), means.to_numpy(dtype=float))
        rows[label] = {
            "documents": round(documents.iloc[-1]),
            "score": float(means.iloc[-1]),
            "gain": gain,
            "gain_error": error,
            "forecast": forecast,
            "more_would_help": _verdict(gain, error, forecast),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("label")


def power_law(n: NDArray[np.float64], a: float, b: float, c: float) -> NDArray[np.float64]:
    """Compute a - b n^-c."""
    return a - b * n**-c


def fit_power_law(documents: NDArray[np.float64], scores: NDArray[np.float64]) -> tuple[float, float, float] | None:
    """Fit a, b and c of `power_law` to a curve; None where it has fewer than four points, or no such law fits."""
    if len(documents) < 4:
        return None
    try:
        (a, b, c), _ = curve_fit(
            power_law,
            documents,
            scores,
            p0=(min(1.0, scores.max() + 0.05), 1.0, 0.5),
            bounds=([0, 0, 0.05], [1, 10, 2]),
        )
    except (RuntimeError, ValueError):
        return None
    return float(a), float(b), float(c)


def _forecast(documents: NDArray[np.float64], scores: NDArray[np.float64]) -> float:
    law = fit_power_law(documents, scores)
    if law is None:
        return np.nan
    now, then = power_law(documents[-1] * np.array([1.0, 2.0]), *law)
    return float(then - now)


def _verdict(gain: float, error: float, forecast: float) -> str:
    if forecast >= WORTHWHILE and gain > _SURE * error:
        return "yes"
    return "hardly" if forecast < WORTHWHILE and gain + _SURE * error < 2 * WORTHWHILE else "unclear"


def _try(
    material: Material,
    fold: int,
    share: float,
    part: NDArray[np.intp],
    along: NDArray[np.intp],
    test: NDArray[np.intp],
) -> list[tuple[Any, ...]]:
    side = material.take(np.concatenate((part, along)))
    tested = material.frame.iloc[test].reset_index(drop=True)
    # Two folds give the calibration, which these scores do not look at.
    estimator = IncidentClassifier(n_folds=2, taxonomy=material.taxonomy)
    try:
        model = side.teach(clone(estimator))
    except (CorpusError, ValueError):
        return []
    scores = measure(tested, model.label(texts_of(tested), any_language=True))
    found: dict[str, float] = {}
    if motivation := scores["motivation"]:
        found[ALL_MOTIVATIONS] = motivation["macro_f1"]
        found |= {label: row["f1"] for label, row in motivation["labels"].items()}
    if impact := scores["impact"]:
        found[ALL_IMPACTS] = impact["mean_average_precision"]
        found |= {domain: row["average_precision"] for domain, row in impact["domains"].items()}
    return [(label, share, fold, len(part), score) for label, score in found.items()]
