"""The tally: what a fold learns from it is what a vectorizer learns from the fold's texts alone."""

from dataclasses import fields

import numpy as np
import pytest

from cyberclass.corpora.documents import texts_of
from cyberclass.model import tally as tallies
from cyberclass.model import vocabulary as vocabularies
from cyberclass.model.design import Designer
from cyberclass.model.features import IncidentVectorizer
from cyberclass.model.heads import MASK
from cyberclass.model.tally import tally_texts
from cyberclass.model.vocabulary import learn_vocabulary
from cyberclass.text.names import load_names

ODD = ["", " \n", "-", "zzyzx", "ransom " * 300, "LockBit", "Turla, Turla and LockBit stole plans.", "\x00 \U0001f480"]


@pytest.fixture(scope="module")
def texts(small_frame):
    return [*texts_of(small_frame)[::3], *ODD]


@pytest.fixture(scope="module")
def tally(texts):
    return tally_texts(texts, 2, MASK)


def same(one, other):
    """Whether two vocabularies are the same to the last bit."""
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name))
        and getattr(getattr(one, field.name), "dtype", None) == getattr(getattr(other, field.name), "dtype", None)
        for field in fields(one)
    )


PARTS = [slice(None), slice(0, 60), slice(50, None, 2), slice(-20, None), slice(3, 6)]


@pytest.mark.parametrize("lengths", [(3, 5), (1, 2)])
@pytest.mark.parametrize("part", PARTS)
def test_a_fold_s_vocabulary_is_that_of_its_texts_alone(texts, tally, part, lengths):
    rows = np.arange(len(texts))[part]
    alone = IncidentVectorizer(char_lengths=lengths).fit(texts[part]).vocabulary_
    assert same(learn_vocabulary(tally, rows, 2, lengths), alone)
    assert len(alone.pairs)


@pytest.mark.parametrize("min_documents", [1, 3, 7, 50])
def test_so_it_is_where_a_fold_has_fewer_texts_than_words_must_stand_in(texts, min_documents):
    rows = np.array([2, 5, 6, 11, 40])
    few = [texts[row] for row in rows]
    tally = tally_texts(texts, min(min_documents, len(rows)))
    alone = IncidentVectorizer(min_documents=min_documents).fit(few).vocabulary_
    assert same(learn_vocabulary(tally, rows, min_documents, (3, 5)), alone)


def test_copies_are_the_texts_with_their_names_masked(texts, tally):
    masked = [load_names().mask(text, MASK) for text in texts]
    changed = [row for row, text in enumerate(masked) if text != texts[row]]
    assert len(changed) > 5
    assert tally.origin.tolist() == [*range(len(texts)), *changed]
    assert tally_texts(texts, 2).origin.tolist() == list(range(len(texts)))


@pytest.mark.parametrize("part", PARTS)
def test_features_of_rows_are_those_of_their_texts(texts, tally, part):
    vectorizer = IncidentVectorizer(cue_weight=0.3).fit(texts[part])
    shown = [load_names().mask(texts[row], MASK) if copy else texts[row] for copy, row in numbered(tally)]
    expected = vectorizer.transform(shown).toarray()
    designer = Designer(tally, vectorizer)
    some = np.arange(len(shown))[::-3]
    for rows in (np.arange(len(shown)), some, some):
        features = designer.features(rows)
        assert features.shape == (len(rows), expected.shape[1])
        # A random combination of columns tells two matrices apart as well as all of them do.
        weights = np.random.default_rng(0).normal(size=(expected.shape[1], 4))
        assert features @ weights == pytest.approx(expected[rows] @ weights, abs=1e-10)


def numbered(tally):
    n = len(np.unique(tally.origin))
    return [(place >= n, row) for place, row in enumerate(tally.origin)]


def test_batches_make_no_difference(texts, tally, monkeypatch):
    monkeypatch.setattr(tallies, "_BATCH", 7)
    monkeypatch.setattr(vocabularies, "_BATCH", 11)
    small = tally_texts(texts, 2, MASK)
    order = np.argsort(tally.origin, kind="stable")
    assert np.array_equal(small.origin[np.argsort(small.origin, kind="stable")], tally.origin[order])
    vocabulary = learn_vocabulary(tally, np.arange(len(texts)), 2, (3, 5))
    assert same(learn_vocabulary(small, np.arange(len(texts)), 2, (3, 5)), vocabulary)
    vectorizer = IncidentVectorizer().adopt(vocabulary)
    weights = np.random.default_rng(0).normal(size=(vectorizer.blocks()["actor"].stop, 1))
    rows = np.arange(len(tally.origin))
    expected = Designer(tally, vectorizer).features(rows) @ weights
    assert Designer(small, vectorizer).features(rows) @ weights == pytest.approx(expected, abs=1e-12)


def test_of_many_pairs_the_most_common_are_kept_whatever_the_order_of_texts(texts, monkeypatch):
    everything = IncidentVectorizer().fit(texts).vocabulary_
    monkeypatch.setattr(vocabularies, "MOST_PAIRS", 100)
    bounded = IncidentVectorizer().fit(texts).vocabulary_
    assert same(bounded, IncidentVectorizer().fit(texts[::-1]).vocabulary_)
    ranked = sorted(zip(everything.pair_idf, everything.pairs, strict=True))[:100]
    assert bounded.pairs.tolist() == sorted(pair for _, pair in ranked)
    # The bound goes through pairs that are equally common.
    assert (everything.pair_idf == ranked[-1][0]).sum() > (bounded.pair_idf == ranked[-1][0]).sum()
    assert np.array_equal(bounded.pair_idf, everything.pair_idf[np.isin(everything.pairs, bounded.pairs)])
    assert np.array_equal(bounded.grams, everything.grams)
