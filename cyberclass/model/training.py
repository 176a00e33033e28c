"""How the classifier learns: heads in grouped folds for calibration and thresholds, then on all documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import aslinearoperator
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from cyberclass.corpora.splits import grouped_folds
from cyberclass.model.calibration import calibrate
from cyberclass.model.decision import Decisions, Thresholds, decide
from cyberclass.model.design import Designer
from cyberclass.model.features import IncidentVectorizer
from cyberclass.model.heads import EMPHASIS, MASK, fit_head
from cyberclass.model.outputs import Outputs
from cyberclass.model.tally import Tally, in_file, tally_texts
from cyberclass.model.targets import Targets
from cyberclass.model.thresholds import choose_thresholds
from cyberclass.model.vocabulary import learn_vocabulary


@dataclass(frozen=True)
class Trained:
    """What was learned.

    Attributes
    ----------
    vectorizer : IncidentVectorizer
    coef : ndarray, shape (n_features, n_outputs)
    intercept : ndarray, shape (n_outputs,)
        Calibrated; columns in the order of `outputs.Outputs.names`.
    thresholds : Thresholds
    held_out : ndarray, shape (n, n_outputs)
        Probabilities of the training documents by models that had not seen their incidents; calibrated on the scores
        of the other folds.
    decisions : Decisions
        What thresholds chosen on the other folds make of them.
    n_words : ndarray, shape (n, 2)
        Words of the training documents, and how many of these the other folds lack.
    """

    vectorizer: IncidentVectorizer
    coef: NDArray[np.float64]
    intercept: NDArray[np.float64]
    thresholds: Thresholds
    held_out: NDArray[np.float64]
    decisions: Decisions
    n_words: NDArray[np.float64]


def train(
    texts: Sequence[str],
    targets: Targets,
    groups: Sequence[str],
    *,
    vectorizer: IncidentVectorizer,
    C: float,
    masked_weight: float,
    n_folds: int,
    random_state: int,
    n_jobs: int | None,
) -> Trained:
    """Learn all heads; parameters as `IncidentClassifier` explains them.

    Returns
    -------
    Trained
    """
    # Rows are put in the order of their texts, so that the order they come in makes no difference to a single bit.
    order = np.array(sorted(range(len(texts)), key=lambda row: (texts[row], groups[row])))
    texts = [texts[row] for row in order]
    targets = targets.take(order)
    folds = grouped_folds(_as_frame(texts, targets, [groups[row] for row in order]), n_folds, random_state)
    enough = min(vectorizer.min_documents, *(len(rows) for rows, _ in folds))
    settings = {"vectorizer": vectorizer, "C": C, "masked_weight": masked_weight}
    with in_file(tally_texts(texts, enough, MASK if masked_weight > 0 else None)) as tally:
        # The largest job first, so that the others fill the time beside it.
        (fitted, coef, intercept), *of_tests = Parallel(n_jobs=n_jobs)(
            [
                delayed(_learn)(tally, targets, np.arange(len(texts)), **settings),
                *(delayed(_learn_and_score)(tally, targets, *fold, **settings) for fold in folds),
            ]
        )
    outputs = Outputs(targets.taxonomy)
    scores = np.full((len(texts), coef.shape[1]), np.nan)
    n_words = np.zeros((len(texts), 2))
    for (_, test), of_test in zip(folds, of_tests, strict=True):
        scores[test], n_words[test] = of_test
    slope, offset = calibrate(scores, targets)
    held_out, decisions = _judge_held_out(scores, targets, [test for _, test in folds])
    back = np.argsort(order)
    return Trained(
        vectorizer=fitted,
        coef=coef * slope,
        intercept=intercept * slope + offset,
        thresholds=choose_thresholds(outputs.probabilities_of(scores * slope + offset), targets),
        held_out=held_out[back],
        decisions=Decisions(decisions.is_incident[back], decisions.motivation[back], decisions.impact[back]),
        n_words=n_words[back],
    )


def _judge_held_out(
    scores: NDArray[np.float64], targets: Targets, tests: list[NDArray[np.intp]]
) -> tuple[NDArray[np.float64], Decisions]:
    """Calibrate and decide each fold by the scores and labels of the others, never by its own."""
    n, outputs = len(scores), Outputs(targets.taxonomy)
    held_out = np.empty_like(scores)
    n_domains = len(targets.taxonomy.impacts)
    decided = Decisions(np.empty(n, bool), np.empty(n, object), np.empty((n, n_domains), bool))
    for test in tests:
        others = np.setdiff1d(np.arange(n), test)
        slope, offset = calibrate(scores[others], targets.take(others))
        probabilities = outputs.probabilities_of(scores * slope + offset)
        held_out[test] = probabilities[test]
        thresholds = choose_thresholds(probabilities[others], targets.take(others))
        of_test = decide(probabilities[test], thresholds, outputs)
        decided.is_incident[test], decided.motivation[test] = of_test.is_incident, of_test.motivation
        decided.impact[test] = of_test.impact
    return held_out, decided


def _as_frame(texts: Sequence[str], targets: Targets, groups: Sequence[str]) -> pd.DataFrame:
    # Numbered in the order of the texts: folds go by id.
    ids = [f"{row:09d}" for row in range(len(texts))]
    return pd.DataFrame(
        {"id": ids, "incident": groups, "is_incident": targets.is_incident, "motivation": targets.motivation}
    )


def _learn(
    tally: Tally,
    targets: Targets,
    rows: NDArray[np.intp],
    *,
    vectorizer: IncidentVectorizer,
    C: float,
    masked_weight: float,
) -> tuple[IncidentVectorizer, NDArray[np.float64], NDArray[np.float64]]:
    """Fit vectorizer and heads on some rows."""
    # The work is in sparse products; threads for the dense rest wait for each other, on a busy machine for ever.
    with threadpool_limits(1):
        vocabulary = learn_vocabulary(tally, rows, vectorizer.min_documents, vectorizer.char_lengths)
        fitted = clone(vectorizer).adopt(vocabulary)
        designer = Designer(tally, fitted)
        copies = np.flatnonzero(np.isin(tally.origin[len(targets) :], rows)) + len(targets)
        weights = np.repeat((1.0, masked_weight), (len(rows), len(copies)))
        rows = np.concatenate((rows, copies))
        learned = targets.take(tally.origin[rows])
        weights *= learned.weight
        blocks = fitted.blocks()
        coefs, intercepts = [], []
        for head in Outputs(targets.taxonomy).heads:
            emphasis = EMPHASIS.get(head, EMPHASIS["impact"])
            coded, labels = learned.head(head)
            answers = targets.taxonomy.motivations if head == "motivation" else (False, True)
            if not emphasis.masked:
                own = rows[coded] < len(targets)
                coded, labels = coded[own], labels[own]
            scale = np.ones(blocks["actor"].stop)
            scale[blocks["motive"]], scale[blocks["harm"]] = emphasis.motive_cues, emphasis.harm_cues
            scale[blocks["actor"]] = emphasis.actors
            scaled = designer.features(rows[coded]) @ aslinearoperator(sparse.diags_array(scale))
            coef, intercept = fit_head(scaled, labels, weights[coded], answers, C * emphasis.C)
            # Before the next are made: two would take twice the memory.
            del scaled
            coefs.append(coef * scale[:, None])
            intercepts.append(intercept)
        return fitted, np.column_stack(coefs), np.concatenate(intercepts)


def _learn_and_score(
    tally: Tally, targets: Targets, rows: NDArray[np.intp], held: NDArray[np.intp], **settings: Any
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit on some rows; score others, and count their words."""
    fitted, coef, intercept = _learn(tally, targets, rows, **settings)
    designer = Designer(tally, fitted)
    return designer.features(held) @ coef + intercept, designer.count_words(held)
