"""The classifier: scikit-learn's contract on strings, and what its labels promise."""

import hashlib
import pickle
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_predict, cross_val_score
from sklearn.utils import estimator_checks

from cyberclass.corpora.documents import texts_of
from cyberclass.errors import CorpusError, CyberclassError
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.decision import Thresholds, decide, motivation_of
from cyberclass.model.features import IncidentVectorizer
from cyberclass.model.labeller import label_columns
from cyberclass.model.outputs import Outputs
from cyberclass.model.targets import targets_of
from cyberclass.taxonomy import CODEBOOK, UNDETERMINED

MOTIVATIONS, IMPACTS = CODEBOOK.motivations, CODEBOOK.impacts
OUTPUTS, HEADS = Outputs(CODEBOOK).names, Outputs(CODEBOOK).heads
LABEL_COLUMNS = tuple(label_columns(CODEBOOK))

MOTIVATION_COLUMNS = [f"p_motivation_{label}" for label in (*MOTIVATIONS, UNDETERMINED)]
IMPACT_COLUMNS = [f"p_impact_{domain}" for domain in IMPACTS]
SHOWN = [
    "",
    " \n",
    "-",
    "?!",
    "zzyzx",
    "\U0001f480",
    "Hackers of the GRU spied on the ministry for years.",
    "The LockBit gang encrypted the hospital's files and demanded a ransom.",
    "Activists defaced the website in protest against the war.",
    "A recipe for apple pie with cinnamon and butter.",
    "word " * 2000,
]


def made(frame, **parameters):
    return IncidentClassifier(**{"n_folds": 2, **parameters}).fit(
        texts_of(frame), frame, groups=frame["incident"].tolist()
    )


def same(one, other):
    """Whether two models are the same to the bit."""
    return (
        np.array_equal(one.coef_, other.coef_)
        and np.array_equal(one.intercept_, other.intercept_, equal_nan=True)
        and one.thresholds_ == other.thresholds_
        and one.vectorizer_.get_feature_names_out().tolist() == other.vectorizer_.get_feature_names_out().tolist()
    )


@pytest.fixture(scope="module")
def frame(small_frame):
    """About a hundred documents."""
    return small_frame.iloc[::3].reset_index(drop=True)


@pytest.fixture(scope="module")
def model(frame):
    return made(frame)


@pytest.fixture(scope="module")
def motivated(frame):
    """Texts with one of the three motivations, and these."""
    rows = frame[frame["motivation"].isin(MOTIVATIONS)]
    return texts_of(rows), rows["motivation"].tolist()


@pytest.fixture(scope="module")
def of_motivations(motivated):
    """A model that was taught motivations alone."""
    return IncidentClassifier(n_folds=2).fit(*motivated)


def test_predict_chooses_the_likeliest_of_classes(small_model):
    assert small_model.classes_.tolist() == list(MOTIVATIONS)
    probabilities = small_model.predict_proba(SHOWN)
    assert probabilities.shape == (len(SHOWN), 3)
    assert probabilities.min() >= 0
    assert probabilities.sum(axis=1) == pytest.approx(1)
    assert small_model.predict(SHOWN).tolist() == small_model.classes_[probabilities.argmax(axis=1)].tolist()


@pytest.mark.parametrize(
    ("text", "motivation"),
    [
        ("Hackers working for Russian military intelligence, the GRU, spied on diplomats.", "state-sponsored"),
        ("The ransomware gang encrypted the files and demanded payment in bitcoin.", "criminal"),
        ("Anonymous activists defaced the website in protest and took it offline.", "ideological"),
    ],
)
def test_a_clear_text_has_its_motivation(small_model, text, motivation):
    assert small_model.predict([text]).tolist() == [motivation]
    assert small_model.score([text], [motivation]) == 1.0


@pytest.mark.parametrize("shown", [SHOWN, SHOWN[:1], [SHOWN[6]], []])
def test_labels_have_their_columns_in_order(small_model, shown):
    labels = small_model.label(shown)
    assert tuple(labels.columns) == LABEL_COLUMNS
    assert len(labels) == len(shown)
    assert labels.index.tolist() == list(range(len(shown)))
    assert labels["is_incident"].dtype == bool
    assert {labels[column].dtype for column in LABEL_COLUMNS if "p_" in column or "confidence" in column} == {
        np.dtype(float)
    }


def test_no_texts_have_no_rows(small_model):
    assert small_model.predict([]).shape == (0,)
    assert small_model.predict_proba([]).shape == (0, 3)
    assert small_model.probabilities([]).shape == (0, len(OUTPUTS))
    assert len(small_model.label([])) == 0


def test_columns_of_labels_are_named_as_documented():
    expected = (
        *("is_incident", "motivation", "motivation_confidence", "impact", "actors", "p_incident"),
        *("p_motivation_state-sponsored", "p_motivation_criminal", "p_motivation_ideological"),
        *("p_motivation_undetermined", "p_impact_national-security", "p_impact_critical-infrastructure"),
        *("p_impact_economy", "p_impact_democracy", "p_impact_privacy", "p_impact_public-safety"),
        *("p_impact_international-relations", "language", "truncated", "model", "text_sha256"),
    )
    assert expected == LABEL_COLUMNS


def test_probabilities_are_such_and_the_four_of_motivation_sum_to_one(small_model, small_frame):
    table = small_model.probabilities([*SHOWN, *texts_of(small_frame)])
    assert table.columns.tolist() == [column for column in LABEL_COLUMNS if column.startswith("p_")]
    assert table.notna().all(axis=None)
    assert table.min(axis=None) >= 0
    assert table.max(axis=None) <= 1
    assert table[MOTIVATION_COLUMNS].sum(axis=1).to_numpy() == pytest.approx(1)


def test_the_three_of_predict_proba_are_those_of_label_without_undetermined(small_model):
    table = small_model.probabilities(SHOWN)[MOTIVATION_COLUMNS[:3]].to_numpy()
    assert small_model.predict_proba(SHOWN) == pytest.approx(table / table.sum(axis=1, keepdims=True))


def test_labels_follow_from_probabilities_and_thresholds(small_model, small_frame):
    labels = small_model.label([*SHOWN, *texts_of(small_frame)], any_language=True)
    thresholds = small_model.thresholds_
    confidence = labels[MOTIVATION_COLUMNS[:3]].max(axis=1)
    assert labels["motivation_confidence"].tolist() == confidence.tolist()
    assert labels["is_incident"].tolist() == (labels["p_incident"] >= thresholds.incident).tolist()
    likeliest = np.array(MOTIVATIONS)[labels[MOTIVATION_COLUMNS[:3]].to_numpy().argmax(axis=1)]
    for row, sure, label, incident in zip(
        labels.to_dict("records"), confidence, likeliest, labels["is_incident"], strict=True
    ):
        domains = [
            domain
            for domain, threshold in zip(IMPACTS, thresholds.impact, strict=True)
            if row[f"p_impact_{domain}"] >= threshold
        ]
        assert row["impact"] == (";".join(domains) if incident else "")
        if incident:
            assert row["motivation"] == (label if sure >= thresholds.motivation else UNDETERMINED)
        else:
            assert pd.isna(row["motivation"])
    assert labels["is_incident"].nunique() == 2
    assert labels["motivation"].nunique() == 4


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("", ""),
        ("Nobody is named.", ""),
        ("Turla met Cozy Bear; then Turla left, as did APT29.", "Turla;APT29"),
    ],
)
def test_actors_are_named_once_in_the_order_of_the_text(small_model, text, actors):
    assert small_model.label(["Sandworm", text])["actors"].tolist() == ["Sandworm", actors]


def test_each_row_names_its_text_and_its_model(small_model):
    labels = small_model.label(SHOWN)
    assert labels["text_sha256"].tolist() == [hashlib.sha256(text.encode()).hexdigest() for text in SHOWN]
    assert set(labels["model"]) == {"unsaved"}


def test_labels_do_not_depend_on_neighbours(small_model, small_frame):
    shown = [*SHOWN, *texts_of(small_frame)[:40]]
    together = small_model.label(shown)
    pd.testing.assert_frame_equal(small_model.label(shown[::-1])[::-1].reset_index(drop=True), together)
    alone = pd.concat([small_model.label([text]) for text in shown], ignore_index=True)
    pd.testing.assert_frame_equal(alone.astype(object), together.astype(object))


def test_a_text_with_a_lone_surrogate_is_labelled(small_model):
    # JSON may hold one ("\ud83d" cut off its other half), and hashes and weights are written with "surrogatepass".
    assert len(small_model.label(["Hackers struck \ud83d again."])) == 1


@pytest.mark.parametrize(
    ("given", "says"),
    [("", "one string"), ("text", "one string"), ([None], "NoneType at position 0"), (["a", b"b"], "bytes")],
)
@pytest.mark.parametrize("method", ["predict", "predict_proba", "label", "probabilities"])
def test_what_is_no_list_of_strings_is_refused(small_model, method, given, says):
    with pytest.raises(TypeError, match=says):
        getattr(small_model, method)(given)


@pytest.mark.parametrize("method", ["predict", "predict_proba", "label", "probabilities"])
def test_what_is_not_fitted_says_so(method):
    with pytest.raises(NotFittedError):
        getattr(IncidentClassifier(), method)([""])


# The checks of scikit-learn that need no matrix of numbers: see test_features.py.
@pytest.mark.parametrize(
    "check",
    [
        estimator_checks.check_estimator_cloneable,
        estimator_checks.check_estimator_repr,
        estimator_checks.check_valid_tag_types,
        estimator_checks.check_mixin_order,
        estimator_checks.check_no_attributes_set_in_init,
        estimator_checks.check_parameters_default_constructible,
        estimator_checks.check_get_params_invariance,
        estimator_checks.check_set_params,
    ],
)
def test_scikit_learns_own_check_passes(check):
    check("IncidentClassifier", IncidentClassifier())


def test_it_is_a_classifier_of_strings():
    assert is_classifier(IncidentClassifier())
    assert IncidentClassifier().__sklearn_tags__().input_tags.string


def test_fit_returns_the_classifier_and_leaves_its_parameters_and_its_vectorizer(frame):
    vectorizer = IncidentVectorizer(char_weight=0.5)
    classifier = IncidentClassifier(vectorizer=vectorizer, C=3.0, n_folds=2)
    before = classifier.get_params()
    assert classifier.fit(texts_of(frame), frame) is classifier
    assert classifier.get_params() == before
    assert classifier.vectorizer is vectorizer
    assert not hasattr(vectorizer, "vocabulary_")
    assert classifier.vectorizer_.char_weight == 0.5
    copy = clone(classifier)
    assert not hasattr(copy, "coef_")
    assert copy.get_params()["vectorizer__char_weight"] == 0.5
    assert copy.set_params(vectorizer__char_weight=0.1).vectorizer.char_weight == 0.1
    assert vectorizer.char_weight == 0.5


def test_labels_and_texts_are_left_as_they_were(frame):
    texts, labels = texts_of(frame), frame.copy(deep=True)
    made(labels)
    pd.testing.assert_frame_equal(labels, frame)
    assert texts_of(labels) == texts


def test_equal_seeds_give_equal_models(model, frame):
    assert same(made(frame), model)


def test_another_seed_gives_another_model(model, frame):
    assert not same(made(frame, random_state=1), model)


def test_the_order_of_training_rows_does_not_matter(model, frame):
    order = np.random.default_rng(0).permutation(len(frame))
    shuffled = made(frame.iloc[order])
    assert same(shuffled, model)
    pd.testing.assert_frame_equal(
        shuffled.out_of_fold_.iloc[np.argsort(order)].reset_index(drop=True), model.out_of_fold_
    )


def test_the_order_of_copies_with_other_labels_does_not_matter(frame):
    incidents = frame[frame["motivation"].isin(CODEBOOK.motivations)].head(8)
    copies = incidents.assign(motivation=[CODEBOOK.motivations[0], CODEBOOK.motivations[1]] * 4, impact=None)
    one, two = (pd.concat(parts, ignore_index=True) for parts in ((frame, copies), (copies, frame)))
    assert same(made(one), made(two))


def test_the_order_of_training_rows_does_not_matter_without_groups(motivated, of_motivations):
    texts, motivations = motivated
    shuffled = IncidentClassifier(n_folds=2).fit(texts[::-1], motivations[::-1])
    assert same(shuffled, of_motivations)


@pytest.mark.slow
def test_the_number_of_jobs_does_not_matter(model, frame):
    assert same(made(frame, n_jobs=2), model)


def test_groups_may_be_anything_that_has_a_string(model, frame):
    numbers = dict(zip(sorted(set(frame["incident"])), range(10**6, 2 * 10**6), strict=False))
    numbered = IncidentClassifier(n_folds=2).fit(texts_of(frame), frame, groups=frame["incident"].map(numbers))
    assert same(numbered, model)


def test_held_out_labels_stand_in_the_order_of_the_training_rows(model, frame):
    held_out = model.out_of_fold_
    assert held_out.columns.tolist() == [*model.probabilities([""]).columns, "is_incident", "motivation", "impact"]
    assert len(held_out) == len(frame)
    assert held_out[MOTIVATION_COLUMNS].sum(axis=1).to_numpy() == pytest.approx(1)
    rows = frame["motivation"].isin(MOTIVATIONS).to_numpy()
    likeliest = np.array(MOTIVATIONS)[held_out[MOTIVATION_COLUMNS[:3]].to_numpy().argmax(axis=1)]
    # Two thirds right is far from what another order would give, one third.
    assert (likeliest == frame["motivation"].to_numpy())[rows].mean() > 0.6


@pytest.mark.parametrize("make", [np.array, pd.Series, lambda labels: np.array(labels, dtype=object)])
def test_motivations_alone_may_be_given_as_any_array(motivated, of_motivations, make):
    texts, motivations = motivated
    assert same(IncidentClassifier(n_folds=2).fit(texts, make(motivations)), of_motivations)


def test_heads_without_labels_are_unknown(of_motivations):
    labels = of_motivations.label(SHOWN, any_language=True)
    assert labels["p_incident"].isna().all()
    assert labels[IMPACT_COLUMNS].isna().all(axis=None)
    assert labels["is_incident"].all()
    assert (labels["impact"] == "").all()
    assert (labels["p_motivation_undetermined"] == 0).all()
    assert labels[MOTIVATION_COLUMNS].sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-5)
    assert set(labels["motivation"]) <= {*MOTIVATIONS, UNDETERMINED}
    assert of_motivations.thresholds_.incident == 0.5
    assert of_motivations.thresholds_.impact == (0.5,) * len(IMPACTS)


def test_an_answer_never_seen_is_as_good_as_impossible(motivated):
    texts, motivations = zip(*[pair for pair in zip(*motivated, strict=True) if pair[1] != "criminal"], strict=True)
    two = IncidentClassifier(n_folds=2).fit(texts, motivations)
    assert two.classes_.tolist() == list(MOTIVATIONS)
    assert two.predict_proba(SHOWN)[:, 1].max() < 1e-6
    assert set(two.predict(texts)) == {"state-sponsored", "ideological"}


def test_rows_not_coded_for_impact_take_no_part_in_it(frame):
    mark = "quuxwort"
    rows = frame.copy()
    uncoded = np.flatnonzero(frame["is_incident"])[::3]
    rows["text"] = [f"{text} {mark}" if row in uncoded else text for row, text in enumerate(frame["text"])]
    rows["impact"] = [None if row in uncoded else domains for row, domains in enumerate(frame["impact"])]
    fitted = made(rows)
    column = fitted.vectorizer_.get_feature_names_out().tolist().index(f"word:{mark}")
    of_mark = dict(zip(OUTPUTS, fitted.coef_[column], strict=True))
    assert [of_mark[domain] for domain in IMPACTS] == [0] * len(IMPACTS)
    assert of_mark["incident"] != 0
    assert of_mark["criminal"] != 0


def test_documents_with_names_masked_teach_the_motivation_alone(model, frame):
    without = made(frame, masked_weight=0.0)
    assert without.vectorizer_.get_feature_names_out().tolist() == model.vectorizer_.get_feature_names_out().tolist()
    differing = {
        output
        for place, output in enumerate(OUTPUTS)
        if not np.array_equal(without.coef_[:, place], model.coef_[:, place])
        or without.intercept_[place] != model.intercept_[place]
    }
    assert differing == {*MOTIVATIONS, UNDETERMINED}


def test_a_domain_of_one_document_hinders_nothing_and_is_decided_at_one_half(frame):
    rare = frame.copy()
    first = int(np.flatnonzero(frame["is_incident"])[0])
    rare["impact"] = [
        [*(each for each in domains if each != "democracy"), *(["democracy"] if row == first else [])]
        for row, domains in enumerate(frame["impact"])
    ]
    fitted = made(rare)
    assert len(fitted.label(SHOWN)) == len(SHOWN)
    # One fold's head was taught nothing of it, so there is nothing to choose by.
    assert fitted.thresholds_.impact[IMPACTS.index("democracy")] == 0.5


def test_a_domain_of_every_incident_hinders_nothing(frame):
    common = frame.copy()
    common["impact"] = [sorted({*domains, "economy"}) for domains in frame["impact"]]
    assert len(made(common).label(SHOWN)) == len(SHOWN)


@pytest.mark.parametrize(
    ("labels", "error", "says"),
    [
        (lambda y: [*y[:-1], "hacktivist"], ValueError, "'hacktivist'.*expected one of state-sponsored, criminal"),
        (lambda y: [*y[:-1], ""], ValueError, "''.*expected one of"),
        (lambda y: [*y[:-1], "Criminal"], ValueError, "'Criminal'"),
        (lambda y: y[:-1], ValueError, r"found \d+ labels for \d+ texts"),
        (lambda y: [*y, "criminal"], ValueError, r"found \d+ labels for \d+ texts"),
        (lambda y: [], ValueError, r"found 0 labels for \d+ texts"),
        (lambda y: ["criminal"] * len(y), ValueError, "found nothing to tell apart"),
        (lambda y: [UNDETERMINED] * len(y), ValueError, "found nothing to tell apart"),
        (lambda y: ["criminal"] * (len(y) - 1) + ["ideological"], CorpusError, "1 incidents with the label 'ideo"),
    ],
)
def test_labels_that_teach_nothing_are_refused(motivated, labels, error, says):
    texts, motivations = motivated
    with pytest.raises(error, match=says):
        IncidentClassifier(n_folds=2).fit(texts, labels(motivations))


def test_groups_of_another_length_are_refused(motivated):
    texts, motivations = motivated
    with pytest.raises(ValueError, match="groups"):
        IncidentClassifier(n_folds=2).fit(texts, motivations, groups=["one"])


@pytest.mark.parametrize("surplus", [-1, 1])
def test_a_few_groups_too_few_or_too_many_are_refused(motivated, surplus):
    texts, motivations = motivated
    groups = [str(number) for number in range(len(texts) + surplus)]
    with pytest.raises(ValueError, match="groups"):
        IncidentClassifier(n_folds=2).fit(texts, motivations, groups=groups)


def test_a_pickle_labels_alike(small_model):
    again = pickle.loads(pickle.dumps(small_model))
    assert same(again, small_model)
    pd.testing.assert_frame_equal(again.label(SHOWN), small_model.label(SHOWN))
    assert not hasattr(pickle.loads(pickle.dumps(IncidentClassifier(C=2.0))), "coef_")


def test_cross_validation_of_scikit_learn_works_on_strings(motivated):
    texts, motivations = motivated
    scores = cross_val_score(IncidentClassifier(n_folds=2), texts, motivations, cv=2, error_score="raise")
    assert scores.min() > 0.5


def test_cross_validated_predictions_are_motivations(motivated):
    texts, motivations = motivated
    found = cross_val_predict(IncidentClassifier(n_folds=2, masked_weight=0.0), texts, np.array(motivations), cv=2)
    assert (found == motivations).mean() > 0.5


def labels_frame(*rows):
    return pd.DataFrame(rows, columns=["is_incident", "motivation", "impact"], dtype=object)


def test_each_head_learns_from_what_is_coded_for_it():
    targets = targets_of(
        labels_frame(
            (True, "criminal", ["economy", "privacy"]),
            (True, UNDETERMINED, []),
            (True, None, None),
            (False, None, []),
            (True, "ideological", None),
            (False, "criminal", ["economy"]),
        )
    )
    found = {head: [part.tolist() for part in targets.head(head)] for head in HEADS}
    assert found["incident"] == [[0, 1, 2, 3, 4, 5], [True, True, True, False, True, False]]
    assert found["motivation"] == [[0, 4], ["criminal", "ideological"]]
    assert found[UNDETERMINED] == [[0, 1, 4], [False, True, False]]
    assert found["economy"] == [[0, 1], [True, False]]
    assert found["democracy"] == [[0, 1], [False, False]]


@pytest.mark.parametrize("labels", [[], np.array([], dtype=object), labels_frame()])
def test_no_labels_are_no_targets(labels):
    targets = targets_of(labels)
    assert len(targets) == 0
    assert targets.impact.shape == (0, len(IMPACTS))


def test_a_label_on_its_threshold_is_given():
    probabilities = np.array([[0.5, 0.5, 0.3, 0.2, 0.0, *[0.5] * 7], [0.49, 0.9, 0.1, 0.0, 0.0, *[0.9] * 7]])
    decided = decide(probabilities, Thresholds(0.5, 0.5, (0.5,) * len(IMPACTS)), Outputs(CODEBOOK))
    assert decided.is_incident.tolist() == [True, False]
    assert decided.motivation.tolist() == ["state-sponsored", None]
    assert decided.impact.tolist() == [[True] * 7, [False] * 7]


@pytest.mark.parametrize(
    ("row", "threshold", "motivation"),
    [
        ((0.5, 0.3, 0.2), 0.5, "state-sponsored"),
        ((0.2, 0.5, 0.3), 0.51, UNDETERMINED),
        ((0.1, 0.1, 0.1), 0.05, "state-sponsored"),
        ((0.0, 0.0, 1.0), 1.0, "ideological"),
    ],
)
def test_an_unlikely_motivation_is_undetermined(row, threshold, motivation):
    assert motivation_of(np.array([row]), threshold, MOTIVATIONS).tolist() == [motivation]


def test_extreme_scores_give_probabilities():
    scores = np.vstack([np.full(12, -1e4), np.full(12, 1e4), np.zeros(12)])
    found = Outputs(CODEBOOK).probabilities_of(scores)
    assert np.isfinite(found).all()
    assert found[:, 1:5].sum(axis=1) == pytest.approx(1)
    assert found[2] == pytest.approx([0.5, *[1 / 6] * 3, *[0.5] * 8])


def sets_of(labels):
    return [set(filter(None, own.split(";"))) for own in labels["motivation_set"]]


@pytest.mark.parametrize("shown", [[], SHOWN[:1], SHOWN])
def test_a_coverage_adds_a_column_and_changes_no_other(small_model, shown):
    labels = small_model.label(shown, coverage=0.9)
    assert tuple(labels.columns) == (*LABEL_COLUMNS, "motivation_set")
    pd.testing.assert_frame_equal(labels[list(LABEL_COLUMNS)], small_model.label(shown))


def test_sets_are_of_motivations_in_their_order_whatever_else_is_decided(small_model, small_frame):
    labels = small_model.label([*SHOWN, *texts_of(small_frame)], coverage=0.95)
    assert {len(own) for own in sets_of(labels)} >= {1, 2}
    for own in labels["motivation_set"]:
        assert own == ";".join(label for label in MOTIVATIONS if label in own.split(";"))
    assert set(labels["motivation_set"][~labels["is_incident"]]) != {""}


def test_sets_grow_with_their_coverage(small_model, small_frame):
    found = [sets_of(small_model.label(texts_of(small_frame), coverage=share)) for share in (0.5, 0.8, 0.9, 0.99)]
    for smaller, larger in pairwise(found):
        assert all(one <= two for one, two in zip(smaller, larger, strict=True))
    assert found[0] != found[-1]


def test_conformal_scores_are_of_documents_that_were_held_out(small_model, small_frame):
    table = small_model.out_of_fold_
    rows = small_frame["motivation"].isin(MOTIVATIONS).to_numpy()
    three = table[MOTIVATION_COLUMNS[:3]].to_numpy()[rows]
    three /= three.sum(axis=1, keepdims=True)
    truth = small_frame["motivation"][rows].to_numpy()[:, None] == np.array(MOTIVATIONS)
    assert small_model.conformal_scores_ == pytest.approx(np.sort(1 - three[truth]), abs=1e-6)


@pytest.mark.parametrize("coverage", [0, 1, 1.5, -1, float("nan")])
def test_a_coverage_that_is_no_probability_is_refused(small_model, coverage):
    with pytest.raises(CyberclassError, match="coverage: found"):
        small_model.label(SHOWN, coverage=coverage)


def test_threads_may_share_a_model(small_model, small_frame):
    texts = texts_of(small_frame)
    expected = pickle.loads(pickle.dumps(small_model)).predict_proba(texts)
    shared = pickle.loads(pickle.dumps(small_model))
    parts = [slice(start, start + 40) for start in range(0, len(texts), 40)] * 3
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda part: shared.predict_proba(texts[part]), parts))
    for part, values in zip(parts, found, strict=True):
        assert np.abs(values - expected[part]).max() < 1e-9


def test_explanations_stand_though_the_memory_is_at_its_bound(small_model, monkeypatch):
    model = pickle.loads(pickle.dumps(small_model))
    expected = model.explain(SHOWN[7])
    monkeypatch.setattr("cyberclass.model.space.MEMO_CHUNKS", 5)
    assert model.explain(SHOWN[7]).to_dict() == expected.to_dict()


def test_explaining_needs_a_model_that_is_fitted():
    with pytest.raises(NotFittedError):
        IncidentClassifier().explain(SHOWN[7])
