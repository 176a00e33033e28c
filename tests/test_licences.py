"""What a model is to learn from: licences."""

import json
from types import SimpleNamespace

import pytest

from cyberclass.corpora.sources import source as sources
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


def test_an_importer_of_another_package_tells_its_licence_too(tmp_path, monkeypatch):
    tickets = sources.Source("tickets", "tickets", "Not to be handed on.", 1, lambda path: iter(()))
    point = SimpleNamespace(name="tickets", value="desk:SOURCE", load=lambda: tickets)
    monkeypatch.setattr(sources, "entry_points", lambda group, name=None: [point])
    (tmp_path / "file.jsonl").write_text(json.dumps({**DOCUMENT, "source": "tickets", "mapping": "tickets 1"}) + "\n")
    assert gather([tmp_path]).licences == {"tickets": "Not to be handed on."}
