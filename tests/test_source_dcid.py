"""DCID: incidents between states, coded in numbers; few have a text."""

import csv

import pandas as pd
import pytest

from cyberclass.corpora.sources.importing import import_source
from cyberclass.corpora.sources.source import Record, Reject, find_source
from cyberclass.errors import CorpusError, CyberclassError

SOURCE = find_source("dcid")
TEXT = "A made-up ministry found that its mail had been read from abroad for two years."
ROW = {
    "Cyberincidentnum": "12",
    "Dyadpair": "2365",
    "StateA": "US",
    "StateB": "Russia",
    "Name": "Ministry mail",
    "interactionstartdate": "3/15/2014",
    "interactionenddate": "4/1/2016",
    "method": "3",
    "targettype": "2",
    "initiator": "365",
    "cyber_objective": "3",
    "objective_achievement": "1",
    "severity": "4",
    "damage type": "2",
    "Crit Inf": "11",
    "Political Objective": "1",
}


def write(path, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(column for row in rows for column in row)), restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(path):
    return list(SOURCE.read(path))


def test_a_row_with_a_text_is_read_whole(tmp_path):
    assert read(write(tmp_path / "d.csv", {**ROW, "Narrative": TEXT})) == [
        Record(
            place="row 1",
            text=TEXT,
            title="Ministry mail",
            id="12",
            date="2014-03-15",
            motivation="state-sponsored",
            impact=("national-security",),
            impact_coded=("national-security", "critical-infrastructure"),
            source_motivation="initiator 365",
            source_impact="targettype 2; Crit Inf 11",
        )
    ]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Ministry mail", "no text: DCID codes this incident in numbers alone"),
        ("", "no text: DCID codes this incident in numbers alone"),
        ("No Cyber", "no incident: DCID's row for a time without one"),
    ],
)
def test_nothing_is_composed_out_of_codes(tmp_path, name, reason):
    assert read(write(tmp_path / "d.csv", {**ROW, "Name": name})) == [Reject("row 1", reason)]


def test_the_release_as_it_is_has_no_document_and_says_why(tmp_path):
    with pytest.raises(CorpusError, match="no text: DCID codes this incident in numbers alone"):
        import_source(SOURCE, write(tmp_path / "d.csv", ROW))


def test_a_name_as_long_as_a_text_is_one(tmp_path):
    (record,) = read(write(tmp_path / "d.csv", {**ROW, "Name": TEXT}))
    assert (record.text, record.title) == (TEXT, "")


@pytest.mark.parametrize(
    ("target", "sector", "impact"),
    [
        ("2", "", ("national-security",)),
        ("3", "6", ("national-security",)),
        ("3.0", "6.0", ("national-security",)),
        ("1", "8", ("critical-infrastructure",)),
        ("1", "9", ("critical-infrastructure",)),
        ("2", "16", ("national-security", "critical-infrastructure")),
        ("1", "1", ()),
        ("1", "13", ()),
        ("1", "17", ()),
        ("1", "6", ("national-security",)),
        ("1", "", None),
        ("1", "99", None),
        ("1", "-8", None),
        ("1", "²", None),
        ("", "", None),
        ("?", "?", None),
    ],
)
def test_target_and_sector_tell_the_impact(tmp_path, target, sector, impact):
    (record,) = read(write(tmp_path / "d.csv", {**ROW, "targettype": target, "Crit Inf": sector, "Description": TEXT}))
    assert record.impact == impact
    assert (record.impact_coded is None) is (impact is None)


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2014-03-15 00:00:00", "2014-03-15"),
        ("15.03.14", "2014-03-15"),
        ("15.3.2014", "2014-03-15"),
        ("n", ""),
        ("", ""),
    ],
)
def test_dates_of_every_release_are_read(tmp_path, written, date):
    (record,) = read(write(tmp_path / "d.csv", {**ROW, "interactionstartdate": written, "Summary": TEXT}))
    assert record.date == date


def test_the_workbook_is_read_with_its_dates_and_numbers(tmp_path):
    row = {
        **ROW,
        "Cyberincidentnum": 12,
        "interactionstartdate": pd.Timestamp("2014-03-15"),
        "targettype": 1.0,
        "Crit Inf": 8,
        "Description": TEXT,
    }
    pd.DataFrame([row]).to_excel(tmp_path / "DCID_2.0.xlsx", index=False)
    (record,) = read(tmp_path / "DCID_2.0.xlsx")
    assert (record.id, record.date, record.impact) == ("12", "2014-03-15", ("critical-infrastructure",))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "found an empty file"),
        ("a,b\n1,2\n", "found no column 'Cyberincidentnum'"),
    ],
)
def test_something_else_is_refused(tmp_path, content, reason):
    (tmp_path / "d.csv").write_text(content, encoding="utf-8")
    with pytest.raises(CyberclassError, match=reason):
        read(tmp_path / "d.csv")
