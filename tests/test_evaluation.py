"""Evaluations: what is measured, where it cannot be, and how it is written out."""

import html
import json
import math
import re

import numpy as np
import pandas as pd
import pytest
from markdown_it import MarkdownIt

from cyberclass.corpora.documents import COLUMNS, corpus_hash, read_corpus, texts_of
from cyberclass.errors import CorpusError, ReportError
from cyberclass.evaluation import report
from cyberclass.evaluation.curves import curves_of
from cyberclass.evaluation.evaluation import MASKED, Part, evaluate_model, evaluate_parts, verdict
from cyberclass.evaluation.headlines import HEADLINES
from cyberclass.evaluation.measures import measure, risk_coverage
from cyberclass.evaluation.mistakes import MOST, describe_mistake, find_mistakes
from cyberclass.evaluation.report import write_json, write_markdown, write_report
from cyberclass.evaluation.resampling import intervals
from cyberclass.evaluation.slices import FEW, slices
from cyberclass.model.store import load_model
from cyberclass.taxonomy import CODEBOOK, UNDETERMINED

MOTIVATIONS, IMPACTS = CODEBOOK.motivations, CODEBOOK.impacts

NAMES = {key: headline.name for key, headline in HEADLINES.items()}
FILES = {"report.html", "report.md", "report.json", "predictions.csv"}
GANG = "A gang encrypted the files of a hat shop in Klow and asked for a ransom of nine bitcoin, police said."
SPIES = "Hackers of Sandworm, the Russian secret service, spied on the ministry of Borduria for three years."
CONCERT = "The orchestra played the second symphony of Mahler in the park on Sunday evening before a large crowd."


def documents(*rows):
    """Documents of text, motivation and impact; motivation False stands for no incident."""
    made = [
        {
            **dict.fromkeys(COLUMNS),
            "id": f"document {number}",
            "incident": f"incident {number}",
            "title": "",
            "text": text,
            "is_incident": motivation is not False,
            "motivation": motivation or None,
            "impact": impact,
            "source": "made",
        }
        for number, (text, motivation, impact) in enumerate(rows)
    ]
    return pd.DataFrame(made, columns=list(COLUMNS), dtype=object).astype({"is_incident": bool})


@pytest.fixture(scope="module")
def frame(small_frame):
    """Forty documents; a model that saw them is sure of them."""
    return small_frame.iloc[::9].reset_index(drop=True)


@pytest.fixture(scope="module")
def evaluation(small_model, frame):
    return evaluate_model(small_model, frame)


@pytest.fixture(scope="module")
def unseen(request):
    """Documents that the model did not see, so that it is not sure of all of them."""
    frame = read_corpus(request.config.rootpath / "corpus").sort_values("id")
    return frame.iloc[6::84].reset_index(drop=True)


# What an evaluation holds


def test_an_evaluation_has_the_fields_that_the_documentation_names(evaluation, root_of_docs):
    fields = re.findall(r"^\| `(\w+)` \|", root_of_docs.split("## report.json")[1], flags=re.MULTILINE)
    assert {"schema", *fields} == {*json.loads(write_json(evaluation)), "split", "comparison"}


@pytest.fixture(scope="module")
def root_of_docs(request):
    return (request.config.rootpath / "docs" / "evaluation.md").read_text(encoding="utf-8")


def test_figures_and_scores_are_those_of_the_labels(evaluation, small_model, frame):
    predicted = small_model.label(texts_of(frame))
    assert evaluation["scores"] == measure(frame, predicted)
    for name, figure in intervals(frame, predicted).items():
        assert {key: evaluation["figures"][name][key] for key in figure} == figure
    pd.testing.assert_frame_equal(evaluation["predictions"][list(predicted)], predicted)
    assert evaluation["predictions"]["id"].tolist() == frame["id"].tolist()
    assert evaluation["data"] == {
        "sha256": corpus_hash(frame),
        "documents": len(frame),
        "incidents": frame["incident"].nunique(),
        "sources": frame["source"].value_counts().to_dict(),
    }
    assert (evaluation["kind"], evaluation["model"], evaluation["schema"]) == ("evaluation", "unsaved", 1)
    assert list(evaluation["figures"]) == list(NAMES)


def test_baselines_stand_beside_figures(evaluation):
    scores, figures = evaluation["scores"], evaluation["figures"]
    found = {name: figure["baseline"] for name, figure in figures.items() if "baseline" in figure}
    assert found == {
        "motivation_accuracy": scores["motivation"]["majority"]["accuracy"],
        "motivation_macro_f1": scores["motivation"]["majority"]["macro_f1"],
        "impact_macro_f1": scores["impact"]["always_yes_macro_f1"],
    }


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("names", "Hackers of the group, the Russian secret service, spied"),
        ("countries", "Hackers of Sandworm, the Ruritania secret service, spied"),
        ("names and countries", "Hackers of the group, the Ruritania secret service, spied"),
    ],
)
def test_what_is_masked(name, masked):
    assert MASKED[name](SPIES).startswith(masked)
    assert MASKED[name]("") == ""


@pytest.mark.parametrize("name", list(MASKED))
def test_figures_of_masked_texts_are_those_of_their_labels(name, evaluation, small_model, frame):
    texts = [MASKED[name](text) for text in texts_of(frame)]
    assert texts != texts_of(frame)
    for figure, row in intervals(frame, small_model.label(texts)).items():
        assert evaluation["masked"][name][figure] == row


@pytest.mark.parametrize(("changed", "seen"), [(0, 12), (5, 7), (12, 0)])
def test_documents_that_the_model_was_trained_on_are_counted(small_model_folder, small_frame, changed, seen):
    frame = small_frame.iloc[:12].copy()
    frame["text"] = [f"{text} Anew." if row < changed else text for row, text in enumerate(frame["text"])]
    found = evaluate_model(load_model(small_model_folder), frame, small_model_folder)
    assert found["seen"] == seen
    assert found["verdict"].startswith("Worthless as a measure: ") == bool(seen)
    assert write_markdown(found).startswith(f"WARNING: {seen} of 12 documents" if seen else "# Evaluation of small@")


def test_a_comparison_has_its_own_warning(small_model, small_model_folder, frame):
    other = load_model(small_model_folder)
    found = evaluate_model(small_model, frame, None, other, small_model_folder)
    assert (found["seen"], found["comparison"]["seen"]) == (0, len(frame))
    assert found["comparison"]["with"] == other.name_
    assert found["comparison"]["p_value"] == 1
    assert {row["difference"] for row in found["comparison"]["differences"].values()} == {0.0}
    page = write_markdown(found)
    assert page.startswith(f"WARNING: {len(frame)} of {len(frame)} documents were in the other model's training.")
    assert f"## Against {other.name_}" in page
    assert "p = 1)" in page
    json.loads(write_json(found))


def test_near_duplicates_are_listed_and_count_as_one_incident(small_model, frame):
    copies = frame.assign(id="copy " + frame["id"], incident="copy " + frame["incident"])
    twice = pd.concat([frame, copies], ignore_index=True)
    found = evaluate_model(small_model, twice)
    long = [text for text in texts_of(frame) if len(text.split()) > 3]
    assert len(found["near_duplicates"]) == len(long) == len(frame)
    assert found["near_duplicates"][0] == {
        "first": frame["id"][0],
        "second": f"copy {frame['id'][0]}",
        "similarity": 1.0,
    }
    once = evaluate_model(small_model, frame)
    for name, figure in once["figures"].items():
        assert found["figures"][name]["value"] == pytest.approx(figure["value"])
    # Copies give no further evidence. (The order in which incidents are drawn is the same.)
    for name in ("calibration_error", "impact_macro_f1"):
        assert once["figures"][name]["low"] < once["figures"][name]["high"]
        assert found["figures"][name] == pytest.approx(once["figures"][name])


def test_conformal_sets_are_held_against_their_promise(small_model, unseen):
    found = evaluate_model(small_model, unseen)["conformal"]
    coded = unseen["motivation"].isin(MOTIVATIONS).to_numpy()
    assert [row["promised"] for row in found] == [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98]
    for row in found:
        labels = small_model.label(texts_of(unseen), coverage=row["promised"])
        # The sets of `label` are empty for what is taken for no incident.
        known = coded & labels["is_incident"].to_numpy()
        sets = [own.split(";") for own in labels["motivation_set"][known]]
        held = [truth in own for truth, own in zip(unseen["motivation"][known], sets, strict=True)]
        missed = coded.sum() - known.sum()
        assert sum(held) / coded.sum() - 1e-9 <= row["achieved"] <= (sum(held) + missed) / coded.sum() + 1e-9
    sizes = [row["mean_size"] for row in found]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


def test_parts_are_evaluated_each_by_its_model(small_model, small_model_folder, frame):
    other = load_model(small_model_folder)
    rows = np.arange(len(frame))
    found = evaluate_parts([Part(small_model, rows[1::2]), Part(other, rows[::2])], frame, "cross-validation")
    assert found["predictions"]["id"].tolist() == [*frame["id"][1::2], *frame["id"][::2]]
    models = dict(zip(found["predictions"]["id"], found["predictions"]["model"], strict=True))
    assert {models[id_] for id_ in frame["id"][1::2]} == {"unsaved"}
    assert {models[id_] for id_ in frame["id"][::2]} == {other.name_}


# What cannot be measured


@pytest.mark.parametrize(
    ("rows", "not_computable"),
    [
        (
            [(GANG, "criminal", ["economy"]), (SPIES, "state-sponsored", ["national-security"]), (CONCERT, False, [])],
            {"undetermined_left_so": "no document is labelled undetermined"},
        ),
        (
            [(GANG, "criminal", ["economy"]), (SPIES, UNDETERMINED, [])],
            {"incident_roc_auc": "all documents are incidents, or none is, or the model has not learned to tell"},
        ),
        (
            [(GANG, "criminal", None), (SPIES, UNDETERMINED, None), (CONCERT, False, [])],
            dict.fromkeys(
                [name for name in NAMES if name.startswith("impact")],
                "no impact domain is coded, or the model has learned none",
            ),
        ),
        (
            [(GANG, UNDETERMINED, ["economy"]), (CONCERT, False, [])],
            {
                "motivation_accuracy": "no document is labelled with a motivation",
                "motivation_macro_f1": "no document is labelled with a motivation",
                "calibration_error": "no document is labelled with a motivation",
                "coverage": "no document is labelled with a motivation",
            },
        ),
        (
            [(GANG, None, ["economy"]), (CONCERT, False, [])],
            {
                "motivation_accuracy": "no document is labelled with a motivation",
                "undetermined_left_so": "no document is labelled undetermined",
            },
        ),
        ([(CONCERT, False, [])], dict.fromkeys(NAMES, "")),
        ([(GANG, None, [])], dict.fromkeys(NAMES, "")),
        # A report without a word.
        ([("", "criminal", ["economy"])], {"incident_roc_auc": ""}),
    ],
)  # fmt: skip
def test_what_cannot_be_computed_says_why_and_is_no_zero(rows, not_computable, small_model):
    found = evaluate_model(small_model, documents(*rows))
    page = write_markdown(found)
    missing = {name for name, figure in found["figures"].items() if figure["value"] is None}
    assert missing >= set(not_computable)
    for name, why in not_computable.items():
        assert found["figures"][name]["why"].startswith(why)
        assert f"| {NAMES[name]} | not computable: {found['figures'][name]['why']} | | |" in page
    for name in set(NAMES) - missing:
        assert "why" not in found["figures"][name]
    assert "nan" not in page.casefold().split()
    assert "None" not in page
    json.loads(write_json(found))


def test_documents_without_labels_of_motivation_or_impact_have_a_verdict(small_model):
    found = evaluate_model(small_model, documents((CONCERT, False, [])))
    assert found["verdict"] == (
        "Nothing can be said of motivations or impact: no document is labelled with a motivation, "
        "or the model has learned none, and no impact domain is coded, or the model has learned none."
    )
    found = evaluate_model(small_model, documents((GANG, None, ["economy"])))
    assert found["verdict"].startswith("Impact domains are found with a macro-F1 of ")


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "Found no document to evaluate on"),
        ([(GANG, None, None)], "Found no labelled document"),
        ([("", None, None), (GANG, None, None)], "Found no labelled document"),
    ],
)
def test_documents_without_labels_are_an_error(rows, sentence, small_model):
    with pytest.raises(CorpusError, match=sentence):
        evaluate_model(small_model, documents(*rows))


def evaluated(value, masked, seen=0):
    """As much of an evaluation as a verdict needs."""
    figure = {"value": value, "low": 0.75, "high": 0.85, "baseline": 0.4}
    return {
        "seen": seen,
        "data": {"documents": 1200},
        "figures": {"motivation_accuracy": figure},
        "masked": {"names": {"motivation_accuracy": {"value": masked}}},
        "scores": {"motivation": {"documents": 1000, "majority": {"label": "criminal"}}},
    }


@pytest.mark.parametrize(
    ("value", "masked", "ending"),
    [
        (0.8, 0.77, "it is right for 3.0 points fewer."),
        (0.8, 0.8, "without known names it is right for as many."),
        (0.8, 0.83, "it is right for 3.0 points more."),
    ],
)
def test_a_verdict_says_what_a_model_loses_without_names(value, masked, ending):
    said = verdict(evaluated(value, masked))
    assert said.startswith(
        "The motivation is right for 80.0% (75.0% to 85.0%) of 1,000 documents, where always saying 'criminal' is "
        "right for 40%; without known names "
    )
    assert said.endswith(ending)


def test_a_verdict_on_documents_that_were_seen_is_worthless():
    assert verdict(evaluated(1.0, 1.0, seen=1100)).startswith("Worthless as a measure: 1,100 of 1,200 documents ")


# Curves


def test_curves_run_from_end_to_end(evaluation, small_model, frame):
    predicted = small_model.label(texts_of(frame))
    curves = evaluation["curves"]
    assert curves == curves_of(frame, predicted)
    risk = risk_coverage(frame["motivation"].where(frame["motivation"].notna(), None).to_numpy(dtype=object), predicted)
    assert curves["risk_coverage"] == [[round(a, 4), round(b, 4)] for a, b in risk.itertuples(index=False)]
    assert curves["risk_coverage"][-1][0] == 1
    assert (curves["roc"][0], curves["roc"][-1]) == ([0, 0], [1, 1])
    assert curves["precision_recall"][0][0] == 0
    assert curves["precision_recall"][-1][0] == 1
    assert curves["reliability"]["motivation"]
    assert sum(bin_[2] for bin_ in curves["reliability"]["motivation"]) == frame["motivation"].isin(MOTIVATIONS).sum()
    coded = sum(impact is not None for impact in frame["impact"][frame["is_incident"]])
    assert sum(bin_[2] for bin_ in curves["reliability"]["impact"]) == coded * len(IMPACTS)


def test_curves_of_many_documents_keep_their_ends(small_model, frame):
    rows = np.tile(np.arange(len(frame)), 30)
    many = frame.iloc[rows].reset_index(drop=True)
    predicted = small_model.label(texts_of(frame)).iloc[rows].reset_index(drop=True)
    predicted["p_incident"] = np.random.default_rng(0).random(len(rows))
    curves = curves_of(many, predicted)
    for name in ("risk_coverage", "roc", "precision_recall"):
        assert 100 < len(curves[name]) <= 200
    assert curves["risk_coverage"][-1][0] == 1
    assert curves["roc"][-1] == [1, 1]


@pytest.mark.parametrize(
    ("rows", "empty"),
    [
        ([(GANG, "criminal", ["economy"])], ["roc", "precision_recall"]),
        ([(CONCERT, False, [])], ["roc", "precision_recall", "risk_coverage"]),
        ([("", None, ["economy"]), (CONCERT, False, [])], ["risk_coverage"]),
    ],
)
def test_curves_that_labels_do_not_allow_are_empty(rows, empty, small_model):
    frame = documents(*rows)
    curves = curves_of(frame, small_model.label(texts_of(frame)))
    assert [name for name in ("roc", "precision_recall", "risk_coverage") if not curves[name]] == empty


def test_reliability_by_hand():
    frame = documents((GANG, "criminal", None), (SPIES, "criminal", None), (CONCERT, "criminal", None))
    predicted = pd.DataFrame(
        {
            "p_incident": 1.0,
            "p_motivation_state-sponsored": [0.0, 0.6, 0.0],
            "p_motivation_criminal": [1.0, 0.4, 0.96],
            "p_motivation_ideological": [0.0, 0.0, 0.04],
            **{f"p_impact_{domain}": 0.5 for domain in IMPACTS},
        }
    )
    found = curves_of(frame, predicted)["reliability"]
    assert found == {"motivation": [[0.6, 0.0, 1], [0.98, 1.0, 2]], "impact": []}


# Slices


def test_slices_are_measured_on_their_documents(small_model, small_frame):
    predicted = small_model.label(texts_of(small_frame))
    found = slices(small_frame, predicted)
    of_news = next(row for row in found if (row["by"], row["name"]) == ("genre", "news"))
    incidents = small_frame["is_incident"] & (small_frame["motivation"].notna() | small_frame["impact"].notna())
    rows = incidents & (small_frame["genre"] == "news")
    assert of_news["documents"] == rows.sum()
    figures = intervals(
        small_frame[rows].reset_index(drop=True), predicted[rows].reset_index(drop=True), n_resamples=500
    )
    assert set(of_news["figures"]) == {"motivation_accuracy", "motivation_macro_f1", "impact_macro_f1"}
    assert {name: figures[name] for name in of_news["figures"]} == of_news["figures"]
    for by in ("genre", "length", "year", "source"):
        assert sum(row["documents"] for row in found if row["by"] == by) == incidents.sum()


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (1, "0 to 49 words"),
        (49, "0 to 49 words"),
        (50, "50 to 99 words"),
        (199, "100 to 199 words"),
        (200, "200 to 399 words"),
        (400, "400 words or more"),
        (5000, "400 words or more"),
    ],
)
def test_lengths_are_in_words(words, name, small_model):
    other = "word " * (10 if words >= 50 else 60)
    frame = documents(("word " * words, "criminal", None), (other, "criminal", None))
    found = slices(frame, small_model.label(texts_of(frame)))
    assert name in [row["name"] for row in found if row["by"] == "length"]


def test_slices_stand_in_order_and_spans_of_years_are_of_five(small_model):
    frame = documents(*[(f"{GANG} {'word ' * count}", "criminal", None) for count in (500, 1, 250, 60, 120)])
    frame["date"] = pd.Series(["2021-03", "1999", "2004-12-31", None, "2009"], dtype=object)
    frame["genre"] = pd.Series(["post", "brief", None, "news", "court"], dtype=object)
    found = slices(frame, small_model.label(texts_of(frame)))
    names = {by: [row["name"] for row in found if row["by"] == by] for by in ("length", "year", "genre", "source")}
    assert [name.split()[0] for name in names["length"]] == ["0", "50", "100", "200", "400"]
    assert names["year"] == ["1995 to 1999", "2000 to 2004", "2005 to 2009", "2020 to 2024"]
    assert names["genre"] == ["brief", "court", "news", "post"]
    # One source is the whole.
    assert names["source"] == []


@pytest.mark.parametrize("rows", [[], [("", False, [])], [(GANG, None, None)], [("", "criminal", None)]])
def test_documents_that_cannot_be_sliced_have_no_slices(rows, small_model):
    frame = documents(*rows)
    assert slices(frame, small_model.label(texts_of(frame))) == []


# Mistakes


def labels_of(*rows):
    """Predictions of motivation and the probability of the likeliest."""
    return pd.DataFrame(
        [
            {"motivation": said, **{f"p_motivation_{label}": p if label == said else 0.0 for label in MOTIVATIONS}}
            for said, p in rows
        ]
    )


def test_mistakes_are_wrong_motivations_the_surest_first():
    truth = ["criminal", "criminal", "ideological", UNDETERMINED, None, False, "ideological", "criminal"]
    frame = documents(*[(GANG, label, None) for label in truth])
    predicted = labels_of(
        ("criminal", 0.99),
        ("ideological", 0.6),
        ("criminal", 0.9),
        ("criminal", 0.7),
        ("criminal", 0.99),
        ("criminal", 0.99),
        (UNDETERMINED, 0.0),
        (None, 0.0),
    )
    assert find_mistakes(frame, predicted) == [2, 3, 1]


def test_mistakes_are_fifty_at_most():
    frame = documents(*[(GANG, "criminal", None)] * 70)
    predicted = labels_of(*[("ideological", 0.5 + number / 200) for number in range(70)])
    assert find_mistakes(frame, predicted) == list(range(69, 69 - MOST, -1))


def test_no_mistakes_are_none(small_model):
    frame = documents((GANG, "criminal", None))
    assert find_mistakes(frame, labels_of(("criminal", 0.9))) == []
    assert find_mistakes(documents(), labels_of(("criminal", 0.9)).iloc[:0]) == []


@pytest.mark.parametrize("label", ["state-sponsored", "ideological", UNDETERMINED])
def test_a_mistake_names_the_words_that_misled(small_model, label):
    frame = documents((GANG, label, None)).assign(title="Hats")
    (text,) = texts_of(frame)
    (prediction,) = (row for _, row in small_model.label([text]).iterrows())
    assert prediction["motivation"] == "criminal"
    found = describe_mistake(small_model, frame.iloc[0], text, prediction)
    assert (found["id"], found["label"], found["predicted"]) == ("document 0", label, "criminal")
    assert (found["title"], found["text"]) == ("Hats", GANG)
    assert list(found["probabilities"]) == [*MOTIVATIONS, UNDETERMINED]
    values = [value for _, value in found["words"]]
    assert values == sorted(values, reverse=True)
    assert 0 < len(values) <= 8
    assert min(values) > 0
    assert any("ransom" in word or "bitcoin" in word for word, _ in found["words"])
    others = [label] if label in MOTIVATIONS else ["state-sponsored", "ideological"]
    word, value = found["words"][0]
    explained = small_model.explain(text)
    spans = {name: explained.contrast(["criminal"], [name]).speaking for name in others}
    assert all(any(span.text.lower() == word for span in own) for own in spans.values())
    assert value > 0.1


def test_words_that_speak_for_the_right_motivation_are_not_named(small_model):
    (prediction,) = (row for _, row in small_model.label(["A ransom."]).iterrows())
    prediction["motivation"] = "ideological"
    found = describe_mistake(small_model, documents(("A ransom.", "criminal", None)).iloc[0], "A ransom.", prediction)
    assert not any("ransom" in word for word, _ in found["words"])
    assert min([value for _, value in found["words"]], default=1) > 0


def test_mistakes_are_described_by_the_model_that_made_them(small_model, small_model_folder, monkeypatch):
    frame = documents((GANG, "ideological", None), (SPIES, "criminal", None))
    other = load_model(small_model_folder)
    monkeypatch.setattr(
        "cyberclass.evaluation.evaluation.describe_mistake",
        lambda model, document, text, prediction: (document["id"], text, prediction["motivation"], model),
    )
    found = evaluate_parts([Part(small_model, np.array([1])), Part(other, np.array([0]))], frame, "cross-validation")
    assert sorted(found["mistakes"], key=lambda mistake: mistake[0]) == [
        ("document 0", GANG, "criminal", other),
        ("document 1", SPIES, "state-sponsored", small_model),
    ]


# Reports


def table_rows(page):
    """The cells of every table of a page, as a reader of Markdown finds them."""
    cells, tokens = [], MarkdownIt("commonmark").enable("table").parse(page)
    for place, token in enumerate(tokens):
        if token.type == "tr_open":
            cells.append([])
        if token.type in ("th_open", "td_open"):
            cells[-1].append(tokens[place + 1].content)
    return cells


HOSTILE = ["<script>alert(1)</script>", "a|b", "a\nb", "a & b", "<img src=x>", "", "a | b | c", "&lt;b&gt;"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_markdown_keeps_tables_whole_and_takes_nothing_for_html(hostile, small_model):
    frame = documents((GANG, "ideological", None), (SPIES, "state-sponsored", None))
    frame["id"] = [f"x{hostile}", "other"]
    frame["source"] = [f"x{hostile}", "other"]
    found = evaluate_model(small_model, frame)
    found["mistakes"][0]["words"] = [[f"x{hostile}", 1.0]]
    page = write_markdown(found)
    assert "<script" not in page
    assert "<img" not in page
    rows = table_rows(page)
    shown = " ".join(f"x{hostile}".split())
    of_document = next(row for row in rows if row[1:3] == ["ideological", "criminal"])
    assert [html.unescape(cell) for cell in of_document] == [shown, "ideological", "criminal", of_document[3], shown]
    of_source = next(row for row in rows if row[0] == "source" and row[1] != "other")
    assert len(of_source) == 5
    assert html.unescape(of_source[1]) == shown
    assert not [token for token in MarkdownIt("commonmark").parse(page) if token.type == "html_block"]


def test_a_small_slice_is_marked(evaluation):
    page = write_markdown(evaluation)
    for row in evaluation["slices"]:
        marked = f"| {row['documents']} (few) |" if row["documents"] < FEW else f"| {row['documents']} |"
        assert any(marked in line for line in page.splitlines() if line.startswith(f"| {row['by']} | {row['name']} |"))


def test_json_is_without_nan_and_predictions_and_comes_back(evaluation):
    found = json.loads(write_json(evaluation), parse_constant=pytest.fail)
    assert "predictions" not in found
    assert found["scores"] == json.loads(json.dumps(evaluation["scores"]))
    assert found["figures"]["motivation_accuracy"] == evaluation["figures"]["motivation_accuracy"]


def test_what_is_not_a_number_is_refused_by_json(evaluation):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json({**evaluation, "seen": math.nan})


@pytest.fixture
def page(monkeypatch):
    """Write no plots: they take a second each."""
    monkeypatch.setattr(report, "write_page", lambda evaluation: f"<p>{evaluation['verdict']}</p>")


def test_a_report_is_four_files(evaluation, tmp_path, page):
    folder = tmp_path / "new" / "report"
    assert write_report(evaluation, folder) == folder
    assert {path.name for path in folder.iterdir()} == FILES
    assert (folder / "report.html").read_text() == f"<p>{evaluation['verdict']}</p>"
    assert (folder / "report.md").read_text() == write_markdown(evaluation)
    assert (folder / "report.json").read_text() == write_json(evaluation)
    predictions = pd.read_csv(folder / "predictions.csv", keep_default_na=False)
    assert list(predictions.columns) == list(evaluation["predictions"].columns)
    assert predictions["id"].tolist() == evaluation["predictions"]["id"].tolist()


def test_a_report_takes_the_place_of_an_old_one_and_of_nothing_else(evaluation, tmp_path, page):
    for name in (*FILES, "notes.txt"):
        (tmp_path / name).write_text("old")
    with (tmp_path / "report.md").open() as reader:
        write_report(evaluation, tmp_path)
        # Whoever reads the old one reads it to its end.
        assert reader.read() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {*FILES, "notes.txt"}
    assert [path.name for path in tmp_path.iterdir() if path.read_text() == "old"] == ["notes.txt"]


def test_a_report_that_cannot_be_drawn_leaves_the_old_one(evaluation, tmp_path, monkeypatch):
    def write_page(_):
        raise RuntimeError("no plots")

    monkeypatch.setattr(report, "write_page", write_page)
    (tmp_path / "report.md").write_text("old")
    with pytest.raises(RuntimeError):
        write_report(evaluation, tmp_path)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("report.md", "old")]


@pytest.mark.parametrize("place", ["file", "file/report", "taken"])
def test_a_report_that_cannot_be_written_is_one_sentence_and_leaves_nothing_aside(evaluation, tmp_path, place, page):
    (tmp_path / "file").write_text("old")
    (tmp_path / "taken" / "report.html").mkdir(parents=True)
    with pytest.raises(ReportError, match=r"cannot be written \(.+\); choose another folder\.$"):
        write_report(evaluation, tmp_path / place)
    assert {path.name for path in (tmp_path / "taken").iterdir()} == {"report.html"}
    assert (tmp_path / "file").read_text() == "old"


def test_a_lone_surrogate_can_be_written(evaluation, tmp_path, page):
    write_report({**evaluation, "verdict": "half a character: \ud83d"}, tmp_path)
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["verdict"].endswith(": \ud83d")


def test_an_evaluation_is_the_same_every_time(evaluation, small_model, frame):
    assert write_json(evaluate_model(small_model, frame)) == write_json(evaluation)


def test_masking_leaves_the_documents_as_they_were(small_model, frame):
    before = frame.copy(deep=True)
    evaluate_model(small_model, frame)
    pd.testing.assert_frame_equal(frame, before)
