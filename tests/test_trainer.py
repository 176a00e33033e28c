"""Training: what is measured was not learned from, what is chosen is the best, and the same documents give the same."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from planted import OWN, documents, put

from cyberclass.corpora.documents import corpus_hash, texts_of, write_corpus
from cyberclass.corpora.splits import N_FOLDS
from cyberclass.errors import CorpusError, ModelError
from cyberclass.evaluation.measures import measure
from cyberclass.model import store
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.store import default_model, load_model, seen_texts, text_mark
from cyberclass.taxonomy import CODEBOOK, UNDETERMINED, card_of
from cyberclass.training import search, trainer
from cyberclass.training.material import Material, gather
from cyberclass.training.search import BASE_WEIGHTS, SETTINGS
from cyberclass.training.trainer import save_training, train_model


def material_of(frame, taxonomy=OWN, **changes):
    n = len(frame)
    frame = frame.reset_index(drop=True)
    plain = {
        "frame": frame,
        "groups": frame["incident"],
        "weight": np.ones(n),
        "own": np.ones(n, dtype=bool),
        "taxonomy": taxonomy,
        "paths": (),
        "licences": {},
    }
    return Material(**plain | changes)


@pytest.fixture(scope="module")
def material():
    return material_of(documents(OWN))


@pytest.fixture(scope="module")
def training(material):
    return train_model(material)


@pytest.fixture
def untaught(monkeypatch):
    """Let nothing be learned or measured."""
    monkeypatch.setattr(Material, "teach", lambda _, estimator: estimator)
    monkeypatch.setattr(trainer, "measure_own", lambda *_: {})
    monkeypatch.setattr(search, "measure_own", lambda *_: dict.fromkeys(("motivation", "impact")))


# Folds


def keep(frame, **counts):
    """Leave so many documents of a label ("" for those that are no incident)."""
    kept = frame["motivation"].fillna("")
    places = kept.groupby(kept).cumcount()
    return frame[places < kept.map(lambda label: counts.get(label or "others", len(frame)))]


@pytest.mark.parametrize(
    ("frame", "folds"),
    [
        (documents(OWN), N_FOLDS),
        (documents(OWN, 20), 4),
        (keep(documents(OWN), greed=3), 3),
        (keep(documents(OWN), spite=2), 2),
        (keep(documents(OWN), others=2), 2),
        (keep(documents(OWN), others=0), N_FOLDS),
        (documents(OWN, motivation=""), N_FOLDS),
        # What is undetermined, or not coded, is no hindrance, however rare.
        (documents(OWN).assign(motivation=lambda frame: frame["motivation"].mask(frame.index == 1, UNDETERMINED)), 5),
        (documents(OWN).assign(motivation=lambda frame: frame["motivation"].mask(frame.index == 1, None)), 5),
    ],
    ids=[
        "enough",
        "four others",
        "three greedy",
        "two spiteful",
        "two others",
        "no others",
        "none coded",
        "one open",
        "one not coded",
    ],
)
def test_there_are_as_many_folds_as_the_rarest_label_has_incidents(frame, folds, untaught):
    training = train_model(material_of(frame))
    assert training.model.n_folds == folds
    assert training.how.startswith(f"cross-validation in {folds} folds grouped by incident")


def test_one_incident_is_too_few():
    frame = documents(OWN, motivation="").query("is_incident").assign(incident="one")
    with pytest.raises(CorpusError, match="has 1 incidents, too few for 2 folds"):
        train_model(material_of(frame))


def test_documents_of_one_incident_count_once_for_folds(untaught):
    frame = documents(OWN)
    greedy = frame["motivation"] == "greed"
    frame = frame.assign(incident=frame["incident"].where(~greedy, [f"g{number % 3}" for number in range(len(frame))]))
    assert train_model(material_of(frame)).model.n_folds == 3


@pytest.mark.parametrize(
    ("frame", "options", "sentence"),
    [
        (keep(documents(OWN), greed=1), {}, "Found 1 incident with the label 'greed'; expected two or more of each"),
        (keep(documents(OWN), others=1), {}, "Found 1 incident with the label 'not-incident'; expected two or more"),
        (
            documents(OWN, impact=False).assign(
                motivation=lambda frame: frame["motivation"].where(frame["motivation"] != "greed", "spite")
            ),
            {},
            "Found nothing to tell apart in 30 documents; expected two motivations, or an impact domain",
        ),
        (documents(OWN, motivation="", impact=False), {}, "Found nothing to tell apart in 30 documents"),
        (documents(OWN)[:0], {}, "Found nothing to tell apart in 0 documents"),
        (documents(OWN)[1:2], {}, "Found nothing to tell apart in 1 documents"),
        (documents(OWN), {"hold_out": 0.0}, "--hold-out: found 0.0; expected a share of incidents"),
        (documents(OWN), {"hold_out": -0.2}, "--hold-out: found -0.2; expected"),
        (documents(OWN), {"hold_out": 0.6}, "--hold-out: found 0.6; expected"),
        (documents(OWN), {"hold_out": 1.0}, "--hold-out: found 1.0; expected"),
        (documents(OWN), {"hold_out": float("nan")}, "--hold-out: found nan; expected"),
        (
            keep(documents(OWN), greed=3),
            {"hold_out": 0.2},
            "--hold-out: found 0.2, which is less than one incident",
        ),
        (
            documents(OWN),
            {"hold_out": 0.01},
            "--hold-out: found 0.01, which is less than one incident",
        ),
    ],
)
def test_documents_that_nothing_can_be_learned_from_are_a_sentence_before_any_work(
    frame, options, sentence, monkeypatch
):
    monkeypatch.setattr(IncidentClassifier, "fit", None)
    with pytest.raises(CorpusError) as raised:
        train_model(material_of(frame), **options)
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)
    assert str(raised.value).endswith(".")


# What is measured


def test_scores_are_of_documents_out_of_fold(training, material):
    assert training.scores == measure(material.frame, training.model.out_of_fold_)
    assert (training.candidates, training.other) == ([], None)
    assert training.scores["documents"] == 30


@pytest.mark.parametrize(("share", "documents_held"), [(0.5, 15), (0.3, 10), (0.2, 6)])
def test_a_hold_out_shares_no_incident_with_the_training(share, documents_held):
    frame = documents(OWN).assign(incident=lambda frame: [f"i{number // 2}" for number in range(len(frame))])
    # Beside each, a near-duplicate that is said to be of another incident.
    groups = frame["incident"]
    twins = frame.assign(id="twin-" + frame["id"], incident="twin-" + frame["incident"])
    both = pd.concat([frame, twins], ignore_index=True)
    material = material_of(both, groups=pd.concat([groups, groups], ignore_index=True))
    training = train_model(material, hold_out=share)
    learned = set(training.material.frame["id"])
    held = set(both["id"]) - learned
    assert len(held) == pytest.approx(2 * documents_held, abs=6)
    incident = dict(zip(both["id"], material.groups, strict=True))
    assert not {incident[each] for each in learned} & {incident[each] for each in held}
    assert training.scores["documents"] == len(held)
    assert f"{len(held)} documents held out, on incidents that the model learned nothing of" in training.how


def test_scores_of_a_hold_out_are_those_of_its_documents(material):
    training = train_model(material, hold_out=0.2)
    learned = training.material.frame
    held = material.frame[~material.frame["id"].isin(learned["id"])].reset_index(drop=True)
    assert training.scores == measure(held, training.model.label(texts_of(held)))
    words = set(training.model.vectorizer_.vocabulary_.words)
    alone = train_model(material_of(learned))
    assert set(alone.model.vectorizer_.vocabulary_.words) == words
    assert np.array_equal(alone.model.coef_, training.model.coef_)


def test_an_incident_that_the_base_tells_of_is_not_held_out_from_it():
    frame = documents(OWN)
    of_base = frame.assign(id="b" + frame["id"], text=frame["text"] + " told again")
    both = pd.concat([frame, of_base], ignore_index=True)
    training = train_model(material_of(both, own=np.arange(60) < 30), hold_out=0.3)
    learned = training.material
    held = set(frame["incident"]) - set(learned.frame["incident"])
    assert training.scores["documents"] == len(held)
    # Neither of those that are held out, nor anything less of the base than that.
    assert learned.own.sum() == (~learned.own).sum() == 30 - len(held)


# What is chosen


def faked(monkeypatch, scores):
    """Let settings score as is said, whatever is learned."""
    noted = []

    def measure_own(material, model):
        base = material.weight[~material.own]
        key = (model.C, model.masked_weight, model.vectorizer.min_documents, *base[:1])
        noted.append(key)
        figure = scores(*key)
        return {"motivation": {"macro_f1": figure}, "impact": None} | dict.fromkeys(["undetermined", "incident"])

    monkeypatch.setattr(search, "measure_own", measure_own)
    monkeypatch.setattr(Material, "teach", lambda material, estimator: estimator)
    return noted


def test_candidates_are_all_settings_the_best_first(material, monkeypatch):
    noted = faked(monkeypatch, lambda C, masked, least: 0.5 + C / 100 - masked / 10 - least / 1000)
    found = search.search(material, trainer.IncidentClassifier(trainer.IncidentVectorizer()), SETTINGS, [1.0])
    assert len(found) == len(SETTINGS) == len(set(noted)) == 12
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    assert found[0].settings == {"C": 30.0, "masked_weight": 0.0, "vectorizer__min_documents": 1}


def test_of_equals_the_settings_that_are_default_come_first(material, monkeypatch):
    faked(monkeypatch, lambda *_: 0.5)
    estimator = IncidentClassifier(trainer.IncidentVectorizer())
    found = search.search(material, estimator, SETTINGS, [1.0])
    assert [each.settings for each in found] == SETTINGS
    defaults = estimator.get_params()
    assert found[0].settings == {name: defaults[name] for name in found[0].settings}


@pytest.mark.parametrize(
    ("motivation", "impact", "score"),
    [(0.5, 0.7, 0.6), (0.5, None, 0.5), (None, 0.7, 0.7), (None, None, 0.0), (0.0, None, 0.0)],
)
def test_a_candidate_s_score_is_the_mean_of_what_there_is(motivation, impact, score):
    assert search.Candidate({}, 1.0, motivation, impact).score == pytest.approx(score)


@pytest.mark.slow
def test_a_search_gives_the_same_whatever_the_number_of_jobs(material):
    settings = [{"C": 10.0}, {"C": 0.01}, {"vectorizer__min_documents": 12}]
    estimator = IncidentClassifier(trainer.IncidentVectorizer(), n_folds=2, taxonomy=OWN)
    before = {**estimator.get_params()}
    steps = []
    one, two = (
        search.search(material, estimator, settings, [1.0], n_jobs=n_jobs, progress=lambda *step: steps.append(step))
        for n_jobs in (1, 2)
    )
    assert one == two
    assert estimator.get_params() == before
    assert not hasattr(estimator, "coef_")
    assert [share for _, share in steps] == pytest.approx([0, 1 / 3, 2 / 3, 1] * 2)
    # Words that stand in few documents are what tells.
    assert one[-1].settings == settings[2]
    assert one[0].score > one[-1].score


def test_the_model_is_learned_with_the_settings_that_were_best(material, monkeypatch):
    monkeypatch.setattr(trainer, "SETTINGS", [{"C": 10.0}, {"C": 0.5, "vectorizer__min_documents": 1}])
    monkeypatch.setattr(
        search,
        "measure_own",
        lambda material, model: {"motivation": {"macro_f1": 1 / model.C}, "impact": None},
    )
    training = train_model(material, searched=True)
    assert (training.model.C, training.model.vectorizer_.min_documents) == (0.5, 1)
    assert [each.settings["C"] for each in training.candidates] == [0.5, 10.0]
    assert training.how.endswith("; its settings are the best of 2 by folds")


def misled(n=20):
    """Own documents, and those of a base that say the contrary."""
    frame = documents(OWN, n)
    turned = {"greed": "spite", "spite": "greed"}
    of_base = frame.assign(
        id="b" + frame["id"],
        incident="b" + frame["incident"],
        text=frame["text"].str.replace("man", "nam"),
        motivation=frame["motivation"].map(turned.get),
        source="base",
    )
    return pd.concat([frame, of_base], ignore_index=True), np.arange(2 * n) < n


def test_the_base_s_weight_is_chosen_by_own_documents_alone():
    frame, own = misled()
    training = train_model(material_of(frame, own=own))
    assert {each.base_weight for each in training.candidates} == set(BASE_WEIGHTS)
    assert training.candidates[0].base_weight == min(BASE_WEIGHTS)
    assert training.material.weight.tolist() == [1.0] * 20 + [min(BASE_WEIGHTS)] * 20
    assert training.scores["documents"] == 20
    figures = training.scores["motivation"]["macro_f1"], training.scores["impact"]["mean_average_precision"]
    assert training.candidates[0].score == pytest.approx(np.mean(figures))
    # Of all documents there is no weight at which half of them would not be wrong.
    everywhere = measure(frame, training.model.out_of_fold_)["motivation"]
    assert training.scores["motivation"]["accuracy"] > everywhere["accuracy"] + 0.2


# Another model beside it


def train_and_save(frame, folder, **options):
    training = train_model(material_of(frame), **options)
    save_training(training, folder)
    return training


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    """A folder of a model of other documents."""
    frame = documents(OWN, 31).assign(text=lambda frame: frame["text"].str.replace("man", "wight"))
    folder = tmp_path_factory.mktemp("others") / "other"
    train_and_save(frame.iloc[1:], folder)
    return folder


def test_a_model_that_has_seen_nothing_of_it_is_measured_on_the_same_documents(material, others):
    training = train_model(material, other=others)
    name, scores = training.other
    assert name.startswith("other@")
    assert scores == measure(material.frame, load_model(others).label(texts_of(material.frame)))


def test_a_model_is_measured_on_what_was_held_out(material, others):
    training = train_model(material, other=others, hold_out=0.3)
    assert training.other[1]["documents"] == training.scores["documents"] < 30


def make_seen(folder, text):
    """Let a model have seen a text."""
    path = folder / "seen.txt"
    path.write_text("".join(f"{mark}\n" for mark in sorted({*path.read_text().split(), text_mark(text)})))
    card = json.loads((folder / "card.json").read_text())
    card["seen_sha256"] = store.hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "card.json").write_text(json.dumps(card))
    assert text_mark(text) in seen_texts(folder)


@pytest.mark.parametrize(
    "seen",
    [
        lambda frame, folder: make_seen(folder, texts_of(frame)[7]),
        lambda frame, folder: make_seen(folder, frame["text"][7].upper()),
        lambda frame, folder: (folder / "seen.txt").unlink(),
        lambda frame, folder: None,
    ],
    ids=["with its title", "without it", "who knows", "nothing"],
)
def test_a_model_that_may_have_seen_a_document_is_not_measured(others, tmp_path, seen, request):
    frame = documents(OWN).assign(title="Of late")
    folder = Path(shutil.copytree(others, tmp_path / "copy"))
    seen(frame, folder)
    unseen = request.node.callspec.id == "nothing"
    assert (train_model(material_of(frame), other=folder).other is not None) == unseen


def test_a_model_of_other_labels_is_not_measured(material):
    assert train_model(material, other=default_model()).other is None


def test_a_model_to_set_beside_that_cannot_be_read_is_no_reason_to_lose_the_new_one(material, tmp_path):
    assert train_model(material, other=tmp_path / "none").other is None


# What is saved


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("saved")


@pytest.fixture(scope="module")
def saved(folder):
    """A training from files, its card, and the folder of its model."""
    put(folder / "in", documents(OWN).assign(title="Of late"))
    training = train_model(gather([folder / "in"], weights={"ours": 2.0}))
    return training, save_training(training, folder / "model"), folder / "model"


def test_the_card_says_what_was_learned_from_and_how_good_it_is(saved):
    training, card, folder = saved
    on_disk = json.loads((folder / "card.json").read_text())
    assert {key: on_disk[key] for key in card} == json.loads(json.dumps(card))
    assert on_disk["name"] == "model"
    corpus = on_disk["corpus"]
    assert (corpus["documents"], corpus["incidents"], corpus["paths"]) == (30, 30, ["../in"])
    assert corpus["labels"] == {"greed": 12, "not-incident": 6, "spite": 12}
    assert corpus["sha256"] == corpus_hash(training.material.frame)
    assert corpus["sources"] == json.loads(json.dumps(training.material.describe(folder)["sources"]))
    assert on_disk["scores"]["how"] == training.how
    assert on_disk["scores"]["motivation"]["macro_f1"] == training.scores["motivation"]["macro_f1"]
    assert on_disk["taxonomy"] == card_of(OWN)
    assert on_disk["parameters"]["classifier"]["n_folds"] == 5
    page = (folder / "README.md").read_text()
    assert f"| ours | 30 | 2 | `{corpus['sources'][0]['sha256'][:16]}` | none | CC0 |" in page
    assert "| greed | motivations | not stated |" in page


def test_the_model_knows_the_texts_it_has_seen_with_titles_and_without(saved):
    training, _, folder = saved
    frame = training.material.frame
    assert seen_texts(folder) == {text_mark(text) for text in [*texts_of(frame), *frame["text"]]}
    assert len(seen_texts(folder)) == 60


def test_what_was_held_out_was_not_seen(tmp_path):
    frame = documents(OWN)
    training = train_and_save(frame, tmp_path / "m", hold_out=0.2)
    held = set(frame["id"]) - set(training.material.frame["id"])
    assert {row.id for row in frame.itertuples() if text_mark(row.text) not in seen_texts(tmp_path / "m")} == held


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("turn", "n_jobs"),
    [
        (lambda frame: frame, None),
        (lambda frame: frame, 2),
        (lambda frame: frame[::-1], None),
        (lambda frame: frame.sample(frac=1, random_state=1), None),
    ],
    ids=["again", "at the same time", "backwards", "shuffled"],
)
def test_documents_in_any_order_give_the_same_bytes(saved, tmp_path, turn, n_jobs):
    frame = turn(documents(OWN).assign(title="Of late", source=None))
    write_corpus(frame, tmp_path / "in" / "ours.jsonl")
    shutil.copy(saved[2].parent / "in" / "corpus.toml", tmp_path / "in")
    training = train_model(gather([tmp_path / "in"], weights={"ours": 2.0}), n_jobs=n_jobs)
    save_training(training, tmp_path / "model")
    found, before = contents(tmp_path / "model"), contents(saved[2])
    for name in ("weights.safetensors", "seen.txt", *(("card.json", "README.md") if frame.index[0] == 0 else ())):
        assert found[name] == before[name], name


def test_a_folder_that_is_no_model_s_is_left_alone(training, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(ModelError, match="exists and is not a model"):
        save_training(training, tmp_path / "mine")
    assert contents(tmp_path / "mine") == {"thesis.txt": b"years of work"}


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("there", [True, False])
def test_a_model_is_saved_whole_or_not_at_all(training, tmp_path, monkeypatch, error, there):
    folder = tmp_path / "model"
    if there:
        save_training(training, folder)
    before = contents(folder) if there else None

    def failing(*_):
        raise error

    monkeypatch.setattr(Path, "write_bytes", failing)
    with pytest.raises((ModelError, KeyboardInterrupt)):
        save_training(training, folder)
    assert (contents(folder) if there else None) == before
    assert list(tmp_path.iterdir()) == ([folder] if there else [])


def test_steps_are_told_from_nothing_to_all(material, monkeypatch, untaught):
    monkeypatch.setattr(trainer, "SETTINGS", [{"C": 10.0}, {"C": 1.0}])
    steps = []
    train_model(material, searched=True, progress=lambda *step: steps.append(step))
    assert steps == [("searching", 0.0), ("searching", 0.5), ("searching", 1.0), ("learning", 0.0), ("learning", 1.0)]


def test_documents_of_the_codebook_without_motivations_are_learned_too(tmp_path):
    frame = documents(CODEBOOK, motivation="")
    training = train_model(material_of(frame, CODEBOOK))
    assert training.scores["motivation"] is None
    save_training(training, tmp_path / "m")
    assert load_model(tmp_path / "m").label(texts_of(frame))["motivation"].dropna().unique().tolist() == [UNDETERMINED]
