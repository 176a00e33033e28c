"""Every command and every Python line of the README runs."""

import importlib.util
import json
import re
import shlex

import pytest
from clones import ROOT, environment_of, make_clone, run_shell

from cyberclass.cli import main
from cyberclass.corpora.documents import corpus_hash, read_corpus

README = (ROOT / "README.md").read_text(encoding="utf-8")

#: Commands that would install this environment anew, or run these tests inside themselves; only looked at.
MADE = ("make label", "make test")

#: Commands that take minutes; run on a part of the corpus.
LONG = {
    "cyberclass train all.jsonl --base default -o models/ours": "cyberclass train all.jsonl -o models/ours",
    "python train.py corpus/ --output models/mine": "python train.py corpus/composites.jsonl --output models/mine",
    "cyberclass crossval corpus/ -o report/": "cyberclass crossval corpus/composites.jsonl --folds 2 -o report/",
}


def fenced(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    lines = [line.split("  #")[0].split("    #")[0].strip() for block in fenced("sh") for line in block.splitlines()]
    shown = [line.removeprefix("$ ") for block in fenced("console") for line in block.splitlines() if line[:2] == "$ "]
    return [line for line in [*shown, *lines] if line]


def test_the_first_two_commands_are_targets_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in MADE:
        assert command in commands()
        assert re.search(rf"^{command.removeprefix('make ')}:", makefile, re.MULTILINE)


@pytest.mark.slow
def test_every_command_runs(tmp_path):
    """In the order of the README, since some need what earlier ones wrote; each in a process of its own."""
    clone = make_clone(tmp_path)
    for command in commands():
        if command not in MADE:
            run_shell(LONG.get(command, command), clone, environment_of(clone))


def test_commands_that_take_minutes_are_those_of_the_readme():
    assert set(LONG) <= set(commands())


def test_figures_are_those_of_the_report():
    spec = importlib.util.spec_from_file_location("write_figures", ROOT / "tools" / "write_figures.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    report = json.loads(tool.REPORT.read_text(encoding="utf-8"))
    assert tool.block(report) in README, "run `python tools/write_figures.py`"
    card = json.loads((ROOT / "models" / "default" / "card.json").read_text(encoding="utf-8"))
    assert card["scores"] == tool.scores(report), "run `python tools/write_figures.py`"
    assert report["data"]["sha256"] == card["corpus"]["sha256"] == corpus_hash(read_corpus(ROOT / "corpus")), (
        "the corpus has changed: train the default model and cross-validate again, as CONTRIBUTING.md says"
    )


def test_the_python_lines_run():
    for block in fenced("python"):
        exec(compile(block, "README.md", "exec"), {})


def test_what_the_first_screen_shows_is_what_is_printed(capsys):
    command = next(line for line in commands() if "--text" in line)
    assert main(shlex.split(command)[1:]) == 0
    labels = json.loads(capsys.readouterr().out)
    shown = dict(line.split(maxsplit=1) for line in fenced("text")[0].splitlines() if not line.startswith(" "))
    assert shown["incident"] == f"yes  (probability {labels['p_incident']:.2f})"
    assert shown["motivation"].split()[0] == labels["motivation"]
    for label in ("criminal", "undetermined", "ideological", "state-sponsored"):
        assert f"{label} {labels[f'p_motivation_{label}']:.2f}" in shown["motivation"]
    impact = [f"{domain} {labels[f'p_impact_{domain}']:.2f}" for domain in labels["impact"].split(";")]
    assert sorted(shown["impact"].split(", ")) == sorted(impact)
    assert shown["actors"] == labels["actors"]
