"""The frame of importers: cells, rows, finding a source, and what becomes of its records."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from cyberclass.corpora.documents import COLUMNS, read_corpus, write_corpus
from cyberclass.corpora.sources import source as sources
from cyberclass.corpora.sources.cells import date_of, items_of, read_rows, text_of
from cyberclass.corpora.sources.importing import import_source
from cyberclass.corpora.sources.sectors import find_sector, impact_of
from cyberclass.corpora.sources.source import OWN, Record, Reject, Source, find_source, source_names
from cyberclass.errors import CorpusError, ReportError

TEXT = "Burglars of the digital kind emptied the till of a bakery overnight."
OTHER = "A second bakery lost its till to the same burglars a week later."


def made(*records):
    return Source("made", "a made-up database", "Free.", 3, lambda path: iter(records))


@pytest.fixture
def anything(tmp_path):
    path = tmp_path / "anything"
    path.touch()
    return path


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", ""),
        (None, ""),
        (float("nan"), ""),
        (pd.NA, ""),
        (pd.NaT, ""),
        ("  N/A ", ""),
        ("Not available", ""),
        (" word ", "word"),
        (5.0, "5"),
        (5.5, "5.5"),
        (True, "True"),
        (date(2020, 5, 7), "2020-05-07"),
        (datetime(2020, 5, 7, 8, 9), "2020-05-07"),
        (pd.Timestamp("2020-05-07"), "2020-05-07"),
    ],
)
def test_a_cell_says_something_or_nothing(value, expected):
    assert text_of(value) == expected


def test_what_says_nothing_can_be_kept():
    assert text_of("None", keep={"none"}) == "None"
    assert items_of("['Not available', 'None']", keep={"not available"}) == ["Not available"]


@pytest.mark.parametrize(
    ("value", "separators", "expected"),
    [
        ("", ";", []),
        (None, ";", []),
        (pd.NA, ";", []),
        ("[]", ";", []),
        ("a; b;a", ";", ["a", "b"]),
        ("a,b; c", ",;", ["a", "b", "c"]),
        ("['a, b', '']", ",", ["a, b"]),
        ("[['a'], ['b', 'a']]", ";", ["a", "b"]),
        ('["a", "b"]', ";", ["a", "b"]),
        ("[a]", ",", ["a"]),
        ("['a', 'b'", ";", ["'a', 'b'"]),
        ("[" * 5000, ";", []),
        (["a", ["b", None]], ";", ["a", "b"]),
        (np.array(["a", "b"], dtype=object), ";", ["a", "b"]),
    ],
)
def test_a_list_is_read_however_it_is_written(value, separators, expected):
    assert items_of(value, separators) == expected


@pytest.mark.parametrize(
    ("value", "formats", "expected"),
    [
        ("", (), ""),
        ("2021", (), "2021"),
        ("2021-05", (), "2021-05"),
        ("2021-05-00", (), "2021-05"),
        ("2021-05-07T10:00:00Z", (), "2021-05-07"),
        ("2021-13-07", (), ""),
        ("07.05.2021", (), ""),
        ("07.05.2021", ("%d.%m.%Y",), "2021-05-07"),
        ("May 2021", ("%B %d, %Y", "%B %Y"), "2021-05"),
        ("31.02.2021", ("%d.%m.%Y",), ""),
        ("long ago", ("%d.%m.%Y",), ""),
        (datetime(2021, 5, 7), (), "2021-05-07"),
    ],
)
def test_a_date_is_as_exact_as_the_cell(value, formats, expected):
    assert date_of(value, *formats) == expected


def test_rows_come_by_names_of_columns(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("Event  Date,TEXT,text\n2020,first,second\n2021,ragged\n", encoding="utf-8-sig")
    rows = list(read_rows(path, ["text", "event_date"], "a table"))
    assert rows[0] == Reject("row 2", "2 cells where the header has 3")
    assert rows[1] == ("row 1", {"event_date": "2020", "text": "first"})


def test_columns_may_share_a_name(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("text,kind,kind\na,b,c\n")
    assert list(read_rows(path, ["kind"], "a table")) == [("row 1", {"text": "a", "kind": "b", "kind.1": "c"})]


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("title\nx\n", CorpusError, r"no column 'Text' among title; expected a table"),
        ("", ReportError, "empty file"),
        ("\n\n", ReportError, "empty file"),
    ],
)
def test_a_table_of_another_kind_is_no_table(tmp_path, content, error, message):
    path = tmp_path / "table.csv"
    path.write_text(content)
    with pytest.raises(error, match=message):
        list(read_rows(path, ["Text"], "a table"))


def test_documents_follow_the_schema(anything, tmp_path):
    record = Record(
        "row 1",
        f" {TEXT} ",
        title="Till",
        id="7",
        date="2020",
        motivation="criminal",
        impact=("economy",),
        impact_coded=("economy", "privacy"),
        source_motivation="Theft",
        actor="The Crumbs",
    )
    got = import_source(made(record), anything)
    assert tuple(got.documents.columns) == COLUMNS
    row = got.documents.iloc[0]
    assert (row["id"], row["incident"], row["source"], row["mapping"]) == ("made:7", "made:7", "made", "made 3")
    assert (row["text"], row["impact"], row["impact_coded"]) == (TEXT, ["economy"], ["economy", "privacy"])
    write_corpus(got.documents, tmp_path / "out.jsonl")
    pd.testing.assert_frame_equal(read_corpus(tmp_path / "out.jsonl"), got.documents)


def test_a_record_may_name_its_own_source(anything):
    got = import_source(made(Record("row 1", TEXT, id="7", source="ours")), anything)
    assert got.documents[["id", "source", "mapping"]].values.tolist() == [["ours:7", "ours", "made 3"]]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (Record("row 2", " \n"), "no text"),
        (Record("row 2", "Too short."), "text: found 2 words"),
        (Record("row 2", TEXT.upper()), "the text of row 1"),
        (Record("row 2", OTHER, id="1"), "the id of row 1"),
        (Record("row 2", OTHER, motivation="greed"), "motivation: found 'greed'"),
        (Record("row 2", OTHER, date="yesterday"), "date: found 'yesterday'"),
        (Record("row 2", OTHER, impact=("economy",), impact_coded=()), "impact: found 'economy'"),
        (Reject("row 2", "torn"), "torn"),
    ],
)
def test_what_is_no_document_is_set_aside_with_its_reason(anything, record, reason):
    got = import_source(made(Record("row 1", TEXT, id="1"), record), anything)
    assert len(got.documents) == 1
    assert got.rejects.iloc[0]["place"] == "row 2"
    assert got.rejects.iloc[0]["reason"].startswith(reason)


def test_the_account_says_what_became_of_every_word(anything):
    records = [
        Record("row 1", TEXT, motivation="criminal", source_motivation="Theft"),
        Record("row 2", OTHER, source_motivation="Whim", impact=(), impact_coded=("economy",), source_impact="Shop"),
    ]
    got = import_source(made(*records), anything)
    assert got.motivations.values.tolist() == [["Theft", "criminal", 1], ["Whim", "not-coded", 1]]
    assert got.impacts.values.tolist() == [["", "not-coded", 1], ["Shop", "none", 1]]


def test_a_database_without_a_document_is_an_error(anything, tmp_path):
    with pytest.raises(CorpusError, match="holds no record"):
        import_source(made(), anything)
    with pytest.raises(CorpusError, match="1 of 1 records were set aside for this reason: no text"):
        import_source(made(Record("row 1", "")), anything)
    with pytest.raises(CorpusError, match="no such file"):
        import_source(made(), tmp_path / "missing")


class Point:
    """An entry point of another package."""

    value = "other.package:SOURCE"

    def __init__(self, name, found):
        self.name, self.found = name, found

    def load(self):
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@pytest.fixture
def points(monkeypatch):
    offered = []

    def entry_points(group, name=None):
        assert group == "cyberclass.sources"
        return [point for point in offered if name in (None, point.name)]

    monkeypatch.setattr(sources, "entry_points", entry_points)
    return offered


def test_other_packages_offer_sources(points):
    theirs = made()
    points.append(Point("theirs", theirs))
    assert find_source("theirs") is theirs
    assert source_names() == [*OWN, "theirs"]


@pytest.mark.parametrize("found", [ImportError("no module"), AttributeError("no SOURCE"), "a string"])
def test_an_entry_point_that_is_no_source_is_an_error(points, found):
    points.append(Point("theirs", found))
    with pytest.raises(CorpusError, match=r"'theirs'.*other\.package:SOURCE"):
        find_source("theirs")


@pytest.mark.parametrize("name", ["", "nobody", "source"])
def test_an_unknown_source_is_an_error(points, name):
    with pytest.raises(CorpusError, match="expected one of eurepoc"):
        find_source(name)


@pytest.mark.parametrize("name", ["eurepoc", "cissm", "hackmageddon", "cfr", "csv"])
def test_own_sources_are_found(name):
    found = find_source(name)
    assert (found.name, found.mapping) == (name, f"{name} {found.version}")


@pytest.mark.parametrize(
    ("value", "impact", "unknown"),
    [
        ("22", ("critical-infrastructure",), ()),
        ("48-49", ("critical-infrastructure",), ()),
        ("511210", ("economy",), ("critical-infrastructure",)),
        ("517110", ("critical-infrastructure",), ()),
        ("Health Care and Social Assistance", ("critical-infrastructure",), ()),
        ("Other Services (except Public Administration)", (), ("economy",)),
        ("Public administration", ("national-security",), ("critical-infrastructure",)),
        ("O", ("national-security",), ("critical-infrastructure",)),
        ("O Public administration and defence", ("national-security",), ("critical-infrastructure",)),
        ("K Financial and insurance", ("critical-infrastructure", "economy"), ()),
        ("X Individual", (), ()),
        ("Individual", (), ()),
    ],
)
def test_a_sector_is_found_by_code_or_name(value, impact, unknown):
    sector = find_sector(value)
    assert (sector.impact, sector.unknown) == (impact, unknown)
    assert not {*impact} & {*unknown}


@pytest.mark.parametrize("value", ["", "99", "Unknown", "Z", "Y Multiple Industries", ">1", "o"])
def test_what_is_no_sector_codes_nothing(value):
    assert impact_of(find_sector(value)) == (None, None)


def test_a_needed_column_that_later_objects_lack_is_empty_there(tmp_path):
    path = tmp_path / "table.jsonl"
    path.write_text('{"text": "a", "kind": "b"}\n' + '{"text": "a"}\n' * 3000)
    assert list(read_rows(path, ["Text", "Kind"], "a table"))[-1] == ("row 3001", {"text": "a", "kind": None})


@pytest.mark.parametrize("cell", ["[{1, {2: 3}}]", "[{[]: 1}]", "[((((((1,", "[1 +"])
def test_a_cell_that_is_no_list_after_all_is_words(cell):
    assert items_of(cell) == [cell.strip("[]")]
