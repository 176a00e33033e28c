"""Frames -> one file, whole or not at all."""

import csv
import json
import math
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow
import pytest
from openpyxl import load_workbook
from pyarrow import dataset, parquet

from cyberclass.errors import ReportError
from cyberclass.labelling import excel
from cyberclass.labelling.plain import DelimitedWriter
from cyberclass.labelling.values import cell_text
from cyberclass.labelling.writer import merge_columns
from cyberclass.labelling.writers import ENDINGS, open_writer
from cyberclass.text.readers import read_reports


def objects(**columns) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype=object)


def write(path, *frames):
    with open_writer(path) as writer:
        for frame in frames:
            writer.write(frame)
    return path


def read_back(path) -> list[dict]:
    """Read rows of any format, with the file's own library; absent and empty cells have no key."""
    if path.suffix in (".csv", ".tsv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","))
        assert not any(None in row for row in rows)
    elif path.suffix in (".jsonl", ".ndjson"):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
    elif path.suffix == ".parquet":
        rows = parquet.read_table(path).to_pylist()
    else:
        header, *cells = load_workbook(path)["reports"].iter_rows(values_only=True)
        rows = [dict(zip(header, row, strict=True)) for row in cells]
    return [{name: value for name, value in row.items() if value not in (None, "")} for row in rows]


def files_in(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        'quotes " and "" more',
        "line\nbreak, comma; semicolon\ttab",
        "carriage\rreturn",
        "both\r\n",
        "=1+1",
        "#N/A",
        " spaces ",
        "“curly” 日本語 😀",
        "007",
        "true",
    ],
)
def test_text_comes_back_as_it_was(tmp_path, ending, text):
    path = write(tmp_path / f"out{ending}", objects(id=["1", "2"], text=[text, "last"], end=["x", "y"]))
    expected = [{"id": "1", "text": text, "end": "x"}, {"id": "2", "text": "last", "end": "y"}]
    if not text:
        del expected[0]["text"]
    assert read_back(path) == expected
    assert files_in(tmp_path) == [path.name]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", ""),
        (None, ""),
        (pd.NA, ""),
        (pd.NaT, ""),
        (math.nan, ""),
        (np.float64("nan"), ""),
        (True, "true"),
        (np.bool_(False), "false"),
        (3, 3),
        (np.int64(3), 3),
        (0.5, 0.5),
        ([1, None, "é"], '[1, null, "é"]'),
        ({"a": date(2024, 1, 2)}, '{"a": "2024-01-02"}'),
        (np.array([1, 2]), "[1, 2]"),
        (datetime(2024, 1, 2, 3, 4), "2024-01-02T03:04:00"),
        (Decimal("1.10"), "1.10"),
        (b"\xff", "/w=="),
    ],
)
def test_cell_text(value, expected):
    found = cell_text(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("ending", ENDINGS)
def test_columns_that_come_late_are_kept_in_their_place(tmp_path, ending):
    path = write(
        tmp_path / f"out{ending}",
        objects(text=["a"], label=["x"]),
        objects(text=["b\r"], late=["c, d"], label=["y"]),
        objects(label=["z"], last=["e"]),
    )
    assert read_back(path) == [
        {"text": "a", "label": "x"},
        {"text": "b\r", "late": "c, d", "label": "y"},
        {"label": "z", "last": "e"},
    ]
    if ending not in (".jsonl", ".ndjson"):
        (batch,) = read_reports(path)
        assert list(batch.frame.columns) == ["text", "late", "label", "last"]
    assert files_in(tmp_path) == [path.name]


@pytest.mark.parametrize(
    ("columns", "names", "expected"),
    [
        ([], [], []),
        ([], ["a", "b"], ["a", "b"]),
        (["a", "b"], [], ["a", "b"]),
        (["a", "z"], ["a", "b", "z"], ["a", "b", "z"]),
        (["a", "z"], ["b", "c"], ["b", "c", "a", "z"]),
        (["a", "z"], ["z", "b"], ["a", "z", "b"]),
    ],
)
def test_merge_columns(columns, names, expected):
    merge_columns(columns, names)
    assert columns == expected


class InterruptionError(Exception):
    pass


def write_and_stop(writer, error, *frames):
    with writer:
        for frame in frames:
            writer.write(frame)
        raise error


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("error", [InterruptionError, KeyboardInterrupt])
@pytest.mark.parametrize("late", [False, True])
def test_an_interrupted_run_leaves_the_old_file_and_nothing_else(tmp_path, ending, error, late):
    path = tmp_path / f"out{ending}"
    path.write_bytes(b"old")
    frames = objects(text=["a"]), objects(text=["b"], **({"late": ["c"]} if late else {}))
    with pytest.raises(error):
        write_and_stop(open_writer(path), error, *frames)
    assert path.read_bytes() == b"old"
    assert files_in(tmp_path) == [path.name]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_is_replaced_only_by_rows(tmp_path, ending):
    path = tmp_path / f"out{ending}"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write(path)
    assert path.read_bytes() == b"old"
    write(path, objects(text=["a"]))
    assert read_back(path) == [{"text": "a"}]
    assert path.stat().st_mode & 0o777 == 0o640
    assert files_in(tmp_path) == [path.name]


def test_a_link_goes_on_pointing_where_it_points(tmp_path):
    (tmp_path / "real").mkdir()
    link = tmp_path / "out.csv"
    link.symlink_to(tmp_path / "real" / "out.csv")
    write(link, objects(text=["a"]))
    assert link.is_symlink()
    assert files_in(tmp_path / "real") == ["out.csv"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("out.txt", "'.txt'; expected .csv, .tsv, .jsonl, .ndjson, .parquet or .xlsx"),
        ("out", "''; expected .csv"),
        ("missing/out.csv", r"cannot be written \(No such file or directory\)"),
        ("file/out.csv", "cannot be written"),
        ("folder.csv", "found a folder"),
    ],
)
def test_what_cannot_be_written_is_one_sentence(tmp_path, name, expected):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(ReportError, match=expected) as caught:
        write(tmp_path / name, objects(text=["a"]))
    assert str(tmp_path / name) in str(caught.value)
    assert files_in(tmp_path) == ["file", "folder.csv"]


def test_a_full_disk_is_one_sentence(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(DelimitedWriter, "_write_rows", fail)
    with pytest.raises(ReportError, match="No space left"):
        write(tmp_path / "out.csv", objects(text=["a"]))
    assert files_in(tmp_path) == []


def test_standard_output_is_csv(capsysbinary):
    write("-", objects(text=["é"], n=[True]), objects(text=["b"], m=["late"], n=[None]))
    assert capsysbinary.readouterr().out.decode() == "text,m,n\né,,true\nb,late,\n"


def test_nothing_reaches_standard_output_before_the_end(capsysbinary):
    with pytest.raises(InterruptionError):
        write_and_stop(open_writer("-"), InterruptionError, objects(text=["a"]))
    assert capsysbinary.readouterr().out == b""


def test_csv_in_full(tmp_path):
    frame = pd.DataFrame({"text": ["a, b", None], "yes": [True, False], "share": [0.5, math.nan], "n": [1, 2]})
    assert write(tmp_path / "out.csv", frame).read_text() == 'text,yes,share,n\n"a, b",true,0.5,1\n,false,,2\n'


def test_json_lines_in_full(tmp_path):
    frame = objects(
        text=["é\ud800", "b"], nested=[{"a": [1]}, None], lacks=[pd.NA, math.nan], when=[date(2024, 1, 2), 1]
    )
    assert write(tmp_path / "out.jsonl", frame).read_text(encoding="utf-8") == (
        '{"text": "é\\ud800", "nested": {"a": [1]}, "when": "2024-01-02"}\n'
        '{"text": "b", "nested": null, "lacks": null, "when": 1}\n'
    )


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".xlsx", ".parquet"])
def test_nested_values_become_json(tmp_path, ending):
    path = write(tmp_path / f"out{ending}", objects(text=["a", "b"], nested=[{"k": ["é"]}, [1]]))
    assert [row["nested"] for row in read_back(path)] == ['{"k": ["é"]}', "[1]"]


@pytest.mark.parametrize(
    ("batches", "kind", "expected"),
    [
        ([["a"], ["b"]], "string", ["a", "b"]),
        ([[None], [None]], "string", [None, None]),
        ([[None], [[]]], "string", [None, "[]"]),
        ([["x"], [None]], "string", ["x", None]),
        ([[1], [None]], "int64", [1, None]),
        ([[None], [1], [None]], "int64", [None, 1, None]),
        ([[1], [0.5]], "double", [1.0, 0.5]),
        ([[1, 0.5]], "double", [1.0, 0.5]),
        ([[2**60], [0.5]], "string", [str(2**60), "0.5"]),
        ([[0.5], [2**60]], "string", ["0.5", str(2**60)]),
        ([[2**60, 0.5]], "string", [str(2**60), "0.5"]),
        ([[2**70]], "string", [str(2**70)]),
        ([[True], ["x"]], "string", ["true", "x"]),
        ([["x", True, 1, None, [1]]], "string", ["x", "true", "1", None, "[1]"]),
        ([[{"a": 1}], ["x"], [2]], "string", ['{"a": 1}', "x", "2"]),
        ([[date(2024, 1, 2)], ["x"]], "string", ["2024-01-02", "x"]),
        ([["\ud800"]], "string", ["?"]),
        ([[pd.NA, True]], "bool", [None, True]),
    ],
)
def test_parquet_types(tmp_path, batches, kind, expected):
    path = write(tmp_path / "out.parquet", *(objects(text=values) for values in batches))
    table = parquet.read_table(path)
    assert str(table.schema.field("text").type) == kind
    assert table["text"].to_pylist() == expected
    assert files_in(tmp_path) == [path.name]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (objects(a=[None]), objects(a=["x"]), [None, "x"]),
        (objects(a=["x"]), objects(a=[None]), ["x", None]),
        (objects(a=[None]), objects(a=[1]), [None, "1"]),
        (objects(a=[1]), objects(a=[None]), [1, None]),
        (pd.DataFrame({"a": pd.array([None], pd.ArrowDtype(pyarrow.null()))}), objects(a=["x"]), [None, "x"]),
    ],
)
def test_a_folder_of_parquet_parts_is_one_table(tmp_path, first, second, expected):
    for name, frame in (("a.0.parquet", first), ("a.1.parquet", second)):
        write(tmp_path / name, frame)
    assert dataset.dataset(tmp_path).to_table()["a"].to_pylist() == expected


def test_parquet_to_parquet_keeps_types(tmp_path):
    table = pyarrow.table(
        {
            "text": ["breach", "leak"],
            "n": pyarrow.array([1, None], pyarrow.int16()),
            "many": [[1], None],
            "when": pyarrow.array([datetime(2024, 1, 2, tzinfo=UTC)] * 2, pyarrow.timestamp("ms", tz="UTC")),
            "kind": pyarrow.array(["x", "y"]).dictionary_encode(),
        }
    )
    parquet.write_table(table, tmp_path / "in.parquet")
    frames = [batch.frame for batch in read_reports(tmp_path / "in.parquet", batch_size=1)]
    found = parquet.read_table(write(tmp_path / "out.parquet", *frames))
    assert found.drop_columns("kind").equals(table.drop_columns("kind"))
    assert found["kind"].to_pylist() == ["x", "y"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (0.5, 0.5),
        (math.inf, "inf"),
        (10**15, str(10**15)),
        ("a\x00\ud800\ufffe", "a\ufffd\ufffd\ufffd"),
        (datetime(2024, 1, 2, 3, 4), datetime(2024, 1, 2, 3, 4)),
        (datetime(2024, 1, 2, tzinfo=UTC), "2024-01-02T00:00:00+00:00"),
        (date(1799, 1, 2), "1799-01-02"),
    ],
)
def test_excel_values(tmp_path, value, expected):
    (row,) = read_back(write(tmp_path / "out.xlsx", objects(text=["a"], value=[value])))
    assert row.get("value") == expected
    assert type(row.get("value")) is type(expected)


def test_excel_never_sees_a_formula(tmp_path):
    path = write(tmp_path / "out.xlsx", objects(**{"=1": ["=1+1", "#REF!"]}))
    cells = [cell for (cell,) in load_workbook(path)["reports"].iter_rows()]
    assert [(cell.value, cell.data_type) for cell in cells] == [("=1", "s"), ("=1+1", "s"), ("#REF!", "s")]


@pytest.mark.parametrize(
    ("limit", "frame", "expected"),
    [
        ("MOST_CHARACTERS", objects(text=["ab", "a" * 9]), "a text of 9 characters .*so write a .csv"),
        ("MOST_ROWS", objects(text=["a"] * 8), "found 9 rows .*so write a .csv"),
        ("MOST_COLUMNS", objects(**{f"c{n}": ["a"] for n in range(9)}), "9 columns.*so write a .csv"),
    ],
)
def test_excels_limits_are_one_sentence(tmp_path, monkeypatch, limit, frame, expected):
    monkeypatch.setattr(excel, limit, 8)
    with pytest.raises(ReportError, match=expected):
        write(tmp_path / "out.xlsx", frame)
    assert files_in(tmp_path) == []


INPUTS = [".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".xlsx"]


@pytest.mark.parametrize("ending_in", INPUTS)
@pytest.mark.parametrize("ending_out", ENDINGS)
@pytest.mark.parametrize("batch_size", [1, 1000])
def test_every_format_in_and_out(tmp_path, ending_in, ending_out, batch_size):
    rows = [
        {"id": "001", "text": 'A "breach",\nsaid é', "note": "=x"},
        {"id": "002", "text": "Leak; 100 | files\t!", "note": ""},
        {"id": "003", "text": "Wiper", "note": "ß"},
    ]
    frame = pd.DataFrame(rows, dtype=object)
    source = write(tmp_path / f"in{ending_in}", frame)
    batches = list(read_reports(source, batch_size=batch_size))
    assert [text for batch in batches for text in batch.texts] == [row["text"] for row in rows]
    path = write(tmp_path / f"out{ending_out}", *(batch.frame for batch in batches))
    assert read_back(path) == [{name: value for name, value in row.items() if value} for row in rows]
