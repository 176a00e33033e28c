"""Tables of one's own: columns, words, dates and mappings."""

import json
from datetime import datetime

import pandas as pd
import pytest

from cyberclass.corpora.sources.csv import SOURCE, day_format, table_source
from cyberclass.corpora.sources.importing import import_source
from cyberclass.corpora.sources.mappings import TableMapping, mapping_of_pair, read_mapping
from cyberclass.errors import CorpusError, ReportError
from cyberclass.taxonomy import CODEBOOK, Taxonomy

TEXT = "The ovens of a bakery stood still while burglars asked for coins."
ANIMALS = Taxonomy(("cat", "dog"), ("field", "wood"))
COLUMNS = {"text": "Summary", "motivation": "Actor", "impact": "Sector"}
VALUES = {
    "motivation": {" apt ": "state-sponsored", "n/a": "undetermined", "Insider": ""},
    "impact": {"Shop, small": "economy", "Hospital": ["privacy", "public-safety"], "Home": "none"},
}


def written(path, *rows):
    frame = pd.DataFrame(rows)
    if path.suffix == ".xlsx":
        frame.to_excel(path, index=False)
    elif path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".json":
        path.write_text(json.dumps(rows))
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        frame.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ",")
    return path


def column(tmp_path, name, *rows, source=SOURCE, **keywords):
    return import_source(source, written(tmp_path / "ours.csv", *rows), **keywords).documents[name].tolist()


@pytest.mark.parametrize("name", ["ours.csv", "ours.tsv", "ours.xlsx", "ours.json", "ours.jsonl", "ours.parquet"])
def test_every_kind_of_table_is_read(tmp_path, name):
    row = {"Id": "7", "Title": "Ovens", "Text": TEXT, "Motivation": "Criminal", "Impact": "economy; Privacy"}
    found = import_source(SOURCE, written(tmp_path / name, row)).documents.iloc[0]
    assert (found["id"], found["source"], found["mapping"]) == ("ours:7", "ours", "csv 1")
    assert (found["title"], found["text"]) == ("Ovens", TEXT)
    assert (found["motivation"], found["impact"]) == ("criminal", ["economy", "privacy"])
    assert found["impact_coded"] == list(CODEBOOK.impacts)


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("", None),
        ("APT", "state-sponsored"),
        ("apt;Apt", "state-sponsored"),
        ("N/A", "undetermined"),
        ("insider", None),
        ("martian", None),
        ("Ideological", "ideological"),
        ("UNDETERMINED", "undetermined"),
        ("apt; criminal", None),
    ],
)
def test_words_become_motivations(tmp_path, word, label):
    row = {"Summary": TEXT, "Actor": word, "Sector": ""}
    assert column(tmp_path, "motivation", row, source=table_source(COLUMNS, VALUES)) == [label]


@pytest.mark.parametrize(
    ("cell", "impact"),
    [
        ("", None),
        ("shop, small", ["economy"]),
        ("HOSPITAL", ["privacy", "public-safety"]),
        ("Hospital|economy , democracy", ["economy", "democracy", "privacy", "public-safety"]),
        ("Home", []),
        ("none", []),
        ("Moon", None),
        ("economy; Moon", None),
    ],
)
def test_words_become_domains(tmp_path, cell, impact):
    row = {"Summary": TEXT, "Actor": "criminal", "Sector": cell}
    assert column(tmp_path, "impact", row, source=table_source(COLUMNS, VALUES)) == [impact]


def test_lists_of_json_are_read(tmp_path):
    row = {"text": TEXT, "impact": ["economy", "privacy"], "motivation": ["criminal"]}
    found = import_source(SOURCE, written(tmp_path / "ours.jsonl", row)).documents.iloc[0]
    assert (found["motivation"], found["impact"]) == ("criminal", ["economy", "privacy"])


def test_words_without_meaning_show_in_the_account(tmp_path):
    rows = [{"text": f"{TEXT} {number}", "motivation": "martian", "impact": "Moon"} for number in range(2)]
    got = import_source(SOURCE, written(tmp_path / "ours.csv", *rows))
    assert got.motivations.values.tolist() == [["martian", "not-coded", 2]]
    assert got.impacts.values.tolist() == [["Moon", "not-coded", 2]]


def test_blanks_can_have_a_meaning(tmp_path):
    source = table_source({}, {"motivation": {"": "undetermined"}, "impact": {"": "none"}})
    row = {"text": TEXT, "motivation": "", "impact": ""}
    found = import_source(source, written(tmp_path / "ours.csv", row)).documents.iloc[0]
    assert (found["motivation"], found["impact"]) == ("undetermined", [])


def test_a_table_may_code_some_domains(tmp_path):
    source = table_source({}, {}, impact_coded=("privacy", "economy"))
    row = {"text": TEXT, "motivation": "criminal", "impact": "economy, democracy"}
    found = import_source(source, written(tmp_path / "ours.csv", row)).documents.iloc[0]
    assert (found["impact"], found["impact_coded"]) == (["economy"], ["privacy", "economy"])


@pytest.mark.parametrize(
    ("cell", "expected"), [("", [True]), ("yes", [True]), ("FALSE", [False]), (1, [True]), ("drill", [False])]
)
def test_a_column_tells_incidents(tmp_path, cell, expected):
    source = table_source({}, {"is_incident": {"Drill": False}})
    row = {"text": TEXT, "is incident": cell, "motivation": "criminal", "impact": "economy"}
    got = import_source(source, written(tmp_path / "ours.xlsx", row))
    assert got.documents["is_incident"].tolist() == expected
    assert got.documents["motivation"].tolist() == ["criminal" if expected[0] else None]
    assert got.rejects.empty


def test_a_word_that_is_neither_true_nor_false_sets_a_row_aside(tmp_path):
    rows = [{"text": TEXT, "is_incident": "yes"}, {"text": TEXT + " Twice.", "is_incident": "perhaps"}]
    got = import_source(SOURCE, written(tmp_path / "ours.csv", *rows))
    assert got.rejects["place"].tolist() == ["row 2"]
    assert "'perhaps'; expected true or false" in got.rejects["reason"][0]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["2021-05-07", "2021-05", "2021"], ["2021-05-07", "2021-05", "2021"]),
        (["7.5.2021", "07.05.2021 10:30"], ["2021-05-07", "2021-05-07"]),
        (["07/05/2021", "25/12/2020"], ["2021-05-07", "2020-12-25"]),
        (["07/05/2021", "12/25/2020"], ["2021-07-05", "2020-12-25"]),
        (["07/05/2021", "06/06/2020"], ["2021", "2020-06-06"]),
        (["07/05/2021", "25/12/2020", "12/25/2020"], ["2021", "2020-12-25", "2020-12-25"]),
        (["7 May 2021", "May 7, 2021", "May 2021"], ["2021-05-07", "2021-05-07", "2021-05"]),
        (["2021-05-07 10:30", "2021/05/07"], ["2021-05-07", "2021-05-07"]),
        (["07/05/21", "soon", "", "40/40/2021"], [None, None, None, None]),
    ],
)
def test_dates_are_not_guessed(tmp_path, cells, expected):
    rows = [{"text": f"{TEXT} {place}", "date": cell} for place, cell in enumerate(cells)]
    assert column(tmp_path, "date", *rows) == expected


def test_dates_of_workbooks_are_dates(tmp_path):
    path = written(tmp_path / "ours.xlsx", {"text": TEXT, "date": datetime(2021, 5, 7)})
    assert import_source(SOURCE, path).documents["date"].tolist() == ["2021-05-07"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], None), ([""], None), (["1/2/2020"], None), (["13/2/2020"], "%d/%m/%Y"), (["2-13-2020"], "%m/%d/%Y")],
)
def test_a_column_shows_the_order_of_its_dates(values, expected):
    assert day_format(values) == expected


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ({"source": "desk"}, "source", "desk"),
        ({"source": "https://example.org/1"}, "source", "ours"),
        ({"genre": "News"}, "genre", "news"),
        ({"genre": "gossip"}, "genre", None),
        ({"actor": "The Crumbs"}, "actor", "The Crumbs"),
        ({"incident": "ovens-2021"}, "incident", "ours:ovens-2021"),
    ],
)
def test_other_columns_are_read(tmp_path, changes, name, value):
    assert column(tmp_path, name, {"text": TEXT, **changes}) == [value]


def test_labels_are_those_of_the_taxonomy(tmp_path):
    source = table_source({}, {"motivation": {"Tom": "CAT"}}, ANIMALS, "animals")
    row = {"text": TEXT, "motivation": "tom", "impact": "Wood"}
    found = import_source(source, written(tmp_path / "ours.csv", row), ANIMALS).documents.iloc[0]
    assert (found["motivation"], found["impact"], found["impact_coded"]) == ("cat", ["wood"], ["field", "wood"])
    assert found["mapping"] == "animals 1"


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"text": "Story"}, r"ours\.csv: found no column 'Story' among summary, actor; .*--text"),
        ({"text": "Summary", "is_incident": "Real"}, r"no column 'Real'.*--is-incident"),
        ({"motivation": "Actor", "title": "Summary"}, r"no column text, .* among summary, actor; .*--text"),
    ],
)
def test_a_column_that_is_not_there_is_an_error(tmp_path, columns, message):
    path = written(tmp_path / "ours.csv", {"Summary": TEXT, "Actor": "x"})
    with pytest.raises(CorpusError, match=message):
        import_source(table_source(columns, {}), path)


@pytest.mark.parametrize(
    ("columns", "values", "message"),
    [
        ({"colour": "Red"}, {}, "found the column 'colour'; expected one of text"),
        ({}, {"colour": {}}, "found meanings of 'colour'"),
        ({}, {"motivation": {"APT": "spy"}}, "label 'spy' for 'APT' of motivation; expected one of state-sponsored"),
        ({}, {"impact": {"Shop": "shops"}}, "label 'shops' for 'Shop' of impact"),
        ({}, {"impact": {"Shop": ["economy", "shops"]}}, "label 'shops'"),
        ({}, {"impact": {"Shop": 3}}, "found 3 for 'Shop'"),
        ({}, {"is_incident": {"x": "true"}}, "expected true or false"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_an_error(columns, values, message):
    with pytest.raises(CorpusError, match=message):
        table_source(columns, values)


def test_a_domain_that_is_not_coded_cannot_be_meant():
    with pytest.raises(CorpusError, match="'democracy' for 'Press' of impact; expected one of economy"):
        table_source({}, {"impact": {"Press": "democracy"}}, impact_coded=("economy",))


def test_a_mapping_is_read(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text(
        'impact_coded = ["economy", "privacy"]\n[columns]\ntext = "Summary"\n[motivation]\n"Two  Words" = "Criminal"\n'
        '[impact]\nShop = ["economy"]\nHome = "none"\nPark = []\n[is_incident]\nno = false\n',
        encoding="utf-8-sig",
    )
    assert read_mapping(path) == TableMapping(
        {"text": "Summary"},
        {
            "motivation": {"two words": "criminal"},
            "impact": {"shop": ["economy"], "home": [], "park": []},
            "is_incident": {"no": False},
        },
        ("economy", "privacy"),
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[motivation", "is no TOML"),
        ("[labels]", r"found 'labels'; expected the tables columns"),
        ("motivation = 'x'", "motivation is no table"),
        ("impact_coded = 'x'", "expected a list of domains"),
        ("impact_coded = ['x']", "label 'x' in impact_coded"),
        ("[motivation]\nAPT = 'spy'", "label 'spy' for 'APT'"),
        ("[columns]\ntext = 3", "expected the name of a column"),
        ("[columns]\nblurb = 'Summary'", "found the column 'blurb'"),
    ],
)
def test_a_faulty_mapping_is_an_error_that_names_its_file(tmp_path, content, message):
    path = tmp_path / "ours.toml"
    path.write_text(content)
    with pytest.raises(CorpusError, match=rf"ours\.toml: .*{message}"):
        read_mapping(path)


def test_an_empty_mapping_says_nothing(tmp_path):
    (tmp_path / "ours.toml").touch()
    assert read_mapping(tmp_path / "ours.toml").columns == {}
    with pytest.raises(CorpusError, match="cannot be read"):
        read_mapping(tmp_path / "missing.toml")


@pytest.mark.parametrize(
    ("pair", "values"),
    [
        ("APT=state-sponsored", {"motivation": {"apt": "state-sponsored"}}),
        ("a=b = Undetermined", {"motivation": {"a=b": "undetermined"}}),
        ("Insider=", {"motivation": {"insider": ""}}),
        ("Shop=Economy", {"impact": {"shop": ["economy"]}}),
        ("Home=none", {"impact": {"home": []}}),
    ],
)
def test_a_pair_is_a_mapping(pair, values):
    assert mapping_of_pair(pair).values == values


@pytest.mark.parametrize("pair", ["", "APT", "=criminal", "APT=spy"])
def test_what_is_no_pair_is_an_error(pair):
    with pytest.raises(CorpusError, match=f"found the mapping '{pair}'"):
        mapping_of_pair(pair)


def test_of_two_mappings_the_second_counts():
    first = TableMapping({"text": "A", "id": "B"}, {"motivation": {"x": "criminal", "y": "criminal"}}, ("economy",))
    both = first | TableMapping({"text": "C"}, {"motivation": {"x": "ideological"}})
    assert both.columns == {"text": "C", "id": "B"}
    assert both.values["motivation"] == {"x": "ideological", "y": "criminal"}
    assert both.impact_coded == ("economy",)


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("ours.csv", b"", ReportError),
        ("ours.csv", b"text\n", CorpusError),
        ("ours.jsonl", b"[1]\n2\n", CorpusError),
        ("ours.xlsx", b"no workbook", ReportError),
        ("ours.parquet", b"no parquet", ReportError),
    ],
)
def test_what_is_no_table_is_an_error(tmp_path, name, content, error):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match="ours"):
        import_source(SOURCE, tmp_path / name)
