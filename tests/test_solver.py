"""The solver and the design matrix, with scikit-learn on the matrix multiplied out as the oracle."""

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import aslinearoperator
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from cyberclass.model import solver
from cyberclass.model.design import factored
from cyberclass.model.solver import fit_linear


def random_matrix(n, width, seed):
    return sparse.random_array((n, width), density=0.2, rng=np.random.default_rng(seed), format="csr")


@pytest.fixture(scope="module")
def blocks():
    shares, words, pairs, grams, rest = (
        random_matrix(n, width, seed)
        for seed, (n, width) in enumerate(((300, 60), (60, 20), (300, 30), (60, 50), (300, 5)))
    )
    return shares, words, np.linspace(0.5, 2.0, 300), pairs, grams, rest


@pytest.fixture(scope="module")
def matrix(blocks):
    shares, words, scale, pairs, grams, rest = blocks
    return sparse.hstack((sparse.diags_array(scale) @ shares @ words, pairs, shares @ grams, rest), format="csr")


@pytest.mark.parametrize("width", [1, 3])
def test_a_design_multiplies_as_its_matrix_does(blocks, matrix, width):
    generator = np.random.default_rng(4)
    design = factored(*blocks)
    weights, errors = generator.normal(size=(matrix.shape[1], width)), generator.normal(size=(300, width))
    assert design.shape == matrix.shape
    assert design @ weights == pytest.approx(matrix @ weights)
    assert design.T @ errors == pytest.approx(matrix.T @ errors)
    assert design @ weights[:, 0] == pytest.approx(matrix @ weights[:, 0])


@pytest.mark.parametrize("C", [0.1, 10.0, 30.0])
@pytest.mark.parametrize("weighting", ["equal", "half", "random"])
@pytest.mark.parametrize("n_labels", [2, 3, 5])
def test_coefficients_are_those_of_scikit_learn(blocks, matrix, n_labels, weighting, C):
    generator = np.random.default_rng(5)
    truth = matrix @ generator.normal(size=(matrix.shape[1], n_labels))
    # The first label is the rarest.
    labels = (truth - truth.mean(axis=0) + generator.normal(size=truth.shape) + np.arange(n_labels) / 3).argmax(axis=1)
    weights = {
        "equal": np.ones(300),
        "half": np.where(np.arange(300) < 200, 1.0, 0.5),
        "random": generator.uniform(0.1, 3.0, 300),
    }[weighting]
    oracle = LogisticRegression(C=C, class_weight="balanced", max_iter=1000, tol=1e-3)
    oracle.fit(matrix, labels, sample_weight=weights)
    coef, intercept = fit_linear(factored(*blocks), labels, weights, C)
    assert coef == pytest.approx(oracle.coef_.T, abs=1e-6)
    assert intercept == pytest.approx(oracle.intercept_, abs=1e-6)
    assert np.abs(coef).max() > 0.05


def test_a_copy_of_a_row_at_half_the_weight_counts_for_half(matrix):
    labels = (matrix.sum(axis=1) > np.median(matrix.sum(axis=1))).astype(int)
    twice = aslinearoperator(sparse.vstack((matrix, matrix[:50]), format="csr"))
    weights = np.where(np.arange(350) < 300, 1.0, 0.5)
    once = np.where(np.arange(300) < 50, 1.5, 1.0)
    copied, _ = fit_linear(twice, np.append(labels, labels[:50]), weights, 10.0)
    weighed, _ = fit_linear(aslinearoperator(matrix), labels, once, 10.0)
    assert copied == pytest.approx(weighed, abs=1e-6)


def test_a_fit_that_does_not_end_says_so(matrix, monkeypatch):
    monkeypatch.setattr(solver, "_MAX_ITERATIONS", 2)
    with pytest.warns(ConvergenceWarning, match="not fitted to the end"):
        fit_linear(aslinearoperator(matrix), np.arange(300) % 2, np.ones(300), 10.0)
