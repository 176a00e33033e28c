"""Roundups: sections of a text, texts that report several incidents, and their sections as reports."""

import json
from pathlib import Path

import pandas as pd
import pytest

from cyberclass.text.batches import Batch, Sections
from cyberclass.text.extent import MOST_CHARACTERS
from cyberclass.text.roundups import reports_several, split_batch, split_text
from cyberclass.text.sections import find_sections

GOLD = [
    json.loads(line)
    for line in (Path(__file__).parent / "gold" / "roundups.jsonl").read_text(encoding="utf-8").splitlines()
]

TWO = "The mill Tolland was locked by ransomware.\n\nIn other news, hackers defaced the page of the Pendle races."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\n\n", ["\n\n"]),
        ("One line.", ["One line."]),
        ("Title\n\nOne line. Another.\n\nA third.", ["Title\n\nOne line. Another.\n\nA third."]),
        ("- one thing\n- two things", ["- one thing\n", "- two things"]),
        ("Notes\n- one thing", ["Notes\n- one thing"]),
        ("Notes\n1. one thing\n2) two things\n", ["Notes\n", "1. one thing\n", "2) two things\n"]),
        ("# One\nIt was so.\n# Two\nIt was not.", ["# One\nIt was so.\n", "# Two\nIt was not."]),
        (
            "All\n\nThe first\nIt was long and so.\n\nThe second\nIt was long, too.",
            ["All\n\n", "The first\nIt was long and so.\n\n", "The second\nIt was long, too."],
        ),
        ("It ends here.\n---\nIt begins.", ["It ends here.\n---\n", "It begins."]),
        (
            "LISMORE, May 3 - It was.\n\nVARENNE - It was not.",
            ["LISMORE, May 3 - It was.\n\n", "VARENNE - It was not."],
        ),
        ("2021-02-03 It was.\n2021-02-11 It was not.", ["2021-02-03 It was.\n", "2021-02-11 It was not."]),
        ("It was so. In other news, it was not.", ["It was so. ", "In other news, it was not."]),
        ("Sport. It was so.\nTrade (9 Oct). It was not.", ["Sport. It was so.\n", "Trade (9 Oct). It was not."]),
        ("It ends here.\n---\n\n2025\n---\nIt begins.", ["It ends here.\n---\n\n2025\n---\n", "It begins."]),
        ("---\n\n2025\n---\nIt begins.\n---\nOn.", ["---\n\n2025\n---\nIt begins.\n---\n", "On."]),
        ("Weekly roundup\n\nIt was so.\n\nIt was not.", ["Weekly roundup\n\n", "It was so.\n\n", "It was not."]),
        (
            "Weekly roundup\n\n# One\nIt was so.\n\nAnd so.\n\n# Two\nIt was not.",
            ["Weekly roundup\n\n", "# One\nIt was so.\n\nAnd so.\n\n", "# Two\nIt was not."],
        ),
        (
            "Weekly roundup\n\nThe first\nIt was long and so.\n\nAnd so.\n\nThe second\nIt was long, too.",
            ["Weekly roundup\n\n", "The first\nIt was long and so.\n\nAnd so.\n\n", "The second\nIt was long, too."],
        ),
        (
            "Weekly roundup\n---\nIt was so.\n\nAnd so.\n---\nIt was not.",
            ["Weekly roundup\n---\n", "It was so.\n\nAnd so.\n---\n", "It was not."],
        ),
    ],
)
def test_sections_begin_at_headings_bullets_dates_rules_and_turns(text, expected):
    sections = find_sections(text)
    assert [text[start:end] for start, end in sections] == expected
    assert "".join(text[start:end] for start, end in sections) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", False),
        ("Ransomware stopped the mill.", False),
        (TWO, True),
        ("- Tolland: ransomware.\n- Pendle: defaced.\n- Marlow: breach at Marlow Dental.", False),
        ("- The mill Tolland was hacked.\n- The races of Pendle were hacked.", True),
        ("- The mill Tolland was hacked.\n- It was the second time that Tolland was hacked.", False),
        ("- The mill Tolland was opened.\n- The races of Pendle were won.", False),
        ("- Criminals hacked the mill in France.\n- Criminals hacked the inn in Spain.", False),
    ],
)
def test_a_text_reports_several_incidents_if_most_sections_tell_of_attacks_with_names_of_their_own(text, expected):
    assert reports_several(text) is expected


def test_roundups_written_for_the_test_are_told_from_reports_of_one_incident():
    held = [row for row in GOLD if row["held"]]
    found = [reports_several(row["text"]) for row in held]
    assert sum(row["several"] for row in held) == 15
    assert sum(hit for hit, row in zip(found, held, strict=True) if row["several"]) >= 12
    assert not any(hit for hit, row in zip(found, held, strict=True) if not row["several"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [""]),
        ("Ransomware stopped the mill.", ["Ransomware stopped the mill."]),
        (TWO, TWO.split("\n\n")),
        (
            "The week\n\n- The mill Tolland was locked by ransomware, and no flour was sold at all on Monday.\n"
            "- Hackers defaced the page of the Pendle races, and nobody has said so far that it was theirs.",
            [
                "The week\n\n- The mill Tolland was locked by ransomware, and no flour was sold at all on Monday.",
                "- Hackers defaced the page of the Pendle races, and nobody has said so far that it was theirs.",
            ],
        ),
    ],
)
def test_a_roundup_is_split_and_its_title_stays_with_what_follows(text, expected):
    assert split_text(text) == expected


MILL = "Ransomware locked the mill Tolland, and no flour was sold at all on Monday, nor on the day that came after it."
RACES = "Hackers defaced the page of the Pendle races, and nobody has said so far that it was theirs, or why it was."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Hacks of the week\n\n- {MILL}\n- {RACES}", [f"Hacks of the week\n\n- {MILL}", f"- {RACES}"]),
        (f"Ransomware digest: May\n\n- {MILL}\n- {RACES}", [f"Ransomware digest: May\n\n- {MILL}", f"- {RACES}"]),
        (f"Attacks this week:\n- {MILL}\n- {RACES}", [f"Attacks this week:\n- {MILL}", f"- {RACES}"]),
        (f"# Hacks of the week\n## A\n{MILL}\n## B\n{RACES}", [f"# Hacks of the week\n## A\n{MILL}", f"## B\n{RACES}"]),
        (f"Weekly roundup of hacks\n\n{MILL}\n\n{RACES}", [f"Weekly roundup of hacks\n\n{MILL}", RACES]),
        (
            f"Weekly roundup of hacks\n\nA leak\n{MILL}\n\nA breach\n{RACES}",
            [f"Weekly roundup of hacks\n\nA leak\n{MILL}", f"A breach\n{RACES}"],
        ),
        (
            f"Weekly roundup\n\n{MILL}\n\nA page is defaced\n\n{RACES}",
            [f"Weekly roundup\n\n{MILL}", f"A page is defaced\n\n{RACES}"],
        ),
        (f"{MILL}\n\n---\n\n2025\n---\n{RACES}", [f"{MILL}\n\n---\n\n2025\n---", RACES]),
        ("- The mill Tolland was hacked\n- The Pendle races were hacked", None),
        ("# The mill Tolland was hacked\n# The Pendle races were hacked", None),
        ("Weekly roundup\nThe mill Tolland was hacked\nThe Pendle races were hacked", None),
    ],
)
def test_titles_that_tell_of_attacks_stay_with_what_follows_and_lines_that_are_incidents_do_not(text, expected):
    found = split_text(text)
    assert len(found) == 2
    assert found == (expected or found)


@pytest.mark.parametrize(
    ("title", "several"),
    [
        ("Weekly round-up", True),
        ("The month in brief", True),
        ("Two attacks on Monday", False),
        ("Digestive aids", False),
    ],
)
def test_a_title_may_say_that_paragraphs_are_sections(title, several):
    text = "Hackers locked the files of the Saint Irma hospital.\n\nThieves stole the data of Borvik Savings."
    assert reports_several(f"{title}\n\n{text}") is several


def test_a_batch_is_split_into_rows_that_keep_the_users_columns():
    frame = pd.DataFrame({"id": ["a", "b", "c"], "n": [1, None, 3]}, dtype=object)
    rejects = pd.DataFrame({"row": ["4"], "reason": ["no text"]}, dtype=object)
    batch = Batch(frame, ["Rain.", TWO, "Snow."], rejects, share=0.5)
    split = split_batch(batch)
    assert split.frame["id"].tolist() == ["a", "b", "b", "c"]
    assert split.frame["n"].tolist() == [1, None, None, 3]
    assert split.frame.index.tolist() == [0, 1, 2, 3]
    assert split.texts == ["Rain.", *TWO.split("\n\n"), "Snow."]
    assert split.sections == Sections([1, 1, 2, 1], [False] * 4)
    assert split.rejects is rejects
    assert split.share == 0.5


def test_a_batch_without_texts_stays_empty():
    empty = Batch(pd.DataFrame({"id": []}, dtype=object), [], pd.DataFrame({"row": [], "reason": []}, dtype=object))
    split = split_batch(empty)
    assert (len(split.frame), split.texts, split.sections) == (0, [], Sections([], []))


def test_sections_of_what_is_read_of_a_text_know_that_it_goes_on():
    long = f"{TWO} ".ljust(MOST_CHARACTERS + 1)
    frame = pd.DataFrame({"id": ["a", "b", "c"]})
    split = split_batch(Batch(frame, ["Rain.", long, "a" * (MOST_CHARACTERS + 1)], pd.DataFrame()))
    assert [len(text) for text in split.texts] == [5, *map(len, TWO.split("\n\n")), MOST_CHARACTERS]
    assert split.sections == Sections([1, 1, 2, 1], [False, True, True, True])


@pytest.mark.parametrize(
    "text",
    [
        "-" * 200_000,
        "- " * 100_000,
        "\n" * 200_000,
        "A" * 200_000,
        "A b.\n" * 40_000,
        "Also on " * 30_000,
        "- Hack of Xa\n" * 30_000,
        " " * MOST_CHARACTERS,
        "\n" * MOST_CHARACTERS,
        "\t" * MOST_CHARACTERS,
        "\u00a0" * MOST_CHARACTERS,
        " " * MOST_CHARACTERS + "a",
        "a" * MOST_CHARACTERS,
        "A b. " * (MOST_CHARACTERS // 5),
        "- a\n" * (MOST_CHARACTERS // 4),
        "\u2022 " * (MOST_CHARACTERS // 2),
        "---\n" * (MOST_CHARACTERS // 4),
        "Weekly roundup\n" + "A hack\n" * (MOST_CHARACTERS // 7),
        # What stands before the first incident is read once, not once for each of its sections.
        "- No\n" * 30_000 + "".join(f"- Hack of Aa{number}x\n" for number in range(20_000)),
        "- No\n" * 20_000 + "".join(f"- Hack of {'X' * (number % 9)}{number}x\n" for number in range(20_000)),
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_texts_are_cut(text):
    assert "".join(text[start:end] for start, end in find_sections(text)) == text
    assert isinstance(reports_several(text), bool)
    assert split_text(text)
