"""STIX bundles: reports, the actors they refer to, and the sectors of their victims."""

import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cyberclass.corpora.sources.importing import import_source
from cyberclass.corpora.sources.source import Record, Reject, find_source
from cyberclass.errors import CorpusError, CyberclassError

SOURCE = find_source("stix")
TEXT = "A made-up group read the mail of a shipping company for a whole year before it was noticed."


def an(kind, number, **fields):
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{number}", **fields}


def report(*refs, **fields):
    base = {"name": "Mail of a shipper", "description": TEXT, "published": "2021-05-06T07:08:09.000Z"}
    return an("report", 1, **{**base, "object_refs": list(refs), **fields})


def actor(*types, number=1, **fields):
    return an("threat-actor", number, name=f"Group {number}", threat_actor_types=list(types), **fields)


def relation(kind, source, target, number=1, **fields):
    names = {"relationship_type": kind, "source_ref": source, "target_ref": target}
    return an("relationship", number, **names, **fields)


def bundle(*objects):
    return {"type": "bundle", "id": "bundle--1", "objects": list(objects)}


def read(tmp_path, value):
    (tmp_path / "b.json").write_text(json.dumps(value), encoding="utf-8")
    return list(SOURCE.read(tmp_path / "b.json"))


def test_a_report_is_read_whole(tmp_path):
    victim = an("identity", 1, identity_class="organization", sectors=["transportation", "commercial"])
    objects = [
        report("threat-actor--1", "identity--1"),
        actor("nation-state", primary_motivation="organizational-gain"),
        victim,
        relation("targets", "threat-actor--1", "identity--1"),
    ]
    assert read(tmp_path, bundle(*objects)) == [
        Record(
            place="b.json, object 1",
            text=TEXT,
            title="Mail of a shipper",
            id="report--1",
            date="2021-05-06",
            motivation="state-sponsored",
            impact=("critical-infrastructure", "economy"),
            impact_coded=("national-security", "critical-infrastructure", "economy"),
            source_motivation="nation-state; motivation organizational-gain",
            source_impact="transportation; commercial",
            actor="Group 1",
            genre="vendor-report",
        )
    ]


@pytest.mark.parametrize(
    ("actors", "motivation"),
    [
        ([], None),
        ([actor()], None),
        ([actor("unknown")], "undetermined"),
        ([actor("unknown"), actor("unknown", number=2)], "undetermined"),
        ([actor("unknown"), actor("hacker", number=2)], None),
        ([actor("unknown", primary_motivation="personal-gain")], "criminal"),
        ([actor("crime-syndicate")], "criminal"),
        ([actor("criminal", primary_motivation="ideology")], "criminal"),
        ([actor("competitor")], "criminal"),
        ([actor("insider-disgruntled")], "criminal"),
        ([actor("insider-accidental")], None),
        ([actor("activist")], "ideological"),
        ([actor("terrorist", primary_motivation="dominance")], "ideological"),
        ([actor("nation-state", "spy")], "state-sponsored"),
        ([actor("nation-state", "criminal")], None),
        ([actor("nation-state"), actor("criminal", number=2)], None),
        ([actor("nation-state"), actor("hacker", number=2)], "state-sponsored"),
        ([actor("hacker", primary_motivation="ideology")], "ideological"),
        ([actor("hacker", primary_motivation="organizational-gain")], "criminal"),
        ([actor(primary_motivation="notoriety")], "criminal"),
        ([actor(primary_motivation="dominance")], None),
    ],
)
def test_actors_tell_the_motivation(tmp_path, actors, motivation):
    (record,) = read(tmp_path, bundle(report(*(each["id"] for each in actors)), *actors))
    assert record.motivation == motivation


def test_intrusion_sets_and_campaigns_lead_to_their_actor(tmp_path):
    objects = [
        report("campaign--1"),
        an("campaign", 1, name="A"),
        an("intrusion-set", 1, name="Set", primary_motivation="personal-gain"),
        actor("nation-state"),
        relation("attributed-to", "campaign--1", "intrusion-set--1", 1),
        relation("attributed-to", "intrusion-set--1", "threat-actor--1", 2, revoked=True),
        relation("attributed-to", "intrusion-set--1", "campaign--1", 3),
    ]
    (record,) = read(tmp_path, bundle(*objects))
    assert (record.motivation, record.actor) == ("criminal", "Set")


@pytest.mark.parametrize(
    ("sectors", "named", "impact"),
    [
        (["defense"], True, ("national-security",)),
        (["government-national", "energy"], True, ("national-security", "critical-infrastructure")),
        (["financial-services"], True, ("critical-infrastructure", "economy")),
        (["education"], True, None),
        ([], True, None),
        ("retail", True, ("economy",)),
        (["defense"], False, None),
    ],
)
def test_sectors_of_named_victims_tell_the_impact(tmp_path, sectors, named, impact):
    refs = ["intrusion-set--1", *(["identity--1"] if named else [])]
    objects = [
        report(*refs),
        an("intrusion-set", 1),
        an("identity", 1, sectors=sectors),
        relation("targets", "intrusion-set--1", "identity--1"),
    ]
    (record,) = read(tmp_path, bundle(*objects))
    assert record.impact == impact
    assert (record.impact_coded is None) is (impact is None)


def test_an_identity_that_nobody_targets_is_no_victim(tmp_path):
    (record,) = read(tmp_path, bundle(report("identity--1"), an("identity", 1, sectors=["defense"])))
    assert record.impact is None


def test_an_incident_has_victims_and_actors_of_its_own(tmp_path):
    objects = [
        an("incident", 1, name="I", description=TEXT, created="2020-01-02T00:00:00Z"),
        actor("activist"),
        an("identity", 1, sectors=["water"]),
        relation("attributed-to", "incident--1", "threat-actor--1", 1),
        relation("targets", "incident--1", "identity--1", 2),
    ]
    (record,) = read(tmp_path, bundle(*objects))
    assert (record.motivation, record.impact, record.date, record.genre) == (
        "ideological",
        ("critical-infrastructure",),
        "2020-01-02",
        "database",
    )


@pytest.mark.parametrize(
    ("types", "refs", "is_incident"),
    [
        (["vulnerability"], [], False),
        (["vulnerability"], ["threat-actor--1"], True),
        (["vulnerability", "campaign"], [], True),
        (["threat-report"], [], True),
    ],
)
def test_a_notice_of_a_flaw_is_no_incident(tmp_path, types, refs, is_incident):
    (record,) = read(tmp_path, bundle(report(*refs, report_types=types), actor("criminal")))
    assert record.is_incident is is_incident


def test_of_versions_the_last_counts_and_what_is_revoked_is_set_aside(tmp_path):
    old = report(modified="2020-01-01T00:00:00Z", description="An early and wrong account of things that nobody kept.")
    new = report(modified="2021-01-01T00:00:00Z")
    gone = {**report(revoked=True), "id": "report--2"}
    record, reject = read(tmp_path, [new, old, gone])
    assert record.text == TEXT
    assert reject == Reject("b.json, object 3", "revoked by its author")


def test_a_folder_of_single_objects_is_one_graph(tmp_path):
    for number, item in enumerate([report("threat-actor--1"), actor("criminal")]):
        (tmp_path / f"{number}.json").write_text(json.dumps(bundle(item)), encoding="utf-8")
    (record,) = SOURCE.read(tmp_path)
    assert (record.place, record.motivation) == ("0.json, object 1", "criminal")


@pytest.mark.parametrize(
    ("value", "rejects"),
    [
        (bundle(7, {"type": "report"}, {"id": "x"}, {"id": 1, "type": "report"}), 4),
        ({"type": "bundle", "objects": {"a": 1}}, 1),
        ("text", 1),
        (bundle(), 0),
        (None, 1),
    ],
)
def test_what_is_no_object_is_set_aside_with_its_place(tmp_path, value, rejects):
    found = read(tmp_path, value)
    assert len(found) == rejects
    assert all(isinstance(item, Reject) and item.place.startswith("b.json") for item in found)


@pytest.mark.parametrize("text", ["", "   ", None, "Too short."])
def test_a_report_without_a_text_is_set_aside(tmp_path, text):
    (tmp_path / "b.json").write_text(json.dumps(bundle(report(description=text))), encoding="utf-8")
    with pytest.raises(CorpusError, match="found no document of STIX"):
        import_source(SOURCE, tmp_path / "b.json")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)

FIELDS = [
    *("id", "type", "name", "description", "object_refs", "published", "created", "modified", "revoked"),
    *("report_types", "threat_actor_types", "primary_motivation", "sectors"),
    *("relationship_type", "source_ref", "target_ref"),
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=st.integers(0, 3),
    field=st.sampled_from(FIELDS),
    value=ANYTHING,
)
def test_wrong_types_give_documents_rejects_or_a_sentence(tmp_path, place, field, value):
    objects = [
        report("threat-actor--1", "identity--1"),
        actor("criminal"),
        an("identity", 1, sectors=["water"]),
        relation("targets", "threat-actor--1", "identity--1"),
    ]
    objects[place][field] = value
    (tmp_path / "b.json").write_text(json.dumps(bundle(*objects)), encoding="utf-8")
    with suppress(CyberclassError):
        assert len(import_source(SOURCE, tmp_path / "b.json").documents) == 1
