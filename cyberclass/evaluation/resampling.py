"""How sure a figure is: confidence intervals from a bootstrap over incidents, and two models compared in pairs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binomtest

from cyberclass.evaluation.measures import BINS, bins_of, knows_motivations, likeliest_of, which_probabilities
from cyberclass.model.outputs import taxonomy_in
from cyberclass.model.targets import Targets, targets_of
from cyberclass.taxonomy import UNDETERMINED

N_RESAMPLES = 1000

#: Two-sided 95 %.
_ENDS = (0.025, 0.975)

#: Resamples worked on at a time: bounds memory at this many rows of weights.
_AT_ONCE = 100

Weights = NDArray[np.float64]
Figure = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """Two models on the same documents.

    Attributes
    ----------
    differences : dict of str to dict
        For each headline figure: `difference` (first minus second), `low` and `high` (95 % interval).
    only_first_right, only_second_right : int
        Incidents of which one of the two has the motivation right in more documents than the other.
    p_value : float
        McNemar's exact test of these two counts being one (McNemar, 1947), on incidents, since documents on one are no
        independent evidence; 1 when both are 0.
    """

    differences: dict[str, dict[str, float]]
    only_first_right: int
    only_second_right: int
    p_value: float


def intervals(
    labelled: pd.DataFrame, predicted: pd.DataFrame, *, n_resamples: int = N_RESAMPLES, random_state: int = 0
) -> dict[str, dict[str, float]]:
    """Give the headline figures with their 95 % intervals.

    Incidents, not documents, are drawn with replacement: documents on one incident are no independent evidence
    (the cluster bootstrap; Field and Welsh, 2007, "Bootstrapping clustered data").

    Parameters
    ----------
    labelled : DataFrame, n rows
        The columns is_incident, motivation, impact and incident, as `corpora.documents.read_corpus` gives them.
    predicted : DataFrame, n rows in the same order
        The columns of `IncidentClassifier.label`.
    n_resamples : int
    random_state : int

    Returns
    -------
    dict of str to dict
        For each figure that can be computed: `value`, `low`, `high`. Keys as `figures_of` names them.
    """
    statistics = figures_of(labelled, predicted)
    drawn = _resample(labelled["incident"], [statistics], n_resamples, random_state)[0]
    whole = statistics(np.ones((1, len(labelled))))
    n_incidents = labelled["incident"].nunique()
    found = {}
    for name, values in drawn.items():
        value = float(whole[name][0])
        if not np.isfinite(value):
            continue
        low, high = _ends(values)
        if name == "calibration_error":
            # A sum of absolute values: resampling adds its noise to it once more, so the ends are taken the other
            # way round (the basic bootstrap; Davison and Hinkley, 1997).
            low, high = max(0.0, 2 * value - high), max(0.0, 2 * value - low)
        elif low == high and value in (0.0, 1.0):
            # All alike: what so many incidents can say of a share (Clopper and Pearson, 1934).
            exact = binomtest(round(value * n_incidents), n_incidents).proportion_ci(method="exact")
            low, high = float(exact.low), float(exact.high)
        found[name] = {"value": value, "low": low, "high": high}
    return found


def compare(
    labelled: pd.DataFrame,
    first: pd.DataFrame,
    second: pd.DataFrame,
    *,
    n_resamples: int = N_RESAMPLES,
    random_state: int = 0,
) -> Comparison:
    """Compare the labels of two models, drawing the same incidents for both.

    Parameters
    ----------
    labelled, first, second : DataFrame, n rows in the same order
        As `intervals` takes them.
    n_resamples : int
    random_state : int

    Returns
    -------
    Comparison
    """
    both = [figures_of(labelled, first), figures_of(labelled, second)]
    of_first, of_second = _resample(labelled["incident"], both, n_resamples, random_state)
    whole = [statistics(np.ones((1, len(labelled)))) for statistics in both]
    differences = {}
    for name in of_first.keys() & of_second.keys():
        low, high = _ends(of_first[name] - of_second[name])
        difference = float(whole[0][name][0] - whole[1][name][0])
        if np.isfinite(difference):
            differences[name] = {"difference": difference, "low": low, "high": high}
    taxonomy = taxonomy_in(first)
    truth = targets_of(labelled, taxonomy).motivation
    rows = np.isin(truth.astype(str), taxonomy.motivations)
    right = [(likeliest_of(predicted)[rows] == truth[rows]).astype(int) for predicted in (first, second)]
    better = pd.Series(right[0] - right[1]).groupby(labelled["incident"].to_numpy()[rows]).sum()
    only_first, only_second = int((better > 0).sum()), int((better < 0).sum())
    p_value = binomtest(only_first, only_first + only_second).pvalue if only_first + only_second else 1.0
    return Comparison(dict(sorted(differences.items())), only_first, only_second, float(p_value))


def figures_of(labelled: pd.DataFrame, predicted: pd.DataFrame) -> Callable[[Weights], dict[str, Figure]]:
    """Prepare the headline figures as functions of the documents' weights.

    Returns
    -------
    callable
        Given weights of shape (n_resamples, n), returns arrays of shape (n_resamples,), NaN where a figure cannot be
        computed: "motivation_accuracy", "motivation_macro_f1", "calibration_error" (on documents with a
        motivation), "coverage", "accuracy_where_labelled", "undetermined_left_so", "impact_macro_f1",
        "impact_micro_f1", "impact_mean_average_precision", "incident_roc_auc".
    """
    targets = targets_of(labelled, taxonomy_in(predicted))
    parts = [_motivation(targets, predicted), _undetermined(targets, predicted), _impact(targets, predicted)]
    parts.append(_incident(targets, predicted))

    def compute(weights: Weights) -> dict[str, Figure]:
        return {name: values for part in parts for name, values in part(weights).items()}

    return compute


def _resample(
    incidents: pd.Series, statistics: Sequence[Callable[[Weights], dict[str, Figure]]], n_resamples: int, seed: int
) -> list[dict[str, Figure]]:
    """Compute statistics of the same resamples."""
    generator = np.random.default_rng(seed)
    codes, names = pd.factorize(incidents)
    found: list[list[dict[str, Figure]]] = [[] for _ in statistics]
    for start in range(0, n_resamples, _AT_ONCE):
        size = min(_AT_ONCE, n_resamples - start)
        times = generator.multinomial(len(names), np.full(len(names), 1 / len(names)), size=size)
        weights = times[:, codes].astype(np.float64)
        for place, compute in enumerate(statistics):
            found[place].append(compute(weights))
    return [{name: np.concatenate([part[name] for part in parts]) for name in parts[0]} for parts in found]


def _ends(values: Figure) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, _ENDS)
    return float(low), float(high)


def _motivation(targets: Targets, predicted: pd.DataFrame) -> Callable[[Weights], dict[str, Figure]]:
    if not knows_motivations(predicted):
        return lambda _: {}
    motivations = targets.taxonomy.motivations
    rows, truth = targets.head("motivation")
    probabilities = which_probabilities(predicted)[rows]
    said = likeliest_of(predicted)[rows]
    confidence = probabilities.max(axis=1) if len(rows) else np.zeros(0)
    right = said == truth
    gaps = np.zeros((len(rows), BINS))
    gaps[np.arange(len(rows)), bins_of(confidence)] = right - confidence
    labels = [label for label in motivations if (truth == label).any()]

    def compute(weights: Weights) -> dict[str, Figure]:
        own = weights[:, rows]
        total = own.sum(axis=1)
        return {
            "motivation_accuracy": _divide(own @ right, total),
            "motivation_macro_f1": _mean([_f1(own, truth == label, said == label) for label in labels], len(own)),
            "calibration_error": _divide(np.abs(own @ gaps).sum(axis=1), total),
        }

    return compute


def _undetermined(targets: Targets, predicted: pd.DataFrame) -> Callable[[Weights], dict[str, Figure]]:
    if not knows_motivations(predicted):
        return lambda _: {}
    motivations = targets.taxonomy.motivations
    truth = targets.motivation.astype(str)
    some, open_cases = np.isin(truth, motivations), truth == UNDETERMINED
    decided = predicted["motivation"].to_numpy(dtype=object).astype(str)
    given = np.isin(decided, motivations)

    def compute(weights: Weights) -> dict[str, Figure]:
        return {
            "coverage": _divide(weights @ (given & some), weights @ some),
            "accuracy_where_labelled": _divide(weights @ (given & some & (decided == truth)), weights @ (given & some)),
            "undetermined_left_so": _divide(weights @ (~given & open_cases), weights @ open_cases),
        }

    return compute


def _impact(targets: Targets, predicted: pd.DataFrame) -> Callable[[Weights], dict[str, Figure]]:
    impacts = targets.taxonomy.impacts
    said = np.array([[domain in domains.split(";") for domain in impacts] for domains in predicted["impact"]], bool)
    said = said.reshape(len(predicted), len(impacts))
    probability = predicted[[f"p_impact_{domain}" for domain in impacts]].to_numpy(dtype=float)
    coded = ~np.isnan(targets.impact)
    truth = targets.impact == 1
    known = [column for column in range(len(impacts)) if not np.isnan(probability[:, column]).any()]
    columns = [column for column in known if truth[:, column].any()]

    def compute(weights: Weights) -> dict[str, Figure]:
        size = len(weights)
        rows = {column: np.flatnonzero(coded[:, column]) for column in known}
        f1 = [_f1(weights[:, rows[c]], truth[rows[c], c], said[rows[c], c]) for c in columns]
        precision = [
            _average_precision(weights[:, rows[c]], truth[rows[c], c], probability[rows[c], c]) for c in columns
        ]
        # A domain that is never true has no F1 of its own, but what is given of it is wrong all the same.
        hits = sum((weights[:, r] @ (truth[r, c] & said[r, c]) for c, r in rows.items()), np.zeros(size))
        both = sum((weights[:, r] @ (truth[r, c].astype(float) + said[r, c]) for c, r in rows.items()), np.zeros(size))
        return {
            "impact_macro_f1": _mean(f1, size),
            "impact_micro_f1": _divide(2 * hits, both) if columns else np.full(size, np.nan),
            "impact_mean_average_precision": _mean(precision, size),
        }

    return compute


def _incident(targets: Targets, predicted: pd.DataFrame) -> Callable[[Weights], dict[str, Figure]]:
    truth = targets.is_incident
    probability = predicted["p_incident"].to_numpy(dtype=float)

    def compute(weights: Weights) -> dict[str, Figure]:
        if truth.all() or not truth.any() or np.isnan(probability).any():
            return {"incident_roc_auc": np.full(len(weights), np.nan)}
        return {"incident_roc_auc": _roc_auc(weights, truth, probability)}

    return compute


def _f1(weights: Weights, truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> Figure:
    # As in the whole, a label that a resample does not hold has no F1 there.
    f1 = _divide(2 * (weights @ (truth & said)), weights @ (truth.astype(float) + said))
    return np.where(weights @ truth > 0, f1, np.nan)


def _average_precision(weights: Weights, truth: NDArray[np.bool_], probability: NDArray[np.float64]) -> Figure:
    if np.isnan(probability).any():
        return np.full(len(weights), np.nan)
    order, last = _descending(probability)
    own = weights[:, order]
    said = own.cumsum(axis=1)[:, last]
    hits = (own * truth[order]).cumsum(axis=1)[:, last]
    precision = np.divide(hits, said, out=np.zeros_like(hits), where=said > 0)
    return _divide((np.diff(hits, axis=1, prepend=0.0) * precision).sum(axis=1), hits[:, -1])


def _roc_auc(weights: Weights, truth: NDArray[np.bool_], probability: NDArray[np.float64]) -> Figure:
    order, last = _descending(probability)
    own = weights[:, order]
    hits = (own * truth[order]).cumsum(axis=1)[:, last]
    misses = (own * ~truth[order]).cumsum(axis=1)[:, last]
    steps = np.diff(misses, axis=1, prepend=0.0)
    area = (steps * (hits - np.diff(hits, axis=1, prepend=0.0) / 2)).sum(axis=1)
    return _divide(area, hits[:, -1] * misses[:, -1])


def _descending(probability: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Order by falling probability, and say where each run of equal ones ends."""
    order = np.argsort(-probability, kind="stable")
    ordered = probability[order]
    return order, np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))


def _divide(numerator: Any, denominator: Any) -> Figure:
    values: Figure = np.divide(
        numerator, denominator, out=np.full(len(denominator), np.nan), where=np.asarray(denominator) > 0
    )
    return values


def _mean(parts: list[Figure], size: int) -> Figure:
    """Average what can be computed."""
    known = [np.isfinite(part) for part in parts]
    total = sum((np.where(own, part, 0.0) for own, part in zip(known, parts, strict=True)), np.zeros(size))
    return _divide(total, sum((own.astype(float) for own in known), np.zeros(size)))
