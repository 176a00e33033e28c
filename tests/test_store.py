"""Models as folders: what is saved comes back to the bit, and nothing else is let in."""

import functools
import hashlib
import json
import math
import pickle
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import safetensors.numpy

from cyberclass.corpora.documents import texts_of
from cyberclass.errors import ModelError
from cyberclass.model import store
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.store import (
    default_model,
    load_labeller,
    load_model,
    read_card,
    save_model,
    seen_texts,
    text_mark,
)
from cyberclass.taxonomy import CODEBOOK

SHOWN = [
    "",
    "-",
    "zzyzx",
    "The gang encrypted the files and asked for a ransom.",
    "GRU hackers spied on Turla \U0001f480.",
]
FILES = {"weights.safetensors", "card.json", "README.md", "seen.txt"}


class Payload:
    """Unpickled, it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.fixture
def folder(small_model_folder, tmp_path):
    """A copy of the small model's folder, to be damaged."""
    return Path(shutil.copytree(small_model_folder, tmp_path / "models" / "small"))


@pytest.fixture(scope="module")
def frame(small_frame):
    return small_frame.iloc[::3].reset_index(drop=True)


@pytest.fixture
def card(small_model_folder):
    return read_card(small_model_folder)


def edit_card(folder, **changes):
    path = folder / "card.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def exchange_weights(folder, data):
    """Put other weights in, and describe them in the card, so that more than the hash is tried."""
    (folder / "weights.safetensors").write_bytes(data)
    edit_card(folder, weights_sha256=hashlib.sha256(data).hexdigest())


def parts_of(folder):
    return safetensors.numpy.load((folder / "weights.safetensors").read_bytes())


def contents_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refusal(folder):
    """The sentence with which a folder is refused."""
    with pytest.raises(ModelError) as caught:
        load_model(folder)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.startswith(str(folder))
    assert sentence.endswith(".")
    return sentence


def test_what_was_saved_labels_alike_to_the_bit(small_model, small_model_folder, small_frame):
    loaded = load_model(small_model_folder)
    shown = [*SHOWN, *texts_of(small_frame)]
    pd.testing.assert_frame_equal(
        loaded.label(shown).drop(columns="model"), small_model.label(shown).drop(columns="model"), check_exact=True
    )
    assert np.array_equal(loaded.predict_proba(shown), small_model.predict_proba(shown))
    assert loaded.thresholds_ == small_model.thresholds_
    assert np.array_equal(loaded.coef_, small_model.coef_)


def test_a_labeller_labels_like_the_model_it_was_saved_as(small_model_folder, small_frame):
    model, labeller = load_model(small_model_folder), load_labeller(small_model_folder)
    shown = [*SHOWN, *texts_of(small_frame)]
    pd.testing.assert_frame_equal(labeller.label(shown, coverage=0.9), model.label(shown, coverage=0.9))
    assert labeller.explain(SHOWN[3]).to_dict() == model.explain(SHOWN[3]).to_dict()
    assert labeller.reference_.to_card() == model.reference_.to_card()


def test_a_loaded_model_is_one_in_all_but_its_training(small_model, small_model_folder):
    loaded = load_model(small_model_folder)
    ours, theirs = loaded.get_params(), small_model.get_params()
    assert {key: ours[key] for key in theirs if not key.startswith("vectorizer")} == {
        key: CODEBOOK if key == "taxonomy" else value for key, value in theirs.items() if key != "vectorizer"
    }
    assert loaded.taxonomy_ == small_model.taxonomy_
    assert loaded.vectorizer_.get_params() == small_model.vectorizer_.get_params()
    assert loaded.vectorizer.get_params() == small_model.vectorizer_.get_params()
    assert not hasattr(loaded, "out_of_fold_")
    again = pickle.loads(pickle.dumps(loaded))
    pd.testing.assert_frame_equal(again.label(SHOWN), loaded.label(SHOWN))


def test_labels_name_the_model_and_its_weights(small_model_folder, card):
    assert set(load_model(small_model_folder).label(SHOWN)["model"]) == {f"small@{card['weights_sha256'][:8]}"}


def test_a_folder_holds_four_files_that_anybody_may_read(small_model_folder):
    assert {path.name for path in small_model_folder.iterdir()} == FILES
    assert small_model_folder.stat().st_mode & 0o777 == 0o755
    assert list(small_model_folder.parent.iterdir()) == [small_model_folder]


def test_two_saves_are_equal_bytes(small_model, small_frame, small_model_folder, card, tmp_path):
    again = save_model(small_model, tmp_path / "again", card, texts_of(small_frame))
    assert contents_of(again) == contents_of(small_model_folder)


def test_a_loaded_model_saves_to_equal_bytes(small_frame, small_model_folder, card, tmp_path):
    again = save_model(load_model(small_model_folder), tmp_path / "again", card, texts_of(small_frame))
    assert contents_of(again) == contents_of(small_model_folder)


@pytest.mark.slow
def test_training_again_gives_equal_bytes(frame, card, tmp_path):
    weights = set()
    for name, rows in (("first", frame), ("second", frame), ("reversed", frame[::-1])):
        model = IncidentClassifier(n_folds=2).fit(texts_of(rows), rows, groups=rows["incident"])
        weights.add((save_model(model, tmp_path / name, card) / "weights.safetensors").read_bytes())
    assert len(weights) == 1


def test_words_of_any_letters_come_back(card, tmp_path):
    texts = ["naïve 北京 \U0001f480 \x00 İ", "naïve 北京 \U0001f480 \x00 İ spy"] * 4
    model = IncidentClassifier(n_folds=2).fit(texts, ["criminal", "ideological"] * 4, groups=range(8))
    edited = {**card, "corpus": {**card["corpus"], "documents": len(texts)}}
    loaded = load_model(save_model(model, tmp_path / "odd", edited))
    assert loaded.vectorizer_.get_feature_names_out().tolist() == model.vectorizer_.get_feature_names_out().tolist()


def test_saving_replaces_the_model_that_stood_there(small_model, folder, card):
    (folder / "README.md").write_text("old")
    assert save_model(small_model, folder, card) == folder
    assert (folder / "README.md").read_text().startswith("# Model small")
    assert seen_texts(folder) == frozenset()


def test_saving_makes_the_folders_above(small_model, card, tmp_path):
    assert {path.name for path in save_model(small_model, tmp_path / "a" / "b" / "c", card).iterdir()} == FILES


def make_notes(path):
    path.mkdir()
    (path / "thesis.txt").write_text("years of work")


def make_foreign_card(path):
    make_notes(path)
    (path / "card.json").write_text('{"title": "Happy birthday"}')


def make_file(path):
    path.write_text("a file")


@pytest.mark.parametrize("make", [Path.mkdir, make_notes, make_file, make_foreign_card])
def test_what_is_no_model_is_not_overwritten(small_model, card, tmp_path, make):
    place = tmp_path / "place"
    make(place)
    before = contents_of(place) if place.is_dir() else place.read_bytes()
    with pytest.raises(ModelError, match="exists and is not a model") as caught:
        save_model(small_model, place, card)
    assert str(place) in str(caught.value)
    assert (contents_of(place) if place.is_dir() else place.read_bytes()) == before
    assert list(tmp_path.iterdir()) == [place]


def full_disk(*_, **__):
    raise OSError(28, "No space left on device")


def full_disk_at(monkeypatch, method, call):
    """Let a method of `Path` fail at its n-th call."""
    calls = []
    genuine = getattr(Path, method)

    def counted(*arguments, **named):
        calls.append(arguments)
        return full_disk() if len(calls) == call else genuine(*arguments, **named)

    monkeypatch.setattr(Path, method, counted)


@pytest.mark.parametrize(
    ("method", "call"), [("mkdir", 1), ("write_bytes", 1), ("write_bytes", 2), ("write_bytes", 4), ("replace", 1)]
)
@pytest.mark.parametrize("is_new", [True, False])
def test_a_save_that_fails_leaves_nothing_new_and_the_old_model(
    small_model, folder, card, monkeypatch, method, call, is_new
):
    target = folder.parent / "new" if is_new else folder
    before = contents_of(folder)
    full_disk_at(monkeypatch, method, call)
    with pytest.raises(ModelError, match=r"cannot be written \(No space left on device\)") as caught:
        save_model(small_model, target, {**card, "name": "other"})
    monkeypatch.undo()
    assert str(target) in str(caught.value)
    assert list(folder.parent.iterdir()) == [folder]
    assert contents_of(folder) == before
    load_model(folder)


def test_a_save_that_is_interrupted_leaves_the_old_model(small_model, folder, card, monkeypatch):
    before = contents_of(folder)

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save_model(small_model, folder, {**card, "name": "other"})
    assert contents_of(folder) == before
    assert list(folder.parent.iterdir()) == [folder]


def test_what_is_not_fitted_is_not_saved(card, tmp_path):
    with pytest.raises((AttributeError, ValueError)):
        save_model(IncidentClassifier(), tmp_path / "new", card)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (shutil.rmtree, "found no card.json"),
        (lambda folder: (folder / "card.json").unlink(), "found no card.json"),
        (lambda folder: edit_card(folder, schema=1), "card.json: found schema 1, expected 2"),
        (lambda folder: edit_card(folder, schema="2"), "card.json: found schema '2', expected 2"),
        (lambda folder: edit_card(folder, weights_sha256=None), "weights.safetensors: is not the file"),
        (lambda folder: (folder / "weights.safetensors").unlink(), "weights.safetensors: cannot be read"),
        (lambda folder: (folder / "weights.safetensors").write_bytes(b""), "weights.safetensors: is not the file"),
    ],
    ids=["no folder", "no card", "schema 1", "schema '2'", "no hash", "no weights", "empty weights"],
)
def test_a_folder_that_is_no_model_is_refused(folder, damage, says):
    damage(folder)
    assert says in refusal(folder)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "card.json: cannot be read as JSON"),
        (b"{", "card.json: cannot be read as JSON"),
        (b"\xff\xfe{}", "card.json: cannot be read as JSON"),
        (b"[" * 100_000, "card.json: cannot be read as JSON"),
        (b"[]", "card.json: found schema None, expected 2"),
        (b"{}", "card.json: found schema None, expected 2"),
        (b"null", "card.json: found schema None, expected 2"),
    ],
    ids=["empty", "cut off", "no UTF-8", "too deep", "a list", "no schema", "null"],
)
def test_a_card_that_is_none_is_refused(folder, content, says):
    (folder / "card.json").write_bytes(content)
    assert says in refusal(folder)


def test_a_file_is_no_model(tmp_path):
    (tmp_path / "file").write_text("")
    assert "found no card.json" in refusal(tmp_path / "file")


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data + b"\0",
        lambda data: bytes([data[0] ^ 1]) + data[1:],
        lambda data: data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :],
    ],
)
def test_weights_that_changed_by_a_byte_are_refused(folder, damage):
    path = folder / "weights.safetensors"
    path.write_bytes(damage(path.read_bytes()))
    assert "weights.safetensors: is not the file its card describes; it is damaged or was exchanged." in refusal(folder)


def test_weights_of_another_model_are_refused(folder):
    shutil.copy(default_model() / "weights.safetensors", folder / "weights.safetensors")
    assert "weights.safetensors: is not the file its card describes" in refusal(folder)


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"nothing of it", b"\x80\x04.", b"\xff" * 64, b"\x02" + b"\0" * 7 + b"[]"]
)
def test_weights_that_are_no_safetensors_file_are_refused_even_if_described(folder, data):
    exchange_weights(folder, data)
    assert "weights.safetensors: cannot be read" in refusal(folder)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_truncated_weights_are_refused_even_if_described(folder, share):
    data = (folder / "weights.safetensors").read_bytes()
    exchange_weights(folder, data[: int(len(data) * share)])
    assert "weights.safetensors: cannot be read" in refusal(folder)


def with_header(header, body=b""):
    """A safetensors file with a header of one's own."""
    return len(header).to_bytes(8, "little") + header + body


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"null",
        b"{",
        b'{"words": 1}',
        b'{"words": {"dtype": "F64", "shape": [1], "data_offsets": [0, 800]}}',
        b'{"words": {"dtype": "BF16", "shape": [4], "data_offsets": [0, 8]}}',
        b'{"words": {"dtype": "object", "shape": [1], "data_offsets": [0, 8]}}',
        b'{"words": {"dtype": "F64", "shape": [99999999999], "data_offsets": [0, 8]}}',
    ],
)
def test_weights_with_a_header_that_makes_no_sense_are_refused(folder, header):
    exchange_weights(folder, with_header(header, b"\0" * 8))
    assert "weights.safetensors: cannot be read" in refusal(folder)


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_pickle_under_the_name_of_weights_is_not_executed(folder, tmp_path, protocol):
    planted = tmp_path / "planted"
    data = pickle.dumps(Payload(planted), protocol)
    exchange_weights(folder, data)
    assert "weights.safetensors: cannot be read" in refusal(folder)
    assert not planted.exists()
    pickle.loads(data)
    assert planted.exists(), "the pickle would have made no file in any case"


@pytest.mark.parametrize("content", [{}, {"words": np.zeros(3)}], ids=["nothing", "words"])
def test_other_contents_are_refused(folder, content):
    exchange_weights(folder, safetensors.numpy.save(content))
    assert "weights.safetensors: found no array" in refusal(folder)


@pytest.mark.parametrize("part", ["words", "word_idf", "pairs", "pair_idf", "grams", "gram_idf", "coef", "intercept"])
@pytest.mark.parametrize(
    "change",
    [lambda values: values[:-8], lambda values: values[:0], lambda values: np.concatenate([values, values])],
    ids=["shorter", "empty", "twice"],
)
def test_parts_that_do_not_fit_together_are_refused(folder, part, change):
    parts = parts_of(folder)
    exchange_weights(folder, safetensors.numpy.save({**parts, part: change(parts[part])}))
    assert "do not fit together" in refusal(folder)


@pytest.mark.parametrize("part", ["words", "word_idf", "pairs", "pair_idf", "grams", "gram_idf", "coef", "intercept"])
def test_a_part_that_is_missing_is_refused(folder, part):
    parts = parts_of(folder)
    del parts[part]
    exchange_weights(folder, safetensors.numpy.save(parts))
    assert f"weights.safetensors: found no array {part!r}" in refusal(folder)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["parameters"], ...),
        (["thresholds"], ...),
        (["corpus"], ...),
        (["name"], ...),
        (["parameters"], None),
        (["thresholds"], []),
        (["corpus"], "none"),
        (["corpus", "documents"], "many"),
        (["parameters", "vectorizer", "unheard_of"], 1),
        (["parameters", "vectorizer", "char_lengths"], None),
        (["parameters", "classifier", "unheard_of"], 1),
        (["thresholds", "incident"], ...),
        (["thresholds", "motivation"], "high"),
        (["thresholds", "impact"], [0.5] * 7),
        (["thresholds", "impact", "economy"], ...),
    ],
    ids=lambda value: (
        "-".join(map(str, value)) if isinstance(value, list) else str(value).replace("Ellipsis", "missing")
    ),
)
def test_a_card_without_what_loading_needs_is_refused(folder, path, value):
    card = json.loads((folder / "card.json").read_text())
    *outer, last = path
    inner = functools.reduce(dict.__getitem__, outer, card)
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    (folder / "card.json").write_text(json.dumps(card))
    refusal(folder)


@pytest.mark.parametrize("part", ["words", "word_idf", "pairs", "pair_idf", "grams", "gram_idf", "coef", "intercept"])
@pytest.mark.parametrize("dtype", ["float32", "int32", "bool", "uint64"])
def test_an_array_of_another_type_is_refused_even_if_described(folder, part, dtype):
    parts = parts_of(folder)
    exchange_weights(folder, safetensors.numpy.save({**parts, part: parts[part].astype(dtype)}))
    assert f"do not fit together ({part} holds {dtype}" in refusal(folder)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("word_idf", np.nan),
        ("word_idf", np.inf),
        ("gram_idf", -np.inf),
        ("coef", np.inf),
        ("intercept", -np.inf),
        ("pairs", -1),
        ("pairs", 2**62),
    ],
)
def test_a_number_that_no_training_gives_is_refused_even_if_described(folder, part, value):
    parts = parts_of(folder)
    parts[part].reshape(-1)[0] = value
    exchange_weights(folder, safetensors.numpy.save(parts))
    assert f"do not fit together ({part} holds" in refusal(folder)


@pytest.mark.parametrize("size", [2**63, 2**64 - 1, 2**40, 100_000_001, 0])
def test_a_header_of_any_length_is_refused(folder, size):
    exchange_weights(folder, size.to_bytes(8, "little") + b"{}" * 50)
    assert "weights.safetensors: cannot be read" in refusal(folder)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["thresholds", "incident"], math.nan),
        (["thresholds", "motivation"], math.inf),
        (["thresholds", "incident"], 10**300),
        (["corpus", "documents"], 10**400),
        (["corpus", "documents"], math.inf),
        (["corpus", "documents"], math.nan),
        (["parameters", "vectorizer", "char_lengths"], [3, 10**9]),
        (["parameters", "vectorizer", "char_lengths"], [3, math.nan]),
        (["parameters", "vectorizer", "char_weight"], math.nan),
        (["parameters", "vectorizer", "char_weight"], 1e400),
        (["parameters", "vectorizer", "name_weight"], "heavy"),
        (["languages"], 5),
        (["languages"], None),
        (["name"], {"a": 1}),
        (["reference"], {"a": [[]] * 9}),
    ],
)
def test_a_number_in_a_card_that_makes_no_sense_is_refused(folder, path, value):
    card = json.loads((folder / "card.json").read_text())
    *outer, last = path
    functools.reduce(dict.__getitem__, outer, card)[last] = value
    (folder / "card.json").write_text(json.dumps(card))
    refusal(folder)


@pytest.mark.parametrize("text", ["9" * 5000, "[" * 5000 + "]" * 5000, '{"a":' * 5000 + "1" + "}" * 5000])
def test_a_card_of_deep_or_endless_values_is_refused(folder, text):
    content = (folder / "card.json").read_text().rstrip().removesuffix("}")
    (folder / "card.json").write_text(f'{content}, "extra": {text}}}')
    assert "card.json: cannot be read as JSON" in refusal(folder)


def test_thresholds_are_known_by_their_names(folder, small_model):
    path = folder / "card.json"
    # As any tool may write it that sorts the keys of JSON.
    path.write_text(json.dumps(json.loads(path.read_text()), sort_keys=True))
    assert load_model(folder).thresholds_ == small_model.thresholds_


def test_marks_of_the_training_texts_are_kept(small_frame, small_model_folder):
    texts = texts_of(small_frame)
    assert seen_texts(small_model_folder) == {text_mark(text) for text in texts}
    assert text_mark("") == hashlib.sha256(b"").hexdigest()[:16]
    assert text_mark("") not in seen_texts(small_model_folder)
    assert len(text_mark("\ud800")) == 16


@pytest.mark.parametrize("content", [None, b"", b"0123456789abcdef\n", b"\xff\xfe"])
def test_a_folder_without_its_own_marks_tells_nothing_of_what_was_seen(folder, content):
    (folder / "seen.txt").unlink()
    if content is not None:
        (folder / "seen.txt").write_bytes(content)
    assert seen_texts(folder) is None


@pytest.mark.parametrize("text", ["The gang's files!", " the  GANG\u2019S\nfiles", "the gang s files"])
def test_a_text_is_known_whatever_its_case_and_marks(text):
    assert text_mark(text) == text_mark("The gang's files")


def test_the_card_and_the_page_say_the_same(small_model_folder, small_model, small_frame, card):
    page = (small_model_folder / "README.md").read_text()
    assert page == store.write_readme(card)
    assert card["corpus"]["documents"] == len(small_frame)
    assert card["thresholds"]["incident"] == small_model.thresholds_.incident
    assert f"macro-F1 {card['scores']['motivation']['macro_f1']:.3f}" in page
    json.dumps(card, allow_nan=False)


def test_the_default_model_is_small():
    assert sum(path.stat().st_size for path in default_model().rglob("*")) < 5_000_000


def test_the_default_model_loads_and_labels():
    model = load_model()
    labels = model.label(SHOWN)
    assert labels["motivation"].tolist()[-2:] == ["criminal", "state-sponsored"]
    assert set(labels["model"]) == {f"default@{read_card(default_model())['weights_sha256'][:8]}"}
    assert load_model(str(default_model())).thresholds_ == model.thresholds_
