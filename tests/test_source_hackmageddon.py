"""Hackmageddon: tables and workbooks, both spellings of its labels, and the mapping."""

from datetime import datetime

import pandas as pd
import pytest

from cyberclass.corpora.sources.hackmageddon import SOURCE, motivation_of
from cyberclass.corpora.sources.importing import import_source
from cyberclass.errors import CorpusError, ReportError

ATTACK = {
    "Date Reported": "16/02/2023",
    "Date Occurred": "07/02/2023",
    "Date Discovered": "-",
    "Author": "?",
    "Target": "Lighthouse Bakery",
    "Description": "The ovens of a bakery stood still while burglars asked for coins.",
    "Attack": "Malware",
    "Target Class": "I Accommodation and food service activities",
    "Attack Class": "CC",
    "Country": "RU",
    "Link": "https://example.org",
    "Tags": "Bakery",
}


def imported(tmp_path, *rows, name="timeline.csv", drop=()):
    path = tmp_path / name
    frame = pd.DataFrame(rows).drop(columns=list(drop))
    (frame.to_excel if path.suffix == ".xlsx" else frame.to_csv)(path, index=False)
    return import_source(SOURCE, path)


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ([], None),
        (["CC"], "criminal"),
        (["Cyber Crime"], "criminal"),
        (["cyber-crime"], "criminal"),
        (["CE"], "state-sponsored"),
        (["Cyber Espionage"], "state-sponsored"),
        (["CW"], "state-sponsored"),
        (["Cyber Warfare"], "state-sponsored"),
        (["H"], "ideological"),
        (["Hacktivism"], "ideological"),
        (["CE", "CW"], "state-sponsored"),
        (["CC", "CE"], None),
        (["CC", "mystery"], None),
        (["Unknown"], "undetermined"),
        (["?"], "undetermined"),
        ([">1"], None),
        (["N/A"], None),
    ],
)
def test_motivation_is_that_of_all_classes(classes, expected):
    assert motivation_of(classes) == expected


@pytest.mark.parametrize("name", ["timeline.csv", "timeline.xlsx"])
def test_an_attack_becomes_a_document(tmp_path, name):
    row = imported(tmp_path, ATTACK, name=name).documents.iloc[0]
    assert (row["text"], row["title"], row["date"], row["actor"]) == (ATTACK["Description"], "", "2023-02-07", None)
    assert (row["motivation"], row["impact"]) == ("criminal", ["economy"])
    assert row["impact_coded"] == ["national-security", "critical-infrastructure", "economy"]
    assert (row["source_motivation"], row["source_impact"]) == ("CC", ATTACK["Target Class"])


@pytest.mark.parametrize(
    ("changes", "column", "value"),
    [
        ({"Attack Class": "CC/CE"}, "source_motivation", "CC; CE"),
        ({"Attack Class": "N/A"}, "source_motivation", "N/A"),
        ({"Attack Class": ""}, "motivation", None),
        ({"Target Class": "Public admin and defence, social security"}, "impact", ["national-security"]),
        ({"Target Class": "Q"}, "impact", ["critical-infrastructure"]),
        ({"Target Class": "Y Multiple Industries"}, "impact", None),
        ({"Target Class": ">1"}, "impact", None),
        ({"Target Class": ""}, "impact_coded", None),
        ({"Date Occurred": "Since early 2023"}, "date", "2023-02-16"),
        ({"Date Occurred": "", "Date Reported": "16/02/23"}, "date", "2023-02-16"),
        ({"Date Occurred": "", "Date Reported": "soon"}, "date", None),
        ({"Author": "The Crumbs"}, "actor", "The Crumbs"),
    ],
)
def test_cells_are_read(tmp_path, changes, column, value):
    assert imported(tmp_path, {**ATTACK, **changes}).documents[column].tolist() == [value]


def test_dates_of_workbooks_are_read(tmp_path):
    attack = {**ATTACK, "Date Occurred": datetime(2023, 2, 3)}
    assert imported(tmp_path, attack, name="timeline.xlsx").documents["date"].tolist() == ["2023-02-03"]


@pytest.mark.parametrize("column", ["Description", "Target Class", "Attack Class"])
def test_a_missing_column_is_an_error(tmp_path, column):
    with pytest.raises(CorpusError, match=f"no column '{column}'"):
        imported(tmp_path, ATTACK, drop=[column])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no workbook"])
def test_a_damaged_workbook_is_an_error(tmp_path, content):
    (tmp_path / "timeline.xlsx").write_bytes(content)
    with pytest.raises(ReportError):
        import_source(SOURCE, tmp_path / "timeline.xlsx")
