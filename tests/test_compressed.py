"""Compressed tables, read and written: the same rows, the same bytes each time, and no more than there should be."""

import bz2
import gzip
import io
import lzma
import sys
from pathlib import Path

import pandas as pd
import pyarrow
import pytest

from cyberclass.errors import ReportError
from cyberclass.labelling import label, slices
from cyberclass.labelling.label import label_reports
from cyberclass.labelling.saved_model import SavedModel
from cyberclass.labelling.writers import open_writer
from cyberclass.text import compressed
from cyberclass.text.compressed import COMPRESSIBLE, COMPRESSIONS, compression_of, kind_of
from cyberclass.text.readers import read_reports


def zstd(data):
    return pyarrow.compress(data, codec="zstd", asbytes=True)


PACK = {".gz": gzip.compress, ".zst": zstd, ".bz2": bz2.compress, ".xz": lzma.compress}
CSV = 'id,text\n1,"The gang\nstole files."\n2,Ransom paid: “all”.\n'.encode()


def texts_of(path, **options):
    return [text for batch in read_reports(path, **options) for text in batch.texts]


@pytest.mark.parametrize(
    ("name", "kind", "compression"),
    [
        ("a.csv", ".csv", ""),
        ("a.csv.gz", ".csv", ".gz"),
        ("a.b.JSONL.Zst", ".jsonl", ".zst"),
        ("a.parquet.gz", ".gz", ""),
        ("a.gz", ".gz", ""),
        ("csv.gz", ".gz", ""),
        ("a", "", ""),
        ("", "", ""),
        (".csv.gz", ".gz", ""),
    ],
)
def test_a_compressed_table_is_known_by_both_endings(name, kind, compression):
    assert (kind_of(Path(name)), compression_of(Path(name))) == (kind, compression)


@pytest.mark.parametrize("ending", COMPRESSIONS)
def test_a_compressed_table_is_read(tmp_path, ending):
    path = tmp_path / f"a.csv{ending}"
    path.write_bytes(PACK[ending](CSV))
    batches = list(read_reports(path, batch_size=1))
    assert [batch.texts for batch in batches] == [["The gang\nstole files."], ["Ransom paid: “all”."]]
    assert batches[-1].share == 1.0
    # Programs that compress in parallel write several streams into one file.
    path.write_bytes(PACK[ending](CSV[:30]) + PACK[ending](CSV[30:]))
    assert texts_of(path) == ["The gang\nstole files.", "Ransom paid: “all”."]


@pytest.mark.parametrize("ending", COMPRESSIONS)
@pytest.mark.parametrize("kind", COMPRESSIBLE)
@pytest.mark.parametrize("late", [False, True])
def test_what_is_written_is_read_back_and_is_the_same_each_time(tmp_path, ending, kind, late):
    frames = [
        pd.DataFrame({"text": ["one “\r”", "two"]}),
        pd.DataFrame({"text": ["three"], **({"x": [1]} if late else {})}),
    ]
    for name in ("a", "b"):
        with open_writer(tmp_path / f"{name}{kind}{ending}") as writer:
            for frame in frames:
                writer.write(frame)
    assert [path.name for path in sorted(tmp_path.iterdir())] == [f"{name}{kind}{ending}" for name in ("a", "b")]
    assert texts_of(tmp_path / f"a{kind}{ending}") == ["one “\r”", "two", "three"]
    one, other = ((tmp_path / f"{name}{kind}{ending}").read_bytes() for name in ("a", "b"))
    assert one == other
    assert one[:2] == PACK[ending](b"x")[:2]


@pytest.mark.parametrize("ending", COMPRESSIONS)
@pytest.mark.parametrize("damage", ["cut", "foreign", "empty"])
def test_a_damaged_file_is_one_sentence(tmp_path, ending, damage):
    path = tmp_path / f"a.csv{ending}"
    whole = PACK[ending](CSV * 200)
    path.write_bytes({"cut": whole[: len(whole) // 2], "foreign": CSV, "empty": b""}[damage])
    # gzip takes no bytes for no rows.
    expected = f"cannot be read as {COMPRESSIONS[ending]} \\(|found an empty file"
    with pytest.raises(ReportError, match=expected):
        texts_of(path)


@pytest.mark.parametrize("ending", COMPRESSIONS)
def test_a_bomb_is_not_expanded(tmp_path, ending, monkeypatch):
    monkeypatch.setattr(compressed, "FREE_BYTES", 1 << 20)
    path = tmp_path / f"a.csv{ending}"
    path.write_bytes(PACK[ending](b"text\n" + b"0" * (50 << 20)))
    with pytest.raises(ReportError, match=r"expands to more than \d+ MB of [\d,]+ bytes; expected reports"):
        texts_of(path)
    path.write_bytes(PACK[ending](b"text\n" + b"report\n" * 100_000))
    assert len(texts_of(path)) == 100_000


@pytest.mark.parametrize("ending", [".gz", ".zst", ".xz"])
def test_compressed_standard_input_is_told(ending, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PACK[ending](CSV))))
    with pytest.raises(ReportError, match=r"found an? (gzip|zstd|xz) file, expected text; give the path"):
        list(read_reports("-"))


def test_what_is_not_compressible_is_refused(tmp_path):
    (tmp_path / "a.parquet.gz").write_bytes(b"x")
    with pytest.raises(ReportError, match=r"found a file ending in '.gz'"):
        read_reports(tmp_path / "a.parquet.gz")
    with pytest.raises(ReportError, match=r"found the ending '.gz'"):
        open_writer(tmp_path / "a.xlsx.gz")


@pytest.mark.parametrize("output", ["out/", "out.csv.zst", "out.jsonl"])
def test_a_large_compressed_table_is_labelled_in_parts(tmp_path, small_model_folder, output, monkeypatch):
    rows = [f"{number},Report {number} on a gang that wants a ransom." for number in range(90)]
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress("\n".join(["id,text", *rows]).encode()))
    for module, name, value in ((slices, "LARGE_BYTES", 100), (label, "LARGE_BYTES", 100), (slices, "PART_BATCHES", 2)):
        monkeypatch.setattr(module, name, value)
    summary = label_reports(
        tmp_path / "a.csv.gz", f"{tmp_path}/{output}", SavedModel(small_model_folder), batch_size=10, jobs=1
    )
    assert (summary.rows, summary.parts) == (90, 5)
    found = f"{tmp_path}/{output}*.gz" if output == "out/" else f"{tmp_path}/{output}"
    assert len(texts_of(found)) == 90
