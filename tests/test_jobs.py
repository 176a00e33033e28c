"""Labelling in several processes: the same output, few batches ahead, and nothing left behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cyberclass.cli import main
from cyberclass.errors import ModelError, ReportError
from cyberclass.labelling import pool
from cyberclass.labelling.label import label_reports
from cyberclass.labelling.pool import default_jobs, label_batches
from cyberclass.labelling.saved_model import SavedModel

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-c", "import sys; from cyberclass.cli import main; sys.exit(main())"]


def reports(path, n):
    kinds = (
        "The gang encrypted hospital number {} and wants a ransom.",
        "Hacktivists defaced site {} of the ministry.",
        "",
        "Spies of a state read the letters of embassy {}, known as Fancy Bear.",
    )
    rows = [f'{number},"{kinds[number % 4].format(number)}"' for number in range(n)]
    path.write_text("\n".join(["id,text", *rows]) + "\n", encoding="utf-8")
    return path


class Lost:
    """Labels nothing: its process ends."""

    def label_batch(self, texts):
        os.kill(os.getpid(), signal.SIGKILL)


class Refusing:
    def label_batch(self, texts):
        raise ModelError("the model: found nothing; expected something.")


@pytest.fixture
def saved(small_model_folder):
    return SavedModel(small_model_folder)


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_any_number_of_processes_writes_the_same(tmp_path, saved, ending):
    source = reports(tmp_path / "in.csv", 90)
    summaries = {}
    for jobs in (1, 2):
        (tmp_path / str(jobs)).mkdir()
        output = tmp_path / str(jobs) / f"out{ending}"
        summaries[jobs] = label_reports(source, output, saved, batch_size=7, jobs=jobs)
    for name in (f"out{ending}", f"out{ending}.rejects.csv"):
        assert len({(tmp_path / str(jobs) / name).read_bytes() for jobs in (1, 2)}) == 1
    assert (summaries[2].rows, summaries[2].rejected) == (90, 22)
    assert summaries[1].motivations == summaries[2].motivations
    assert summaries[1].drift.batch.to_card() == summaries[2].drift.batch.to_card()


@pytest.mark.slow
def test_batches_are_read_no_further_ahead_than_processes_need(saved):
    read = []

    def batches():
        for number in range(40):
            read.append(number)
            yield [f"report {number}"]

    ahead = [read[-1] - int(batch[0].split()[1]) for batch, _ in label_batches(batches(), list, saved, 2)]
    assert read[-1] == 39
    assert max(ahead) < 2 * 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("label", "error", "sentence"),
    [
        (Lost, ReportError, "a worker process was ended from outside"),
        (Refusing, ModelError, "the model: found nothing"),
    ],
)
def test_an_error_in_a_worker_is_one_sentence_and_ends_all(tmp_path, monkeypatch, label, error, sentence):
    source = reports(tmp_path / "in.csv", 60)
    # What is pickled is this class by name, which a worker imports.
    monkeypatch.setattr(pool, "SavedModel", label)
    monkeypatch.setattr(pool, "label_batch", label_by_itself)
    with pytest.raises(error, match=sentence):
        label_reports(source, tmp_path / "out.csv", label(), batch_size=5, jobs=2)
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]
    assert children_of(os.getpid()) == []


def label_by_itself(model, texts):
    return model.label_batch(texts)


def test_a_model_in_memory_is_not_sent_to_processes(tmp_path, small_model):
    source = reports(tmp_path / "in.csv", 4)
    with pytest.raises(ReportError, match="expected SavedModel"):
        label_reports(source, tmp_path / "out.csv", small_model, jobs=2)


@pytest.mark.parametrize(("n_bytes", "many"), [(None, False), (0, False), (1 << 20, False), (1 << 30, True)])
def test_large_files_take_all_cores(n_bytes, many, monkeypatch):
    monkeypatch.setattr("joblib.cpu_count", lambda: 8)
    assert default_jobs(n_bytes, SavedModel()) == (8 if many else 1)
    assert default_jobs(n_bytes, object()) == 1


@pytest.mark.parametrize("jobs", ["0", "-1"])
def test_a_number_of_processes_is_positive(jobs, capsys):
    with pytest.raises(SystemExit):
        main(["label", "a.csv", "--jobs", jobs])
    assert f"--jobs: found {jobs}; expected the number of processes" in capsys.readouterr().err


def test_a_model_that_was_exchanged_is_told(small_model_folder):
    saved = SavedModel(small_model_folder)
    saved.identity = {**saved.identity, "weights_sha256": "0" * 64}
    with pytest.raises(ModelError, match=r"found small@.*, expected small@00000000"):
        saved.label(["A report."])


def test_a_card_that_was_edited_makes_another_model(tmp_path, small_model_folder):
    folder = shutil.copytree(small_model_folder, tmp_path / "small")
    before = SavedModel(folder)
    before.label(["A report."])
    card = folder / "card.json"
    card.write_text(card.read_text() + "\n")
    edited = SavedModel(folder)
    assert (edited.name, edited.identity == before.identity) == (before.name, False)
    edited.label(["A report."])
    with pytest.raises(ModelError, match=r"card [0-9a-f]{8}, expected small@.*it was exchanged"):
        before.label(["A report."])


def children_of(pid):
    """Processes that a process started, but for joblib's tracker of resources, which ends with it."""
    command = ["ps", "-wwo", "pid=,args=", "--ppid", str(pid)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [line.split(maxsplit=1) for line in found.stdout.splitlines()]
    return [int(number) for number, command in lines if "popen_loky" in command and "defunct" not in command]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_no_process(tmp_path, small_model_folder, number):
    source = reports(tmp_path / "in.csv", 200_000)
    run = subprocess.Popen(
        [*COMMAND, "label", source, "-o", tmp_path / "out.csv", "--jobs", "2", "--model", small_model_folder],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL) if number != signal.SIGKILL else None,
    )
    while run.poll() is None and len(workers := children_of(run.pid)) < 2:
        time.sleep(0.05)
    if number == signal.SIGINT:
        time.sleep(1.0)
        os.killpg(run.pid, number)  # as a terminal does
    else:
        run.send_signal(number)
    code = run.wait(60)
    assert code == (-number if number == signal.SIGKILL else 128 + number)
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{worker}").exists() for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [worker for worker in workers if Path(f"/proc/{worker}").exists()]
    if number == signal.SIGINT:
        assert run.stderr.read() == b"cyberclass: interrupted; nothing was written\n"
        assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]
    run.stderr.close()
