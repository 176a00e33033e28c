"""What a model is to learn from: licences, weights, and the documents of a base."""

import hashlib
import json

import numpy as np
import pytest

from cyberclass.corpora.documents import texts_of
from cyberclass.errors import ModelError
from cyberclass.model.card import SCHEMA
from cyberclass.model.store import text_mark
from cyberclass.taxonomy import card_of
from cyberclass.training.material import gather

DOCUMENT = {
    "id": "1",
    "text": "Somebody broke into the network of a tram company and left no trace.",
    "is_incident": True,
}


@pytest.mark.parametrize(
    ("fields", "source", "licence"),
    [
        ({}, "file", "Ours."),
        ({"source": "desk"}, "desk", "Ours."),
        ({"source": "cfr", "mapping": "cfr 1"}, "cfr", "For use with attribution to the Council on Foreign Relations"),
    ],
)
def test_a_folder_s_licence_is_that_of_its_sources_but_of_databases(tmp_path, fields, source, licence):
    (tmp_path / "corpus.toml").write_text('licence = "Ours."\n')
    (tmp_path / "file.jsonl").write_text(json.dumps({**DOCUMENT, **fields}) + "\n")
    found = gather([tmp_path]).licences
    assert [*found] == [source]
    assert found[source].startswith(licence)


def corpus(path, source, *days):
    texts = [f"On day {day} somebody broke into network {day} of tram company {day} and left no trace." for day in days]
    rows = [{**DOCUMENT, "id": str(day), "text": text} for day, text in zip(days, texts, strict=True)]
    path.write_text("".join(json.dumps({**row, "source": source}) + "\n" for row in rows))
    return path


def base(folder, path, held=()):
    """A model's folder, as far as a base is read: it learned from all of a file but some documents."""
    material = gather([path])
    material = material.take(np.flatnonzero(~material.frame["id"].isin(held)))
    seen = "".join(f"{text_mark(text)}\n" for text in texts_of(material.frame)).encode()
    card = {
        "schema": SCHEMA,
        "taxonomy": card_of(material.taxonomy),
        "corpus": material.describe(folder),
        "seen_sha256": hashlib.sha256(seen).hexdigest(),
    }
    folder.mkdir()
    (folder / "card.json").write_text(json.dumps(card))
    (folder / "seen.txt").write_bytes(seen)
    return folder


def test_a_base_brings_no_document_that_it_held_out(tmp_path):
    theirs = corpus(tmp_path / "theirs.jsonl", "theirs", 1, 2, 3, 4)
    material = gather(
        [corpus(tmp_path / "ours.jsonl", "ours", 5)], base=base(tmp_path / "model", theirs, held=("2", "3"))
    )
    assert material.frame["id"].tolist() == ["5", "1", "4"]
    assert material.own.tolist() == [True, False, False]


def test_documents_of_a_base_that_have_changed_are_told(tmp_path):
    theirs = corpus(tmp_path / "theirs.jsonl", "theirs", 1, 2, 3)
    model = base(tmp_path / "model", theirs)
    corpus(theirs, "theirs", 1, 2, 4)
    with pytest.raises(ModelError, match="its training documents have changed"):
        gather([corpus(tmp_path / "ours.jsonl", "ours", 5)], base=model)


def test_the_weight_of_a_source_counts_among_a_base_s_documents_too(tmp_path):
    theirs = corpus(tmp_path / "theirs.jsonl", "theirs", 1)
    model = base(tmp_path / "model", theirs)
    ours = [corpus(tmp_path / "ours.jsonl", "ours", 5), corpus(tmp_path / "more.jsonl", "more", 6)]
    material = gather(ours, base=model, weights={"theirs": 0.5, "more": 3}).with_base(0.1)
    assert material.weight == pytest.approx([1, 3, 0.05])
