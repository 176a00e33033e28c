"""Languages: told where need be, and what a model cannot read left open."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cyberclass.cli import main
from cyberclass.corpora.documents import read_corpus, texts_of
from cyberclass.labelling.terminal import print_one
from cyberclass.model.gate import find_unread, tell_languages, withhold
from cyberclass.model.store import load_model
from cyberclass.taxonomy import CODEBOOK
from cyberclass.text.detection import detect_language, usual_languages

#: Three sentences in each of 40 languages, two on incidents and one on something else, written for this test.
LINES = Path(__file__).with_name("languages.jsonl").read_text(encoding="utf-8").splitlines()
FOREIGN = list(map(json.loads, LINES))
CORPUS = Path(__file__).parents[1] / "corpus"


@pytest.fixture(scope="module")
def model():
    return load_model()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "und"),
        ("?!", "und"),
        ("Ransomware", "und"),
        ("Ransomwareangriff auf", "und"),
        ("The hospital was attacked by a gang on Monday.", "en"),
        ("Das Krankenhaus wurde am Montag angegriffen.", "de"),
        ("1. e4 e5 2. Nf3 Nc6 3. Bb5 a6", "und"),
        ("病院が攻撃を受けた", "ja"),
        ("\ud800 Das Krankenhaus wurde am Montag angegriffen.", "de"),
        ("\u202eأغلق المهاجمون حواسيب المستشفى ويطالبون بفدية كبيرة", "ar"),
    ],
)
def test_a_language_is_told_from_three_words_on(text, language):
    assert detect_language(text) == language


def test_each_of_forty_languages_is_flagged_and_left_open(model):
    assert len({row["language"] for row in FOREIGN}) == 40
    labels = model.label([row["text"] for row in FOREIGN])
    told = labels["language"].replace({"nb": "no", "nn": "no"})
    assert not told.isin(["en", "und"]).any()
    assert (told == [row["language"] for row in FOREIGN]).mean() > 0.95
    assert labels["is_incident"].all()
    assert set(labels["motivation"]) == {"undetermined"}
    assert set(labels["impact"]) == {""}
    assert labels.filter(like="p_").isna().all(axis=None)
    assert labels["motivation_confidence"].isna().all()


def test_any_language_is_labelled_on_request(model):
    texts = [row["text"] for row in FOREIGN[:9]]
    labels = model.label(texts, any_language=True)
    assert labels.filter(like="p_").notna().all(axis=None)
    assert labels["language"].tolist() == model.label(texts)["language"].tolist()


def test_a_coverage_promises_nothing_of_what_cannot_be_read(model):
    sets = model.label(["Das Krankenhaus wurde am Montag angegriffen."], coverage=0.8)["motivation_set"]
    assert sets.tolist() == [";".join(CODEBOOK.motivations)]


def test_english_is_not_taken_for_another_language(small_model, small_frame):
    """Of documents that the model has not seen, cut to eight words."""
    frame = read_corpus(CORPUS)
    texts = texts_of(frame[~frame["id"].isin(small_frame["id"])])
    short = [" ".join(text.split()[:8]) for text in texts if len(text.split()) >= 8]
    labels = small_model.label(short)
    foreign = ~labels["language"].isin(["en", "und"])
    assert foreign.mean() < 0.005


def test_what_is_read_has_the_labels_it_had(small_model, small_frame):
    texts = texts_of(small_frame)
    read, all_ = small_model.label(texts), small_model.label(texts, any_language=True)
    pd.testing.assert_frame_equal(read, all_)


@pytest.mark.parametrize(
    ("text", "is_open"),
    [("", False), ("-", False), ("Qzxv", True), ("Qzxv wqkj", True), ("ransomware", False), ("The gang", False)],
)
def test_a_text_without_a_word_that_the_model_knows_is_left_open(model, text, is_open):
    labels = model.label([text])
    assert labels["language"].tolist() == ["und"]
    assert labels["p_incident"].isna().tolist() == [is_open]


def test_the_languages_of_a_model_are_those_of_its_documents(small_model, small_frame):
    assert small_model.languages_ == ("en",)
    german = [row["text"] for row in FOREIGN if row["language"] == "de"]
    assert usual_languages(german) == ("de",)
    assert usual_languages([*german, *texts_of(small_frame)[:3]]) == ("de", "en")
    assert usual_languages([]) == usual_languages(["?"]) == ()
    assert load_model().languages_ == ("en",)


@pytest.mark.parametrize("learned", [("de",), ("de", "en"), ()])
def test_a_model_reads_the_languages_it_was_trained_on(learned):
    texts = ["Das Krankenhaus wurde am Montag angegriffen.", "Le site du ministère est resté inaccessible hier."]
    n_words = np.array([[6.0, 4.0], [8.0, 7.0]])
    languages = tell_languages(texts, n_words, learned)
    assert languages.tolist() == ["de", "fr"]
    assert find_unread(languages, n_words, learned).tolist() == [False, bool(learned)]


def test_nothing_is_withheld_of_no_rows():
    empty = pd.DataFrame({"is_incident": [], "motivation": [], "impact": []})
    assert len(withhold(empty, np.zeros(0, dtype=bool), CODEBOOK)) == 0


def test_a_saved_model_keeps_its_languages(small_model_folder):
    assert json.loads((small_model_folder / "card.json").read_text())["languages"] == ["en"]
    assert load_model(small_model_folder).languages_ == ("en",)


@pytest.mark.parametrize("option", [[], ["--any-language"]])
def test_the_command_says_how_many_it_left_open(tmp_path, capsys, option):
    (tmp_path / "in.csv").write_text(
        "text\nDie Bande verschlüsselte die Server der Stadtwerke und fordert Lösegeld.\n"
        "The gang encrypted the hospital's files and demands a ransom.\n",
        encoding="utf-8",
    )
    assert main(["label", str(tmp_path / "in.csv"), "-o", str(tmp_path / "out.csv"), *option]) == 0
    err = capsys.readouterr().err
    assert ("1 in another language than the model's" in err) == (not option)
    rows = pd.read_csv(tmp_path / "out.csv")
    assert rows["language"].tolist() == ["de", "en"]
    assert rows["p_incident"].isna().tolist() == [not option, False]
    assert rows["motivation"][1] == "criminal"


@pytest.mark.parametrize(("text", "why"), [("Die Bande fordert Lösegeld von der Stadt.", "de"), ("Qzxv wqkj", "und")])
def test_one_text_that_cannot_be_read_says_why(text, why, capsys):
    print_one(load_model().label([text]))
    out = capsys.readouterr().out
    assert out.startswith(f"language  {why}: ")
    assert "--any-language" in out
