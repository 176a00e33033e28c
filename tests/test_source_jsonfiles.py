"""JSON files of a database: what is read, what is set aside, and what is refused as a whole."""

import json
import zipfile

import pytest

from cyberclass.corpora.sources import jsonfiles
from cyberclass.corpora.sources.jsonfiles import objects_of, read_json, string_of, strings_of, within
from cyberclass.corpora.sources.source import Reject
from cyberclass.errors import CorpusError

DEEP = "[" * 100_000 + "]" * 100_000


def write_zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "found an empty file"),
        (b" \n", "found an empty file"),
        (b"{", "found no JSON (Expecting property name enclosed in double quotes, line 1)"),
        (b"<html>", "found no JSON (Expecting value, line 1)"),
        (b'{"a": "\xe9t\xe9"}', "found the byte 0xe9 at 7, which is no UTF-8"),
        (DEEP.encode(), "found JSON nested too deep"),
        (b"1" * 5000, "found no JSON (Exceeds the limit"),
    ],
    ids=["empty", "blank", "cut off", "a page", "Latin-1", "deep", "a number without end"],
)
def test_one_file_that_is_no_json_is_refused_with_a_sentence(tmp_path, content, reason):
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(CorpusError) as caught:
        list(read_json(path, "incidents"))
    assert str(caught.value).startswith(f"{path}: {reason}")
    assert "expected incidents as JSON" in str(caught.value)


def test_a_folder_is_read_below_by_path_and_its_bad_files_are_set_aside(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "b" / "two.JSON").write_text("[2]")
    (tmp_path / "a.json").write_text("1")
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "notes.txt").write_text("no")
    (tmp_path / ".git" / "x.json").write_text("0")
    one, two, bad = read_json(tmp_path, "incidents")
    assert [one, two] == [("a.json", 1), ("b/two.JSON", [2])]
    assert isinstance(bad, Reject)
    assert bad.place == "bad.json"


def test_numbers_that_are_none_are_nothing(tmp_path):
    (tmp_path / "x.json").write_text('{"a": NaN, "b": -Infinity}')
    assert list(read_json(tmp_path / "x.json", "incidents")) == [("x.json", {"a": None, "b": None})]


def test_a_zip_is_read_by_member(tmp_path):
    path = write_zip(tmp_path / "v.zip", {"b.json": "[2]", "a/x.json": "1", "__MACOSX/b.json": "0", "readme": "no"})
    assert list(read_json(path, "incidents")) == [("v.zip/a/x.json", 1), ("v.zip/b.json", [2])]


def test_what_unpacks_to_more_than_the_limit_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonfiles, "SIZE_LIMIT", 1 << 20)
    small = json.dumps("x" * 600_000)
    path = write_zip(
        tmp_path / "v.zip", {"a.json": small, "b.json": small, "c.json": "[" + " " * 5_000_000, "d.json": "1"}
    )
    first, *large, last = read_json(path, "incidents")
    assert first[0] == "v.zip/a.json"
    assert [item.place for item in large] == ["v.zip/b.json", "v.zip/c.json"]
    assert {item.reason for item in large} == {"more than 1 MiB of JSON: split it, or unpack what is needed"}
    assert last == ("v.zip/d.json", 1)


def test_a_zip_that_lies_about_sizes_or_is_damaged_gives_rejects(tmp_path):
    path = write_zip(tmp_path / "v.zip", {"a.json": json.dumps("x" * 5000)})
    raw = bytearray(path.read_bytes())
    raw[45:50] = b"\xff" * 5
    path.write_bytes(raw)
    (item,) = read_json(path, "incidents")
    assert item.place == "v.zip/a.json"
    assert item.reason.startswith("a damaged or locked file (")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("v.zip", b"no zip", "cannot be read as a zip (File is not a zip file)"),
        ("empty", None, "found no *.json file in this folder or below"),
    ],
)
def test_a_container_without_json_is_refused(tmp_path, name, content, reason):
    path = tmp_path / name
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(CorpusError, match="expected incidents") as caught:
        list(read_json(path, "incidents"))
    assert reason in str(caught.value)


def test_a_zip_without_json_is_refused(tmp_path):
    with pytest.raises(CorpusError, match=r"found no \*\.json file in this zip"):
        list(read_json(write_zip(tmp_path / "v.zip", {"readme": "no"}), "incidents"))


@pytest.mark.parametrize(
    ("value", "string", "strings", "objects"),
    [
        (None, "", [], []),
        ("", "", [], []),
        (" a ", " a ", ["a"], []),
        (7, "7", [], []),
        (True, "", [], []),
        (1.5, "", [], []),
        (1 << 70, "", [], []),
        (["a", 1, "a", " ", {"b": 1}, ["c"]], "", ["a"], [{"b": 1}]),
        ({"b": 1}, "", [], [{"b": 1}]),
    ],
)
def test_values_of_any_type_are_looked_into(value, string, strings, objects):
    assert (string_of(value), strings_of(value), objects_of(value)) == (string, strings, objects)
    assert within({"a": {"b": value}}, "a", "b") is value
    assert within(value, "x", "y") is None
