"""Attribution statements: who a text says did it, who says so, how firmly, in which sentence."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cyberclass.text.attribution import Attribution, find_attributions, main_attribution, motivation_source
from cyberclass.text.attribution.attributions import SPEAKERS, STANCES
from cyberclass.text.attribution.gate import Gate
from cyberclass.text.attribution.grammar import expressions_in, load_grammar, load_table
from cyberclass.text.attribution.lexicon import Lexicon, load_lexicon
from cyberclass.text.attribution.motivation import motivations_of
from cyberclass.text.attribution.places import load_malware, load_places
from cyberclass.text.attribution.sentences import LONGEST, sentences_of

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "tests" / "gold"


def found(text):
    return [(each.by, each.stance, each.actor) for each in find_attributions(text)]


def main(text):
    each = main_attribution(find_attributions(text))
    return (each.by, each.stance, each.actor) if each else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kyiv accused Moscow of knocking out the state registers.", ("government", "confirmed", "Moscow")),
        ("Fancy Bear was blamed by German officials for the theft of mail.", ("government", "confirmed", "Fancy Bear")),
        ("FBI: Rhysida to blame for the outage at the port", ("government", "confirmed", "Rhysida")),
        ("Treasury sanctioned a colonel of the GRU over the attack.", ("government", "confirmed", "GRU")),
        (
            "Police charged a 31-year-old woman with wiping the accounts.",
            ("government", "confirmed", "31-year-old woman"),
        ),
        (
            "It was contractor Paul Vance who deleted the backups, a jury decided.",
            ("government", "confirmed", "Paul Vance"),
        ),
        (
            "Prosecutors allege that a Vosk-based couple ran the skimming ring.",
            ("government", "assessed", "Vosk-based couple"),
        ),
        (
            "The service considers it likely that a foreign power is behind it.",
            ("government", "suspected", "foreign power"),
        ),
        (
            "Police arrested a 22-year-old student on suspicion of the hack.",
            ("government", "suspected", "22-year-old student"),
        ),
        ("Symantec connects the backdoor with Budworm.", ("company", "assessed", "Budworm")),
        ("According to Mandiant, APT29 was behind the theft.", ("company", "confirmed", "APT29")),
        ("The wiper is the work of Dune Fox, researchers at Ostwall say.", ("company", "confirmed", "Dune Fox")),
        ("Analysts see the fingerprints of Jade Hornet all over it.", ("company", "suspected", "Jade Hornet")),
        ("The bank thinks that a former cashier did it.", ("victim", "suspected", "former cashier")),
        ("The school said the culprit was a pupil with a teacher's password.", ("victim", "confirmed", "pupil")),
        ("Insiders speak of a disgruntled administrator.", ("unnamed", "suspected", "disgruntled administrator")),
        ("Local media blame the truck drivers' union for the hack.", ("unnamed", "suspected", "truck drivers' union")),
        ("Cozy Bear hackers broke into the party's servers.", ("unnamed", "confirmed", "Cozy Bear")),
        (
            "Officials who asked not to be named concluded that Iran's army ordered the attack.",
            ("unnamed", "assessed", "Iran's army"),
        ),
    ],
)
def test_who_accuses_whom_and_how_firmly(text, expected):
    assert main(text) == expected


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("On Telegram, KillNet took credit for the flood of traffic.", "KillNet"),
        ("Responsibility was claimed by a previously unknown outfit, Brass Sparrow.", "Brass Sparrow"),
        ("The group Wolfsbane listed the law firm on its leak site.", "Wolfsbane"),
        ("Iron Choir, a hacktivist collective, said it had taken down the site.", "Iron Choir"),
        ("A group calling itself Free Delta said it hacked the minister's mail.", "Free Delta"),
        ("A hacker known as Zephyr bragged about emptying the accounts.", "Zephyr"),
        ("\u201cWe own your network,\u201d reads the note of the Nightjar Team.", "Nightjar Team"),
    ],
)
def test_an_actor_claims_for_himself(text, actor):
    assert main(text) == ("actor", "claimed", actor)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Moscow rejected accusations that it was behind the hack.", ("government", "denied", "Moscow")),
        ("Iran's mission dismissed the report as a fairy tale.", ("government", "denied", "Iran")),
        ("Beijing called the charge a smear.", ("government", "denied", "Beijing")),
        ("The Grey Kestrels have denied any part in the theft.", ("actor", "denied", "Grey Kestrels")),
        ("Nothing points to Lorvania, the security agency insists.", ("government", "denied", "Lorvania")),
        ("Security firm Tarn has ruled out Silver Jackal as the source.", ("company", "denied", "Silver Jackal")),
    ],
)
def test_the_accused_denies_or_another_clears_him(text, expected):
    assert main(text) == expected


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("No one has claimed responsibility.", "unnamed"),
        ("It was not immediately clear who was behind the hack.", "unnamed"),
        ("Who sent the poisoned invoices is anyone's guess.", "unnamed"),
        ("Two weeks on, the culprits have not been identified.", "unnamed"),
        ("The hospital has no information on who carried out the attack.", "victim"),
        ("The airline does not know who stole the data.", "victim"),
        ("The cyber centre declined to attribute the attack.", "government"),
        ("Officials declined to say whether a foreign state was involved.", "government"),
        ("Experts disagree about who made the tool.", "company"),
    ],
)
def test_the_author_is_left_open(text, by):
    assert main(text) == (by, "unknown", "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\n ",
        "The quick brown fox.",
        "The outage was blamed on a faulty update.",
        "The outage was traced to a misconfigured router.",
        "The insurer denied the claim, citing an exclusion of war.",
        "The bank's customers blame the bank for the delay.",
        "Management attributed the fall in revenue to the incident.",
        "The file was linked to a server in the cellar.",
        "The insurer linked the rise in claims to ransomware.",
        "The spokesman would neither confirm nor deny the breach.",
        "Attackers sent the invoices on a Friday afternoon.",
        "The hackers came in through an account without a second factor.",
        "Files on the server bore the extension .lockbit.",
        "The mayor said the town had no backup.",
        "The company said it had notified the regulator.",
        "It was not a cyberattack, the airport said.",
    ],
)
def test_other_talk_is_no_attribution(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Police suspect the Harrow Nine collective. The collective says it was framed.",
            [("government", "suspected", "Harrow Nine"), ("actor", "denied", "Harrow Nine")],
        ),
        (
            "LockBit had attacked the port before. On its leak site the gang claimed responsibility.",
            [("unnamed", "confirmed", "LockBit"), ("actor", "claimed", "LockBit")],
        ),
        (
            "Ukraine blamed Russia for the wiper, which Moscow denied.",
            [("government", "confirmed", "Russia"), ("government", "denied", "Moscow")],
        ),
        (
            "Posts on social media blame Mustard Gull. Our malware team sees no such link.",
            [("company", "denied", "Mustard Gull")],
        ),
    ],
)
def test_a_text_may_attribute_twice_and_rumours_that_are_rejected_do_not_count(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "by", "stance"),
    [
        ("The museum is inclined to think that a dismissed curator wiped the catalogue.", "victim", "suspected"),
        ("The brewery cannot say who broke into its ordering system.", "victim", "unknown"),
        (
            "\u201cIt was Play, they left their card,\u201d the owner of the bakery chain told the local radio.",
            "victim",
            "confirmed",
        ),
        (
            "In a notice to patients the clinic names BlackSuit as the gang that copied their files.",
            "victim",
            "confirmed",
        ),
        ("We believe the incident was carried out by a former employee with valid credentials.", "victim", "suspected"),
        ("The airline exonerated its former pilot, saying the leak had come from elsewhere.", "victim", "denied"),
        ("The implant is, in the firm's assessment, another creation of the Dukes.", "company", "assessed"),
        ("Analysts at Corvid Labs tie the breach to the group they call Pale Otter.", "company", "assessed"),
        (
            "It has the smell of Turla, one incident responder remarked after looking at the embassy's servers.",
            "company",
            "suspected",
        ),
        ("Wolves of Tarn hacked the stadium, incident responders at Brightline said.", "company", "confirmed"),
        ("Kaspersky disagrees: the attackers of the bank were not Lazarus.", "company", "denied"),
        ("There is nothing to tie the breach to Russia, the consultancy's report says.", "company", "denied"),
        ("Researchers have not attributed the campaign to a known actor.", "company", "unknown"),
        ("The vendor leaves open who wrote the worm.", "company", "unknown"),
        ("A likely culprit, to the mind of the negotiator, is the crew once known as Hive.", "company", "suspected"),
        ("Symantec's blog names Budworm as the group behind the break-in at the legislature.", "company", "confirmed"),
        ("\u201cWe shut off your lights,\u201d the Sons of the Steppe posted on their channel.", "actor", "claimed"),
        (
            "On its Telegram channel, a group called Red Tide posted what it says are the ministry's mails.",
            "actor",
            "claimed",
        ),
        ("Anonymous Sudan says it had nothing to do with the attack on the clinic.", "actor", "denied"),
        ("The Chinese foreign ministry called the accusations of hacking groundless.", "government", "denied"),
        ("Tehran said it played no role in the attack on the Albanian servers.", "government", "denied"),
        (
            "Two GRU officers were added to the sanctions list for the hack of the parliament.",
            "government",
            "confirmed",
        ),
        ("A jury found the network administrator guilty of sabotaging the water company.", "government", "confirmed"),
        (
            "The intelligence service judges it almost certain that Russia's FSB directed the operation.",
            "government",
            "assessed",
        ),
        (
            "Detectives are questioning a 17-year-old boy about the attack on the transport authority.",
            "government",
            "suspected",
        ),
        (
            "The minister hinted that a neighbour to the east might have been behind the outage.",
            "government",
            "suspected",
        ),
        ("The police have no suspect in the hacking of the mayor's account.", "government", "unknown"),
        ("The prime minister would not be drawn on which country had hacked the parliament.", "government", "unknown"),
        ("North Korea is widely thought to have been behind the theft.", "unnamed", "suspected"),
        ("Sources close to the inquiry suspect a disgruntled engineer of the sabotage.", "unnamed", "suspected"),
        ("In 2015 Sandworm hackers turned off the lights in western Ukraine.", "unnamed", "confirmed"),
        ("LockBit hit the Italian tax office last summer.", "unnamed", "confirmed"),
        ("The identity of the hackers remains a mystery.", "unnamed", "unknown"),
        ("So far there has been no claim of responsibility.", "unnamed", "unknown"),
        (
            "An anonymous letter to the newspaper claims that the deputy director leaked the files.",
            "unnamed",
            "claimed",
        ),
        ("The cooperative's board says it does not want to guess at the identity of the thieves.", "victim", "unknown"),
        ("The exchange attributes the theft of the coins to Lazarus.", "victim", "assessed"),
        ("The rector ruled out that students had been behind the attack on the exam server.", "victim", "denied"),
        ("Candiru maintains that none of its customers infected the lawyer's phone.", "actor", "denied"),
    ],
)
def test_language_is_told_by_its_kind_and_not_by_its_phrase(text, by, stance):
    assert main(text)[:2] == (by, stance)


@pytest.mark.parametrize(("word", "is_found"), [("vineyards", False), ("servers", True)])
def test_a_long_text_must_be_about_computers(word, is_found):
    text = f"The harvest was late. Rain fell on the {word}. The mayor blamed Russia for it. " + "Nobody was hurt. " * 4
    assert bool(found(text)) == is_found


def test_an_attribution_knows_its_sentence():
    text = "Trains stood still.  \u201cIt was Moscow,\u201d the minister said. Nobody was hurt."
    (each,) = find_attributions(text)
    assert text[each.start : each.end] == "\u201cIt was Moscow,\u201d the minister said."
    assert each.by in SPEAKERS
    assert each.stance in STANCES


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], None),
        ([("actor", "claimed"), ("government", "suspected")], 1),
        ([("unnamed", "unknown"), ("actor", "denied")], 1),
        ([("unnamed", "assessed"), ("victim", "assessed"), ("company", "assessed")], 2),
        ([("actor", "claimed"), ("actor", "claimed")], 0),
    ],
)
def test_the_firmest_attribution_is_the_main_one_then_the_most_official_then_the_first(found, expected):
    attributions = [Attribution(by, stance, f"actor {place}", 0, 1) for place, (by, stance) in enumerate(found)]
    assert main_attribution(attributions) == (None if expected is None else attributions[expected])


@pytest.mark.parametrize(
    ("motivation", "attributions", "expected"),
    [
        ("", [], ""),
        (None, [("confirmed", "APT29")], ""),
        ("undetermined", [("confirmed", "APT29")], ""),
        ("state-sponsored", [], "inferred"),
        ("state-sponsored", [("assessed", "APT29")], "stated"),
        ("state-sponsored", [("denied", "APT29")], "inferred"),
        ("criminal", [("assessed", "APT29")], "inferred"),
        ("criminal", [("unknown", ""), ("suspected", "ransomware gang")], "stated"),
        ("ideological", [("claimed", "pro-Russian hacktivists")], "stated"),
        ("state-sponsored", [("confirmed", "Russian hackers")], "stated"),
        ("ideological", [("claimed", "Open Ledger")], "inferred"),
    ],
)
def test_a_motivation_is_stated_where_an_actor_of_its_kind_is_named(motivation, attributions, expected):
    given = [Attribution("government", stance, actor, 0, 1) for stance, actor in attributions]
    assert motivation_source(motivation, given) == expected


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        ("", set()),
        ("Glass Magpie", set()),
        ("Moscow", {"state-sponsored"}),
        ("Iran's Revolutionary Guards", {"state-sponsored"}),
        ("a state-backed group", {"state-sponsored"}),
        ("Russian-speaking gang", {"criminal"}),
        ("LockBit", {"criminal"}),
        ("hacktivists from Karsa", {"ideological"}),
        ("KillNet", {"ideological"}),
    ],
)
def test_an_actor_speaks_for_the_motivation_of_its_kind(actor, expected):
    assert motivations_of(actor) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        (
            "Mr. Oren of the U.S. Treasury spoke on Jan. 5. Nobody heard.",
            ["Mr. Oren of the U.S. Treasury spoke on Jan. 5.", "Nobody heard."],
        ),
        ("\u201cYes.\u201d She left.", ["\u201cYes.\u201d", "She left."]),
        ("A title\n\nA text that\ngoes on.", ["A title", "A text that\ngoes on."]),
        ("Taken:\n- mail\n- plans", ["Taken:", "- mail", "- plans"]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text, expected):
    assert [text[start:end] for start, end in sentences_of(text)] == expected


@pytest.mark.parametrize("text", ["a" * 5000, "word " * 2000, "Who? " * 500, "blamed " * 1000, "\n" * 5000, '"' * 3000])
def test_no_sentence_is_longer_than_its_bound(text):
    bounds = list(sentences_of(text))
    assert all(0 < end - start <= LONGEST for start, end in bounds)
    assert "".join(text[start:end] for start, end in bounds).replace(" ", "") == "".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "They blamed Russia and no one claimed " * 1300,
        "blamed " * 7000,
        "APT29 " * 8000,
        "Who, " * 10000,
        "(" * 50000,
        "\u2019s" * 25000,
        "\ud800 blamed \u0130ran",
        "\x00 blamed Russia \x00",
    ],
)
def test_hostile_texts_are_read_to_the_end(text):
    for each in find_attributions(text):
        assert 0 <= each.start < each.end <= len(text)


@pytest.fixture
def toy():
    gate = {"common": "the said", "also": "", "empty": "", "setting": ""}
    words = {"said": "the <be> blamed; say|said so?; put ..2 down to", "not": "blamed price"}
    return Lexicon({"classes": {"be": "is; has been"}, "gate": gate, "toy": words})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("nothing", []),
        ("The is BLAMED", ["The is BLAMED"]),
        ("the has been blamed", ["the has been blamed"]),
        ("they say so", ["say", "say so"]),
        ("put it down to", ["put it down to"]),
        ("put all of it down to", []),
        ("the is blamed price", []),
    ],
)
def test_an_expression_is_any_of_its_forms_within_its_gaps_unless_excepted(toy, text, expected):
    reading = toy.read(text, 0, len(text))
    assert [" ".join(reading.words[start:end]) for start, end in reading.of("toy.said")] == expected


@pytest.mark.parametrize(
    ("sentence", "passes"),
    [("", False), ("the work", False), ("the hand of", True), ("They BLAMED it", True), ("of hand", False)],
)
def test_the_gate_passes_telling_words_and_common_ones_side_by_side(sentence, passes):
    expressions = [("accused.after", [["blamed", "hand of"]])]
    assert Gate(expressions, ["hand", "of", "the"], [], [])(sentence) == passes


def expressions():
    for section, lists in load_table().items():
        if section not in ("gate", "grammar", "motivations"):
            for name, value in lists.items():
                for each in [value] if isinstance(value, str) else value.values():
                    yield from ((f"{section}.{name}", expression) for expression in expressions_in(each))


def test_every_class_in_an_expression_exists():
    classes = set(load_table()["classes"])
    assert {name for _, each in expressions() for name in re.findall(r"<(\w+)>", each)} <= classes


@pytest.mark.parametrize(
    ("fault", "is_faulty"),
    [
        ("a gap at an end", lambda words: words[0].startswith("..") or words[-1].startswith("..")),
        ("an empty choice", lambda words: any("||" in word or word.strip("?") != word.strip("?|") for word in words)),
        ("nothing that must stand", lambda words: all(word.endswith("?") for word in words if word != "?")),
    ],
)
def test_no_expression_is_faulty(fault, is_faulty):
    assert [(name, each) for name, each in expressions() if is_faulty(each.split())] == [], fault


def test_every_expression_compiles_and_the_tables_are_sound():
    assert load_lexicon() is load_lexicon()
    assert load_grammar().people_endings
    assert {"Russia", "Moscow"} <= load_places().countries
    assert "Russian" in load_places().people
    assert "GRU" in load_places().services
    assert "wannacry" in load_malware()


def test_the_command_line_waits_for_none_of_this():
    code = "import sys, cyberclass.cli; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not [name for name in result.stdout.split() if name.startswith(("spacy", "cyberclass.text.attribution"))]


@pytest.mark.parametrize(("name", "level"), [("attribution.jsonl", 0.85), ("attribution-development.jsonl", 0.8)])
def test_passages_coded_by_hand_are_mostly_understood(name, level):
    rows = [json.loads(line) for line in (GOLD / name).read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if not row.get("held")]
    mains = [main_attribution(find_attributions(row["text"])) for row in rows]
    for field in ("by", "stance"):
        found = [getattr(each, field) if each else None for each in mains]
        right = sum(row[field] == each for row, each in zip(rows, found, strict=True))
        assert right >= level * len(rows), field
    plain = [each for row, each in zip(rows, mains, strict=True) if not row["by"]]
    assert sum(each is not None for each in plain) <= 0.15 * len(plain)
