"""The CFR tracker: its table and the mapping."""

import pandas as pd
import pytest

from cyberclass.corpora.sources.cfr import SOURCE, impact_of
from cyberclass.corpora.sources.importing import import_source
from cyberclass.errors import CorpusError, ReportError

OPERATION = {
    "Title": "Grey Heron",
    "Date": "2019-04-01",
    "Affiliations": "Also known as Ash Heron",
    "Description": "Spies read the letters of harbour masters in Ruritania for two summers.",
    "Response": "",
    "Victims": "Harbour office",
    "Sponsor": "Graustark",
    "Type": "Espionage",
    "Category": "Government, Private sector",
    "Sources_1": "https://example.org",
    "Sources_2": "",
    "Sources_3": "",
}
CODED = ("national-security", "economy", "democracy")


def imported(tmp_path, *rows, drop=(), encoding="utf-8"):
    path = tmp_path / "cyber-operations-incidents.csv"
    pd.DataFrame(rows).drop(columns=list(drop)).to_csv(path, index=False, encoding=encoding)
    return import_source(SOURCE, path)


@pytest.mark.parametrize(
    ("categories", "impact", "coded"),
    [
        ([], None, None),
        (["Government"], ("national-security",), CODED),
        (["military", "Government"], ("national-security",), CODED),
        (["Private  sector"], ("economy",), CODED),
        (["Civil society"], ("democracy",), CODED),
        (["Civil society", "Private sector"], ("economy", "democracy"), CODED),
        (["Civil society", "Moon"], ("democracy",), ("democracy",)),
        (["Moon"], None, None),
    ],
)
def test_impact_is_that_of_the_victims(categories, impact, coded):
    assert impact_of(categories) == (impact, coded)


def test_an_operation_becomes_a_document(tmp_path):
    row = imported(tmp_path, OPERATION).documents.iloc[0]
    assert (row["title"], row["text"], row["date"]) == ("Grey Heron", OPERATION["Description"], "2019-04-01")
    assert (row["motivation"], row["motivation_secondary"]) == ("state-sponsored", None)
    assert (row["impact"], row["impact_coded"]) == (["national-security", "economy"], list(CODED))
    assert (row["source_motivation"], row["source_impact"]) == ("Espionage", "Government; Private sector")
    assert row["actor"] == "Also known as Ash Heron"


@pytest.mark.parametrize(
    ("changes", "column", "value"),
    [
        ({"Sponsor": ""}, "motivation", "state-sponsored"),
        ({"Type": "", "Sponsor": ""}, "motivation", "state-sponsored"),
        ({"Type": "Financial Theft"}, "motivation_secondary", "criminal"),
        ({"Type": "Espionage, Doxing"}, "source_motivation", "Espionage; Doxing"),
        ({"Date": "4/1/2019"}, "date", "2019-04-01"),
        ({"Date": "April 2019"}, "date", "2019-04"),
        ({"Date": ""}, "date", None),
    ],
)
def test_cells_are_read(tmp_path, changes, column, value):
    assert imported(tmp_path, {**OPERATION, **changes}).documents[column].tolist() == [value]


def test_another_encoding_is_read(tmp_path):
    operation = {**OPERATION, "Title": "Opération Héron", "Description": OPERATION["Description"] + " Voilà l'été."}
    assert imported(tmp_path, operation, encoding="cp1252").documents["title"].tolist() == ["Opération Héron"]


@pytest.mark.parametrize("column", ["Title", "Description", "Sponsor", "Type", "Category"])
def test_a_missing_column_is_an_error(tmp_path, column):
    with pytest.raises(CorpusError, match=f"no column '{column}'"):
        imported(tmp_path, OPERATION, drop=[column])


def test_an_empty_file_is_an_error(tmp_path):
    (tmp_path / "cfr.csv").touch()
    with pytest.raises(ReportError, match="empty"):
        import_source(SOURCE, tmp_path / "cfr.csv")
