"""EuRepoC's coding: what a row becomes, and that the importer reads it back."""

import csv
import io

import pytest
from exported import ATTRIBUTED, TEXT, exported, labelled

from cyberclass.cli import main
from cyberclass.corpora.sources.importing import import_source
from cyberclass.corpora.sources.source import find_source

MOTIVATIONS = ["state-sponsored", "criminal", "ideological", "undetermined"]


def rows(tmp_path, *given):
    return list(csv.DictReader(io.StringIO(exported(tmp_path, "eurepoc", *given), newline="")))


def read_back(tmp_path, *given):
    exported(tmp_path, "eurepoc", *given)
    return import_source(find_source("eurepoc"), tmp_path / "exported.csv").documents.to_dict("records")


@pytest.mark.parametrize("motivation", [*MOTIVATIONS, ""])
def test_the_importer_reads_back_what_was_written(tmp_path, motivation):
    (document,) = read_back(tmp_path, labelled(**ATTRIBUTED, motivation=motivation))
    expected = {
        "id": "eurepoc:desk-7",
        "title": "Cranes stand still in Aldery",
        "text": TEXT,
        "date": "2025-04-01",
        "is_incident": True,
        "motivation": motivation or None,
        "impact": None,
        "actor": "APT29",
    }
    assert {name: document[name] for name in expected} == expected
    assert bool(document["source_motivation"]) == bool(motivation)


@pytest.mark.parametrize(
    ("fields", "impact"),
    [
        (
            {"receiver_category": "Critical infrastructure", "receiver_subcategory": "Transportation"},
            ["critical-infrastructure"],
        ),
        ({"receiver_category": "[['Media']]", "receiver_category_subcode": "[['']]"}, ["democracy"]),
    ],
)
def test_receivers_that_the_user_coded_stay(tmp_path, fields, impact):
    (document,) = read_back(tmp_path, labelled(**fields))
    assert document["impact"] == impact


def test_the_command_exports_and_imports(tmp_path, capsys):
    exported(tmp_path, "eurepoc", *(labelled(id=name, text=f"{TEXT} {name}", motivation=name) for name in MOTIVATIONS))
    ours = tmp_path / "ours.jsonl"
    assert main(["corpus", "import", "eurepoc", str(tmp_path / "exported.csv"), "-o", str(ours)]) == 0
    assert "4 documents of 4 records" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {"initiator_name": "Not available", "cyberclass_actors": "APT29", "receiver_category": "Not available"}),
        (
            {**ATTRIBUTED, "attribution_actor": "grey heron", "actors_unlisted": "Grey Heron;Red Stork"},
            {"initiator_name": "Grey Heron", "cyberclass_actors": "APT29"},
        ),
        ({"date": "2025-04"}, {"start_date": "2025-04"}),
        ({"date": ""}, {"start_date": "02.04.2025"}),
        ({"date": None, "published": None}, {"start_date": ""}),
        ({"motivation": "spite"}, {"initiator_category": "", "cyberclass_motivation": "spite"}),
        ({"title": "=1+1\r\nx"}, {"name": "=1+1\r\nx"}),
        ({"tlp": "TLP:AMBER+STRICT"}, {"tlp": "amber+strict"}),
        ({}, {"cyberclass_p_motivation": "0.91", "start_date": "01.04.2025"}),
    ],
)
def test_a_row_becomes(tmp_path, fields, expected):
    (found,) = rows(tmp_path, labelled(**fields))
    assert {name: found[name] for name in expected} == expected


def test_a_row_without_an_id_has_one_of_its_content(tmp_path):
    ids = [row["incident_id"] for row in rows(tmp_path, labelled(id=None), labelled(id=None, title="Another"))]
    assert len(set(ids)) == 2
    assert all(len(each) == 36 for each in ids)


def test_a_row_without_a_text_is_set_aside(tmp_path):
    rows(tmp_path, labelled(), labelled(text=""))
    assert (
        "no text; expected one, as EuRepoC describes each incident"
        in (tmp_path / "exported.csv.rejects.csv").read_text()
    )
