"""Cues: what patterns match, and that every pattern that comes with the package can."""

import re
import tomllib
from importlib.resources import files

import pytest
import spacy

from cyberclass.model.forms import form_of
from cyberclass.model.reading import TextReader
from cyberclass.text.cues import Cues, load_cues

TABLE = tomllib.loads((files("cyberclass.text") / "cues.toml").read_text(encoding="utf-8"))
PATTERNS = [
    (cue, pattern) for group in ("motive", "harm") for cue, patterns in TABLE[group].items() for pattern in patterns
]
TOY = Cues(
    classes={"people": "ruritanian syldavian"},
    motive={"spying": ["spy|spies|wiretap*", "eaves* drop*"], "backed": ["state|<people> sponsored|backed"]},
    harm={"money": ["bank*", "0 dollars"], "people": ["<people>"]},
)


def literals(pattern):
    """The words a pattern lists, classes written out."""
    for word in pattern.split():
        for part in word.split("|"):
            yield from TABLE["classes"][part[1:-1]].split() if part.startswith("<") else [part]


@pytest.fixture
def count(monkeypatch):
    """Count the cues of `TOY` in texts: for each text a dict of those it has."""
    monkeypatch.setattr("cyberclass.model.reading.load_cues", lambda: TOY)

    def count(*texts):
        rows = TextReader().read(texts).cues
        return [{TOY.names[cue]: row[cue] for cue in row.nonzero()[0]} for row in rows]

    return count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("-", {}),
        ("nothing here", {}),
        ("A spy.", {"spying": 1}),
        ("SPIES and a Spy", {"spying": 2}),
        ("spying", {}),
        ("wiretap wiretaps WIRETAPPING wire", {"spying": 3}),
        ("eaves dropped", {"spying": 1}),
        ("eavesdrop dropping", {"spying": 1}),
        ("eavesdropping", {}),
        ("drop eaves", {}),
        ("state sponsored", {"backed": 1}),
        ("state-sponsored", {"backed": 1}),
        ("state\u2013sponsored", {"backed": 1}),
        ("state - sponsored", {"backed": 1}),
        ("state\n\nsponsored", {"backed": 1}),
        ("state, sponsored", {}),
        ("state was sponsored", {}),
        ("state state backed backed", {"backed": 1}),
        ("state backed state sponsored", {"backed": 2}),
        ("a Ruritanian-backed bank", {"backed": 1, "people": 1, "money": 1}),
        ("Ruritanians", {}),
        ("1,500 dollars and 99 dollars", {"money": 2}),
        ("2016 dollars", {}),
    ],
)
def test_a_cue_counts_its_words_beginnings_and_pairs(count, text, expected):
    assert count(text) == [expected]


def test_a_pair_does_not_stand_across_two_texts(count):
    assert count("by the state", "sponsored", "", "state", "", "backed") == [{}] * 6
    assert count("state", "state backed", "sponsored") == [{}, {"backed": 1}, {}]


def test_counts_do_not_depend_on_what_was_read_before(monkeypatch):
    monkeypatch.setattr("cyberclass.model.reading.load_cues", lambda: TOY)
    texts = ["", "state-sponsored spies", "a bank robbed of 10 dollars", "wiretaps wiretaps"]
    reader = TextReader()
    reader.read(["zebra", *reversed(texts)])
    assert (reader.read(texts).cues == TextReader().read(texts).cues).all()


def test_no_texts_have_no_cues(count):
    assert count() == []


@pytest.mark.parametrize(
    ("word", "cues"),
    [
        ("", set()),
        ("*", set()),
        ("spy", {"spying"}),
        ("spyware", set()),
        ("wiretap", {"spying"}),
        ("wiretapper", {"spying"}),
        ("wireta", set()),
        ("bank", {"money"}),
        ("ruritanian", {"people"}),
        ("people", set()),
    ],
)
def test_a_word_is_alone_the_cues_that_list_it(word, cues):
    assert {TOY.names[cue] for cue in TOY.of_word(word).cues} == cues


def test_cues_of_motive_stand_first():
    cues = load_cues()
    assert cues.names == (*TABLE["motive"], *TABLE["harm"])
    assert cues.n_motive == len(TABLE["motive"])


def test_no_cue_has_its_name_twice():
    assert len(set(load_cues().names)) == len(load_cues().names)


def test_every_pattern_has_one_word_or_two():
    assert [pattern for _, pattern in PATTERNS if len(pattern.split()) not in (1, 2)] == []


def test_every_class_in_a_pattern_exists():
    asked = {name for _, pattern in PATTERNS for name in re.findall("<(.*?)>", pattern)}
    assert asked - set(TABLE["classes"]) == set()


@pytest.mark.parametrize(
    ("fault", "is_faulty"),
    [
        ("a capital", lambda word: word != word.lower()),
        ("nothing", lambda word: not word.strip("*")),
        ("a star before its end", lambda word: "*" in word[:-1]),
        ("a broken class", lambda word: ("<" in word or ">" in word) and not re.fullmatch(r"<[\w-]+>", word)),
    ],
)
def test_no_word_of_a_pattern_is_faulty(fault, is_faulty):
    words = [part for _, pattern in PATTERNS for word in pattern.split() for part in word.split("|")]
    assert [word for word in words if is_faulty(word)] == [], fault


def test_every_class_is_used():
    assert [name for name in TABLE["classes"] if not any(f"<{name}>" in pattern for _, pattern in PATTERNS)] == []


def test_every_word_of_a_pattern_is_one_token_in_the_form_that_texts_have():
    tokenizer = spacy.blank("en").tokenizer
    words = {word for _, pattern in PATTERNS for word in literals(pattern) if not word.endswith("*")}
    # spaCy cuts "n't" and "'s" off the word before; alone they are no chunk it would keep whole.
    unreachable = sorted(
        word for word in words - {"n't"} if form_of(word) != word or [token.text for token in tokenizer(word)] != [word]
    )
    assert unreachable == []


def test_every_pattern_matches_its_own_words():
    cues = load_cues()
    silent = []
    for cue, pattern in PATTERNS:
        words = [next(literals(word)).rstrip("*") for word in pattern.split()]
        found = [cues.of_word(form_of(word)) for word in words]
        alone = len(found) == 1 and cues.names.index(cue) in found[0].cues
        paired = len(found) == 2 and cues.names.index(cue) in cues.cue_of_pair[list(found[0].first & found[1].second)]
        if not alone and not paired:
            silent.append((cue, pattern))
    assert silent == []
