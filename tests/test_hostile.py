"""Reports that are meant to stall, to fill the memory or to run something, and disks that take no more."""

import errno
import io
import json
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from docx import Document
from openpyxl import Workbook

from cyberclass.cli import main
from cyberclass.errors import ReportError
from cyberclass.labelling.label import label_reports
from cyberclass.labelling.writers import ENDINGS, open_writer
from cyberclass.model import scorer
from cyberclass.text import archives, pages
from cyberclass.text.extent import MOST_CHARACTERS, mend_beginning, take
from cyberclass.text.language import TokenMemo
from cyberclass.text.masking import mask_countries, mask_names
from cyberclass.text.mending import mend
from cyberclass.text.names import load_names
from cyberclass.text.readers import read_reports

REPORT = "The gang encrypted the hospital's files and demands a ransom."
N = MOST_CHARACTERS


def gather(path):
    """The texts of a source, and the reasons why others are set aside."""
    batches = list(read_reports(path))
    return [text for batch in batches for text in batch.texts], [
        reason for batch in batches for reason in batch.rejects["reason"]
    ]


# Texts that are long, or slow to read. What takes minutes hangs the checks; none of these may.

#: Each is cut to what is read of it.
SLOW = {
    "one word": "a" * N,
    "a million emojis": "\U0001f600" * 1_000_000,
    "emojis apart": "\U0001f600 " * N,
    "ten megabytes of spaces": " " * 10_000_000 + "a",
    "line breaks": "\n" * N + "a",
    "nested brackets": "(" * N + ")" * N,
    "brackets in short heaps": " ".join(f"{'(' * 110}{n}" for n in range(N // 110)),
    "brackets behind words": " ".join(f"{n}{')' * 110}" for n in range(N // 110)),
    "emojis before words": " ".join(f"{chr(0x1F600) * 110}{n}" for n in range(N // 110)),
    "underscores": " ".join(f"{'_' * 110}{n}" for n in range(N // 110)),
    "smileys": ":(" * N,
    "full stops": "." * N,
    "initials": "a." * N,
    "hyphens": "a-" * N,
    "digits and commas": "1," * N,
    "apostrophes": "a'" * N,
    "addresses": "http://" * N,
    "mojibake": "\u00c3\u00a9" * N,
    "mojibake apart": "\u00e2\u20ac\u2122 " * N,
    "late controls": "a\x80" * N,
    "a guarded name": "Play " * N,
    "a guarded name in company": "Play ransomware " * N,
    "a name and a gap": "Lapsus" + " " * N + "x",
    "a name of two words": "Fancy Bear " * N,
    "half a name": ("Fancy\n" + " " * 50) * (N // 50),
    "a country and a gap": "South" + " " * N + "x",
    "half a country": "South " * N,
    "accents on one letter": "a" + "\u0301" * N,
    "directions": "\u202e\u202d" * N + "a",
    "a letter that grows": "\u0130" * N + " Lapsus",
    "joiners": "\u200d" * N + "a",
    "surrogates": "\ud800a" * N,
}


@pytest.mark.slow
@pytest.mark.parametrize("case", SLOW)
def test_no_text_stalls_a_batch(case, small_model):
    text = mend_beginning(SLOW[case])
    assert len(text) <= N + 1
    labels = small_model.label(["A short one before it.", text, REPORT])
    assert len(labels) == 3
    assert labels["truncated"].tolist() == [False, len(SLOW[case]) > N, False]
    pd.testing.assert_frame_equal(labels.iloc[[2]].reset_index(drop=True), small_model.label([REPORT]))


@pytest.mark.slow
@pytest.mark.parametrize("case", SLOW)
def test_no_expression_of_ours_backtracks_for_long(case):
    text = SLOW[case][: N // 5]
    assert isinstance(mend(text), str)
    load_names().find(text)
    mask_names(text)
    mask_countries(text)


def test_a_memo_keeps_the_beginning_of_a_long_chunk_alone():
    memo = TokenMemo()
    memo.encode([f"{'a' * 5000}{n}" for n in range(50)])
    assert len(memo) == 1
    assert max(map(len, memo.tokens)) <= 1000


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", ""), ("abc", "abc"), ("abcd", "abcd"), ("abcdef", "abcd"), ("a\x00\x00\x00bc", "a   "), ("\x00bc", "bc")],
)
def test_of_a_longer_text_the_beginning_is_mended_and_a_mark_that_it_goes_on(text, expected):
    assert mend_beginning(text, 3) == expected


@pytest.mark.parametrize(("size", "most", "sizes"), [(2, 9, [2, 2]), (9, 3, [1, 1, 2]), (9, 99, [4])])
def test_rows_are_taken_by_their_characters(size, most, sizes):
    rows = iter(["abc", "def", "", "g"])
    assert [len(part) for part in iter(lambda: take(rows, size, most=most), [])] == sizes


def test_labels_do_not_depend_on_the_parts_of_a_batch(small_model, small_frame, monkeypatch):
    texts = small_frame["text"].tolist()[:40]
    whole = small_model.label(texts)
    monkeypatch.setattr(scorer, "_BLOCK", 1000)
    pd.testing.assert_frame_equal(small_model.label(texts), whole)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.jsonl", "a.html"])
def test_a_document_of_100_megabytes_is_labelled_by_its_beginning(name, tmp_path, small_model):
    text = f"{REPORT} " * (99_000_000 // (len(REPORT) + 1))
    content = {
        "a.csv": f'text\n"{text}"\n{REPORT}\n',
        "a.jsonl": json.dumps({"text": text}) + "\n" + json.dumps({"text": REPORT}),
        "a.html": f"<html><body><p>{text}</p></body></html>",
    }.get(name, text)
    (tmp_path / name).write_text(content)
    summary = label_reports(tmp_path / name, tmp_path / "out.parquet", small_model)
    rows = pd.read_parquet(tmp_path / "out.parquet")
    assert summary.rejected == 0
    assert rows["truncated"].tolist() == [True, False][: len(rows)]
    assert rows["motivation"].tolist() == ["criminal"] * len(rows)


@pytest.mark.parametrize(("name", "header"), [("a.csv", "text\n"), ("a.jsonl", "")])
def test_a_million_empty_lines_are_no_rows(name, header, tmp_path, small_model):
    (tmp_path / name).write_text(f"{header}{chr(10) * 1_000_000}")
    with pytest.raises(ReportError, match=r"found no reports|an empty file"):
        label_reports(tmp_path / name, tmp_path / "out.csv", small_model)
    assert [path.name for path in tmp_path.iterdir()] == [name]


# Files that are made to harm


def bomb(name, megabytes):
    """A zip with a part of zeros."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as part:
        for _ in range(megabytes):
            part.write(bytes(1_000_000))
    return file.getvalue()


def with_parts(whole, change):
    """The archive with the parts changed that hold the report."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)))
    return file.getvalue()


def workbook():
    file = io.BytesIO()
    book = Workbook()
    for row in (["text"], [REPORT]):
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def word():
    file = io.BytesIO()
    document = Document()
    document.add_paragraph(REPORT)
    document.save(file)
    return file.getvalue()


LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]>"
)


def laughing(part):
    """Put a billion laughs in the place of the report."""
    if REPORT.encode() not in part:
        return part
    head, mark, rest = part.partition(b"?>") if part.startswith(b"<?xml") else (b"", b"", part)
    return head + mark + LAUGHS + rest.replace(REPORT.encode(), b"&a11;")


#: Name of the file, its bytes, and what is said of it.
HARMFUL = {
    "a bomb as a workbook": ("a.xlsx", bomb("xl/workbook.xml", 110), "110 MB packed into 0.1"),
    "a bomb as a Word file": ("a.docx", bomb("word/document.xml", 110), "110 MB packed into 0.1"),
    "a workbook that laughs": ("a.xlsx", with_parts(workbook(), laughing), "cannot be read as"),
    "a Word file that laughs": ("a.docx", with_parts(word(), laughing), "not a .docx|no text"),
    "a zip as a PDF": ("a.pdf", bomb("a", 1), "not a .pdf file"),
    "a broken PDF": ("a.pdf", b"%PDF-1.7\n1 0 obj<<" + b"[" * 100_000, "not a .pdf file"),
    "a PDF of junk": ("a.pdf", b"%PDF-1.4\n" + bytes(range(256)) * 100, "not a .pdf file"),
    "a program as text": ("a.txt", b"\x7fELF" + bytes(range(256)) * 100, "a file of another kind"),
    "a program as HTML": ("a.html", b"\x7fELF" + bytes(100_000), "a file of another kind"),
    "an HTML page of comments": ("a.html", b"<!--" * 200_000, "no text|not a .html file"),
    "an HTML page of scripts": ("a.html", b"<script>alert('ransom')</script>" * 30_000, "no text|not a .html"),
    "nested JSON": ("a.jsonl", b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested more than 200"),
    "nested objects": ("a.jsonl", b'{"text": ' * 5000 + b"1" + b"}" * 5000, "nested more than 200"),
    "a nested array": ("a.json", b"[" * 1_000_000, "nested more than 200"),
    "junk as JSON Lines": ("a.jsonl", bytes(range(256)) * 100, "not JSON"),
    "junk as a workbook": ("a.xlsx", bytes(range(256)) * 100, "cannot be read as an unlocked Excel"),
    "junk as Parquet": ("a.parquet", b"PAR1" + bytes(range(256)) * 100 + b"PAR1", "cannot be read as a Parquet file"),
    "junk as a Word file": ("a.docx", bytes(range(256)) * 100, "not a .docx file"),
    "controls alone": ("a.csv", b"text\n" + b"\x01\x02\x1b" * 9, "no text"),
}  # fmt: skip


@pytest.mark.parametrize("case", HARMFUL)
def test_what_is_made_to_harm_is_a_sentence_or_a_reject(case, tmp_path):
    name, content, told = HARMFUL[case]
    (tmp_path / name).write_bytes(content)
    try:
        texts, reasons = gather(tmp_path / name)
    except ReportError as error:
        texts, reasons = [], [str(error)]
    assert texts == []
    assert reasons
    for reason in reasons:
        assert any(phrase in reason for phrase in told.split("|")), reason
        assert "\n" not in reason
        assert len(reason) < 600


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{REPORT}</p><script>alert(1)</script><style>p {{}}</style>",
        f"<p>{REPORT}</p>" + "<script>let a = 1</script>" * 30_000,
        f"<p>{REPORT}</p>" + "<p><b>" * 30_000,
        f"<p>{REPORT}</p><p {' '.join(f'a{n}=1' for n in range(100_000))}>",
        f"<p>{REPORT}</p><img src='data:image/png;base64,{'A' * 200_000}'>",
        f"<p>{REPORT}</p>{'<' * 100_000}",
        f"<p onclick='alert(1)'>{REPORT}</p>" + "<!--" * 30_000,
        f"<table>{'<tr><td>' * 30_000}{REPORT}",
    ],
    ids=["scripts", "many scripts", "nested", "attributes", "an image", "brackets", "comments", "tables"],
)
def test_a_hostile_page_gives_its_text_and_no_script(html, tmp_path):
    (tmp_path / "a.html").write_text(html)
    (text,), _ = gather(tmp_path / "a.html")
    assert REPORT in text
    assert not {"alert", "let a", "base64", "a99=1"} & set(text.replace("(", " ").split())


def test_an_archive_may_swell_as_sheets_do(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(workbook())
    archives.check_unpacked(tmp_path / "a.xlsx", 1_000_000)
    with pytest.raises(ReportError, match="expected 0 MB at most"):
        archives.check_unpacked(tmp_path / "a.xlsx", 1000)
    assert gather(tmp_path / "a.xlsx") == ([REPORT], [])


def test_a_header_that_lies_about_its_size_gives_no_more(tmp_path):
    """The archive says 10 bytes and holds a megabyte."""
    whole = bytearray(bomb("xl/workbook.xml", 1))
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = whole.find(mark) + place
        whole[start : start + 4] = struct.pack("<I", 10)
    (tmp_path / "a.xlsx").write_bytes(whole)
    with pytest.raises(ReportError, match="cannot be read as an unlocked Excel"):
        gather(tmp_path / "a.xlsx")


def test_a_page_beyond_the_limit_is_set_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "_MOST_BYTES", 1000)
    (tmp_path / "a.html").write_text(REPORT * 100)
    assert gather(tmp_path / "a.html")[1] == ["found more than 0 MB; expected one report: part it, or take its text"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("\u202eransom\u202c of the \u2066gang\u2069", "\u202eransom\u202c of the \u2066gang\u2069"),
        ("half \ud83d a pair", "half \ufffd a pair"),
        ("\x1b[31mred\x1b[0m \x00\x07", "[31mred[0m "),
        ("\ufeffmark", "\ufeffmark"),
    ],
)
def test_odd_characters_are_labelled_and_can_be_written(text, read, tmp_path, small_model):
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": text}))
    assert gather(tmp_path / "a.jsonl")[0] == [read]
    for ending in ENDINGS:
        assert label_reports(tmp_path / "a.jsonl", tmp_path / f"out{ending}", small_model).rows == 1
        assert len(gather(tmp_path / f"out{ending}")[0]) == 1


# Disks


FRAMES = [pd.DataFrame({"text": [REPORT] * 50}), pd.DataFrame({"text": ["b"] * 50, "late": [["c"]] * 50})]


def write(path):
    with open_writer(path) as writer:
        for frame in FRAMES:
            writer.write(frame)


def no_space(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


class FullFile:
    """A file on a disk that is full after some bytes."""

    def __init__(self, file, room):
        self._file, self._room = file, room

    def write(self, data):
        self._room -= len(data)
        if self._room < 0:
            no_space()
        return self._file.write(data)

    def __getattr__(self, name):
        return getattr(self._file, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def __iter__(self):
        return iter(self._file)


# pyarrow and openpyxl try once more when what could not be closed is collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("room", [0, 100, 3000])
@pytest.mark.parametrize("ending", [ending for ending in ENDINGS if ending != ".parquet"])
def test_a_disk_that_fills_leaves_the_old_file_and_no_part(ending, room, tmp_path, monkeypatch):
    (tmp_path / f"out{ending}").write_text("old")
    opened = Path.open

    def full(self, mode="r", *arguments, **options):
        file = opened(self, mode, *arguments, **options)
        return FullFile(file, room) if set("wx+") & set(mode) and self.parent == tmp_path else file

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(ReportError, match="No space left on device"):
        write(tmp_path / f"out{ending}")
    assert [path.name for path in tmp_path.iterdir()] == [f"out{ending}"]
    assert (tmp_path / f"out{ending}").read_text() == "old"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("ending", "step"),
    [
        (".parquet", "pyarrow.parquet.ParquetWriter.write_table"),
        (".parquet", "pyarrow.parquet.ParquetWriter.close"),
        (".xlsx", "openpyxl.Workbook.save"),
        *[(ending, "pathlib.Path.replace") for ending in ENDINGS],
        *[(ending, "pathlib.Path.touch") for ending in ENDINGS],
    ],
)
def test_a_step_that_finds_no_room_leaves_the_old_file_and_no_part(ending, step, tmp_path, monkeypatch):
    (tmp_path / f"out{ending}").write_text("old")
    monkeypatch.setattr(step, no_space)
    with pytest.raises(ReportError, match="No space left on device"):
        write(tmp_path / f"out{ending}")
    assert [path.name for path in tmp_path.iterdir()] == [f"out{ending}"]
    assert (tmp_path / f"out{ending}").read_text() == "old"


def test_an_output_that_cannot_be_written_is_one_sentence(tmp_path, small_model_folder, capsys):
    (tmp_path / "in.csv").write_text(f"text\n{REPORT}\n")
    (tmp_path / "file").write_text("")
    for output in (tmp_path / "none" / "out.csv", tmp_path / "file" / "out.csv", Path("/proc/out.csv")):
        assert main(["label", str(tmp_path / "in.csv"), "-o", str(output), "--model", str(small_model_folder)]) == 1
        err = capsys.readouterr().err
        assert "cannot be written" in err
        assert err.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "in.csv"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_pipe_that_takes_no_more_is_one_sentence(tmp_path, small_model_folder):
    (tmp_path / "in.csv").write_text(f"text\n{REPORT}\n")
    command = ["label", str(tmp_path / "in.csv"), "--model", str(small_model_folder)]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-c", f"import sys; from cyberclass.cli import main; sys.exit(main({command!r}))"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert ended.returncode == 1
    assert "-: cannot be written (No space left on device)" in ended.stderr
    assert "Traceback" not in ended.stderr
