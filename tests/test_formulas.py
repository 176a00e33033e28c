"""Cells that a spreadsheet would run."""

import csv
import datetime
from decimal import Decimal

import pandas as pd
import pyarrow
import pytest
from openpyxl import load_workbook

from cyberclass.cli import main
from cyberclass.labelling.formulas import neutralise
from cyberclass.labelling.writers import ENDINGS, open_writer
from cyberclass.text.readers import read_reports


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3+cmd", "'-2+3+cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("\uff1d1", "'\uff1d1"),
        ("-", "'-"),
        ("-5", "-5"),
        ("+1,000.5", "+1,000.5"),
        ("-1e5", "-1e5"),
        ("-5\n", "'-5\n"),
        ("a=1", "a=1"),
        (" =1", " =1"),
        ("'=1", "'=1"),
        (-5, -5),
        (-0.5, -0.5),
        (True, True),
        (None, None),
        (pd.NA, pd.NA),
        (["=1"], ["=1"]),
        (Decimal("-1.5"), Decimal("-1.5")),
        (datetime.date(2020, 1, 2), datetime.date(2020, 1, 2)),
        (b"\xf8\x00", "'+AA="),
    ],
)
def test_a_cell_is_neutralised_if_it_would_run(cell, expected):
    (found,) = neutralise(pd.DataFrame({"a": pd.Series([cell], dtype=object)}))["a"]
    assert found is expected or found == expected


def test_names_of_columns_are_cells_too():
    frame = pd.DataFrame([["a", "b", "c"]], columns=["=1", "'=1", "text"])
    assert list(neutralise(frame).columns) == ["''=1", "'=1", "text"]


def test_columns_of_any_type_are_left_alone_without_a_formula():
    frame = pd.DataFrame(
        {
            "text": pd.array(["a", None], pd.ArrowDtype(pyarrow.string())),
            "n": [-1, 2],
            "yes": [True, False],
            "when": pd.to_datetime(["2020-01-01", None]),
        }
    )
    pd.testing.assert_frame_equal(neutralise(frame), frame)
    pd.testing.assert_frame_equal(neutralise(frame.iloc[:0]), frame.iloc[:0])


@pytest.mark.parametrize("safe", [False, True])
@pytest.mark.parametrize("ending", ENDINGS)
def test_only_tables_for_spreadsheets_are_changed_and_only_on_request(tmp_path, ending, safe):
    path = tmp_path / f"out{ending}"
    with open_writer(path, safe) as writer:
        writer.write(pd.DataFrame({"id": ["=1"], "text": ["leak"]}))
    (batch,) = read_reports(path)
    assert batch.frame["id"].tolist() == ["'=1" if safe and ending in (".csv", ".tsv", ".xlsx") else "=1"]
    if ending == ".xlsx":
        assert load_workbook(path)["reports"]["A2"].data_type == "s"


@pytest.mark.parametrize("option", [[], ["--safe-cells"]])
def test_both_files_of_a_run_are_safe(tmp_path, small_model_folder, option):
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "@a.txt").write_text("The gang encrypted the files and demands a ransom.")
    (folder / "=b.txt").write_text("")
    out = tmp_path / "out.csv"
    assert main(["label", str(folder), "-o", str(out), "--model", str(small_model_folder), *option]) == 0
    mark = "'" if option else ""
    assert next(csv.DictReader(out.read_text().splitlines()))["file"] == f"{mark}@a.txt"
    rejects = (tmp_path / "out.csv.rejects.csv").read_text().splitlines()
    assert next(csv.DictReader(rejects))["row"] == f"{mark}=b.txt"
