"""cyberclass explain: the terminal, the page and the JSON; the page is opened in a browser if there is one."""

import html
import json
import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.console import Console

from cyberclass.cli import main
from cyberclass.labelling import reasons
from cyberclass.model import explanation_page
from cyberclass.model.explanation_page import verdict_of
from cyberclass.text.attribution import Attribution

GANG = (
    "Trams stand still in Mirefeld\n\nThe LockBit gang encrypted the depot's files, police said. It wants a ransom of "
    "30 bitcoin, or it will publish the drivers' home addresses. No state-sponsored group is suspected."
)
HOSTILE = "<script>document.title = 'taken'</script><img src=x onerror=alert(1)> \"'&{{ 7 * 7 }} \u202e</style>"
GERMAN = "Die Stadtwerke melden, dass Unbekannte in der Nacht die Rechner der Verwaltung verschl\u00fcsselt haben."
BROKEN = "caf\u00c3\u00a9 hackers \u2014 gang\u00e2\u20ac\u2122s ransom."
CAKE = "Recipe for plum cake: stone the plums, stir the dough, and bake it for an hour."

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture
def model(small_model_folder):
    return ["--model", str(small_model_folder)]


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text(GANG, encoding="utf-8")
    return path


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "reports.csv"
    path.write_text(f'id,title,text\n1,,\n2,Trams,"{GANG}"\n3,,"{CAKE}"\n', encoding="utf-8")
    return path


# The page.


def test_a_page_is_the_same_each_time_and_needs_nothing_from_elsewhere(small_model):
    page = small_model.explain(GANG).to_html("report.txt")
    assert page == small_model.explain(GANG).to_html("report.txt")
    assert "default-src 'none'" in page
    assert not re.search(r"<script|<link|@import|src=|url\(|https?:", page)


def test_a_page_escapes_all_that_is_not_its_own(small_model):
    page = small_model.explain(f"{GANG} {HOSTILE}").to_html(HOSTILE)
    assert not re.search(r"<script|<img", page)
    assert "{{ 7 * 7 }}" in html.unescape(page)
    assert page.count("</style>") == 2


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from([*GANG.split(), *BROKEN.split(), "\x85", ". A"])).map(" ".join)))
@example(GANG)
@example(f"{GANG}\n{HOSTILE}")
@example(BROKEN)
def test_the_text_stands_on_the_page_as_it_was_given(small_model, text):
    page = small_model.explain(text).to_html()
    (shown,) = re.findall(r'<div class="text"[^>]*>(.*?)</div>', page, re.DOTALL)
    assert html.unescape(re.sub("</?(?:mark|span)[^>]*>", "", shown)) == text
    assert shown.count("<span") == shown.count("</span>")


def test_words_are_marked_by_what_they_add_to_each_label(small_model):
    found = small_model.explain(GANG)
    page = found.to_html()
    number = found.outputs.index("criminal")
    style = re.search(r'<mark style="([^"]*)">ransom</mark>', page)[1]
    weights = dict(each.split(":") for each in style.split(";"))
    assert float(weights[f"--o{number}"]) > 0
    assert float(weights["--o1"]) < 0
    assert f'id="o{number}" autocomplete="off" checked>' in page


def test_the_strongest_words_alone_are_marked_where_there_are_too_many(small_model, monkeypatch):
    monkeypatch.setattr(explanation_page, "MOST_MARKED", 5)
    page = small_model.explain(GANG).to_html()
    (shown,) = re.findall(r'<div class="text"[^>]*>(.*?)</div>', page, re.DOTALL)
    assert shown.count("<mark") == 5
    assert "The 5 strongest words are marked" in page


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GERMAN, "This text is in another language (de)"),
        ("", "No incident"),
        (GANG, "Criminal ("),
    ],
)
def test_a_page_begins_with_the_verdict(small_model, text, says):
    page = small_model.explain(text).to_html()
    assert says in html.unescape(page)
    assert ("<form" in page) is (text != GERMAN)
    assert ("What would change the motivation" in page) is (text == GANG)
    assert ("were it one" in page) is (text == "")


def test_statements_of_who_did_it_have_their_place(small_model):
    statement = Attribution(by="police", stance="denied", actor="<b>", start=0, end=5)
    found = replace(small_model.explain(GANG), attributions=(statement,))
    assert "Who says so" in found.to_html()
    assert "&lt;b&gt;" in found.to_html()
    assert found.to_dict()["attributions"] == [vars(statement)]
    assert "Who says so" not in replace(found, attributions=()).to_html()


CLICKS = """
<script>
const rows = [];
for (const input of document.querySelectorAll(".pick input")) {
  input.click();
  const mark = [...document.querySelectorAll(".text mark")].find(each => each.textContent === "ransom");
  const panels = [...document.querySelectorAll(".panel")].filter(each => getComputedStyle(each).display !== "none");
  rows.push([input.id, getComputedStyle(mark).getPropertyValue("--w").trim(), panels.map(each => each.id),
             getComputedStyle(mark).backgroundImage]);
}
document.body.textContent = JSON.stringify([rows, document.title, document.documentElement.scrollWidth]);
</script>
"""


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_in_a_browser_each_label_shows_its_own_words(small_model, tmp_path):
    found = small_model.explain(f"{GANG} {HOSTILE}")
    page = found.to_html()
    # The page itself runs no script: its copy does.
    copy = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page).replace("</body>", f"{CLICKS}</body>")
    (tmp_path / "page.html").write_text(copy, encoding="utf-8", errors="backslashreplace")
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         f"--user-data-dir={tmp_path / 'profile'}", "--window-size=500,900", "--dump-dom",
         (tmp_path / "page.html").as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )  # fmt: skip
    (told,) = re.findall(r"<body>(.*)</body>", done.stdout, re.DOTALL)
    rows, title, width = json.loads(html.unescape(told))
    assert title == "Why these labels"
    assert width <= 500
    assert sorted(row[0] for row in rows) == sorted(f"o{number}" for number in range(len(found.outputs)))
    for name, weight, panels, background in rows:
        number = int(name[1:])
        (column,) = (each for each in re.findall(rf"--o{number}:(-?[\d.]+)", style_of(page, "ransom"))[:1] or ["0"])
        assert float(weight or 0) == float(column)
        assert panels == [f"p{number}"]
        assert "gradient" in background
    assert len({background for *_, background in rows}) > 3


def style_of(page, word):
    return re.search(rf'<mark style="([^"]*)">{word}</mark>', page)[1]


# The command.


def test_reasons_are_printed(report, model, capsys, monkeypatch):
    monkeypatch.setattr(reasons, "Console", lambda **_: Console(width=200, color_system=None))
    assert main(["explain", str(report), *model]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Criminal (")
    assert "why criminal\n" in shown
    assert "ransom" in shown
    assert "what tells criminal from" in shown
    assert "actors  LockBit" in shown


@pytest.mark.parametrize(
    ("text", "says"),
    [(GERMAN, "in another language (de)"), (CAKE * 3, "cake"), ("\x1b[31mThe gang\x1b[0m wants a ransom", "gang")],
)
def test_reasons_are_harmless_whatever_the_text(text, says, model, capsys):
    assert main(["explain", "--text", text, *model]) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert says in shown or "No incident" in shown


def test_a_page_and_a_file_for_programs_are_written(report, model, tmp_path, capsys):
    assert main(["explain", str(report), "-o", str(tmp_path / "out.html"), *model]) == 0
    assert main(["explain", str(report), "-o", str(tmp_path / "out.json"), *model]) == 0
    assert capsys.readouterr().out == ""
    assert "<title>report.txt</title>" in (tmp_path / "out.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["text"] == GANG


def test_standard_input_and_web_pages_are_read(report, model, tmp_path, capsys, monkeypatch):
    page = tmp_path / "report.html"
    page.write_text(f"<html><title>Trams</title><body><article><p>{GANG}</p></article></body></html>", encoding="utf-8")
    assert main(["explain", str(page), "-o", str(tmp_path / "out.json"), *model]) == 0
    found = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert "<p>" not in found["text"]
    for output in found["outputs"]:
        assert all(found["text"][span["start"] : span["end"]] == span["text"] for span in output["for"])
    with report.open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert main(["explain", "-", *model]) == 0
    assert "why criminal" in capsys.readouterr().out


@pytest.mark.parametrize(("row", "says"), [("2", "why criminal"), ("3", "")])
def test_a_row_of_a_table_is_explained(row, says, table, model, capsys):
    assert main(["explain", str(table), "--row", row, *model]) == 0
    assert says in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["{table}"],
            "{table}: found a table of several reports; name one with --row, or use label --evidence for all.",
        ),
        (["{table}", "--row", "1"], "{table}: nothing could be explained in row 1: no text."),
        (["{table}", "--row", "9"], "{table}: found 3 reports; expected a row 9: choose another --row."),
        (["{report}", "--row", "1"], "{report}: found one report, not a table; leave out --row."),
        (["{folder}/*"], "{folder}/*: matches files of several kinds"),
        (["{folder}/none.txt"], "{folder}/none.txt: no such file or folder"),
        (["{folder}/empty.txt"], "{folder}/empty.txt: nothing could be explained: no text: the file is empty."),
        (["{folder}/huge.html"], "{folder}/huge.html: nothing could be explained: found more than 0 MB;"),
        (["--text", " 7 "], "--text: nothing could be explained: found no words; expected the text of a report."),
        (["{report}", "-o", "{report}"], "{report}: found the ending '.txt'; expected .html, .htm or .json."),
        (["{report}", "-o", "{folder}/no/x.html"], "{folder}/no/x.html: cannot be written"),
        (["{report}", "--model", "{folder}"], "{folder}: found no card.json in it"),
    ],
)
def test_what_cannot_be_explained_is_one_sentence(arguments, sentence, table, report, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("cyberclass.text.pages._MOST_BYTES", 1000)
    (tmp_path / "empty.txt").touch()
    (tmp_path / "huge.html").write_text("<p>" + "a" * 2000)
    names = {"table": table, "report": report, "folder": tmp_path}
    before = sorted(tmp_path.iterdir())
    assert main(["explain", *[argument.format(**names) for argument in arguments]]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"cyberclass: {sentence.format(**names)}")
    assert told.err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before
    assert report.read_text(encoding="utf-8") == GANG


@pytest.mark.parametrize(
    "arguments", [[], ["a.txt", "--text", "b"], ["--text", "b", "--row", "1"], ["a.csv", "--row", "0"]]
)
def test_a_command_that_makes_no_sense_is_told(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["explain", *arguments])
    assert "cyberclass explain: error:" in capsys.readouterr().err


def test_label_adds_evidence(table, model, tmp_path, capsys):
    assert main(["label", str(table), "-o", str(tmp_path / "out.jsonl"), "--evidence", *model]) == 0
    first, *_ = map(json.loads, (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    assert first["evidence"][0]["label"] == "criminal"
    assert first["evidence_sentence"]
    capsys.readouterr()
    assert main(["label", "--text", GANG, "--evidence", *model]) == 0
    assert json.loads(capsys.readouterr().out)["evidence"][0]["label"] == "criminal"


@pytest.mark.parametrize(
    ("text", "verdict"), [("", "No incident: this text reports no particular incident or campaign.")]
)
def test_verdicts(small_model, text, verdict):
    assert verdict_of(small_model.explain(text)) == verdict
