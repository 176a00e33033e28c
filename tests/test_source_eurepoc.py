"""EuRepoC: both layouts, and the mapping."""

import csv
import os
from pathlib import Path

import pytest

from cyberclass.corpora.sources.eurepoc import SOURCE, impact_of, motivation_of
from cyberclass.corpora.sources.importing import import_source
from cyberclass.errors import CorpusError, ReportError

STATE, GROUP = "State", "Non-state-group"
PROXY = "Non-state actor, state-affiliation suggested"
INSTITUTIONS = "State institutions / political system"
COMPANY = "Corporate Targets (corporate targets only coded if the respective company is not part of the critical ...)"
ALL = ("national-security", "critical-infrastructure", "economy", "democracy")

FIRST = {
    "ID": "12",
    "name": "Harbour masters spied upon",
    "description": "Spies read the letters of harbour masters in Ruritania for two summers.",
    "start_date": "2019-04-01",
    "receiver_category": f"[['{INSTITUTIONS}'], ['Critical infrastructure']]",
    "receiver_category_subcode": "[['Government / ministries'], ['Transportation']]",
    "initiator_name": "['Grey Heron', 'Unknown']",
    "initiator_category": "['State', 'State']",
    "initiator_category_subcode": "",
}
SECOND = {
    "incident_id": "12",
    "name": "Harbour masters spied upon",
    "description": "Spies read the letters of harbour masters in Ruritania for two summers.",
    "start_date": "01.04.2019",
    "receiver_category": f"{INSTITUTIONS};Critical infrastructure",
    "receiver_subcategory": "Government / ministries;Transportation",
    "initiator_name": "Grey Heron;Not available",
    "initiator_category": "State;State",
    "initiator_subcategory": "Not available;Not available",
}


def written(path, *rows, header=None):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header or rows[0])
        writer.writerows(row.values() for row in rows)
    return path


@pytest.mark.parametrize("row", [FIRST, SECOND], ids=["1.1", "1.3"])
def test_both_layouts_give_one_document(tmp_path, row):
    got = import_source(SOURCE, written(tmp_path / "table.csv", row))
    found = got.documents.iloc[0].to_dict()
    expected = {
        "id": "eurepoc:12",
        "date": "2019-04-01",
        "title": row["name"],
        "text": row["description"],
        "motivation": "state-sponsored",
        "impact": ["national-security", "critical-infrastructure"],
        "impact_coded": list(ALL),
        "actor": "Grey Heron",
        "source_motivation": "State",
        "source_impact": f"{INSTITUTIONS}; Critical infrastructure; Government / ministries; Transportation",
        "genre": "database",
    }
    assert {key: found[key] for key in expected} == expected


def test_version_1_3_names_two_columns_twice(tmp_path):
    path = written(tmp_path / "table.csv", {**SECOND, "again": "State;State"}, header=[*SECOND, "initiator_category"])
    assert import_source(SOURCE, path).documents["motivation"].tolist() == ["state-sponsored"]


@pytest.mark.parametrize(
    ("categories", "kinds", "expected"),
    [
        ([], [], None),
        ([STATE], [], "state-sponsored"),
        ([PROXY], ["Non-state-group, state-affiliation suggested (...)"], "state-sponsored"),
        ([PROXY, STATE], [], "state-sponsored"),
        ([GROUP], ["Criminal(s)"], "criminal"),
        ([GROUP], ["Hacktivist(s)"], "ideological"),
        ([GROUP], ["Religious actors", "Ethnic actors", "Terrorist(s)"], "ideological"),
        ([GROUP], ["Criminal(s)", "Hacktivist(s)"], None),
        ([GROUP], ["Private technology companies / hacking for hire groups"], None),
        ([GROUP], [], None),
        ([STATE, GROUP], ["Criminal(s)"], None),
        ([STATE, GROUP], [], None),
        (["Individual hacker(s)"], [], None),
        ([GROUP, "Individual hacker(s)"], ["Criminal(s)"], None),
        (["Unknown - not attributed"], [], "undetermined"),
        (["Not available"], [], "undetermined"),
        (["Not attributed", "Unknown"], [], "undetermined"),
        (["Unknown", STATE], [], None),
    ],
)
def test_motivation_is_that_of_all_initiators(categories, kinds, expected):
    assert motivation_of(categories, kinds) == expected


@pytest.mark.parametrize(
    ("categories", "kinds", "impact", "coded"),
    [
        ([], [], None, None),
        (["Unknown"], [], None, None),
        (["Not available"], [], None, None),
        ([INSTITUTIONS], ["Military"], ("national-security",), ALL),
        ([INSTITUTIONS], ["Legislative"], ("democracy",), ALL),
        ([INSTITUTIONS], ["Police"], (), ALL[1:]),
        ([INSTITUTIONS], ["Judiciary"], ("democracy",), ALL),
        (["Social groups"], ["Terrorist"], (), ALL[:3]),
        ([INSTITUTIONS], [], (), ("critical-infrastructure", "economy")),
        ([INSTITUTIONS, "Media"], [], ("democracy",), ("critical-infrastructure", "economy", "democracy")),
        (["Critical infrastructure"], ["Finance"], ("critical-infrastructure", "economy"), ALL),
        (["Critical infrastructure"], ["Defence industry"], ("national-security",), ALL),
        (["Critical infrastructure"], ["Defence industry", "Energy"], ALL[:2], ALL),
        (["Critical infrastructure"], [], ("critical-infrastructure",), ALL),
        ([COMPANY], [], ("economy",), ALL),
        (["Social groups"], ["Political opposition / dissidents / expats"], ("democracy",), ALL),
        (["Science"], [], (), ALL),
        (["Unknown", COMPANY], [], ("economy",), ("economy",)),
    ],
)
def test_impact_is_that_of_receivers_who_are_known(categories, kinds, impact, coded):
    assert impact_of(categories, kinds) == (impact, coded)


@pytest.mark.parametrize(
    ("changes", "motivation"),
    [
        ({"initiator_category": "['Not available']"}, "undetermined"),
        ({"initiator_category": ""}, None),
        ({"initiator_category": "['State'"}, None),
        ({"initiator_category": "State"}, "state-sponsored"),
        ({"initiator_category_subcode": "['Criminal(s)', '']", "initiator_category": f"['{GROUP}']"}, "criminal"),
    ],
)
def test_cells_of_the_first_layout(tmp_path, changes, motivation):
    found = import_source(SOURCE, written(tmp_path / "table.csv", {**FIRST, **changes})).documents
    assert found["motivation"].tolist() == [motivation]


def test_rows_without_enough_text_are_set_aside(tmp_path):
    rows = [FIRST, {**FIRST, "ID": "13", "description": ""}, {**FIRST, "ID": "14", "description": "Spies came."}]
    got = import_source(SOURCE, written(tmp_path / "table.csv", *rows))
    assert got.documents["id"].tolist() == ["eurepoc:12"]
    assert got.rejects["place"].tolist() == ["row 2", "row 3"]


@pytest.mark.parametrize("column", ["description", "initiator_category", "ID"])
def test_a_missing_column_is_an_error(tmp_path, column):
    row = {key: value for key, value in FIRST.items() if key != column}
    with pytest.raises(CorpusError, match=f"{column}.*expected EuRepoC"):
        import_source(SOURCE, written(tmp_path / "table.csv", row))


@pytest.mark.parametrize(("content", "error"), [(b"", ReportError), (b"\x89PNG\r\n\x1a\n\0\0", CorpusError)])
def test_another_file_is_an_error(tmp_path, content, error):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(error):
        import_source(SOURCE, path)


@pytest.mark.skipif("CYBERCLASS_EUREPOC" not in os.environ, reason="CYBERCLASS_EUREPOC names no file of EuRepoC")
def test_the_real_file_is_read():
    got = import_source(SOURCE, Path(os.environ["CYBERCLASS_EUREPOC"]))
    labels = got.documents["motivation"].value_counts()
    assert {*labels.index} == {"state-sponsored", "criminal", "ideological", "undetermined"}
    assert len(got.documents) > 0.9 * (len(got.documents) + len(got.rejects))
    # A word that is new to the mapping would leave its rows without a label.
    known = ("Individual hacker(s)", "Private technology companies", "State", PROXY, GROUP)
    unlabelled = got.motivations.query("label == 'not-coded'")["raw"]
    assert [raw for raw in unlabelled if raw and not any(word in raw for word in known)] == []
    assert got.documents["date"].notna().mean() > 0.9
