import itertools
import json
import random
import re
from pathlib import Path

import pandas as pd
import pytest

from cyberclass.corpora.documents import COLUMNS, corpus_hash, read_corpus, texts_of
from cyberclass.corpora.faults import Fault
from cyberclass.corpora.lines import read_rows
from cyberclass.corpora.statistics import corpus_stats
from cyberclass.errors import CorpusError
from cyberclass.taxonomy import CODEBOOK
from cyberclass.text.report import join_title

IMPACTS = CODEBOOK.impacts

CORPUS = Path(__file__).parents[1] / "corpus"

DOCUMENT = {
    "id": "a-1",
    "incident": "harbour-2021",
    "date": "2021-05-07",
    "title": "Harbour closed",
    "text": "Cranes stood still on Friday after files were encrypted.",
    "is_incident": True,
    "motivation": "criminal",
    "motivation_secondary": None,
    "impact": ["economy", "critical-infrastructure"],
    "actor": None,
    "genre": "news",
    "basis": "composite",
}
ABSENT = object()


def line(**changes):
    document = {field: value for field, value in {**DOCUMENT, **changes}.items() if value is not ABSENT}
    return json.dumps(document, ensure_ascii=False)


def faults_in(paths):
    return pd.DataFrame(read_rows(paths)[1], columns=list(Fault._fields))


def written(folder, *lines, name="reports.jsonl"):
    path = folder / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def corpus():
    return read_corpus(CORPUS)


@pytest.mark.parametrize(
    ("changes", "field", "found", "expected"),
    [
        ({"id": ABSENT}, "id", "nothing", "required"),
        ({"id": None}, "id", "null", "required"),
        ({"id": ""}, "id", "''", "a value"),
        ({"id": 7}, "id", "7", "a string"),
        ({"incident": " "}, "incident", "' '", "null where it is not known"),
        ({"date": ""}, "date", "''", "null where it is not known"),
        ({"date": "2021-5-7"}, "date", "'2021-5-7'", "YYYY-MM-DD"),
        ({"date": "2021-02-29"}, "date", "'2021-02-29'", "calendar"),
        ({"date": "2021-13"}, "date", "'2021-13'", "calendar"),
        ({"date": "0000"}, "date", "'0000'", "calendar"),
        ({"date": "\uff12\uff10\uff12\uff11"}, "date", "'\uff12\uff10\uff12\uff11'", "YYYY-MM-DD"),
        ({"date": 2021}, "date", "2021", "a string"),
        ({"title": 1}, "title", "1", "a string"),
        ({"text": ABSENT}, "text", "nothing", "required"),
        ({"text": ""}, "text", "0 words", "8 or more"),
        ({"text": "one two three four five six seven"}, "text", "7 words", "8 or more"),
        ({"text": ["a"]}, "text", "['a']", "a string"),
        ({"is_incident": ABSENT}, "is_incident", "nothing", "required"),
        ({"is_incident": 1}, "is_incident", "1", "true or false"),
        ({"is_incident": ""}, "is_incident", "''", "true or false"),
        ({"motivation": ""}, "motivation", "''", "criminal"),
        ({"motivation": "undetermined"}, "motivation", "'undetermined'", "null (undetermined)"),
        ({"motivation": ["criminal"]}, "motivation", "['criminal']", "one of"),
        ({"motivation_secondary": "hacktivist"}, "motivation_secondary", "'hacktivist'", "ideological"),
        ({"motivation_secondary": "criminal"}, "motivation_secondary", "'criminal'", "another"),
        ({"motivation": None, "motivation_secondary": "criminal"}, "motivation_secondary", "'criminal'", "null"),
        ({"impact": ""}, "impact", "''", "a list"),
        ({"impact": "economy"}, "impact", "'economy'", "a list"),
        ({"impact": ["economy", "health"]}, "impact", "'health'", "public-safety"),
        ({"impact": ["economy", {}]}, "impact", "{}", "public-safety"),
        ({"impact": ["economy", "economy"]}, "impact", "'economy' 2 times", "once"),
        ({"impact": []}, "impact", "no domain", "one or more"),
        ({"is_incident": False, "impact": []}, "motivation", "'criminal'", "not an incident"),
        ({"is_incident": False, "motivation": None}, "impact", "['economy', 'critical-infrastructure']", "no label"),
        ({"actor": ""}, "actor", "''", "null"),
        ({"genre": "blog"}, "genre", "'blog'", "vendor-report"),
        ({"basis": "fiction"}, "basis", "'fiction'", "composite"),
        ({"source": ""}, "source", "''", "null"),
        ({"motivaton": "criminal"}, "motivaton", "does not know", "rename or remove"),
    ],
)
def test_a_faulty_field_is_named_with_what_was_found_and_expected(tmp_path, changes, field, found, expected):
    faults = faults_in(written(tmp_path, line(**changes)))
    assert list(faults["field"]) == [field]
    assert found in faults["found"][0]
    assert expected in faults["expected"][0]


@pytest.mark.parametrize(
    ("content", "number", "found"),
    [
        (b"", 1, "an empty file"),
        (b"\n \r\n", 1, "an empty file"),
        (line().encode() + b"\n{", 2, "no JSON"),
        (line().encode() + b'\n""', 2, "''"),
        (b"[1]", 1, "[1]"),
        (b"null", 1, "null"),
        (b"\xef\xbb\xbf" + line().encode(), 1, "byte order mark"),
        (b"\xef\xbb\xbf", 1, "byte order mark"),
        (line(title="Hafen é").encode("latin-1"), 1, "byte 0xe9"),
        (line().encode("utf-16"), 1, "UTF-16"),
        (line(title="X").replace('"X"', '"\\ud800"').encode(), 1, "surrogate"),
        (b"[" * 100_000, 1, "no JSON"),
    ],
)
def test_a_line_that_is_no_document_is_named(tmp_path, content, number, found):
    path = tmp_path / "reports.jsonl"
    path.write_bytes(content)
    faults = faults_in(path)
    assert (faults["file"][0], faults["line"][0]) == (str(path), number)
    assert found in faults["found"][0]
    with pytest.raises(CorpusError, match=re.escape(found)):
        read_corpus(path)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"text": "Another text of eight words, to be accepted."}, "id"), ({"id": "a-2"}, "text")],
)
def test_a_document_stands_once_over_all_files(tmp_path, changes, field):
    written(tmp_path, line(), name="one.jsonl")
    written(tmp_path, line(**{"text": DOCUMENT["text"].upper().replace(" ", "  "), **changes}), name="two.jsonl")
    faults = faults_in(tmp_path)
    assert faults[["file", "line", "field"]].values.tolist() == [[str(tmp_path / "two.jsonl"), 1, field]]
    assert f"{tmp_path / 'one.jsonl'}, line 1" in faults["found"][0]


def test_every_fault_is_found_and_the_error_tells_the_first_and_how_many_follow(tmp_path):
    path = written(tmp_path, line(), "{", line(id="a-2", text="", genre="blog"))
    assert list(faults_in(path)["line"]) == [2, 3, 3]
    with pytest.raises(CorpusError, match=r"reports\.jsonl, line 2: found no JSON .* \(2 more: run `cyberclass corpus"):
        read_corpus(path)


@pytest.mark.parametrize("paths", ["", [], "no-such-folder", ["no-such-file.jsonl"]])
def test_nothing_to_read_is_an_error(tmp_path, monkeypatch, paths):
    monkeypatch.chdir(tmp_path)
    for function in (read_corpus, faults_in):
        with pytest.raises(CorpusError, match=r"expected|give"):
            function(paths)


@pytest.mark.parametrize(
    ("changes", "column", "value"),
    [
        ({}, "motivation", "criminal"),
        ({"motivation": None}, "motivation", "undetermined"),
        ({"motivation": ABSENT}, "motivation", None),
        ({"is_incident": False, "motivation": None, "impact": []}, "motivation", None),
        ({"is_incident": False, "motivation": ABSENT, "impact": None}, "impact", []),
        ({}, "impact", ["critical-infrastructure", "economy"]),
        ({"motivation": None, "impact": []}, "impact", []),
        ({"impact": None}, "impact", None),
        ({"impact": ABSENT}, "impact", None),
        ({"incident": ABSENT}, "incident", "a-1"),
        ({"title": None}, "title", ""),
        ({"title": ""}, "title", ""),
        ({"date": ABSENT}, "date", None),
        ({"genre": ABSENT}, "genre", None),
        ({}, "source", "reports"),
        ({"source": "eurepoc"}, "source", "eurepoc"),
        ({"text": "A line\u2028separator is part of a text, not its end."}, "date", "2021-05-07"),
    ],
)
def test_what_is_not_known_has_one_representation(tmp_path, changes, column, value):
    frame = read_corpus(written(tmp_path, line(**changes)))
    assert tuple(frame.columns) == COLUMNS
    assert frame[column][0] == value
    assert frame["is_incident"].dtype == bool


def test_files_and_folders_can_be_mixed(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    written(inside, line(id="b", text="The second text here has exactly eight words."), name="b.jsonl")
    written(inside, line(), name="a.jsonl")
    (inside / "README.md").write_text("not a document")
    alone = written(tmp_path, line(id="c", text="The third text, too, has exactly eight words."))
    assert list(read_corpus([str(alone), inside])["id"]) == ["c", "a-1", "b"]


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [("", "", ""), ("", "Body.", "Body."), (None, "Body.", "Body."), ("Title", "Body.", "Title\n\nBody.")],
)
def test_title_stands_before_text(title, text, expected):
    assert join_title(title, text) == expected
    assert texts_of(pd.DataFrame({"title": [title], "text": [text]})) == [expected]


def test_hash_names_content_not_its_files(corpus, tmp_path):
    lines = [row for path in CORPUS.glob("*.jsonl") for row in path.read_text(encoding="utf-8").splitlines()]
    random.Random(0).shuffle(lines)
    turned = [json.dumps(dict(reversed(json.loads(row).items()))) for row in lines]
    path = tmp_path / "all.jsonl"
    path.write_bytes("\r\n".join(turned).encode())
    assert corpus_hash(read_corpus(path)) == corpus_hash(corpus)


@pytest.mark.parametrize(
    "changes",
    [
        {"text": DOCUMENT["text"] + " "},
        {"title": ""},
        {"motivation": None},
        {"motivation": ABSENT},
        {"impact": None},
        {"incident": "harbour-2022"},
        {"actor": "crew"},
    ],
)
def test_hash_changes_with_content(tmp_path, changes):
    before = read_corpus(written(tmp_path, line()))
    after = read_corpus(written(tmp_path, line(**changes)))
    assert corpus_hash(before) != corpus_hash(after)


def test_hash_of_nothing_is_that_of_the_empty_string(corpus):
    assert corpus_hash(corpus.iloc[:0]).startswith("e3b0c44298fc1c14")


def test_shipped_corpus_follows_the_codebook(corpus):
    assert faults_in(CORPUS).empty
    assert corpus[list(COLUMNS)[:6]].notna().all(axis=None)
    assert corpus["incident"].str.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*-(19|20)\d\d").all()
    assert corpus["impact"].map(lambda impact: impact == [domain for domain in IMPACTS if domain in impact]).all()


def test_shipped_corpus_has_one_way_of_writing_a_line():
    for path in CORPUS.glob("*.jsonl"):
        content = path.read_bytes()
        documents = [json.loads(row) for row in content.decode("utf-8").split("\n")[:-1]]
        written_anew = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in documents]
        assert content == "".join(written_anew).encode("utf-8"), path
        assert {tuple(row) for row in documents} == {COLUMNS[: COLUMNS.index("source")]}, path


def test_statistics_count_every_document_once(corpus):
    stats = corpus_stats(corpus)
    labels = stats["labels"]
    assert labels.loc["all", "documents"] == len(corpus)
    assert (labels.drop(columns="documents").sum(axis=1) == labels["documents"]).all()
    assert (labels.drop(index="all").sum() == labels.loc["all"]).all()
    for name in ("genre", "basis", "year"):
        assert stats[name]["documents"].sum() == len(corpus), name
    assert stats["incidents"].sum().tolist() == [corpus["incident"].nunique(), len(corpus)]
    assert list(stats["length"]["words"]) == sorted(stats["length"]["words"])


def test_statistics_of_a_small_corpus(tmp_path):
    words = "Eight plain words make up this text, number"
    path = written(
        tmp_path,
        line(),
        line(id="a-2", text=f"{words} two.", motivation=None, impact=[], date="2019", title="", genre=None),
        line(id="a-3", text=f"{words} three.", motivation=ABSENT, impact=None, date=None, incident="other-2020"),
        line(id="a-4", text=f"{words} four.", is_incident=False, motivation=None, impact=[], incident="topic-2020"),
    )
    stats = corpus_stats(read_corpus(path))
    expected = {
        "documents": 4,
        "state-sponsored": 0,
        "criminal": 1,
        "ideological": 0,
        "undetermined": 1,
        "not-coded": 1,
        "not-incident": 1,
    }
    assert stats["labels"].loc["reports"].to_dict() == expected
    assert stats["impact"].loc["economy", ["criminal", "undetermined"]].tolist() == [1, 0]
    assert stats["impact"]["documents"].loc[["none", "not-coded", "privacy"]].tolist() == [1, 1, 0]
    assert stats["genre"].loc["news"].tolist() == [3, 3]
    assert stats["genre"].loc["not-coded"].tolist() == [1, 1]
    assert stats["year"]["documents"].to_dict() == {"2015-2019": 1, "2020-2024": 2, "not-coded": 1}
    assert stats["length"]["words"].loc[[0.0, 1.0]].tolist() == [9, 11]
    assert stats["incidents"]["incidents"].to_dict() == {1: 2, 2: 1}


def test_statistics_of_nothing_are_zero(corpus):
    for name, table in corpus_stats(corpus.iloc[:0]).items():
        assert table.fillna(0).to_numpy().sum() == 0, name


def markdown(table):
    names = [table.index.name, *table.columns]
    rows = [f"| {name} | {' | '.join(map(str, row))} |" for name, row in zip(table.index, table.values, strict=True)]
    return f"| {' | '.join(names)} |", rows


@pytest.fixture(scope="module")
def datasheet():
    return (CORPUS / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["labels", "impact", "genre", "basis", "year", "incidents"])
def test_datasheet_gives_the_counts_of_the_corpus(corpus, datasheet, name):
    header, rows = markdown(corpus_stats(corpus)[name])
    lines = datasheet.replace("`", "").splitlines()
    below = lines[lines.index(header) + 2 :]
    given = list(itertools.takewhile(lambda row: row.startswith("|"), below))
    missing, stale = [row for row in rows if row not in given], [row for row in given if row not in rows]
    assert not missing, "corpus/README.md lacks these rows:\n" + "\n".join(missing)
    assert not stale, "corpus/README.md has these rows, the corpus does not:\n" + "\n".join(stale)


def test_datasheet_gives_the_size_of_the_corpus(corpus, datasheet):
    words = sum(len(text.split()) for text in texts_of(corpus))
    incidents = corpus["incident"].nunique()
    assert f"{len(corpus):,} documents on {incidents:,} incidents ({round(words, -3):,} words)" in datasheet
    least, low, high, most = corpus_stats(corpus)["length"]["words"].loc[[0.0, 0.25, 0.75, 1.0]]
    assert f"have {low} to {high} words with their title; the shortest has {least}, the longest {most}." in datasheet


def test_datasheet_describes_every_file(corpus, datasheet):
    assert re.findall(r"^\| `([\w-]+)\.jsonl` \|", datasheet, re.MULTILINE) == sorted(set(corpus["source"]))
