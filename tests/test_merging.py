"""Corpora made one: copies become one, contradictions are listed and never settled."""

from pathlib import Path

import pandas as pd
import pytest

from cyberclass.cli import main
from cyberclass.corpora.documents import frame_of, write_corpus
from cyberclass.corpora.labelled import read_checked
from cyberclass.corpora.lines import COLUMNS
from cyberclass.corpora.merging import CONFLICT_COLUMNS, merge_corpora
from cyberclass.errors import CorpusError
from cyberclass.taxonomy import UNDETERMINED

CORPUS = Path(__file__).parents[1] / "corpus"
WORDS = "The gang froze the files of a hat shop in the town of Klow and asks for money"
OTHERS = "Spies read the mail of a ministry for four years before somebody there took notice of it"
#: Nearly the words above.
NEAR = f"{WORDS} again"


def document(id_, text=WORDS, source="ours", **fields):
    return {
        **dict.fromkeys(COLUMNS),
        **{"id": id_, "incident": id_, "title": "", "text": text, "is_incident": True, "source": source},
        **fields,
    }


def merged(*documents):
    return merge_corpora([frame_of([each]) for each in documents])


def conflicts_of(found):
    columns = ["first_id", "second_id", "field", "first_value", "second_value", "kept"]
    return [tuple(row) for row in found.conflicts[columns].itertuples(index=False)]


# Copies


@pytest.mark.parametrize("text", [WORDS, WORDS.upper(), f"  {WORDS}\n", WORDS.replace(" ", "\n\n")])
def test_copies_become_the_first(text):
    found = merged(document("a"), document("b", text, "theirs"))
    assert found.documents["id"].tolist() == ["a"]
    assert found.documents["text"].tolist() == [WORDS]
    assert (found.removed, found.left_out, found.joined, len(found.conflicts)) == (1, 0, 0, 0)
    assert found.rows == {"ours": 1, "theirs": 1}


@pytest.mark.parametrize(
    ("one", "two", "together"),
    [
        ({}, {}, {"motivation": None, "impact": None}),
        ({"motivation": "criminal"}, {}, {"motivation": "criminal", "impact": None}),
        ({}, {"motivation": UNDETERMINED}, {"motivation": UNDETERMINED}),
        ({"motivation": "criminal"}, {"impact": ["economy"]}, {"motivation": "criminal", "impact": ["economy"]}),
        ({"motivation": "criminal"}, {"motivation": "criminal", "motivation_secondary": "ideological"},
         {"motivation_secondary": "ideological"}),
        ({"impact": [], "impact_coded": ["economy"]}, {"impact": ["privacy"], "impact_coded": ["privacy"]},
         {"impact": ["privacy"], "impact_coded": ["economy", "privacy"]}),
        ({"impact": ["economy"], "impact_coded": ["economy"]}, {"impact": ["economy", "privacy"]},
         {"impact": ["economy", "privacy"], "impact_coded": None}),
        ({"title": "", "actor": None, "date": "2020"}, {"title": "Hats", "actor": "X", "date": "2021"},
         {"title": "Hats", "actor": "X", "date": "2020"}),
        ({"is_incident": False, "impact": []}, {"is_incident": False, "impact": []},
         {"is_incident": False, "impact": []}),
    ],
)  # fmt: skip
def test_labels_that_agree_are_united(one, two, together):
    found = merged(document("a", **one), document("b", **two))
    (row,) = found.documents.to_dict("records")
    assert {name: row[name] for name in together} == together
    assert found.removed == 1


@pytest.mark.parametrize(
    ("one", "two", "conflict"),
    [
        ({"motivation": "criminal"}, {"motivation": "ideological"}, ("motivation", "criminal", "ideological")),
        ({"motivation": "criminal"}, {"motivation": UNDETERMINED}, ("motivation", "criminal", UNDETERMINED)),
        ({}, {"is_incident": False, "impact": []}, ("is_incident", "true", "false")),
        ({"impact": ["economy"]}, {"impact": ["economy", "privacy"]}, ("impact", "economy", "economy;privacy")),
        ({"impact": []}, {"impact": ["privacy"], "impact_coded": ["privacy"]}, ("impact", "none", "privacy")),
        ({"motivation": "criminal", "motivation_secondary": "ideological"},
         {"motivation": "criminal", "motivation_secondary": "state-sponsored"},
         ("motivation_secondary", "ideological", "state-sponsored")),
        # Each is right alone; together, an incident with a motivation would have no domain.
        ({"motivation": "criminal"}, {"impact": []}, ("impact", "", "none")),
    ],
)  # fmt: skip
def test_copies_that_contradict_each_other_are_left_out(one, two, conflict):
    found = merged(document("a", **one), document("b", **two), document("c", OTHERS))
    assert found.documents["id"].tolist() == ["c"]
    assert conflicts_of(found) == [("a", "b", *conflict, False)]
    assert (found.removed, found.left_out) == (0, 2)


def test_one_of_many_copies_that_contradicts_keeps_all_out():
    agree = [document(name, motivation="criminal") for name in "abc"]
    found = merged(*agree, document("d", motivation="ideological"), document("e"), document("f", OTHERS))
    assert conflicts_of(found) == [("a", "d", "motivation", "criminal", "ideological", False)]
    assert (found.left_out, found.documents["id"].tolist()) == (5, ["f"])


def test_copies_are_one_under_whatever_title():
    found = merged(document("a", title=" ".join("abcdefghij" * 9)), document("b", title=" ".join("klmnopqrst" * 9)))
    assert (found.removed, found.documents["id"].tolist()) == (1, ["a"])


def test_nothing_left_is_an_error():
    with pytest.raises(CorpusError, match="nothing is left to write"):
        merged(document("a", motivation="criminal"), document("b", motivation="ideological"))


# Near-duplicates


def test_near_duplicates_share_an_incident_and_stay():
    found = merged(document("b"), document("a", NEAR), document("c", OTHERS))
    assert found.documents["incident"].tolist() == ["a", "a", "c"]
    assert (found.joined, found.removed, len(found.conflicts)) == (1, 0, 0)


def test_near_duplicates_that_contradict_each_other_stay_and_are_listed():
    found = merged(document("a", motivation="criminal"), document("b", NEAR, motivation="ideological"))
    assert len(found.documents) == 2
    assert conflicts_of(found) == [("a", "b", "motivation", "criminal", "ideological", True)]


def test_copies_of_a_near_duplicate_are_listed_once():
    copies = [document(name, NEAR, motivation="ideological") for name in "bcd"]
    found = merged(document("a", motivation="criminal"), *copies)
    assert conflicts_of(found) == [("a", "b", "motivation", "criminal", "ideological", True)]
    assert found.removed == 2


# Ids and incidents


@pytest.mark.parametrize(
    ("documents", "ids"),
    [
        ([document("1"), document("1", OTHERS, "theirs")], ["ours:1", "theirs:1"]),
        ([document("1"), document("2", OTHERS, "theirs")], ["1", "2"]),
        # Of a document that goes, the id is free.
        ([document("1"), document("1", WORDS, "theirs")], ["1"]),
        ([document("1"), document("1", OTHERS)], ["ours:1:0", "ours:1:1"]),
    ],
)
def test_ids_of_several_sources_are_told_apart(documents, ids):
    found = merged(*documents)
    assert found.documents["id"].tolist() == ids
    # These bear the names of their documents.
    assert found.documents["incident"].tolist() == ids


def test_an_incident_that_two_sources_name_is_one():
    found = merged(document("1", incident="hat-2019"), document("1", OTHERS, "theirs", incident="hat-2019"))
    assert found.documents["incident"].tolist() == ["hat-2019", "hat-2019"]


def test_a_corpus_and_itself_are_the_corpus():
    corpus = read_checked([CORPUS])
    found = merge_corpora([corpus, corpus])
    pd.testing.assert_frame_equal(found.documents, corpus)
    assert (found.removed, found.joined, found.left_out) == (len(corpus), 0, 0)


# The command


def run(tmp_path, *documents):
    """Merge one file a document."""
    paths = []
    for number, each in enumerate(documents):
        paths.append(str(tmp_path / f"{number}.jsonl"))
        write_corpus(frame_of([each]), paths[-1])
    return main(["corpus", "merge", *paths, "-o", str(tmp_path / "all.jsonl")])


def test_the_summary_says_what_became_of_every_document(tmp_path, capsys):
    documents = (
        document("a", motivation="criminal"),
        document("b", source="theirs", motivation="ideological"),
        document("c", OTHERS),
        document("d", OTHERS, "theirs"),
    )
    assert run(tmp_path, *documents) == 0
    words = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row[:2] for row in words] == [
        ["ours", "2"], ["theirs", "2"], ["joined", "0"], ["removed", "1"],
        ["left", "out"], ["conflicts", "1"], ["written", "1"],
    ]  # fmt: skip
    assert words[4][2] == "2"
    table = pd.read_csv(tmp_path / "all.jsonl.conflicts.csv")
    assert tuple(table.columns) == CONFLICT_COLUMNS
    assert table.iloc[0].tolist() == ["a", "ours", "b", "theirs", "motivation", "criminal", "ideological", False]
    assert read_checked([tmp_path / "all.jsonl"])["id"].tolist() == ["c"]


def test_a_list_of_conflicts_that_are_gone_goes_too(tmp_path, capsys):
    (tmp_path / "all.jsonl.conflicts.csv").write_text("old")
    assert run(tmp_path, document("a")) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.jsonl", "all.jsonl"]


def test_conflicts_are_not_written_without_the_corpus(tmp_path, capsys):
    (tmp_path / "all.jsonl").mkdir()
    documents = (document("a", motivation="criminal"), document("b", motivation="ideological"), document("c", OTHERS))
    assert run(tmp_path, *documents) == 1
    assert "all.jsonl: cannot be written" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.jsonl", "1.jsonl", "2.jsonl", "all.jsonl"]
