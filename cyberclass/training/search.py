"""A search for settings: each is tried in folds grouped by incident, and judged by the corpus's own documents."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.model_selection import ParameterGrid

from cyberclass.evaluation.measures import measure
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.training.material import Material

#: Parameters of `IncidentClassifier` that are tried, those of the default among them.
SETTINGS: list[dict[str, Any]] = list(
    ParameterGrid({"C": [10.0, 3.0, 30.0], "masked_weight": [0.5, 0.0], "vectorizer__min_documents": [2, 1]})
)

#: How much a document that comes along with a base counts beside one of the corpus's own.
BASE_WEIGHTS = [1.0, 0.3, 0.1]

#: Told of each step: what is done, and how far it is, in [0, 1].
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Candidate:
    """Settings, and how good a model with them is on the corpus's own documents, out of fold.

    Attributes
    ----------
    settings : dict
        Parameters of `IncidentClassifier`.
    base_weight : float
    motivation_macro_f1, impact_mean_average_precision : float or None
        None where nothing is coded.
    """

    settings: dict[str, Any]
    base_weight: float
    motivation_macro_f1: float | None
    impact_mean_average_precision: float | None

    @property
    def score(self) -> float:
        """The mean of the two figures, or the one there is."""
        figures = [self.motivation_macro_f1, self.impact_mean_average_precision]
        return float(np.mean([figure for figure in figures if figure is not None] or [0.0]))


def search(
    material: Material,
    estimator: IncidentClassifier,
    settings: Sequence[dict[str, Any]],
    base_weights: Sequence[float],
    *,
    n_jobs: int | None = None,
    progress: Progress = lambda step, share: None,
) -> list[Candidate]:
    """Try settings, several at the same time.

    Parameters
    ----------
    material : Material
    estimator : IncidentClassifier
        Not fitted; left as it is.
    settings : sequence of dict
        Parameters of the estimator.
    base_weights : sequence of float
        Each is tried with each of the settings.
    n_jobs : int, optional
        As joblib counts.
    progress : callable, optional

    Returns
    -------
    list of Candidate
        The best first; of equals the one that stands first among those given.
    """
    pairs = [(each, weight) for each in settings for weight in base_weights]

    def attempt(parameters: dict[str, Any], base_weight: float) -> Candidate:
        weighted = material.with_base(base_weight)
        scores = measure_own(weighted, weighted.teach(clone(estimator).set_params(**parameters, n_jobs=1)))
        motivation, impact = scores["motivation"], scores["impact"]
        return Candidate(
            settings=parameters,
            base_weight=base_weight,
            motivation_macro_f1=motivation["macro_f1"] if motivation else None,
            impact_mean_average_precision=impact["mean_average_precision"] if impact else None,
        )

    found = []
    progress("searching", 0.0)
    for candidate in Parallel(n_jobs=n_jobs, return_as="generator")(delayed(attempt)(*pair) for pair in pairs):
        found.append(candidate)
        progress("searching", len(found) / len(pairs))
    return sorted(found, key=lambda candidate: -candidate.score)


def measure_own(material: Material, model: IncidentClassifier) -> dict[str, Any]:
    """Measure a fitted model, out of fold, on the documents that do not come along with a base."""
    own = np.flatnonzero(material.own)
    frame, predicted = material.frame.iloc[own], model.out_of_fold_.iloc[own]
    return measure(frame.reset_index(drop=True), predicted.reset_index(drop=True))
