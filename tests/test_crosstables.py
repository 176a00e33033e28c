"""Counts by two things, and the picture of them."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from cyberclass.cli import main
from cyberclass.corpora.crosstables import cross_tables, strata_in
from cyberclass.corpora.documents import frame_of, read_corpus, write_corpus
from cyberclass.corpora.lines import COLUMNS
from cyberclass.corpora.statistics import NOT_CODED, NOT_INCIDENT, stratum_of
from cyberclass.errors import CyberclassError, ReportError
from cyberclass.evaluation.corpus_picture import draw_corpus
from cyberclass.evaluation.pictures import PICTURES
from cyberclass.taxonomy import UNDETERMINED, Taxonomy

CORPUS = Path(__file__).parents[1] / "corpus"
BEGINNINGS = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


def made(*documents):
    blank = {**dict.fromkeys(COLUMNS), "title": "", "is_incident": True, "source": "s", "text": "one two three four"}
    rows = [{**blank, "id": f"d-{n}", "incident": f"d-{n}", **fields} for n, fields in enumerate(documents)]
    return frame_of(rows)


def counted(table):
    return {(row, column): count for row, counts in table.T.items() for column, count in counts.items() if count}


@pytest.fixture(scope="module")
def corpus():
    return read_corpus(CORPUS)


def test_every_document_is_counted_once_by_year_and_by_genre(corpus):
    tables = cross_tables(corpus)
    for by in ("year_motivation", "genre_motivation"):
        assert tables[by].to_numpy().sum() == len(corpus)
        assert tables[by].sum().to_dict() == stratum_of(corpus).value_counts().to_dict()


def test_what_is_not_known_is_counted_as_such():
    tables = cross_tables(
        made({"date": "2020-05", "motivation": "criminal"}, {"genre": "news"}, {"is_incident": False, "impact": []})
    )
    assert counted(tables["year_motivation"]) == {
        ("2020", "criminal"): 1,
        (NOT_CODED, NOT_CODED): 1,
        (NOT_CODED, NOT_INCIDENT): 1,
    }
    assert counted(tables["genre_motivation"]) == {
        ("news", NOT_CODED): 1,
        (NOT_CODED, "criminal"): 1,
        (NOT_CODED, NOT_INCIDENT): 1,
    }


@pytest.mark.parametrize(
    ("fields", "coded", "applies"),
    [
        ({}, 0, {}),
        ({"impact": []}, 7, {}),
        ({"impact": ["economy"]}, 7, {"economy": 1}),
        ({"impact": ["economy"], "impact_coded": ["economy", "privacy"]}, 2, {"economy": 1}),
        ({"impact": [], "impact_coded": []}, 0, {}),
        # Not coded, but no incident.
        ({"is_incident": False, "impact": []}, 0, {}),
    ],
)
def test_a_domain_is_coded_or_applies(fields, coded, applies):
    tables = cross_tables(made(fields, {"impact": ["democracy"], "source": "t"}))
    assert tables["source_coded"].loc["all"].sum() == coded + 7
    assert tables["source_coded"].loc["t"].eq(1).all()
    found = tables["source_applies"].loc["all"].to_dict()
    assert {name: count for name, count in found.items() if count} == {"democracy": 1, **applies}


def test_strata_are_in_the_order_of_every_table():
    assert strata_in([NOT_INCIDENT, "ideological", UNDETERMINED, "criminal"]) == [
        "criminal", "ideological", UNDETERMINED, NOT_INCIDENT
    ]  # fmt: skip


# The picture


@pytest.mark.parametrize("ending", PICTURES)
def test_a_picture_is_of_its_kind_and_the_same_again(ending, corpus, tmp_path):
    for name in ("one", "two"):
        draw_corpus(corpus, tmp_path / f"{name}{ending}")
    one, two = ((tmp_path / f"{name}{ending}").read_bytes() for name in ("one", "two"))
    assert one.startswith(BEGINNINGS[ending])
    assert one == two
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    "frame",
    [
        made({}),
        made({"date": "2020"}, {"date": "1820", "motivation": "criminal"}),
        made({"is_incident": False, "impact": []}),
        made(*({"source": f"a source of ${n}$ 日本語"} for n in range(30))),
        made({"text": "word " * 100_000}),
    ],
)
def test_a_corpus_of_any_kind_can_be_drawn(frame, tmp_path):
    draw_corpus(frame, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(BEGINNINGS[".png"])


def test_a_taxonomy_of_ones_own_has_its_colours(tmp_path):
    labels = tuple(f"m{n}" for n in range(12))
    frame = made(*({"motivation": label, "date": "2020"} for label in labels))
    draw_corpus(frame, tmp_path / "a.svg", Taxonomy(labels, ("harm",)))
    assert (tmp_path / "a.svg").exists()


def test_a_picture_that_cannot_be_written_is_one_sentence(corpus, tmp_path):
    for path, sentence in ((tmp_path / "a.gif", "found the ending '.gif'"), (tmp_path / "b" / "a.png", "be written")):
        with pytest.raises(ReportError, match=sentence):
            draw_corpus(corpus, path)
    assert list(tmp_path.iterdir()) == []


def test_without_matplotlib_the_remedy_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(CyberclassError, match=r"needs matplotlib; install it with: pip install"):
        draw_corpus(made({}), tmp_path / "a.png")


# The command


@pytest.mark.parametrize("ending", [".jsonl", ".csv"])
def test_stats_count_tables_and_draw_them(ending, tmp_path, capsys):
    frame = made({"motivation": "criminal", "date": "2020", "impact": ["economy"]}).assign(text="word " * 9)
    path = tmp_path / f"a{ending}"
    if ending == ".csv":
        frame.assign(impact="economy").to_csv(path, index=False)
    else:
        write_corpus(frame, path)
    assert main(["corpus", "stats", str(path), "--plot", str(tmp_path / "a.svg")]) == 0
    out, err = capsys.readouterr()
    titles = {"labels", "impact", "year_motivation", "genre_motivation", "source_coded", "source_applies"}
    assert titles <= set(out.splitlines())
    assert err == f"Written: {tmp_path / 'a.svg'}.\n"
    assert (tmp_path / "a.svg").read_bytes().startswith(b"<?xml")


def test_check_lists_every_fault_of_a_table(tmp_path, capsys):
    path = tmp_path / "a.csv"
    pd.DataFrame(
        [("a", "one two", "sports", "none"), ("a", "one two", "criminal", "fame;economy"), ("b", "", "", "")],
        columns=["id", "text", "motivation", "impact"],
    ).to_csv(path, index=False)
    assert main(["corpus", "check", str(path)]) == 1
    found = [line.removeprefix(f"{path}, ").split(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert found == [
        "row 1, column 'motivation'",
        "row 1, column 'text'",
        "row 1, column 'impact'",
        "row 2, column 'impact'",
        "row 2, column 'text'",
        "row 2, column 'id'",
        "row 2, column 'text'",
        "row 3",
    ]
