"""CISSM: both layouts, and the mapping."""

import pandas as pd
import pytest

from cyberclass.corpora.sources.cissm import SOURCE, motivation_of
from cyberclass.corpora.sources.importing import import_source
from cyberclass.errors import CorpusError, ReportError

EVENT = {
    "slug": "e-1",
    "event_date": "2021-03-09",
    "year": 2021,
    "month": 3,
    "actor": "Undetermined",
    "actor_type": "Criminal",
    "organization": "Lighthouse Bakery",
    "industry_code": 72,
    "industry": "Accommodation and Food Services",
    "motive": "Financial",
    "event_type": "Disruptive",
    "event_subtype": "Data Attack",
    "description": "The ovens of a bakery stood still while burglars asked for coins.",
    "source_url": "https://example.org",
    "country": "Ruritania",
    "actor_country": "Undetermined",
}

BOTH = "[Political-espionage,  Financial]"


def imported(tmp_path, *rows, drop=()):
    path = tmp_path / "cyber_events_2026-04-05.csv"
    pd.DataFrame(rows).drop(columns=list(drop)).to_csv(path, index=False)
    return import_source(SOURCE, path)


@pytest.mark.parametrize(
    ("actors", "motives", "expected"),
    [
        ([], [], (None, None)),
        (["Criminal"], ["Financial"], ("criminal", None)),
        (["Hobbyist"], ["Protest"], ("criminal", None)),
        (["Hacktivist"], ["Protest"], ("ideological", None)),
        (["Terrorist"], [], ("ideological", None)),
        (["Nation-State"], ["Political-Espionage"], ("state-sponsored", None)),
        (["nation state"], ["Sabotage", "Financial"], ("state-sponsored", "criminal")),
        (["Nation-State", "Criminal"], ["Financial"], (None, None)),
        (["Criminal", "Hobbyist"], [], ("criminal", None)),
        (["Undetermined"], [], ("undetermined", None)),
        (["Undetermined"], ["Undetermined"], ("undetermined", None)),
        (["Undetermined"], ["Financial"], ("criminal", None)),
        (["Undetermined"], ["Protest"], ("ideological", None)),
        (["Undetermined"], ["Political-espionage"], (None, None)),
        (["Undetermined"], ["Financial", "Protest"], (None, None)),
        (["Alien"], ["Financial"], (None, None)),
    ],
)
def test_motivation_is_that_of_the_actor(actors, motives, expected):
    assert motivation_of(actors, motives) == expected


def test_an_event_becomes_a_document(tmp_path):
    row = imported(tmp_path, EVENT).documents.iloc[0]
    assert (row["id"], row["date"], row["title"], row["actor"]) == ("cissm:e-1", "2021-03-09", "", None)
    assert (row["motivation"], row["impact"]) == ("criminal", ["economy"])
    assert row["impact_coded"] == ["national-security", "critical-infrastructure", "economy"]
    assert (row["source_motivation"], row["source_impact"]) == ("Criminal; Financial", EVENT["industry"])


@pytest.mark.parametrize(
    ("changes", "column", "value"),
    [
        (
            {"actor_type": " Nation-state", "motive": BOTH},
            "motivation_secondary",
            "criminal",
        ),
        (
            {"motive": BOTH},
            "source_motivation",
            "Criminal; Political-espionage; Financial",
        ),
        ({"actor_type": ""}, "motivation", None),
        ({"actor": "The Crumbs"}, "actor", "The Crumbs"),
        ({"industry_code": 92, "industry": ""}, "impact", ["national-security"]),
        ({"industry_code": "", "industry": "Utilities"}, "impact", ["critical-infrastructure"]),
        ({"industry_code": 51, "industry": "Information"}, "impact_coded", ["national-security", "economy"]),
        ({"industry_code": "", "industry": "Undetermined"}, "impact", None),
        ({"cust_data": 1}, "impact", ["economy", "privacy"]),
        ({"cust_data": "False", "industry_code": 61}, "impact", []),
        ({"cust_data": "True", "industry_code": "", "industry": ""}, "impact_coded", ["privacy"]),
        ({"cust_data": "perhaps"}, "impact", ["economy"]),
        ({"event_date": "3/9/2021"}, "date", "2021-03-09"),
        ({"event_date": ""}, "date", "2021-03"),
        ({"event_date": "", "month": ""}, "date", "2021"),
    ],
)
def test_cells_are_read(tmp_path, changes, column, value):
    assert imported(tmp_path, {**EVENT, **changes}).documents[column].tolist() == [value]


def test_the_older_layout_is_read(tmp_path):
    event = {"evtDate": "2015-01-02", **EVENT, "magnitude": "", "duration": "", "ip": 0, "org_data": 1, "cust_data": 0}
    row = imported(tmp_path, event, drop=["slug", "event_date", "year", "month"]).documents.iloc[0]
    assert (row["id"], row["date"], row["impact_coded"][-1]) == ("cissm:1", "2015-01-02", "privacy")


@pytest.mark.parametrize("column", ["actor_type", "motive", "description"])
def test_a_missing_column_is_an_error(tmp_path, column):
    with pytest.raises(CorpusError, match=f"no column '{column}'"):
        imported(tmp_path, EVENT, drop=[column])


def test_blank_and_ragged_rows_are_set_aside(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text(f"actor_type,motive,description\nCriminal,,{EVENT['description']}\nCriminal,,\nCriminal\n")
    got = import_source(SOURCE, path)
    assert sorted(got.rejects["place"]) == ["row 2", "row 3"]


def test_an_empty_file_is_an_error(tmp_path):
    (tmp_path / "events.csv").touch()
    with pytest.raises(ReportError, match="empty"):
        import_source(SOURCE, tmp_path / "events.csv")
