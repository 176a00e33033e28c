"""Labelling on a Dask cluster: real schedulers and workers, one of which is killed."""

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pandas as pd
import pytest

from cyberclass.cli import main
from cyberclass.errors import ReportError
from cyberclass.labelling import cluster, job
from cyberclass.labelling.label import label_reports
from cyberclass.labelling.saved_model import SavedModel

pytest.importorskip("distributed")

ROOT = Path(__file__).parents[1]
# What Dask leaves to the garbage collector is not ours to warn of.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def start(module, *options, path=ROOT):
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{module}", *map(str, options)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=path,
        env={**os.environ, "PYTHONPATH": str(path), "OMP_NUM_THREADS": "1"},
    )


@pytest.fixture(autouse=True)
def tidy():
    """Clients that found no scheduler are let go before the next one starts: it would wait for their threads."""
    yield
    gc.collect()


@pytest.fixture
def scheduler(tmp_path):
    """The address of a scheduler."""
    place = tmp_path / "scheduler.json"
    process = start("dask_scheduler", "--host", "127.0.0.1", "--port", 0, "--no-dashboard", "--scheduler-file", place)
    deadline = time.monotonic() + 60
    while not place.exists() or not place.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield place.read_text().split('"address": "')[1].split('"')[0]
    process.terminate()
    process.wait(30)


@pytest.fixture
def workers(scheduler):
    """Two worker processes."""
    processes = [start("dask_worker", scheduler, "--nthreads", 1, "--no-nanny", "--no-dashboard") for _ in range(2)]
    yield processes
    for process in processes:
        process.terminate()
        process.wait(30)


@pytest.fixture
def reports(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(12):
        texts = [f"Report {number}.{row}: the gang of Akira wants a ransom." if row % 5 else "" for row in range(800)]
        pd.DataFrame({"id": range(800), "text": texts}).to_csv(folder / f"{number}.csv", index=False)
    return folder


def files_in(folder):
    paths = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {str(path): (folder / path).read_bytes() for path in paths if not path.parts[0].startswith(".")}


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_makes_the_same_parts(
    tmp_path, scheduler, workers, reports, small_model_folder, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    argv = ["label", "in", "--model", str(small_model_folder), "-o"]
    assert main([*argv, "alone/"]) == 0
    killed = []

    def kill():
        while not list((tmp_path / "labels").glob("*.csv")):
            time.sleep(0.002)
        killed.append(len(list((tmp_path / "labels").glob("*.csv"))))
        workers[0].send_signal(signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    assert main([*argv, "labels/", "--cluster", scheduler]) == 0
    thread.join()
    assert killed[0] < 12
    assert workers[0].wait(30) == -signal.SIGKILL
    assert files_in(tmp_path / "labels") == files_in(tmp_path / "alone") != {}
    assert "12 parts in labels" in capsys.readouterr().err
    # A file is put together of parts that the worker that is left makes.
    assert main([*argv, "alone.jsonl"]) == 0
    assert main([*argv, "labels.jsonl", "--cluster", scheduler]) == 0
    assert (tmp_path / "labels.jsonl").read_bytes() == (tmp_path / "alone.jsonl").read_bytes()
    assert not list(tmp_path.glob(".labels*"))
    # Another run finds all parts there.
    summary = label_reports("in", "labels/", SavedModel(small_model_folder), cluster=scheduler)
    assert summary.earlier == summary.rows == 12 * 800


@pytest.mark.slow
def test_an_error_of_a_worker_is_one_sentence(tmp_path, scheduler, workers, reports, small_model_folder):
    (reports / "5.csv").write_text("")
    with pytest.raises(ReportError, match=r"5.csv: found an empty file"):
        label_reports(reports, f"{tmp_path}/labels/", SavedModel(small_model_folder), cluster=scheduler)


@pytest.mark.slow
def test_workers_without_the_package_are_told(tmp_path, scheduler, reports, small_model_folder):
    # As on a machine where nobody installed it.
    (tmp_path / "sitecustomize.py").write_text("import sys\n\nsys.modules['cyberclass'] = None\n")
    worker = start("dask_worker", scheduler, "--nthreads", 1, "--no-nanny", "--no-dashboard", path=tmp_path)
    try:
        with pytest.raises(ReportError, match=r"import of cyberclass .*; expected cyberclass .* on the scheduler and"):
            label_reports(reports, f"{tmp_path}/labels/", SavedModel(small_model_folder), cluster=scheduler)
    finally:
        worker.terminate()
        worker.wait(30)


@pytest.mark.slow
def test_a_cluster_of_another_version_is_told(tmp_path, scheduler, workers, reports, small_model_folder, monkeypatch):
    monkeypatch.setattr(cluster, "__version__", "0.0.1")
    with pytest.raises(ReportError, match=r"found cyberclass [\d.]+; expected cyberclass 0.0.1 on the scheduler"):
        label_reports(reports, f"{tmp_path}/labels/", SavedModel(small_model_folder), cluster=scheduler)


@pytest.mark.slow
def test_a_cluster_without_workers_is_one_sentence(tmp_path, scheduler, reports, small_model_folder, monkeypatch):
    monkeypatch.setattr(cluster, "_PATIENCE", 1)
    with pytest.raises(ReportError, match="found a scheduler without workers; start some with: dask worker tcp://"):
        label_reports(reports, f"{tmp_path}/labels/", SavedModel(small_model_folder), cluster=scheduler)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense", "foo://bar"])
def test_a_scheduler_that_is_not_there_is_one_sentence(address, tmp_path, reports, small_model_folder, monkeypatch):
    monkeypatch.setattr(cluster, "_PATIENCE", 1)
    with pytest.raises(ReportError, match=f"{address}: found no scheduler"):
        label_reports(reports, f"{tmp_path}/labels/", SavedModel(small_model_folder), cluster=address)


def test_without_dask_it_is_told_what_to_install(tmp_path, reports, small_model_folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ReportError, match=r"pip install 'cyberclass\[cluster\]'"):
        label_reports(reports, f"{tmp_path}/labels/", SavedModel(small_model_folder), cluster="tcp://127.0.0.1:9")


def test_a_worker_of_another_version_is_told(tmp_path, small_model_folder):
    from cyberclass.labelling.runs import _label_alone

    other = job.Job(tmp_path, SavedModel(small_model_folder), None, None, 10, version="0.0.1")
    with pytest.raises(ReportError, match=r"a worker has cyberclass .*; expected 0.0.1"):
        _label_alone(0, None, other)


@pytest.mark.parametrize(
    "argv",
    [
        ["-", "-o", "b.csv"],
        ["a.csv"],
        ["a.csv", "-o", "-"],
        ["a.csv", "-o", "b.csv", "--jobs", "2"],
    ],
)
def test_a_cluster_goes_with_files_and_without_jobs(argv, capsys):
    with pytest.raises(SystemExit):
        main(["label", *argv, "--cluster", "tcp://127.0.0.1:9"])
    assert "--cluster goes with files to read, --output and without --jobs" in capsys.readouterr().err


def test_a_cluster_writes_what_can_be_put_together(tmp_path, reports, small_model_folder):
    with pytest.raises(ReportError, match=r"a cluster labels with a SavedModel, into a folder, or .csv"):
        label_reports(reports, tmp_path / "a.xlsx", SavedModel(small_model_folder), cluster="tcp://127.0.0.1:9")
