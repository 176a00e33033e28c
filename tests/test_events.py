"""What a run tells of itself: events as JSON, and how fast it was."""

import io
import json
import signal
import sys
from contextlib import redirect_stderr

import pytest

from cyberclass.cli import main
from cyberclass.labelling import label, slices
from cyberclass.labelling.saved_model import SavedModel
from cyberclass.labelling.summary import LabelSummary, Tally
from cyberclass.labelling.terminal import print_summary


def put(path, n):
    rows = [f"{number},{'The gang wants a ransom.' if number % 3 else ''}" for number in range(n)]
    path.write_text("\n".join(["id,text", *rows]) + "\n")
    return path


def told(*argv, code=0):
    with redirect_stderr(io.StringIO()) as err:
        assert main(["label", *map(str, argv), "--log-json"]) == code
    return [json.loads(line) for line in err.getvalue().splitlines()]


def logged_until_exit(*argv, code):
    with redirect_stderr(io.StringIO()) as err, pytest.raises(SystemExit) as ended:
        main(["label", *map(str, argv), "--log-json"])
    assert ended.value.code == code
    return [json.loads(line) for line in err.getvalue().splitlines()]


@pytest.fixture
def model(small_model_folder):
    return ["--model", small_model_folder]


def test_a_run_is_start_parts_warnings_and_end(tmp_path, model, monkeypatch):
    put(tmp_path / "a.csv", 9)
    put(tmp_path / "b.csv", 3)
    events = told(tmp_path / "a.csv", tmp_path / "b.csv", "-o", f"{tmp_path}/out/", *model)
    assert [event["event"] for event in events] == ["start", "part", "part", "warning", "end"]
    assert all(event["time"].endswith("+00:00") for event in events)
    start, part, _, warning, end = events
    assert (start["files"], start["jobs"], start["output"]) == (2, 1, f"{tmp_path}/out/")
    assert "cluster" not in start
    assert (part["part"], part["rows"], part["rejected"]) == ("a.csv", 9, 3)
    assert (warning["rows"], warning["rejects"]) == (4, f"{tmp_path}/out/_rejects")
    assert (end["rows"], end["rejected"], end["parts"], end["exit_code"]) == (12, 4, 2, 0)
    assert set(end["shares"]) == {"reading", "labelling", "writing"}
    assert sum(end["shares"].values()) == pytest.approx(1.0, abs=0.01)
    assert end["rows_a_second"] > 0


def test_a_small_file_has_no_parts(tmp_path, model):
    events = told(put(tmp_path / "a.csv", 3), "-o", tmp_path / "out.csv", *model)
    assert [event["event"] for event in events] == ["start", "warning", "end"]


def test_standard_output_keeps_to_rows(tmp_path, model, capfdbinary):
    events = told(put(tmp_path / "a.csv", 3), *model)
    assert [event["event"] for event in events] == ["start", "warning", "end"]
    assert capfdbinary.readouterr().out.count(b"\n") == 3


def test_an_error_is_an_event(tmp_path, model):
    (event,) = told(tmp_path / "none.csv", "-o", tmp_path / "out.csv", *model, code=1)
    assert (event["event"], event["exit_code"]) == ("error", 1)
    assert event["message"].endswith("none.csv: no such file or folder; check the path.")


def test_an_interrupt_is_an_event(tmp_path, model, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt("the parts are kept")

    monkeypatch.setattr(label, "write_parts", interrupted)
    events = told(put(tmp_path / "a.csv", 3), "-o", tmp_path / "out.csv", *model, code=130)
    assert events[-1]["message"] == "interrupted; the parts are kept"
    assert (events[-1]["event"], events[-1]["exit_code"]) == ("error", 130)


def test_a_polite_kill_is_an_event(tmp_path, model, monkeypatch):
    def killed(*_, **__):
        sys.exit(128 + signal.SIGTERM)

    monkeypatch.setattr(label, "write_parts", killed)
    events = logged_until_exit(put(tmp_path / "a.csv", 3), "-o", tmp_path / "out.csv", *model, code=143)
    assert [event["event"] for event in events] == ["start", "error"]
    assert events[-1]["message"] == "ended by SIGTERM; parts that were done are kept"


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["a.csv", "--jobs", "0"], "--jobs: found 0; expected the number of processes, 1 or more."),
        ([], "found nothing to label; expected a SOURCE"),
        (["a.csv", "-o", "out.txt"], "out.txt: found the ending '.txt'"),
    ],
)
def test_arguments_that_do_not_go_together_are_an_event(model, argv, expected):
    (event,) = logged_until_exit(*argv, *model, code=2)
    assert (event["event"], event["exit_code"]) == ("error", 2)
    assert expected in event["message"]


def test_reports_that_the_model_cannot_read_are_a_warning(tmp_path, model):
    source = put(tmp_path / "a.csv", 2)
    german = "Die Angreifer haben das Krankenhaus verschlüsselt und verlangen nun Lösegeld von der Stadt."
    source.write_text(f"text\nThe gang wants a ransom.\n{german}\n")
    events = told(source, "-o", tmp_path / "out.csv", *model)
    warning = next(event for event in events if "another language" in event.get("message", ""))
    assert (warning["event"], warning["rows"], events[-1]["unread"]) == ("warning", 1, 1)


def test_time_goes_into_three_steps(tmp_path, small_model_folder, monkeypatch):
    for module, name, value in ((slices, "LARGE_BYTES", 100), (label, "LARGE_BYTES", 100), (slices, "PART_BATCHES", 1)):
        monkeypatch.setattr(module, name, value)
    source = put(tmp_path / "a.csv", 90)
    for output in (tmp_path / "out.csv", f"{tmp_path}/out/"):
        summary = label.label_reports(source, output, SavedModel(small_model_folder), batch_size=10, jobs=1)
        assert all(0 < share < 1 for share in summary.shares.values())
        assert sum(summary.shares.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("seconds", "earlier", "expected"),
    [
        (10.0, 1500, ["of which 1,500 by earlier runs"]),
        (10.0, 0, ["200 a second; reading 20 %, features and model 70 %, writing 10 %"]),
        (
            10.0,
            500,
            ["150 a second; reading 20 %, features and model 70 %, writing 10 %", "of which 500 by earlier runs"],
        ),
    ],
)
def test_the_summary_tells_rate_and_shares(seconds, earlier, expected, capsys):
    tally = Tally(seconds={"reading": 2.0, "labelling": 7.0, "writing": 1.0})
    print_summary(
        LabelSummary(2000, 2000, 0, 0, 0, seconds, {"criminal": 2000}, {}, None, None, tally.shares, 0, earlier)
    )
    assert capsys.readouterr().err.splitlines()[1:] == expected


def test_shares_of_no_time_are_none():
    assert Tally().shares == {}
