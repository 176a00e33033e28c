"""VERIS incidents: what stands in them, and that they are what the schema asks for."""

import json

import pytest
from exported import ATTRIBUTED, exported, labelled
from jsonschema import Draft4Validator
from veris_schema import SCHEMA

from cyberclass.corpora.sources.importing import import_source
from cyberclass.corpora.sources.source import find_source


def incidents(tmp_path, *rows):
    return json.loads(exported(tmp_path, "veris", *rows))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {**ATTRIBUTED, "sector": "Health care", "tlp": "red"},
        {"title": None, "text": None, "url": None, "impact": "", "actors": "", "p_incident": None},
        {"date": "1999", "published": None},
        {"date": "1999-12", "sector": "52"},
        {"date": "1999-12-31", "sector": "999999"},
        {"sector": "48-49"},
        {"sector": "\u0663\u0663"},
        {"title": "</script>\ud800\u0000", "text": "=1+1", "impact": "=1+1", "url": "javascript:alert(1)"},
        {"motivation": "spite"},
        {"motivation": ""},
        {"motivation": "undetermined"},
    ],
)
def test_the_schema_is_followed(tmp_path, fields):
    (found,) = incidents(tmp_path, labelled(**fields))
    assert [error.message for error in Draft4Validator(SCHEMA).iter_errors(found)] == []


@pytest.mark.parametrize("name", SCHEMA["required"])
def test_the_schema_would_complain(tmp_path, name):
    (found,) = incidents(tmp_path, labelled())
    del found[name]
    assert not Draft4Validator(SCHEMA).is_valid(found)


def test_an_incident_says_what_the_row_says(tmp_path):
    (found,) = incidents(tmp_path, labelled(**ATTRIBUTED, sector="Transportation", tlp="green"))
    plus = found.pop("plus")["cyberclass"]
    del found["incident_id"]
    assert found == {
        "schema_version": "1.3.7",
        "schema_name": "verisc",
        "source_id": "cyberclass",
        "security_incident": "Suspected",
        "summary": f"Cranes stand still in Aldery\n\n{labelled()['text']}",
        "reference": "https://news.example/cranes?day=2",
        "confidence": "High",
        "timeline": {"incident": {"year": 2025, "month": 4, "day": 1}},
        "victim": {"country": ["Unknown"], "employee_count": "Unknown", "industry": "48"},
        "actor": {
            "external": {
                "variety": ["State-affiliated"],
                "motive": ["Unknown"],
                "country": ["Unknown"],
                "name": ["APT29"],
            }
        },
        "action": {"unknown": {}},
        "asset": {"assets": [{"variety": "Unknown"}], "cloud": ["Unknown"]},
        "discovery_method": {"unknown": True},
        "impact": {
            "overall_rating": "Unknown",
            "notes": "cyberclass: critical-infrastructure; international-relations",
        },
    }
    assert (plus["id"], plus["tlp"], plus["attribution_stance"]) == ("desk-7", "green", "confirmed")
    assert plus["motivation_probabilities"][0] == {"label": "state-sponsored", "probability": 0.91}


@pytest.mark.parametrize(
    ("motivation", "actor"),
    [
        ("criminal", {"variety": ["Unknown"], "motive": ["Financial"], "country": ["Unknown"]}),
        ("ideological", {"variety": ["Unknown"], "motive": ["Ideology"], "country": ["Unknown"]}),
        ("undetermined", None),
        ("", None),
        ("spite", None),
    ],
)
def test_a_motivation_is_an_actor_s_or_the_actor_is_unknown(tmp_path, motivation, actor):
    (found,) = incidents(tmp_path, labelled(motivation=motivation))
    assert found["actor"] == ({"unknown": {}} if actor is None else {"external": actor})
    assert found["plus"]["cyberclass"].get("motivation", "") == motivation


@pytest.mark.parametrize(
    ("sector", "industry"),
    [
        ("", "00"),
        ("622110", "622110"),
        ("92", "92"),
        ("Public administration", "92"),
        ("manufacturing", "31"),
        ("harbours", "00"),
        ("99", "00"),
        ("1234567", "00"),
        ("52x", "00"),
    ],
)
def test_a_sector_is_a_code_of_naics(tmp_path, sector, industry):
    (found,) = incidents(tmp_path, labelled(sector=sector))
    assert found["victim"]["industry"] == industry


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"date": "", "published": ""}, "no date; expected one, as a VERIS incident has a year"),
        ({"date": "1812-06-24"}, "date: found 1812-06-24; expected 1950 or later"),
    ],
)
def test_a_row_without_a_year_is_set_aside(tmp_path, fields, reason):
    incidents(tmp_path, labelled(), labelled(**fields))
    assert reason in (tmp_path / "exported.json.rejects.csv").read_text()


@pytest.mark.parametrize("motivation", ["state-sponsored", "criminal", "ideological", "undetermined"])
def test_our_own_importer_reads_it_back(tmp_path, motivation):
    incidents(tmp_path, labelled(motivation=motivation, sector="52"))
    (document,) = import_source(find_source("vcdb"), tmp_path / "exported.json").documents.to_dict("records")
    assert document["motivation"] == motivation
    assert document["date"] == "2025-04-01"
