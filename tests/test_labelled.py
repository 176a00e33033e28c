"""Labelled tables of any kind: every label comes through, or one sentence says which does not."""

import json

import pandas as pd
import pytest
from openpyxl import Workbook

from cyberclass.corpora.documents import COLUMNS
from cyberclass.corpora.labelled import read_labelled
from cyberclass.errors import CorpusError, ReportError
from cyberclass.taxonomy import CODEBOOK, UNDETERMINED

IMPACTS = CODEBOOK.impacts

HEADER = ("id", "text", "is_incident", "motivation", "impact", "incident", "date", "source", "genre", "basis")
ROWS = [
    (
        "a",
        "A gang froze the files of a hat shop in Klow.",
        "true",
        "criminal",
        "economy;privacy",
        "hat",
        "2019-03",
        "klow",
        "news",
        "factual",
    ),
    (
        "b",
        "Spies read the mail of the ministry for years.",
        "true",
        "state-sponsored",
        "national-security",
        "mail",
        "2020-05-01",
        "klow",
        "brief",
        "composite",
    ),
    ("c", "Nobody knows who did it or why they did.", "true", UNDETERMINED, "none", "riddle", "2021", "other", "", ""),
    ("d", "The orchestra played Mahler on Sunday in the park.", "false", "", "", "", "", "", "", ""),
    ("e", "An account of an attack that is not coded.", "", "", "", "", "", "", "", ""),
]
LABELS = {
    "a": (True, "criminal", ["economy", "privacy"]),
    "b": (True, "state-sponsored", ["national-security"]),
    "c": (True, UNDETERMINED, []),
    "d": (False, None, []),
    "e": (True, None, None),
}


def write(path, rows=ROWS, header=HEADER):
    """Write a table of the kind that its name says."""
    records = [dict(zip(header, row, strict=True)) for row in rows]
    match path.suffix:
        case ".csv" | ".tsv":
            pd.DataFrame(records, columns=list(header)).to_csv(
                path, index=False, sep="," if path.suffix == ".csv" else "\t"
            )
        case ".json":
            path.write_text(json.dumps([{key: value or None for key, value in record.items()} for record in records]))
        case ".jsonl":
            path.write_text("".join(f"{json.dumps(document)}\n" for document in map(as_codebook, records)))
        case ".xlsx":
            book = Workbook()
            for row in (header, *rows):
                book.active.append([{"true": True, "false": False}.get(cell, cell or None) for cell in row])
            book.save(path)
        case ".parquet":
            frame = pd.DataFrame(records, columns=list(header)).replace("", None)
            frame["is_incident"] = frame["is_incident"].map({"true": True, "false": False}).astype("boolean")
            frame.to_parquet(path)
    return path


def as_codebook(record):
    """A document as docs/codebook.md has it: null is undetermined, a field left out is not coded."""
    is_incident = record["is_incident"] != "false"
    document = {
        key: value for key, value in record.items() if value and key not in ("is_incident", "motivation", "impact")
    }
    document["is_incident"] = is_incident
    if is_incident and record["motivation"]:
        document["motivation"] = None if record["motivation"] == UNDETERMINED else record["motivation"]
    if is_incident and record["impact"]:
        document["impact"] = [domain for domain in record["impact"].split(";") if domain != "none"]
    return document


def put(path, content):
    path.write_text(content, encoding="utf-8")
    return path


def labels_of(frame):
    return {row["id"]: (row["is_incident"], row["motivation"], row["impact"]) for row in frame.to_dict("records")}


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".json", ".jsonl", ".xlsx", ".parquet"])
def test_labels_come_through_every_kind_of_table(ending, tmp_path):
    frame = read_labelled([write(tmp_path / f"table{ending}")])
    assert tuple(frame.columns) == COLUMNS
    assert frame["is_incident"].dtype == bool
    assert labels_of(frame) == LABELS
    known = frame.set_index("id").loc[["a", "b", "c"]]
    assert known["incident"].tolist() == ["hat", "mail", "riddle"]
    assert known["date"].str[:4].tolist() == ["2019", "2020", "2021"]
    assert known["source"].tolist() == ["klow", "klow", "other"]
    assert known["genre"].tolist() == ["news", "brief", None]
    assert known["basis"].tolist() == ["factual", "composite", None]
    assert frame["source"].tolist()[3:] == ["table", "table"]
    assert frame["date"].tolist()[3:] == [None, None]
    assert frame["incident"].nunique() == 5
    assert frame["text"].tolist() == [row[1] for row in ROWS]


def test_a_folder_and_tables_are_read_together(tmp_path):
    (tmp_path / "corpus").mkdir()
    write(tmp_path / "corpus" / "one.jsonl", ROWS[:2])
    table = write(tmp_path / "two.csv", ROWS[2:])
    assert labels_of(read_labelled([tmp_path / "corpus", table])) == LABELS


def test_a_title_stays_a_title(tmp_path):
    path = put(tmp_path / "a.csv", "Title,Text,Motivation\nHeadline,It was a gang.,criminal\n")
    (document,) = read_labelled([path]).to_dict("records")
    assert (document["title"], document["text"]) == ("Headline", "It was a gang.")
    assert document["motivation"] == "criminal"


@pytest.mark.parametrize(
    ("spelling", "is_incident"),
    [
        ("", True),
        ("true", True),
        ("TRUE", True),
        (" Yes ", True),
        ("1", True),
        ("1.0", True),
        ("false", False),
        ("False", False),
        ("no", False),
        ("0", False),
        ("0.0", False),
    ],
)
def test_spellings_of_incident_or_not(spelling, is_incident, tmp_path):
    labels = "criminal,economy" if is_incident else ",none"
    path = put(tmp_path / "a.csv", f"text,is_incident,motivation,impact\nwords here,{spelling},{labels}\n")
    expected = (True, "criminal", ["economy"]) if is_incident else (False, None, [])
    assert labels_of(read_labelled([path])) == {"1": expected}


@pytest.mark.parametrize(
    ("cell", "impact"),
    [
        ("", None),
        (" ", None),
        (";", None),
        ("none", []),
        ("economy", ["economy"]),
        ("privacy; economy", ["economy", "privacy"]),
        (";economy;", ["economy"]),
        ("economy;economy", ["economy"]),
        (";".join(IMPACTS[::-1]), list(IMPACTS)),
    ],
)
def test_none_is_no_domain_and_nothing_is_not_coded(cell, impact, tmp_path):
    path = put(tmp_path / "a.csv", f"text,impact\nwords here,{cell}\n")
    assert labels_of(read_labelled([path])) == {"1": (True, None, impact)}


@pytest.mark.parametrize(
    ("date", "kept"),
    [
        ("", None),
        ("2020", "2020"),
        ("2020-05", "2020-05"),
        ("2020-05-03", "2020-05-03"),
        ("2020-05-03T10:00:00Z", "2020-05-03"),
        ("2020-05-03 10:00", "2020-05-03"),
    ],
)
def test_a_date_is_a_day_a_month_or_a_year(date, kept, tmp_path):
    path = put(tmp_path / "a.csv", f"text,motivation,date\nwords here,criminal,{date}\n")
    assert read_labelled([path])["date"].tolist() == [kept]


@pytest.mark.parametrize(
    ("content", "error", "sentence"),
    [
        ("", ReportError, "found an empty file"),
        ("text,motivation\n", CorpusError, "found no labelled report; expected one a row."),
        ("text,motivation\n,criminal\n", CorpusError, "row 1: found no text; expected a labelled text, or no such row"),
        ("text,label\nwords,criminal\n", CorpusError, "found no column of labels among 'text', 'label'; expected"),
        ("words,motivation\nwords,criminal\n", CorpusError, "found no column of text among 'words', 'motivation'"),
        ("text,motivation\nwords,sports\n", CorpusError, "row 1, column 'motivation': found 'sports'; expected one of"),
        ("text,motivation\nwords,Criminal\n", CorpusError, ", row 1, column 'motivation': found 'Criminal'"),
        ("text,motivation\na b,criminal\na b,unknown\n", CorpusError, ", row 2, column 'motivation': found 'unknown'"),
        ("text,impact\nwords,economy;fame\n", CorpusError, "row 1, column 'impact': found 'fame'; expected domains"),
        ('text,impact\nwords,"economy,privacy"\n', CorpusError, "column 'impact': found 'economy,privacy'"),
        ("text,is_incident\nwords,maybe\n", CorpusError, "row 1, column 'is_incident': found 'maybe'; expected"),
        ("text,motivation\nwords,criminal\n?!,criminal\n", CorpusError, ", row 2: found no text; expected"),
        ("text,motivation,date\nwords,criminal,May 2020\n", CorpusError, "column 'date': found 'May 2020'; expected"),
        ("text,motivation,date\nwords,criminal,2020-13-45\n", CorpusError, "column 'date': found '2020-13-45'"),
        ("text,motivation,is_incident\nwords,criminal,no\n", CorpusError, "found 'criminal'; expected nothing, as"),
        ("text,impact\nwords,none;privacy\n", CorpusError, "column 'impact': found 'none' beside 'privacy'"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_used_is_one_sentence(content, error, sentence, tmp_path):
    path = put(tmp_path / "a.csv", content)
    with pytest.raises(error) as raised:
        read_labelled([path])
    assert str(raised.value).startswith(str(path))
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_missing_is_an_error(tmp_path):
    with pytest.raises(CorpusError, match=r"none\.csv: found no such file or folder"):
        read_labelled([tmp_path / "none.csv"])


def test_a_fault_in_json_lines_is_one_of_the_codebook(tmp_path):
    path = put(tmp_path / "a.jsonl", '{"id": "a", "text": "a b c d e f g h", "is_incident": true, "motivation": "x"}\n')
    with pytest.raises(CorpusError, match="motivation"):
        read_labelled([path])


def test_ids_that_several_tables_share_are_told_apart(tmp_path):
    one = put(tmp_path / "one.csv", "text,motivation\nfirst words,criminal\nsecond words,criminal\n")
    two = put(tmp_path / "two.csv", "text,motivation\nthird words,ideological\n")
    frame = read_labelled([one, two])
    assert frame["id"].tolist() == ["one:1", "2", "two:1"]
    assert frame["incident"].nunique() == 3


def test_an_incident_without_a_name_is_named_by_its_words_and_not_by_its_row(tmp_path):
    rows = ["first words,criminal", "second words,criminal", "First  Words,criminal"]
    one, two = (
        put(tmp_path / name, "\n".join(["text,motivation", *order, ""]))
        for name, order in (("one.csv", rows), ("two.csv", rows[::-1]))
    )
    frame = read_labelled([one])
    assert frame["incident"].tolist() == read_labelled([two])["incident"].tolist()[::-1]
    assert frame["incident"].nunique() == 2


def test_tables_of_one_name_in_two_folders_share_no_id_and_no_incident(tmp_path):
    for name, text in (("one", "first words"), ("two", "second words")):
        (tmp_path / name).mkdir()
        put(tmp_path / name / "reports.csv", f"text,motivation\n{text},criminal\n")
    frame = read_labelled([tmp_path / "one" / "reports.csv", tmp_path / "two" / "reports.csv"])
    assert frame["id"].nunique() == 2
    assert frame["incident"].nunique() == 2


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", "a"], ["t:a:0", "t:a:1"]),
        (["a", "a", "b"], ["t:a:0", "t:a:1", "b"]),
        (["", ""], ["1", "2"]),
        (["2", ""], ["t:2:0", "t:2:1"]),
    ],
)
def test_ids_that_one_table_repeats_are_told_apart(ids, expected, tmp_path):
    rows = "".join(f"{id_},words {number},criminal\n" for number, id_ in enumerate(ids))
    frame = read_labelled([put(tmp_path / "t.csv", f"id,text,motivation\n{rows}")])
    assert frame["id"].tolist() == expected
