"""The two scripts, as a user runs them."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from cyberclass.model.store import seen_texts, text_mark

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus"


def run(script, *arguments, **environment):
    """Run a script in a process of its own."""
    return subprocess.run(
        [sys.executable, "-W", "error", str(ROOT / script), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT / "tests",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", **environment},
    )


@pytest.fixture
def run_here(capsys, monkeypatch):
    """Give a function that runs a script in this process, which need not load everything anew."""

    def run_here(script, *arguments):
        monkeypatch.setattr(sys, "argv", [script, *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            runpy.run_path(str(ROOT / script), run_name="__main__")
        return subprocess.CompletedProcess(sys.argv, left.value.code, *capsys.readouterr())

    return run_here


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A folder with every fortieth document of the corpus."""
    lines = [line for path in sorted(CORPUS.glob("*.jsonl")) for line in path.read_bytes().splitlines()]
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "part.jsonl").write_bytes(b"\n".join(lines[::40]) + b"\n")
    return folder


@pytest.fixture(scope="module")
def trained(corpus, tmp_path_factory):
    """What `train.py` said, and the folder it made."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    return run("train.py", corpus, "--output", folder), folder


@pytest.mark.slow
def test_training_makes_a_model_and_says_how_good_it_is(trained, corpus):
    done, folder = trained
    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name for path in folder.iterdir()} == {"weights.safetensors", "card.json", "README.md", "seen.txt"}
    assert done.stdout.split()[:4] == ["source", "documents", "incidents", "weight"]
    assert done.stdout.endswith(f"Written: {folder}\n")
    assert (folder / "README.md").read_text().startswith("# Model tiny\n")
    card = json.loads((folder / "card.json").read_text())
    documents = [json.loads(line) for line in (corpus / "part.jsonl").read_text(encoding="utf-8").splitlines()]
    assert card["corpus"]["documents"] == len(documents)
    texts = [text for each in documents for text in (each["text"], f"{each.get('title') or ''}\n\n{each['text']}")]
    assert seen_texts(folder) == {text_mark(text) for text in texts}


@pytest.mark.slow
def test_training_again_in_another_process_gives_the_same_weights(trained, corpus, tmp_path):
    _, folder = trained
    reversed_corpus = tmp_path / "reversed.jsonl"
    lines = (corpus / "part.jsonl").read_bytes().splitlines()
    reversed_corpus.write_bytes(b"\n".join(lines[::-1]) + b"\n")
    done = run("train.py", reversed_corpus, "--output", tmp_path / "tiny", PYTHONHASHSEED="1", LOKY_MAX_CPU_COUNT="1")
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("weights.safetensors", "seen.txt"):
        assert (tmp_path / "tiny" / name).read_bytes() == (folder / name).read_bytes()
    mine, theirs = (json.loads((path / "card.json").read_text()) for path in (tmp_path / "tiny", folder))
    assert mine["thresholds"] == theirs["thresholds"]
    assert mine["corpus"]["sha256"] == theirs["corpus"]["sha256"]


@pytest.mark.slow
def test_an_evaluation_warns_first_of_documents_that_were_seen(trained, corpus):
    _, folder = trained
    done = run("evaluate.py", folder, corpus)
    documents = len((corpus / "part.jsonl").read_bytes().splitlines())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"WARNING: {documents} of {documents} documents were in this model's training. ")
    name = f"tiny@{json.loads((folder / 'card.json').read_text())['weights_sha256'][:8]}"
    assert f"\n# Evaluation of {name}\n\nWorthless as a measure: " in done.stdout


def write_documents(path, *documents):
    path.write_text("".join(f"{json.dumps(document)}\n" for document in documents))
    return path


NEW = {
    "id": "new",
    "text": "Hackers of the Syldavian secret service spied on the ministry of Borduria for three years, it said.",
    "is_incident": True,
    "motivation": "state-sponsored",
    "impact": ["national-security"],
}
OTHER = {
    "id": "other",
    "text": "A gang encrypted the files of a hat shop in Klow and asked for a ransom of nine bitcoin, police said.",
    "is_incident": True,
    "motivation": "criminal",
    "impact": ["economy"],
}


def test_an_evaluation_on_new_documents_has_no_warning(tmp_path, run_here):
    done = run_here("evaluate.py", ROOT / "models" / "default", write_documents(tmp_path / "new.jsonl", NEW, OTHER))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("# Evaluation of default@")
    assert "2 documents on 2 incidents" in done.stdout
    assert "## Does it read or remember?" in done.stdout
    assert "not computable: no document is labelled undetermined" in done.stdout


def test_an_evaluation_on_one_document_is_possible(tmp_path, run_here):
    done = run_here("evaluate.py", ROOT / "models" / "default", write_documents(tmp_path / "new.jsonl", NEW))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("script", "arguments", "says"),
    [
        ("train.py", ["{folder}/none", "--output", "{folder}/model"], "{folder}/none: found no such file or folder"),
        (
            "train.py",
            ["{folder}/few", "--output", "{folder}/model"],
            "Found 1 incident with the label 'criminal'; expected two or more of each label",
        ),
        ("evaluate.py", ["{folder}/none", "{folder}/few"], "{folder}/none: found no card.json in it"),
        ("evaluate.py", ["{default}", "{folder}/none"], "{folder}/none: found no such file or folder"),
    ],
)
def test_a_bad_path_gives_one_sentence(tmp_path, script, arguments, says, run_here):
    (tmp_path / "few").mkdir()
    write_documents(tmp_path / "few" / "few.jsonl", NEW, OTHER)
    names = {"folder": tmp_path, "default": ROOT / "models" / "default"}
    done = run_here(script, *[argument.format(**names) for argument in arguments])
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"cyberclass: {says.format(**names)}")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(
    ("script", "program"), [("train.py", "cyberclass train"), ("evaluate.py", "cyberclass evaluate")]
)
@pytest.mark.parametrize(("argument", "code"), [("--help", 0), ("--unheard-of", 2), ("", 2)])
def test_help_and_usage(script, program, argument, code):
    done = run(script, *([argument] if argument else []))
    assert done.returncode == code
    assert (done.stdout or done.stderr).startswith(f"usage: {program}")
