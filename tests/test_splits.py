from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cyberclass.corpora.documents import read_corpus
from cyberclass.corpora.splits import fold_number, grouped_folds, source_folds, time_split
from cyberclass.corpora.statistics import stratum_of
from cyberclass.errors import CorpusError

CORPUS = Path(__file__).parents[1] / "corpus"


@pytest.fixture(scope="module")
def corpus():
    return read_corpus(CORPUS)


def made(**incidents):
    """Build a frame of two documents an incident; None stands for not coded."""
    names = {"state": "state-sponsored", "no_incident": None, "uncoded": None}
    rows = [
        {
            "id": f"{kind}-{number}-{copy}",
            "incident": f"{kind}-{number}",
            "is_incident": kind != "no_incident",
            "motivation": names.get(kind, kind),
        }
        for kind, count in incidents.items()
        for number in range(count)
        for copy in range(2)
    ]
    columns = ["id", "incident", "is_incident", "motivation"]
    return pd.DataFrame(rows, columns=columns, dtype=object).astype({"is_incident": bool})


def test_no_incident_stands_on_both_sides(corpus):
    for train, test in grouped_folds(corpus):
        assert not set(corpus["incident"].iloc[train]) & set(corpus["incident"].iloc[test])


@pytest.mark.parametrize("n_splits", [2, 5, 10])
def test_every_document_is_tested_once(corpus, n_splits):
    folds = grouped_folds(corpus, n_splits)
    assert len(folds) == n_splits
    assert np.array_equal(np.sort(np.concatenate([test for _, test in folds])), np.arange(len(corpus)))
    for train, test in folds:
        assert np.array_equal(np.union1d(train, test), np.arange(len(corpus)))
        assert len(train) + len(test) == len(corpus)


def test_folds_share_the_mixture_of_motivations(corpus):
    whole = stratum_of(corpus).value_counts(normalize=True)
    for _, test in grouped_folds(corpus):
        part = stratum_of(corpus.iloc[test]).value_counts(normalize=True)
        assert (part - whole).abs().max() < 0.01


def test_folds_depend_on_documents_and_seed_not_on_the_order_of_rows(corpus):
    turned = corpus.sample(frac=1, random_state=7)
    first = [set(corpus["id"].iloc[test]) for _, test in grouped_folds(corpus, random_state=3)]
    again = [set(turned["id"].iloc[test]) for _, test in grouped_folds(turned, random_state=3)]
    other = [set(corpus["id"].iloc[test]) for _, test in grouped_folds(corpus, random_state=4)]
    assert first == again
    assert first != other


@pytest.mark.parametrize("seed", range(5))
def test_order_of_rows_does_not_break_ties_between_motivations(seed):
    frame = made(criminal=6, state=6, ideological=6, undetermined=1)
    turned = frame.sample(frac=1, random_state=seed)
    first = [set(frame["id"].iloc[test]) for _, test in grouped_folds(frame)]
    assert first == [set(turned["id"].iloc[test]) for _, test in grouped_folds(turned)]


@pytest.mark.parametrize(
    ("incidents", "n_splits", "found"),
    [
        ({}, 2, "0 incidents"),
        ({"criminal": 4}, 5, "4 incidents, too few for 5 folds"),
        ({"criminal": 9, "state": 3}, 5, "3 incidents with the label 'state-sponsored'"),
        ({"criminal": 9, "no_incident": 1}, 2, "1 incidents with the label 'not-incident'"),
        ({"criminal": 9}, 1, "folds is 1"),
        ({"criminal": 9}, 0, "folds is 0"),
    ],
)
def test_too_few_incidents_are_an_error(incidents, n_splits, found):
    with pytest.raises(CorpusError, match=found):
        grouped_folds(made(**incidents), n_splits)


@pytest.mark.parametrize(
    ("incidents", "expected"),
    [
        ({"criminal": 9}, 5),
        ({"criminal": 9, "state": 3}, 3),
        ({"criminal": 9, "no_incident": 2}, 2),
        ({"criminal": 9, "undetermined": 1, "uncoded": 1}, 5),
        ({"uncoded": 4}, 4),
    ],
)
def test_there_are_as_many_folds_as_the_rarest_label_has_incidents(incidents, expected):
    frame = made(**incidents)
    assert fold_number(frame) == expected
    assert len(grouped_folds(frame, expected)) == expected


@pytest.mark.parametrize("incidents", [{"criminal": 1, "state": 9}, {"criminal": 9, "no_incident": 1}])
def test_one_incident_of_a_label_cannot_be_parted(incidents):
    with pytest.raises(CorpusError, match="Found 1 incident with the label"):
        fold_number(made(**incidents))


@pytest.mark.parametrize(
    "incidents",
    [{"criminal": 5}, {"criminal": 9, "undetermined": 1, "uncoded": 2}, {"uncoded": 5}],
)
def test_what_has_no_motivation_is_no_hindrance(incidents):
    frame = made(**incidents)
    for train, test in grouped_folds(frame, 5):
        assert len(train) + len(test) == len(frame)


# By time


def dated(*dates, incidents=None):
    names = incidents or [str(number) for number in range(len(dates))]
    return pd.DataFrame({"incident": list(names), "date": pd.Series(dates, dtype=object)})


@pytest.mark.parametrize(
    ("frame", "date", "train", "test"),
    [
        (dated("2019", "2020", "2021"), "2020", [0], [1, 2]),
        (dated("2019-12-31", "2020-01-01"), "2020", [0], [1]),
        (dated("2020-04-30", "2020-05", "2020-05-01"), "2020-05", [0], [1, 2]),
        (dated("2020-05-02", "2020-05-03"), "2020-05-03", [0], [1]),
        # One without a date is on neither side.
        (dated("2019", None, "2021"), "2020", [0], [2]),
        # The first date of an incident counts, for those of its documents too that came later or have none.
        (dated("2019", "2021", "2022", incidents="aab"), "2020", [0, 1], [2]),
        (dated("2021", "2019", "2022", None, incidents="aaba"), "2020", [0, 1, 3], [2]),
        # Of which only the year is known, or the month, it may lie on either side.
        (dated("2019", "2020", "2021"), "2020-05", [0], [2]),
        (dated("2020-04", "2020-05", "2020-06"), "2020-05-02", [0], [2]),
        (dated("2019", "2020"), "2020-01-01", [0], [1]),
        (dated("2019", "2020"), "2020-01", [0], [1]),
        (dated("2020-04", "2020-05"), "2020-05-01", [0], [1]),
    ],
)
def test_time_parts_what_was_before_from_what_came_then(frame, date, train, test):
    assert [side.tolist() for side in time_split(frame, date)] == [train, test]


@pytest.mark.parametrize(
    ("frame", "date", "side"),
    [
        (dated(), "2020", "before"),
        (dated(None, None), "2020", "before"),
        (dated("2019", "2021"), "2019", "before"),
        (dated("2019", "2021"), "2022", "from"),
        (dated("2019", "2021", incidents="aa"), "2020", "from"),
    ],
)
def test_an_empty_side_of_a_time_split_is_an_error(frame, date, side):
    with pytest.raises(CorpusError, match=rf"no dated document {side} {date}; name a date between its first and last"):
        time_split(frame, date)


@pytest.mark.parametrize("date", ["2005", "2015-06", "2020-02-29"])
def test_time_parts_no_incident(corpus, date):
    train, test = time_split(corpus, date)
    assert not set(corpus["incident"].iloc[train]) & set(corpus["incident"].iloc[test])
    first = corpus.groupby("incident")["date"].transform("min")
    left_out = first.isna() | np.array([date.startswith(day) and len(day) < len(date) for day in first.fillna("x")])
    assert len(train) + len(test) == (~left_out).sum()


# By source


def told(sources, incidents=None):
    return pd.DataFrame({"source": list(sources), "incident": list(incidents or map(str, range(len(sources))))})


@pytest.mark.parametrize(
    ("frame", "folds"),
    [
        (told("ab"), {"a": ([1], [0]), "b": ([0], [1])}),
        (told("bab"), {"a": ([0, 2], [1]), "b": ([1], [0, 2])}),
        (told("abc"), {"a": ([1, 2], [0]), "b": ([0, 2], [1]), "c": ([0, 1], [2])}),
        # An incident that two tell of is learned for neither.
        (told("aabb", "xyyz"), {"a": ([3], [0, 1]), "b": ([0], [2, 3])}),
        (told("ab", "xx"), {"a": ([], [0]), "b": ([], [1])}),
    ],
)
def test_each_source_is_tested_by_the_others(frame, folds):
    found = source_folds(frame)
    assert list(found) == list(folds)
    assert {name: tuple(side.tolist() for side in fold) for name, fold in found.items()} == folds


def test_one_source_cannot_be_left_out():
    with pytest.raises(CorpusError, match="has one source, 'a'; expected two or more to leave one out"):
        source_folds(told("aa"))


def test_no_source_and_no_incident_stands_on_both_sides(corpus):
    folds = source_folds(corpus)
    assert set(folds) == set(corpus["source"])
    for source, (train, test) in folds.items():
        assert set(corpus["source"].iloc[test]) == {source}
        assert not set(corpus["incident"].iloc[train]) & set(corpus["incident"].iloc[test])
    assert sum(len(test) for _, test in folds.values()) == len(corpus)
