"""Every command of docs/new-corpora.md runs, in its order, and prints what the page promises."""

import os
import re

import pytest
from clones import ROOT, environment_of, make_clone, run_script

from cyberclass.corpora.sources.source import OWN, find_source

PAGE = (ROOT / "docs" / "new-corpora.md").read_text(encoding="utf-8")

#: The page's commands that take minutes, or would change this environment, and what is run in their place.
INSTEAD = {
    "cyberclass train parts/train.jsonl --base default -o models/ours-and-default": "cyberclass train "
    "parts/train.jsonl --base models/small -o models/ours-and-default",
    "pip install ./desk-tickets": "python -m pip install --quiet --no-deps --no-build-isolation --target site "
    "./desk-tickets",
}

#: Lines that the page shows of what its commands print. Figures of models are not among them: they may differ a little
#: between processors of different kinds.
PROMISED = (
    "contractor?              not-coded          1",
    "44 documents of 45 records, labelled by the mapping csv 1; 1 without any label.",
    "Set aside: 1, text: found few words; expected 8 or more: too little to label.",
    "44 documents on 44 incidents: no fault",
    "our-incidents         44               11        13           11             4          1             4",
    "joined          1  incidents became part of another: near-duplicates share one",
    "left out        2  documents of the same words as another, whose labels contradict each other",
    "our-incidents:D-37,our-incidents,S-2,second-desk,motivation,undetermined,state-sponsored,false",
    "Written: parts/train.jsonl and test.jsonl.",
    " our-incidents          34          34        1   csv 1",
    "Written: models/ours",
    "Written: curve.svg",
    "suggested 8 of 32 reports",
    "APT                   espionage         11",
    "Set aside: 1, spam.",
    "2 documents of 3 records, labelled by the mapping tickets 1; 1 without any label.",
    "Licence: For our desk only.",
)


def blocks(page):
    """Give the shell's blocks, and the one that shows what each prints, or ""."""
    found = re.findall(r"^```(\w+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    after = [*found[1:], ("", "")]
    return [
        (block, shown if kind == "text" else "")
        for (language, block), (kind, shown) in zip(found, after, strict=True)
        if language == "sh"
    ]


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Run all blocks in a folder that looks like a clone; give what each printed."""
    folder = make_clone(tmp_path_factory.mktemp("clone"))
    environment = environment_of(folder, PYTHONPATH=f"{ROOT}{os.pathsep}{folder / 'site'}", COLUMNS="80")
    lines = (ROOT / "corpus" / "composites.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "small.jsonl").write_text("".join(lines[::5]), encoding="utf-8")
    outputs = []
    with pytest.MonkeyPatch.context() as patch:
        for name in ("COLUMNS", "LOKY_MAX_CPU_COUNT"):
            patch.setenv(name, environment[name])
        (folder / "site").mkdir()
        patch.syspath_prepend(folder / "site")
        run_script("cyberclass train small.jsonl -o models/small", folder, environment)
        for block, _ in blocks(PAGE):
            for command, other in INSTEAD.items():
                block = block.replace(command, other)
            outputs.append(run_script(block, folder, environment))
    return outputs


def lines_of(text):
    return [line.rstrip() for line in text.splitlines()]


@pytest.mark.slow
def test_every_block_prints_what_the_page_promises(printed):
    for (_, shown), output in zip(blocks(PAGE), printed, strict=True):
        for line in PROMISED:
            if line in lines_of(shown):
                assert line in lines_of(output)


def test_promises_are_those_of_the_page():
    shown = [line for _, text in blocks(PAGE) for line in lines_of(text)]
    assert [line for line in PROMISED if line not in shown] == []


def test_commands_that_are_replaced_are_those_of_the_page():
    commands = [line for block, _ in blocks(PAGE) for line in block.splitlines()]
    assert set(INSTEAD) <= set(commands)


@pytest.mark.parametrize("name", [name for name in OWN if name != "csv"])
def test_the_page_says_what_an_importer_says_of_its_licence(name):
    (row,) = re.findall(rf"^\| `{name}` \|.*$", PAGE, re.MULTILINE)
    assert find_source(name).licence in row
