"""Cross-validation: no incident and no near-duplicate on both sides, and nothing of the test side is learned."""

import re

import numpy as np
import pandas as pd
import pytest

from cyberclass.corpora.documents import COLUMNS, corpus_hash, texts_of
from cyberclass.corpora.duplicates import near_duplicates
from cyberclass.corpora.splits import grouped_folds
from cyberclass.errors import CorpusError
from cyberclass.evaluation import crossval
from cyberclass.evaluation.crossval import cross_validate
from cyberclass.evaluation.report import write_json, write_markdown
from cyberclass.evaluation.resampling import intervals
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.taxonomy import CODEBOOK

MOTIVATIONS = CODEBOOK.motivations

N_FOLDS = 3
WORDS = [a + b for a in ("bra", "cro", "dul", "fen", "gri", "hos") for b in ("man", "tok", "rid", "sal", "vex")]


def planted(n=36, seed=0):
    """A corpus that can be learned by heart alone.

    Of each incident there are two documents of other words, but for one of its own that gives the label away; and a
    copy of the first one, with two words changed, that is said to be of another incident.
    """
    generator = np.random.default_rng(seed)
    rows = []
    for number in range(n):
        motivation = MOTIVATIONS[number % 3]
        first, second = (generator.choice(WORDS, 40).tolist() for _ in range(2))
        for words in (first, second):
            words[::4] = [f"own{chr(97 + number // 26)}{chr(97 + number % 26)}"] * 10
        copy = [*first[:-2], "altered", "ending"]
        for name, words, incident in (
            ("first", first, f"incident-{number}"),
            ("second", second, f"incident-{number}"),
            ("copy", copy, f"said-to-be-{number}"),
        ):
            rows.append(
                {
                    **dict.fromkeys(COLUMNS),
                    "id": f"{number:02d}-{name}",
                    "incident": incident,
                    "date": f"{2000 + number % 20}",
                    "title": "",
                    "text": " ".join(words),
                    "is_incident": True,
                    "motivation": motivation,
                    "source": f"source {number % 2}",
                }
            )
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object).astype({"is_incident": bool})


def own_words(text):
    return set(re.findall(r"own\w\w", text))


class Fits:
    """What models were trained on, and these models."""

    def __init__(self):
        self.texts, self.labels, self.groups, self.models = [], [], [], []


@pytest.fixture
def fits(monkeypatch):
    return watch(monkeypatch)


def watch(monkeypatch):
    noted, fit = Fits(), IncidentClassifier.fit

    def noting(self, X, y, groups=None, **others):
        noted.texts.append(list(X))
        noted.labels.append(y)
        noted.groups.append(list(groups))
        noted.models.append(self)
        return fit(self, X, y, groups, **others)

    monkeypatch.setattr(IncidentClassifier, "fit", noting)
    return noted


def quick():
    return IncidentClassifier(n_folds=2)


@pytest.fixture(scope="module")
def frame():
    return planted()


@pytest.fixture(scope="module")
def smaller():
    return planted(n=18)


@pytest.fixture(scope="module")
def by_incident(frame):
    """An evaluation by incident, and what its models were trained on."""
    with pytest.MonkeyPatch.context() as patch:
        noted = watch(patch)
        return cross_validate(frame, n_folds=N_FOLDS, estimator=quick()), noted


def sides(evaluation, noted, frame):
    """Training and test documents of each part."""
    ids = evaluation["predictions"]["id"].tolist()
    texts = texts_of(frame)
    ends = np.cumsum([part["test"] for part in evaluation["split"]["parts"]])
    for number, part in enumerate(evaluation["split"]["parts"]):
        train = frame[pd.Series(texts).isin(noted.texts[number]).to_numpy()]
        test = frame[frame["id"].isin(ids[ends[number] - part["test"] : ends[number]])]
        assert (len(train), len(test)) == (part["training"], part["test"])
        yield noted.models[number], train, test


# Nothing of one side stands on the other


def test_every_document_is_tested_once(by_incident, frame):
    evaluation, noted = by_incident
    assert sorted(evaluation["predictions"]["id"]) == sorted(frame["id"])
    assert len(noted.models) == len(evaluation["split"]["parts"]) == N_FOLDS
    assert [part["name"] for part in evaluation["split"]["parts"]] == ["fold 1", "fold 2", "fold 3"]
    assert all(part["training"] + part["test"] == len(frame) for part in evaluation["split"]["parts"])


def test_no_incident_stands_on_both_sides(by_incident, frame):
    for _, train, test in sides(*by_incident, frame):
        assert not set(train["incident"]) & set(test["incident"])


def test_no_near_duplicate_stands_on_both_sides(by_incident, frame):
    evaluation, _ = by_incident
    assert len(evaluation["near_duplicates"]) == len(frame) // 3
    for _, train, test in sides(*by_incident, frame):
        pairs = near_duplicates([*texts_of(train), *texts_of(test)])
        assert len(pairs) == len(frame) // 3
        assert ((pairs["first"] < len(train)) == (pairs["second"] < len(train))).all()


def test_folds_within_the_training_side_keep_near_duplicates_together(by_incident):
    _, noted = by_incident
    for texts, groups in zip(noted.texts, noted.groups, strict=True):
        of_word = {}
        for text, group in zip(texts, groups, strict=True):
            (word,) = own_words(text)
            of_word.setdefault(word, set()).add(group)
        assert {len(names) for names in of_word.values()} == {1}


def test_words_of_the_test_side_alone_are_not_in_the_vocabulary(by_incident, frame):
    for model, train, test in sides(*by_incident, frame):
        words = set(model.vectorizer_.vocabulary_.words)
        theirs = {word for text in texts_of(test) for word in own_words(text)}
        known = {word for text in texts_of(train) for word in own_words(text)}
        assert theirs
        assert not theirs & words
        assert known <= words


def test_what_can_only_be_learned_by_heart_is_not_known(by_incident, frame, monkeypatch):
    evaluation, _ = by_incident
    accuracy = evaluation["figures"]["motivation_accuracy"]
    assert accuracy["value"] < 0.5
    # The same folds by document: the giveaway, and the copies, would have been found.
    monkeypatch.setattr(crossval, "joined_incidents", lambda incidents, _: frame["id"])
    leaking = cross_validate(frame, n_folds=N_FOLDS, estimator=quick())
    assert leaking["figures"]["motivation_accuracy"]["value"] > 0.7


@pytest.mark.slow
def test_labels_of_the_test_side_do_not_move_its_predictions(small_frame, monkeypatch):
    frame = small_frame.iloc[::4].reset_index(drop=True)
    fixed = grouped_folds(frame, 2)
    # With the folds held fast: they are made by label, so that flipped labels would give others.
    monkeypatch.setattr(crossval, "grouped_folds", lambda *_: fixed)
    own, others = (test for _, test in fixed)
    following = dict(zip(MOTIVATIONS, (*MOTIVATIONS[1:], MOTIVATIONS[0]), strict=True))
    labels = [following.get(label, label) if row in own else label for row, label in enumerate(frame["motivation"])]
    flipped = frame.assign(motivation=pd.Series(labels, dtype=object))
    one, two = (cross_validate(each, n_folds=2, estimator=quick()) for each in (frame, flipped))
    truth = ["true_is_incident", "true_motivation", "true_impact"]
    first, second = (each["predictions"].set_index("id").drop(columns=truth) for each in (one, two))
    pd.testing.assert_frame_equal(first.loc[frame["id"][own]], second.loc[frame["id"][own]], check_exact=True)
    column = "p_motivation_criminal"
    changed = ~np.isclose(first.loc[frame["id"][others], column], second.loc[frame["id"][others], column])
    assert changed.mean() > 0.5
    assert one["figures"]["motivation_accuracy"] != two["figures"]["motivation_accuracy"]


def test_the_estimator_and_the_documents_are_left_as_they_were(smaller, fits):
    before, estimator = smaller.copy(deep=True), quick()
    cross_validate(smaller, n_folds=2, estimator=estimator)
    pd.testing.assert_frame_equal(smaller, before)
    assert not hasattr(estimator, "coef_")
    assert [model.n_folds for model in fits.models] == [2, 2]


# Time and source


def test_by_time_models_learn_from_what_was_before(smaller, fits):
    evaluation = cross_validate(smaller, "time", date="2010", estimator=quick())
    ((_, train, test),) = sides(evaluation, fits, smaller)
    assert train["date"].max() < "2010" <= test["date"].min()
    assert len(train) + len(test) == len(smaller)
    assert evaluation["split"]["by"] == "time"
    assert [part["name"] for part in evaluation["split"]["parts"]] == ["from 2010"]


def test_by_time_a_near_duplicate_belongs_where_the_first_of_its_kind_does(smaller, fits):
    late = smaller.copy()
    late.loc[late["id"].str.endswith("copy"), "date"] = "2022"
    evaluation = cross_validate(late, "time", date="2010", estimator=quick())
    ((_, train, test),) = sides(evaluation, fits, late)
    texts = [*texts_of(train), *texts_of(test)]
    pairs = near_duplicates(texts)
    assert ((pairs["first"] < len(train)) == (pairs["second"] < len(train))).all()
    assert "2022" in set(train["date"])


def test_without_a_date_about_the_last_fifth_is_tested(smaller, fits):
    evaluation = cross_validate(smaller, "time", estimator=quick())
    (part,) = evaluation["split"]["parts"]
    assert part["test"] / len(smaller) == pytest.approx(0.2, abs=0.06)


def test_by_source_no_source_and_none_of_its_incidents_is_learned(smaller, fits):
    # An incident that both sources tell of.
    told = smaller.copy()
    told.loc[told["id"] == "00-second", "source"] = "source 1"
    evaluation = cross_validate(told, "source", estimator=quick())
    assert [part["name"] for part in evaluation["split"]["parts"]] == ["source 0", "source 1"]
    for name, (_, train, test) in zip(("source 0", "source 1"), sides(evaluation, fits, told), strict=True):
        assert set(test["source"]) == {name}
        assert name not in set(train["source"])
        assert not set(train["incident"]) & set(test["incident"])
        assert not [id_ for id_ in train["id"] if id_.startswith("00-")]


# Faults


def few(*labels, **columns):
    """Documents with some motivations, each on an incident of its own."""
    kept = planted(n=len(labels)).iloc[::3]
    return kept.reset_index(drop=True).assign(motivation=pd.Series(labels, dtype=object), **columns)


HALF = ["criminal"] * 8 + ["ideological"] * 8


@pytest.mark.parametrize(
    ("frame", "arguments", "sentence"),
    [
        (few(), {}, "has 0 incidents, too few for 5 folds"),
        (few("criminal"), {}, "has 1 incidents, too few for 5 folds"),
        (few(*["criminal"] * 12), {}, "The training side of 'fold 1' has nothing to tell apart"),
        (few(*["undetermined"] * 6, *["criminal"] * 6), {}, "has nothing to tell apart; expected two motivations"),
        (few(*["criminal"] * 12, "ideological"), {}, "1 incidents with the label 'ideological'; expected 5 or more"),
        (few(*HALF), {"n_folds": 1}, "The number of folds is 1"),
        (few(*HALF), {"by": "weather"}, "Found the split 'weather'; expected one of incident, time, source."),
        (few(*HALF, source="one"), {"by": "source"}, "The corpus has one source, 'one'; expected two or more"),
        (few(*HALF, date="2000"), {"by": "time", "date": "1999"}, "has no dated document before 1999"),
        (few(*HALF, date="2000"), {"by": "time", "date": "2001"}, "has no dated document from 2001"),
        (few(*HALF, date="2000"), {"by": "time"}, "has no dated document before 2000"),
        (few(*HALF, date=None), {"by": "time"}, "The corpus has no dates; split it by incident or by source."),
        (few(*HALF, date=None), {"by": "time", "date": "2001"}, "has no dated document before 2001"),
        (
            few(*HALF, date=["2000"] * 8 + ["2001"] * 8),
            {"by": "time", "date": "2001"},
            "The training side of 'from 2001' has nothing to tell apart",
        ),
        (
            few(*HALF, source=["one"] * 8 + ["two"] * 8),
            {"by": "source"},
            "The training side of 'one' has nothing to tell apart",
        ),
    ],
)
def test_documents_that_cannot_be_split_are_one_sentence_before_any_work(frame, arguments, sentence, fits):
    with pytest.raises(CorpusError) as raised:
        cross_validate(frame, **arguments)
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)
    assert fits.models == []


# The result


def test_the_result_says_what_was_split_and_how(by_incident, frame):
    evaluation, _ = by_incident
    assert evaluation["kind"] == "cross-validation"
    assert evaluation["seen"] == 0
    assert evaluation["verdict"].startswith("The motivation is right for ")
    assert "model" not in evaluation
    page = write_markdown(evaluation)
    assert page.startswith("# Cross-validation by incident\n")
    assert f"Near-duplicates: {len(frame) // 3} pairs; each pair counts as one incident." in page
    part = evaluation["split"]["parts"][0]
    assert f"| fold 1 | {part['training']} | {part['test']} |" in page
    assert '"by": "incident"' in write_json(evaluation)


def test_near_duplicates_are_drawn_as_one_incident(by_incident, frame):
    evaluation, _ = by_incident
    predicted = evaluation["predictions"]
    truth = frame.set_index("id").loc[predicted["id"]].reset_index()
    figures = intervals(truth.assign(incident=truth["id"].str[:2]), predicted)
    assert {name: evaluation["figures"][name]["high"] for name in figures} == pytest.approx(
        {name: figure["high"] for name, figure in figures.items()}
    )


def test_the_data_are_named_by_the_hash_of_the_corpus_that_was_given(by_incident, frame):
    assert by_incident[0]["data"]["sha256"] == corpus_hash(frame)


@pytest.mark.slow
def test_seeds_make_a_result_whatever_the_order_of_documents(small_frame):
    frame = small_frame.iloc[::4].reset_index(drop=True)
    turned = frame.sample(frac=1, random_state=1).reset_index(drop=True)
    found = [
        cross_validate(each, n_folds=2, estimator=quick())["predictions"].set_index("id").sort_index()
        for each in (frame, turned)
    ]
    pd.testing.assert_frame_equal(*found, check_exact=True)
