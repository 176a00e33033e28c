"""The default model on the cases the field teaches with, told in words its corpus has never seen."""

import csv
import json
import re
from pathlib import Path

import pytest

import cyberclass
from cyberclass.taxonomy import CODEBOOK, UNDETERMINED

MOTIVATIONS, IMPACTS = CODEBOOK.motivations, CODEBOOK.impacts

ROOT = Path(__file__).parents[1]
SPOT_CASES = ROOT / "tests" / "spot_cases.jsonl"
EXAMPLES = ROOT / "examples" / "reports.csv"
RUN = 8  # words in a row that two authors do not share by chance


def read_jsonl(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def report(document):
    return (document["title"] or "") + "\n\n" + document["text"]


def runs_of_words(text):
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}


CASES = read_jsonl(SPOT_CASES)
INCIDENTS = [case for case in CASES if case["is_incident"]]

#: Cases whose main domain the default model misses; a model that finds one fails the test, so that the list shrinks.
MISSED = {
    "operation-aurora": "sees the diplomats and the dissidents, not the stolen source code",
    "change-healthcare": "sees the money and the records, not the service that pharmacies hang on",
}


def by_name(cases):
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


@pytest.fixture(scope="module")
def model():
    return cyberclass.load_model()


@pytest.fixture(scope="module")
def corpus_runs():
    paths = sorted((ROOT / "corpus").glob("*.jsonl"))
    assert paths, f"{ROOT / 'corpus'}: no *.jsonl; without the corpus nothing can be compared with it"
    return set().union(*(runs_of_words(report(document)) for path in paths for document in read_jsonl(path)))


def label(model, case):
    return model.label([report(case)]).iloc[0]


@by_name(CASES)
def test_incidents_are_told_from_other_news(model, case):
    assert bool(label(model, case)["is_incident"]) is case["is_incident"]


@by_name(INCIDENTS)
def test_motivation_is_the_one_the_text_supports(model, case):
    assert label(model, case)["motivation"] == case["motivation"]


@by_name(INCIDENTS)
def test_main_domain_is_among_the_impacts(request, model, case):
    if case["name"] in MISSED:
        request.applymarker(pytest.mark.xfail(reason=MISSED[case["name"]], strict=True))
    assert case["main_domain"] in label(model, case)["impact"].split(";")


@by_name(CASES)
def test_case_follows_the_codebook(case):
    if case["is_incident"]:
        assert case["motivation"] in (*MOTIVATIONS, UNDETERMINED)
        assert case["main_domain"] in case["domains"]
        assert set(case["domains"]) <= set(IMPACTS)
    else:
        assert (case["motivation"], case["main_domain"], case["domains"]) == (None, None, [])


@by_name(CASES)
def test_case_stands_nowhere_in_the_corpus(corpus_runs, case):
    assert runs_of_words(report(case)) & corpus_runs == set()


def test_examples_stand_nowhere_in_the_corpus(corpus_runs):
    with EXAMPLES.open(encoding="utf-8", newline="") as file:
        shared = {row["id"]: runs_of_words(report(row)) & corpus_runs for row in csv.DictReader(file)}
    assert shared, f"{EXAMPLES}: no rows"
    assert {key: runs for key, runs in shared.items() if runs} == {}
