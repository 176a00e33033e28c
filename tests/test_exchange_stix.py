"""STIX bundles: what stands in them, and that the field's own validator accepts them."""

import csv
import json
import warnings

import pytest
from exported import ATTRIBUTED, exported, labelled
from jsonschema import Draft202012Validator

from cyberclass.corpora.sources.importing import import_source
from cyberclass.corpora.sources.source import find_source
from cyberclass.exchange.extension import EXTENSION, SCHEMA

#: What the standard recommends and we do otherwise: ids are made of content and not random, an incident has
#: relationships (STIX 2.1 suggests none for it), and nobody fetches a page to give its hash.
OPEN = ["uuid-check", "relationship-types", "extref-hashes"]

HOSTILE = "=cmd|'/c calc'!A1 </script>\u202e\ud800 {{7*7}} \x1b[31m\n\"; DROP TABLE"


def bundle(tmp_path, *rows):
    return json.loads(exported(tmp_path, "stix", *rows))


def objects(tmp_path, *rows):
    """By type, in the order of the bundle."""
    found = {}
    for each in bundle(tmp_path, *rows)["objects"]:
        found.setdefault(each["type"], []).append(each)
    return found


def complaints(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from stix2validator import ValidationOptions, validate_string

        result = validate_string(text, ValidationOptions(strict=True, version="2.1", disabled=OPEN))
    return [str(error) for error in result.errors or []]


@pytest.mark.parametrize(
    "rows",
    [
        [labelled()],
        [labelled(**ATTRIBUTED, victim_sector="Transportation", tlp="TLP:GREEN")],
        [labelled(actors="Akira;NoName057(16);Grey Heron of Nowhere", sector="harbours")],
        [labelled(id=None, title=None, url=None, source=None, actors="", impact="", text_sha256=None, model=None)],
        [labelled(date="2025-04", published=None), labelled(date="2025", published=None), labelled(date="0812-04-03")],
        [labelled(title=HOSTILE, text=HOSTILE, source=HOSTILE, id=HOSTILE, sector=HOSTILE, actors=HOSTILE)],
        [
            labelled(motivation=HOSTILE, impact=HOSTILE, **{f"p_impact_{HOSTILE}": 0.5}),
            labelled(language="und"),
            labelled(language="British"),
        ],
        [labelled(text="x" * 600_000, title="y" * 5000)],
        [
            labelled(url=f"https://{host}/caf\u00e9{{x}}|^`\\[%zz]?q=[1]#a#b")
            for host in ("\u00fcber.example", "[::1]:80")
        ],
        [
            labelled(url=f"https://{host}/")
            for host in ("a.example:x", "%zz.example", "a|b.example", "\u00fc@a.example")
        ],
        [labelled(published="1000-01-01")],
        [labelled(id=None, url=None)],
        [labelled(**ATTRIBUTED | {"attribution_actor": "Grey Heron"}, actors_unlisted="Grey Heron;Red Stork")],
        [labelled(title=title, tlp=level) for level in ("clear", "green", "amber", "red") for title in ("a", "b")],
        [{name: value for name, value in labelled(motivation="").items() if not name.startswith("p_")}],
        [labelled(evidence=[{"label": "criminal", "spans": [[3, 9]]}], motivation_source="inferred", truncated=True)],
    ],
)
def test_the_fields_own_validator_accepts(tmp_path, rows):
    text = exported(tmp_path, "stix", *rows)
    assert complaints(text) == []
    import stix2

    stix2.parse(text)
    for each in json.loads(text)["objects"]:
        if each["type"] == "report":
            Draft202012Validator(SCHEMA).validate(each["extensions"][EXTENSION])


def test_the_validator_would_complain(tmp_path):
    assert complaints(exported(tmp_path, "stix", labelled()).replace('"threat-report"', '"gossip"'))


def test_the_extension_s_definition_holds_its_schema(tmp_path):
    (definition,) = objects(tmp_path, labelled())["extension-definition"]
    assert definition["id"] == EXTENSION
    assert json.loads(definition["schema"]) == SCHEMA
    Draft202012Validator.check_schema(SCHEMA)


def test_a_report_says_what_the_row_says(tmp_path):
    found = objects(tmp_path, labelled(**ATTRIBUTED))
    (report,), (incident,), (actor,) = found["report"], found["incident"], found["threat-actor"]
    (author,), (attributed,) = found["identity"], found["relationship"]
    assert {name: report[name] for name in ("name", "published", "created", "lang", "confidence", "report_types")} == {
        "name": "Cranes stand still in Aldery",
        "published": "2025-04-02T00:00:00Z",
        "created": "2025-04-02T00:00:00.000Z",
        "lang": "en",
        "confidence": 91,
        "report_types": ["threat-report"],
    }
    assert report["labels"] == [
        "motivation:state-sponsored",
        "impact:critical-infrastructure",
        "impact:international-relations",
    ]
    assert report["object_refs"] == [incident["id"], actor["id"], attributed["id"]]
    assert report["external_references"] == [
        {"source_name": "Aldery Courier", "url": "https://news.example/cranes?day=2", "external_id": "desk-7"}
    ]
    assert incident["confidence"] == 98
    assert (actor["name"], actor["threat_actor_types"]) == ("APT29", ["nation-state"])
    assert "Cozy Bear" in actor["aliases"]
    assert "APT29" not in actor["aliases"]
    assert (author["name"], author["identity_class"]) == ("cyberclass", "system")
    assert {each["created_by_ref"] for each in (report, incident, actor, attributed)} == {author["id"]}
    extension = report["extensions"][EXTENSION]
    assert extension["extension_type"] == "property-extension"
    assert extension["motivation_source"] == "stated"
    assert extension["attribution_stance"] == "confirmed"
    assert extension["date"] == "2025-04-01"
    assert not {"truncated", "evidence"} & extension.keys()
    assert extension["impact_probabilities"][2] == {"label": "privacy", "probability": 0.07}


@pytest.mark.parametrize("stance", ["confirmed", "assessed", "suspected", "claimed"])
def test_an_attribution_becomes_a_relationship_with_its_sentence(tmp_path, stance):
    found = objects(tmp_path, labelled(**{**ATTRIBUTED, "attribution_stance": stance}))
    (relationship,) = found["relationship"]
    assert relationship["relationship_type"] == "attributed-to"
    assert relationship["source_ref"] == found["incident"][0]["id"]
    assert relationship["target_ref"] == found["threat-actor"][0]["id"]
    assert relationship["description"] == f"{stance} by victim: {ATTRIBUTED['attribution_sentence']}"


@pytest.mark.parametrize("fields", [{}, {**ATTRIBUTED, "attribution_stance": "denied"}])
def test_an_actor_that_is_merely_named_is_not_attributed_to(tmp_path, fields):
    found = objects(tmp_path, labelled(**fields))
    assert "relationship" not in found
    assert found["threat-actor"][0]["id"] in found["report"][0]["object_refs"]


def test_a_main_name_is_no_alias_of_itself(tmp_path):
    (actor,) = objects(tmp_path, labelled(actors="Akira"))["threat-actor"]
    assert (actor["name"], actor["threat_actor_types"]) == ("Akira", ["criminal"])
    assert "Akira" not in actor["aliases"]


def test_an_actor_that_nobody_knows_is_of_unknown_type(tmp_path):
    (actor,) = objects(tmp_path, labelled(actors="Grey Heron of Nowhere"))["threat-actor"]
    assert actor["name"] == "Grey Heron of Nowhere"
    assert actor["threat_actor_types"] == ["unknown"]
    assert "aliases" not in actor


@pytest.mark.parametrize("by", ["", "unnamed"])
def test_a_name_that_no_table_has_is_attributed_to_as_a_known_one(tmp_path, by):
    said = {**ATTRIBUTED, "attribution_actor": "grey heron", "attribution_by": by}
    found = objects(tmp_path, labelled(**said, actors="", actors_unlisted="Grey Heron"))
    (actor,), (relationship,) = found["threat-actor"], found["relationship"]
    assert (actor["name"], actor["threat_actor_types"]) == ("Grey Heron", ["unknown"])
    assert (relationship["relationship_type"], relationship["target_ref"]) == ("attributed-to", actor["id"])
    assert relationship["description"] == f"confirmed by unnamed sources: {ATTRIBUTED['attribution_sentence']}"


@pytest.mark.parametrize(
    ("sector", "sectors"),
    [
        ("energy", ["energy"]),
        ("Financial services", ["financial-services"]),
        ("GOVERNMENT-LOCAL", ["government-local"]),
        ("harbours", None),
    ],
)
def test_the_victim_s_sector_is_an_identity_that_the_incident_targets(tmp_path, sector, sectors):
    found = objects(tmp_path, labelled(sector=sector))
    victim = found["identity"][1]
    assert (victim["name"], victim["identity_class"], victim.get("sectors")) == (sector, "class", sectors)
    assert found["relationship"][0]["relationship_type"] == "targets"
    assert found["relationship"][0]["target_ref"] == victim["id"]


def test_two_reports_share_an_actor_and_no_incident(tmp_path):
    found = objects(tmp_path, labelled(), labelled(id="desk-8"))
    assert {kind: len(each) for kind, each in found.items()} == {
        "identity": 1,
        "extension-definition": 1,
        "threat-actor": 1,
        "incident": 2,
        "report": 2,
    }
    every = bundle(tmp_path, labelled(), labelled(id="desk-8"))
    ids = [each["id"] for each in every["objects"]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Another"},
        {"motivation": "criminal"},
        {"p_incident": 0.5},
        {"published": "2025-04-03"},
        {"tlp": "red"},
    ],
)
def test_another_content_has_another_id(tmp_path, fields):
    assert objects(tmp_path, labelled())["report"][0]["id"] != objects(tmp_path, labelled(**fields))["report"][0]["id"]
    assert bundle(tmp_path, labelled())["id"] != bundle(tmp_path, labelled(**fields))["id"]


def test_a_report_is_marked_only_if_its_row_is(tmp_path):
    found = objects(tmp_path, labelled(tlp="amber"), labelled(id="desk-8"))
    (marking,) = found["marking-definition"]
    assert marking["definition"] == {"tlp": "amber"}
    for kind in ("report", "incident"):
        assert [each.get("object_marking_refs") for each in found[kind]] == [[marking["id"]], None]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"date": None, "published": ""}, "no date; expected one, as a STIX report says when it was published"),
        ({"published": "0999-12-31"}, "date: found 0999-12-31; expected 1000 or later"),
        ({"published": "", "date": "0812"}, "date: found 0812; expected 1000 or later"),
        (
            {"tlp": "amber+strict"},
            "tlp: found 'amber+strict'; expected clear, green, amber, red, which STIX 2.1 has markings for",
        ),
    ],
)
def test_what_stix_has_no_place_for_is_set_aside(tmp_path, fields, reason):
    exported(tmp_path, "stix", labelled(), labelled(**fields))
    with (tmp_path / "exported.json.rejects.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [["row", "reason"], ["2", reason]]


@pytest.mark.parametrize(
    ("fields", "motivation", "impact"),
    [
        (ATTRIBUTED, "state-sponsored", None),
        ({**ATTRIBUTED, "sector": "transportation"}, "state-sponsored", ["critical-infrastructure"]),
        ({"actors": "Akira", "motivation": "criminal"}, "criminal", None),
    ],
)
def test_our_own_importer_reads_it_back(tmp_path, fields, motivation, impact):
    exported(tmp_path, "stix", labelled(**fields))
    (document,) = import_source(find_source("stix"), tmp_path / "exported.json").documents.to_dict("records")[:1]
    assert (document["motivation"], document["impact"]) == (motivation, impact)
    assert (document["title"], document["date"]) == ("Cranes stand still in Aldery", "2025-04-02")
