"""Actors: known ones, and those that the words around a name introduce."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from cyberclass.text import introductions
from cyberclass.text.actors import ActorMention, find_actors, find_actors_of
from cyberclass.text.introductions import load_introductions
from cyberclass.text.names import load_names

ROOT = Path(__file__).parents[1]


def names(text):
    return [each.name for each in find_actors(text)]


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("A group calling itself Salt Ferry has the files.", "Salt Ferry", ""),
        ("Vandals who call themselves the Orchard Wolves painted over the page.", "Orchard Wolves", ""),
        ('The cybercriminals calling themselves "Brine" want money.', "Brine", "criminal"),
        ("A ransomware gang named Quillback locked the mill.", "Quillback", "criminal"),
        ("The hacktivist collective Wet Chalk took the page down.", "Wet Chalk", "activist"),
        ("A crew, Copper Ladle, took the money.", "Copper Ladle", ""),
        ("A movement, the Ninth Bell, took credit on Sunday.", "Ninth Bell", ""),
        ("The Tallow ransomware crew asked for a million.", "Tallow", "criminal"),
        ("The Pewter Hand group claimed responsibility.", "Pewter Hand", ""),
        ("The theft was claimed by Mothers at the Lock, a network of nurses.", "Mothers at the Lock", ""),
        ("Responsibility for the outage was claimed by Voz del Lago.", "Voz del Lago", ""),
        ("The state-backed group Slate Curlew read the mail.", "Slate Curlew", "state"),
        ("An espionage group it calls GREY DUNLIN is back.", "GREY DUNLIN", "state"),
        ("A cluster we track as Amber Polecat used the hole.", "Amber Polecat", ""),
        ("Two of the servers are UNC9876's.", "UNC9876", ""),
        ("Storm-9911 wrote to the staff.", "Storm-9911", ""),
        ("APT-C-99 is new.", "APT-C-99", "state"),
        ("FIN99 is new.", "FIN99", "criminal"),
        ("A hacker who goes by the handle 'r1verm4n' sold the list.", "r1verm4n", ""),
        ('The seller, "wickerman", wants two bitcoin.', "wickerman", "criminal"),
        ("A person using the name Long Tom told the paper so.", "Long Tom", ""),
        ("The message was signed Children of the Weir.", "Children of the Weir", ""),
        ("Actor: Southern Kite Front. Target: the port.", "Southern Kite Front", ""),
        ("A group calling itself\nSalt Ferry has the files.", "Salt Ferry", ""),
        ("A group calling itself Salt\nFerry has the files.", "Salt Ferry", ""),
        ("Mill locked by a gang called Tallow\r\n\r\nThe Mill is shut.", "Tallow", "criminal"),
        ("A hacker using the name J. R. Wick told the paper.", "J. R. Wick", ""),
        ("The People's Ridge Army claimed responsibility.", "People's Ridge Army", ""),
        ("Spain's Tallow Gang claimed responsibility.", "Tallow Gang", "criminal"),
        ("Posted by a group named Anti-Toll Union.", "Anti-Toll Union", ""),
        ("A group calling itself the Otter Assembly posted it.", "Otter Assembly", ""),
        ('A group calling itself "the Otter Assembly" posted it.', "Otter Assembly", ""),
        ("The channel is of a group nobody had heard of, the Otter Assembly. It is new.", "Otter Assembly", ""),
        ("Masked Otter collective posts files", "Masked Otter", ""),
        ("LockBeam gang locks the mill", "LockBeam", "criminal"),
        ("The Redthread gang locks the mill", "Redthread", "criminal"),
        ("Redthread ransomware gang locks the mill", "Redthread", "criminal"),
        ("Marl Hacking Team claims the theft", "Marl Hacking Team", ""),
    ],
)
def test_an_introduced_name_is_found_whole_with_the_kind_that_its_introduction_tells(text, name, kind):
    (mention,) = find_actors(text)
    assert (mention.name, mention.kind, mention.country, mention.known) == (name, kind, "", False)
    assert text[mention.start : mention.end].split() == name.split()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "gang",
        "A gang took the till.",
        "A group of Russian hackers took the page down.",
        "Chinese hacking group blamed",
        "The Chinese hacking group took nothing.",
        "Muslim hacktivist groups claimed the outage.",
        "New ransomware gang named in report",
        "The hotel group said on Monday that nobody was hurt.",
        "He works for the Group FaceTime team.",
        "A flaw tracked as CVE-2031-1234 is being used.",
        "A vulnerability tracked as Leaky Bucket is being used.",
        "A security researcher who goes by the name Pinecone found it.",
        "A strain of ransomware that calls itself Pinecone locks the disk.",
        "The data was held by the gang, the High Court heard.",
        "Nobody claimed responsibility.",
        "Masked collective posts files of a dam",
        "It rained. Masked gang robs a bank",
        "Mill shut\n\nMasked collective posts files",
        '"Masked collective posts files"',
        "- Old hacker group claims the theft",
        "Masked hacking group claims the theft",
        "He claimed responsibility.",
        "The wiper is run from Iran's Ministry of Justice, took credit or not.",
        "the gang. The police came.",
        "a group called the FBI",
        "a group called it off on Monday",
        'a group called "and so on and on"',
        "a gang calling itself A",
        "a gang calling itself 2031",
        'a gang calling itself "Foo;Bar"',
    ],
)
def test_what_only_looks_like_an_introduction_names_nobody(text):
    assert find_actors(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Salt Ferry struck. A gang calling itself Salt Ferry said so. Salt Ferrying is dull.",
            [("Salt Ferry", 0), ("Salt Ferry", 41)],
        ),
        ("Turla met a crew called Copper Ladle.", [("Turla", 0), ("Copper Ladle", 24)]),
        ("A crew called Tin Ladle, or Tin, or Ladle.", [("Tin Ladle", 14)]),
        ("a group calling itself Anonymous Lisbon", [("Anonymous Lisbon", 23)]),
        ("a gang called Cozy Bear", [("APT29", 14)]),
        ("They go by the name Anonymous, wrote one.", [("Anonymous", 20)]),
    ],
)
def test_an_introduced_name_counts_everywhere_and_gives_way_to_known_ones(text, expected):
    assert [(each.name, each.start) for each in find_actors(text)] == expected


def test_a_name_that_the_table_would_know_beside_a_group_is_known():
    text = "They go by the name Anonymous, wrote one."
    assert load_names().find(text) == []
    assert find_actors(text) == [ActorMention("Anonymous", "activist", "", 20, 29, known=True)]


def test_several_texts_are_read_like_each_alone():
    texts = ["A crew called Copper Ladle.", "", "Turla and UNC9876", "rain"]
    together = find_actors_of(texts)
    assert together == [find_actors(text) for text in texts]
    assert find_actors_of(texts, [load_names().find(text) for text in texts]) == together
    assert find_actors_of([]) == []


def test_mentions_do_not_overlap():
    text = (
        "Sandworm; a group called Red Sandworm Two; the Sandworm Two gang; Two ransomware gang; UNC9876 ransomware gang"
    )
    spans = [(each.start, each.end) for each in find_actors(text)]
    assert spans == sorted(spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_threads_may_share_the_patterns_and_the_vocabulary_may_go(monkeypatch):
    monkeypatch.setattr(introductions, "_MOST_LEXEMES", 50)
    texts = [f"A ransomware gang called Ferry{number} locked mill number {number * 7}." for number in range(200)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(names, texts))
    assert found == [[f"Ferry{number}"] for number in range(200)]


@pytest.mark.parametrize(
    "text",
    [
        "gang Foo " * 20_000,
        'group "a ' * 20_000,
        '"' * 200_000,
        "A" * 200_000,
        "gang Foo" + "'s" * 50_000,
        "gang " + "X-" * 50_000,
        "group Foo of the Bar of the " * 5_000,
        "".join(f"a gang calling itself Ferry{number} ran. " for number in range(5_000)),
        "a gang called \ud800Ferry\x00",
        " " * 500_000,
        "\n" * 500_000,
        "\t" * 500_000,
        "a" * 500_000,
        "A b. " * 100_000,
        "- " * 250_000,
        "Masked collective " * 28_000,
        "A gang called Foo Bar. Foo" + " " * 500_000 + "x",
        "A gang called Foo Foo Foo. " + "Foo\n" * 120_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_texts_are_read(text):
    assert all(text[each.start : each.end] for each in find_actors(text))


def test_every_pattern_names_what_it_introduces_and_every_class_is_used():
    patterns = (ROOT / "cyberclass" / "text" / "introductions.toml").read_text(encoding="utf-8")
    classes = patterns.partition("[classes]")[2].partition("[kinds]")[0]
    declared = {line.partition(" = ")[0] for line in classes.splitlines() if " = " in line}
    assert all(f"<{name}>" in patterns for name in declared)
    assert load_introductions() is load_introductions()


def test_introductions_need_no_pipeline():
    code = (
        "import sys; from cyberclass.text.actors import find_actors; find_actors('a gang called Foo Bar');"
        "print(*sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not {"sklearn", "pandas"}.intersection(result.stdout.split())
