"""Intervals: their values are scikit-learn's, incidents are what is drawn, and two models are compared in pairs."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, roc_auc_score

from cyberclass.evaluation.measures import expected_calibration_error, likeliest_of, measure, which_probabilities
from cyberclass.evaluation.resampling import compare, figures_of, intervals
from cyberclass.model.targets import targets_of
from cyberclass.taxonomy import CODEBOOK, UNDETERMINED

MOTIVATIONS, IMPACTS = CODEBOOK.motivations, CODEBOOK.impacts

FIGURES = {
    "motivation_accuracy",
    "motivation_macro_f1",
    "calibration_error",
    "coverage",
    "accuracy_where_labelled",
    "undetermined_left_so",
    "impact_macro_f1",
    "impact_micro_f1",
    "impact_mean_average_precision",
    "incident_roc_auc",
}
FEW = 100


def truth_of(n=200, seed=0, **columns):
    """Labels by chance: each document an incident of its own, a tenth not coded, a tenth no incident."""
    generator = np.random.default_rng(seed)
    is_incident = generator.random(n) < 0.9
    motivation = generator.choice([*MOTIVATIONS, UNDETERMINED, None], n, p=[0.3, 0.3, 0.2, 0.1, 0.1]).astype(object)
    domains = generator.random((n, len(IMPACTS))) < 0.3
    impact = [
        None if row % 10 == 3 else [domain for domain, own in zip(IMPACTS, domains[row], strict=True) if own]
        for row in range(n)
    ]
    motivation[~is_incident] = None
    impact = [domains if incident else [] for domains, incident in zip(impact, is_incident, strict=True)]
    return pd.DataFrame(
        {
            "is_incident": is_incident,
            "motivation": pd.Series(motivation, dtype=object),
            "impact": pd.Series(impact, dtype=object),
            "incident": [f"incident {row}" for row in range(n)],
        }
    ).assign(**columns)


def said_of(n=200, seed=1):
    """Predictions by chance, with one decimal, so that many are alike."""
    generator = np.random.default_rng(seed)
    four = generator.dirichlet([1, 1, 1, 0.5], n).round(1)
    impact = generator.random((n, len(IMPACTS))).round(1)
    p_incident = generator.random(n).round(1)
    motivation = np.where(four[:, 3] > 0.2, UNDETERMINED, np.array(MOTIVATIONS)[four[:, :3].argmax(axis=1)])
    frame = pd.DataFrame(
        {
            "is_incident": p_incident >= 0.5,
            "motivation": pd.Series(motivation, dtype=object),
            "impact": [";".join(np.array(IMPACTS)[row >= 0.6]) for row in impact],
            "p_incident": p_incident,
        }
    )
    frame[[f"p_motivation_{label}" for label in (*MOTIVATIONS, UNDETERMINED)]] = four
    frame[[f"p_impact_{domain}" for domain in IMPACTS]] = impact
    return frame


def by_scikit_learn(labelled, predicted, weights):
    """The figures that scikit-learn has, on weighted documents."""
    targets = targets_of(labelled)
    rows, truth = targets.head("motivation")
    likeliest, own = likeliest_of(predicted)[rows], weights[rows]
    labels = [label for label in MOTIVATIONS if (truth == label).any()]
    f1, precision = [], []
    for domain in IMPACTS:
        coded, actual = targets.head(domain)
        if not actual.any():
            continue
        said = np.array([domain in domains.split(";") for domains in predicted["impact"]])[coded]
        f1.append(f1_score(actual, said, sample_weight=weights[coded], zero_division=0.0))
        precision.append(
            average_precision_score(actual, predicted[f"p_impact_{domain}"][coded], sample_weight=weights[coded])
        )
    coded = ~np.isnan(targets.impact)
    said = np.array([[domain in domains.split(";") for domain in IMPACTS] for domains in predicted["impact"]])
    return {
        "motivation_accuracy": accuracy_score(truth, likeliest, sample_weight=own),
        "motivation_macro_f1": f1_score(
            truth, likeliest, labels=labels, average="macro", sample_weight=own, zero_division=0.0
        ),
        "impact_macro_f1": np.mean(f1),
        "impact_micro_f1": f1_score(
            targets.impact[coded] == 1, said[coded], sample_weight=np.repeat(weights, len(IMPACTS))[coded.ravel()]
        ),
        "impact_mean_average_precision": np.mean(precision),
        "incident_roc_auc": roc_auc_score(targets.is_incident, predicted["p_incident"], sample_weight=weights),
    }


@pytest.mark.parametrize("seed", range(5))
def test_values_are_those_of_scikit_learn(seed):
    labelled, predicted = truth_of(seed=seed), said_of(seed=seed + 100)
    found = {name: row["value"] for name, row in intervals(labelled, predicted, n_resamples=2).items()}
    assert set(found) == FIGURES
    expected = by_scikit_learn(labelled, predicted, np.ones(len(labelled)))
    assert {name: found[name] for name in expected} == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(3))
def test_a_document_drawn_twice_counts_twice(seed):
    labelled, predicted = truth_of(seed=seed), said_of(seed=seed + 100)
    weights = np.random.default_rng(seed).integers(0, 4, (3, len(labelled))).astype(float)
    found = figures_of(labelled, predicted)(weights)
    for place, own in enumerate(weights):
        expected = by_scikit_learn(labelled, predicted, own)
        assert {name: found[name][place] for name in expected} == pytest.approx(expected)
        times = np.repeat(np.arange(len(labelled)), own.astype(int))
        drawn = figures_of(labelled.iloc[times].reset_index(drop=True), predicted.iloc[times].reset_index(drop=True))
        once = drawn(np.ones((1, len(times))))
        assert {name: values[place] for name, values in found.items()} == pytest.approx(
            {name: values[0] for name, values in once.items()}
        )


@pytest.mark.parametrize("seed", range(3))
def test_values_are_those_that_measure_gives(seed):
    labelled, predicted = truth_of(seed=seed), said_of(seed=seed + 100)
    found = {name: row["value"] for name, row in intervals(labelled, predicted, n_resamples=2).items()}
    scores = measure(labelled, predicted)
    rows = np.isin(labelled["motivation"].astype(str), MOTIVATIONS)
    right = likeliest_of(predicted)[rows] == labelled["motivation"][rows].to_numpy()
    error = expected_calibration_error(which_probabilities(predicted)[rows].max(axis=1), right)
    assert found["calibration_error"] == pytest.approx(error)
    assert found == pytest.approx(
        {
            "motivation_accuracy": scores["motivation"]["accuracy"],
            "motivation_macro_f1": scores["motivation"]["macro_f1"],
            "calibration_error": scores["motivation"]["calibration_error"],
            "coverage": scores["undetermined"]["coverage"],
            "accuracy_where_labelled": scores["undetermined"]["accuracy_where_labelled"],
            "undetermined_left_so": scores["undetermined"]["undetermined_left_so"],
            "impact_macro_f1": scores["impact"]["macro_f1"],
            "impact_micro_f1": scores["impact"]["micro_f1"],
            "impact_mean_average_precision": scores["impact"]["mean_average_precision"],
            "incident_roc_auc": scores["incident"]["roc_auc"],
        }
    )


def test_a_domain_given_but_never_true_costs_micro_f1_as_much_as_in_measure():
    labelled = truth_of()
    labelled["impact"] = [
        domains and [domain for domain in domains if domain != "privacy"] for domains in labelled["impact"]
    ]
    predicted = said_of()
    found = intervals(labelled, predicted, n_resamples=2)
    assert found["impact_micro_f1"]["value"] == pytest.approx(measure(labelled, predicted)["impact"]["micro_f1"])


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, set()),
        ({"is_incident": True}, {"incident_roc_auc"}),
        ({"is_incident": False}, FIGURES),
        ({"impact": None}, {name for name in FIGURES if name.startswith("impact")}),
        ({"motivation": None}, FIGURES - {"incident_roc_auc"} - {n for n in FIGURES if n.startswith("impact")}),
        ({"motivation": "criminal"}, {"undetermined_left_so"}),
        (
            {"motivation": UNDETERMINED},
            {"motivation_accuracy", "motivation_macro_f1", "calibration_error", "coverage", "accuracy_where_labelled"},
        ),
    ],
)
def test_a_figure_that_cannot_be_computed_is_not_there(changes, missing):
    labelled = truth_of().assign(**{name: pd.Series([value] * 200) for name, value in changes.items()})
    labelled = labelled.astype({"is_incident": bool, "motivation": object, "impact": object})
    found = intervals(labelled, said_of(), n_resamples=FEW)
    assert set(found) == FIGURES - missing
    assert all(np.isfinite(list(row.values())).all() for row in found.values())


def test_intervals_hold_their_value_and_are_in_order():
    for row in intervals(truth_of(), said_of(), n_resamples=500).values():
        assert 0 <= row["low"] < row["high"] <= 1
        assert row["low"] <= row["value"] + 0.05
        assert row["value"] <= row["high"] + 0.05


def test_an_interval_of_a_share_is_about_as_wide_as_the_normal_approximation():
    labelled = truth_of(n=400, is_incident=True, motivation="criminal")
    found = intervals(labelled, said_of(n=400))["motivation_accuracy"]
    width = 2 * 1.96 * np.sqrt(found["value"] * (1 - found["value"]) / 400)
    assert found["high"] - found["low"] == pytest.approx(width, rel=0.15)


def test_documents_of_one_incident_do_not_narrow_the_interval():
    labelled, predicted = truth_of(n=40), said_of(n=40)
    rows = np.repeat(np.arange(40), 50)
    many = labelled.iloc[rows].reset_index(drop=True), predicted.iloc[rows].reset_index(drop=True)
    alone = many[0].assign(incident=[f"incident {row}" for row in range(len(rows))])
    once = intervals(labelled, predicted)["motivation_accuracy"]
    together = intervals(*many)["motivation_accuracy"]
    apart = intervals(alone, many[1])["motivation_accuracy"]
    assert together == pytest.approx(once)
    assert apart["value"] == pytest.approx(once["value"])
    # Fifty times as many independent documents: about a seventh as wide.
    assert apart["high"] - apart["low"] < (once["high"] - once["low"]) / 5


@pytest.mark.parametrize("n_resamples", [1, 99, 100, 101, 250])
def test_intervals_depend_on_the_seed_alone(n_resamples):
    labelled, predicted = truth_of(), said_of()
    first = intervals(labelled, predicted, n_resamples=n_resamples, random_state=3)
    assert intervals(labelled, predicted, n_resamples=n_resamples, random_state=3) == first
    other = intervals(labelled, predicted, n_resamples=n_resamples, random_state=4)
    assert other["motivation_accuracy"]["value"] == first["motivation_accuracy"]["value"]
    assert other["motivation_accuracy"]["low"] != first["motivation_accuracy"]["low"]


def test_the_index_of_rows_does_not_matter():
    labelled, predicted = truth_of(), said_of()
    moved = labelled.set_axis(range(500, 700)), predicted.set_axis(range(300, 500))
    assert intervals(*moved, n_resamples=FEW) == intervals(labelled, predicted, n_resamples=FEW)


# Two models


def test_a_model_is_no_better_than_itself():
    labelled, predicted = truth_of(), said_of()
    found = compare(labelled, predicted, predicted.copy(), n_resamples=FEW)
    assert set(found.differences) == FIGURES
    assert {value for row in found.differences.values() for value in row.values()} == {0.0}
    assert (found.only_first_right, found.only_second_right, found.p_value) == (0, 0, 1.0)


def test_the_first_less_the_second_is_the_difference():
    labelled, first, second = truth_of(), said_of(), said_of(seed=5)
    one, two = intervals(labelled, first, n_resamples=2), intervals(labelled, second, n_resamples=2)
    found = compare(labelled, first, second, n_resamples=FEW)
    turned = compare(labelled, second, first, n_resamples=FEW)
    for name, row in found.differences.items():
        assert row["difference"] == pytest.approx(one[name]["value"] - two[name]["value"])
        assert row["low"] < row["high"]
        assert turned.differences[name]["difference"] == pytest.approx(-row["difference"])
    assert (turned.only_second_right, turned.only_first_right) == (found.only_first_right, found.only_second_right)
    assert turned.p_value == pytest.approx(found.p_value)


def test_documents_of_one_incident_do_not_make_a_difference_surer():
    labelled, first, second = truth_of(n=40), said_of(n=40), said_of(n=40, seed=5)
    rows = np.repeat(np.arange(40), 20)
    once = compare(labelled, first, second, n_resamples=FEW).differences["motivation_accuracy"]
    many = compare(*(each.iloc[rows].reset_index(drop=True) for each in (labelled, first, second)), n_resamples=FEW)
    assert many.differences["motivation_accuracy"] == pytest.approx(once)


def certain(labels):
    """Predictions of these motivations, without a doubt."""
    frame = said_of(n=len(labels)).assign(motivation=pd.Series(labels, dtype=object))
    for label in MOTIVATIONS:
        frame[f"p_motivation_{label}"] = [float(own == label) for own in labels]
    return frame.assign(p_motivation_undetermined=0.0)


@pytest.mark.parametrize(
    ("only_first", "only_second", "p_value"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),
        # 2 * (1 + 12 + 66) / 2**12, and so on: by hand.
        (10, 2, 158 / 4096),
        (2, 10, 158 / 4096),
        (5, 5, 1.0),
        (8, 0, 2 / 256),
        (3, 1, 10 / 16),
    ],
)
def test_mcnemar_s_test_by_hand(only_first, only_second, p_value):
    both, neither = 7, 4
    n = only_first + only_second + both + neither
    right, wrong = "criminal", "ideological"
    first = [right] * only_first + [wrong] * only_second + [right] * both + [wrong] * neither
    second = [wrong] * only_first + [right] * only_second + [right] * both + [wrong] * neither
    labelled = truth_of(n=n, is_incident=True, motivation="criminal")
    # What is undetermined or not coded takes no part.
    extra = truth_of(n=2, is_incident=True).assign(
        motivation=pd.Series([UNDETERMINED, None], dtype=object), incident=["x", "y"]
    )
    labelled = pd.concat([labelled, extra], ignore_index=True)
    found = compare(labelled, certain([*first, right, right]), certain([*second, wrong, wrong]), n_resamples=FEW)
    assert (found.only_first_right, found.only_second_right) == (only_first, only_second)
    assert found.p_value == pytest.approx(p_value)
    if only_first != only_second:
        least = min(only_first, only_second)
        assert found.p_value == pytest.approx(2 * binom.cdf(least, only_first + only_second, 0.5))
    assert found.differences["motivation_accuracy"]["difference"] == pytest.approx((only_first - only_second) / (n))


def test_pairs_make_a_small_difference_sure():
    """Both models share nearly all mistakes: drawn in pairs their difference is narrow, whatever each is worth."""
    labelled = truth_of(n=300, is_incident=True, motivation="criminal")
    first = ["criminal"] * 200 + ["ideological"] * 100
    second = ["criminal"] * 188 + ["ideological"] * 112
    row = compare(labelled, certain(first), certain(second)).differences["motivation_accuracy"]
    alone = intervals(labelled, certain(first))["motivation_accuracy"]
    assert row["difference"] == pytest.approx(0.04)
    assert row["low"] > 0
    assert row["high"] - row["low"] < (alone["high"] - alone["low"]) / 2


def test_comparisons_depend_on_the_seed_alone():
    labelled, first, second = truth_of(), said_of(), said_of(seed=5)
    found = compare(labelled, first, second, n_resamples=FEW, random_state=3)
    assert compare(labelled, first, second, n_resamples=FEW, random_state=3) == found
    assert compare(labelled, first, second, n_resamples=FEW, random_state=4) != found
