"""Training: what is said of a held-out document owes nothing to its label."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from cyberclass.corpora.documents import texts_of
from cyberclass.corpora.splits import grouped_folds
from cyberclass.model import training
from cyberclass.model.calibration import calibrate
from cyberclass.model.decision import motivation_of
from cyberclass.model.features import IncidentVectorizer
from cyberclass.model.heads import EMPHASIS, MASK
from cyberclass.model.outputs import Outputs
from cyberclass.model.tally import in_file, tally_texts
from cyberclass.model.targets import targets_of
from cyberclass.model.thresholds import (
    choose_impact_threshold,
    choose_incident_threshold,
    choose_motivation_threshold,
    choose_thresholds,
)
from cyberclass.taxonomy import CODEBOOK, UNDETERMINED
from cyberclass.text.names import load_names

MOTIVATIONS = CODEBOOK.motivations
OUTPUTS, HEADS = Outputs(CODEBOOK).names, Outputs(CODEBOOK).heads

N_FOLDS = 3


@pytest.fixture(scope="module")
def frame(small_frame):
    return small_frame.iloc[::2].reset_index(drop=True)


@pytest.fixture(scope="module")
def folds(frame):
    """Folds of the rows in the order of their texts, in which `train` has them."""
    texts, groups = texts_of(frame), frame["incident"].tolist()
    order = sorted(range(len(texts)), key=lambda row: (texts[row], groups[row]))
    ordered = frame.iloc[order].assign(id=[f"{row:09d}" for row in range(len(texts))])
    return grouped_folds(ordered, N_FOLDS, 0), np.array(order)


def train(frame, targets):
    return training.train(
        texts_of(frame),
        targets,
        frame["incident"].tolist(),
        vectorizer=IncidentVectorizer(),
        C=10.0,
        masked_weight=0.5,
        n_folds=N_FOLDS,
        random_state=0,
        n_jobs=None,
    )


def flipped(targets, rows):
    """Every label of some rows exchanged for another."""
    following = dict(zip((*MOTIVATIONS, UNDETERMINED), (*MOTIVATIONS[1:], UNDETERMINED, MOTIVATIONS[0]), strict=True))
    is_incident, motivation = targets.is_incident.copy(), targets.motivation.copy()
    impact = targets.impact.copy()
    is_incident[rows] = ~is_incident[rows]
    for row in rows:
        motivation[row] = following.get(motivation[row], "criminal")
    impact[rows] = np.where(np.isnan(impact[rows]), 1.0, 1.0 - impact[rows])
    return replace(targets, is_incident=is_incident, motivation=motivation, impact=impact)


def oracle_head(head, texts, targets, vectorizer, masked_weight):
    """One head as scikit-learn fits it, on the matrix multiplied out, with every answer's own coefficients."""
    emphasis = EMPHASIS.get(head, EMPHASIS["impact"])
    masked = [load_names().mask(text, MASK) for text in texts]
    copies = [row for row in range(len(texts)) if emphasis.masked and masked[row] != texts[row]]
    X = vectorizer.transform([*texts, *(masked[row] for row in copies)]).toarray()
    coded, labels = targets.take(np.append(np.arange(len(texts)), copies).astype(int)).head(head)
    scale = np.ones(X.shape[1])
    scale[vectorizer.blocks()["motive"]] = emphasis.motive_cues
    scale[vectorizer.blocks()["harm"]] = emphasis.harm_cues
    scale[vectorizer.blocks()["actor"]] = emphasis.actors
    weights = np.where(coded < len(texts), 1.0, masked_weight)
    model = LogisticRegression(C=10 * emphasis.C, class_weight="balanced", max_iter=1000, tol=1e-3)
    model.fit(X[coded] * scale, labels, sample_weight=weights)
    return model.classes_, model.coef_.T * scale[:, None], model.intercept_


@pytest.mark.slow
@pytest.mark.parametrize("without", [None, "ideological"])
def test_heads_are_those_of_scikit_learn(frame, without):
    some = frame[frame["motivation"] != without].iloc[:150]
    texts, targets = texts_of(some), targets_of(some)
    vectorizer, coef, intercept = training._learn(
        tally_texts(texts, 2, MASK),
        targets,
        np.arange(len(texts)),
        vectorizer=IncidentVectorizer(),
        C=10.0,
        masked_weight=0.5,
    )
    for head in HEADS:
        classes, expected, constant = oracle_head(head, texts, targets, vectorizer, 0.5)
        if head != "motivation":
            columns = [OUTPUTS.index(head)]
        else:
            columns = [OUTPUTS.index(label) for label in classes]
            if without:
                # Two answers have one score, which is the difference of theirs.
                expected = np.hstack((-expected, expected)) / 2
                constant = np.append(-constant, constant) / 2
                assert intercept[OUTPUTS.index(without)] == -50
        assert coef[:, columns] == pytest.approx(expected, abs=1e-6)
        assert intercept[columns] == pytest.approx(constant, abs=1e-6)


def test_a_tally_in_a_file_is_the_same(frame):
    texts = texts_of(frame)[:20]
    plain = tally_texts(texts, 2, MASK)
    with in_file(tally_texts(texts, 2, MASK)) as stored:
        assert isinstance(stored.counts.data, np.memmap)
        assert stored.forms == plain.forms
        for block in ("counts", "pairs", "cues", "kinds"):
            assert (getattr(stored, block) != getattr(plain, block)).nnz == 0


@pytest.fixture(scope="module")
def uncalibrated(frame, folds):
    """What is learned of labels as they are, and of those with one fold's flipped; and the rows of that fold.

    Without calibration, and with the folds held fast: they are made by label, so that flipped labels would give others.
    """
    fixed, order = folds
    targets = targets_of(frame)
    own = order[fixed[0][1]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "grouped_folds", lambda *_: fixed)
        patch.setattr(training, "calibrate", lambda scores, _: (np.ones(scores.shape[1]), np.zeros(scores.shape[1])))
        return train(frame, targets), train(frame, flipped(targets, own)), own


@pytest.mark.slow
def test_a_fold_s_own_labels_do_not_move_its_scores(uncalibrated):
    plain, flip, own = uncalibrated
    assert np.array_equal(plain.held_out[own], flip.held_out[own])
    others = np.setdiff1d(np.arange(len(plain.held_out)), own)
    assert not np.isclose(plain.held_out[others], flip.held_out[others]).all(axis=1).any()


def planted(n=120, seed=0):
    """Scores and labels of documents, by chance."""
    generator = np.random.default_rng(seed)
    motivation = generator.choice([*MOTIVATIONS, UNDETERMINED], n).astype(object)
    is_incident = generator.random(n) < 0.8
    motivation[~is_incident] = None
    impact = np.where(is_incident[:, None], (generator.random((n, 7)) < 0.4).astype(float), np.nan)
    targets = replace(targets_of(["criminal"] * n), is_incident=is_incident, motivation=motivation, impact=impact)
    return generator.normal(size=(n, len(OUTPUTS))), targets


def test_calibration_and_thresholds_of_a_fold_see_none_of_its_labels():
    scores, targets = planted()
    tests = [np.arange(0, 120, 3), np.arange(1, 120, 3), np.arange(2, 120, 3)]
    plain, decided = training._judge_held_out(scores, targets, tests)
    flip, decided_flip = training._judge_held_out(scores, flipped(targets, tests[0]), tests)
    assert np.array_equal(plain[tests[0]], flip[tests[0]])
    assert decided.motivation[tests[0]].tolist() == decided_flip.motivation[tests[0]].tolist()
    assert np.array_equal(decided.impact[tests[0]], decided_flip.impact[tests[0]])
    assert np.array_equal(decided.is_incident[tests[0]], decided_flip.is_incident[tests[0]])
    assert not np.array_equal(plain[tests[1]], flip[tests[1]])


def test_calibration_undoes_a_change_of_scale():
    scores, targets = planted()
    slope, offset = calibrate(scores, targets)
    twice, same = calibrate(scores * 2, targets)
    assert twice == pytest.approx(slope / 2, abs=1e-3)
    assert same == pytest.approx(offset, abs=1e-3)


def test_calibrated_probabilities_have_the_mean_of_the_labels():
    scores, targets = planted()
    slope, offset = calibrate(scores, targets)
    found = Outputs(CODEBOOK).probabilities_of(scores * slope + offset)
    assert found[:, 0].mean() == pytest.approx(targets.is_incident.mean(), abs=1e-3)
    rows, labels = targets.head("privacy")
    assert found[rows, OUTPUTS.index("privacy")].mean() == pytest.approx(labels.mean(), abs=1e-3)
    rows, labels = targets.head("motivation")
    three = found[rows, 1:4] / found[rows, 1:4].sum(axis=1, keepdims=True)
    assert three.mean(axis=0) == pytest.approx([(labels == label).mean() for label in MOTIVATIONS], abs=1e-3)


def test_calibration_never_turns_a_model_around():
    """Held-out scores of what cannot be learned speak against the truth; that is chance, and nothing to go by."""
    scores, targets = planted()
    truth = np.array([[label == own for own in MOTIVATIONS] for label in targets.motivation])
    scores[:, 1:4] -= 0.5 * truth
    slope, _ = calibrate(scores, targets)
    assert (slope >= 0).all()


@pytest.mark.parametrize("head", ["incident", "economy", UNDETERMINED])
def test_a_head_that_was_not_taught_stays_as_it_is(head):
    scores, targets = planted()
    scores[:, OUTPUTS.index(head)] = np.nan
    slope, offset = calibrate(scores, targets)
    assert (slope[OUTPUTS.index(head)], offset[OUTPUTS.index(head)]) == (1, 0)
    assert np.isfinite(slope).all()
    assert np.isfinite(offset).all()


def all_of(thresholds):
    return [thresholds.incident, thresholds.motivation, *thresholds.impact]


@pytest.mark.parametrize("seed", range(5))
def test_thresholds_keep_away_from_the_ends(seed):
    scores, targets = planted(seed=seed)
    assert all(
        0.05 <= threshold <= 0.95
        for threshold in all_of(choose_thresholds(Outputs(CODEBOOK).probabilities_of(scores), targets))
    )


@pytest.mark.parametrize("value", [0.0, 0.001, 0.5, 0.999, 1.0])
def test_thresholds_keep_away_from_the_ends_whatever_the_probabilities(value):
    _, targets = planted()
    probabilities = np.full((120, len(OUTPUTS)), value)
    assert all(0.05 <= threshold <= 0.95 for threshold in all_of(choose_thresholds(probabilities, targets)))


def test_thresholds_of_a_trained_model_keep_away_from_the_ends(small_model):
    assert all(0.05 <= threshold <= 0.95 for threshold in all_of(small_model.thresholds_))


def test_thresholds_with_nothing_to_choose_by_are_one_half():
    targets = targets_of(["criminal", "ideological", "criminal"])
    found = choose_thresholds(np.full((3, len(OUTPUTS)), np.nan), targets)
    assert found.incident == 0.5
    assert found.impact == (0.5,) * 7


def test_a_head_that_was_not_taught_has_a_threshold_of_one_half():
    scores, targets = planted()
    probabilities = Outputs(CODEBOOK).probabilities_of(scores)
    probabilities[:, OUTPUTS.index("privacy")] = np.nan
    assert choose_thresholds(probabilities, targets).impact[4] == 0.5


@pytest.mark.parametrize(
    ("of_incidents", "threshold"),
    [
        ([0.9], 0.5),
        ([0.305, 0.9], 0.3),
        ([0.001, 0.9], 0.05),
        # Of 51 incidents one may be missed, of 49 none.
        ([0.105, *[0.255] * 50], 0.25),
        ([0.105, *[0.255] * 48], 0.1),
    ],
)
def test_the_incident_threshold_keeps_nearly_all_incidents_and_is_at_most_one_half(of_incidents, threshold):
    probability = np.array([*of_incidents, 0.0, 0.99])
    is_incident = np.array([True] * len(of_incidents) + [False, False])
    assert choose_incident_threshold(probability[is_incident], np.ones(is_incident.sum())) == threshold


def test_the_motivation_threshold_is_the_most_cautious_that_leaves_what_is_undetermined():
    # From 0.63 on the fourth is undetermined; above 0.75 the third is, wrongly.
    probabilities = np.array([[0.9, 0.05, 0.05], [0.1, 0.8, 0.1], [0.1, 0.1, 0.75], [0.62, 0.2, 0.1]])
    truth = np.array([*MOTIVATIONS, UNDETERMINED], dtype=object)
    assert choose_motivation_threshold(probabilities, truth, np.ones(4), MOTIVATIONS) == 0.75


@pytest.mark.parametrize("answers", [(*MOTIVATIONS, UNDETERMINED), MOTIVATIONS, MOTIVATIONS[:2]])
def test_the_motivation_threshold_is_chosen_by_scikit_learns_macro_f1(answers):
    generator = np.random.default_rng(0)
    truth = generator.choice(answers, 400).astype(object)
    own = np.array([[label == motivation for motivation in MOTIVATIONS] for label in truth])
    probabilities = softmax(generator.normal(size=(400, 3)) + 1.5 * own, axis=1)
    candidates = np.arange(5, 96) / 100
    values = np.array(
        [
            f1_score(truth, motivation_of(probabilities, t, MOTIVATIONS), labels=answers, average="macro")
            for t in candidates
        ]
    )
    expected = candidates[values >= values.max() - 0.005].max()
    assert choose_motivation_threshold(probabilities, truth, np.ones(400), MOTIVATIONS) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("probabilities", "said"),
    [
        # By hand: yes to 0.9 and 0.4 gives 2 * 1.3 / (2 + 1.4), more than to 0.9 alone, 1.8 / 2.4, or to all three.
        ([0.9, 0.4, 0.1], 2),
        ([0.9, 0.9, 0.05], 2),
        # 0.4 / 1.3 is more than 0.6 / 2.3.
        ([0.2, 0.1], 1),
        ([0.3, 0.3, 0.3, 0.01], 3),
        ([0.99], 1),
        ([0.01], 0),
    ],
)
def test_the_impact_threshold_has_the_best_expected_f1(probabilities, said):
    threshold = choose_impact_threshold(np.array(probabilities), np.ones(len(probabilities)))
    assert 0.05 <= threshold <= 0.95
    assert (np.array(probabilities) >= threshold).sum() == said
