"""Files of reports -> batches."""
# ruff: noqa: RUF001 (curly quotes and dashes are what these tests are about)

import io
import json
import sys
import warnings
from datetime import datetime
from functools import partial
from zipfile import ZipFile

import pandas as pd
import pyarrow
import pytest
from docx import Document
from openpyxl import Workbook

from cyberclass.errors import ReportError
from cyberclass.text import sheets, tables
from cyberclass.text.mending import mend
from cyberclass.text.readers import Batch, read_reports
from cyberclass.text.streams import HEAD_BYTES


def gather(source, text_column=None, batch_size=1000) -> Batch:
    """Read everything and put the batches together."""
    batches = list(read_reports(source, text_column, batch_size))
    for batch in batches:
        assert len(batch.frame) == len(batch.texts)
        assert list(batch.frame.index) == list(range(len(batch.texts)))
        assert len(batch.texts) + len(batch.rejects) > 0
    return Batch(
        pd.concat([batch.frame for batch in batches], ignore_index=True),
        [text for batch in batches for text in batch.texts],
        pd.concat([batch.rejects for batch in batches], ignore_index=True),
        batches[-1].share,
    )


def rejects_of(batch) -> list[tuple[str, str]]:
    return list(batch.rejects.itertuples(index=False, name=None))


def pdf_bytes(line: str, title: str = "", trailer: str = "") -> bytes:
    stream = f"BT /F1 12 Tf 72 720 Td ({line}) Tj ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        f"<</Title({title})>>",
    ]
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj{content} endobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    start = len(body)
    body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    body += f"trailer<</Size {len(objects) + 1}/Root 1 0 R/Info 6 0 R{trailer}>>\nstartxref\n{start}\n%%EOF"
    return body.encode("latin-1")


ENCRYPTED = pdf_bytes(
    "secret",
    trailer=f"/Encrypt<</Filter/Standard/V 1/R 2/O({'x' * 32})/U({'y' * 32})/P -4>>/ID[({'a' * 16})({'a' * 16})]",
)

PAGE = """<html><head><title>Hospital hit by ransomware</title><script>var tracker = 1</script></head><body>
<nav><a href="/">Home</a> <a href="/shop">Subscribe now</a></nav><article><h1>Hospital hit by ransomware</h1>
<p>The gang demanded five million dollars after it had encrypted the servers of the hospital on Monday.</p>
<p>Doctors had to turn patients away, the director said on Tuesday in a statement to the press.</p>
</article><footer>Cookie settings</footer></body></html>"""


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "Angriff auf die Stadtwerke München"),
        ("utf-8-sig", "Angriff auf die Stadtwerke München"),
        ("cp1252", "It cost the city €5m – “a lot”, said the café’s owner"),
        ("cp1252", "Le ministère de la santé a été attaqué"),
        ("cp1252", "La compañía sufrió un ataque el miércoles según informó la prensa"),
        ("cp1251", "Хакеры атаковали министерство обороны и украли данные"),
        ("cp932", "昨日、病院がランサムウェアの攻撃を受けました。患者のデータが盗まれた。"),
        ("utf-16", "Der Angriff kam über Nacht"),
        ("utf-16-le", "Der Angriff kam über Nacht"),
        ("utf-16-be", "Der Angriff kam über Nacht"),
        ("utf-32", "Der Angriff kam über Nacht"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_of_any_encoding_and_delimiter(tmp_path, encoding, text, delimiter):
    path = tmp_path / "reports.csv"
    path.write_bytes(f'id{delimiter}text\r\n1{delimiter}"{text}"\r\n'.encode(encoding))
    batch = gather(path)
    assert batch.frame.to_dict("list") == {"id": ["1"], "text": [text]}
    assert batch.texts == [text]
    assert batch.share == 1.0


@pytest.mark.parametrize(
    ("tail", "expected"),
    [("café".encode(), "café"), ("café".encode("cp1252"), "café"), (b"caf\xe2\x82", "café"[:3])],
)
def test_bytes_beyond_the_head_never_stop_the_reading(tmp_path, tail, expected):
    path = tmp_path / "reports.csv"
    path.write_bytes(b"id,text\n" + b"1,attack\n" * (HEAD_BYTES // 9 + 1) + b"2," + tail + b"\n")
    assert gather(path).texts[-1].startswith(expected)


@pytest.mark.parametrize(
    ("table", "texts", "rejects"),
    [
        ("text\n", None, None),
        ("text\n\n \n\n", None, None),
        ("id,text\n1,breach\n\n   \n2,leak\n", ["breach", "leak"], []),
        ("id,text\n1,breach\n2\n3,a,b\n4,leak\n", ["breach", "leak"], [("2", "1 cells where"), ("3", "3 cells where")]),
        ('id,text\n1,"a ""quoted"" word,\nand a line"\n', ['a "quoted" word,\nand a line'], []),
        ('id,text\n1,"a\rb"\n', ["a\rb"], []),
        ("id,text\n1,br\x00each\x07\n", ["breach"], []),
        ("id,text\n1,\n2,123 !?\n3,x\n", ["x"], [("1", "no text"), ("2", "no text")]),
        ('id,text\n1,x\n2,"never ends\n3,y\n', ["x"], [("2", "a quotation mark is never closed")]),
        ("Title,TEXT \nBank hit,by thieves\nBank hit,\n", ["Bank hit\n\nby thieves", "Bank hit"], []),
        ("headline,summary\nBank hit,by thieves\n", ["Bank hit\n\nby thieves"], []),
        ("body,description\nlong,short\n", ["short"], []),
        ("text\nno comma\n", ["no comma"], []),
        ("id,text\n1,The ministryâ€™s cafÃ©\n", ["The ministry’s café"], []),
        ("id,text\n1,“curly” – it’s fine\n", ["“curly” – it’s fine"], []),
    ],
)
@pytest.mark.parametrize("batch_size", [1, 1000])
def test_csv_rows(tmp_path, table, texts, rejects, batch_size):
    path = tmp_path / "reports.csv"
    path.write_text(table, encoding="utf-8", newline="")
    if texts is None:
        assert list(read_reports(path)) == []
        return
    batch = gather(path, batch_size=batch_size)
    assert batch.texts == texts
    assert [row for row, _ in rejects_of(batch)] == [row for row, _ in rejects]
    for (_, found), (_, expected) in zip(rejects_of(batch), rejects, strict=True):
        assert found.startswith(expected)


def test_the_users_columns_stay_as_they_are(tmp_path):
    path = tmp_path / "reports.csv"
    path.write_text(",text, Date ,n\n007,cafÃ© \x00,,1e5\n", encoding="utf-8")
    frame = gather(path).frame
    assert list(frame.columns) == ["column_1", "text", " Date ", "n"]
    assert frame.iloc[0].tolist() == ["007", "cafÃ© \x00", "", "1e5"]


@pytest.mark.parametrize(
    ("name", "content", "column", "expected"),
    [
        ("a.csv", "", None, "empty file"),
        ("a.csv", "  \n\n", None, "empty file"),
        ("a.jsonl", "", None, "empty file"),
        ("a.json", "", None, "empty file"),
        ("a.csv", "id,text,text\n1,a,b\n", None, "'text' more than once"),
        ("a.csv", '"id,text\n1,a\n', None, "no line of column names"),
        ("a.csv", "id,words\n1,a\n", None, r"found 'id', 'words'. Name it with --text-column\."),
        ("a.csv", "id,text\n1,a\n", "words", r"no column 'words'; found 'id', 'text'. Name it with --text-column\."),
        ("a.jsonl", '{"id": 1}', None, "found 'id'. Name it with --text-column"),
        ("a.json", "{}", None, "found a JSON object; expected a JSON array"),
        ("a.json", '{"text": "a"}\n{"text": "b"}', None, "not JSON .*ends in .jsonl"),
        ("a.parquet", "PAR1 no more", None, "cannot be read as a Parquet file"),
        ("a.xlsx", "PK no more", None, "cannot be read as an unlocked Excel workbook"),
        ("a.doc", "old", None, "ending in '.doc'; expected .csv, .tsv"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path, name, content, column, expected):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8", newline="")
    with pytest.raises(ReportError, match=expected) as caught:
        list(read_reports(path, column))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_cell_beyond_the_limit_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "CELL_LIMIT", 100)
    limit = tables.csv.field_size_limit(100)
    try:
        with pytest.raises(ReportError, match=r"after row 0, up to line 2 .* quotation mark that is never closed"):
            list(read_reports(io.StringIO("id,text\n1," + "a" * 101)))
    finally:
        tables.csv.field_size_limit(limit)


def test_the_column_named_is_read_with_the_title(tmp_path):
    path = tmp_path / "reports.csv"
    path.write_text("title,text,Words\nT,a,b\n", encoding="utf-8")
    assert gather(path, "Words").texts == ["T\n\nb"]
    assert gather(path, "words").texts == ["T\n\nb"]
    assert gather(path, "title").texts == ["T"]


@pytest.mark.parametrize(
    ("objects", "columns"),
    [
        ([{"text": "a", "n": 1}, {"text": "a", "new": 2, "n": 1}], ["text", "new", "n"]),
        ([{"text": "a"}, {"first": 0, "text": "a", "last": 1}], ["first", "text", "last"]),
        ([{"text": "a", "n": 1}, {"n": 1, "text": "a"}], ["text", "n"]),
    ],
)
def test_a_key_that_only_some_objects_have_is_a_column_right_of_the_one_it_follows(tmp_path, objects, columns):
    path = tmp_path / "a.jsonl"
    path.write_text("".join(f"{json.dumps(each)}\n" for each in objects))
    assert list(gather(path).frame) == columns


@pytest.mark.parametrize("name", ["a.jsonl", "a.NDJSON"])
@pytest.mark.parametrize("batch_size", [1, 1000])
def test_json_lines(tmp_path, name, batch_size):
    lines = [
        '{"text": "breach", "n": 1, "nested": {"a": [1, null]}}',
        "",
        "not json",
        "[1]",
        '{"text": null, "title": "Title only"}',
        '{"text": 5}',
        '{"text": ["a", "b"]}',
        '{"text": "half \\ud83d pair", "also": "\\uD83D\\uDE00 \\udc00"}',
        '{"text": ' + "[" * 100_000,
        '{"text": "deep", "deep": ' + "[" * 300 + "]" * 300 + "}",
        '{"text": "big", "n": 1' + "0" * 5000 + "}",
        "{}",
        '{"text":\r"return"}',
        '{"text": "line\u2028separator"}',
    ]
    path = tmp_path / name
    path.write_text("\r\n".join(lines), encoding="utf-8", newline="")
    batch = gather(path, batch_size=batch_size)
    assert batch.texts == ["breach", "Title only", "half \ufffd pair", "return", "line\u2028separator"]
    assert batch.frame["nested"][0] == {"a": [1, None]}
    assert batch.frame["also"][2] == "😀 \ufffd"
    assert batch.frame["n"][0] == 1
    found = dict(rejects_of(batch))
    assert {row: found[row].split(" (")[0] for row in found} == {
        "2": "not JSON",
        "3": "a JSON array, expected an object",
        "5": "no text",
        "6": "the text is a list, expected a string",
        "8": "JSON nested more than 200 deep",
        "9": "JSON nested more than 200 deep",
        "10": "not JSON",
        "11": "no text",
    }


def test_json_array(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"text": "breach"}, 3, {"text": "leak", "n": [1]}]), encoding="utf-8")
    batch = gather(path, batch_size=2)
    assert batch.texts == ["breach", "leak"]
    assert rejects_of(batch) == [("2", "a JSON number, expected an object")]


def test_parquet_keeps_types(tmp_path):
    path = tmp_path / "a.parquet"
    frame = pd.DataFrame({"text": ["breach", None, "leak"], "n": pd.array([1, 2, None], "Int64"), "l": [[1], [], [2]]})
    frame.index = pd.Index(["x", "y", "z"], name="key")
    frame.to_parquet(path)
    batch = gather(path, batch_size=2)
    assert batch.texts == ["breach", "leak"]
    assert rejects_of(batch) == [("2", "no text")]
    assert str(batch.frame.dtypes["n"]) == "int64[pyarrow]"
    assert batch.frame["n"].tolist() == [1, pd.NA]
    assert list(batch.frame.columns) == ["text", "n", "l", "key"]
    assert batch.share == 1.0


@pytest.mark.parametrize(
    ("texts", "block_size", "expected"),
    [
        (["a"] * 0, 1000, []),
        (["a"] * 50, 1000, [50]),
        (["a"] * 50, 20, [20, 20, 10]),
        (["a"] * 50, 3, [3] * 16 + [2]),
        (["a" * 500] * 50, 1000, [20, 20, 10]),
        (["a"] * 20 + ["a" * 500] * 20 + ["a"] * 20, 50, [40, 20]),
    ],
)
def test_blocks_of_parquet_end_by_rows_or_bytes(tmp_path, monkeypatch, texts, block_size, expected):
    monkeypatch.setattr(sheets, "_BLOCK_BYTES", 5000)
    path = tmp_path / "a.parquet"
    pd.DataFrame({"text": pd.Series(texts, dtype=object)}).to_parquet(path, row_group_size=7)
    blocks = list(sheets.read_parquet(path, block_size))
    assert [len(block.frame) for block in blocks] == expected
    assert [row for block in blocks for row in block.rows] == list(range(1, len(texts) + 1))
    assert [text for block in blocks for text in block.frame["text"]] == texts


@pytest.mark.parametrize("error", [MemoryError, partial(pyarrow.ArrowMemoryError, "realloc of size 4 failed")])
def test_parquet_that_takes_all_memory_is_one_sentence(tmp_path, monkeypatch, error):
    def fail(*_, **__):
        raise error()

    path = tmp_path / "a.parquet"
    pd.DataFrame({"text": ["breach"]}).to_parquet(path)
    monkeypatch.setattr("pyarrow.parquet.ParquetFile.iter_batches", fail)
    with pytest.raises(ReportError, match=r"a\.parquet: rows of it do not fit into the memory"):
        list(sheets.read_parquet(path, 10))


def test_excel(tmp_path):
    workbook = Workbook()
    sheet = workbook.active
    for row in [
        [],
        ["id", None, "text", 2024, None],
        [1, None, "breach", datetime(2024, 1, 2)],
        [],
        [2, None, None, True],
        [3, None, "leak", None, None, "stray"],
        [4, None, 5.5],
        [5, None, "wiper"],
    ]:
        sheet.append(row)
    path = tmp_path / "a.xlsx"
    workbook.save(path)
    batch = gather(path, batch_size=2)
    assert list(batch.frame.columns) == ["id", "column_2", "text", "2024"]
    assert batch.texts == ["breach", "wiper"]
    assert batch.frame["2024"].tolist() == [datetime(2024, 1, 2), None]
    assert rejects_of(batch) == [("2", "no text"), ("3", "6 cells where the header has 4"), ("4", "no text")]


def test_excel_rows_beyond_the_dimension_it_states_are_read(tmp_path):
    workbook = Workbook()
    for row in [["id", "text"], [1, "breach"], [2, "leak"]]:
        workbook.active.append(row)
    workbook.save(tmp_path / "right.xlsx")
    with ZipFile(tmp_path / "right.xlsx") as right, ZipFile(tmp_path / "wrong.xlsx", "w") as wrong:
        for name in right.namelist():
            wrong.writestr(name, right.read(name).replace(b'ref="A1:B3"', b'ref="A1"'))
    assert gather(tmp_path / "wrong.xlsx").texts == ["breach", "leak"]


def test_an_empty_sheet_is_one_sentence(tmp_path):
    Workbook().save(tmp_path / "a.xlsx")
    with pytest.raises(ReportError, match="first sheet is empty"):
        list(read_reports(tmp_path / "a.xlsx"))


def make_folder(tmp_path):
    folder = tmp_path / "news"
    (folder / "sub").mkdir(parents=True)
    document = Document()
    document.core_properties.title = "Port closed"
    document.add_paragraph("A worm stopped the cranes.")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Date", "May"
    document.add_paragraph("Ships waited.")
    document.save(folder / "a.docx")
    (folder / "b.html").write_text(PAGE, encoding="utf-8")
    (folder / "c.pdf").write_bytes(pdf_bytes("Hackers hit the bank", "Bank hit"))
    (folder / "d.pdf").write_bytes(ENCRYPTED)
    (folder / "e.pdf").write_bytes(b"%PDF-1.4 junk")
    (folder / "f.docx").write_bytes(b"junk")
    (folder / "g.txt").write_text("", encoding="utf-8")
    (folder / "h.txt").write_text("1234\n", encoding="utf-8")
    (folder / "i.pdf").write_bytes(pdf_bytes(""))
    (folder / "j.htm").write_text("<p>Short alert<script>bad()</script>", encoding="utf-8")
    (folder / "k.html").write_bytes('<meta charset="macintosh"><p>The café’s till'.encode("mac_roman"))
    (folder / "sub" / "l.md").write_bytes("# Über\n\nText".encode("cp1252"))
    (folder / "m.csv").write_text("text\nnot read\n", encoding="utf-8")
    (folder / ".hidden.txt").write_text("not read", encoding="utf-8")
    (folder / "~$a.docx").write_bytes(b"lock")
    return folder


@pytest.mark.parametrize("batch_size", [1, 3, 1000])
def test_a_folder_is_one_report_a_file(tmp_path, batch_size):
    batch = gather(make_folder(tmp_path), batch_size=batch_size)
    assert list(batch.frame.columns) == ["file", "title"]
    reports = dict(zip(batch.frame["file"], batch.texts, strict=True))
    assert list(reports) == ["a.docx", "b.html", "c.pdf", "j.htm", "k.html", "sub/l.md"]
    assert reports["a.docx"] == "Port closed\n\nA worm stopped the cranes.\nDate\tMay\nShips waited."
    assert reports["c.pdf"] == "Bank hit\n\nHackers hit the bank"
    assert reports["j.htm"] == "Short alert"
    assert reports["k.html"] == "The café’s till"
    assert reports["sub/l.md"] == "# Über\n\nText"
    assert reports["b.html"].startswith("Hospital hit by ransomware\n\nThe gang demanded")
    assert not any(noise in reports["b.html"] for noise in ("tracker", "Subscribe", "Cookie"))
    assert batch.frame["title"].tolist() == ["Port closed", "Hospital hit by ransomware", "Bank hit", "", "", ""]
    found = dict(rejects_of(batch))
    assert {name: reason.split(" (")[0].split(":")[0] for name, reason in found.items()} == {
        "d.pdf": "encrypted",
        "e.pdf": "damaged, or not a .pdf file",
        "f.docx": "damaged, or not a .docx file",
        "g.txt": "no text",
        "h.txt": "no text",
        "i.pdf": "no text",
    }
    assert batch.share == 1.0


def test_a_single_page(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("A plain report.", encoding="utf-8")
    batch = gather(path)
    assert batch.frame.to_dict("list") == {"file": ["a.txt"], "title": [""]}
    assert batch.texts == ["A plain report."]


def test_a_pattern_of_tables_is_read_one_after_the_other(tmp_path):
    (tmp_path / "a.csv").write_text("id,text\n1,breach\n2,\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("Text;n\nleak;1\n;2\n", encoding="utf-8")
    batch = gather(str(tmp_path / "*.csv"))
    assert batch.texts == ["breach", "leak"]
    assert list(batch.frame.columns) == ["id", "text", "Text", "n"]
    assert rejects_of(batch) == [("a.csv:2", "no text"), ("b.csv:2", "no text")]
    assert batch.share == 1.0


def test_a_pattern_of_pages(tmp_path):
    folder = make_folder(tmp_path)
    assert gather(f"{folder}/**/*.md").frame["file"].tolist() == ["sub/l.md"]


def test_a_name_that_looks_like_a_pattern_is_a_name(tmp_path):
    path = tmp_path / "a[1].csv"
    path.write_text("text\nbreach\n", encoding="utf-8")
    assert gather(str(path)).texts == ["breach"]


@pytest.mark.parametrize(
    ("files", "source", "expected"),
    [
        ([], "", "no file ending in .txt, .md"),
        (
            ["a.csv", "b.jsonl"],
            "",
            r"several kinds \(.csv, .jsonl\); name one, or a pattern such as '.*\*.csv'",
        ),
        (["_a.csv"], "", "no file ending in .txt, .md"),
        (["a.exe"], "", "no file ending in .txt, .md"),
        ([], "missing.csv", "no such file"),
        ([], "a" * 5000, r"cannot be opened \(File name too long\)"),
        ([], "*.csv", "no file matches"),
        (["a.csv", "b.jsonl"], "*", r"several kinds \(.csv, .jsonl\)"),
        (["a.csv", "b.txt"], "*", r"several kinds \(.csv, .txt\)"),
    ],
)
def test_where_nothing_can_be_found_is_one_sentence(tmp_path, files, source, expected):
    for name in files:
        (tmp_path / name).write_text("text\na\n", encoding="utf-8")
    with pytest.raises(ReportError, match=expected):
        read_reports(f"{tmp_path}/{source}")


@pytest.mark.parametrize(
    ("content", "texts", "columns"),
    [
        ('  {"text": "breach", "n": 1}\n', ["breach"], ["text", "n"]),
        ('[ {"text": "breach"}]', ["breach"], ["text"]),
        ("id;text\n1;breach\n", ["breach"], ["id", "text"]),
        ("A plain text, with commas.\nAnd lines.", ["A plain text, with commas.\nAnd lines."], ["file", "title"]),
        ("[Reuters] A breach.", ["[Reuters] A breach."], ["file", "title"]),
    ],
)
@pytest.mark.parametrize("kind", ["stdin", "text", "bytes"])
def test_streams(monkeypatch, content, texts, columns, kind):
    stream = io.StringIO(content) if kind == "text" else io.BytesIO(content.encode())
    if kind == "stdin":
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream))
    batch = gather("-" if kind == "stdin" else stream)
    assert batch.texts == texts
    assert list(batch.frame.columns) == columns
    assert batch.share in (None, 1.0)
    assert not stream.closed


@pytest.mark.parametrize(
    ("content", "expected"), [(b"", "found nothing"), (b" \n", "found nothing"), (b"PAR1\x00", "found a Parquet file")]
)
def test_streams_that_hold_no_reports(content, expected):
    with pytest.raises(ReportError, match=expected):
        list(read_reports(io.BytesIO(content)))


def test_a_stream_is_a_table_where_a_column_is_named():
    assert gather(io.StringIO("id,words\n1,breach\n"), "words").texts == ["breach"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain\ttext\r\n", "plain\ttext\r\n"),
        ("a\x00b\x1bc\x7f", "abc"),
        ("a\x0cb\x0bc", "a\nb\nc"),
        ("it\x92s “curly”", "it’s “curly”"),
        ("cafÃ©", "café"),
        ("voilÃ  encore", "voilà encore"),
        ("â€œquotedâ€\x9d", "“quoted”"),
        ("São Paulo’s “Úrsula”", "São Paulo’s “Úrsula”"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("日本\x81語", "日本語"),
        ("&amp; stays", "&amp; stays"),
    ],
)
def test_mend(text, expected):
    assert mend(text) == expected
    mend(text).encode("utf-8")


def test_reading_can_be_left_early(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text\n" + "breach\n" * 10, encoding="utf-8")
    batches = read_reports(path, batch_size=1)
    next(batches)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        batches.close()


@pytest.mark.parametrize("batch_size", [0, -1])
def test_batch_size_is_checked(batch_size):
    with pytest.raises(ReportError, match="batch_size: found"):
        read_reports(io.StringIO("text\na"), batch_size=batch_size)


@pytest.mark.parametrize(
    ("raw", "is_text"),
    [
        (bytes(range(256)) * 20, False),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 200, False),
        ("Grüße an alle, die das lesen können.".encode("latin-1"), True),
        (b"The gang left \x07 a bell in the note.", True),
    ],
)
def test_a_file_of_another_kind_is_no_text(tmp_path, raw, is_text):
    (tmp_path / "a.txt").write_bytes(raw)
    (batch,) = read_reports(tmp_path / "a.txt")
    assert bool(batch.texts) == is_text
    if not is_text:
        assert "control characters; expected text: this is a file of another kind" in batch.rejects["reason"][0]
