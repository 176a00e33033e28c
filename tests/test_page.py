"""The report's page: escaped, self-contained, the same for the same evaluation, and honest about what is not there."""

import copy
import re
import sys

import pytest

from cyberclass.errors import CyberclassError
from cyberclass.evaluation import page as pages
from cyberclass.evaluation import plots
from cyberclass.evaluation.page import write_page
from cyberclass.evaluation.slices import FEW
from cyberclass.taxonomy import CODEBOOK

MOTIVATIONS = CODEBOOK.motivations

STATE, CRIME, CREED = MOTIVATIONS
HOSTILE = "<script>alert('x')</script>\"'&$\\frac{ style=\"fill: #111111\""
WHY = "no document is labelled so"

FIGURES = (
    "motivation_accuracy",
    "motivation_macro_f1",
    "calibration_error",
    "coverage",
    "accuracy_where_labelled",
    "undetermined_left_so",
    "impact_macro_f1",
    "impact_micro_f1",
    "impact_mean_average_precision",
    "incident_roc_auc",
)


def figure(value):
    return {"value": value, "low": value - 0.05, "high": value + 0.05}


def missing():
    return {"value": None, "low": None, "high": None, "why": WHY}


@pytest.fixture
def minimal():
    """Documents that are all incidents, without another label."""
    return {
        "schema": 1,
        "kind": "evaluation",
        "model": "tiny",
        "made": "2026-01-02",
        "data": {"sha256": "ab" * 32, "documents": 3, "incidents": 2, "sources": {"one": 3}},
        "seen": 0,
        "near_duplicates": [],
        "figures": {name: missing() for name in FIGURES},
        "scores": {
            "documents": 3,
            "motivation": None,
            "undetermined": None,
            "impact": None,
            "incident": {
                "documents": 3,
                "not_incidents": 0,
                "roc_auc": None,
                "average_precision": None,
                "macro_f1": None,
                "incidents_kept": 1.0,
                "not_incidents_found": None,
            },
        },
        "masked": {},
        "slices": [],
        "conformal": [],
        "curves": {
            "risk_coverage": [],
            "reliability": {"motivation": [], "impact": []},
            "roc": [],
            "precision_recall": [],
        },
        "mistakes": [],
        "taxonomy": {"motivations": list(CODEBOOK.motivations), "impacts": list(CODEBOOK.impacts)},
        "verdict": "Nothing can be said.",
    }


@pytest.fixture
def full(minimal):
    """Everything that an evaluation may hold."""
    figures = {name: figure(0.8) for name in FIGURES}
    figures["motivation_accuracy"]["baseline"] = 0.5
    measured = {"precision": 0.8, "recall": 0.7, "f1": 0.75, "support": 4}
    return minimal | {
        "figures": figures,
        "scores": {
            "documents": 10,
            "motivation": {
                "documents": 8,
                "accuracy": 0.8,
                "macro_f1": 0.8,
                "kappa": None,
                "majority": {"label": CRIME, "accuracy": 0.5, "macro_f1": 0.2},
                "calibration_error": 0.1,
                "brier": 0.2,
                "labels": {STATE: measured, CRIME: measured},
                "confusion": {
                    "labels": list(MOTIVATIONS),
                    "rows_true_columns_predicted": [[3, 1, 0], [1, 3, 0], [0, 0, 0]],
                },
            },
            "undetermined": {
                "documents": 10,
                "coverage": 0.75,
                "accuracy_where_labelled": 0.5,
                "undetermined_documents": 2,
                "undetermined_left_so": 0.5,
                "risk_coverage_area": 0.1,
            },
            "impact": {
                "coded": 8,
                "macro_f1": 0.7,
                "micro_f1": 0.7,
                "subset_accuracy": None,
                "mean_average_precision": None,
                "always_yes_macro_f1": 0.4,
                "domains": {"economy": measured | {"coded": 8, "average_precision": None, "always_yes_f1": 0.4}},
            },
            "incident": minimal["scores"]["incident"] | {"not_incidents": 1, "roc_auc": 0.9},
        },
        "masked": {"names": {name: figure(0.7) for name in FIGURES}},
        "slices": [
            {
                "by": "genre",
                "name": "news",
                "documents": FEW,
                "incidents": FEW,
                "figures": {"motivation_accuracy": figure(0.9)},
            },
            {"by": "source", "name": "one", "documents": FEW, "incidents": FEW - 1, "figures": {}},
        ],
        "conformal": [{"promised": 0.9, "achieved": 0.91, "mean_size": 1.2}],
        "curves": {
            "risk_coverage": [[0.5, 0.0], [1.0, 0.2]],
            "reliability": {"motivation": [[0.7, 0.6, 5]], "impact": []},
            "roc": [[0, 0], [0.1, 0.9], [1, 1]],
            "precision_recall": [[0, 1], [1, 0.2]],
        },
        "near_duplicates": [{"first": "a-1", "second": "a-2", "similarity": 0.9}],
        "comparison": {
            "with": "other",
            "differences": {"motivation_accuracy": {"difference": -0.1, "low": -0.2, "high": -0.01}},
            "only_first_right": 1,
            "only_second_right": 9,
            "p_value": 0.02,
            "seen": 0,
        },
        "mistakes": [
            {
                "id": "a-1",
                "source": "one",
                "title": "A title",
                "text": "First line.\n\n  Second line.",
                "label": STATE,
                "predicted": CRIME,
                "probabilities": {STATE: 0.1, CRIME: 0.8, CREED: 0.1, "undetermined": 0.0},
                "words": [["ransom", 1.25]],
            }
        ],
    }


@pytest.fixture
def undrawn(monkeypatch):
    """Draw nothing: the plots of a page take half a second."""
    monkeypatch.setattr(pages, "_plots", lambda _: {})
    monkeypatch.setattr(pages, "_slice_plot", lambda *_: "")


def hostile(evaluation):
    """The same with markup wherever data may hold it."""
    evaluation = copy.deepcopy(evaluation)
    evaluation["model"] = evaluation["comparison"]["with"] = HOSTILE
    evaluation["comparison"]["seen"] = 1
    evaluation["data"]["sources"] = {HOSTILE: 3}
    evaluation["near_duplicates"] = [{"first": HOSTILE, "second": HOSTILE, "similarity": 0.9}]
    evaluation["slices"][1]["name"] = HOSTILE
    evaluation["split"] = {
        "by": "source",
        "parts": [{"name": HOSTILE, "training": None, "test": 3, "missing": [HOSTILE]}],
    }
    for key in ("id", "source", "title", "text"):
        evaluation["mistakes"][0][key] = HOSTILE
    evaluation["mistakes"][0]["words"] = [[HOSTILE, 1.0]]
    return evaluation


def test_what_data_holds_is_escaped(full):
    page = write_page(hostile(full))
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;") >= 10
    # In a plot names are cut.
    assert re.search(r"<text [^>]*>&lt;script&gt;alert", page)


def test_name_in_a_plot_is_no_formula_and_no_style():
    assert '>$x$ style="fill: #111111"</text>' in plots.interval_dots(
        "", {"": {'$x$ style="fill: #111111"': figure(0.5)}}
    )


def test_page_needs_nothing_from_elsewhere(full):
    page = write_page(full)
    assert not re.findall(r"https?:|//[a-z]|@import|<link|<script|<iframe| on[a-z]+=", page)
    assert {target[0] for target in re.findall(r'(?:href|src)="([^"]*)"', page)} == {"#"}
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page


def test_identifiers_are_unique_and_references_lead_somewhere(full):
    page = write_page(full)
    found = re.findall(r' id="([^"]*)"', page)
    assert len(found) == len(set(found))
    assert set(re.findall(r'href="#([^"]*)"', page) + re.findall(r"url\(#([^)]*)\)", page)) <= set(found)


def test_minimal_evaluation_says_what_is_not_computable(minimal):
    page = write_page(minimal)
    assert page.count(f"not computable: {WHY}") >= len(FIGURES)
    assert "0.000" not in page
    assert "<svg" not in page


@pytest.mark.parametrize("name", FIGURES)
def test_missing_figure_is_never_a_zero(full, name, undrawn):
    full["figures"][name] = missing()
    assert f"not computable: {WHY}" in write_page(full)


def test_missing_figure_spoils_no_plot(full):
    full["figures"] = {name: missing() for name in FIGURES}
    assert write_page(full).count("<svg") == 10


@pytest.mark.parametrize(("seen", "by_other", "warned"), [(0, 0, False), (2, 0, True), (0, 2, True), (2, 2, True)])
def test_warning_of_seen_documents_is_the_first_line(full, seen, by_other, warned, undrawn):
    full["seen"], full["comparison"]["seen"] = seen, by_other
    body = write_page(full).split("<body>")[1].lstrip()
    assert body.startswith('<div class="warning"') == warned
    assert body.count("WARNING: ") == (seen > 0) + (by_other > 0)


def test_same_evaluation_gives_same_bytes(full):
    assert write_page(full) == write_page(copy.deepcopy(full))


def test_every_part_is_there(full):
    page = write_page(full)
    assert page.count("<svg") == len(re.findall(r'role="img"', page)) == 10
    for shown in ("Nothing can be said.", "0.750 to 0.850", "worse", "First line.\n\n  Second line.", "+1.250", "a-2"):
        assert shown in page
    assert f'class="few"><th scope="row" class="data">{full["slices"][1]["name"]}' in page


@pytest.mark.parametrize(
    ("key", "low", "high", "expected"),
    [
        ("motivation_accuracy", 0.1, 0.2, "better"),
        ("motivation_accuracy", -0.2, -0.1, "worse"),
        ("motivation_accuracy", -0.1, 0.1, "no clear difference"),
        ("calibration_error", -0.2, -0.1, "better"),
        ("coverage", -0.2, -0.1, "lower"),
    ],
)
def test_difference_in_a_word(full, key, low, high, expected, undrawn):
    full["comparison"]["differences"] = {key: {"difference": (low + high) / 2, "low": low, "high": high}}
    assert f"<td>{expected}</td>" in write_page(full)


def test_working_point_counts_what_is_coded_as_the_curve_does(full):
    # 8 documents have a motivation: 6 get one, 3 of them rightly; of the 2 undetermined ones, 1 gets one, wrongly.
    assert "57.1% wrong of 70.0%" in write_page(full)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.risk_coverage([[1.0, 0.2]]),
        lambda: plots.risk_coverage([[0.5, 0.1], [1.0, 0.2]], (0.9, 0.15)),
        lambda: plots.reliability({"motivation": [[0.5, 0.4, 10]], "impact": []}),
        lambda: plots.confusion(["a", "b"], [[1, 2], [0, 0]]),
        lambda: plots.conformal([{"promised": 0.9, "achieved": 0.0, "mean_size": 1.0}]),
        lambda: plots.domain_dots({"economy": {"f1": 0.0, "precision": 0.0, "recall": 0.0, "always_yes_f1": 0.5}}),
        lambda: plots.roc([[0, 0], [1, 1]]),
        lambda: plots.precision_recall([[0, 1], [1, 0]], 0.2),
        lambda: plots.interval_dots("By name", {"F1": {"": {}, "新 $x$ \ud800": figure(0.5), "x" * 400: missing()}}),
    ],
)
def test_plot_is_svg_whose_text_is_text(draw):
    svg = draw()
    assert svg.startswith("<svg ")
    assert svg.endswith("</svg>\n")
    assert "<text " in svg
    assert 'role="img"' in svg
    assert "<title " in svg
    assert svg == draw()
    # A colour that no page can change would not be seen in the dark.
    assert not re.findall(r"(?:fill|stroke): #", svg)


def test_missing_matplotlib_is_told_with_its_remedy(monkeypatch, full):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(CyberclassError, match=r"pip install matplotlib"):
        write_page(full)
