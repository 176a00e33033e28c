"""Conformal sets: they keep their promise, and grow with it."""

from itertools import pairwise

import numpy as np
import pytest
from crepes import ConformalClassifier
from scipy.stats import binom

from cyberclass.errors import CyberclassError
from cyberclass.model.conformal import motivation_sets, nonconformity
from cyberclass.taxonomy import CODEBOOK

MOTIVATIONS = CODEBOOK.motivations

COVERAGES = [0.05, 0.3, 0.5, 0.8, 0.9, 0.95, 0.99]


def exchangeable(n, seed):
    """Probabilities that say something of the motivation, and are far too sure of it."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, 3, n)
    scores = generator.normal(size=(n, 3))
    scores[np.arange(n), truth] += 0.8
    exponential = np.exp(4 * scores)
    return exponential / exponential.sum(axis=1, keepdims=True), truth


@pytest.mark.parametrize(
    ("probabilities", "motivations", "scores"),
    [
        ([], [], []),
        ([(0.5, 0.3, 0.2)], ["criminal"], [0.7]),
        (
            [(0.9, 0.1, 0.0), (0.2, 0.2, 0.6), (0.2, 0.2, 0.6)],
            [MOTIVATIONS[0], MOTIVATIONS[1], "ideological"],
            [0.1, 0.4, 0.8],
        ),
        ([(1.0, 0.0, 0.0), (1.0, 0.0, 0.0)], ["ideological", "state-sponsored"], [0.0, 1.0]),
    ],
)
def test_a_score_is_what_is_left_to_the_other_motivations_in_ascending_order(probabilities, motivations, scores):
    found = nonconformity(
        np.array(probabilities, dtype=float).reshape(-1, 3), np.array(motivations, dtype=str), MOTIVATIONS
    )
    assert found.tolist() == pytest.approx(scores)


@pytest.mark.parametrize(
    ("coverage", "held"),
    [
        # By hand: of scores 0.1 ... 0.9 the ceil(10 * coverage)th is the last that is let in.
        (0.1, [True, False, False]),
        (0.45, [True, True, False]),
        (0.5, [True, True, False]),
        (0.7, [True, True, False]),
        (0.75, [True, True, True]),
        (0.95, [True, True, True]),
    ],
)
def test_a_set_by_hand(coverage, held):
    scores = np.linspace(0.1, 0.9, 9)
    assert motivation_sets(scores, np.array([[0.92, 0.52, 0.22]]), coverage).tolist() == [held]


@pytest.mark.parametrize("coverage", COVERAGES)
def test_the_true_motivation_is_among_a_set_as_often_as_promised(coverage):
    achieved, n_calibration, n_test, rounds = [], 500, 500, 20
    for seed in range(rounds):
        probabilities, truth = exchangeable(n_calibration + n_test, seed)
        scores = nonconformity(probabilities[:n_calibration], np.array(MOTIVATIONS)[truth[:n_calibration]], MOTIVATIONS)
        held = motivation_sets(scores, probabilities[n_calibration:], coverage)
        achieved.append(held[np.arange(n_test), truth[n_calibration:]].sum())
    total = rounds * n_test
    # A test and a calibration sample of one size each: the count varies about twice as a binomial one does.
    low, high = binom.ppf([1e-4, 1 - 1e-4], total, coverage)
    middle = total * coverage
    assert middle - 1.5 * (middle - low) <= sum(achieved) <= middle + 1.5 * (high - middle) + rounds


def test_sets_grow_with_their_coverage():
    probabilities, truth = exchangeable(400, 0)
    scores = nonconformity(probabilities[:200], np.array(MOTIVATIONS)[truth[:200]], MOTIVATIONS)
    sets = [motivation_sets(scores, probabilities[200:], coverage) for coverage in COVERAGES]
    for smaller, larger in pairwise(sets):
        assert (smaller <= larger).all()
    assert sets[0].sum() < sets[-1].sum()


def test_a_set_holds_the_likelier_motivations_first():
    probabilities, truth = exchangeable(400, 1)
    scores = nonconformity(probabilities[:200], np.array(MOTIVATIONS)[truth[:200]], MOTIVATIONS)
    held = motivation_sets(scores, probabilities[200:], 0.9)
    for row, own in zip(probabilities[200:], held, strict=True):
        assert row[own].min(initial=1.0) >= row[~own].max(initial=0.0)


def test_sets_of_nothing_are_none():
    assert motivation_sets(np.array([0.1, 0.2]), np.zeros((0, 3)), 0.9).shape == (0, 3)


def test_sets_do_not_depend_on_chance_or_neighbours():
    probabilities, truth = exchangeable(100, 0)
    scores = nonconformity(probabilities, np.array(MOTIVATIONS)[truth], MOTIVATIONS)
    together = motivation_sets(scores, probabilities, 0.8)
    assert np.array_equal(motivation_sets(scores, probabilities[::-1], 0.8)[::-1], together)
    assert together[:1].tolist() == motivation_sets(scores, probabilities[:1], 0.8).tolist()


@pytest.mark.parametrize("coverage", COVERAGES)
def test_like_documents_have_like_sets(coverage):
    alike = np.tile([[0.92, 0.52, 0.22]], (200, 1))
    held = motivation_sets(np.linspace(0.1, 0.9, 9), alike, coverage)
    assert (held == held[0]).all()


@pytest.mark.parametrize("coverage", [0, 1, 1.5, -0.1, float("nan"), float("inf")])
def test_a_coverage_that_is_no_probability_is_refused(coverage):
    with pytest.raises(CyberclassError, match=rf"^coverage: found {coverage}; expected a probability between 0 and 1"):
        motivation_sets(np.array([0.1, 0.2]), np.array([[0.5, 0.3, 0.2]]), coverage)


def test_a_model_without_scores_has_no_sets():
    with pytest.raises(CyberclassError, match="without held-out scores; train it again"):
        motivation_sets(np.array([]), np.array([[0.5, 0.3, 0.2]]), 0.9)


@pytest.mark.parametrize("coverage", COVERAGES)
@pytest.mark.parametrize("n", [1, 7, 99, 1000])
def test_sets_are_those_of_crepes(coverage, n):
    probabilities, truth = exchangeable(n, n)
    others, _ = exchangeable(200, 1)
    scores = nonconformity(probabilities, np.array(MOTIVATIONS)[truth], MOTIVATIONS)
    oracle = ConformalClassifier()
    oracle.fit(scores)
    # It lets in what stands on the border exactly, where the promise does not need it.
    expected = oracle.predict_set(1 - others, confidence=coverage - 1e-9, smoothing=False)
    assert np.array_equal(motivation_sets(scores, others, coverage), expected.astype(bool))
