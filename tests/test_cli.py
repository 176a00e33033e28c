"""The command line: what it prints, writes and returns; the model is a small one."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from rich.console import Console

from cyberclass import __version__
from cyberclass.cli import main
from cyberclass.labelling.terminal import MOST_SHOWN, Progress, first_line, labels_table
from cyberclass.model.labeller import IncidentLabeller

REPORT = "The gang encrypted the hospital's files and demands a ransom in bitcoin."
PROTEST = "Hacktivists defaced the ministry's website to protest against the war."
GOOD = {"id": "a-1", "text": "one two three four five six seven eight nine", "is_incident": False}
ON_CORPORA = ("import", "check", "stats", "merge", "split", "sample", "convert", "audit")
HELPS = [
    [],
    ["label"],
    ["explain"],
    ["evaluate"],
    ["crossval"],
    ["train"],
    ["suggest"],
    ["export"],
    ["corpus"],
    *(["corpus", name] for name in ON_CORPORA),
]
HEAVY = {"spacy", "sklearn", "pandas", "numpy", "scipy", "rich", "safetensors", "matplotlib", "jinja2", "joblib"}


def put(path, *rows, header="id,text"):
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return str(path)


def put_documents(path, *documents):
    path.write_text("".join(json.dumps(document) + "\n" for document in documents), encoding="utf-8")
    return str(path)


def run_python(code, **options):
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def refused(argv, capsys):
    """Run a command that is not understood; return what is printed of it."""
    with pytest.raises(SystemExit) as exit_:
        main(argv)
    assert exit_.value.code == 2
    return capsys.readouterr().err


@pytest.fixture
def reports(tmp_path):
    return put(tmp_path / "reports.csv", f"a,{REPORT}", f"b,{PROTEST}")


@pytest.fixture
def model(small_model_folder):
    return ["--model", str(small_model_folder)]


@pytest.fixture
def no_model(monkeypatch):
    """Fail when a model is loaded."""

    def load(folder):
        raise AssertionError("the model was loaded before the arguments were looked at")

    for name in ("load_model", "load_labeller"):
        monkeypatch.setattr(f"cyberclass.model.store.{name}", load)


class Terminal(io.StringIO):
    """What a terminal was told."""

    def isatty(self):
        return True


@pytest.fixture
def shown_by(monkeypatch):
    """Give a function that runs a command whose standard output is a terminal 80 characters wide, without colours."""
    for name, value in {"COLUMNS": "80", "TERM": "dumb", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)

    def run(*argv):
        with redirect_stdout(Terminal()) as terminal:
            assert main(argv) == 0
        return terminal.getvalue()

    return run


# Help and version


@pytest.mark.parametrize("command", HELPS)
def test_help_shows_an_example(command, capsys):
    with pytest.raises(SystemExit) as exit_:
        main([*command, "--help"])
    assert exit_.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    (place,) = [number for number, line in enumerate(lines) if line in ("example:", "examples:")]
    assert lines[place + 1].startswith("  cyberclass ")


@pytest.mark.parametrize("argv", [*([*command, "--help"] for command in HELPS), ["--version"]])
def test_help_and_version_import_nothing_heavy(argv):
    code = (
        "import sys\nfrom cyberclass.cli import main\n"
        f"try:\n    main({argv})\nexcept SystemExit:\n    print('loaded:', {HEAVY} & set(sys.modules))"
    )
    out, err = run_python(code).communicate()
    assert out.decode().splitlines()[-1] == "loaded: set()", err.decode()


@pytest.mark.slow
@pytest.mark.parametrize("of_text", [True, False])
def test_labelling_does_not_wait_for_what_only_training_needs(of_text, reports, model, tmp_path):
    argv = ["--text", REPORT] if of_text else [reports, "-o", str(tmp_path / "labels.csv")]
    needless = {"sklearn", "scipy.stats", "joblib", "matplotlib"}
    code = (
        "import sys\nfrom cyberclass.cli import main\n"
        f"main({['label', *argv, *model]})\nprint('loaded:', {needless} & set(sys.modules))"
    )
    out, err = run_python(code).communicate()
    assert out.decode().splitlines()[-1] == "loaded: set()", err.decode()


def test_version_is_that_of_the_package(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"cyberclass {__version__}\n"


def test_exit_codes_stand_in_the_help(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    codes = capsys.readouterr().out.split("exit codes:")[1]
    assert [line.split()[0] for line in codes.strip().splitlines()] == ["0", "1", "2", "130", "141"]


# Commands that are not understood


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        ([], "required: COMMAND"),
        (["corpus"], "required: COMMAND"),
        (["corpus", "check"], "required: PATH"),
        (["corpus", "merge", "a.jsonl"], "required: -o/--output"),
        (["corpus", "merge", "a.jsonl", "-o", "b.foo"], "b.foo: found the ending '.foo'; expected .csv"),
        (["corpus", "sample", "a.jsonl", "-o", "b.csv"], "required: -n"),
        (["corpus", "sample", "a.jsonl", "-n", "5", "-o", "b"], "b: found the ending ''; expected .csv"),
        (["corpus", "sample", "a.jsonl", "-n", "5", "-o", "b.csv", "--by", "mood"], "invalid choice: 'mood'"),
        (["corpus", "split", "a.jsonl", "-o", "b", "--date", "2022"], "--date goes with --by time, not with"),
        (["corpus", "split", "a", "-o", "b", "--by", "time", "--date", "2022", "--share", "0.1"], "expected one of"),
        (["corpus", "convert", "a.csv", "-o", "b.doc"], "b.doc: found the ending '.doc'"),
        (["corpus", "stats", "a.csv", "--plot", "b.gif"], "b.gif: found the ending '.gif'; expected .png"),
        (["corpus", "audit", "corpus"], "required: -o/--output"),
        (["corpus", "audit", "corpus", "-o", "doubts.txt"], "doubts.txt: found the ending '.txt'; expected .csv"),
        (["evaluate"], "required: MODEL, PATH"),
        (["evaluate", "models/default"], "required: PATH"),
        (["crossval"], "required: PATH"),
        (["crossval", "corpus", "--by", "weather"], "invalid choice: 'weather'"),
        (["crossval", "corpus", "--folds", "few"], "invalid int value: 'few'"),
        (["label", "a.csv", "--coverage", "much"], "invalid float value: 'much'"),
        (["label"], "expected a SOURCE (file, folder, quoted pattern or -), or --text."),
        (["label", "-", "b.txt"], "- stands alone: standard input is no part of several sources."),
        (["label", "-", "-o", "labels/"], "labels/: found a folder for the parts of standard input"),
        (["label", "a.csv", "--text", "x"], "--text stands alone"),
        (["label", "--text", "x", "-o", "a.csv"], "--text stands alone"),
        (["label", "a.csv", "-o", "labels.foo"], "labels.foo: found the ending '.foo'; expected .csv"),
        (["label", "a.csv", "-o", "labels"], "labels: found the ending ''"),
    ],
)
def test_misuse_is_told_before_any_work(argv, sentence, capsys, no_model):
    assert sentence in refused(argv, capsys)


# Errors


@pytest.mark.parametrize(
    ("rows", "argv", "sentence"),
    [
        (None, [], "reports.csv: no such file or folder"),
        (
            [f"a,{REPORT}"],
            ["--text-column", "body"],
            "no column 'body'; found 'id', 'text'. Name it with --text-column",
        ),
        ([], [], "nothing could be labelled: found no reports"),
        (["a,", "b,?!"], [], "nothing could be labelled: each of 2 reports was set aside; name an output file"),
    ],
)
def test_source_that_cannot_be_labelled_is_one_sentence(rows, argv, sentence, tmp_path, capsys, no_model):
    source = tmp_path / "reports.csv"
    if rows is not None:
        put(source, *rows)
    assert main(["label", str(source), *argv]) == 1
    out, err = capsys.readouterr()
    assert err.startswith("cyberclass: ")
    assert sentence in err
    assert (out, err.count("\n")) == ("", 1)


@pytest.mark.parametrize("text", ["", " ", "?!", "2024"])
def test_text_without_a_word_is_an_error(text, capsys, no_model):
    assert main(["label", "--text", text]) == 1
    assert capsys.readouterr().err.startswith("cyberclass: --text: nothing could be labelled")


def test_model_that_is_missing_is_an_error_and_writes_nothing(reports, tmp_path, capsys):
    assert main(["label", reports, "-o", str(tmp_path / "out.csv"), "--model", str(tmp_path / "none")]) == 1
    assert "none: found no card.json" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["reports.csv"]


def test_interrupt_writes_nothing_and_is_one_line(reports, model, tmp_path, capsys, monkeypatch):
    def label(self, *_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(IncidentLabeller, "label", label)
    assert main(["label", reports, "-o", str(tmp_path / "out.csv"), *model]) == 130
    assert capsys.readouterr().err == "cyberclass: interrupted; nothing was written\n"
    assert [path.name for path in tmp_path.iterdir()] == ["reports.csv"]


def test_reader_that_goes_away_is_no_error(tmp_path):
    path = put_documents(tmp_path / "corpus.jsonl", GOOD)
    process = run_python(f"import sys\nfrom cyberclass.cli import main\nsys.exit(main(['corpus', 'stats', {path!r}]))")
    process.stdout.close()
    assert (process.stderr.read(), process.wait()) == (b"", 141)
    process.stderr.close()


# Labels


@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
def test_output_has_the_rows_with_labels(ending, reports, model, tmp_path, capsys):
    output = tmp_path / f"labels{ending}"
    assert main(["label", reports, "-o", str(output), *model]) == 0
    lines = output.read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(lines)) if ending == ".csv" else list(map(json.loads, lines))
    assert [(row["id"], row["motivation"]) for row in rows] == [("a", "criminal"), ("b", "ideological")]
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[0].startswith("2 reports in ")
    assert err.splitlines()[0].endswith(" s: 1 criminal, 1 ideological")
    assert err.splitlines()[1:] == [f"written to {output}"]


def test_pipe_gets_rows_and_nothing_else(reports, model, capfdbinary):
    assert main(["label", reports, *model]) == 0
    rows = list(csv.DictReader(io.StringIO(capfdbinary.readouterr().out.decode())))
    assert [row["id"] for row in rows] == ["a", "b"]


def test_standard_input_is_read(model, capfdbinary, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps({"text": REPORT})))
    assert main(["label", "-", *model]) == 0
    (row,) = csv.DictReader(io.StringIO(capfdbinary.readouterr().out.decode()))
    assert (row["text"], row["motivation"]) == (REPORT, "criminal")


def test_text_in_a_pipe_is_one_json_object(model, small_model, capsys):
    assert main(["label", "--text", REPORT, *model]) == 0
    out, err = capsys.readouterr()
    row = json.loads(out)
    assert list(row) == list(small_model.label([REPORT]).columns)
    assert (row["is_incident"], row["motivation"], err) == (True, "criminal", "")


def test_rejects_are_a_warning(tmp_path, model, capsys):
    source = put(tmp_path / "reports.csv", f"a,{REPORT}", "b,")
    output = tmp_path / "labels.csv"
    assert main(["label", source, "-o", str(output), *model]) == 0
    warning = f"cyberclass: warning: set aside 1 of 2; the reasons are in {output}.rejects.csv"
    assert capsys.readouterr().err.splitlines()[-1] == warning
    assert (tmp_path / "labels.csv.rejects.csv").read_text() == "row,reason\n2,no text\n"


# Coverage


def test_a_coverage_adds_the_motivation_set(reports, model, tmp_path):
    output = tmp_path / "labels.csv"
    assert main(["label", reports, "-o", str(output), "--coverage", "0.95", *model]) == 0
    rows = list(csv.DictReader(output.read_text(encoding="utf-8").splitlines()))
    assert "criminal" in rows[0]["motivation_set"].split(";")
    assert "ideological" in rows[1]["motivation_set"].split(";")


def test_a_coverage_adds_the_motivation_set_of_one_text(model, small_model, capsys):
    assert main(["label", "--text", REPORT, "--coverage", "0.95", *model]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["motivation_set"] == small_model.label([REPORT], coverage=0.95)["motivation_set"][0]
    assert list(row)[-1] == "motivation_set"


@pytest.mark.parametrize("coverage", ["0", "1", "1.5", "-0.5", "nan"])
@pytest.mark.parametrize("of_text", [True, False])
def test_a_coverage_that_is_no_probability_is_one_sentence(coverage, of_text, reports, model, tmp_path, capsys):
    argv = ["--text", REPORT] if of_text else [reports, "-o", str(tmp_path / "out.csv")]
    assert main(["label", *argv, f"--coverage={coverage}", *model]) == 1
    out, err = capsys.readouterr()
    assert err.startswith("cyberclass: coverage: found ")
    assert err.endswith("; expected a probability between 0 and 1, such as 0.9.\n")
    assert (out, err.count("\n")) == ("", 1)
    assert [path.name for path in tmp_path.iterdir()] == ["reports.csv"]


# Evaluation

LABELLED = [f"a,{REPORT},criminal,economy", f"b,{PROTEST},ideological,none"]
COLUMNS = "id,text,motivation,impact"
FILES = {"report.html", "report.md", "report.json", "predictions.csv"}


@pytest.fixture
def labelled(tmp_path):
    return put(tmp_path / "labelled.csv", *LABELLED, header=COLUMNS)


@pytest.fixture
def no_plots(monkeypatch):
    """Write no plots: they take a second each."""
    monkeypatch.setattr("cyberclass.evaluation.report.write_page", lambda evaluation: evaluation["verdict"])


def test_an_evaluation_is_printed_as_markdown(labelled, small_model_folder, capsys):
    assert main(["evaluate", str(small_model_folder), labelled]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("# Evaluation of small@")
    assert "\n\nThe motivation is right for 100.0% (15.8% to 100.0%) of 2 documents" in out
    assert err == ""


def test_an_evaluation_is_written_to_a_folder(labelled, small_model_folder, tmp_path, capsys, no_plots):
    folder = tmp_path / "report"
    assert main(["evaluate", str(small_model_folder), labelled, "-o", str(folder)]) == 0
    assert {path.name for path in folder.iterdir()} == FILES
    verdict, written = capsys.readouterr().out.splitlines()
    assert (folder / "report.html").read_text() == verdict
    assert written == f"Written: {folder / 'report.html'}, report.md, report.json and predictions.csv."


@pytest.fixture
def seen_documents(small_frame, tmp_path):
    """Documents that the small model was trained on."""
    rows = small_frame[small_frame["motivation"] == "criminal"].iloc[:3]
    fields = ["id", "title", "text", "is_incident", "motivation", "impact"]
    return put_documents(tmp_path / "seen.jsonl", *rows[fields].to_dict("records"))


def test_an_evaluation_says_first_what_was_seen(seen_documents, small_model_folder, tmp_path, capsys, no_plots):
    assert main(["evaluate", str(small_model_folder), seen_documents]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("WARNING: 3 of 3 documents were in this model's training. ")
    assert printed.splitlines()[2].startswith("# Evaluation of small@")
    assert main(["evaluate", str(small_model_folder), seen_documents, "-o", str(tmp_path / "report")]) == 0
    warning, _, verdict, _ = capsys.readouterr().out.splitlines()
    assert warning.startswith("WARNING: 3 of 3 ")
    assert verdict.startswith("Worthless as a measure: 3 of 3 documents")


def test_what_was_seen_is_red_on_a_terminal(seen_documents, small_model_folder, tmp_path, shown_by, no_plots):
    out = shown_by("evaluate", str(small_model_folder), seen_documents, "-o", str(tmp_path / "report"))
    assert "\x1b[1;31mWARNING: 3 of 3" in out
    assert out.splitlines()[2].startswith("Worthless")


def test_two_models_are_compared(labelled, small_model_folder, capsys):
    folder = str(small_model_folder)
    assert main(["evaluate", folder, labelled, "--compare", folder]) == 0
    out = capsys.readouterr().out
    assert "\n## Against small@" in out
    assert "This model has the motivation right more often for 0 incidents, the other for 0" in out


@pytest.mark.parametrize(
    ("rows", "header", "sentence"),
    [
        (None, "", "labelled.csv: found no such file or folder"),
        ([], COLUMNS, "labelled.csv: found no labelled report; expected one a row."),
        ([f"a,{REPORT},criminal"], "id,text,label", "found no column of labels among 'id', 'text', 'label'"),
        ([f"a,{REPORT},sports"], "id,text,motivation", "row 1, column 'motivation': found 'sports'"),
        ([f"a,{REPORT},"], "id,text,motivation", "Found no labelled document"),
        (["a,,criminal"], "id,text,motivation", "row 1: found no text; expected a labelled text"),
        ([f"a,{REPORT},criminal"], "id,words,motivation", "no column of text"),
    ],
)
def test_reports_that_cannot_be_evaluated_are_one_sentence(
    rows, header, sentence, small_model_folder, tmp_path, capsys
):
    path = tmp_path / "labelled.csv"
    if rows is not None:
        put(path, *rows, header=header)
    assert main(["evaluate", str(small_model_folder), str(path), "-o", str(tmp_path / "report")]) == 1
    out, err = capsys.readouterr()
    assert err.startswith("cyberclass: ")
    assert sentence in err
    assert (out, err.count("\n")) == ("", 1)
    assert not (tmp_path / "report").exists()


@pytest.mark.parametrize("option", [[], ["--compare"]])
def test_a_model_to_evaluate_that_is_missing_is_an_error(option, labelled, small_model_folder, tmp_path, capsys):
    argv = [str(small_model_folder), labelled, *option, str(tmp_path / "none")]
    assert main(["evaluate", *(argv if option else [str(tmp_path / "none"), labelled])]) == 1
    assert "none: found no card.json" in capsys.readouterr().err


def test_an_output_that_is_a_file_is_an_error(labelled, small_model_folder, capsys, no_plots):
    assert main(["evaluate", str(small_model_folder), labelled, "-o", labelled]) == 1
    assert capsys.readouterr().err.startswith(f"cyberclass: {labelled}: cannot be written (")


# Cross-validation


@pytest.fixture
def one_job(monkeypatch):
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")


@pytest.mark.parametrize(
    ("options", "arguments"),
    [
        ([], {"by": "incident", "n_folds": 5, "date": None}),
        (["--folds", "3"], {"by": "incident", "n_folds": 3, "date": None}),
        (["--by", "time", "--date", "2020"], {"by": "time", "n_folds": 5, "date": "2020"}),
        (["--by", "source"], {"by": "source", "n_folds": 5, "date": None}),
    ],
)
def test_crossval_splits_as_it_is_told(options, arguments, labelled, capsys, monkeypatch):
    asked = {}

    def cross_validate(frame, by, **others):
        asked.update(others, by=by, ids=frame["id"].tolist())
        raise KeyboardInterrupt

    monkeypatch.setattr("cyberclass.evaluation.crossval.cross_validate", cross_validate)
    assert main(["crossval", labelled, *options]) == 130
    assert {name: asked[name] for name in arguments} == arguments
    assert asked["ids"] == ["a", "b"]


@pytest.mark.parametrize(
    ("rows", "options", "sentence"),
    [
        (LABELLED, [], "The corpus has 2 incidents, too few for 5 folds"),
        (LABELLED, ["--folds", "1"], "The number of folds is 1; expected 2 or more."),
        (LABELLED, ["--by", "source"], "The corpus has one source, 'labelled'"),
        (LABELLED, ["--by", "time"], "The corpus has no dates; split it by incident or by source."),
        (LABELLED, ["--by", "time", "--date", "2020"], "The corpus has no dated document before 2020"),
        (["a,,criminal,none"], [], "row 1: found no text; expected a labelled text"),
        (
            [f"{row},{REPORT} {row},criminal,economy" for row in "abcdefgh"],
            ["--folds", "2"],
            "The corpus has 1 incidents, too few for 2 folds",
        ),
    ],
)
def test_a_corpus_that_cannot_be_split_is_one_sentence(rows, options, sentence, tmp_path, capsys, one_job):
    path = put(tmp_path / "labelled.csv", *rows, header=COLUMNS)
    assert main(["crossval", path, *options]) == 1
    out, err = capsys.readouterr()
    assert err.startswith("cyberclass: ")
    assert sentence in err
    assert (out, err.count("\n")) == ("", 1)


@pytest.mark.slow
def test_crossval_prints_its_report(small_frame, tmp_path, capsys, one_job):
    rows = small_frame[small_frame["motivation"].isin(["criminal", "ideological"])].iloc[::2]
    fields = ["id", "incident", "title", "text", "is_incident", "motivation", "impact"]
    path = put_documents(tmp_path / "corpus.jsonl", *rows[fields].to_dict("records"))
    assert main(["crossval", path, "--folds", "2"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# Cross-validation by incident\n\nThe motivation is right for ")
    assert f"{len(rows)} documents on {rows['incident'].nunique()} incidents" in out
    assert "| fold 1 | " in out


# Terminals


@pytest.mark.parametrize("output", [[], ["-o", "labels.csv"]])
def test_terminal_shows_a_table(output, reports, model, tmp_path, monkeypatch, shown_by):
    monkeypatch.chdir(tmp_path)
    out = shown_by("label", reports, *output, *model)
    assert "report" in out.splitlines()[1]
    for words in ("The gang encrypted", "criminal", "Hacktivists defaced", "ideological"):
        assert out.count(words) == 1
    assert max(map(len, out.splitlines())) <= 80
    assert (tmp_path / "labels.csv").exists() is bool(output)


@pytest.mark.parametrize(
    ("rows", "output", "shown", "closing"),
    [
        (MOST_SHOWN, False, MOST_SHOWN, ""),
        (MOST_SHOWN + 2, False, MOST_SHOWN, "... and 2 more; write all of them with -o FILE"),
        (MOST_SHOWN, True, MOST_SHOWN, ""),
        (MOST_SHOWN + 2, True, 0, ""),
    ],
)
def test_table_is_no_longer_than_a_person_reads(rows, output, shown, closing, model, tmp_path, shown_by):
    source = put(tmp_path / "reports.csv", *(f"{row},{REPORT}" for row in range(rows)))
    out = shown_by("label", source, *(["-o", str(tmp_path / "labels.csv")] if output else []), *model)
    assert out.count("The gang encrypted") == shown
    assert out.strip("\n").endswith(closing)
    assert ("more;" in out) is bool(closing)


def test_text_on_a_terminal_is_a_block(model, shown_by):
    out = shown_by("label", "--text", REPORT, *model)
    names = [line.split()[0] for line in out.splitlines() if not line.startswith(" ")]
    assert names == ["incident", "motivation", "impact", "actors"]


@pytest.mark.parametrize(
    ("is_incident", "motivation", "expected"),
    [
        (True, "criminal", "criminal 0.90"),
        (True, "undetermined", "undetermined"),
        (False, None, "no incident"),
    ],
)
def test_probability_stands_beside_a_motivation_only(is_incident, motivation, expected, small_model):
    labels = small_model.label([REPORT]).assign(
        is_incident=is_incident, motivation=motivation, motivation_confidence=0.9, impact="", actors=""
    )
    console = Console(file=io.StringIO(), width=80)
    console.print(labels_table(["Title"], labels, 80))
    row = console.file.getvalue().splitlines()[-2]
    assert " ".join(row.split()) == f"Title {expected}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("\n \n", ""),
        ("Title\n\nBody", "Title"),
        ("\n\n  two   words\nmore", "two words"),
        ("\x1b[31mred\u202e", "[31mred"),
        ("[bold]tags[/bold] stay", "[bold]tags[/bold] stay"),
    ],
)
def test_first_line_is_the_title_and_harmless(text, expected):
    assert first_line(text) == expected


@pytest.mark.parametrize(
    ("calls", "shown"),
    [
        ([], False),
        ([(2, 1.0)], False),
        ([(1000, 0.5)], True),
        ([(1000, None), (2000, None)], True),
        ([(1000, 0.5), (2000, 1.0)], True),
    ],
)
def test_bar_comes_only_where_there_is_more_to_wait_for(calls, shown, monkeypatch, capsys):
    monkeypatch.setattr("cyberclass.labelling.terminal.PATIENCE", 0.0)
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Progress() as progress:
        for call in calls:
            progress(*call)
    assert ("reports" in capsys.readouterr().err) is shown


# Corpus


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([GOOD], ["1 documents on 1 incidents: no fault"]),
        (
            [{**GOOD, "genre": "poem"}, {"id": "a-2"}],
            [
                "{path}:1: genre: found 'poem', expected one of news, ",
                "{path}:2: text: found nothing, expected a value: it is required",
                "{path}:2: is_incident: found nothing, expected a value: it is required",
            ],
        ),
        ([[]], ["{path}:1: found [], expected a JSON object, one document a line"]),
        ([], ["{path}:1: found an empty file, expected one JSON object a line"]),
    ],
)
def test_corpus_check_lists_every_fault(documents, expected, tmp_path, capsys):
    path = put_documents(tmp_path / "corpus.jsonl", *documents)
    assert main(["corpus", "check", path]) == (0 if expected[0].endswith("no fault") else 1)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(expected)
    for line, beginning in zip(lines, expected, strict=True):
        assert line.startswith(beginning.format(path=path))


@pytest.mark.parametrize("command", ["check", "stats"])
def test_corpus_that_is_missing_is_an_error(command, tmp_path, capsys):
    assert main(["corpus", command, str(tmp_path / "none")]) == 1
    assert "none: found no such file or folder" in capsys.readouterr().err


def test_corpus_stats_are_plain_in_a_pipe(tmp_path, capsys):
    assert main(["corpus", "stats", put_documents(tmp_path / "corpus.jsonl", GOOD)]) == 0
    out = capsys.readouterr().out
    names = [block for block in out.split("\n\n") if block.isalpha()]
    assert names == ["labels", "impact", "genre", "basis", "year", "length", "incidents"]
    assert out.isascii()


def test_corpus_stats_are_tables_on_a_terminal(tmp_path, shown_by):
    out = shown_by("corpus", "stats", put_documents(tmp_path / "corpus.jsonl", GOOD))
    assert max(map(len, out.splitlines())) <= 80
    assert "───" in out
    assert "not-incident" in out


@pytest.mark.parametrize("source", ["a[/b]", "[red]desk"])
def test_square_brackets_of_a_source_are_no_markup(source, tmp_path, shown_by):
    assert source in shown_by("corpus", "stats", put_documents(tmp_path / "corpus.jsonl", {**GOOD, "source": source}))


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_run_that_is_ended_leaves_nothing_behind(tmp_path, number):
    source = tmp_path / "in.csv"
    source.write_text("text\n" + "A gang encrypted the files of a hospital and wants money.\n" * 300_000)
    command = [sys.executable, "-c", "import sys; from cyberclass.cli import main; sys.exit(main())"]
    run = subprocess.Popen(
        [*command, "label", source, "-o", tmp_path / "out.csv"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        # Whatever started the tests may ignore it, as nohup does.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )
    while run.poll() is None and not list(tmp_path.glob(".out.csv.*")):
        time.sleep(0.05)
    run.send_signal(number)
    assert run.wait(60) == 128 + number
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.parametrize("command", ["label", "suggest"])
def test_default_is_the_model_that_comes_along(command, tmp_path, monkeypatch, small_model_folder):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cyberclass.model.store.default_model", lambda: small_model_folder)
    Path("in.txt").write_text("A gang encrypted the files of a hospital and wants two million.")
    assert main([command, "in.txt", "-o", "out.csv", "--model", "default"]) == 0
    assert Path("out.csv").is_file()
