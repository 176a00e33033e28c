"""A corpus written as a file of any kind is the same corpus, read back."""

import csv
import re

import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cyberclass.corpora.documents import document_of, frame_of
from cyberclass.corpora.faults import complaints
from cyberclass.corpora.labelled import read_checked, read_labelled
from cyberclass.corpora.lines import COLUMNS
from cyberclass.errors import ReportError
from cyberclass.labelling.corpus_table import write_labelled
from cyberclass.taxonomy import BASES, CODEBOOK, GENRES, UNDETERMINED

MOTIVATIONS, IMPACTS = CODEBOOK.motivations, CODEBOOK.impacts

ENDINGS = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet", ".xlsx")
WORDS = "one two three four five six seven eight"
BLANK = {
    **dict.fromkeys(COLUMNS),
    **{"id": "a", "incident": "a", "title": "", "text": WORDS, "is_incident": True, "source": "s"},
}

#: What other programs would change.
AWKWARD = [
    *("007", "1.0", "1e5", "none", "None", "nan", "NA", "null", "true", "undetermined", "2020-05-01"),
    *("=1+1", "+1", "-1", "@sum", "#N/A", " a ", "a;b", "'", '"', ",", "\ta", "\na", "a\r\nb", "a\rb"),
    *("â€™", "\ufeffa", "a\u2028b", "\u0000x", "é", "😀"),
]
LETTERS = st.characters(exclude_categories=["Cs"])
NOT_FOR_EXCEL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def strings():
    return st.one_of(st.sampled_from(AWKWARD), st.text(LETTERS, min_size=1)).filter(lambda text: text.strip())


@st.composite
def documents(draw):
    """One document that follows the codebook, whatever its strings hold."""
    maybe = st.none() | strings()
    domains = st.lists(st.sampled_from(IMPACTS), unique=True).map(lambda found: [d for d in IMPACTS if d in found])
    row = {
        **{name: draw(maybe) for name in ("actor", "source_motivation", "source_impact", "mapping")},
        **{name: draw(strings()) for name in ("id", "incident", "source")},
        "title": draw(st.just("") | strings()),
        "text": f"{draw(strings())} {WORDS} {draw(strings())}",
        "date": draw(st.sampled_from([None, "2020", "2020-05", "2020-05-03"])),
        "genre": draw(st.none() | st.sampled_from(GENRES)),
        "basis": draw(st.none() | st.sampled_from(BASES)),
        "is_incident": draw(st.booleans()),
        "motivation": draw(st.sampled_from([None, UNDETERMINED, *MOTIVATIONS])),
        "motivation_secondary": draw(st.none() | st.sampled_from(MOTIVATIONS)),
        "impact": draw(st.none() | domains),
        "impact_coded": draw(st.none() | domains),
    }
    if not row["is_incident"]:
        row |= {"motivation": None, "motivation_secondary": None, "impact": [], "impact_coded": None}
    return row


def follows(row):
    return not list(complaints(document_of(row)))


def words(row):
    return " ".join(row["text"].casefold().split())


def for_excel(value):
    return NOT_FOR_EXCEL.sub("?", value) if isinstance(value, str) else value


corpora = st.lists(documents().filter(follows), min_size=1, max_size=5, unique_by=(lambda row: row["id"], words))


def same(path, frame):
    pd.testing.assert_frame_equal(read_checked([path]), frame)
    pd.testing.assert_frame_equal(read_labelled([path]), frame)


# All kinds of file in one test: to make up a corpus takes longer than to write and read it.
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=corpora)
def test_what_was_written_is_read_back(rows, tmp_path_factory):
    plain = [{name: for_excel(value) for name, value in row.items()} for row in rows]
    assume(len({row["id"] for row in plain}) == len(set(map(words, plain))) == len(plain))
    folder = tmp_path_factory.mktemp("table")
    for ending in ENDINGS:
        frame = frame_of(plain if ending == ".xlsx" else rows)
        write_labelled(frame, folder / f"corpus{ending}")
        same(folder / f"corpus{ending}", frame)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"motivation": UNDETERMINED},
        {"motivation": "criminal", "motivation_secondary": "ideological", "impact": ["economy", "privacy"]},
        {"impact": []},
        {"impact": [], "impact_coded": []},
        {"impact": [], "impact_coded": ["economy"]},
        {"impact": ["economy"], "impact_coded": ["economy", "privacy"]},
        {"is_incident": False, "impact": []},
        {"is_incident": False, "impact": [], "text": "14 27 31 8 902 44 17.5 63 0 1188"},
        {"id": "007", "incident": "1e5", "actor": "none", "title": "0012", "mapping": "nan", "source": "NA"},
        {"actor": "=HYPERLINK(1)", "title": "+1", "source": "@sum", "mapping": "-1", "id": "#N/A"},
        {"text": f"{WORDS}\n\n {WORDS} \n", "title": " a\nb "},
        {"text": f"\"{WORDS}\", said; 'he'\t{WORDS}"},
        {"text": f"La prÃ©sidente {WORDS}"},
    ],
)
def test_every_label_and_string_comes_through(ending, fields, tmp_path):
    frame = frame_of([{**BLANK, **fields}])
    write_labelled(frame, tmp_path / f"corpus{ending}")
    same(tmp_path / f"corpus{ending}", frame)


@pytest.mark.parametrize("text", ["a\rb", "a\x01b", "a_x000D_b"])
def test_what_excel_would_change_is_refused(text, tmp_path):
    frame = frame_of([{**BLANK, "actor": text}])
    with pytest.raises(ReportError, match=r"in the actor of document 'a', which Excel would change; write a \.csv"):
        write_labelled(frame, tmp_path / "corpus.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_formula_stays_as_it_is_in_the_file(tmp_path):
    write_labelled(frame_of([{**BLANK, "actor": "=1+1"}]), tmp_path / "corpus.csv")
    with (tmp_path / "corpus.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["actor"], row["impact"], row["is_incident"]) == ("=1+1", "", "true")
