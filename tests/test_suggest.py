"""What to label next: the doubtful before the certain, none twice, in a table that is filled in and read back."""

import csv

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from cyberclass.cli import main
from cyberclass.corpora.documents import texts_of
from cyberclass.corpora.labelled import read_labelled
from cyberclass.errors import CyberclassError, ReportError
from cyberclass.labelling.suggest import suggest_reports
from cyberclass.model import acquisition
from cyberclass.model.acquisition import doubts, rank, reasons, shortlist
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.store import text_mark
from cyberclass.taxonomy import CODEBOOK
from cyberclass.text.readers import read_reports

GANG = "The gang encrypted the hospital's files and demands a ransom in bitcoin."
SPIES = "Spies of the ministry read the mail of diplomats for years, officials say."
RIDDLE = "Somebody broke into the network of a club in town, and nobody knows why."
ODD = ["", "Le groupe a chiffré les serveurs de l'hôpital.", "😀 ☃ \ud800 \x00", "x" * 5000, "؟", 'a,b\n\r"c"']
HEADER = ("id", "text")


def probabilities(incident=1.0, motivation=(1.0, 0.0, 0.0), **impact):
    """A row of probabilities by the codebook; what is missing to 1 of the motivations is that of "undetermined"."""
    found = dict(zip(CODEBOOK.motivations, motivation, strict=True)) | {"undetermined": 1 - sum(motivation)}
    return {
        "p_incident": incident,
        **{f"p_motivation_{label}": value for label, value in found.items()},
        **{f"p_impact_{domain}": impact.get(domain, 0.0) for domain in CODEBOOK.impacts},
    }


class Stub:
    """Doubts the domain privacy by a number in the text, and nothing else; words are those of another model."""

    def __init__(self, model):
        self.vectorizer_ = model.vectorizer_

    def probabilities(self, texts):
        shares = [float(text.split()[0]) for text in texts]
        return pd.DataFrame([probabilities(privacy=share) for share in shares])


@pytest.fixture
def stub(small_model):
    return Stub(small_model)


def put(path, rows, header=HEADER):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# Doubt


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (probabilities(), {}),
        (probabilities(motivation=(0.5, 0.5, 0.0)), {"motivation": 1.0}),
        (probabilities(motivation=(0.25, 0.25, 0.25)), {"motivation": 2.0}),
        (probabilities(privacy=0.5, economy=1.0), {"privacy": 1.0}),
        (probabilities(incident=0.5, privacy=0.5), {"incident": 1.0, "privacy": 0.5}),
        (probabilities(incident=0.0, motivation=(0.5, 0.5, 0.0), privacy=0.5), {}),
        (probabilities(motivation=(np.nan,) * 3), {}),
        (probabilities(incident=np.nan, privacy=0.5, economy=np.nan), {"privacy": 1.0}),
    ],
)
def test_doubt_is_the_bits_that_an_answer_would_tell(row, expected):
    (found,) = doubts(pd.DataFrame([row])).to_dict("records")
    assert found == pytest.approx(
        {"incident": 0.0, "motivation": 0.0, **dict.fromkeys(CODEBOOK.impacts, 0.0), **expected}
    )


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (probabilities(), ""),
        (probabilities(motivation=(0.38, 0.41, 0.11)), "motivation: criminal 0.41 against state-sponsored 0.38"),
        (probabilities(privacy=0.49, economy=0.1), "impact privacy 0.49; impact economy 0.10"),
        (probabilities(incident=0.5, privacy=0.4), "incident or not: 0.50; impact privacy 0.40"),
        (probabilities(motivation=(0.1, 0.2, 0.0)), "motivation: undetermined 0.70 against criminal 0.20"),
    ],
)
def test_a_reason_names_what_is_most_in_doubt(row, expected):
    assert reasons(pd.DataFrame([row])) == [expected]


# Choice


def test_the_uncertain_comes_before_the_certain(stub):
    texts = ["0.01 a bank lost money", "0.5 spies read mail", "0.2 vandals defaced a page", "1.0 a museum opened doors"]
    positions, scores = rank(texts, stub, 4)
    assert positions.tolist() == [1, 2, 0, 3]
    assert scores == pytest.approx([1.0, 0.722, 0.081, 0.0], abs=0.001)


def test_of_two_kinds_of_equal_doubt_both_are_chosen(stub):
    gang = [f"0.5 gang {word} encrypted hospital files ransom" for word in ("alpha", "beta", "gamma", "delta")]
    spies = [f"0.5 spies {word} diplomats mail ministry espionage" for word in ("alpha", "beta", "gamma", "delta")]
    positions, _ = rank([*gang, *spies], stub, 2)
    assert positions.tolist()[0] == 0
    assert positions[1] >= len(gang)


def test_doubt_outweighs_what_is_merely_different(stub):
    texts = [
        "0.5 gang encrypted hospital files",
        "0.4 gang encrypted city files",
        "0.0001 spies read the ministry's mail",
    ]
    assert rank(texts, stub, 2)[0].tolist() == [0, 1]


def test_of_equals_the_first_comes_first_and_copies_not_at_all(stub):
    long = "0.5 one two three four five six seven eight nine ten"
    texts = ["0.5 bank", "0.5 ministry", "0.5 bank", "0.5 BANK!", long, f"{long} eleven"]
    positions = rank(texts, stub, 10)[0].tolist()
    assert positions[0] == 0
    assert sorted(positions) == [0, 1, 4]


@pytest.mark.parametrize("n", [1, 3, 100])
def test_no_more_than_there_are(n, small_model):
    texts = [GANG, SPIES, RIDDLE]
    positions, scores = rank(texts, small_model, n)
    assert len(positions) == len(scores) == len(set(positions)) == min(n, 3)


def test_nothing_of_nothing(small_model):
    positions, scores = rank([], small_model, 5)
    assert (positions.tolist(), scores.tolist()) == ([], [])


@pytest.mark.parametrize("n", [0, -3])
def test_a_number_that_is_not_positive_is_one_sentence(n, small_model):
    with pytest.raises(CyberclassError, match=f"found {n} reports to suggest; expected 1 or more"):
        rank([GANG], small_model, n)


def test_one_string_is_no_list_of_texts(small_model):
    with pytest.raises(TypeError, match="put it in a list"):
        rank(GANG, small_model, 1)


def test_odd_texts_are_ranked_like_any(small_model):
    positions, scores = rank([*ODD, GANG], small_model, 10)
    assert sorted(positions) == sorted(set(positions))
    assert np.isfinite(scores).all()


def test_the_same_twice_and_whatever_the_model_has_read_between(small_model, small_frame):
    texts = texts_of(small_frame)[:60]
    first = rank(texts, small_model, 20)
    small_model.probabilities(["words never met before: zyxwv utsrq"])
    again = rank(texts, small_model, 20)
    np.testing.assert_array_equal(first, again)


def test_a_pool_of_copies_hides_nothing(stub):
    story = "0.5 one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    copies = [f"{story} {number} end" for number in range(50)]
    positions, _ = rank([*copies, "0.1 another kind of report"], stub, 2)
    assert positions.tolist() == [0, 50]


def test_a_shortlist_is_no_longer_than_asked():
    words = ["alpha", "beta", "gamma", "delta"]
    assert shortlist(words, np.array([1.0, 3.0, 2.0, 3.0]), 3).tolist() == [1, 3, 2]


@pytest.mark.parametrize(
    ("labels", "absent"),
    [
        ({"motivation": [None] * 40, "impact": [["privacy"], ["economy"]] * 20}, "motivation"),
        ({"motivation": ["criminal", "ideological"] * 20, "impact": [None] * 40}, "impact"),
    ],
)
def test_a_model_of_one_kind_of_label(labels, absent):
    texts = [f"{GANG if number % 2 else SPIES} number {number}" for number in range(40)]
    frame = pd.DataFrame({"is_incident": [True] * 40, **labels})
    model = IncidentClassifier(n_folds=2).fit(texts, frame)
    positions, scores = rank([GANG, SPIES, RIDDLE], model, 3)
    assert positions[0] == 2
    assert (scores > 0).all()
    assert not any(absent in reason for reason in reasons(model.probabilities([RIDDLE])))


# Files


@pytest.fixture
def pool(tmp_path):
    return put(tmp_path / "in.csv", [("a", GANG), ("b", ""), ("c", SPIES), ("d", RIDDLE), ("e", GANG)])


def test_the_users_columns_then_what_to_fill_in_then_what_the_model_says(pool, tmp_path, small_model):
    summary = suggest_reports(pool, tmp_path / "out.csv", small_model, 2)
    assert (summary.rows, summary.rejected, summary.suggested) == (5, 1, 2)
    rows = rows_of(tmp_path / "out.csv")
    assert list(rows[0])[:10] == [
        *HEADER,
        *("rank", "why", "is_incident", "motivation", "impact"),
        *("suggested_is_incident", "suggested_motivation", "suggested_impact"),
    ]
    assert [row["rank"] for row in rows] == ["1", "2"]
    assert {(row["is_incident"], row["motivation"], row["impact"]) for row in rows} == {("", "", "")}
    assert all(row["why"] for row in rows)
    texts = [GANG, SPIES, RIDDLE]
    assert [row["text"] for row in rows] == [texts[place] for place in rank(texts, small_model, 2)[0]]


@pytest.mark.parametrize("batch_size", [1, 7, 1000])
def test_batches_make_no_difference(batch_size, tmp_path, small_model, small_frame):
    texts = texts_of(small_frame)[:50]
    source = put(tmp_path / "in.csv", enumerate(texts))
    suggest_reports(source, tmp_path / "out.csv", small_model, 5, batch_size=batch_size)
    expected = rank(texts, small_model, 5)[0].tolist()
    assert [int(row["id"]) for row in rows_of(tmp_path / "out.csv")] == expected


def test_what_is_kept_has_a_bound(tmp_path, monkeypatch, small_model, small_frame):
    texts = texts_of(small_frame)
    source = put(tmp_path / "in.csv", enumerate(texts))
    sizes = []

    def watched(texts, bits, size):
        sizes.append((len(texts), size))
        return shortlist(texts, bits, size)

    monkeypatch.setattr("cyberclass.labelling.suggest.shortlist", watched)
    suggest_reports(source, tmp_path / "out.csv", small_model, 6, batch_size=50)
    assert sizes
    assert set(sizes) == {(2 * acquisition.CHOICE * 6, acquisition.CHOICE * 6)}
    # No two of these are nearly the same, so that what was let go would not have been chosen.
    assert [int(row["id"]) for row in rows_of(tmp_path / "out.csv")] == rank(texts, small_model, 6)[0].tolist()


@pytest.mark.parametrize(
    ("header", "row", "seen"),
    [
        (HEADER, ("a", GANG), GANG),
        (HEADER, ("a", GANG), GANG.upper().rstrip(".")),
        (("title", "text"), ("Hospital", GANG), GANG),
        (("title", "text"), ("Hospital", GANG), f"Hospital\n\n{GANG}"),
    ],
)
def test_what_the_model_was_trained_on_is_left_out(header, row, seen, tmp_path, small_model):
    source = put(tmp_path / "in.csv", [row, ("b", SPIES)], header)
    summary = suggest_reports(source, tmp_path / "out.csv", small_model, seen=frozenset({text_mark(seen)}))
    assert (summary.rows, summary.suggested) == (2, 1)
    assert [each["text"] for each in rows_of(tmp_path / "out.csv")] == [SPIES]


def fill_in(path, labels):
    """Write labels into the first rows, as a person does in a table, and drop the rest."""
    if path.suffix == ".xlsx":
        book = load_workbook(path)
        sheet = book.active
        columns = {cell.value: cell.column for cell in sheet[1]}
        for number, row in enumerate(labels, 2):
            for name, value in row.items():
                sheet.cell(number, columns[name], value)
        sheet.delete_rows(len(labels) + 2, sheet.max_row)
        book.save(path)
        return
    delimiter = "\t" if path.suffix == ".tsv" else ","
    frame = pd.read_csv(path, sep=delimiter, dtype=str, keep_default_na=False).iloc[: len(labels)]
    frame.assign(**pd.DataFrame(labels)).to_csv(path, sep=delimiter, index=False)


TABLES = {
    "plain": (("id", "text"), [("a", GANG), ("b", SPIES), ("c", RIDDLE)], None),
    "titles": (("id", "Headline", "Body"), [("a", "News", GANG), ("b", "", f"One\n\n{SPIES}"), ("c", "X", "")], None),
    "named": (("id", "words"), [("a", GANG), ("b", SPIES)], "words"),
    "named beside a text": (
        ("id", "Text", "title", "words"),
        [("a", "no", "T", GANG), ("b", "no", "", SPIES)],
        "words",
    ),
    "a title for a text": (("id", "headline"), [("a", GANG), ("b", SPIES)], "headline"),
    "names of ours": (("Motivation", "text", " IMPACT", "rank"), [("war", GANG, "bad", 1), ("?", SPIES, "", 2)], None),
}


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".xlsx"])
@pytest.mark.parametrize("name", TABLES)
def test_once_filled_in_it_is_read_as_labelled(name, ending, tmp_path, small_model):
    header, rows, text_column = TABLES[name]
    source = put(tmp_path / "in.csv", rows, header)
    (batch,) = read_reports(source, text_column)
    output = tmp_path / f"out{ending}"
    suggest_reports(source, output, small_model, text_column=text_column)
    labels = [
        {"is_incident": "true", "motivation": "criminal", "impact": "privacy;economy"},
        {"is_incident": "false", "motivation": "", "impact": ""},
    ]
    fill_in(output, labels)
    found = read_labelled([output])
    assert found["is_incident"].tolist() == [True, False]
    assert found["motivation"].tolist() == ["criminal", None]
    assert found["impact"].tolist() == [["economy", "privacy"], []]
    assert {text_mark(text) for text in texts_of(found)} <= {text_mark(text) for text in batch.texts}
    assert set(texts_of(found)) <= set(batch.texts)


def test_pages_bring_their_text_along(tmp_path, small_model):
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text(GANG, encoding="utf-8")
    (folder / "b.html").write_text(f"<title>Mail</title><body><p>{SPIES}</p></body>", encoding="utf-8")
    suggest_reports(folder, tmp_path / "out.csv", small_model)
    fill_in(tmp_path / "out.csv", [{"motivation": "criminal"}] * 2)
    (batch,) = read_reports(folder)
    assert set(texts_of(read_labelled([tmp_path / "out.csv"]))) == set(batch.texts)


def test_files_of_different_columns(tmp_path, small_model):
    put(tmp_path / "a.csv", [("a", GANG)])
    put(tmp_path / "b.csv", [(SPIES, "2020")], ("text", "date"))
    suggest_reports(str(tmp_path / "*.csv"), tmp_path / "out.jsonl", small_model)
    (batch,) = read_reports(tmp_path / "out.jsonl")
    assert set(batch.texts) == {GANG, SPIES}


@pytest.mark.parametrize(
    ("rows", "seen", "expected"),
    [
        ([], (), "found no reports; expected one a row"),
        ([("a", "")], (), "found nothing to suggest: of 1 reports 1 cannot be read"),
        ([("a", GANG), ("b", "")], (GANG,), "of 2 reports 1 cannot be read and the model was trained on the others"),
    ],
)
def test_nothing_to_suggest_is_one_sentence(rows, seen, expected, tmp_path, small_model):
    source = put(tmp_path / "in.csv", rows)
    with pytest.raises(ReportError, match=expected):
        suggest_reports(source, tmp_path / "out.csv", small_model, seen=frozenset(map(text_mark, seen)))
    assert not (tmp_path / "out.csv").exists()


def test_output_among_the_sources_is_one_sentence(pool, small_model):
    before = pool.read_bytes()
    with pytest.raises(ReportError, match="is among the files to read"):
        suggest_reports(pool, pool, small_model)
    assert pool.read_bytes() == before


def test_a_number_that_is_not_positive_is_told_before_reading(tmp_path, small_model):
    with pytest.raises(CyberclassError, match="expected 1 or more"):
        suggest_reports(tmp_path / "missing.csv", tmp_path / "out.csv", small_model, 0)


# The command


def test_the_command_leaves_out_what_the_model_has_seen(tmp_path, small_frame, small_model_folder, capsys):
    seen = texts_of(small_frame)[0]
    source = put(tmp_path / "in.csv", [("a", seen), ("b", GANG), ("c", "")])
    output = tmp_path / "out.csv"
    assert main(["suggest", str(source), "-n", "5", "-o", str(output), "--model", str(small_model_folder)]) == 0
    assert [row["id"] for row in rows_of(output)] == ["b"]
    assert capsys.readouterr().err.splitlines() == [
        "suggested 1 of 3 reports",
        "cyberclass: warning: set aside 1 that cannot be read",
    ]


def test_the_command_writes_to_a_pipe(pool, small_model_folder, capsysbinary):
    assert main(["suggest", str(pool), "-n", "1", "--model", str(small_model_folder)]) == 0
    assert capsysbinary.readouterr().out.startswith(b"id,text,rank,why,is_incident,motivation,impact,suggested_")


def test_the_command_says_when_a_model_does_not_tell_what_it_has_seen(pool, small_model_folder, monkeypatch, capsys):
    monkeypatch.setattr("cyberclass.model.store.seen_texts", lambda folder: None)
    assert main(["suggest", str(pool), "--model", str(small_model_folder)]) == 0
    assert "does not tell which reports it was trained on" in capsys.readouterr().err


def test_the_command_refuses_a_number_that_is_not_positive(pool, small_model_folder, capsys):
    assert main(["suggest", str(pool), "-n", "0", "--model", str(small_model_folder)]) == 1
    assert capsys.readouterr().err == "cyberclass: n: found 0 reports to suggest; expected 1 or more.\n"
