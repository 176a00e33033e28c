"""The command that learns a model: what it refuses, what it writes, and what it says in a terminal of any width."""

import json
import shutil
import sys
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from planted import OWN, documents, put

from cyberclass.cli import main
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.store import load_model, read_card
from cyberclass.taxonomy import CODEBOOK, Taxonomy
from cyberclass.training import learning_curve as curves
from cyberclass.training import terminal, trainer
from cyberclass.training.learning_curve import summarise
from cyberclass.training.material import Material
from cyberclass.training.search import Candidate
from cyberclass.training.trainer import Training, train_model


@pytest.fixture
def corpus(tmp_path):
    return put(tmp_path / "in", documents(OWN))


@pytest.fixture
def nothing_learned(monkeypatch):
    """Let a test fail if anything is learned."""
    monkeypatch.setattr(IncidentClassifier, "fit", None)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """A curve of two shares; and no other process, for these would not see what is changed here."""
    monkeypatch.setattr(curves, "SHARES", (0.5, 1.0))
    with joblib.parallel_config("sequential"):
        yield


def is_left(tmp_path):
    """What stands beside the documents."""
    return sorted(path.name for path in tmp_path.iterdir() if path.name != "in")


# What is refused before any work


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        ([], "found nothing to make; expected --output FOLDER, --learning-curve FILE, or both."),
        (["--hold-out", "0.2", "--search"], "found nothing to make"),
        (["-o", "m", "--weight", "ours"], "--weight: found 'ours'; expected a source and a number, as in eurepoc=0.5."),
        (["-o", "m", "--weight", "ours=much"], "--weight: found 'ours=much'; expected a source and a number"),
        (["-o", "m", "--weight", "ours="], "--weight: found 'ours='"),
        (["-o", "m", "--weight", ""], "--weight: found ''"),
        (["-o", "m", "--hold-out", "some"], "invalid float value: 'some'"),
    ],
)
def test_misuse_is_told_before_any_work(argv, sentence, corpus, tmp_path, monkeypatch, capsys, nothing_learned):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        main(["train", str(corpus), *argv])
    assert left.value.code == 2
    assert sentence in capsys.readouterr().err
    assert is_left(tmp_path) == []


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["-o", "m", "--weight", "0.5"], "--weight: found the source ''; expected one of ours."),
        (["-o", "m", "--weight", "theirs=2"], "--weight: found the source 'theirs'; expected one of ours."),
        (["-o", "m", "--weight", "ours=0"], "--weight: found 0.0 for ours; expected a number above 0, such as 0.5."),
        (["-o", "m", "--weight", "ours=nan"], "--weight: found nan for ours"),
        (["-o", "m", "--weight", "ours=2", "--weight", "ours=-2"], "--weight: found -2.0 for ours"),
        (["-o", "m", "--hold-out", "0.7"], "--hold-out: found 0.7; expected a share of incidents"),
        (
            ["-o", "m", "--hold-out", "0.01"],
            "--hold-out: found 0.01, which is less than one incident",
        ),
        (["-o", "in"], "in: exists and is not a model; name a new folder, or remove this one."),
        (["-o", "in/ours.jsonl"], "in/ours.jsonl: exists and is not a model"),
        (["-o", "."], ".: exists and is not a model"),
        (["--learning-curve", "curve.jpg"], "curve.jpg: found the ending '.jpg'; expected .png, .svg or .pdf."),
        (["-o", "in/ours.jsonl/m/n"], "in/ours.jsonl/m/n: cannot be written below"),
        (["--learning-curve", "nowhere/curve.svg"], "nowhere/curve.svg: found no folder to write it to; make it"),
        (["-o", "m", "--learning-curve", "curve"], "curve: found the ending ''; expected .png, .svg or .pdf."),
        (["-o", "m", "--base", "none"], "none: found no card.json in it; expected a model's folder"),
        (["-o", "m", "--taxonomy", "none.toml"], "none.toml: cannot be read (No such file or directory)"),
        (["-o", "m", "--base", "default"], "found 'spite'; expected one of state-sponsored, criminal, ideological"),
        (["missing.jsonl", "-o", "m"], "missing.jsonl: found no such file or folder"),
    ],
)
def test_what_cannot_be_is_one_sentence_before_any_work(
    argv, sentence, corpus, tmp_path, monkeypatch, capsys, nothing_learned
):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "in", *argv]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("cyberclass: ")
    assert sentence in err
    assert err.count("\n") == 1
    assert is_left(tmp_path) == []


def test_documents_too_few_for_a_curve_are_told_before_any_work(tmp_path, monkeypatch, capsys, nothing_learned):
    put(tmp_path / "in", documents(OWN)[:4])
    argv = ["-o", str(tmp_path / "m"), "--learning-curve", str(tmp_path / "curve.svg")]
    assert main(["train", str(tmp_path / "in"), *argv]) == 1
    assert "expected two or more of each label" in capsys.readouterr().err
    assert is_left(tmp_path) == []


def test_a_curve_without_matplotlib_is_refused_before_any_work(corpus, tmp_path, monkeypatch, capsys, nothing_learned):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert main(["train", str(corpus), "--learning-curve", str(tmp_path / "curve.svg")]) == 1
    assert "needs matplotlib; install it" in capsys.readouterr().err


# What is left by an interruption


def interrupt(*_, **__):
    raise KeyboardInterrupt


@pytest.fixture(scope="module")
def old_model(tmp_path_factory):
    """The folder of a model that was trained before."""
    folder = tmp_path_factory.mktemp("old")
    with joblib.parallel_config("sequential"):
        assert main(["train", str(put(folder / "in", documents(OWN))), "-o", str(folder / "m")]) == 0
    return folder / "m"


@pytest.mark.parametrize(
    "where",
    [
        (curves, "grouped_folds"),
        (trainer, "measure_own"),
        (trainer, "describe"),
        (IncidentClassifier, "fit"),
        (Path, "write_bytes"),
    ],
    ids=lambda where: where[1],
)
@pytest.mark.parametrize("old", [False, True], ids=["new", "old"])
def test_an_interruption_leaves_nothing_behind(where, old, old_model, corpus, tmp_path, monkeypatch, capsys):
    model, curve = tmp_path / "m", tmp_path / "curve.svg"
    if old:
        shutil.copytree(old_model, model)
        curve.write_text("old")
    before = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    capsys.readouterr()
    monkeypatch.setattr(*where, interrupt)
    if where[1] not in ("grouped_folds", "fit"):
        monkeypatch.setattr("cyberclass.training.learning_curve.learning_curve", lambda *_, **__: CURVE)
    argv = ["train", str(corpus), "-o", str(model), "--learning-curve", str(curve)]
    assert main(argv) == 130
    out, err = capsys.readouterr()
    assert (out, err) == ("", "cyberclass: interrupted; nothing was written\n")
    after = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert after == before
    assert is_left(tmp_path) == (["curve.svg", "m"] if old else [])


def test_an_interruption_of_the_curve_leaves_no_model(corpus, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("cyberclass.training.learning_curve.learning_curve", interrupt)
    argv = ["-o", str(tmp_path / "m"), "--learning-curve", str(tmp_path / "curve.svg")]
    assert main(["train", str(corpus), *argv]) == 130
    assert "nothing was written" in capsys.readouterr().err
    assert is_left(tmp_path) == []


# What is made


def test_a_model_and_a_curve_are_made_and_told(corpus, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "200")
    model, curve = tmp_path / "models" / "m", tmp_path / "curve.svg"
    argv = ["-o", str(model), "--learning-curve", str(curve), "--weight", "ours=0.5", "--hold-out", "0.2"]
    assert main(["train", str(corpus), *argv]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.endswith(f"Written: {model}\nWritten: {curve}\n")
    assert "documents held out, on incidents that the model learned nothing of." in " ".join(out.split())
    assert "more helps?" in out
    assert curve.read_bytes().startswith(b"<?xml")
    card = read_card(model)
    assert [row["weight"] for row in card["corpus"]["sources"]] == [[0.5]]
    assert card["corpus"]["paths"] == ["../../in"]
    assert load_model(model).taxonomy_ == OWN


def test_a_model_is_trained_on_from_a_base(corpus, tmp_path, capsys):
    assert main(["train", str(corpus), "-o", str(tmp_path / "base")]) == 0
    new = documents(OWN).assign(id=lambda frame: "n" + frame["id"], incident=lambda frame: "n" + frame["incident"])
    put(tmp_path / "new", new.assign(text=new["text"].str.replace("man", "wight")), "news")
    capsys.readouterr()
    assert main(["train", str(tmp_path / "new"), "--base", str(tmp_path / "base"), "-o", str(tmp_path / "m")]) == 0
    out = capsys.readouterr().out
    assert "the base's documents" in out
    # What the base learned from it has not seen of ours.
    assert "this model" in out
    assert "base " in out
    card = read_card(tmp_path / "m")
    assert (card["corpus"]["documents"], card["corpus"]["paths"]) == (60, ["../new"])


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ([], CODEBOOK),
        (["--taxonomy", "corpus"], Taxonomy(("criminal", "ideological"), ("economy", "privacy"))),
        (["--taxonomy", "labels.toml"], Taxonomy(("ideological", "criminal"), ("privacy", "economy"))),
    ],
    ids=["the codebook's", "those that occur", "those of a file"],
)
def test_labels_are_those_that_are_named(option, expected, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    few = Taxonomy(("criminal", "ideological"), ("economy", "privacy"))
    put(tmp_path / "in", documents(few)).joinpath("corpus.toml").unlink()
    Path("labels.toml").write_text("motivations = {ideological='', criminal=''}\nimpacts = {privacy='', economy=''}")
    assert main(["train", "in", "-o", "m", *option]) == 0
    assert load_model("m").taxonomy_ == expected


def test_training_again_replaces_the_model(corpus, tmp_path, capsys):
    argv = ["train", str(corpus), "-o", str(tmp_path / "m")]
    weights = []
    for _ in range(2):
        assert main(argv) == 0
        weights.append((tmp_path / "m" / "weights.safetensors").read_bytes())
    assert weights[0] == weights[1]
    assert is_left(tmp_path) == ["m"]


# What a terminal shows

SHARES = {0.0625: 9, 0.125: 18, 0.25: 36, 0.5: 72, 1.0: 144}

CURVE = pd.DataFrame(
    [
        (label, share, fold, SHARES[share], score + fold / 100)
        for label, scores in {
            "motivation, macro-F1": (0.4, 0.5, 0.6, 0.7, 0.8),
            "[/red] $x$ :smile:": (0.8, 0.8, 0.8, 0.8, 0.8),
            "a label of a great many letters, more than a line has": (0.7,),
        }.items()
        for share, score in zip([*SHARES][-len(scores) :], scores, strict=True)
        for fold in range(2)
    ],
    columns=["label", "share", "fold", "documents", "score"],
)


@pytest.fixture(scope="module")
def training():
    """Of sources with names that rich may take for its own, and of a base."""
    frame = documents(OWN).assign(mapping=None)
    names = [f"source {number:02d}" for number in range(13)]
    frame["source"] = [["[/red]", "[bold]x", ":smile:", *names][min(number, 15)] for number in range(30)]
    frame.loc[frame.index % 2 == 0, "mapping"] = "[eurepoc] 1"
    material = Material(
        frame=frame,
        groups=frame["incident"],
        weight=np.where(frame.index == 20, 2.0, 1.0),
        own=frame.index < 25,
        taxonomy=OWN,
        paths=(),
        licences={},
    )
    plain = train_model(Material(**vars(material) | {"own": np.ones(30, dtype=bool)}))
    candidates = [Candidate({"C": 3.0, "vectorizer__min_documents": 1}, 0.3, 0.9, None), Candidate({}, 1.0, None, 0.8)]
    other = "[other]@12345678", {**plain.scores, "impact": None}
    return Training(plain.model, material, plain.scores, plain.how, candidates, other)


@pytest.fixture(params=[30, 60, 80, 200])
def width(request, monkeypatch):
    for name, value in {"COLUMNS": str(request.param), "TERM": "dumb", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    return request.param


def test_a_training_is_told_in_any_width(training, width, capsys):
    terminal.print_training(training)
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= width
    if width == 200:
        for words in (
            "[/red]",
            "[bold]x",
            ":smile:",
            "[eurepoc] 1",
            "[other]",
            "5 other sources",
            "the base's documents",
        ):
            assert words in out
        assert "chosen: base at 0.3; C=3, min_documents=1: 0.9000\n" in out
        assert "        base at 1; default settings: 0.8000\n" in out
        rows = {line.split("  ")[0].strip(): line.split() for line in out.splitlines()}
        assert rows["all"][1:4] == ["30", "30", "several"]
        assert rows["motivation, macro-F1"][2:6] == ["24", "1.000", "1.000", "0.333"]
        # The other knows no domains.
        assert rows["impact, macro-F1"][2:4] == ["24", f"{training.scores['impact']['macro_f1']:.3f}"]
        assert len(rows["impact, macro-F1"]) == 5


def test_a_curve_is_told_in_any_width(width, capsys):
    terminal.print_curve(summarise(CURVE))
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= width
    if width == 200:
        rising, flat, short = (
            next(line for line in out.splitlines() if label in line) for label in CURVE["label"].unique()
        )
        assert "+0.100 ± 0.000" in rising
        assert [line.split()[-1] for line in (rising, flat)] == ["yes", "hardly"]
        assert short.split()[-2:] == ["0.705", "unclear"]
        assert "nan" not in out


def test_steps_are_shown_on_a_terminal_alone(capsys):
    with terminal.Steps() as steps:
        steps("reading documents", 0.0)
        steps("learning", 1.0)
    assert capsys.readouterr() == ("", "")


def test_a_card_can_be_read_by_other_programs(corpus, tmp_path, capsys):
    def no_constant(name):
        raise AssertionError(f"{name} is no JSON")

    put(tmp_path / "in", documents(OWN, motivation=""))
    assert main(["train", str(corpus), "-o", str(tmp_path / "m")]) == 0
    json.loads((tmp_path / "m" / "card.json").read_text(), parse_constant=no_constant)
