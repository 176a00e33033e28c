"""VCDB: incidents in JSON and in the flattened table, mapped alike."""

import csv
import json
import zipfile
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cyberclass.corpora.sources.importing import import_source
from cyberclass.corpora.sources.source import Record, Reject, find_source
from cyberclass.errors import CorpusError, CyberclassError

SOURCE = find_source("vcdb")
SUMMARY = "Intruders got into the booking system of a made-up hotel and copied what they found."


def incident(**fields):
    return {
        "incident_id": "A-1",
        "security_incident": "Confirmed",
        "summary": SUMMARY,
        "schema_version": "1.3.7",
        "action": {"hacking": {"variety": ["SQLi"], "vector": ["Web application"]}},
        "actor": {"external": {"variety": ["Unaffiliated"], "motive": ["Financial"], "country": ["Unknown"]}},
        "attribute": {"confidentiality": {"data": [{"variety": "Personal", "amount": 3}], "data_disclosure": "Yes"}},
        "timeline": {"incident": {"year": 2019, "month": 4, "day": 9}},
        "victim": {"industry": "721110", "country": ["US"]},
        **fields,
    }


def read_one(tmp_path, value):
    path = tmp_path / "one.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    (item,) = SOURCE.read(path)
    return item


def test_an_incident_is_read_whole(tmp_path):
    assert read_one(tmp_path, incident(campaign_id="C-7")) == Record(
        place="one.json",
        text=SUMMARY,
        id="A-1",
        incident="C-7",
        date="2019-04-09",
        motivation="criminal",
        impact=("privacy",),
        impact_coded=("national-security", "critical-infrastructure", "economy", "privacy"),
        source_motivation="external variety unaffiliated; external motive financial",
        source_impact="industry 721110; data personal",
    )


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        ({}, (None, None)),
        ({"unknown": {}}, ("undetermined", None)),
        ({"external": {}}, (None, None)),
        ({"external": {"variety": ["Unknown"], "motive": ["Unknown"]}}, ("undetermined", None)),
        ({"external": {"variety": ["Unknown"], "motive": ["NA"]}}, ("undetermined", None)),
        ({"external": {"variety": ["Unknown"], "motive": ["Financial"]}}, ("criminal", None)),
        ({"external": {"variety": ["Unknown"], "motive": ["Espionage"]}}, (None, None)),
        ({"external": {"variety": ["Nation-state"], "motive": ["Espionage"]}}, ("state-sponsored", None)),
        ({"external": {"variety": ["State-affiliated"], "motive": ["Financial"]}}, ("state-sponsored", "criminal")),
        ({"external": {"variety": ["Nation-state", "State-affiliated"]}}, ("state-sponsored", None)),
        ({"external": {"variety": ["Nation-state", "Organized crime"]}}, (None, None)),
        ({"external": {"variety": ["Organized crime"]}}, ("criminal", None)),
        ({"external": {"variety": ["Competitor"], "motive": ["Espionage"]}}, (None, None)),
        ({"external": {"variety": ["Competitor"], "motive": ["Financial", "Espionage"]}}, ("criminal", None)),
        ({"external": {"variety": ["Former employee"], "motive": ["Grudge"]}}, ("criminal", None)),
        ({"external": {"variety": ["Unaffiliated"], "motive": ["Fun"]}}, ("criminal", None)),
        ({"external": {"variety": ["Unaffiliated"], "motive": ["Ideology"]}}, ("ideological", None)),
        ({"external": {"variety": ["Unaffiliated"], "motive": ["Ideology", "Financial"]}}, (None, None)),
        ({"external": {"variety": ["Activist"], "motive": ["Ideology", "Fun"]}}, ("ideological", None)),
        ({"external": {"variety": ["Terrorist"]}}, ("ideological", None)),
        ({"external": {"variety": ["Other"], "motive": ["Secondary"]}}, (None, None)),
        ({"internal": {"variety": ["End-user"], "motive": ["Financial"]}}, ("criminal", None)),
        ({"internal": {"variety": ["Unknown"], "motive": ["Grudge"]}}, ("criminal", None)),
        ({"internal": {"variety": ["End-user"], "motive": ["Convenience"]}}, (None, None)),
        ({"partner": {"motive": ["Financial"]}}, ("criminal", None)),
        (
            {"external": {"variety": ["Nation-state"]}, "internal": {"motive": ["Financial"]}},
            ("state-sponsored", "criminal"),
        ),
        ({"external": {"variety": ["Unknown"]}, "internal": {"motive": ["Unknown"]}}, (None, None)),
    ],
)
def test_the_actor_tells_the_motivation(tmp_path, actor, expected):
    record = read_one(tmp_path, incident(actor=actor))
    assert (record.motivation, record.motivation_secondary) == expected


ALL = ("national-security", "critical-infrastructure", "economy", "privacy")


@pytest.mark.parametrize(
    ("industry", "action", "attribute", "impact", "coded"),
    [
        ("721110", "hacking", {}, (), ALL),
        ("721110", "hacking", None, (), ALL[:2]),
        ("721110", "hacking", {"confidentiality": {"data": [{"variety": "Unknown"}]}}, (), ALL[:2]),
        ("721110", "hacking", {"confidentiality": {"data_disclosure": "No"}}, (), ALL),
        (
            "721110",
            "hacking",
            {"confidentiality": {"data": [{"variety": "Medical"}], "data_disclosure": "No"}},
            (),
            ALL,
        ),
        ("62", "hacking", {"confidentiality": {"data": [{"variety": "Medical"}]}}, ("privacy",), ALL),
        ("334", "hacking", {"confidentiality": {"data": [{"variety": "Secrets"}]}}, ("economy",), ALL),
        ("Unknown", "hacking", {"confidentiality": {"data": [{"variety": "Credentials"}]}}, ("privacy",), ALL[2:]),
        ("000000", "hacking", {}, (), ALL[2:]),
        (
            "Unknown",
            "hacking",
            {"confidentiality": {"data": [{"variety": "Classified"}]}},
            ("national-security",),
            ("national-security", *ALL[2:]),
        ),
        ("622110", "malware", {"availability": {"variety": ["Obscuration"]}}, ("critical-infrastructure",), ALL),
        ("622110", "malware", {"availability": {"variety": ["Loss"]}}, (), ALL),
        ("721110", "malware", {"availability": {"variety": ["Obscuration"]}}, (), ALL),
        ("928110", "hacking", {}, ("national-security",), ALL),
        ("92", "misuse", {}, (), ALL),
        (
            "921130",
            "malware",
            {"availability": {"variety": ["Interruption"]}},
            ("national-security",),
            (ALL[0], *ALL[2:]),
        ),
        ("522110", "hacking", {"integrity": {"variety": ["Fraudulent transaction"]}}, ("economy",), ALL),
    ],
)
def test_data_and_industry_tell_the_impact(tmp_path, industry, action, attribute, impact, coded):
    value = incident(victim={"industry": industry}, action={action: {}}, attribute=attribute)
    record = read_one(tmp_path, value)
    assert (record.impact, record.impact_coded) == (impact, coded)


def test_where_nothing_is_told_no_domain_is_coded(tmp_path):
    record = read_one(tmp_path, incident(victim={}, attribute=None))
    assert (record.impact, record.impact_coded) == (None, None)


@pytest.mark.parametrize(
    ("fields", "is_incident"),
    [
        ({}, True),
        ({"security_incident": "Suspected"}, True),
        ({"security_incident": "Near miss"}, True),
        ({"security_incident": "False positive"}, False),
        ({"action": {"error": {"variety": ["Misdelivery"]}}}, False),
        ({"action": {"environmental": {"variety": ["Fire"]}}}, False),
        ({"action": {"error": {"variety": ["Misconfiguration"]}, "hacking": {}}}, True),
        ({"action": {"unknown": {}}}, True),
        ({"action": {"misuse": {"variety": ["Privilege abuse"]}}}, True),
        ({"action": {"physical": {"variety": ["Tampering"]}}}, True),
        ({"action": {}}, True),
    ],
)
def test_an_incident_is_what_somebody_meant(tmp_path, fields, is_incident):
    record = read_one(tmp_path, incident(**fields))
    assert record.is_incident is is_incident
    assert (record.motivation is None) is not is_incident


@pytest.mark.parametrize("also", [{}, {"error": {"variety": ["Loss"]}}])
def test_mere_theft_is_set_aside(tmp_path, also):
    stolen = incident(action={"physical": {"variety": ["Theft"]}, **also})
    assert read_one(tmp_path, stolen) == Reject(
        "one.json", "things stolen or looked at, and no computer attacked: no cyber incident"
    )


@pytest.mark.parametrize(
    ("when", "date"),
    [
        ({"year": 2012}, "2012"),
        ({"year": 2012, "month": 3}, "2012-03"),
        ({"year": "2012", "month": "3", "day": 0}, "2012-03"),
        ({"year": 2012, "day": 3}, "2012"),
        ({"year": 2012, "month": 13}, ""),
        ({"month": 3}, ""),
        ({"year": 1e400}, ""),
        ({"year": 10**30}, ""),
        ([2012], ""),
        (None, ""),
    ],
)
def test_dates_are_as_exact_as_they_are_known(tmp_path, when, date):
    assert read_one(tmp_path, incident(timeline={"incident": when})).date == date


def write_table(path, *rows):
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


BASE = {
    "incident_id": "A-1",
    "security_incident": "Confirmed",
    "summary": SUMMARY,
    "timeline.incident.year": "2019",
    "timeline.incident.month": "4",
    "timeline.incident.day": "9",
    "victim.industry": "721110",
}
#: As R writes it, and as Python does.
SPELLINGS = [
    {
        "actor.external.variety.Nation.state": "0",
        "actor.external.variety.Organized.crime": "1",
        "actor.external.motive.Financial": "1",
        "action.hacking.variety.SQLi": "1",
        "action.notes": "1",
        "attribute.confidentiality.data.variety.Personal": "1",
    },
    {
        "actor.external.variety.Nation-state": "False",
        "actor.external.variety.Organized crime": "True",
        "actor.external.motive.Financial": "TRUE",
        "action.hacking": "True",
        "attribute.confidentiality.data.variety.Personal": "True",
    },
]


@pytest.mark.parametrize("marks", SPELLINGS)
def test_the_flattened_table_says_the_same_as_the_objects(tmp_path, marks):
    disclosure = {"attribute.confidentiality.data_disclosure": "Yes"}
    (of_row,) = SOURCE.read(write_table(tmp_path / "vcdb.csv", {**BASE, **disclosure, **marks}))
    of_object = read_one(
        tmp_path, incident(actor={"external": {"variety": ["Organized crime"], "motive": ["Financial"]}})
    )
    assert of_row == Record(**{**vars(of_object), "place": "row 1"})


def test_a_table_without_kinds_of_data_does_not_code_privacy(tmp_path):
    (record,) = SOURCE.read(write_table(tmp_path / "vcdb.csv", {**BASE, "action.hacking": "1"}))
    assert record.impact_coded == ("national-security", "critical-infrastructure")


def test_a_table_of_something_else_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="found no column 'incident_id'"):
        list(SOURCE.read(write_table(tmp_path / "x.csv", {"summary": "a", "other": "b"})))


def test_a_joined_list_in_a_zip_is_imported(tmp_path):
    members = [incident(), 7, {"info": "x"}, incident(incident_id="A-2", summary=f"{SUMMARY} Again."), incident()]
    with zipfile.ZipFile(tmp_path / "vcdb.json.zip", "w") as archive:
        archive.writestr("vcdb.json", json.dumps(members))
    imported = import_source(SOURCE, tmp_path / "vcdb.json.zip")
    assert imported.documents["id"].tolist() == ["vcdb:A-1", "vcdb:A-2"]
    assert imported.rejects.to_numpy().tolist() == [
        ["vcdb.json.zip/vcdb.json, object 2", "a number, expected an incident as an object"],
        ["vcdb.json.zip/vcdb.json, object 3", "no VERIS incident: it has neither summary nor actor nor action"],
        ["vcdb.json.zip/vcdb.json, object 5", "the id of vcdb.json.zip/vcdb.json, object 1"],
    ]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
PATHS = [
    (key, *rest)
    for key, *rest in [
        ("incident_id",),
        ("security_incident",),
        ("summary",),
        ("action",),
        ("action", "hacking"),
        ("action", "physical"),
        ("actor",),
        ("actor", "external"),
        ("actor", "external", "variety"),
        ("actor", "external", "motive"),
        ("attribute",),
        ("attribute", "confidentiality"),
        ("attribute", "confidentiality", "data"),
        ("attribute", "availability"),
        ("timeline",),
        ("timeline", "incident"),
        ("timeline", "incident", "month"),
        ("victim",),
        ("victim", "industry"),
    ]
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(PATHS), value=ANYTHING)
def test_wrong_types_give_documents_rejects_or_a_sentence(tmp_path, path, value):
    changed = json.loads(json.dumps(incident()))
    holder = changed
    for key in path[:-1]:
        holder = holder[key] if isinstance(holder.get(key), dict) else holder.setdefault(key, {})
    holder[path[-1]] = value
    file = tmp_path / "x.json"
    file.write_text(json.dumps(changed), encoding="utf-8")
    with suppress(CyberclassError):
        assert len(import_source(SOURCE, file).documents) == 1
