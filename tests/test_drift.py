"""Batches beside the training documents: what is counted, what is called unlike, and the page that shows it."""

import json
import re
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cyberclass.cli import main
from cyberclass.corpora.documents import texts_of
from cyberclass.errors import CyberclassError, ReportError
from cyberclass.evaluation.drift_page import open_page, verdict_of, write_drift_page
from cyberclass.labelling.label import label_reports
from cyberclass.labelling.saved_model import SavedModel
from cyberclass.model.card import describe
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.drift import CHANCE, FEWEST, compare, divergence_of
from cyberclass.model.profile import SCALES, Profile
from cyberclass.model.store import load_model, save_model
from cyberclass.taxonomy import CODEBOOK

ENGLISH = "The gang stole files from the hospital and wants a ransom for them."
FOREIGN = "Unbekannte Täter haben gestern die Rechner der Stadtverwaltung verschlüsselt."
HOSTILE = "<script>alert('x')</script>&\"'"
NAMES = [*SCALES, "is_incident", "motivation"]


def labels_of(n, p_incident=0.9, confidence=0.8, motivation="criminal", impact="economy;privacy"):
    """Labels that are all alike."""
    first, *others = CODEBOOK.motivations
    is_incident = p_incident > 0.5
    return pd.DataFrame(
        {
            "is_incident": [is_incident] * n,
            "motivation": [motivation if is_incident else None] * n,
            "impact": [impact if is_incident else ""] * n,
            "p_incident": p_incident,
            f"p_motivation_{first}": confidence,
            **{f"p_motivation_{label}": 0.1 for label in others},
            "p_motivation_undetermined": 0.0,
            **{f"p_impact_{domain}": 0.5 for domain in CODEBOOK.impacts},
        }
    )


def words_of(shares, n_words=100):
    shares = np.array(shares, dtype=float)
    return np.column_stack((np.full(len(shares), n_words), np.rint(n_words * shares)))


@pytest.fixture(scope="module")
def spread():
    """The profile of 400 reports, of whose words 2 to 13 % are unknown, and whose labels are of all kinds."""
    parts = [
        (labels_of(100), [0.02, 0.05] * 50),
        (labels_of(100, confidence=0.95, motivation="ideological", impact="democracy"), [0.04, 0.08] * 50),
        (labels_of(100, confidence=0.6, motivation="undetermined", impact=""), [0.06, 0.13] * 50),
        (labels_of(100, p_incident=0.1), [0.03, 0.1] * 50),
    ]
    profiles = [Profile.of(labels, words_of(shares)) for labels, shares in parts]
    return sum(profiles[1:], profiles[0])


def drawn(spread, n, **other):
    """A profile of n reports that are typical of `spread`, but for what is told."""
    labels = pd.concat(
        [
            labels_of(n // 4),
            labels_of(n // 4, confidence=0.95, motivation="ideological", impact="democracy"),
            labels_of(n // 4, confidence=0.6, motivation="undetermined", impact=""),
            labels_of(n - 3 * (n // 4), p_incident=0.1),
        ],
        ignore_index=True,
    )
    shares = np.resize([0.02, 0.05, 0.04, 0.08, 0.06, 0.13, 0.03, 0.1], n)
    return Profile.of(labels.assign(**other), words_of(shares))


# What is counted


@pytest.mark.parametrize(
    ("text", "words", "unknown"),
    [
        ("", 0, 0),
        ("3,000 -- !", 0, 0),
        ("the hospital", 2, 0),
        ("the zyxwv 12 , hospital", 3, 1),
        ("zyxw Zyxw", 2, 2),
    ],
)
def test_words_have_a_letter_and_are_unknown_by_the_vocabulary(small_model, text, words, unknown):
    seen = []
    small_model.label(["ransom", text], watch=lambda labels, n_words: seen.append((labels, n_words)))
    ((labels, n_words),) = seen
    assert n_words[1].tolist() == [words, unknown]
    assert len(labels) == 2


def test_training_documents_are_counted_under_the_words_of_others(small_frame, small_model):
    reference = small_model.reference_
    assert reference.reports == len(small_frame)
    assert reference.marks["unknown_words"].sum() == len(small_frame)
    # Under the vocabulary that they taught, documents have words unknown only if no other has them.
    assert reference.mean("unknown_words") > 1.1 * profile_of(small_model, texts_of(small_frame)).mean("unknown_words")
    held_out = small_model.out_of_fold_
    assert reference.incidents == held_out["is_incident"].sum()
    assert reference.motivations == held_out.loc[held_out["is_incident"], "motivation"].value_counts().to_dict()
    assert reference.mean("p_incident") == pytest.approx(held_out["p_incident"].mean(), abs=0.002)


def profile_of(model, texts, size=1000):
    parts = []
    for start in range(0, len(texts), size):
        model.label(texts[start : start + size], watch=lambda *seen: parts.append(Profile.of(*seen)))
    return sum(parts, Profile.empty())


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_batches_of_any_size_give_the_same_figures(small_model, small_frame, size):
    texts = texts_of(small_frame)[:40]
    whole, parts = (compare(profile_of(small_model, texts, each), small_model.reference_) for each in (40, size))
    assert parts.figures == whole.figures
    assert parts.batch.to_card() == whole.batch.to_card()


@pytest.mark.parametrize(
    ("shares", "mean"), [([0.0], 0.0), ([0.0, 0.5], 0.25), ([1.0], 1.0), ([0.431] * 3, 0.43), ([], None)]
)
def test_the_mean_counts_every_report_alike(shares, mean):
    assert Profile.of(labels_of(len(shares)), words_of(shares)).mean("unknown_words") == pytest.approx(mean)


def test_certainty_is_that_of_incidents():
    profile = Profile.of(
        pd.concat([labels_of(3), labels_of(5, p_incident=0.1, confidence=0.3)], ignore_index=True), words_of([0.1] * 8)
    )
    assert profile.marks["certainty"].sum() == 3
    assert profile.mean("certainty") == pytest.approx(0.8)
    assert (profile.reports, profile.incidents) == (8, 3)
    assert profile.impacts == {domain: 3 * (domain in ("economy", "privacy")) for domain in CODEBOOK.impacts}


@pytest.mark.parametrize("n_words", [0, 1, 100, 10**9])
def test_any_length_has_a_mark(n_words):
    profile = Profile.of(labels_of(2), words_of([0.0, 0.0], n_words))
    assert profile.marks["words"].sum() == (2 if n_words else 0)
    assert n_words in (0, 10**9) or profile.mean("words") == pytest.approx(n_words, rel=0.1)


@pytest.mark.parametrize("change", [{}, {"p_incident": np.nan}])
def test_a_model_without_motivations_has_no_figures_of_them(change):
    labels = labels_of(40).drop(columns=[f"p_motivation_{label}" for label in CODEBOOK.motivations])
    profile = Profile.of(labels.assign(**change), words_of([0.1] * 40))
    assert not profile.marks["certainty"].any()
    assert profile.motivations == {}
    drift = compare(profile, profile)
    assert [each.name for each in drift.figures] == NAMES[:-1]
    assert drift.warning is None
    assert write_drift_page(drift, "in.csv", "model")


def test_what_no_training_document_was_coded_for_is_no_figure():
    texts = [f"{ENGLISH} Number {number}." if number % 2 else f"A spy of the state {number}." for number in range(80)]
    frame = pd.DataFrame(
        {
            "is_incident": True,
            "motivation": None,
            "impact": [["economy"] if number % 2 else [] for number in range(80)],
        }
    )
    model = IncidentClassifier(n_folds=2).fit(texts, frame)
    assert not model.reference_.marks["certainty"].any()
    assert compare(profile_of(model, texts), model.reference_).warning is None


# What is called unlike


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [([1, 1], [5, 5], 0), ([1, 0], [0, 9], 1), ([1, 0], [1, 1], 0.3112781), ([3], [8], 0)],
)
def test_divergence_is_that_of_jensen_and_shannon(first, second, expected):
    assert divergence_of(np.array(first), np.array(second)) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("n", [FEWEST, 100, 1000])
def test_few_random_batches_differ_and_none_is_unlike(spread, n):
    generator = np.random.default_rng(0)
    differing, trials = 0, 25
    for _ in range(trials):
        marks = {name: generator.multinomial(n, own / own.sum()) for name, own in spread.marks.items()}
        drift = compare(replace(spread, reports=n, marks=marks, incidents=3 * n // 4), spread)
        differing += sum(each.differs for each in drift.figures)
        assert drift.warning is None
    assert differing <= 20 * CHANCE * trials * len(SCALES)


@pytest.mark.parametrize(
    ("n", "change", "told"),
    [
        (FEWEST, {}, None),
        (10**5, {}, None),
        (FEWEST, {"motivation": "criminal", "impact": "economy"}, None),
        (400, {"is_incident": False}, None),
        (400, {"p_incident": 0.0}, None),
        (400, {f"p_motivation_{CODEBOOK.motivations[0]}": 0.3}, r"mean probability of 0\.30 \(training: 0\.78\)"),
        # Sure that nothing can be said is sure.
        (400, {f"p_motivation_{CODEBOOK.motivations[0]}": 0.1, "p_motivation_undetermined": 0.8}, None),
        (400, {f"p_motivation_{CODEBOOK.motivations[0]}": 0.99}, None),
    ],
)
def test_only_labels_that_are_unsure_are_unlike(spread, n, change, told):
    warning = compare(drawn(spread, n, **change), spread).warning
    assert warning is None if told is None else re.search(told, warning)


@pytest.mark.parametrize(
    ("n", "share", "told"),
    [
        (FEWEST, 0.43, "43 % of a report's words are unknown to the model (training: 6 %)"),
        (FEWEST - 1, 0.43, None),
        (FEWEST, 0.0, None),
        # Reports that are all alike differ from the training documents, and are not unlike them for that.
        (10**5, 0.1, None),
    ],
)
def test_many_unknown_words_are_unlike_and_few_reports_are_not(spread, n, share, told):
    drift = compare(Profile.of(labels_of(n), words_of([share] * n)), spread)
    assert drift.warning is None if told is None else told in drift.warning
    assert "\n" not in verdict_of(drift)


@pytest.mark.parametrize("n", [0, 1])
def test_next_to_nothing_is_too_little_to_tell(spread, n):
    drift = compare(Profile.of(labels_of(n), words_of([1.0] * n)), spread)
    assert drift.warning is None
    assert verdict_of(drift).startswith(f"Too little to tell: found {n} report{'s' if n == 0 else ''},")
    assert {each.divergence for each in drift.figures} == {None}
    assert write_drift_page(drift, "in.csv", "model")


def test_a_reference_of_equal_documents_has_a_spread():
    equal = Profile.of(labels_of(50), words_of([0.1] * 50))
    assert compare(equal, equal).warning is None
    assert compare(Profile.of(labels_of(50), words_of([0.5] * 50)), equal).warning


# The card


def test_a_card_keeps_the_reference_figures(small_model):
    card = json.loads(json.dumps(small_model.reference_.to_card()))
    again = Profile.from_card(card)
    assert again.to_card() == card
    assert all(np.array_equal(again.marks[name], small_model.reference_.marks[name]) for name in SCALES)
    assert Profile.from_card(Profile.empty().to_card()).reports == 0


@pytest.fixture(scope="module")
def folder(small_model, small_frame, tmp_path_factory):
    """The folder of the small model, with a card that holds no more than it must."""
    return saved(small_model, small_frame, tmp_path_factory.mktemp("models") / "small")


def saved(model, frame, folder, **changes):
    card = describe(model, frame, "small", {"how": "no measure", "motivation": None, "undetermined": None,
        "impact": None, "incident": {"roc_auc": None}}, {"sha256": "0" * 64, "paths": [], "sources": []})  # fmt: skip
    card.update(changes)
    return save_model(model, folder, {key: value for key, value in card.items() if value is not None})


def test_a_saved_model_compares_as_it_did(small_model, folder):
    texts = [FOREIGN] * 40
    ours, theirs = (compare(profile_of(each, texts), each.reference_) for each in (small_model, load_model(folder)))
    assert ours.figures == theirs.figures
    assert ours.warning == theirs.warning
    assert ours.warning


@pytest.mark.parametrize(
    "reference", [{}, [], {"reports": 3}, "marks", {"negative": True}, {"long": True}, {"nested": True}]
)
def test_damaged_reference_figures_are_told(small_model, small_frame, tmp_path, reference):
    sound = small_model.reference_.to_card()
    wrong = {"negative": [-1], "long": [1] * 102, "nested": [[1]]}
    if isinstance(reference, dict) and (kind := next(iter(reference), None)) in wrong:
        reference = {**sound, "marks": {**sound["marks"], "p_incident": wrong[kind]}}
    bad = saved(small_model, small_frame, tmp_path / "bad", reference=reference)
    with pytest.raises(CyberclassError, match="do not fit together"):
        load_model(bad)


# From the command line


def reports(path, *texts):
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    return str(path)


def run(capsys, *argv):
    """Run a command; return its exit code, and the lines on standard error that warn of drift."""
    code = main(["label", *map(str, argv)])
    return code, [line for line in capsys.readouterr().err.splitlines() if "unlike the training" in line]


def test_a_foreign_batch_is_one_warning_and_a_page(tmp_path, folder, capsys):
    source, page = reports(tmp_path / "in.jsonl", *[FOREIGN] * 40), tmp_path / "drift.html"
    code, (line,) = run(capsys, source, "-o", tmp_path / "out.csv", "--model", folder, "--report", page)
    assert code == 0
    assert line.startswith("cyberclass: warning: this batch is unlike the training material: ")
    assert line.endswith(f": see {page}")
    assert "This batch is unlike the training material" in page.read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["drift.html", "in.jsonl", "out.csv"]


def test_without_a_page_the_warning_says_how_to_get_one(tmp_path, folder, capsys):
    source = reports(tmp_path / "in.jsonl", *[FOREIGN] * 40)
    _, (line,) = run(capsys, source, "-o", tmp_path / "out.csv", "--model", folder)
    assert line.endswith(": see --report drift.html")


@pytest.mark.parametrize("texts", [[ENGLISH], [FOREIGN] * (FEWEST - 1), ["", *[ENGLISH] * 40]])
def test_what_is_not_unlike_is_not_warned_of(tmp_path, folder, capsys, texts):
    source, page = reports(tmp_path / "in.jsonl", *texts), tmp_path / "drift.html"
    assert run(capsys, source, "-o", tmp_path / "o.csv", "--model", folder, "--report", page) == (0, [])
    assert page.is_file()


def test_a_model_without_reference_figures_says_nothing(small_model, small_frame, tmp_path, capsys):
    older = saved(small_model, small_frame, tmp_path / "older", reference=None)
    source, output = reports(tmp_path / "in.jsonl", *[FOREIGN] * 40), tmp_path / "out.csv"
    assert run(capsys, source, "-o", output, "--model", older) == (0, [])
    output.unlink()
    assert main(["label", source, "-o", str(output), "--model", str(older), "--report", "drift.html"]) == 1
    assert "no reference figures" in capsys.readouterr().err
    assert not output.exists()


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("missing/drift.html", "cannot be written (No such file or directory)"),
        ("drift.txt", "found the ending '.txt'; expected .html"),
        ("folder.html", "found a folder"),
        ("in.html", "is among the files to read"),
    ],
)
def test_a_page_that_cannot_be_is_told_before_labelling(tmp_path, folder, capsys, monkeypatch, page, told):
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "in.html").write_text(f"<p>{ENGLISH}</p>", encoding="utf-8")
    monkeypatch.setattr("cyberclass.model.store.load_labeller", lambda folder: pytest.fail("the model was loaded"))
    output = tmp_path / "out.csv"
    argv = [tmp_path / "in.html", "-o", output, "--model", folder, "--report", tmp_path / page]
    assert main(["label", *map(str, argv)]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"cyberclass: {tmp_path / page}: ")
    assert told in error
    assert error.count("\n") == 1
    assert not output.exists()


def test_a_run_that_fails_leaves_the_earlier_page(tmp_path, folder, capsys):
    page = tmp_path / "drift.html"
    page.write_text("earlier", encoding="utf-8")
    source = reports(tmp_path / "in.jsonl", "", "")
    assert main(["label", source, "-o", f"{tmp_path}/o.csv", "--model", str(folder), "--report", str(page)]) == 1
    assert page.read_text(encoding="utf-8") == "earlier"
    assert not list(tmp_path.glob(".*"))


def test_text_and_report_do_not_go_together(capsys):
    with pytest.raises(SystemExit):
        main(["label", "--text", ENGLISH, "--report", "drift.html"])
    assert "--report" in capsys.readouterr().err


def test_the_summary_holds_the_comparison(tmp_path, folder):
    source = reports(tmp_path / "in.jsonl", *[ENGLISH] * 35)
    summary = label_reports(source, tmp_path / "out.csv", SavedModel(folder), batch_size=10)
    assert summary.drift.batch.reports == 35
    assert label_reports(source, tmp_path / "out.csv", load_model(folder)).drift is None


# The page


def test_a_page_is_escaped_and_needs_no_network(spread):
    mix = {HOSTILE: 30, "criminal": 10}
    batch = replace(drawn(spread, 40), motivations=mix, incidents=40)
    page = write_drift_page(compare(batch, spread), f"{HOSTILE}.csv", HOSTILE)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.findall(r"""(?:src|href)=["'](?!#)""", page)
    assert page == write_drift_page(compare(batch, spread), f"{HOSTILE}.csv", HOSTILE)


def test_a_page_shows_every_figure_and_plot(spread):
    page = write_drift_page(compare(drawn(spread, 40), spread), "in.csv", "model")
    assert page.count("<svg ") == len(SCALES) + 2
    assert page.count('<tr><th scope="row">') == len(NAMES)
    assert "prefers-color-scheme: dark" in page


def test_a_batch_without_incidents_has_a_page(spread):
    drift = compare(Profile.of(labels_of(50, p_incident=0.1), words_of([0.05] * 50)), spread)
    assert drift.warning is None
    assert "no incident, and so no motivation" in write_drift_page(drift, "in.csv", "model")


def test_a_missing_library_is_told_before_labelling(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(CyberclassError, match="pip install matplotlib"), open_page(tmp_path / "drift.html"):
        pass
    assert not list(tmp_path.iterdir())


def test_a_page_that_the_disk_refuses_is_one_sentence(tmp_path):
    with open_page(tmp_path / "drift.html") as write:
        (tmp_path / "drift.html").mkdir()
        with pytest.raises(ReportError, match=r"drift\.html: cannot be written"):
            write("page")
    assert [path.name for path in tmp_path.iterdir()] == ["drift.html"]
