"""Near-duplicates: copies with few words changed are found and joined, other texts are let be."""

import pandas as pd
import pytest

from cyberclass.corpora.documents import texts_of
from cyberclass.corpora.duplicates import incidents_of, joined_incidents, near_duplicates

STORY = (
    "On Tuesday the harbour of Dunmore stopped unloading ships after a gang encrypted the computers of its cranes and "
    "left a note that asked for nine bitcoin; the port said it would not pay, called the police, and had dockers count "
    "containers by hand until engineers brought the machines back on Friday evening from copies kept elsewhere."
)
OTHER = (
    "A clerk of the county court read the files of her neighbours for two years, the prosecutor said, and sold what "
    "she found there to a collector of debts; she was given eighteen months, of which she will spend six in prison."
)


def changed(text, *places):
    """A copy with some of its words exchanged."""
    words = text.split()
    for place in places:
        words[place] = "something"
    return " ".join(words)


@pytest.mark.parametrize(
    ("texts", "pairs"),
    [
        ([], []),
        ([""], []),
        (["", ""], []),
        (["three words only", "three words only"], []),
        (["now four words here", "now four words here"], [(0, 1)]),
        (["now four words here", "now four words there"], []),
        ([STORY], []),
        ([STORY, OTHER], []),
        ([STORY, STORY], [(0, 1)]),
        ([STORY, STORY.upper()], [(0, 1)]),
        ([STORY, "\n ".join(STORY.split())], [(0, 1)]),
        ([STORY, changed(STORY, 1)], [(0, 1)]),
        ([STORY, changed(STORY, 1, 30)], [(0, 1)]),
        ([STORY, changed(STORY, *range(0, 50, 4))], []),
        ([STORY, f"{STORY} That is all that is known."], [(0, 1)]),
        ([STORY, " ".join(sorted(STORY.split()))], []),
        ([OTHER, STORY, "", changed(OTHER, 7), changed(STORY, 4)], [(0, 3), (1, 4)]),
        ([STORY, STORY, STORY], [(0, 1), (0, 2)]),
    ],
)
def test_copies_with_few_words_changed_are_found(texts, pairs):
    found = near_duplicates(texts)
    assert list(found.columns) == ["first", "second", "similarity"]
    assert list(zip(found["first"], found["second"], strict=True)) == pairs
    assert all(0.5 <= similarity <= 1 for similarity in found["similarity"])


def test_the_similarity_is_about_that_of_jaccard():
    near = changed(STORY, 20)
    rows = [
        {tuple(words[start : start + 4]) for start in range(len(words) - 3)}
        for words in (STORY.lower().split(), near.lower().split())
    ]
    jaccard = len(rows[0] & rows[1]) / len(rows[0] | rows[1])
    assert near_duplicates([STORY, STORY])["similarity"].tolist() == [1.0]
    assert near_duplicates([STORY, near])["similarity"].tolist() == pytest.approx([jaccard], abs=0.12)


def test_a_higher_similarity_finds_fewer():
    texts = [STORY, STORY, changed(STORY, 20)]
    assert len(near_duplicates(texts, 0.95)) == 1
    assert len(near_duplicates(texts, 0.5)) == 2


def test_pairs_are_the_same_every_time():
    texts = [STORY, changed(STORY, 1), changed(STORY, 1, 30), OTHER]
    pd.testing.assert_frame_equal(near_duplicates(texts), near_duplicates(texts))


def test_documents_of_the_corpus_are_not_taken_for_copies(small_frame):
    assert near_duplicates(texts_of(small_frame)).empty


def test_a_lone_surrogate_is_no_hindrance():
    assert len(near_duplicates([f"{STORY} \ud83d", f"{STORY} \ud83d"])) == 1


def pairs_of(*pairs):
    return pd.DataFrame(pairs, columns=["first", "second"]).assign(similarity=1.0)


@pytest.mark.parametrize(
    ("incidents", "pairs", "joined"),
    [
        ("", [], ""),
        ("a", [], "a"),
        ("abc", [], "abc"),
        ("aab", [], "aab"),
        ("abc", [(0, 1)], "aac"),
        ("cba", [(0, 1)], "bba"),
        # A chain, whatever its order.
        ("abc", [(0, 1), (1, 2)], "aaa"),
        ("cab", [(0, 2), (1, 2)], "aaa"),
        # Of incidents, not of documents: what shares one with a copy goes along.
        ("abac", [(1, 2)], "aaac"),
        ("abcbd", [(0, 1), (2, 3)], "aaaad"),
        ("aab", [(0, 1)], "aab"),
        ("abcd", [(0, 3), (1, 2)], "abba"),
    ],
)
def test_near_duplicates_become_one_incident_named_by_the_first_in_the_alphabet(incidents, pairs, joined):
    found = joined_incidents(pd.Series(list(incidents), dtype=object), pairs_of(*pairs))
    assert found.tolist() == list(joined)


def test_joined_incidents_keep_the_index_and_the_name():
    incidents = pd.Series(["b", "a"], index=[7, 3], name="incident")
    found = joined_incidents(incidents, near_duplicates([STORY, STORY]))
    pd.testing.assert_series_equal(found, pd.Series(["a", "a"], index=[7, 3], name="incident"))
    assert incidents.tolist() == ["b", "a"]


def test_texts_without_copies_join_nothing():
    incidents = pd.Series(["b", "a"])
    assert joined_incidents(incidents, near_duplicates([STORY, OTHER])).tolist() == ["b", "a"]


@pytest.mark.parametrize("order", ["abc", "acb", "bac", "bca", "cab", "cba"])
def test_a_chain_is_one_incident_whatever_its_order(order):
    words = [f"word{number}" for number in range(140)]
    # The ends share too little to be near-duplicates of each other.
    texts = {"a": words[:100], "b": words[20:120], "c": words[40:]}
    rows = [{"id": name, "incident": name, "title": "", "text": " ".join(texts[name])} for name in order]
    assert incidents_of(pd.DataFrame(rows, index=[7, 3, 5])).to_dict() == dict.fromkeys([7, 3, 5], "a")
