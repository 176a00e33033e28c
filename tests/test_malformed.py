"""Corpora that are not as they should be: one sentence with a place and a remedy, exit code 1, nothing half written."""

import gzip
import io
import json
import os
import zipfile

import pandas as pd
import pytest

from cyberclass.cli import main
from cyberclass.corpora.labelled import read_checked

TEXT = "The gang froze the files of a hat shop in Klow and wants money"
LABELS = {"motivation": "criminal", "impact": ["economy"]}


def document(number=1, **fields):
    """A document that follows the codebook, but for these fields; `...` leaves one out."""
    text = " ".join(f"{word}{number}" for word in TEXT.split())
    own = {"id": f"d-{number}", "text": text, "is_incident": True, **LABELS, **fields}
    return {name: value for name, value in own.items() if value is not ...}


def lines(*documents, end="\n"):
    return "".join(f"{each if isinstance(each, str) else json.dumps(each)}{end}" for each in documents).encode()


def second(**fields):
    """Two lines, the second with a fault."""
    return lines(document(1), document(2, **fields))


def table(*rows, header="id,text,motivation"):
    return "\n".join([header, *rows, ""]).encode()


def archive(name, content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(name, content)
    return file.getvalue()


def parquet(**columns):
    file = io.BytesIO()
    pd.DataFrame(columns).to_parquet(file)
    return file.getvalue()


def workbook(*rows):
    file = io.BytesIO()
    pd.DataFrame(rows[1:], columns=rows[0]).to_excel(file, index=False)
    return file.getvalue()


GOOD_ROW = f"a,{TEXT},criminal"
WIDE = ",".join(f"c{number}" for number in range(2000))

#: Name of the file, its bytes, and what the sentence says: where, what was found, what to do.
FAULTY = {
    # As a file
    "an empty file": ("a.jsonl", b"", ["line 1", "an empty file"]),
    "an empty table": ("a.csv", b"", ["a.csv", "an empty file"]),
    "blank lines": ("a.jsonl", b"\n \r\n\n", ["line 1", "an empty file"]),
    "blank lines in a table": ("a.csv", b"\n\n\n", ["a.csv", "an empty file"]),
    "a header alone": ("a.csv", table(), ["a.csv", "found no labelled report"]),
    "UTF-16": ("a.jsonl", lines(document()).decode().encode("utf-16"), ["line 1", "UTF-16", "save the file again"]),
    "Latin-1": ("a.jsonl", lines(document(), '{"id": "é"}').decode().encode("latin-1"), ["line 2", "0xe9", "UTF-8"]),
    "a byte order mark": ("a.jsonl", b"\xef\xbb\xbf" + lines(document()), ["line 1", "byte order mark", "save"]),
    "bytes of no meaning": ("a.jsonl", bytes(range(128, 256)) * 9, ["line 1", "the byte 0x80", "UTF-8"]),
    "a zip by another name": ("a.jsonl", archive("a.jsonl", b"{}"), ["line 1", "a zip archive", "unpack"]),
    "a zip as CSV": ("a.csv", archive("a.csv", b"text,impact"), ["a.csv", "a zip archive", "unpack"]),
    "gzip": ("a.jsonl.gz", gzip.compress(lines(document())), ["a.jsonl.gz", "packed by gzip", "unpack"]),
    "gzip by another name": ("a.jsonl", gzip.compress(lines(document())), ["line 1", "packed by gzip", "unpack"]),
    "a PDF by another name": ("a.tsv", b"%PDF-1.7\n%\xe2\xe3", ["a.tsv", "a PDF"]),
    "a Parquet file by another name": ("a.csv", b"PAR1\x15\x04", ["a.csv", "a Parquet file", ".parquet"]),
    "an old workbook": ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ["a.xls", "Office", ".xlsx"]),
    "a workbook of text": ("a.xlsx", table(GOOD_ROW), ["a.xlsx", "Excel", "save the file anew"]),
    "half a workbook": ("a.xlsx", workbook(("id", "text"), ("a", TEXT))[:900], ["a.xlsx", "Excel", "save the file"]),
    "a zip that is no workbook": ("a.xlsx", archive("a.txt", b"a"), ["a.xlsx", "Excel", "save the file anew"]),
    "an empty workbook": ("a.xlsx", workbook(()), ["a.xlsx", "the first sheet is empty", "column names"]),
    "half a Parquet file": ("a.parquet", parquet(text=[TEXT], impact=["none"])[:-60], ["a.parquet", "Parquet", "anew"]),
    "a Parquet file of text": ("a.parquet", table(GOOD_ROW), ["a.parquet", "Parquet", "anew"]),
    "an ending that nothing reads": ("a.txt", lines(document()), ["a.txt", "ending in '.txt'", ".jsonl"]),
    # As JSON
    "a broken line": ("a.jsonl", lines(document(), '{"id": "b", '), ["line 2", "no JSON", "one document a line"]),
    "two documents in a line": ("a.jsonl", lines("{} {}"), ["line 1", "no JSON", "one document a line"]),
    "an array": ("a.jsonl", json.dumps([document()]).encode(), ["line 1", "[{", "a JSON object, one document a line"]),
    "an array over lines": ("a.jsonl", json.dumps([document()], indent=1).encode(), ["line 1", "no JSON", "a JSON o"]),
    "a string": ("a.jsonl", lines(document(), '"words"'), ["line 2", "'words'", "a JSON object"]),
    "a bomb of brackets": ("a.jsonl", lines("[" * 200_000), ["line 1", "no JSON", "a JSON object"]),
    "a bomb in a field": ("a.jsonl", second(impact="X").replace(b'"X"', b"[" * 900 + b"]" * 900), ["line 2", "impact"]),
    "a number without end": ("a.jsonl", second(date=0).replace(b" 0}", b"9" * 5000 + b"}"), ["line 2", "no JSON"]),
    "bytes of zero": ("a.jsonl", second(title="a").replace(b'"a"', b'"\x00"'), ["line 2", "no JSON"]),
    "half a character": ("a.jsonl", second(actor="\ud83d"), ["line 2", "surrogate", "UTF-8"]),
    "an array that is none": ("a.json", lines(document()), ["a.json", "object", ".jsonl"]),
    # As documents
    "an id twice": ("a.jsonl", second(id="d-1"), ["line 2", "'id'", "line 1", "an id of its own"]),
    "no id": ("a.jsonl", second(id=...), ["line 2", "'id'", "found nothing", "required"]),
    "a number as id": ("a.jsonl", second(id=7), ["line 2", "'id'", "found 7", "a string"]),
    "no text": ("a.jsonl", second(text=""), ["line 2", "'text'", "0 words", "8 or more"]),
    "a number as text": ("a.jsonl", second(text=12345), ["line 2", "'text'", "found 12345", "a string"]),
    "a text too short": ("a.jsonl", second(text="one two three"), ["line 2", "'text'", "3 words", "8 or more"]),
    "an unknown label": ("a.jsonl", second(motivation="sports"), ["line 2", "'sports'", "one of state-sponsored"]),
    "a label in capitals": ("a.jsonl", second(motivation="Criminal"), ["line 2", "'Criminal'", "one of state-spons"]),
    "a label for none": ("a.jsonl", second(motivation="undetermined"), ["line 2", "'undetermined'", "or null"]),
    "truth as a string": ("a.jsonl", second(is_incident="true"), ["line 2", "'true'", "true or false"]),
    "no truth": ("a.jsonl", second(is_incident=...), ["line 2", "'is_incident'", "found nothing", "required"]),
    "impact as a string": ("a.jsonl", second(impact="economy"), ["line 2", "'economy'", "a list of impact domains"]),
    "impact twice": ("a.jsonl", second(impact=["economy", "economy"]), ["line 2", "2 times", "each domain once"]),
    "impact of no incident": ("a.jsonl", second(is_incident=False, motivation=...), ["line 2", "impact", "no label"]),
    "a motive of no incident": ("a.jsonl", second(is_incident=False, impact=[]), ["line 2", "motivation", "no label"]),
    "a domain not coded": ("a.jsonl", second(impact_coded=["privacy"]), ["line 2", "'economy'", "impact_coded"]),
    "a German date": ("a.jsonl", second(date="03.05.2020"), ["line 2", "'03.05.2020'", "YYYY-MM-DD"]),
    "a day that never was": ("a.jsonl", second(date="2021-02-29"), ["line 2", "'2021-02-29'", "a day of the cal"]),
    "a field of ours": ("a.jsonl", second(score=1), ["line 2", "'score'", "rename or remove it"]),
    "a thousand fields": ("a.jsonl", second(**{f"f{n}": n for n in range(1000)}), ["line 2", "'f0'", "(999 more"]),
    # As tables
    "no column of labels": ("a.csv", table(GOOD_ROW, header="id,text,label"), ["a.csv", "'label'", "is_incident"]),
    "no column of text": ("a.csv", table(GOOD_ROW, header="id,words,impact"), ["a.csv", "'words'", "rename"]),
    "a column twice": ("a.csv", table(GOOD_ROW, header="text,text,impact"), ["a.csv", "'text' more than once"]),
    "a row too long": ("a.csv", table(GOOD_ROW, f"b,{TEXT},criminal,x"), ["row 2", "4 cells", "no such row"]),
    "a row too short": ("a.csv", table(GOOD_ROW, "b"), ["row 2", "1 cell", "no such row"]),
    "a quotation without end": ("a.csv", table(GOOD_ROW, f'b,"{TEXT},criminal'), ["row 2", "never closed"]),
    "a row without text": ("a.csv", table(GOOD_ROW, "b,,criminal"), ["row 2", "no text", "no such row"]),
    "a row with a short text": ("a.csv", table(GOOD_ROW, "b,a b,criminal"), ["row 2", "2 words", "8 or more"]),
    "a row's unknown label": ("a.csv", table(GOOD_ROW, f"b,{TEXT} 2,sports"), ["row 2", "'motivation'", "'sports'"]),
    "a formula as label": ("a.csv", table(GOOD_ROW, f"b,{TEXT} 2,=A1"), ["row 2", "'motivation'", "'=A1'", "one of"]),
    "a row's id twice": ("a.csv", table(GOOD_ROW, f"a,{TEXT} 2,criminal"), ["row 2", "the id of", "row 1"]),
    "a row's date": ("a.tsv", f"text\timpact\tdate\n{TEXT}\tnone\t5/3/20\n".encode(), ["row 1", "'5/3/20'", "YYYY"]),
    "a row's genre": ("a.csv", table(f"blog,{TEXT},criminal", header="genre,text,motivation"), ["row 1", "'blog'"]),
    "a list of labels": ("a.json", json.dumps([{"text": TEXT, "motivation": ["a"]}]).encode(), ["row 1", "['a']"]),
    "an object as text": ("a.json", json.dumps([{"text": {"en": TEXT}, "impact": []}]).encode(), ["row 1", "'text'"]),
    "a cell's truth": ("a.xlsx", workbook(("text", "is_incident"), (TEXT, "perhaps")), ["row 1", "'perhaps'"]),
    "a cell of Parquet": ("a.parquet", parquet(text=[TEXT], impact=["fame"]), ["row 1", "'fame'", "domains of"]),
}  # fmt: skip

#: Name of the file, its bytes, and how many documents are read.
SOUND = {
    "Windows' line ends": ("a.jsonl", lines(document(1), document(2), end="\r\n"), 2),
    "line ends of both kinds": ("a.jsonl", lines(document(1), end="\r\n") + lines(document(2)), 2),
    "no end of the last line": ("a.jsonl", lines(document()).rstrip(), 1),
    "blank lines between": ("a.jsonl", lines(document(1), "", document(2), "  "), 2),
    "a mark in a table": ("a.csv", b"\xef\xbb\xbf" + table(GOOD_ROW), 1),
    "a table in UTF-16": ("a.csv", table(GOOD_ROW).decode().encode("utf-16"), 1),
    "a table in Latin-1": ("a.csv", table(f"a,{TEXT} für Käse,criminal").decode().encode("latin-1"), 1),
    "a table between semicolons": ("a.csv", table(GOOD_ROW).replace(b",", b";"), 1),
    "line ends of a Mac": ("a.csv", table(GOOD_ROW).replace(b"\n", b"\r"), 1),
    "bytes of zero in a table": ("a.csv", table(f"a,\x00{TEXT},criminal"), 1),
    "a formula as text": ("a.csv", table(f'a,"=HYPERLINK(1) {TEXT}",criminal'), 1),
    "truth as a cell": ("a.csv", table(f"TRUE,{TEXT},criminal", header="is_incident,text,motivation"), 1),
    "thousands of columns": ("a.csv", table(f"{GOOD_ROW},{WIDE}", header=f"id,text,motivation,{WIDE}"), 1),
    "one motivation": ("a.jsonl", lines(*map(document, range(9))), 9),
    "ten megabytes of one text": ("a.jsonl", lines(document(text=f"{TEXT} " * 160_000)), 1),
    "letters outside the plane": ("a.jsonl", lines(document(title="😀 \u2028")), 1),
}


def put(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    return path


def run(capsys, *argv):
    """Run a command; return its exit code, what it printed, and its errors."""
    code = main(["corpus", *map(str, argv)])
    return code, *capsys.readouterr()


def told(text, path, phrases):
    """Check that there is one sentence that says where and what."""
    assert "Traceback" not in text
    first = text.splitlines()[0]
    for phrase in (str(path), *phrases):
        assert phrase in first, (phrase, first)
    assert first.isprintable()
    assert len(first) < 1000


@pytest.mark.parametrize("case", FAULTY)
def test_check_lists_the_fault(case, tmp_path, capsys):
    name, content, phrases = FAULTY[case]
    path = put(tmp_path, name, content)
    code, out, err = run(capsys, "check", path)
    assert code == 1
    # An editor jumps to file:line; of the phrases, the rest stands there as it does in an error.
    listed = (out or err).replace(f"{path}:", f"{path}, line ", 1) if path.suffix == ".jsonl" else out or err
    told(listed, path, [phrase.strip("'") for phrase in phrases if not phrase.endswith("more")])
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("output", ["out.jsonl", "out.csv", "out.parquet"])
@pytest.mark.parametrize("command", ["convert", "merge"])
@pytest.mark.parametrize("case", FAULTY)
def test_nothing_is_written_of_it(case, command, output, tmp_path, capsys):
    name, content, phrases = FAULTY[case]
    path = put(tmp_path, name, content)
    code, out, err = run(capsys, command, path, "-o", tmp_path / output)
    assert (code, out) == (1, "")
    assert err.startswith("cyberclass: ")
    assert err.count("\n") == 1
    told(err, path, phrases)
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("case", [case for case, (name, _, _) in FAULTY.items() if name.endswith(".jsonl")])
def test_nothing_is_learned_of_it(case, tmp_path, capsys):
    name, content, phrases = FAULTY[case]
    path = put(tmp_path, name, content)
    assert main(["train", str(path), "--output", str(tmp_path / "model")]) == 1
    told(capsys.readouterr().err.splitlines()[-1], path, phrases)
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("case", SOUND)
def test_what_only_looks_odd_is_read(case, tmp_path, capsys):
    name, content, documents = SOUND[case]
    path = put(tmp_path, name, content)
    for argv in (["check"], ["convert", "-o", tmp_path / "out.jsonl"], ["merge", "-o", tmp_path / "all.csv"]):
        code, out, err = run(capsys, *argv, path)
        assert (code, err) == (0, ""), out
    read = read_checked([path])
    assert len(read) == documents
    for output in ("out.jsonl", "all.csv"):
        pd.testing.assert_frame_equal(read_checked([tmp_path / output]), read)


def test_a_text_twice_is_a_fault_and_what_merging_is_for(tmp_path, capsys):
    path = put(tmp_path, "a.jsonl", second(text=document(1)["text"].upper() + "  "))
    for command in ("check", "convert"):
        code, out, err = run(capsys, command, path, *(["-o", tmp_path / "b.csv"] if command == "convert" else []))
        assert code == 1
        assert "remove one of the two documents" in out + err
    assert run(capsys, "merge", path, "-o", tmp_path / "b.jsonl")[0] == 0
    assert read_checked([tmp_path / "b.jsonl"])["id"].tolist() == ["d-1"]


# Where there is no file to read


def no_file(folder):
    return folder / "none.jsonl", "found no such file or folder"


def empty_folder(folder):
    (folder / "corpus").mkdir()
    return folder / "corpus", "found no *.jsonl file in this folder"


def folder_named_as_a_file(folder):
    (folder / "a.jsonl").mkdir()
    return folder / "a.jsonl", "found no *.jsonl file in this folder"


def folder_named_as_a_table(folder):
    (folder / "a.csv").mkdir()
    return folder / "a.csv", "found no *.jsonl file in this folder"


def name_too_long(folder):
    return folder / f"{'a' * 300}.jsonl", "check the path"


def link_to_itself(folder):
    (folder / "a.jsonl").symlink_to(folder / "a.jsonl")
    return folder / "a.jsonl", "found no such file or folder"


def pipe(folder):
    os.mkfifo(folder / "a.jsonl")
    return folder / "a.jsonl", "found no such file or folder"


def not_ours_to_read(folder):
    path = put(folder, "a.jsonl", lines(document()))
    path.chmod(0)
    return path, "cannot be read (Permission denied)"


def table_not_ours_to_read(folder):
    path = put(folder, "a.csv", table(GOOD_ROW))
    path.chmod(0)
    return path, "cannot be read (Permission denied)"


def folder_not_ours_to_read(folder):
    (folder / "locked").mkdir()
    put(folder / "locked", "a.jsonl", lines(document()))
    (folder / "locked").chmod(0)
    return folder / "locked" / "a.jsonl", "cannot be opened (Permission denied)"


ELSEWHERE = [
    no_file,
    empty_folder,
    folder_named_as_a_file,
    folder_named_as_a_table,
    name_too_long,
    link_to_itself,
    pipe,
]
LOCKED = [not_ours_to_read, table_not_ours_to_read, folder_not_ours_to_read]


@pytest.mark.parametrize("make", [*ELSEWHERE, *LOCKED])
def test_what_cannot_be_opened_is_one_sentence(make, tmp_path, capsys):
    if make in LOCKED and os.geteuid() == 0:
        pytest.skip("root may read everything")
    path, sentence = make(tmp_path)
    before = sorted(tmp_path.iterdir())
    for argv in (["check"], ["stats"], ["convert", "-o", tmp_path / "b.csv"], ["merge", "-o", tmp_path / "b.jsonl"]):
        code, out, err = run(capsys, *argv, path)
        assert (code, out) == (1, "")
        told(err, str(path)[:100], [sentence])
    (tmp_path / "locked").exists() and (tmp_path / "locked").chmod(0o700)
    assert sorted(tmp_path.iterdir()) == before


# Where nothing can be written


def test_an_output_that_cannot_be_written_leaves_nothing(tmp_path, capsys):
    path = put(tmp_path, "a.jsonl", lines(*map(document, range(9))))
    (tmp_path / "file").write_text("a file where a folder should be")
    for command, *options in (["convert"], ["merge"], ["sample", "-n", "3"]):
        for name in ("b.jsonl", "b.csv", "b.xlsx"):
            code, _, err = run(capsys, command, path, *options, "-o", tmp_path / "file" / name)
            assert code == 1
            told(err, tmp_path / "file" / name, ["cannot be written", "choose another"])
    code, _, err = run(capsys, "split", path, "-o", tmp_path / "file")
    assert code == 1
    told(err, tmp_path / "file", ["cannot be written", "choose another"])
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.jsonl", "file"]


# Where there is too little to learn from


@pytest.mark.parametrize(
    ("documents", "sentence"),
    [
        ([document(n) for n in range(9)], "Found nothing to tell apart in 9 documents; expected two motivations, or"),
        ([document(n, is_incident=False, motivation=..., impact=[]) for n in range(9)], "nothing to tell apart in 9"),
        ([document(n, motivation=None) for n in range(9)], "nothing to tell apart in 9 documents"),
        ([document(1), document(2, motivation="ideological")], "Found 1 incident with the label"),
        ([document(n, motivation=("criminal", "ideological")[n > 7]) for n in range(9)], "label 'ideological'; expec"),
    ],
)
def test_too_little_to_learn_from_is_one_sentence(documents, sentence, tmp_path, capsys):
    path = put(tmp_path, "a.jsonl", lines(*documents))
    assert main(["train", str(path), "--output", str(tmp_path / "model")]) == 1
    err = capsys.readouterr().err
    assert sentence in err
    assert "Traceback" not in err
    assert [each.name for each in tmp_path.iterdir()] == ["a.jsonl"]
