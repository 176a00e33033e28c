"""MISP events: their texts, and what their tags say."""

import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cyberclass.corpora.sources.importing import import_source
from cyberclass.corpora.sources.source import Record, Reject, find_source
from cyberclass.errors import CyberclassError

SOURCE = find_source("misp")
TEXT = "Letters with a macro went to a made-up ministry, and its servers answered to strangers since."
NO_TEXT = "no text beyond the title: neither an event report nor a text or comment among attributes"


def event(*tags, **fields):
    return {
        "id": "7",
        "uuid": "u-1",
        "info": "OSINT - letters to a ministry",
        "date": "2020-02-03",
        "Attribute": [attribute(TEXT)],
        "Tag": [{"name": tag} for tag in tags],
        **fields,
    }


def attribute(value, kind="text", category="External analysis", **fields):
    return {"type": kind, "category": category, "value": value, **fields}


def read(tmp_path, value):
    (tmp_path / "e.json").write_text(json.dumps(value), encoding="utf-8")
    return list(SOURCE.read(tmp_path / "e.json"))


def read_one(tmp_path, value):
    (item,) = read(tmp_path, {"Event": value})
    return item


def test_an_event_is_read_whole(tmp_path):
    tags = ["tlp:white", 'misp-galaxy:threat-actor="APT 28"', 'dhs-ciip-sectors:DHS-critical-sectors="energy"']
    assert read_one(tmp_path, event(*tags)) == Record(
        place="e.json",
        text=TEXT,
        title="OSINT - letters to a ministry",
        id="u-1",
        date="2020-02-03",
        motivation="state-sponsored",
        impact=("critical-infrastructure",),
        impact_coded=("national-security", "critical-infrastructure", "economy"),
        source_motivation="misp-galaxy:threat-actor=APT 28",
        source_impact="dhs-ciip-sectors:DHS-critical-sectors=energy",
        actor="APT 28",
        genre="vendor-report",
    )


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (
            {"EventReport": [{"content": "# One"}, {"content": "Gone", "deleted": True}, {"content": "Two"}]},
            "# One\n\nTwo",
        ),
        ({"EventReport": [{"content": " "}]}, TEXT),
        ({"EventReport": {"content": "# One"}}, "# One"),
        ({"Attribute": [attribute("a", "comment", "Internal reference"), attribute("b"), attribute("a")]}, "a\n\nb"),
        ({"Attribute": [attribute("a"), attribute("b", deleted="1"), attribute("c", "md5")]}, "a"),
        ({"Attribute": [], "Object": [{"name": "report", "Attribute": [attribute("b")]}]}, "b"),
        ({"Attribute": [], "Object": [{"deleted": True, "Attribute": [attribute("b")]}]}, None),
        ({"Attribute": [attribute("b", category="Payload delivery")]}, None),
        ({"Attribute": []}, None),
        ({"Attribute": [], "info": "A headline of eight words and more is still only a headline"}, None),
    ],
)
def test_a_text_is_a_report_or_else_texts_among_attributes_and_never_the_title(tmp_path, fields, text):
    item = read_one(tmp_path, event(**fields))
    assert item == Reject("e.json", NO_TEXT) if text is None else item.text == text


APT = 'misp-galaxy:threat-actor="APT 28"'
NATION = 'veris:actor:external:variety="Nation-state"'
FINANCIAL = 'veris:actor:motive="Financial"'


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([], (None, None)),
        (["", "=", '="x"', "tlp:red", "veris", "veris:actor", 'veris:="x"', "misp-galaxy:threat-actor="], (None, None)),
        ([APT], ("state-sponsored", None)),
        (['misp-galaxy:mitre-intrusion-set="APT28 - G0007"'], ("state-sponsored", None)),
        (['misp-galaxy:threat-actor="Sofacy"', 'misp-galaxy:threat-actor="Turla"'], ("state-sponsored", None)),
        (['misp-galaxy:threat-actor="FIN7"'], ("criminal", None)),
        (['misp-galaxy:threat-actor="Anonymous"'], ("ideological", None)),
        (['misp-galaxy:threat-actor="Nobody Knows Them"'], (None, None)),
        ([APT, 'misp-galaxy:threat-actor="FIN7"'], (None, None)),
        (['misp-galaxy:ransomware="Akira"'], ("criminal", None)),
        (['misp-galaxy:ransomware="Made Up Locker"'], ("criminal", None)),
        (['misp-galaxy:ransomware="WannaCry"'], (None, None)),
        (['misp-galaxy:ransomware="Maui ransomware"'], (None, None)),
        (['misp-galaxy:ransomware="Akira"', APT], ("state-sponsored", None)),
        (['misp-galaxy:ransomware="Akira"', 'misp-galaxy:threat-actor="Nobody"'], (None, None)),
        (['CERT-XLM:malicious-code="ransomware"'], ("criminal", None)),
        (['CERT-XLM:fraud="phishing"'], (None, None)),
        ([NATION], ("state-sponsored", None)),
        (['veris:actor:external:variety="Organized crime"'], ("criminal", None)),
        (['veris:actor:external:variety="Activist"'], ("ideological", None)),
        (['veris:actor:external:variety="Unknown"'], ("undetermined", None)),
        (['veris:actor:external:variety="Unknown"', APT], ("state-sponsored", None)),
        (['veris:actor:motive="Espionage"'], (None, None)),
        ([FINANCIAL], ("criminal", None)),
        ([APT, 'veris:actor:motive="Espionage"'], ("state-sponsored", None)),
        ([APT, FINANCIAL], ("state-sponsored", "criminal")),
        ([APT, 'misp-galaxy:threat-actor="FIN7"', FINANCIAL], (None, None)),
        ([NATION, FINANCIAL], ("state-sponsored", "criminal")),
        ([NATION, APT], ("state-sponsored", None)),
        ([NATION, 'misp-galaxy:threat-actor="FIN7"'], (None, None)),
    ],
)
def test_tags_tell_the_motivation(tmp_path, tags, expected):
    record = read_one(tmp_path, event(*tags))
    assert (record.motivation, record.motivation_secondary) == expected


def test_tags_of_older_events_and_of_galaxies_count(tmp_path):
    galaxy = [{"type": "threat-actor", "GalaxyCluster": [{"value": "APT 28", "tag_name": APT}]}]
    for fields in ({"Galaxy": galaxy}, {"EventTag": [{"Tag": {"name": APT}}]}):
        assert read_one(tmp_path, event(**fields)).motivation == "state-sponsored"


@pytest.mark.parametrize(
    ("tags", "impact", "coded"),
    [
        ([], None, None),
        (['dhs-ciip-sectors:sector="nobody"'], None, None),
        (
            ['dhs-ciip-sectors:DHS-critical-sectors="dib"', 'dhs-ciip-sectors:DHS-critical-sectors="it"'],
            ("national-security", "economy"),
            ("national-security", "critical-infrastructure", "economy"),
        ),
        (['veris:attribute:confidentiality:data:variety="Medical"'], ("privacy",), ("economy", "privacy")),
        (['veris:attribute:confidentiality:data:variety="Secrets"'], ("economy",), ("economy", "privacy")),
        (['veris:attribute:confidentiality:data:variety="Unknown"'], None, None),
        (
            ['dhs-ciip-sectors:x="water"', 'veris:attribute:confidentiality:data:variety="Personal"'],
            ("critical-infrastructure", "privacy"),
            ("national-security", "critical-infrastructure", "economy", "privacy"),
        ),
    ],
)
def test_tags_tell_the_impact(tmp_path, tags, impact, coded):
    record = read_one(tmp_path, event(*tags))
    assert (record.impact, record.impact_coded) == (impact, coded)


@pytest.mark.parametrize(
    ("tag", "is_incident"),
    [
        ('incident-disposition:not-an-incident="refuted"', False),
        ('incident-disposition:not-an-incident="failed"', True),
        ('incident-disposition:incident="confirmed"', True),
        ('veris:security_incident="False positive"', False),
        ('veris:security_incident="Near miss"', True),
        ('CERT-XLM:availability="outage"', False),
        ('CERT-XLM:availability="ddos"', True),
        ('exercise:cyber-europe="2018"', False),
    ],
)
def test_tags_tell_what_is_no_incident(tmp_path, tag, is_incident):
    record = read_one(tmp_path, event(tag, APT))
    assert record.is_incident is is_incident
    assert (record.motivation is None) is not is_incident


def test_duplicates_are_set_aside(tmp_path):
    tag = 'incident-disposition:duplicate="duplicate"'
    assert read_one(tmp_path, event(tag)) == Reject("e.json", "a duplicate, as its tag says")


@pytest.mark.parametrize("wrap", [lambda items: items, lambda items: {"response": items}])
def test_lists_of_events_are_read_in_their_places(tmp_path, wrap):
    first, second, third, fourth = read(tmp_path, wrap([{"Event": event()}, event(), 7, {"uuid": "x"}]))
    assert first == Record(**{**vars(second), "place": "e.json, event 1"})
    assert third == Reject("e.json, event 3", "a number, expected an event as an object")
    assert fourth == Reject("e.json, event 4", "no MISP event: it has no info")


def test_a_folder_of_a_feed_is_imported_without_its_manifest(tmp_path):
    (tmp_path / "manifest.json").write_text('{"u-1": {"info": "x"}}', encoding="utf-8")
    (tmp_path / "u-1.json").write_text(json.dumps({"Event": event(APT)}), encoding="utf-8")
    imported = import_source(SOURCE, tmp_path)
    assert imported.documents["id"].tolist() == ["misp:u-1"]
    assert imported.rejects.to_numpy().tolist() == [["manifest.json", "no MISP event: it has no info"]]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["id", "uuid", "info", "date", "Attribute", "Tag", "EventTag", "Galaxy", "EventReport", "Object"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(field=st.sampled_from([*FIELDS, "Event", "response"]), inner=st.booleans(), value=ANYTHING)
def test_wrong_types_give_documents_rejects_or_a_sentence(tmp_path, field, inner, value):
    changed = event(APT)
    if inner and isinstance(changed.get(field), list):
        changed[field] = [{"name": value, "type": value, "category": value, "value": value, "content": value}, value]
    else:
        changed[field] = value
    whole = {"Event": changed, **({field: value} if field in ("Event", "response") else {})}
    (tmp_path / "e.json").write_text(json.dumps(whole), encoding="utf-8")
    with suppress(CyberclassError):
        assert len(import_source(SOURCE, tmp_path / "e.json").documents) == 1
