"""Reports through a model into a file; the model is a stub, so that every label is known."""

import csv
import hashlib
import json

import pandas as pd
import pytest

from cyberclass.errors import ReportError
from cyberclass.labelling.label import label_reports
from cyberclass.labelling.writers import ENDINGS
from cyberclass.text.readers import read_reports

LABELS = [
    "is_incident",
    "motivation",
    "motivation_confidence",
    "impact",
    "actors",
    "p_incident",
    "model",
    "text_sha256",
]


class Stub:
    """Labels by words; raises at the word "stop"."""

    def __init__(self, error=KeyboardInterrupt):
        self.error = error
        self.sizes = []

    def label(self, texts):
        self.sizes.append(len(texts))
        if any("stop" in text for text in texts):
            raise self.error
        incident = ["guide" not in text for text in texts]
        motivation = ["criminal" if "ransom" in text else "undetermined" for text in texts]
        return pd.DataFrame(
            {
                "is_incident": incident,
                "motivation": [name if yes else "none" for name, yes in zip(motivation, incident, strict=True)],
                "motivation_confidence": 0.5,
                "impact": ["economy;privacy" if "ransom" in text else "" for text in texts],
                "actors": "",
                "p_incident": 0.75,
                "model": "stub",
                "text_sha256": [hashlib.sha256(text.encode()).hexdigest() for text in texts],
            }
        )


def put(path, *rows, header="id,text"):
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def rows_of(path) -> list[dict]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def files_in(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("output", ["out.csv", "out/"])
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"jobs": 0}, "jobs: found 0; expected the number of processes, 1 or more."),
        ({"jobs": -1}, "jobs: found -1; expected the number of processes, 1 or more."),
        ({"batch_size": 0}, "batch_size: found 0; expected 1 or more reports a batch."),
    ],
)
def test_numbers_below_one_are_refused(tmp_path, options, expected, output):
    source = put(tmp_path / "in.csv", "1,ransom paid")
    with pytest.raises(ReportError) as error:
        label_reports(source, f"{tmp_path}/{output}", Stub(), **options)
    assert str(error.value) == expected


@pytest.mark.parametrize(("batch_size", "sizes"), [(1, [1, 1, 1]), (2, [1, 2]), (1000, [3])])
def test_rows_with_labels_beside_them(tmp_path, batch_size, sizes):
    source = put(tmp_path / "in.csv", "1,ransom paid", "2,", "3,leak", "4,guide to backups")
    model = Stub()
    seen = []
    summary = label_reports(
        source, tmp_path / "out.csv", model, batch_size=batch_size, progress=lambda *step: seen.append(step)
    )
    assert model.sizes == sizes
    rows = rows_of(tmp_path / "out.csv")
    assert list(rows[0]) == ["id", "text", *LABELS]
    assert [(row["id"], row["is_incident"], row["motivation"], row["impact"]) for row in rows] == [
        ("1", "true", "criminal", "economy;privacy"),
        ("3", "true", "undetermined", ""),
        ("4", "false", "none", ""),
    ]
    assert rows[0]["text_sha256"] == hashlib.sha256(b"ransom paid").hexdigest()
    assert rows_of(tmp_path / "out.csv.rejects.csv") == [{"row": "2", "reason": "no text"}]
    assert (summary.rows, summary.labelled, summary.undetermined) == (4, 1, 1)
    assert (summary.not_incidents, summary.rejected) == (1, 1)
    assert summary.motivations == {"criminal": 1}
    assert summary.impacts == {"economy": 1, "privacy": 1}
    assert summary.output == tmp_path / "out.csv"
    assert summary.rejects == tmp_path / "out.csv.rejects.csv"
    assert summary.seconds > 0
    assert seen[-1] == (4, 1.0)
    assert files_in(tmp_path) == ["in.csv", "out.csv", "out.csv.rejects.csv"]


def test_rejects_of_an_earlier_run_go(tmp_path):
    source = put(tmp_path / "in.csv", "1,leak")
    (tmp_path / "out.csv.rejects.csv").write_text("old")
    assert label_reports(source, tmp_path / "out.csv", Stub()).rejects is None
    assert files_in(tmp_path) == ["in.csv", "out.csv"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize("ending", ENDINGS)
def test_an_interrupted_run_changes_nothing(tmp_path, error, ending):
    source = put(tmp_path / "in.csv", "1,leak", "2,", "3,stop")
    output = tmp_path / f"out{ending}"
    rejects = tmp_path / f"out{ending}.rejects.csv"
    for path in (output, rejects):
        path.write_text("old")
    with pytest.raises(error):
        label_reports(source, output, Stub(error), batch_size=1)
    assert output.read_text() == rejects.read_text() == "old"
    assert files_in(tmp_path) == sorted(["in.csv", output.name, rejects.name])


def test_a_source_damaged_midway_changes_nothing(tmp_path):
    put(tmp_path / "a.csv", "1,leak")
    put(tmp_path / "b.csv", "1,leak", header="id,words")
    (tmp_path / "out.jsonl").write_text("old")
    with pytest.raises(ReportError, match="no column of text"):
        label_reports(str(tmp_path / "*.csv"), tmp_path / "out.jsonl", Stub())
    assert (tmp_path / "out.jsonl").read_text() == "old"
    assert files_in(tmp_path) == ["a.csv", "b.csv", "out.jsonl"]


@pytest.mark.parametrize(
    ("rows", "expected", "rejects"),
    [
        ([], "nothing could be labelled: found no reports", None),
        (["1,", "2"], "nothing could be labelled: each of 2 reports was set aside; the reasons are in", ["1", "2"]),
    ],
)
def test_nothing_to_label_is_one_sentence(tmp_path, rows, expected, rejects):
    source = put(tmp_path / "in.csv", *rows)
    with pytest.raises(ReportError, match=expected):
        label_reports(source, tmp_path / "out.csv", Stub())
    assert not (tmp_path / "out.csv").exists()
    if rejects is None:
        assert files_in(tmp_path) == ["in.csv"]
    else:
        assert [row["row"] for row in rows_of(tmp_path / "out.csv.rejects.csv")] == rejects


@pytest.mark.parametrize(
    ("source", "output"),
    [("in.csv", "in.csv"), ("in.csv", "sub/../in.csv"), ("*.csv", "in.csv"), ("in.csv.rejects.csv", "in.csv")],
)
def test_output_among_the_sources_is_one_sentence(tmp_path, source, output):
    (tmp_path / "sub").mkdir()
    put(tmp_path / "in.csv", "1,leak")
    put(tmp_path / "in.csv.rejects.csv", "1,leak")
    before = (tmp_path / "in.csv").read_text()
    with pytest.raises(ReportError, match="is among the files to read"):
        label_reports(f"{tmp_path}/{source}", tmp_path / output, Stub())
    assert (tmp_path / "in.csv").read_text() == before


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("model,text", ["model_input", "text"]),
        ("text,impact", ["text", "impact_input"]),
        ("impact_input,text,impact", ["impact_input", "text", "impact_input_input"]),
        ("text,model_input", ["text", "model_input"]),
        ("Impact,text", ["Impact_input", "text"]),
    ],
)
def test_a_users_column_of_our_name_is_kept(tmp_path, header, expected):
    values = ["leak"] * len(expected)
    source = put(tmp_path / "in.csv", ",".join(values), header=header)
    label_reports(source, tmp_path / "out.csv", Stub())
    (row,) = rows_of(tmp_path / "out.csv")
    assert list(row) == [*expected, *LABELS]
    assert [row[name] for name in expected] == values
    assert row["model"] == "stub"


@pytest.mark.parametrize("ending_in", [".csv", ".jsonl", ".parquet", ".xlsx", ".json"])
@pytest.mark.parametrize("ending_out", ENDINGS)
def test_every_format_in_and_out(tmp_path, ending_in, ending_out):
    frame = pd.DataFrame({"id": ["007", "008"], "text": ["ransom “paid”", "guide\nto"]})
    source = tmp_path / f"in{ending_in}"
    if ending_in == ".csv":
        frame.to_csv(source, index=False)
    elif ending_in == ".parquet":
        frame.to_parquet(source)
    elif ending_in == ".xlsx":
        frame.to_excel(source, index=False)
    else:
        frame.to_json(source, orient="records", lines=ending_in == ".jsonl")
    summary = label_reports(source, tmp_path / f"out{ending_out}", Stub(), batch_size=1)
    assert (summary.labelled, summary.not_incidents) == (1, 1)
    batches = list(read_reports(tmp_path / f"out{ending_out}"))
    (batch,) = batches
    assert list(batch.frame.columns) == ["id", "text", *LABELS]
    assert batch.frame["id"].tolist() == ["007", "008"]
    assert batch.texts == ["ransom “paid”", "guide\nto"]
    assert [str(value).lower() for value in batch.frame["is_incident"]] == ["true", "false"]
    assert [float(value) for value in batch.frame["p_incident"]] == [0.75, 0.75]


def test_json_objects_keep_their_own_keys(tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "leak", "a": null}\n{"b": [1], "text": "leak"}\n', encoding="utf-8")
    label_reports(source, tmp_path / "out.jsonl", Stub())
    first, second = map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())
    assert list(first) == ["text", "a", *LABELS]
    assert first["a"] is None
    assert second["b"] == [1]
    assert "a" not in second


def test_a_folder_of_pages(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text("ransom", encoding="utf-8")
    (folder / "b.txt").write_text("", encoding="utf-8")
    summary = label_reports(folder, tmp_path / "out.csv", Stub())
    assert (summary.labelled, summary.rejected) == (1, 1)
    assert rows_of(tmp_path / "out.csv")[0]["file"] == "a.txt"
    assert rows_of(tmp_path / "out.csv.rejects.csv")[0]["row"] == "b.txt"


def test_standard_output(tmp_path, capsysbinary):
    source = put(tmp_path / "in.csv", "1,leak", "2,")
    summary = label_reports(source, "-", Stub())
    assert capsysbinary.readouterr().out.startswith(b"id,text,is_incident")
    assert (summary.output, summary.rejects, summary.rejected) == (None, None, 1)
    assert files_in(tmp_path) == ["in.csv"]


def test_labels_that_do_not_fit_the_texts_are_refused(tmp_path):
    class Short(Stub):
        def label(self, texts):
            return super().label(texts)[1:]

    with pytest.raises(ValueError, match="1 rows of labels for 2 texts"):
        label_reports(put(tmp_path / "in.csv", "1,leak", "2,leak"), tmp_path / "out.csv", Short())
    assert files_in(tmp_path) == ["in.csv"]


def test_sections_of_roundups_are_rows_of_their_own(tmp_path):
    roundup = "\n\n".join(
        f"## {place}\n\nHackers attacked the {place} hospital in {place} and stole data of patients."
        for place in ("Aldery", "Borvik", "Carlow")
    )
    source = tmp_path / "in.csv"
    pd.DataFrame({"id": [7, 8], "section": ["a", "b"], "text": ["One gang locked files.", roundup]}).to_csv(source)
    summary = label_reports(source, tmp_path / "out.csv", Stub(), by_section=True)
    found = pd.read_csv(tmp_path / "out.csv")
    assert summary.rows == len(found) == 4
    assert found[["id", "section_input", "section"]].to_numpy().tolist() == [
        [7, "a", 1],
        [8, "b", 1],
        [8, "b", 2],
        [8, "b", 3],
    ]
    assert found["section_text"].tolist() == [
        "One gang locked files.",
        *roundup.replace("\n\n##", "\n\n\0##").split("\n\n\0"),
    ]
    assert found.columns.tolist().index("section_text") == found.columns.tolist().index("section") + 1
    assert found.columns.tolist().index("section_text") < found.columns.tolist().index("is_incident")
