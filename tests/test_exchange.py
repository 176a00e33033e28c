"""Exports: what all formats share."""

import json
import sys
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from exported import ATTRIBUTED, exported, labelled, written
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cyberclass.cli import main
from cyberclass.errors import CyberclassError, ReportError
from cyberclass.exchange.export import export_labels
from cyberclass.exchange.extension import EXTENSION, SCHEMA, VERSION
from cyberclass.exchange.format import FORMATS
from cyberclass.exchange.incident import Incident
from cyberclass.exchange.likelihood import confidence_level, estimative_word, percent
from cyberclass.exchange.reading import read_incidents
from cyberclass.labelling.writers import open_writer

NOTICE = {"is_incident": False, "motivation": None, "impact": "", "title": "Patch your cranes"}

_ENCODED = "https://xn--ber-goa.example:8080/caf%C3%A9?q=%C3%BC#%C3%BC"

#: A user's own columns, or those of an earlier run, under the names that label has for its own.
TAKEN = {
    **ATTRIBUTED,
    "evidence": "a letter",
    "actors_unlisted": "Cozy Bear",
    "section": "Harbours",
    "p_motivation_criminal_input": 0.9,
    "p_impact_privacy_input": "high",
    "p_motivation_spite": 0.3,
}


def ending(to):
    return ".csv" if to == "eurepoc" else ".json"


def read(tmp_path, *rows):
    return [found for _, found in read_incidents(written(tmp_path / "labels.jsonl", *rows))]


@pytest.mark.parametrize("to", FORMATS)
def test_the_same_labels_give_the_same_bytes(tmp_path, to):
    rows = [labelled(**ATTRIBUTED), labelled(id="desk-8", actors="APT29;Akira", tlp="amber"), labelled(**NOTICE)]
    assert exported(tmp_path, to, *rows) == exported(tmp_path, to, *rows)


@pytest.mark.parametrize("to", FORMATS)
def test_rows_are_counted_by_what_became_of_them(tmp_path, to):
    rows = [labelled(), labelled(**NOTICE), labelled(), labelled(p_incident="very"), labelled(id="desk-8")]
    output = tmp_path / f"out{ending(to)}"
    summary = export_labels(written(tmp_path / "labels.jsonl", *rows), output, to)
    assert (summary.rows, summary.exported, summary.repeated, summary.not_incidents, summary.rejected) == (
        5,
        2,
        1,
        1,
        1,
    )
    assert summary.output == output
    assert summary.rejects.read_text() == (
        "row,reason\n4,p_incident: found 'very'; expected a probability from 0 to 1\n"
    )


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".parquet", ".xlsx"])
def test_every_table_that_label_writes_gives_the_same_export(tmp_path, suffix):
    rows = [labelled(**ATTRIBUTED), labelled(id="desk-8", **NOTICE)]
    expected = exported(tmp_path, "stix", *rows)
    source = tmp_path / f"labels{suffix}"
    with open_writer(source) as writer:
        writer.write(pd.DataFrame(rows).astype({"is_incident": bool, "truncated": bool}))
    export_labels(source, tmp_path / "out.json", "stix")
    assert (tmp_path / "out.json").read_text() == expected


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"is_incident": "maybe"}, "is_incident: found 'maybe'; expected true or false"),
        ({"is_incident": ""}, "is_incident: found ''; expected true or false"),
        ({"p_motivation_criminal": 1.5}, "p_motivation_criminal: found 1.5; expected a probability from 0 to 1"),
        ({"p_impact_privacy": "nan%"}, "p_impact_privacy: found 'nan%'; expected a probability from 0 to 1"),
        ({"tlp": "secret"}, "tlp: found 'secret'; expected clear, green, amber, amber+strict or red"),
        ({"title": "", "text": " ", "id": None}, "no title, no text and no id"),
    ],
)
def test_a_row_that_cannot_be_read_says_why(tmp_path, fields, reason):
    assert read(tmp_path, labelled(**fields)) == [reason]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {"date": "2025-04-01", "published": "2025-04-02"}),
        ({"date": "1.4.2025", "published": "2 April 2025"}, {"date": "2025-04-01", "published": "2025-04-02"}),
        ({"date": "2025-04", "published": "2025"}, {"date": "2025-04", "published": "2025"}),
        ({"date": "2025-04-01T08:30:00+02:00", "published": "-"}, {"date": "2025-04-01", "published": ""}),
        ({"date": "Mon, 31 Mar 2025 10:00:00 GMT"}, {"date": "2025-03-31"}),
        ({"date": "31 Mar 2025 23:30 -0800"}, {"date": "2025-03-31"}),
        ({"date": "Mon, 31 mar 25 10:00:00"}, {"date": "2025-03-31"}),
        ({"date": "31 Mar 2025"}, {"date": "2025-03-31"}),
        ({"date": "Mar 31, 2025"}, {"date": "2025-03-31"}),
        ({"date": "2025/03/31"}, {"date": "2025-03-31"}),
        ({"date": "2025-04-01", "published": "2 April 2025"}, {"has_unread_date": False}),
        ({"date": "soon"}, {"date": "", "published": "2025-04-02", "has_unread_date": True}),
        ({"published": "2025-02-30"}, {"date": "2025-04-01", "published": "", "has_unread_date": True}),
        ({"date": "31/03/2025"}, {"date": "", "has_unread_date": True}),
        ({"date": "Mon, 31 Feb 2025 10:00:00 GMT"}, {"date": "", "has_unread_date": True}),
        ({"date": "31 Mar 2025 10:00 +9999"}, {"date": "", "has_unread_date": True}),
        ({"url": "javascript:alert(1)"}, {"url": ""}),
        ({"url": "https://\u00fcber.example:8080/caf\u00e9?q=\u00fc#\u00fc"}, {"url": _ENCODED}),
        (
            {"url": "https://news.example/a%20b%zz{c}[d]?q=[1]"},
            {"url": "https://news.example/a%20b%25zz%7Bc%7D%5Bd%5D?q=%5B1%5D"},
        ),
        ({"url": "https://\u00fc@news.example/"}, {"url": ""}),
        ({"url": "https://" + "\u00fc" * 70 + ".example/"}, {"url": ""}),
        ({"url": "https://news.example:x/"}, {"url": ""}),
        ({"url": "https://ne|ws.example/"}, {"url": ""}),
        ({"url": "https://"}, {"url": ""}),
        ({"url": "https://news.example/a b"}, {"url": ""}),
        ({"url": "http://[news"}, {"url": ""}),
        ({"tlp": "TLP:WHITE"}, {"tlp": "clear"}),
        ({"tlp": "Amber+Strict"}, {"tlp": "amber+strict"}),
        ({"impact": ""}, {"impact": ()}),
        ({"impact": "privacy; economy;privacy;"}, {"impact": ("privacy", "economy")}),
        ({"motivation": ""}, {"motivation": None}),
        ({"actors": None}, {"actors": ()}),
        ({"p_incident": None, "p_motivation_criminal": ""}, {"p_incident": None}),
        ({"title": "Caf\u00c3\u00a9\u0000 in\u200b Aldery\ud800"}, {"title": "Caf\u00e9 in\u200b Aldery\ufffd"}),
        ({"evidence": [{"label": "criminal", "start": 3}]}, {"evidence": '[{"label": "criminal", "start": 3}]'}),
    ],
)
def test_a_cell_is_read_as(tmp_path, fields, expected):
    (incident,) = read(tmp_path, labelled(**fields))
    assert {name: getattr(incident, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("actors", "attributed", "stance", "culprits"),
    [
        ("APT29", "APT29", "confirmed", ("APT29",)),
        ("APT29", "Cozy Bear", "suspected", ("APT29",)),
        ("APT29;Akira", "Akira", "claimed", ("Akira",)),
        ("APT29", "APT29", "denied", ()),
        ("APT29", "APT29", "unknown", ()),
        ("APT29", "APT29", "", ()),
        ("APT29", "Russia", "confirmed", ()),
        ("APT29", "", "confirmed", ()),
        ("", "APT29", "confirmed", ()),
        ("APT37", "Reaper", "assessed", ("APT37",)),
        ("APT37;Akira", "Akira; Reaper", "assessed", ("APT37", "Akira")),
    ],
)
def test_only_whom_the_text_both_names_and_holds_responsible_is_a_culprit(
    tmp_path, actors, attributed, stance, culprits
):
    row = labelled(actors=actors, attribution_actor=attributed, attribution_stance=stance)
    assert read(tmp_path, row)[0].culprits == culprits


@pytest.mark.parametrize(
    ("unlisted", "attributed", "stance", "culprits"),
    [
        ("Grey Heron", "Grey Heron", "claimed", ("Grey Heron",)),
        ("Red Stork;GREY HERON", "Grey Heron", "confirmed", ("GREY HERON",)),
        ("Grey Heron", "the Grey Heron gang", "confirmed", ()),
        ("Grey Heron", "Grey Heron", "denied", ()),
        ("", "Grey Heron", "confirmed", ()),
        ("Grey Heron", "", "confirmed", ()),
    ],
)
def test_a_name_that_no_table_has_is_a_culprit_if_the_text_says_just_that(
    tmp_path, unlisted, attributed, stance, culprits
):
    row = labelled(actors_unlisted=unlisted, attribution_actor=attributed, attribution_stance=stance)
    (incident,) = read(tmp_path, row)
    assert (incident.culprits, incident.all_actors) == (culprits, ("APT29", *culprits))


@pytest.mark.parametrize("to", FORMATS)
def test_a_name_that_no_table_has_is_in_every_format(tmp_path, to):
    fields = {"actors": "", "actors_unlisted": "Grey Heron", "attribution_actor": "grey heron"}
    assert "Grey Heron" in exported(tmp_path, to, labelled(**fields, attribution_stance="claimed"))


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".json", ".parquet", ".xlsx"])
def test_a_label_is_what_stands_right_of_the_user_s_columns(tmp_path, suffix):
    source = tmp_path / f"labels{suffix}"
    row = {**TAKEN, **labelled()}
    if suffix == ".json":
        source.write_text(json.dumps([row]))
    else:
        with open_writer(source) as writer:
            writer.write(pd.DataFrame([row]))
    assert [found for _, found in read_incidents(source)] == read(tmp_path, labelled())


def test_a_user_s_column_that_only_some_objects_have_is_no_label(tmp_path):
    given = read(tmp_path, labelled(), {**TAKEN, **labelled()}, labelled())
    assert given == read(tmp_path, labelled()) * 3


def test_labels_of_labels_are_those_of_the_last_run(tmp_path, capsys):
    own = ["attribution_actor", "attribution_stance", "evidence", "motivation_source"]
    (tmp_path / "reports.csv").write_text(
        f"text,published,{','.join(own)}\n"
        "A ransomware gang encrypted the servers of the tram company.,2025-03-01,Akira,confirmed,mine,mine\n"
    )
    names = ["reports.csv", "once.csv", "twice.csv"]
    options = [["--attribution"], []]
    for source, output, asked in zip(names, names[1:], options, strict=False):
        assert main(["label", str(tmp_path / source), "-o", str(tmp_path / output), *asked]) == 0
    (once,), (twice,) = ([found for _, found in read_incidents(tmp_path / name)] for name in names[1:])
    assert (twice.p_motivations, twice.p_impacts) == (once.p_motivations, once.p_impacts)
    assert sum(twice.p_motivations.values()) == pytest.approx(1, abs=1e-3)
    assert not any(name in {"evidence", *own} for name in twice.labels())
    assert once.attribution.actor != "Akira"


def sections(name, *numbers, **fields):
    for number in numbers:
        row = labelled(id=name, **fields)
        place = list(row).index("is_incident")
        items = [*row.items()]
        yield dict([*items[:place], ("section", number), ("section_text", f"Text {number}"), *items[place:]])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([*sections("a", 1)], [("a", "T", "Text 1")]),
        ([*sections("a", 1, 2)], [("a#1", "T (section 1)", "Text 1"), ("a#2", "T (section 2)", "Text 2")]),
        ([*sections("a", 1), *sections("b", 1)], [("a", "T", "Text 1"), ("b", "T", "Text 1")]),
        ([*sections("a", 3)], [("a#3", "T (section 3)", "Text 3")]),
        ([*sections("a", "x")], [("a", "T", "Text x")]),
        ([{"section": 2, **labelled(id="a", text="Own")}], [("a", "T", "Own")]),
        ([{"section": 2, "section_text": "No", **labelled(id="a", text="Own")}], [("a", "T", "Own")]),
    ],
)
def test_a_section_is_an_incident_of_its_own(tmp_path, rows, expected):
    found = read(tmp_path, *(row | {"title": "T"} for row in rows))
    assert [(each.id, each.title, each.text) for each in found] == expected


@pytest.mark.parametrize(
    ("probability", "points", "word", "level"),
    [
        (0.0, 0, "almost-no-chance", "Low"),
        (0.049, 5, "almost-no-chance", "Low"),
        (0.05, 5, "very-unlikely", "Low"),
        (0.29, 29, "unlikely", "Low"),
        (0.30, 30, "unlikely", "Medium"),
        (0.5, 50, "roughly-even-chance", "Medium"),
        (0.55, 55, "likely", "Medium"),
        (0.69, 69, "likely", "Medium"),
        (0.70, 70, "likely", "High"),
        (0.8, 80, "very-likely", "High"),
        (0.95, 95, "almost-certain", "High"),
        (1.0, 100, "almost-certain", "High"),
    ],
)
def test_a_probability_in_the_words_of_others(probability, points, word, level):
    assert (percent(probability), estimative_word(probability), confidence_level(probability)) == (points, word, level)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("A  title", "A text", "A title"),
        ("", "A text\n\nof two lines", "A text of two lines"),
        ("word " * 40, "", f"{'word ' * 22}word..."),
        ("x" * 200, "", f"{'x' * 117}..."),
        ("", "", "desk-7"),
    ],
)
def test_a_headline_is_one_short_line(title, text, expected):
    assert Incident("criminal", title=title, text=text, id="desk-7").headline == expected


@pytest.mark.parametrize("to", FORMATS)
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "found an empty file"),
        ("id,is_incident,motivation,impact,date\n", "found no rows"),
        ("id,text,date\n1,some text,2025\n", "found no column 'is_incident' among 'id', 'text', 'date'"),
        ("id,date,is_incident,motivation,impact\n1,2025,false,,\n", "none of 1 rows is an incident"),
        ("id,date,is_incident,motivation,impact\n1,2025,perhaps,,\n", "1 of 1 rows were set aside; the reasons are in"),
    ],
)
def test_a_file_with_nothing_to_export_says_so(tmp_path, to, content, sentence):
    (tmp_path / "labels.csv").write_text(content)
    output = tmp_path / f"out{ending(to)}"
    with pytest.raises(ReportError, match=sentence) as told:
        export_labels(tmp_path / "labels.csv", output, to)
    assert str(told.value).startswith(str(tmp_path / "labels.csv"))
    assert "\n" not in str(told.value)
    assert not output.exists()


@pytest.mark.parametrize("to", ["stix", "veris"])
def test_a_format_that_needs_a_date_says_so_of_a_file_without_one(tmp_path, to):
    with pytest.raises(ReportError, match=r"found no column of a date among 'id', 'title', .*; expected published, "):
        exported(tmp_path, to, labelled(date=None, published=None))


@pytest.mark.parametrize("to", ["misp", "eurepoc"])
def test_a_format_that_needs_no_date_does_without(tmp_path, to):
    assert exported(tmp_path, to, labelled(date=None, published=None))


@pytest.mark.parametrize("to", FORMATS)
def test_a_motivation_of_another_taxonomy_is_exported_and_counted_where_there_is_no_word_for_it(tmp_path, to):
    row = labelled(**{"motivation": 'spite "sheer"', 'p_motivation_spite "sheer"': 0.7})
    source = written(tmp_path / "labels.jsonl", row, labelled())
    summary = export_labels(source, tmp_path / f"out{ending(to)}", to)
    assert (summary.exported, summary.without_motivation) == (2, 0 if to == "stix" else 1)
    assert "spite" in (tmp_path / f"out{ending(to)}").read_text()


@pytest.mark.parametrize("to", FORMATS)
def test_a_row_that_repeats_another_is_counted_once(tmp_path, to):
    rows = [labelled(motivation="spite", p_incident=None, p_motivation_spite=0.5)] * 2
    unread = [labelled(motivation="undetermined", p_incident=None)] * 2
    summary = export_labels(written(tmp_path / "labels.jsonl", *rows, *unread), tmp_path / f"out{ending(to)}", to)
    found = summary.exported, summary.repeated, summary.without_motivation, summary.unread
    assert found == (2, 2, 0 if to == "stix" else 1, 1)


@pytest.mark.parametrize(
    ("to", "counts"), [("stix", (1, 1, 0)), ("veris", (1, 1, 0)), ("misp", (2, 0, 1)), ("eurepoc", (2, 0, 1))]
)
def test_a_date_that_cannot_be_read_sets_aside_only_where_one_is_needed(tmp_path, to, counts):
    rows = [labelled(), labelled(id="desk-8", date="31/03/2025")]
    summary = export_labels(written(tmp_path / "labels.jsonl", *rows), tmp_path / f"out{ending(to)}", to)
    assert (summary.exported, summary.rejected, summary.without_date) == counts
    if summary.rejects:
        assert "date: found '31/03/2025'; expected a date such as 2025-03-31" in summary.rejects.read_text()


@pytest.mark.parametrize("to", FORMATS)
def test_a_model_without_motivations_is_exported(tmp_path, to):
    row = {name: value for name, value in labelled(motivation="").items() if not name.startswith("p_motivation")}
    assert exported(tmp_path, to, row)


@pytest.mark.parametrize("to", FORMATS)
def test_a_failure_leaves_what_was_there(tmp_path, to, monkeypatch):
    output = tmp_path / f"out{ending(to)}"
    output.write_text("of yesterday")
    module, kind = FORMATS[to]

    def fail(*_):
        raise ReportError("the disk is full")

    source = written(tmp_path / "labels.jsonl", *(labelled(id=str(n)) for n in range(3)))
    monkeypatch.setattr(f"{module}.{kind}.rows", fail)
    with pytest.raises(ReportError, match="the disk is full"):
        export_labels(source, output, to)
    assert output.read_text() == "of yesterday"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["labels.jsonl", output.name]


def test_rejects_of_an_earlier_run_go(tmp_path):
    (tmp_path / "exported.json.rejects.csv").write_text("row,reason\n")
    exported(tmp_path, "stix", labelled())
    assert not (tmp_path / "exported.json.rejects.csv").exists()


@pytest.mark.parametrize(("to", "library"), [("stix", "stix2"), ("misp", "pymisp")])
def test_a_library_that_is_missing_is_named(tmp_path, to, library, monkeypatch):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(CyberclassError, match=rf"needs {library}; .* pip install 'cyberclass\[exchange\]'\.$"):
        exported(tmp_path, to, labelled())


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--to", "pdf", "-o", "out.json"], 2, "found the format 'pdf'; expected one of stix, misp, veris, eurepoc."),
        (["--to", "stix", "-o", "out.csv"], 2, "out.csv: found the ending '.csv'; expected .json for a STIX bundle."),
        (["--to", "eurepoc", "-o", "out.json"], 2, "expected .csv for a table in EuRepoC's coding."),
        (["-o", "out.json"], 2, "--to"),
        (["--to", "stix", "-o", "nowhere/out.json"], 1, "nowhere/out.json: cannot be written"),
        (["--to", "eurepoc", "-o", "nowhere/out.csv"], 1, "nowhere/out.csv: cannot be written"),
        (["--to", "stix", "-o", "gone.json"], 0, "exported 1 of 1 rows"),
    ],
)
def test_the_command_tells(tmp_path, monkeypatch, capsys, arguments, code, told):
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "labels.jsonl", labelled())
    try:
        found = main(["export", "labels.jsonl", *arguments])
    except SystemExit as stopped:
        found = stopped.code
    assert found == code
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (".", ".: found a folder; expected one file of labels: name a file of it, or let label write a single one."),
        ("-", "-: found standard input; expected a file of labels, whose ending tells its format."),
    ],
)
def test_a_source_that_is_no_file_is_one_sentence(tmp_path, monkeypatch, capsys, source, told):
    monkeypatch.chdir(tmp_path)
    assert main(["export", source, "--to", "veris", "-o", "out.json"]) == 1
    assert capsys.readouterr().err == f"cyberclass: {told}\n"
    assert not list(tmp_path.iterdir())


def test_the_command_never_writes_over_what_it_reads(tmp_path, capsys):
    source = tmp_path / "labels.json"
    source.write_text(json.dumps([labelled()]))
    assert main(["export", str(source), "--to", "stix", "-o", str(source)]) == 1
    assert "is among the files to read" in capsys.readouterr().err


def test_the_command_says_what_it_left_out(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    rows = [labelled(), labelled(), labelled(**NOTICE), labelled(date="soon"), labelled(motivation="spite")]
    written(tmp_path / "labels.jsonl", *rows)
    assert main(["export", "labels.jsonl", "--to", "veris", "-o", "out.json"]) == 0
    told = capsys.readouterr().err
    assert "exported 2 of 5 rows" in told
    assert "left out 1 not incidents, 1 the same as an earlier one" in told
    assert "warning: set aside 1 rows; the reasons are in out.json.rejects.csv" in told
    assert "warning: 1 motivations are no labels of the codebook" in told


def test_the_command_says_what_incidents_lack(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "labels.jsonl", labelled(date="soon"), labelled(motivation="undetermined", p_incident=None))
    assert main(["export", "labels.jsonl", "--to", "misp", "-o", "out.json"]) == 0
    told = capsys.readouterr().err
    assert "s, 1 of them texts that the model could not read\n" in told
    assert "warning: 1 incidents have a date that could not be read, which is left out" in told


def test_standard_output_gets_the_file_alone(tmp_path, capfdbinary):
    source = written(tmp_path / "labels.jsonl", labelled())
    assert main(["export", str(source), "--to", "veris", "-o", "-"]) == 0
    assert len(json.loads(capfdbinary.readouterr().out)) == 1


def test_labels_go_from_the_model_to_every_format(tmp_path, capsys):
    (tmp_path / "reports.csv").write_text(
        "headline,published,text\n"
        "Trams stop,2025-03-01,A ransomware gang encrypted the servers of the tram company and demands two million.\n"
    )
    assert main(["label", str(tmp_path / "reports.csv"), "-o", str(tmp_path / "labels.parquet")]) == 0
    for to in FORMATS:
        output = tmp_path / f"out{ending(to)}"
        assert main(["export", str(tmp_path / "labels.parquet"), "--to", to, "-o", str(output)]) == 0
        assert "criminal" in output.read_text()


def test_the_documentation_names_the_extension_and_all_its_properties():
    text = (Path(__file__).parents[1] / "docs" / "exchange.md").read_text(encoding="utf-8")
    assert f"`{EXTENSION}`, version {VERSION}" in text
    assert [name for name in SCHEMA["properties"] if f"`{name}`" not in text] == ["extension_type"]


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3000, 3000),
    st.floats(allow_nan=False),
    st.text(max_size=12),
    st.sampled_from(["[[", "['a', 2]", "9999-12-31", "0001-01-01", "TLP:", "http://[", "nan", "1e309", "\ud800", ";;"]),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
COLUMNS = [*labelled(**ATTRIBUTED), "sector", "tlp", "evidence", "receiver_category", "p_motivation_", "P_IMPACT_x"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from(COLUMNS), VALUES, max_size=4), min_size=1, max_size=3))
@pytest.mark.parametrize("to", FORMATS)
def test_whatever_the_cells_hold_an_export_is_whole_or_an_error_of_ours(tmp_path, to, rows):
    with suppress(CyberclassError):
        text = exported(tmp_path, to, *(labelled() | row for row in rows))
        assert to == "eurepoc" or json.loads(text)
