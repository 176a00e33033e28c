"""Runs kept part by part: what becomes a part, what is done again, what is refused, and what a kill may cost."""

import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow
import pytest
from pyarrow import parquet

from cyberclass.cli import main
from cyberclass.errors import ReportError
from cyberclass.labelling import job, journal, label, locks, runs, slices
from cyberclass.labelling.label import label_reports
from cyberclass.labelling.locks import hold, remove_leftovers
from cyberclass.labelling.saved_model import SavedModel
from cyberclass.text.folders import ReportFiles
from cyberclass.text.places import remove
from cyberclass.text.readers import read_reports

ROOT = Path(__file__).parents[1]
KINDS = (
    "The gang encrypted hospital number {} and wants a ransom.",
    "Hacktivists defaced site {} of the ministry.",
    "",
    "Spies of a state read the letters of embassy {}, known as Fancy Bear.",
)


def frame_of(n, start=0):
    return pd.DataFrame(
        {"id": range(start, start + n), "text": [KINDS[k % 4].format(k) for k in range(start, start + n)]}
    )


def put(path, n, start=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = frame_of(n, start)
    if path.suffix == ".parquet":
        parquet.write_table(pyarrow.Table.from_pandas(frame, preserve_index=False), path, row_group_size=10)
    elif path.suffix in (".jsonl", ".json"):
        frame.to_json(path, orient="records", lines=path.suffix == ".jsonl")
    else:
        frame.to_csv(path, index=False)
    return path


def files_in(folder):
    """Names and contents of all that is not hidden."""
    paths = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {str(path): (folder / path).read_bytes() for path in paths if not path.parts[0].startswith(".")}


def hidden_in(folder):
    return sorted(path.name for path in folder.rglob(".*") if path.name != ".journal")


@pytest.fixture
def saved(small_model_folder):
    return SavedModel(small_model_folder)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Parts of 20 reports, from 2000 bytes on."""
    for module, name, value in (
        (slices, "LARGE_BYTES", 2000),
        (label, "LARGE_BYTES", 2000),
        (slices, "PART_BATCHES", 2),
        (slices, "SLICE_ROWS", 20),
        (slices, "MOST_SLICE_ROWS", 40),
        (slices, "SLICE_PAGES", 3),
    ):
        monkeypatch.setattr(module, name, value)


def run(source, output, model, **options):
    return label_reports(source, output, model, **{"batch_size": 10, "jobs": 1, **options})


class StopError(Exception):
    pass


def stop_after(parts):
    """A log that ends a run when so many parts are done."""
    done = []

    def log(event, facts):
        done.extend([facts] if event == "part" else [])
        if len(done) == parts:
            raise StopError

    return log


# What becomes a part


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a.csv:10", "b.csv:4"], ["a.csv", "b.csv"]),
        (["a.csv:50", "sub/b.csv:4"], ["a.00000.csv", "a.00001.csv", "a.00002.csv", "sub/b.csv"]),
        (["a.jsonl:50"], ["a.00000.jsonl", "a.00001.jsonl", "a.00002.jsonl"]),
        (["a.json:10"], ["a.jsonl"]),
        (["a.parquet:20"], ["a.parquet"]),
        (["a.parquet:50"], ["a.00000.parquet", "a.00001.parquet", "a.00002.parquet"]),
    ],
)
def test_each_file_is_a_part_and_a_large_one_is_several(tmp_path, saved, names, expected):
    for name in names:
        file, size = name.split(":")
        put(tmp_path / "in" / file, int(size))
    summary = run(f"{tmp_path}/in/**/*.*" if "sub" in str(names) else tmp_path / "in", f"{tmp_path}/out/", saved)
    found = files_in(tmp_path / "out")
    assert [name for name in found if not name.startswith("_rejects")] == expected
    assert summary.parts == len(expected)
    assert summary.rows == sum(int(name.split(":")[1]) for name in names)
    rows = [row for name in expected for batch in read_reports(tmp_path / "out" / name) for row in batch.frame["id"]]
    texts = [int(number) for number in rows]
    assert texts == [k for name in names for k in range(int(name.split(":")[1])) if k % 4 != 2]
    assert set(found) - set(expected) == {f"_rejects/{name}.csv" for name in expected}


def test_pages_are_parts_of_some_files(tmp_path, saved):
    for number in range(7):
        (tmp_path / f"{number}.txt").write_text(KINDS[0].format(number))
    run(f"{tmp_path}/*.txt", f"{tmp_path}/out/", saved)
    assert list(files_in(tmp_path / "out")) == ["pages.00000.csv", "pages.00001.csv", "pages.00002.csv"]


def test_rejects_of_a_part_name_the_row_of_the_file(tmp_path, saved):
    put(tmp_path / "in" / "a.parquet", 50)
    run(tmp_path / "in", f"{tmp_path}/out/", saved)
    found = files_in(tmp_path / "out")
    numbers = [
        line.split(",")[0]
        for name in sorted(found)
        if name.startswith("_rejects")
        for line in found[name].decode().splitlines()[1:]
    ]
    assert numbers == [str(k + 1) for k in range(50) if k % 4 == 2]


def test_huge_row_groups_are_cut(tmp_path, saved):
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.Table.from_pandas(frame_of(50), preserve_index=False), path, row_group_size=50)
    assert run(path, f"{tmp_path}/out/", saved).parts == 3


def test_parts_of_two_files_never_share_a_name(tmp_path, saved):
    put(tmp_path / "in" / "a.csv", 50)
    put(tmp_path / "in" / "a.00001.csv", 4)
    with pytest.raises(ReportError, match=r"a.csv: its parts would have the name of a.00001.csv"):
        run(tmp_path / "in", f"{tmp_path}/out/", saved)


def test_several_sources_are_one_run(tmp_path, saved):
    paths = [put(tmp_path / "x" / "a.csv", 4), put(tmp_path / "y" / "a.csv", 4, 4)]
    run([str(path) for path in paths], f"{tmp_path}/out/", saved)
    assert [name for name in files_in(tmp_path / "out") if name[0] != "_"] == ["x/a.csv", "y/a.csv"]
    run([str(path) for path in paths], tmp_path / "out.csv", saved)
    assert (tmp_path / "out.csv").read_text().count("\n") == 1 + 6


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (["local.csv", "../shared/b.csv"], ["shared/b.csv", "work/local.csv"]),
        (["{}/work/local.csv", "../shared/b.csv"], ["shared/b.csv", "work/local.csv"]),
        (["local.csv", "{}/shared/b.csv"], ["shared/b.csv", "work/local.csv"]),
        (["../shared/b.csv", "../shared/c.csv"], ["b.csv", "c.csv"]),
    ],
)
def test_parts_lie_in_the_folder_wherever_the_sources_do(tmp_path, saved, sources, expected, monkeypatch):
    for name in ("work/local.csv", "shared/b.csv", "shared/c.csv"):
        put(tmp_path / name, 4)
    before = files_in(tmp_path)
    monkeypatch.chdir(tmp_path / "work")
    run([source.format(tmp_path) for source in sources], "labels/", saved)
    assert [name for name in files_in(Path("labels")) if name[0] != "_"] == expected
    assert {name: content for name, content in files_in(tmp_path).items() if "labels" not in name} == before


def test_a_part_outside_of_the_folder_is_refused(tmp_path):
    put(tmp_path / "b.csv", 4)
    files = ReportFiles([tmp_path / "sub" / ".." / "b.csv"], tmp_path, tabular=True)
    with pytest.raises(ReportError, match=r"its part would lie outside of the folder to write to; expected a path"):
        slices.cut(files)


@pytest.mark.parametrize(("link", "target"), [("a.csv", "in/a.csv"), ("sub", "in")])
def test_a_link_to_the_reports_in_the_folder_is_refused(tmp_path, saved, link, target):
    source = put(tmp_path / "in" / "a.csv", 4)
    run(source, f"{tmp_path}/out/", saved)
    (tmp_path / "out" / "a.csv").unlink()
    (tmp_path / "out" / link).symlink_to(tmp_path / target)
    with pytest.raises(ReportError, match=r"a.csv: lies in the folder to write to"):
        run(source, f"{tmp_path}/out/", saved)


@pytest.mark.slow
@pytest.mark.parametrize("source", ["a.csv", "*.parquet", "many"])
def test_any_number_of_processes_makes_the_same_parts(tmp_path, saved, source):
    put(tmp_path / "a.csv", 90)
    for number in range(5):
        put(tmp_path / f"{number}.parquet", 30, number)
        put(tmp_path / "many" / f"{number}.csv", 12, number)
    for jobs in (1, 2):
        seen = []
        progress = partial(lambda to, *step: to.append(step), seen)
        run(f"{tmp_path}/{source}", f"{tmp_path}/{jobs}/", saved, jobs=jobs, progress=progress)
        assert seen[-1][1] == pytest.approx(1.0)
        assert [step[0] for step in seen] == sorted(step[0] for step in seen)
    assert files_in(tmp_path / "1") == files_in(tmp_path / "2") != {}


# Going on


@pytest.mark.parametrize("source", ["a.csv", "a.parquet", "in"])
def test_a_finished_part_is_not_made_again(tmp_path, saved, source, monkeypatch):
    put(tmp_path / "a.csv", 90)
    put(tmp_path / "a.parquet", 90)
    for number in range(5):
        put(tmp_path / "in" / f"{number}.csv", 12, number)
    run(tmp_path / source, f"{tmp_path}/whole/", saved)
    with pytest.raises(StopError):
        run(tmp_path / source, f"{tmp_path}/out/", saved, log=stop_after(3))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*.*") if path.is_file()}
    assert len(before) == 3
    summary = run(tmp_path / source, f"{tmp_path}/out/", saved)
    assert files_in(tmp_path / "out") == files_in(tmp_path / "whole")
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())
    assert 0 < summary.earlier < summary.rows
    # A third time there is nothing to do, and nothing is read.
    monkeypatch.setattr(runs, "write_parts", lambda pieces, *_: iter([(None, None)] if list(pieces) else []))
    again = run(tmp_path / source, f"{tmp_path}/out/", saved)
    assert (again.rows, again.earlier, again.motivations) == (summary.rows, summary.rows, summary.motivations)
    assert again.drift.batch.to_card() == summary.drift.batch.to_card()


def test_a_part_that_is_gone_or_damaged_is_made_again(tmp_path, saved):
    put(tmp_path / "a.csv", 90)
    run(tmp_path / "a.csv", f"{tmp_path}/out/", saved)
    expected = files_in(tmp_path / "out")
    (tmp_path / "out" / "a.00001.csv").unlink()
    (tmp_path / "out" / "a.00003.csv").write_text("")
    run(tmp_path / "a.csv", f"{tmp_path}/out/", saved)
    assert files_in(tmp_path / "out") == expected


def test_files_that_are_new_are_labelled_beside_the_others(tmp_path, saved):
    put(tmp_path / "in" / "b.csv", 12)
    run(tmp_path / "in", f"{tmp_path}/out/", saved)
    put(tmp_path / "in" / "a.csv", 12)
    assert run(tmp_path / "in", f"{tmp_path}/out/", saved).earlier == 12
    assert {"a.csv", "b.csv"} <= set(files_in(tmp_path / "out"))


def test_a_file_is_put_together_of_its_parts(tmp_path, saved, monkeypatch):
    source = put(tmp_path / "a.csv", 90)
    for ending in (".csv", ".tsv", ".jsonl", ".parquet"):
        monkeypatch.setattr(label, "LARGE_BYTES", 1 << 30)
        run(source, tmp_path / f"whole{ending}", saved)
        monkeypatch.setattr(label, "LARGE_BYTES", 2000)
        output = tmp_path / f"out{ending}"
        with pytest.raises(StopError):
            run(source, output, saved, log=stop_after(2))
        assert not output.exists()
        assert (tmp_path / f".out{ending}.parts").is_dir()
        summary = run(source, output, saved)
        assert (summary.earlier, summary.rejects) == (40, tmp_path / f"out{ending}.rejects.csv")
        assert not (tmp_path / f".out{ending}.parts").exists()
        if ending == ".parquet":
            assert parquet.read_table(output).equals(parquet.read_table(tmp_path / "whole.parquet"))
        else:
            assert output.read_bytes() == (tmp_path / f"whole{ending}").read_bytes()
        assert summary.rejects.read_bytes() == (tmp_path / f"whole{ending}.rejects.csv").read_bytes()


@pytest.mark.parametrize("removed", range(4))
def test_a_run_ended_while_it_tidies_up_is_gone_on_with(tmp_path, saved, monkeypatch, removed):
    source, output = put(tmp_path / "a.csv", 90), tmp_path / "out.csv"
    run(source, tmp_path / "whole.csv", saved)
    left = iter(range(removed))

    def stop_in_time(path):
        if next(left, None) is None:
            raise StopError
        remove(path)

    with monkeypatch.context() as context:
        context.setattr(journal, "remove", stop_in_time)
        with pytest.raises(StopError):
            run(source, output, saved)
    run(source, output, saved)
    for name in ("{}.csv", "{}.csv.rejects.csv"):
        assert (tmp_path / name.format("out")).read_bytes() == (tmp_path / name.format("whole")).read_bytes()
    assert hidden_in(tmp_path) == []


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_parts_of_other_columns_are_put_together(tmp_path, saved, ending):
    frames = [frame_of(20), frame_of(20).assign(late="x, y"), frame_of(20).drop(columns="id")]
    with (tmp_path / "a.jsonl").open("w") as file:
        for frame in frames:
            file.write(frame.to_json(orient="records", lines=True))
    run(tmp_path / "a.jsonl", tmp_path / f"out{ending}", saved)
    rows = pd.concat([batch.frame for batch in read_reports(tmp_path / f"out{ending}")])
    assert len(rows) == 45
    assert [value for value in rows["late"] if isinstance(value, str) and value] == ["x, y"] * 15
    if ending != ".jsonl":
        assert list(rows.columns)[:3] == ["id", "text", "late"]


# What is refused


@pytest.mark.parametrize("output", ["out/", "out.csv"])
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("model", r"has parts of a run with another model \(name .*; now name"),
        ("option", r"has parts of a run with other options \(text_column None; now text_column text\)"),
        ("language", r"has parts of a run with other options \(any_language False; now any_language True\)"),
        ("cells", r"has parts of a run with other options \(safe_cells False; now safe_cells True\)"),
        ("sections", r"has parts of a run with other options \(by_section False; now by_section True\)"),
        ("version", r"another version \(0.0.1; now"),
        ("content", r"a.csv: has changed since a.*00000.csv was made of it"),
        ("gone", r"a.csv: is no longer among the reports, but a.*00000.csv was made of it"),
        ("journal", r"run.json: is damaged"),
    ],
)
def test_another_run_is_refused_and_told_how_to_go_on(tmp_path, saved, change, expected, output, monkeypatch):
    source = put(tmp_path / "in" / "a.csv", 90)
    output = f"{tmp_path}/{output}"
    options = {}
    if change == "version":
        monkeypatch.setattr(job, "__version__", "0.0.1")
    with pytest.raises(StopError):
        run(tmp_path / "in", output, saved, log=stop_after(2))
    if change == "model":
        saved = SavedModel(ROOT / "models" / "default")
    elif change == "option":
        options["text_column"] = "text"
    elif change == "language":
        saved = SavedModel(saved.folder, any_language=True)
    elif change == "cells":
        options["safe_cells"] = True
    elif change == "sections":
        options["by_section"] = True
    elif change == "version":
        monkeypatch.undo()
        for module in (slices, label):
            monkeypatch.setattr(module, "LARGE_BYTES", 2000)
    elif change == "content":
        source.write_text(source.read_text().replace("gang", "band"))
    elif change == "gone":
        source.rename(tmp_path / "in" / "b.csv")
    elif change == "journal":
        (path,) = tmp_path.rglob("run.json")
        path.write_text("{")
    with pytest.raises(ReportError, match=expected) as error:
        run(tmp_path / "in", output, saved, **options)
    assert str(error.value).endswith("to begin anew.")
    folder = tmp_path / (".out.csv.parts" if output.endswith("csv") else "out")
    assert f"remove {folder}" in str(error.value)
    shutil.rmtree(folder)
    run(tmp_path / "in", output, saved, **options)


def test_a_file_that_was_only_touched_is_the_same(tmp_path, saved):
    source = put(tmp_path / "a.csv", 90)
    with pytest.raises(StopError):
        run(source, f"{tmp_path}/out/", saved, log=stop_after(2))
    os.utime(source, (1, 1))
    assert run(source, f"{tmp_path}/out/", saved).earlier == 40


def test_a_folder_with_other_files_is_refused(tmp_path, saved):
    source = put(tmp_path / "a.csv", 9)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(ReportError, match=r"out: found other files in it; expected the parts of a run") as error:
        run(source, tmp_path / "out", saved)
    assert "remove" not in str(error.value)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(("before", "now"), [(9, 90), (90, 9), (90, 50)])
@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_parts_of_another_cutting_do_not_stay_beside_new_ones(tmp_path, saved, before, now, ending):
    source = put(tmp_path / f"a{ending}", before)
    run(source, f"{tmp_path}/out/", saved)
    for first in (tmp_path / "out").glob("a.00000.*"):
        first.unlink()
    put(source, now)
    with pytest.raises(ReportError, match=rf"a{ending}: has changed since a.*{ending} was made of it.*to begin anew"):
        run(source, f"{tmp_path}/out/", saved)


def test_parts_of_the_same_file_cut_otherwise_are_refused(tmp_path, saved, monkeypatch):
    source = put(tmp_path / "a.csv", 90)
    run(source, f"{tmp_path}/out/", saved)
    monkeypatch.setattr(slices, "LARGE_BYTES", 1 << 30)
    with pytest.raises(ReportError, match=r"a.csv: has changed since a.00000.csv was made of it"):
        run(source, f"{tmp_path}/out/", saved)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("ending", "change"),
    [
        (".csv", lambda path: put(path, 90, 7)),
        (".csv", Path.unlink),
        (".parquet", lambda path: put(path, 20)),
        (".parquet", lambda path: put(path, 90, 7)),
        (".parquet", Path.unlink),
    ],
)
def test_a_file_exchanged_during_the_run_is_told(tmp_path, saved, ending, change, jobs):
    source = put(tmp_path / f"a{ending}", 90)
    done = []

    def log(event, facts):
        done.append(event)
        if len(done) == 2:
            change(source)

    if jobs > 1:  # processes may be done before the change
        saved.label([KINDS[0]])
        put(source, 4000)
    with pytest.raises(ReportError, match=rf"a{ending}: has changed since the run began.*; put it back as it was, or"):
        run(source, f"{tmp_path}/out/", saved, log=log, jobs=jobs)
    if jobs == 1:
        assert [name for name in files_in(tmp_path / "out") if name[0] != "_"] == [f"a.00000{ending}"]


def test_a_page_that_is_gone_during_the_run_is_told(tmp_path, saved):
    for number in range(7):
        (tmp_path / f"{number}.txt").write_text(KINDS[0].format(number))

    def log(event, facts):
        if event == "part":
            (tmp_path / "6.txt").unlink(missing_ok=True)

    with pytest.raises(ReportError, match="has changed since the run began"):
        run(f"{tmp_path}/*.txt", f"{tmp_path}/out/", saved, log=log)


def test_a_file_is_hashed_once(tmp_path, saved, monkeypatch):
    source = put(tmp_path / "a.parquet", 90)
    seen = []
    monkeypatch.setattr(runs, "identity_of", lambda files: seen.append(files) or journal.identity_of(files))
    assert run(source, f"{tmp_path}/out/", saved).parts > len(seen) == 1


@pytest.mark.parametrize("names", [("a\udcff.csv", "a\udcfe.csv")])
def test_two_files_of_one_name_are_refused(tmp_path, saved, names):
    for name in names:
        put(tmp_path / "in" / name, 4)
    with pytest.raises(ReportError, match=r"its parts would have the name of a\?.csv, which is made of"):
        run(tmp_path / "in", f"{tmp_path}/out/", saved)


@pytest.mark.parametrize("output", ["out.csv", "out.jsonl"])
def test_names_that_do_not_clash_in_parts_are_taken(tmp_path, saved, output):
    put(tmp_path / "in" / "a.csv", 50)
    put(tmp_path / "in" / "a.00001.csv", 50)
    put(tmp_path / "in" / "a.00002.csv", 4)
    assert run(tmp_path / "in", tmp_path / output, saved).rows == 104


@pytest.mark.parametrize(
    "content", ["{}", "[]", "3", '{"source": "a.csv", "input": {}, "is_last": true, "bytes": null}', "{"]
)
def test_a_record_of_another_shape_is_none(tmp_path, saved, content):
    source = put(tmp_path / "a.csv", 9)
    run(source, f"{tmp_path}/out/", saved)
    (tmp_path / "out" / ".journal" / "parts" / "a.csv.json").write_text(content)
    assert run(source, f"{tmp_path}/out/", saved).earlier == 0
    assert run(source, f"{tmp_path}/out/", saved).earlier == 9


def test_reports_that_may_not_be_read_are_one_sentence(tmp_path, saved, monkeypatch):
    source = put(tmp_path / "a.csv", 9)

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(journal, "version_of", refuse)
    with pytest.raises(ReportError, match=r"a.csv: cannot be read \(Permission denied\); check the file"):
        run(source, f"{tmp_path}/out/", saved)


@pytest.mark.parametrize("output", ["out/", "out.csv"])
def test_a_second_run_at_once_is_refused_and_harms_nothing(tmp_path, saved, output):
    source = put(tmp_path / "a.csv", 90)
    refused = []

    def log(event, facts):
        if event == "part":
            with pytest.raises(
                ReportError, match="another run is at work in it; wait for that to end, or name"
            ) as error:
                run(source, f"{tmp_path}/{output}", saved)
            refused.append(error)

    assert run(source, f"{tmp_path}/{output}", saved, log=log).rows == 90
    assert len(refused) == 5
    run(source, f"{tmp_path}/{output}", saved)


@pytest.mark.parametrize("lost", ["a.csv.00001.csv", "_rejects/a.csv.00001.csv.csv"])
def test_a_file_is_not_put_together_without_a_part(tmp_path, saved, lost):
    source = put(tmp_path / "a.csv", 90)
    run(source, tmp_path / "whole.csv", saved)
    done = []

    def log(event, facts):
        done.append(event)
        if len(done) == 5:
            (tmp_path / ".out.csv.parts" / lost).unlink()

    with pytest.raises(
        ReportError, match=r"a.csv.00001.csv: is gone, or not as it was written, before .*out.csv was put"
    ):
        run(source, tmp_path / "out.csv", saved, log=log)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("content", ["[]", "3", '"text"'])
def test_a_journal_of_another_shape_is_damaged(tmp_path, saved, content):
    source = put(tmp_path / "a.csv", 9)
    run(source, f"{tmp_path}/out/", saved)
    (tmp_path / "out" / ".journal" / "run.json").write_text(content)
    with pytest.raises(ReportError, match=r"run.json: is damaged \(found \w+, no object\); name another folder"):
        run(source, f"{tmp_path}/out/", saved)


def test_hidden_files_in_the_folder_are_passed_over(tmp_path, saved):
    source = put(tmp_path / "a.csv", 9)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".DS_Store").write_text("")
    assert run(source, tmp_path / "out", saved).parts == 1


@pytest.mark.parametrize("output", ["x.csv/", "x.csv/sub/"])
def test_a_file_in_place_of_the_folder_is_one_sentence(tmp_path, saved, output):
    source = put(tmp_path / "a.csv", 9)
    (tmp_path / "x.csv").write_text("mine")
    with pytest.raises(ReportError, match=r"x.csv.*: (found a file; expected a folder|cannot be made)"):
        run(source, f"{tmp_path}/{output}", saved)
    assert (tmp_path / "x.csv").read_text() == "mine"


@pytest.mark.parametrize(
    ("source", "file"),
    [
        (".", "a.csv"),
        (".", "a.json"),
        ("{}", "a.csv"),
        ("**/*.csv", "a.csv"),
        ("{}/*/*.csv", "in/a.csv"),
        ([".", "in"], "in/a.csv"),
        (".", "in/a.txt"),
    ],
)
def test_parts_in_the_folder_of_the_sources_are_no_reports(tmp_path, saved, source, file, monkeypatch):
    put(tmp_path / file, 9)
    (tmp_path / "in").mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path)
    source = [each.format(tmp_path) for each in source] if isinstance(source, list) else source.format(tmp_path)
    first = run(source, "labels/", saved)
    again = run(source, "labels/", saved)
    assert (again.rows, again.earlier) == (first.rows, first.rows)


@pytest.mark.parametrize("source", ["labels", "labels/*.csv", "labels/a.csv", [".", "labels/a.csv"]])
def test_parts_that_are_named_as_reports_are_refused(tmp_path, saved, source, monkeypatch):
    put(tmp_path / "a.csv", 9)
    monkeypatch.chdir(tmp_path)
    run(".", "labels/", saved)
    with pytest.raises(ReportError, match=r"a.csv: lies in the folder to write to"):
        run(source, "labels/", saved)


def test_reports_in_the_folder_to_write_to_are_refused(tmp_path, saved):
    put(tmp_path / "out" / "a.csv", 9)
    with pytest.raises(ReportError, match=r"a.csv: lies in the folder to write to"):
        run(tmp_path / "out", tmp_path / "out", saved)


def test_a_folder_of_parts_needs_files_and_a_saved_model(tmp_path, small_model):
    source = put(tmp_path / "a.csv", 9)
    with pytest.raises(ReportError, match="expected files to read, and a SavedModel"):
        run(source, f"{tmp_path}/out/", small_model)


def test_a_damaged_file_stops_the_run_and_keeps_the_parts(tmp_path, saved):
    put(tmp_path / "in" / "a.csv", 9)
    (tmp_path / "in" / "b.csv").write_text("")
    with pytest.raises(ReportError, match=r"b.csv: found an empty file"):
        run(tmp_path / "in", f"{tmp_path}/out/", saved)
    (tmp_path / "in" / "b.csv").unlink()
    assert run(tmp_path / "in", f"{tmp_path}/out/", saved).earlier == 9


# What is left behind


def test_only_temporary_files_that_nobody_writes_are_removed(tmp_path):
    names = [".a.csv.01234567.part", ".b.csv.01234567.part", ".a.csv.0123.part", "a.csv", "sub/.c.csv.01234567.part"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    with hold(tmp_path / names[1]):
        remove_leftovers(tmp_path, "a.csv")
        assert not (tmp_path / names[0]).exists()
        (tmp_path / names[0]).write_text("x")
        remove_leftovers(tmp_path)
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {".b.csv.01234567.part", ".a.csv.0123.part", "a.csv"}


def test_without_locks_no_temporary_file_is_kept_open(tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "fcntl", None)  # as on Windows, which removes no file that is open
    with hold(tmp_path / "there is none") as held:
        assert held is None


def test_a_file_written_at_one_go_clears_what_a_kill_left_of_it(tmp_path, saved):
    for name in (".out.xlsx.01234567.part", ".out.xlsx.rejects.csv.01234567.part", ".other.csv.01234567.part"):
        (tmp_path / name).touch()
    run(put(tmp_path / "in" / "a.csv", 9), tmp_path / "out.xlsx", saved)
    assert [path.name for path in tmp_path.glob(".*.part")] == [".other.csv.01234567.part"]


def test_an_interrupt_says_what_is_kept(tmp_path, small_model_folder, capsys, monkeypatch):
    source = put(tmp_path / "a.csv", 90)

    def write_parts(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(runs, "write_parts", write_parts)
    argv = ["label", str(source), "--model", str(small_model_folder), "-o"]
    assert main([*argv, f"{tmp_path}/out/"]) == 130
    assert main([*argv, f"{tmp_path}/out.csv"]) == 130
    assert capsys.readouterr().err.splitlines() == [
        f"cyberclass: interrupted; the parts in {tmp_path}/out are kept: the same command again goes on from there",
        f"cyberclass: interrupted; what is labelled is kept in {tmp_path}/.out.csv.parts: the same command again goes "
        "on from there",
    ]


KILLING = """
import os, random, shutil, signal, sys, time
from cyberclass.cli import main
from cyberclass.labelling import label, slices
from cyberclass.labelling.saved_model import SavedModel

folder, model, output, jobs, kills = sys.argv[1:]
slices.LARGE_BYTES = label.LARGE_BYTES = 20_000
slices.PART_BATCHES = 1
# Once, for all the runs that are forked from here.
SavedModel(model).label(["A report."])

def start(place):
    os.makedirs(f"{folder}/{place}", exist_ok=True)
    child = os.fork()
    if not child:
        code = 1
        try:
            code = main(["label", f"{folder}/in", "-o", f"{folder}/{place}/{output}", "--model", model, "--jobs", jobs])
        finally:
            os._exit(code)
    return child

def end(child):
    code = os.waitpid(child, 0)[1]
    assert code in (0, signal.SIGKILL), code
    return code

begun = time.monotonic()
assert end(start("whole")) == 0
seconds = time.monotonic() - begun
draw, left = random.Random(output + jobs), int(kills)
while left:
    child = start("killed")
    time.sleep(draw.uniform(0.0, 1.0) * seconds)
    os.kill(child, signal.SIGKILL)
    if end(child) == 0:
        shutil.rmtree(f"{folder}/killed")  # it was quicker than the kill: from the start
    else:
        left -= 1
assert end(start("killed")) == 0
"""


@pytest.mark.slow
@pytest.mark.parametrize(("output", "jobs", "kills"), [("out/", 1, 10), ("out.csv", 1, 9), ("out/", 2, 1)])
def test_killed_at_any_moment_a_run_ends_as_if_it_had_not_been(tmp_path, small_model_folder, output, jobs, kills):
    put(tmp_path / "in" / "a.csv", 6000)
    for number in range(6):
        put(tmp_path / "in" / f"b{number}.csv", 400, number)
    done = subprocess.run(
        [sys.executable, "-c", KILLING, tmp_path, small_model_folder, output, str(jobs), str(kills)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert files_in(tmp_path / "killed") == files_in(tmp_path / "whole") != {}
    assert hidden_in(tmp_path / "killed") == []
    assert "go on" not in done.stderr


def test_the_journal_says_what_a_part_was_made_of(tmp_path, saved):
    source = put(tmp_path / "a.csv", 9)
    run(source, f"{tmp_path}/out/", saved)
    told = json.loads((tmp_path / "out" / ".journal" / "run.json").read_text())
    assert told["model"] == saved.identity
    record = json.loads((tmp_path / "out" / ".journal" / "parts" / "a.csv.json").read_text())
    assert (record["source"], record["is_last"], record["rejected"]) == ("a.csv", True, 2)
    assert record["input"]["size"] == source.stat().st_size
    assert record["bytes"] == (tmp_path / "out" / "a.csv").stat().st_size
