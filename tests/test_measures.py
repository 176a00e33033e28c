"""Measures: every figure worked out by hand once, and None where there is none."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from cyberclass.corpora.documents import texts_of
from cyberclass.evaluation.measures import (
    expected_calibration_error,
    likeliest_of,
    measure,
    risk_coverage,
    which_probabilities,
)
from cyberclass.model.card import figures
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.taxonomy import CODEBOOK, UNDETERMINED

MOTIVATIONS, IMPACTS = CODEBOOK.motivations, CODEBOOK.impacts

STATE, CRIME, CREED = MOTIVATIONS


def labelled(*rows):
    return pd.DataFrame(rows, columns=["is_incident", "motivation", "impact"], dtype=object).astype(
        {"is_incident": bool}
    )


def predicted(*rows):
    """Predictions: incident or not with its probability, motivation, the four probabilities, domains with theirs."""
    made = []
    for p_incident, motivation, of_motivations, impact, of_impact in rows:
        made.append(
            {
                "is_incident": not p_incident < 0.5,
                "motivation": motivation,
                "impact": impact,
                "p_incident": p_incident,
                **{
                    f"p_motivation_{label}": p
                    for label, p in zip((*MOTIVATIONS, UNDETERMINED), of_motivations, strict=True)
                },
                **{f"p_impact_{domain}": of_impact.get(domain, 0.0) for domain in IMPACTS},
            }
        )
    columns = ["is_incident", "motivation", "impact", "p_incident"]
    columns += [f"p_motivation_{label}" for label in (*MOTIVATIONS, UNDETERMINED)]
    columns += [f"p_impact_{domain}" for domain in IMPACTS]
    frame = pd.DataFrame(made, columns=columns)
    return frame.astype({"motivation": object, "impact": object, "is_incident": bool})


TRUTH = labelled(
    (True, STATE, ["economy"]),
    (True, STATE, ["economy", "privacy"]),
    (True, CRIME, []),
    (True, CREED, None),
    (True, UNDETERMINED, ["privacy"]),
    (True, UNDETERMINED, []),
    (True, None, ["economy"]),
    (False, None, []),
    (False, None, []),
)
SAID = predicted(
    (0.9, STATE, (0.8, 0.1, 0.1, 0.0), "economy", {"economy": 0.9, "privacy": 0.1}),
    (0.8, CRIME, (0.2, 0.6, 0.2, 0.0), "economy;privacy", {"economy": 0.8, "privacy": 0.6}),
    (0.9, CRIME, (0.1, 0.9, 0.0, 0.0), "economy", {"economy": 0.7, "privacy": 0.2}),
    (0.7, UNDETERMINED, (0.1, 0.0, 0.4, 0.5), "economy", {"economy": 0.99, "privacy": 0.99}),
    (0.9, UNDETERMINED, (0.1, 0.1, 0.1, 0.7), "", {"economy": 0.1, "privacy": 0.3}),
    (0.8, CREED, (0.1, 0.1, 0.7, 0.1), "", {"economy": 0.0, "privacy": 0.0}),
    (0.4, None, (0.3, 0.3, 0.2, 0.2), "", {"economy": 0.6, "privacy": 0.4}),
    (0.3, None, (0.3, 0.3, 0.2, 0.2), "", {"economy": 1.0, "privacy": 1.0}),
    (0.6, STATE, (0.9, 0.0, 0.0, 0.1), "privacy", {"economy": 1.0, "privacy": 1.0}),
)


@pytest.fixture(scope="module")
def scores():
    return measure(TRUTH, SAID)


def test_scores_are_ready_for_json(scores):
    assert json.loads(json.dumps(scores, allow_nan=False))["documents"] == 9


def test_motivation_is_measured_on_documents_that_have_one(scores):
    # True S S C I, likeliest S C C I (the fourth's three probabilities are 0.2, 0, 0.8 of what is not undetermined).
    found = scores["motivation"]
    assert found["documents"] == 4
    assert found["accuracy"] == 0.75
    # F1: S 2*1*0.5/1.5 = 2/3, C 2*0.5*1/1.5 = 2/3, I 1.
    assert found["macro_f1"] == pytest.approx(7 / 9)
    # Agreement by chance: S 2/4*1/4, C 1/4*2/4, I 1/4*1/4: 5/16.
    assert found["kappa"] == pytest.approx((0.75 - 5 / 16) / (1 - 5 / 16))
    assert found["labels"] == {
        STATE: {"precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3), "support": 2},
        CRIME: {"precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3), "support": 1},
        CREED: {"precision": 1.0, "recall": 1.0, "f1": 1.0, "support": 1},
    }
    assert found["confusion"] == {
        "labels": [STATE, CRIME, CREED],
        "rows_true_columns_predicted": [[1, 1, 0], [0, 1, 0], [0, 0, 1]],
    }


def test_the_majority_is_the_label_of_most_documents(scores):
    # Always S: F1 of S is 2*0.5*1/1.5 = 2/3, of the others 0.
    assert scores["motivation"]["majority"] == {
        "label": STATE,
        "accuracy": 0.5,
        "macro_f1": pytest.approx(2 / 9),
    }


def test_calibration_error_and_brier_score_of_motivations(scores):
    # Confidence 0.8 right, 0.6 wrong, 0.9 right, 0.8 right: bins 12 (0.8 twice), 9 and 13.
    assert scores["motivation"]["calibration_error"] == pytest.approx((0.4 + 0.6 + 0.1) / 4)
    of_rows = [
        0.2**2 + 0.1**2 + 0.1**2,
        0.8**2 + 0.6**2 + 0.2**2,
        0.1**2 + 0.1**2,
        0.2**2 + 0.2**2,
    ]
    assert scores["motivation"]["brier"] == pytest.approx(sum(of_rows) / 4)


def test_undetermined_is_measured_on_what_is_coded(scores):
    # With a motivation: S C C and one left undetermined; the second is wrong. Undetermined: one left so, one not.
    assert scores["undetermined"] == {
        "documents": 6,
        "coverage": 0.75,
        "accuracy_where_labelled": pytest.approx(2 / 3),
        "undetermined_documents": 2,
        "undetermined_left_so": 0.5,
        # Of the six risks below.
        "risk_coverage_area": pytest.approx((0 + 0 + 1 / 3 + 1 / 2 + 2 / 5 + 1 / 2) / 6),
    }


def test_risk_and_coverage_run_from_the_surest_document_to_the_least_sure():
    # Confidence 0.9 C right, 0.8 S right, 0.7 undetermined, 0.6 C wrong, 0.4 I right, 0.1 undetermined.
    curve = risk_coverage(TRUTH["motivation"].to_numpy(dtype=object), SAID)
    assert curve["coverage"].tolist() == pytest.approx([1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6, 1])
    assert curve["risk"].tolist() == pytest.approx([0, 0, 1 / 3, 2 / 4, 2 / 5, 3 / 6])


@pytest.mark.parametrize("truth", [[], [None], [None, None]])
def test_there_is_no_risk_without_documents_that_are_coded(truth):
    assert risk_coverage(np.array(truth, dtype=object), SAID.iloc[: len(truth)]) is None


@pytest.mark.parametrize(
    ("four", "three", "likeliest"),
    [
        ((0.8, 0.1, 0.1, 0.0), (0.8, 0.1, 0.1), STATE),
        ((0.1, 0.2, 0.1, 0.6), (0.25, 0.5, 0.25), CRIME),
        ((0.0, 0.0, 0.1, 0.9), (0.0, 0.0, 1.0), CREED),
        # Undetermined for certain: each is as likely.
        ((0.0, 0.0, 0.0, 1.0), (1 / 3, 1 / 3, 1 / 3), STATE),
    ],
)
def test_which_motivation_if_there_is_one(four, three, likeliest):
    said = predicted((0.9, None, four, "", {}))
    assert which_probabilities(said)[0] == pytest.approx(three)
    assert likeliest_of(said).tolist() == [likeliest]


def test_which_of_the_motivations_of_no_documents():
    assert which_probabilities(predicted()).shape == (0, 3)
    assert likeliest_of(predicted()).tolist() == []


def test_which_motivation_is_as_the_classifier_has_it(small_model, small_frame):
    texts = ["", *texts_of(small_frame)]
    labels = small_model.label(texts)
    # Of what is undetermined nearly for certain, six decimals leave little to share out.
    sure = labels["p_motivation_undetermined"].to_numpy() < 0.99
    assert sure.mean() > 0.8
    assert which_probabilities(labels)[sure] == pytest.approx(small_model.predict_proba(texts)[sure], abs=1e-3)
    assert likeliest_of(labels)[sure].tolist() == small_model.predict(texts)[sure].tolist()


def test_impact_is_measured_on_incidents_coded_for_it(scores):
    # Coded: rows 0 1 2 4 5 6. Economy: true 0 1 6, said 0 1 2, in order 0.9+ 0.8+ 0.7- 0.6+.
    # Privacy: true 1 4, said 1, in order 0.6+ 0.4- 0.3+.
    found = scores["impact"]
    assert set(found["domains"]) == {"economy", "privacy"}
    assert found["domains"]["economy"] == {
        "coded": 6,
        "support": 3,
        "precision": pytest.approx(2 / 3),
        "recall": pytest.approx(2 / 3),
        "f1": pytest.approx(2 / 3),
        "average_precision": pytest.approx((1 + 1 + 3 / 4) / 3),
        "always_yes_f1": pytest.approx(2 * 0.5 / 1.5),
    }
    assert found["domains"]["privacy"] == {
        "coded": 6,
        "support": 2,
        "precision": 1.0,
        "recall": 0.5,
        "f1": pytest.approx(2 / 3),
        "average_precision": pytest.approx((1 + 2 / 3) / 2),
        "always_yes_f1": pytest.approx(2 * (1 / 3) / (4 / 3)),
    }
    assert found["macro_f1"] == pytest.approx(2 / 3)
    assert found["mean_average_precision"] == pytest.approx((2.75 / 3 + 5 / 6) / 2)
    assert found["always_yes_macro_f1"] == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert found["coded"] == 6
    # Of all domains together: three said rightly, one wrongly, two missed.
    assert found["micro_f1"] == pytest.approx(2 * 3 / (2 * 3 + 1 + 2))
    # Rows 0, 1 and 5 have all domains right.
    assert found["subset_accuracy"] == pytest.approx(3 / 6)


@pytest.mark.parametrize(
    ("said", "micro_f1", "subset_accuracy"),
    [
        ("", 0.0, 0.0),
        ("economy", 1.0, 1.0),
        ("privacy", 0.0, 0.0),
        # A domain that is never true counts against it all the same.
        ("economy;privacy", 2 / 3, 0.0),
    ],
)
def test_domains_given_wrongly_cost_micro_f1_and_subset_accuracy(said, micro_f1, subset_accuracy):
    found = measure(labelled((True, CRIME, ["economy"])), predicted((0.9, CRIME, (0.1, 0.8, 0.1, 0.0), said, {})))
    assert found["impact"]["micro_f1"] == pytest.approx(micro_f1)
    assert found["impact"]["subset_accuracy"] == subset_accuracy


def test_incidents_are_measured_on_all_documents(scores):
    # Incidents 0.9 0.8 0.9 0.7 0.9 0.8 0.4, others 0.3 0.6: 13 of 14 pairs in order.
    # F1: incident 2*(6/7)*(6/7)/(12/7) = 6/7; none 1/2.
    assert scores["incident"] == {
        "documents": 9,
        "not_incidents": 2,
        "roc_auc": pytest.approx(13 / 14),
        # Of finding the two others: the first is the least likely incident, the second the third.
        "average_precision": pytest.approx((1 + 2 / 3) / 2),
        "macro_f1": pytest.approx((6 / 7 + 1 / 2) / 2),
        "incidents_kept": pytest.approx(6 / 7),
        "not_incidents_found": 0.5,
    }


@pytest.mark.parametrize(
    ("confidence", "correct", "error"),
    [
        ([1.0], [True], 0.0),
        ([1.0], [False], 1.0),
        ([0.0], [False], 0.0),
        ([0.5, 0.5], [True, False], 0.0),
        ([0.9, 0.9, 0.9, 0.9], [True, True, True, False], 0.15),
        # Two bins (of 15): 0.65 and 0.61 in the tenth, 0.7 in the eleventh.
        ([0.65, 0.61, 0.7], [True, False, True], (0.26 + 0.3) / 3),
        # In one bin errors of opposite sign cancel; in two they add up.
        ([0.6, 0.6666], [True, False], abs(0.4 - 0.6666) / 2),
        ([0.6, 0.7], [True, False], (0.4 + 0.7) / 2),
        # In one bin of ten, in two of fifteen.
        ([0.61, 0.69], [True, False], (0.39 + 0.69) / 2),
    ],
)
def test_calibration_error_by_hand(confidence, correct, error):
    assert expected_calibration_error(np.array(confidence), np.array(correct)) == pytest.approx(error)


def test_calibration_error_of_nothing_is_nan():
    assert math.isnan(expected_calibration_error(np.array([]), np.array([], dtype=bool)))


ROW = (0.9, STATE, (0.8, 0.1, 0.1, 0.0), "economy", {"economy": 0.9})
OTHER = (0.2, None, (0.2, 0.6, 0.2, 0.0), "", {})


@pytest.mark.parametrize(
    ("truth", "said", "missing"),
    [
        ([], [], {"motivation": None, "undetermined": None, "impact": None}),
        ([(True, None, None)], [ROW], {"motivation": None, "undetermined": None, "impact": None}),
        ([(False, None, [])], [OTHER], {"motivation": None, "undetermined": None, "impact": None}),
        ([(True, UNDETERMINED, [])], [ROW], {"motivation": None, "impact": None}),
        ([(True, STATE, None), (True, CRIME, None)], [ROW, OTHER], {"impact": None}),
    ],
)
def test_what_cannot_be_computed_is_none(truth, said, missing):
    found = measure(labelled(*truth), predicted(*said))
    assert {key: found[key] for key in missing} == missing
    assert found["incident"]["roc_auc"] is None
    assert found["incident"]["average_precision"] is None
    assert found["incident"]["macro_f1"] is None
    assert found["documents"] == len(truth)
    json.dumps(found, allow_nan=False)
    figures(found)


def test_shares_of_nothing_are_none():
    nothing = measure(labelled(), predicted())
    assert nothing["incident"]["incidents_kept"] is None
    assert nothing["incident"]["not_incidents_found"] is None
    open_case = measure(labelled((True, UNDETERMINED, [])), predicted(ROW))["undetermined"]
    assert (open_case["coverage"], open_case["accuracy_where_labelled"]) == (None, None)
    assert open_case["undetermined_left_so"] == 0
    undecided = predicted((0.9, UNDETERMINED, *ROW[2:]), (0.9, UNDETERMINED, *OTHER[2:]))
    left = measure(labelled((True, STATE, []), (True, CRIME, [])), undecided)["undetermined"]
    assert (left["coverage"], left["accuracy_where_labelled"], left["undetermined_left_so"]) == (0, None, None)


def test_documents_of_one_motivation_have_no_kappa():
    # Agreement by chance is complete: 0 / 0.
    found = measure(labelled((True, STATE, None), (True, STATE, None)), predicted(ROW, ROW))
    assert found["motivation"]["kappa"] is None
    assert found["motivation"]["macro_f1"] == 1.0
    json.dumps(found, allow_nan=False)


def test_a_model_that_knows_motivations_alone_has_figures_for_these():
    unknown = predicted(ROW, OTHER, OTHER).assign(
        p_incident=np.nan, is_incident=True, impact="", **{f"p_impact_{domain}": np.nan for domain in IMPACTS}
    )
    found = measure(labelled((True, STATE, ["economy"]), (True, CRIME, []), (False, None, [])), unknown)
    assert found["motivation"]["accuracy"] == 1.0
    assert found["incident"]["roc_auc"] is None
    json.dumps(found, allow_nan=False)
    assert "Motivation" in figures(found)[0]


def test_the_index_of_rows_does_not_matter(scores):
    moved = TRUTH.set_axis(range(100, 109)), SAID.set_axis(list("abcdefghi"))
    assert measure(*moved) == scores


def test_held_out_labels_can_be_measured(small_model, small_frame):
    found = measure(small_frame, small_model.out_of_fold_)
    assert found["motivation"]["macro_f1"] > 0.6
    json.dumps(found, allow_nan=False)


def test_held_out_labels_of_a_model_of_motivations_can_be_measured(small_frame):
    frame = small_frame[small_frame["motivation"].isin(MOTIVATIONS)].iloc[::3].reset_index(drop=True)
    model = IncidentClassifier(n_folds=2).fit(texts_of(frame), frame["motivation"])
    truth = frame.assign(impact=pd.Series([None] * len(frame), dtype=object))
    found = measure(truth, model.out_of_fold_)
    assert found["impact"] is None
    assert found["motivation"]["accuracy"] > 0.5
