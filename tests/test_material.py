"""What a model is to learn from: which documents, how much each counts, and what is said of them."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from planted import OWN, documents, put

from cyberclass.corpora.documents import corpus_hash, write_corpus
from cyberclass.corpora.labelled import read_labelled
from cyberclass.corpora.sources.source import find_source
from cyberclass.errors import CorpusError, ModelError
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.taxonomy import CODEBOOK
from cyberclass.training.material import gather
from cyberclass.training.trainer import save_training, train_model


def table(path, *rows, columns="text,motivation,impact"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([columns, *rows]) + "\n")
    return path


def rows(word, n=4):
    texts = [" ".join(f"{word}{number}{letter}" for letter in "abcdef") for number in range(n)]
    return [f"{text},{('criminal', 'ideological')[number % 2]},none" for number, text in enumerate(texts)]


@pytest.fixture
def two(tmp_path):
    return [table(tmp_path / f"{name}.csv", *rows(name)) for name in ("apples", "pears")]


# Weights


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        (None, [1] * 8),
        ({}, [1] * 8),
        ({"apples": 0.5}, [0.5] * 4 + [1] * 4),
        ({"pears": 2, "apples": 0.5}, [0.5] * 4 + [2] * 4),
    ],
)
def test_documents_count_as_their_source_does(two, weights, expected):
    material = gather(two, weights=weights)
    assert material.weight.tolist() == expected
    assert material.weight.dtype == np.float64
    assert material.own.all()
    assert (material.taxonomy, material.paths) == (CODEBOOK, tuple(two))


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ({"plums": 1.0}, "--weight: found the source 'plums'; expected one of apples, pears."),
        ({"": 1.0}, "--weight: found the source ''; expected one of apples, pears."),
        ({"apples": 0.0}, "--weight: found 0.0 for apples; expected a number above 0, such as 0.5."),
        ({"apples": 1.0, "pears": -1.0}, "--weight: found -1.0 for pears; expected a number above 0, such as 0.5."),
        ({"apples": float("nan")}, "--weight: found nan for apples; expected a number above 0, such as 0.5."),
        ({"apples": float("inf")}, "--weight: found inf for apples; expected a number above 0, such as 0.5."),
    ],
)
def test_weights_of_no_source_or_of_no_weight_are_a_sentence(two, weights, sentence):
    with pytest.raises(CorpusError) as raised:
        gather(two, weights=weights)
    assert str(raised.value) == sentence


# Incidents


def test_near_duplicates_are_one_incident_whatever_file_they_are_in(tmp_path):
    words = " ".join(f"word{number}" for number in range(30))
    first = table(tmp_path / "a.csv", f"{words} end,criminal,none", *rows("apples"))
    second = table(tmp_path / "b.csv", f"{words} stop,criminal,none", *rows("pears"))
    material = gather([first, second])
    assert material.groups.iloc[0] == material.groups.iloc[5]
    assert material.groups.nunique() == 9
    # As the documents have them, still.
    assert material.frame["incident"].nunique() == 10


# Some of the documents


def test_some_documents_keep_what_is_theirs(two):
    material = gather(two, weights={"pears": 2.0})
    rows = np.array([5, 0])
    part = material.take(rows)
    assert part.frame["id"].tolist() == material.frame["id"].iloc[rows].tolist()
    assert part.groups.tolist() == material.groups.iloc[rows].tolist()
    assert part.weight.tolist() == [2.0, 1.0]
    assert part.frame.index.tolist() == part.groups.index.tolist() == [0, 1]
    assert (len(material.frame), part.taxonomy, part.paths) == (8, material.taxonomy, material.paths)


def test_a_base_counts_as_is_said_and_others_as_before(two):
    material = gather(two, weights={"pears": 2.0})
    own = np.arange(8) != 7
    base = type(material)(**{**vars(material), "own": own})
    assert base.with_base(0.1).weight.tolist() == [1.0] * 4 + [2.0] * 3 + [0.1]
    assert base.weight.tolist() == [1.0] * 4 + [2.0] * 4
    assert base.take(np.array([7, 0])).own.tolist() == [False, True]


def test_a_classifier_is_taught_each_document_with_its_incident_and_its_weight(two):
    class Noting(IncidentClassifier):
        def fit(self, X, y, groups=None, sample_weight=None):
            self.noted = X, y, groups, sample_weight
            return self

    material = gather(two, weights={"pears": 2.0})
    texts, labels, groups, weight = material.teach(Noting()).noted
    assert texts == material.frame["text"].tolist()
    assert labels["motivation"].tolist() == material.frame["motivation"].tolist()
    assert "impact_coded" in labels
    assert groups.tolist() == material.groups.tolist()
    assert weight.tolist() == [1.0] * 4 + [2.0] * 4


# What is said of them


def test_each_source_is_described_by_the_hash_of_its_file(two, tmp_path):
    material = gather(two, weights={"pears": 1 / 3})
    described = material.describe(tmp_path / "models" / "m")
    assert described["paths"] == ["../../apples.csv", "../../pears.csv"]
    assert described["sha256"] == corpus_hash(read_labelled(two))
    apples, pears = described["sources"]
    assert apples == {
        "source": "apples",
        "documents": 4,
        "sha256": corpus_hash(material.frame[:4]),
        "weight": [1.0],
        "licence": "not stated",
        "mapping": [],
    }
    assert pears["weight"] == [0.333333]
    json.dumps(described, allow_nan=False)


def test_the_hash_of_a_source_is_that_of_its_file_as_read_again(tmp_path):
    frame = documents(OWN)
    folder = put(put(tmp_path / "in", frame[:20], "first"), frame[20:], "second")
    first, second = gather([folder]).describe(tmp_path / "m")["sources"]
    assert first["sha256"] == corpus_hash(read_labelled([folder / "first.jsonl"], OWN))
    assert second["sha256"] == corpus_hash(read_labelled([folder / "second.jsonl"], OWN))
    assert first["sha256"] != second["sha256"]


def test_paths_lead_from_the_folder_to_the_documents(two, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    relative = gather([Path("apples.csv"), tmp_path / "pears.csv"])
    for folder in ("m", "deep/er/m", "../elsewhere/m"):
        described = relative.describe(Path(folder))
        assert [os.path.normpath(Path(folder).resolve() / path) for path in described["paths"]] == list(map(str, two))
        assert not any(path.startswith("/") for path in described["paths"])


def test_paths_lead_there_through_a_link_too(two, tmp_path):
    (tmp_path / "store" / "deep").mkdir(parents=True)
    (tmp_path / "models").symlink_to(tmp_path / "store" / "deep")
    folder = tmp_path / "models" / "m"
    (path, _) = gather(two).describe(folder)["paths"]
    folder.mkdir()
    assert (folder / path).is_file()


def test_licences_are_those_of_the_folder_and_of_the_importer(tmp_path):
    eurepoc, cfr = documents(OWN)[:4], documents(OWN)[4:8]
    put(tmp_path / "in", documents(OWN)[8:], "ours", licence="CC BY 4.0")
    write_corpus(eurepoc.assign(source="eurepoc", mapping="eurepoc 1"), tmp_path / "eurepoc.jsonl")
    write_corpus(cfr.assign(source="table", mapping="csv 1"), tmp_path / "table.jsonl")
    paths = [tmp_path / "in", tmp_path / "eurepoc.jsonl", tmp_path / "table.jsonl"]
    described = gather(paths).describe(tmp_path / "m")["sources"]
    assert {row["source"]: (row["licence"], row["mapping"]) for row in described} == {
        "ours": ("CC BY 4.0", []),
        "eurepoc": (find_source("eurepoc").licence, ["eurepoc 1"]),
        "table": ("not stated", ["csv 1"]),
    }


# Documents that come along with a base


def saved(paths, folder, **options):
    training = train_model(gather(paths), **options)
    save_training(training, folder)
    return training


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    """A folder with a model `base`, and the documents `in` that it was trained on."""
    folder = tmp_path_factory.mktemp("there")
    put(folder / "in", documents(OWN))
    saved([folder / "in"], folder / "base")
    return folder


@pytest.fixture
def place(there, tmp_path):
    """A copy, to be changed."""
    return Path(shutil.copytree(there, tmp_path / "there"))


def ours(path, n=3, **columns):
    frame = documents(OWN, n).assign(text=[f"our own words {number} of a new kind entirely" for number in range(n)])
    write_corpus(frame.assign(source=None, **columns), path)
    return path


def test_the_documents_of_a_base_come_along(there, tmp_path):
    own = ours(tmp_path / "own.jsonl", id=["x", "y", "z"], incident=["x", "y", "z"])
    material = gather([own], base=there / "base")
    assert material.taxonomy == OWN
    assert material.own.tolist() == [True] * 3 + [False] * 30
    assert material.frame["id"].tolist()[3:] == documents(OWN)["id"].tolist()
    assert material.paths == (own,)
    assert material.frame.index.tolist() == material.groups.index.tolist() == list(range(33))
    described = material.describe(tmp_path / "m")
    assert described["paths"] == ["../own.jsonl"]
    assert described["sha256"] == corpus_hash(read_labelled([own], OWN))
    assert [(row["source"], row["documents"], row["licence"]) for row in described["sources"]] == [
        ("ours", 30, "CC0"),
        ("own", 3, "not stated"),
    ]


def test_of_two_copies_the_own_one_is_learned_from(there, tmp_path):
    copies = documents(OWN)[:4].assign(
        id=list("abcd"), text=lambda frame: frame["text"].str.upper() + "!", motivation="spite", is_incident=True
    )
    copies["impact"] = [["bank"]] * 4
    write_corpus(copies.assign(source=None), tmp_path / "own.jsonl")
    material = gather([tmp_path / "own.jsonl"], base=there / "base")
    assert material.frame["id"].tolist() == [*"abcd", *documents(OWN)["id"][4:]]


def test_a_base_of_the_same_documents_adds_none(there):
    material = gather([there / "in"], base=there / "base")
    assert len(material.frame) == 30
    assert material.own.all()
    assert material.frame.dtypes.equals(gather([there / "in"]).frame.dtypes)
    assert material.describe(there)["sha256"] == corpus_hash(read_labelled([there / "in"], OWN))


def test_of_two_licences_of_one_source_the_own_one_is_told(there, tmp_path):
    own = documents(OWN)[:3].assign(id=list("xyz"), text=lambda frame: frame["text"].str[::-1])
    material = gather([put(tmp_path / "in", own, licence="ODbL")], base=there / "base")
    assert material.licences == {"ours": "ODbL"}
    assert len(material.frame) == 33


def test_ids_of_the_base_give_way_and_make_no_incident_of_two(there, tmp_path):
    own = ours(tmp_path / "own.jsonl", 2, id=["000", "001"], incident=["000", "i1"])
    base = gather([own], base=there / "base")
    assert base.frame["id"].tolist()[:4] == ["000", "001", "base:000", "base:001"]
    assert base.frame["id"].is_unique
    # What is one incident by its name stays one.
    assert base.groups[1] == base.groups[3] == "i1"


def test_rows_that_are_merely_numbered_are_not_of_one_incident(tmp_path):
    texts = documents(OWN)
    lines = [f"{row.text},{row.motivation or ''},{str(row.is_incident).lower()}" for row in texts.itertuples()]
    header = "text,motivation,is_incident"
    labels = tmp_path / "labels.toml"
    labels.write_text("motivations = {greed = '', spite = ''}\n")
    base = table(tmp_path / "base.csv", *lines, columns=header)
    save_training(train_model(gather([base], taxonomy=labels)), tmp_path / "base")
    own = table(tmp_path / "own.csv", *[f"a new text of row {row} here,greed,true" for row in range(4)], columns=header)
    material = gather([own], base=tmp_path / "base")
    assert material.frame["id"].is_unique
    assert material.groups.nunique() == len(material.frame) == 34


def test_a_base_may_have_held_some_of_its_documents_out(place, tmp_path):
    training = saved([place / "in"], tmp_path / "there" / "held", hold_out=0.3)
    assert len(training.material.frame) < 30
    material = gather([ours(tmp_path / "own.jsonl", id=list("xyz"))], base=tmp_path / "there" / "held")
    assert set(material.frame["id"][3:]) == set(training.material.frame["id"])


def test_documents_that_came_after_the_base_do_not_come_along(place, tmp_path):
    ours(place / "in" / "later.jsonl", id=list("xyz"))
    own = table(tmp_path / "own.csv", "a text that is new,greed,none")
    assert len(gather([own], base=place / "base").frame) == 31


def change_a_label(place):
    path = place / "in" / "ours.jsonl"
    path.write_text(path.read_text().replace('"greed"', '"spite"', 1))


def change_a_text(place):
    path = place / "in" / "ours.jsonl"
    path.write_text(path.read_text().replace("plainly", "newly", 1))


def drop_a_document(place):
    path = place / "in" / "ours.jsonl"
    path.write_text(path.read_text().partition("\n")[2])


def move_documents(place):
    (place / "in").rename(place / "out")


def forget_paths(place):
    path = place / "base" / "card.json"
    card = json.loads(path.read_text())
    del card["corpus"]["paths"]
    path.write_text(json.dumps(card))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (change_a_label, "base: its training documents have changed since it was trained; train it again"),
        (change_a_text, "base: its training documents have changed since it was trained; train it again"),
        (drop_a_document, "base: its training documents have changed since it was trained; train it again"),
        (move_documents, "base: its training documents are not there (looked for {place}/in); name them"),
        (forget_paths, "base: its training documents are not there (looked for none); name them"),
    ],
)
def test_documents_of_a_base_that_are_gone_or_changed_are_a_sentence(place, tmp_path, change, sentence):
    change(place)
    with pytest.raises(ModelError) as raised:
        gather([ours(tmp_path / "own.jsonl")], base=place / "base")
    assert sentence.format(place=place) in str(raised.value)
    assert str(raised.value).startswith(str(place))


def test_a_base_teaches_its_own_labels_only(there, tmp_path):
    own = ours(tmp_path / "own.jsonl")
    labels = tmp_path / "labels.toml"
    labels.write_text("[impacts]\nbank = ''")
    with pytest.raises(ModelError, match=r"base: has other labels than .*labels\.toml; a base teaches its own labels"):
        gather([own], taxonomy=labels, base=there / "base")
    assert gather([own], taxonomy=there / "in" / "corpus.toml", base=there / "base").taxonomy == OWN
    other = table(tmp_path / "other.csv", "a text that is new,criminal,none")
    with pytest.raises(CorpusError, match="found 'criminal'; expected one of greed, spite"):
        gather([other], base=there / "base")


def test_a_base_that_is_no_model_is_a_sentence(tmp_path):
    with pytest.raises(ModelError, match=r"none: found no card\.json"):
        gather([ours(tmp_path / "own.jsonl")], base=tmp_path / "none")


def test_near_duplicates_of_the_base_are_one_incident_with_ours(there, tmp_path):
    near = documents(OWN)[1:2].assign(id="near", incident="another", text=lambda frame: frame["text"] + " and so on")
    write_corpus(near.assign(source=None), tmp_path / "own.jsonl")
    material = gather([tmp_path / "own.jsonl"], base=there / "base")
    (row,) = np.flatnonzero(material.frame["id"] == "001")
    assert material.groups[0] == material.groups[row]
