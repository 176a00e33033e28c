from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cyberclass.corpora.documents import read_corpus
from cyberclass.corpora.splits import grouped_folds
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
    "incidents",
    [{"criminal": 5}, {"criminal": 9, "undetermined": 1, "uncoded": 2}, {"uncoded": 5}],
)
def test_what_has_no_motivation_is_no_hindrance(incidents):
    frame = made(**incidents)
    for train, test in grouped_folds(frame, 5):
        assert len(train) + len(test) == len(frame)
