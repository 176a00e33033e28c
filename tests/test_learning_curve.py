"""The learning curve: parts within parts, tested on others, what is made of it, and its picture."""

import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from planted import OWN, documents

from cyberclass.corpora.documents import texts_of
from cyberclass.corpora.splits import N_FOLDS
from cyberclass.errors import CorpusError, CyberclassError, ReportError
from cyberclass.evaluation.measures import measure
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.training import learning_curve as curves
from cyberclass.training.curve_plot import draw_curve
from cyberclass.training.learning_curve import (
    ALL_IMPACTS,
    ALL_MOTIVATIONS,
    SHARES,
    fit_power_law,
    learning_curve,
    power_law,
    summarise,
)
from cyberclass.training.material import Material


def material_of(frame, own=None):
    return Material(
        frame=frame,
        groups=frame["incident"],
        weight=np.ones(len(frame)),
        own=np.ones(len(frame), dtype=bool) if own is None else own,
        taxonomy=OWN,
        paths=(),
        licences={},
    )


@pytest.fixture(scope="module")
def pairs():
    """Forty incidents, of each two documents; and of twenty of them, and twenty others, what a base tells."""
    frame = documents(OWN, 40)
    second = frame.assign(id="second-" + frame["id"], text=frame["text"] + " again")
    base = frame[::2].assign(id=lambda frame: "base-" + frame["id"])
    apart = base.assign(id="apart-" + base["id"], incident="apart-" + base["incident"])
    both = pd.concat([frame, second, base, apart], ignore_index=True)
    return material_of(both, np.arange(len(both)) < 80)


@pytest.fixture
def jobs(pairs, monkeypatch):
    """What would be learned from and tested on, by fold and share, without doing so."""
    noted = {}

    def note(material, fold, share, part, along, test):
        noted[fold, share] = part, along, test
        return [("label", share, fold, len(part), 0.5)]

    monkeypatch.setattr(curves, "_try", note)
    learning_curve(pairs)
    return noted


# Parts


def test_every_fold_is_tried_at_every_share_and_every_document_tested_once(jobs, pairs):
    assert set(jobs) == {(fold, share) for fold in range(N_FOLDS) for share in SHARES}
    tested = np.concatenate([jobs[fold, 1.0][2] for fold in range(N_FOLDS)])
    assert sorted(tested) == np.flatnonzero(pairs.own).tolist()
    for fold in range(N_FOLDS):
        assert len({tuple(jobs[fold, share][2]) for share in SHARES}) == 1


def test_parts_are_of_whole_incidents_and_each_within_the_next(jobs, pairs):
    incidents = pairs.frame["incident"]
    for fold in range(N_FOLDS):
        parts = [set(jobs[fold, share][0]) for share in SHARES]
        counts = [incidents.iloc[sorted(part)].nunique() for part in parts]
        assert counts == [2, 4, 8, 16, 32]
        assert [len(part) for part in parts] == [2 * count for count in counts]
        assert all(smaller < larger for smaller, larger in pairwise(parts))
        assert parts[-1] == set(np.flatnonzero(pairs.own)) - set(jobs[fold, 1.0][2])


def test_no_incident_is_on_both_sides_the_base_s_included(jobs, pairs):
    incidents = pairs.frame["incident"]
    for part, along, test in jobs.values():
        assert not set(incidents.iloc[[*part, *along]]) & set(incidents.iloc[test])
        assert not pairs.own[along].any()
        told = incidents.isin(incidents.iloc[test]).to_numpy()
        assert along.tolist() == np.flatnonzero(~pairs.own & ~told).tolist()


def test_parts_are_drawn_otherwise_by_another_seed(jobs, pairs):
    before = jobs[0, 0.25][0].tolist()
    learning_curve(pairs, random_state=1)
    assert jobs[0, 0.25][0].tolist() != before


def test_near_duplicates_count_as_one_incident(jobs, pairs):
    joined = pairs.groups.where(pairs.groups != "i1", "i2")
    learning_curve(replace(pairs, groups=joined))
    for part, along, test in jobs.values():
        assert not set(joined.iloc[[*part, *along]]) & set(joined.iloc[test])


def test_steps_are_told_from_nothing_to_all(pairs, jobs):
    steps = []
    learning_curve(pairs, progress=lambda *step: steps.append(step))
    assert steps == [("learning curve", pytest.approx(done / 25)) for done in range(26)]


# Scores


@pytest.fixture(scope="module")
def small():
    return material_of(documents(OWN, 40))


@pytest.fixture(scope="module")
def curve(small):
    return learning_curve(small)


def test_a_curve_has_every_label_and_the_means_over_them(curve):
    labels = [ALL_MOTIVATIONS, *OWN.motivations, ALL_IMPACTS, *OWN.impacts]
    assert sorted(curve["label"].unique()) == sorted(labels)
    assert curve.columns.tolist() == ["label", "share", "fold", "documents", "score"]
    assert curve["score"].between(0, 1).all()
    last = curve[(curve["share"] == 1.0) & (curve["label"] == ALL_MOTIVATIONS)]
    assert last["fold"].tolist() == [0, 1, 2, 3, 4]
    assert (last["documents"] == 32).all()
    # In the order of the taxonomy, whatever labels the smallest parts happen to have.
    assert curve["label"].unique().tolist() == labels
    for _, group in curve.groupby("label"):
        assert group.equals(group.sort_values(["share", "fold"], kind="stable"))
    # Two documents, one of each motivation at best, are too small a part in some folds.
    assert curve["share"].min() <= 0.125


def test_more_documents_teach_more(curve):
    means = curve[curve["label"] == ALL_MOTIVATIONS].groupby("share")["score"].mean()
    assert means[1.0] > 0.95
    assert means[1.0] > means.iloc[0]


def test_scores_are_of_a_model_of_the_part_on_the_test(small):
    part, along, test = np.arange(24), np.arange(0), np.arange(24, 40)
    found = {label: (count, score) for label, _, _, count, score in curves._try(small, 3, 0.5, part, along, test)}
    model = small.take(part).teach(IncidentClassifier(n_folds=2, taxonomy=OWN))
    tested = small.frame.iloc[test].reset_index(drop=True)
    scores = measure(tested, model.label(texts_of(tested)))
    assert found[ALL_MOTIVATIONS] == (24, scores["motivation"]["macro_f1"])
    assert found["greed"] == (24, scores["motivation"]["labels"]["greed"]["f1"])
    assert found[ALL_IMPACTS] == (24, scores["impact"]["mean_average_precision"])
    assert found["bank"] == (24, scores["impact"]["domains"]["bank"]["average_precision"])


def test_documents_of_a_base_are_learned_from_and_not_counted(small):
    own = np.arange(40) < 20
    rows = curves._try(replace(small, own=own), 0, 1.0, np.arange(6), np.arange(20, 40), np.arange(6, 20))
    assert {count for _, _, _, count, _ in rows} == {6}
    alone = curves._try(replace(small, own=own), 0, 1.0, np.arange(6), np.arange(0), np.arange(6, 20))
    assert [row[-1] for row in rows] != [row[-1] for row in alone]


@pytest.mark.parametrize("part", [[], [1], [0, 5], [1, 3]], ids=["nothing", "one", "no incident", "one motivation"])
def test_a_part_too_small_to_learn_from_has_no_rows(small, part):
    without = replace(small, frame=small.frame.assign(impact=None))
    assert curves._try(without, 0, 0.0625, np.array(part, dtype=int), np.arange(0), np.arange(20, 40)) == []


@pytest.mark.slow
def test_a_curve_is_the_same_whatever_the_order_of_rows_and_the_number_of_jobs(small, curve):
    turned = small.take(np.random.default_rng(0).permutation(40))
    pd.testing.assert_frame_equal(learning_curve(turned, n_jobs=2), curve, check_exact=False, rtol=1e-12)


def rare(frame, label, n):
    """Leave so many documents of a motivation."""
    own = frame["motivation"] == label
    return frame[~own | (own.cumsum() <= n)].reset_index(drop=True)


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (documents(OWN, 4), "Found 1 incident with the label 'greed'; expected two or more of each label"),
        (rare(documents(OWN), "greed", 1), "Found 1 incident with the label 'greed'; expected two or more"),
        (documents(OWN, motivation="", impact=False), "too few for a learning curve; expected some five incidents"),
    ],
)
def test_documents_too_few_for_a_curve_are_a_sentence(frame, sentence):
    with pytest.raises(CorpusError, match=sentence):
        learning_curve(material_of(frame))


# What is made of a curve


def made(*scores, label="x", spread=0.0, folds=5, documents=(10, 20, 40, 80, 160)):
    """A curve of given means, the folds of which stand apart by so much: even ones above, odd ones below, in turn."""
    shares = SHARES[-len(scores) :]
    rows = [
        (label, share, fold, count, score + spread * (fold - (folds - 1) / 2) * (-1) ** place)
        for place, (share, count, score) in enumerate(zip(shares, documents[-len(scores) :], scores, strict=True))
        for fold in range(folds)
    ]
    return pd.DataFrame(rows, columns=["label", "share", "fold", "documents", "score"])


@pytest.mark.parametrize(
    ("curve", "verdict"),
    [
        (made(0.4, 0.5, 0.6, 0.7, 0.8), "yes"),
        (made(0.70, 0.74, 0.77, 0.79, 0.81), "yes"),
        (made(0.80, 0.80, 0.80, 0.80, 0.80), "hardly"),
        (made(1.0, 1.0, 1.0, 1.0, 1.0), "hardly"),
        (made(0.0, 0.0, 0.0, 0.0, 0.0), "hardly"),
        (made(0.5, 0.7, 0.78, 0.80, 0.803), "hardly"),
        # A gain, lost in noise: it may be more, or none.
        (made(0.70, 0.74, 0.77, 0.79, 0.81, spread=0.05), "unclear"),
        (made(0.80, 0.80, 0.80, 0.80, 0.80, spread=0.05), "unclear"),
        (made(0.9, 0.8, 0.7, 0.6, 0.5), "hardly"),
        # Nothing to lead further.
        (made(0.5, 0.6, 0.7), "unclear"),
        (made(0.7), "unclear"),
        (made(0.4, 0.5, 0.6, 0.7, 0.8, folds=1), "unclear"),
    ],
    ids=[
        *("rising", "slowly rising", "flat", "perfect", "nothing", "levelled off", "rising in noise", "flat in noise"),
        *("falling", "three shares", "one share", "one fold"),
    ],
)
def test_whether_more_would_help_goes_by_gain_noise_and_course(curve, verdict):
    summary = summarise(curve)
    assert summary["more_would_help"].tolist() == [verdict]
    assert summary.index.name == "label"


def test_a_summary_has_the_last_doubling_and_its_error():
    curve = made(0.4, 0.5, 0.6, 0.7, 0.8)
    gains = [0.05, 0.1, 0.1, 0.1, 0.15]
    curve.loc[curve["share"] == 1.0, "score"] = 0.7 + np.array(gains)
    row = summarise(curve).loc["x"]
    assert (row["documents"], row["score"]) == (160, pytest.approx(0.8))
    assert row["gain"] == pytest.approx(0.1)
    assert row["gain_error"] == pytest.approx(np.std(gains, ddof=1) / np.sqrt(5))


def test_the_forecast_is_that_of_the_law_the_curve_follows():
    documents = np.array([10.0, 20, 40, 80, 160])
    curve = made(*power_law(documents, 0.9, 1.5, 0.6))
    assert fit_power_law(documents, power_law(documents, 0.9, 1.5, 0.6)) == pytest.approx((0.9, 1.5, 0.6), rel=1e-3)
    now, then = power_law(np.array([160.0, 320.0]), 0.9, 1.5, 0.6)
    assert summarise(curve).loc["x", "forecast"] == pytest.approx(then - now, rel=1e-2)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_of_fewer_than_four_points_no_law_is_made(n):
    assert fit_power_law(np.arange(n) + 10.0, np.full(n, 0.5)) is None


@pytest.mark.parametrize(
    ("missing", "gain", "score"),
    [
        (lambda curve: curve["share"] == 0.0625, 0.1, 0.8),
        (lambda curve: curve["share"] == 0.5, None, 0.8),
        (lambda curve: curve["share"] == 1.0, None, 0.7),
        (lambda curve: (curve["share"] == 0.5) & (curve["fold"] < 4), 0.1, 0.8),
        (lambda curve: (curve["share"] == 1.0) & (curve["fold"] < 5), None, 0.7),
        (lambda curve: curve["share"] < 1.0, None, 0.8),
    ],
    ids=["the first", "the last but one", "the last", "of most folds", "of all folds", "all but the last"],
)
def test_shares_that_are_missing_leave_what_there_is(missing, gain, score):
    curve = made(0.4, 0.5, 0.6, 0.7, 0.8)
    row = summarise(curve[~missing(curve)]).loc["x"]
    assert row["score"] == pytest.approx(score)
    assert np.isnan(row["gain"]) if gain is None else row["gain"] == pytest.approx(gain)
    assert row["more_would_help"] in ("yes", "unclear")


def test_labels_stand_in_the_order_of_the_curve():
    curve = pd.concat([made(0.5, label="b"), made(0.6, label="a")])
    assert summarise(curve).index.tolist() == ["b", "a"]


# Its picture

MAGIC = {".svg": b"<?xml", ".png": b"\x89PNG", ".pdf": b"%PDF", ".SVG": b"<?xml"}

SHOWN = pd.concat(
    [
        made(0.4, 0.5, 0.6, 0.7, 0.8, label="rising"),
        made(0.8, 0.8, 0.8, 0.8, 0.8, label="flat"),
        made(0.7, label="$x_1$ <b>"),
        made(0.5, 0.6, label="a label that has many more letters than a panel has room for"),
        made(0.5, 0.6, 0.7, 0.8, label="北京"),
    ]
)


@pytest.mark.parametrize("ending", MAGIC)
def test_a_curve_is_drawn_the_same_each_time(tmp_path, ending):
    paths = [tmp_path / f"{name}{ending}" for name in "ab"]
    for path in paths:
        draw_curve(SHOWN, path)
    first, second = (path.read_bytes() for path in paths)
    assert first.startswith(MAGIC[ending])
    assert first == second
    assert sorted(tmp_path.iterdir()) == paths


@pytest.mark.parametrize("name", ["curve", "curve.jpg", "curve.svgz", "curve.html", ".svg"])
def test_other_endings_are_refused(tmp_path, name):
    with pytest.raises(ReportError, match=r"expected \.png, \.svg or \.pdf"):
        draw_curve(SHOWN, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_fails_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "curve.svg"
    path.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(path), "write_bytes", full)
    with pytest.raises(ReportError, match=r"curve\.svg: cannot be written \(No space left on device\)"):
        draw_curve(SHOWN, path)
    monkeypatch.undo()

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(type(path), "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        draw_curve(SHOWN, path)
    assert [each.read_text() for each in tmp_path.iterdir()] == ["old"]


def test_without_matplotlib_a_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(CyberclassError, match="needs matplotlib; install it"):
        draw_curve(SHOWN, tmp_path / "curve.svg")
