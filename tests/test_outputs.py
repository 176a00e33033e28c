"""Models of one's own labels: what they answer, from a taxonomy to a report; and documents that count more or less."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from planted import OWN, documents
from scipy.sparse import csr_array
from scipy.sparse.linalg import aslinearoperator
from sklearn.base import clone

from cyberclass.corpora.documents import texts_of
from cyberclass.errors import CyberclassError
from cyberclass.evaluation.crossval import cross_validate
from cyberclass.evaluation.evaluation import evaluate_model
from cyberclass.evaluation.measures import measure
from cyberclass.evaluation.report import write_report
from cyberclass.labelling.terminal import print_one
from cyberclass.model.calibration import calibrate
from cyberclass.model.card import describe
from cyberclass.model.classifier import IncidentClassifier, _conformal_scores
from cyberclass.model.heads import fit_head
from cyberclass.model.labeller import label_columns
from cyberclass.model.outputs import Outputs, taxonomy_in
from cyberclass.model.store import load_model, save_model
from cyberclass.model.targets import targets_of
from cyberclass.model.thresholds import (
    choose_impact_threshold,
    choose_incident_threshold,
    choose_motivation_threshold,
    choose_thresholds,
)
from cyberclass.taxonomy import CODEBOOK, UNDETERMINED, Taxonomy

MOTIVATIONS_ONLY = Taxonomy(("greed", "spite"), ())
IMPACTS_ONLY = Taxonomy((), ("hospital", "bank"))
#: Labels that a table, a page or a plot may take for something of its own.
HOSTILE = Taxonomy(("<b>a|b", "$x_1$"), ("[red]a[/]", "p_motivation_x", "=1+1"))


def quick(taxonomy, **settings):
    return IncidentClassifier(n_folds=2, taxonomy=taxonomy, **settings)


def fitted(frame, taxonomy, weight=None, **settings):
    return quick(taxonomy, **settings).fit(texts_of(frame), frame, groups=frame["incident"], sample_weight=weight)


def uncoded(taxonomy, **options):
    return taxonomy, documents(taxonomy, motivation="", **options)


CASES = {
    "own": (OWN, documents(OWN)),
    "motivations only": (MOTIVATIONS_ONLY, documents(MOTIVATIONS_ONLY)),
    "impacts only": (IMPACTS_ONLY, documents(IMPACTS_ONLY, motivation="")),
    "impacts only, motivation null": (IMPACTS_ONLY, documents(IMPACTS_ONLY, motivation=UNDETERMINED)),
    "no motivation coded": uncoded(CODEBOOK),
    "all undetermined": (CODEBOOK, documents(CODEBOOK, motivation=UNDETERMINED)),
    "no domain coded": (CODEBOOK, documents(CODEBOOK, impact=False)),
    "hostile": (HOSTILE, documents(HOSTILE)),
}

#: Those whose models know no motivation.
WITHOUT = {"impacts only", "impacts only, motivation null", "no motivation coded", "all undetermined"}


@pytest.fixture(scope="module", params=CASES)
def case(request):
    """The name of a case, its documents, and a model of them."""
    taxonomy, frame = CASES[request.param]
    return request.param, frame, fitted(frame, taxonomy)


# Columns


@pytest.mark.parametrize(
    ("taxonomy", "heads", "names", "columns"),
    [
        (
            Taxonomy(("a", "b"), ("c",)),
            "incident motivation undetermined c",
            "incident a b undetermined c",
            "p_incident p_motivation_a p_motivation_b p_motivation_undetermined p_impact_c",
        ),
        (
            Taxonomy(("b", "a"), ()),
            "incident motivation undetermined",
            "incident b a undetermined",
            "p_incident p_motivation_b p_motivation_a p_motivation_undetermined",
        ),
        (
            Taxonomy((), ("d", "c")),
            "incident motivation undetermined d c",
            "incident undetermined d c",
            "p_incident p_motivation_undetermined p_impact_d p_impact_c",
        ),
    ],
    ids=["both", "motivations", "impacts"],
)
def test_outputs_are_in_the_order_of_the_taxonomy(taxonomy, heads, names, columns):
    outputs = Outputs(taxonomy)
    assert outputs.heads == tuple(heads.split())
    assert outputs.names == tuple(names.split())
    assert outputs.columns == tuple(columns.split())
    assert outputs.names[outputs.which] == taxonomy.motivations
    assert outputs.names[outputs.without] == UNDETERMINED
    assert outputs.names[outputs.domains] == taxonomy.impacts


@pytest.mark.parametrize("taxonomy", [CODEBOOK, OWN, MOTIVATIONS_ONLY, IMPACTS_ONLY, HOSTILE])
def test_a_table_of_predictions_tells_its_taxonomy(taxonomy):
    assert taxonomy_in(pd.DataFrame(columns=list(Outputs(taxonomy).columns))) == taxonomy
    assert taxonomy_in(pd.DataFrame(columns=label_columns(taxonomy))) == taxonomy


@pytest.mark.parametrize("taxonomy", [CODEBOOK, OWN, MOTIVATIONS_ONLY, IMPACTS_ONLY])
@pytest.mark.parametrize("n", [0, 1, 5])
def test_probabilities_of_motivations_and_of_none_sum_to_one(taxonomy, n):
    outputs = Outputs(taxonomy)
    scores = np.random.default_rng(0).normal(scale=3, size=(n, len(outputs.names)))
    found = outputs.probabilities_of(scores.copy())
    assert found.shape == scores.shape
    assert ((found >= 0) & (found <= 1)).all()
    if taxonomy.motivations:
        assert found[:, 1 : outputs.without + 1].sum(axis=1) == pytest.approx(np.ones(n))
        assert outputs.which_of(scores).sum(axis=1) == pytest.approx(np.ones(n))
    assert outputs.which_of(scores).shape == (n, len(taxonomy.motivations))


def test_probabilities_are_those_of_the_formulas():
    # Even odds everywhere, but for three to one for the second motivation.
    scores = np.zeros((1, 7))
    scores[0, 2] = np.log(3)
    assert Outputs(OWN).probabilities_of(scores)[0] == pytest.approx([0.5, 0.125, 0.375, 0.5, 0.5, 0.5, 0.5])


def test_where_nothing_taught_what_is_undetermined_nothing_is():
    scores = np.zeros((2, 7))
    scores[:, 3] = np.nan
    scores[1, 1:3] = np.nan
    found = Outputs(OWN).probabilities_of(scores)
    assert found[0, 1:4] == pytest.approx([0.5, 0.5, 0])
    assert np.isnan(found[1, 1:3]).all()
    assert found[1, 3] == 0


# From documents to a report


def test_a_model_knows_the_labels_that_it_was_taught(case):
    name, frame, model = case
    taxonomy = CASES[name][0]
    assert model.taxonomy_ == taxonomy
    assert model.classes_.tolist() == list(taxonomy.motivations)
    labels = model.label(["", "signa harmb", *texts_of(frame)])
    assert labels.columns.tolist() == label_columns(taxonomy)
    of_reports = labels[2:].reset_index(drop=True)
    assert (of_reports["is_incident"] == frame["is_incident"]).all()
    given = {motivation for motivation in of_reports["motivation"] if motivation is not None}
    assert given == ({UNDETERMINED} if name in WITHOUT else set(taxonomy.motivations))
    assert of_reports["motivation"].isna().equals(~frame["is_incident"])
    taught = taxonomy.impacts if name != "no domain coded" else ()
    assert {domain for domains in labels["impact"] for domain in domains.split(";")} - {""} == set(taught)


def test_what_was_not_taught_has_no_probability_and_gives_no_label(case):
    name, frame, model = case
    outputs = Outputs(model.taxonomy_)
    found = model.probabilities(["", *texts_of(frame)])
    unknown = set(found.columns[found.isna().any()])
    expected = set()
    if name in WITHOUT:
        expected |= set(outputs.columns[outputs.which])
        assert model.label(["", *texts_of(frame)])["motivation_confidence"].isna().all()
    if name == "no domain coded":
        expected |= set(outputs.columns[outputs.domains])
    assert unknown == expected
    assert found[list(unknown)].isna().all(axis=None)


def test_sets_are_of_motivations_that_were_taught_or_a_sentence_says_why_there_are_none(case):
    name, frame, model = case
    if name in WITHOUT:
        with pytest.raises(CyberclassError, match=r"^coverage: .* was taught no motivations?.*\.$"):
            model.label(texts_of(frame), coverage=0.9)
    else:
        sets = model.label(texts_of(frame), coverage=0.9)["motivation_set"]
        assert {label for each in sets for label in each.split(";")} - {""} <= set(model.taxonomy_.motivations)


def test_predict_chooses_among_motivations_or_says_that_there_are_none(case):
    _, frame, model = case
    if model.taxonomy_.motivations:
        assert set(model.predict(texts_of(frame))) <= set(model.taxonomy_.motivations)
        assert model.predict_proba([""]).shape == (1, len(model.taxonomy_.motivations))
    else:
        assert model.predict_proba(["", "a"]).shape == (2, 0)
        with pytest.raises(ValueError, match="this model has no motivations to choose from; see label"):
            model.predict(["a"])


def no_constant(name):
    raise AssertionError(f"{name} is no JSON")


def rows_of_tables(page):
    """Rows of tables in Markdown, each with the bars that part its cells, those of one table together."""
    tables = page.replace("\\|", "").split("\n\n")
    return [[line.count("|") for line in table.splitlines()] for table in tables if table.startswith("|")]


@pytest.mark.slow
def test_evaluations_and_reports_of_any_labels_are_whole(case, tmp_path):
    name, frame, model = case
    taxonomy = CASES[name][0]
    for kind, evaluation in (
        ("evaluation", evaluate_model(model, frame, other=model)),
        ("folds", cross_validate(frame, n_folds=2, estimator=quick(taxonomy))),
    ):
        folder = write_report(evaluation, tmp_path / kind)
        assert (evaluation["scores"]["motivation"] is None) == (name in WITHOUT)
        assert (evaluation["scores"]["impact"] is None) == (name in ("motivations only", "no domain coded"))
        assert evaluation["figures"]["motivation_accuracy"]["value"] == (None if name in WITHOUT else 1.0)
        json.loads((folder / "report.json").read_text(), parse_constant=no_constant)
        tables = rows_of_tables((folder / "report.md").read_text())
        assert tables
        assert all(len(set(bars)) == 1 for bars in tables)
        page = (folder / "report.html").read_text()
        assert "<b>a" not in page
        assert "nan" not in page.casefold().replace("finance", "")
        assert taxonomy_in(pd.read_csv(folder / "predictions.csv")) == taxonomy


def saved(model, frame, folder):
    scores = {"how": "folds", **measure(frame, model.out_of_fold_)}
    corpus = {"sha256": "0" * 64, "paths": [], "sources": []}
    return save_model(model, folder, describe(model, frame, folder.name, scores, corpus), texts_of(frame))


def test_a_model_of_any_labels_comes_back_to_the_bit(case, tmp_path):
    _, frame, model = case
    folder = saved(model, frame, tmp_path / "model")
    json.loads((folder / "card.json").read_text(), parse_constant=no_constant)
    loaded = load_model(folder)
    texts = ["", "signa harmb", *texts_of(frame)]
    assert (loaded.taxonomy_, loaded.thresholds_) == (model.taxonomy_, model.thresholds_)
    pd.testing.assert_frame_equal(
        loaded.label(texts).drop(columns="model"), model.label(texts).drop(columns="model"), check_exact=True
    )
    assert clone(loaded).taxonomy == model.taxonomy_


def test_the_page_of_a_model_says_what_it_labels_and_no_more(case, tmp_path):
    _, frame, model = case
    page = (saved(model, frame, tmp_path / "model") / "README.md").read_text()
    (sentence,) = [line for line in page.splitlines() if line.startswith("- A report is an incident")]
    assert ("its motivation" in sentence) == bool(model.taxonomy_.motivations)
    assert ("an impact domain" in sentence) == bool(model.taxonomy_.impacts)
    assert "from ." not in sentence
    assert all(len(set(bars)) == 1 for bars in rows_of_tables(page))


# Domains that are coded in some documents alone


def test_what_is_not_coded_is_neither_yes_nor_no():
    labels = pd.DataFrame(
        {
            "is_incident": [True, True, True, True, False],
            "motivation": [None] * 5,
            "impact": [["bank"], ["bank"], [], None, []],
            "impact_coded": [None, ["bank", "school"], ["hospital"], None, None],
        },
        dtype=object,
    )
    nan = np.nan
    expected = [[0, 1, 0], [nan, 1, 0], [0, nan, nan], [nan] * 3, [nan] * 3]
    targets = targets_of(labels, OWN)
    assert np.array_equal(targets.impact, expected, equal_nan=True)
    assert [targets.head(domain)[0].tolist() for domain in OWN.impacts] == [[0, 2], [0, 1], [0, 1]]


def test_a_head_learns_from_the_documents_that_are_coded_for_it():
    frame = documents(OWN)
    odd = frame.index % 2 == 1
    coded = pd.Series([["hospital", "bank"] if row else None for row in odd], dtype=object)
    turned = pd.Series(
        [[*{*domains} ^ {"school"}] if row else domains for row, domains in zip(odd, frame["impact"], strict=True)],
        dtype=object,
    )
    coefs = [
        fitted(frame.assign(impact=impact, impact_coded=only), OWN).coef_
        for impact in (frame["impact"], turned)
        for only in (coded, None)
    ]
    plain_partly, plain, turned_partly, turned_all = coefs
    # What the others say of the school is not heard.
    assert np.array_equal(plain_partly, turned_partly)
    school = Outputs(OWN).names.index("school")
    assert not np.allclose(plain[:, school], turned_all[:, school])
    assert not np.allclose(plain[:, school], plain_partly[:, school])
    assert np.allclose(plain[:, :school], plain_partly[:, :school])


def test_a_domain_that_nothing_is_coded_for_is_not_known():
    frame = documents(OWN, coded=["hospital", "bank"])
    frame["impact"] = [[domain for domain in domains if domain != "school"] for domains in frame["impact"]]
    found = fitted(frame, OWN).probabilities(texts_of(frame))
    assert found.columns[found.isna().any()].tolist() == ["p_impact_school"]


# Documents that count more or less


@pytest.fixture(scope="module")
def own():
    return documents(OWN)


@pytest.mark.parametrize(
    "weight",
    [
        [0.0, *[1.0] * 29],
        [-1.0, *[1.0] * 29],
        [np.nan, *[1.0] * 29],
        [np.inf, *[1.0] * 29],
        [1.0] * 29,
        [1.0] * 31,
        [],
        [[1.0]] * 30,
        1.0,
        "heavy",
    ],
    ids=["zero", "negative", "nan", "inf", "short", "long", "empty", "a column", "a number", "a word"],
)
def test_weights_that_are_none_are_refused(own, weight):
    with pytest.raises(ValueError, match=r"expected 30 positive numbers|could not convert"):
        fitted(own, OWN, weight)


@pytest.mark.parametrize("answers", [(False, True), ("a", "b"), ("a", "b", "c")], ids=["yes or no", "two", "three"])
def test_a_document_at_twice_the_weight_is_the_document_twice(answers):
    generator = np.random.default_rng(0)
    matrix = csr_array((generator.random((60, 12)) < 0.3).astype(float))
    labels = np.array(answers)[np.arange(60) % len(answers)]
    more = np.arange(60) < 25
    twice = np.concatenate((np.arange(60), np.flatnonzero(more)))
    weighed = fit_head(aslinearoperator(matrix), labels, np.where(more, 2.0, 1.0), answers, 3.0)
    repeated = fit_head(aslinearoperator(matrix[twice]), labels[twice], np.ones(85), answers, 3.0)
    plain = fit_head(aslinearoperator(matrix), labels, np.ones(60), answers, 3.0)
    for ours, theirs, others in zip(weighed, repeated, plain, strict=True):
        assert ours == pytest.approx(theirs, abs=1e-6)
        assert np.abs(ours - others).max() > 1e-2


def test_all_weights_alike_change_regularisation_alone(own):
    """Three times the weight is three times the evidence against the same prior: C three times as large."""
    texts = ["", *texts_of(own)]
    thrice, other_c, once = (
        fitted(own, OWN, weight, C=C) for weight, C in ((np.full(30, 3.0), 10.0), (np.ones(30), 30.0), (None, 10.0))
    )
    assert thrice.probabilities(texts).to_numpy() == pytest.approx(other_c.probabilities(texts).to_numpy(), abs=1e-4)
    assert thrice.thresholds_ == other_c.thresholds_
    assert thrice.conformal_scores_ == pytest.approx(other_c.conformal_scores_, abs=1e-4)
    assert np.abs(thrice.coef_ - once.coef_).max() > 1e-2
    pd.testing.assert_frame_equal(
        thrice.label(texts)[["is_incident", "motivation"]], once.label(texts)[["is_incident", "motivation"]]
    )


def test_weights_of_one_are_no_weights(own):
    plain, ones = fitted(own, OWN), fitted(own, OWN, [1] * 30)
    assert np.array_equal(plain.coef_, ones.coef_)
    assert np.array_equal(plain.intercept_, ones.intercept_, equal_nan=True)
    assert plain.thresholds_ == ones.thresholds_


def test_weights_follow_their_documents_whatever_the_order_of_rows(own):
    weight = np.where(own.index % 2 == 0, 0.25, 1.0)
    turned = own.iloc[::-1]
    one, two = fitted(own, OWN, weight), fitted(turned, OWN, weight[::-1])
    assert np.array_equal(one.coef_, two.coef_)
    assert np.array_equal(one.intercept_, two.intercept_, equal_nan=True)
    assert not np.allclose(one.coef_, fitted(turned, OWN, weight).coef_)


@pytest.mark.parametrize(
    ("weight", "calibrated"),
    [([1, 1, 1, 1], 0.5), ([3, 1, 3, 1], 0.75), ([1, 3, 1, 3], 0.25)],
    ids=["equal", "yes counts thrice", "no counts thrice"],
)
def test_calibration_goes_by_weights(weight, calibrated):
    """Scores that say nothing leave the weighted share of the label."""
    targets = replace(
        targets_of(["greed", "spite", "greed", "spite"], OWN),
        is_incident=np.array([True, False, True, False]),
        impact=np.array([[1, 0, 1], [0, 1, 0]] * 2, dtype=float),
        weight=np.array(weight, dtype=float),
    )
    scores = np.zeros((4, 7))
    slope, offset = calibrate(scores, targets)
    found = Outputs(OWN).probabilities_of(scores * slope + offset)
    assert found[0, [0, 4, 6]] == pytest.approx([calibrated] * 3, abs=1e-3)
    assert Outputs(OWN).which_of(scores * slope + offset)[0] == pytest.approx([calibrated, 1 - calibrated], abs=1e-3)


@pytest.mark.parametrize(
    ("choose", "threshold"),
    [
        # Of a hundred incidents two may be missed: the first is one document, or stands for many.
        (lambda weight: choose_incident_threshold(np.array([0.1, *[0.4] * 99]), weight(100)), (0.4, 0.1)),
        # Either the first or the second can be right; of equals the more cautious is chosen.
        (
            lambda weight: choose_motivation_threshold(
                np.array([[0.55, 0.45], [0.6, 0.4], [0.2, 0.8]]),
                np.array(["greed", UNDETERMINED, "spite"], dtype=object),
                weight(3),
                OWN.motivations,
            ),
            (0.8, 0.55),
        ),
        # By hand: yes to both is right for 2.2 of 3.1 (equal); for 9.4 of 19.3 the unlikely one is left out.
        (lambda weight: choose_impact_threshold(np.array([0.3, 0.9]), weight(2)), (0.31, 0.05)),
    ],
    ids=["incident", "motivation", "impact"],
)
def test_thresholds_go_by_weights(choose, threshold):
    def equal(n):
        return np.ones(n)

    def first_counts_more(n):
        return np.array([10.0, *[1.0] * (n - 1)])

    assert (choose(equal), choose(first_counts_more)) == threshold


def test_thresholds_of_no_motivations_are_one_half():
    targets = targets_of([UNDETERMINED, UNDETERMINED], IMPACTS_ONLY)
    found = choose_thresholds(np.full((2, 4), 0.3), targets)
    assert (found.motivation, found.impact) == (0.5, (0.5, 0.5))


def test_sets_are_promised_for_the_documents_that_count_most(own):
    weight = np.where(own.index % 2 == 0, 0.25, 1.0)
    incidents = int((own["is_incident"] & (own.index % 2 == 1)).sum())
    assert len(fitted(own, OWN, weight).conformal_scores_) == incidents
    assert len(fitted(own, OWN).conformal_scores_) == int(own["is_incident"].sum())


def test_a_document_that_is_undetermined_for_certain_leaves_the_sets_as_they_are():
    which = np.array([[0.0, 0.0], [0.6, 0.2]])
    scores = _conformal_scores(which, np.array(["a", "b"]), np.ones(2), Taxonomy(("a", "b"), ()))
    assert scores == pytest.approx([0.5, 0.75])


def test_one_report_is_shown_with_what_is_known_of_it(case, capsys, monkeypatch):
    _, _, model = case
    monkeypatch.setenv("COLUMNS", "300")
    labels = model.label(["signa harma and so on"]).assign(is_incident=True, actors="[/red]")
    print_one(labels.assign(motivation=labels["motivation"].fillna(UNDETERMINED)))
    out = capsys.readouterr().out
    assert "nan" not in out.casefold()
    assert "[/red]" in out
