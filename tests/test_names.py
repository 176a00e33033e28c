"""Known names: which are found, which everyday words are not, and where."""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from cyberclass.text.names import KINDS, KnownName, KnownNames, load_names

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def names():
    return load_names()


def found(names, text):
    return [(match.name, text[match.start : match.end]) for match in names.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("A flood closed the bridge; nobody was hurt.", []),
        ("Turla is back.", [("Turla", "Turla")]),
        ("the cozy bear of old", [("APT29", "cozy bear")]),
        ("COZY BEAR and Midnight Blizzard", [("APT29", "COZY BEAR"), ("APT29", "Midnight Blizzard")]),
        ("Cozy Bear's mail server", [("APT29", "Cozy Bear")]),
        ("Cozy Bear\u2019s mail server", [("APT29", "Cozy Bear")]),
        ("Cozy\nBear", [("APT29", "Cozy\nBear")]),
        ("a trainer fed Cozy. Bear cubs came next", []),
        ("CozyBear, Cozy-Bear", [("APT29", "CozyBear"), ("APT29", "Cozy-Bear")]),
        ("APT29, APT-29, APT 29", [("APT29", "APT29"), ("APT29", "APT-29"), ("APT29", "APT 29")]),
        ("APT290 and XAPT29", []),
        ("XAPT29 and APT290 are not apt29", [("APT29", "apt29")]),
        ("Cozy Bears, a cozy bear", [("APT29", "cozy bear")]),
        ("a group (APT29)", [("APT29", "APT29")]),
        ("Storm-0558 or STORM 0558", [("Storm-0558", "Storm-0558"), ("Storm-0558", "STORM 0558")]),
        ("sites fell to NoName057(16).", [("NoName057(16)", "NoName057(16)")]),
        ("Lapsus$ boys", [("Lapsus$", "Lapsus$")]),
        ("Cl0p, also spelt Clop", [("Cl0p", "Cl0p"), ("Cl0p", "Clop")]),
        ("Anonymous Sudan knocked", [("Anonymous Sudan", "Anonymous Sudan")]),
        ("İİİ: Sandworm", [("Sandworm", "Sandworm")]),
    ],
)
def test_names_are_found_whole_in_any_case_and_under_their_main_name(names, text, expected):
    assert found(names, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Play ransomware shut the harbour office.", ["Play"]),
        ("Children play; hackers wait.", []),
        ("Hackers Play Havoc With Votes", []),
        ("It is in the Google Play store, hackers said.", []),
        ("the Hive gang's servers", ["Hive"]),
        ("The hive was stolen by a gang.", []),
        ("Hive told a reporter that bees are kind.", []),
        ("the gang known as Medusa", ["Medusa"]),
        ("Medusa, a ransomware group", ["Medusa"]),
        ("the hacker collective Anonymous", ["Anonymous"]),
        ("An anonymous source spoke of the hackers.", []),
        ("Anonymous sources close to the police spoke of rain.", []),
        ("The sites were taken down by Anonymous over the verdict.", ["Anonymous"]),
        ("#Anonymous", ["Anonymous"]),
        ("The gang Hive struck. A day later Hive left. A hive hummed.", ["Hive", "Hive"]),
        ("Silence hackers used Cobalt Strike.", ["Silence"]),
        ("Cuba ransomware", ["Cuba ransomware"]),
        ("Hackers attacked Cuba.", []),
        ("a global ransomware attack by silent operators", []),
        ("the parcels of Royal Mail, hackers claimed", []),
        ("Brain Cipher wants money.", ["Brain Cipher"]),
        ("a brain cipher", []),
        ("They hacked Anubis.example servers.", []),
        ("Anonymous defaced the harbour's page.", ["Anonymous"]),
        ("Silence fell over the town after the attack.", []),
        ("The group Polar Silence hackers sang.", []),
        ("The Quantum Group left.", []),
    ],
)
def test_everyday_words_count_only_in_an_actors_company(names, text, expected):
    assert [match.name for match in names.find(text)] == expected


@pytest.mark.parametrize(
    ("text", "name", "kind", "country"),
    [
        ("Sofacy", "APT28", "state", "RU"),
        ("Voodoo Bear", "Sandworm", "state", "RU"),
        ("Labyrinth Chollima", "Lazarus Group", "state", "KP"),
        ("Silent Chollima", "Andariel", "state", "KP"),
        ("Velvet Chollima", "Kimsuky", "state", "KP"),
        ("BlueNoroff", "APT38", "state", "KP"),
        ("Stone Panda", "APT10", "state", "CN"),
        ("EQGRP", "Equation Group", "state", "US"),
        ("Sodinokibi", "REvil", "criminal", "RU"),
        ("ALPHV", "BlackCat", "criminal", ""),
        ("0ktapus", "Scattered Spider", "criminal", ""),
        ("Killnet", "KillNet", "activist", "RU"),
        ("SiegedSec", "SiegedSec", "activist", ""),
    ],
)
def test_one_actor_s_names_are_merged_and_neighbours_kept_apart(names, text, name, kind, country):
    assert names.find(text) == [(name, kind, country, 0, len(text))]


@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        ("8220 Gang", "8220 Mining Group; Returned Libra; Water Sigbin"),
        ("APT28", "Fancy Bear; Forest Blizzard; Sofacy; the Strontium hackers"),
        ("APT29", "APT 29; Cozy Bear; Midnight Blizzard; NOBELIUM; The Dukes"),
        ("APT34", "Cobalt Gypsy; OilRig"),
        ("APT41", "RedGolf; Winnti"),
        ("BlackCat", "ALPHV; ALPHV/BlackCat; Noberus"),
        ("Cl0p", "Clop; CL0P"),
        ("Evasive Panda", "Bronze Highland; Daggerfly"),
        ("Gallium", "Alloy Taurus; Granite Typhoon; Operation Soft Cell"),
        ("H0lyGh0st", "Storm-0530; the HolyGhost gang"),
        ("Konni", "Opal Sleet; Vedalia"),
        ("Lazarus Group", "Diamond Sleet; Hidden Cobra; the Lazarus hackers"),
        ("LockBit", "LockBit 2.0; LockBit 3.0; LockBit Black; LockBitSupp"),
        ("Sandworm", "APT44; Seashell Blizzard; Voodoo Bear; the Iridium hackers"),
        ("Scattered Spider", "0ktapus; Octo Tempest; UNC3944"),
        ("TA569", "Gold Prelude; Mustard Tempest; UNC1543"),
        ("Void Manticore", "Banished Kitten; Homeland Justice; the Handala hackers"),
        ("Volt Typhoon", "Bronze Silhouette; Vanguard Panda"),
    ],
)
def test_an_actor_stands_in_the_table_once(names, name, spellings):
    matches = [names.find(spelling) for spelling in spellings.split("; ")]
    assert [[match.name for match in found] for found in matches] == [[name]] * len(matches)


@pytest.mark.parametrize(
    "others",
    [
        ("Cl0p", "TA505", "FIN11"),
        ("Hidden Cobra", "Andariel", "BlueNoroff", "Citrine Sleet", "Kimsuky", "TraderTraitor"),
        ("Cadet Blizzard", "Saint Bear"),
        ("Energetic Bear", "Allanite"),
        ("Charming Kitten", "APT42"),
        ("DarkSide", "BlackMatter", "BlackCat"),
        ("Winnti", "Earth Lusca"),
        ("OilRig", "Operation Cleaver"),
    ],
)
def test_actors_whom_the_field_keeps_apart_stay_apart(names, others):
    found = [match.name for match in names.find("; ".join(others))]
    assert len(set(found)) == len(others)


def test_the_longest_of_overlapping_names_counts():
    table = KnownNames([KnownName("Red", "state", "", (), ()), KnownName("Red Kite", "criminal", "", (), ())])
    assert found(table, "Red Kite, red") == [("Red Kite", "Red Kite"), ("Red", "red")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("No name here.", "No name here."),
        ("Turla's tools; then NoName057(16).", "an actor's tools; then an actor."),
        ("The Hive gang. Hive again. A hive.", "The an actor gang. an actor again. A hive."),
    ],
)
def test_masking_replaces_every_name_and_nothing_else(names, text, expected):
    assert names.mask(text) == expected


@pytest.mark.parametrize("text", ["", "rain", "LockBit and Turla", "(Fancy Bear), Fancy", "Cozy\nBear's APT29/APT28"])
def test_what_is_watched_for_finds_the_same(names, text):
    watched = {word for words in names.watch(text.split()).values() for word in words}
    assert names.find(text, watched) == names.find(text)
    assert bool(watched) >= bool(names.find(text))


def test_table_is_sound(names):
    assert len(names) > 900
    assert load_names() is names
    assert {known.kind for known in names.names} == set(KINDS)
    assert all(known.country == "" or (known.country.isupper() and len(known.country) == 2) for known in names.names)
    assert all(known.name.strip() == known.name != "" for known in names.names)


def test_no_name_has_two_owners(names):
    keys = [
        key
        for known in names.names
        for key in {"".join(filter(str.isalnum, n.lower())) for n in (known.name, *known.aliases, *known.guarded)}
    ]
    assert len(keys) == len(set(keys))


def test_reading_names_needs_neither_spacy_nor_sklearn():
    code = "import sys; from cyberclass.text.names import load_names; load_names(); print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not {"spacy", "sklearn", "numpy", "pandas"}.intersection(result.stdout.split())


def test_building_again_gives_the_committed_table():
    try:
        installed = version("pymispgalaxies")
    except PackageNotFoundError:
        pytest.skip("pymispgalaxies is not installed")
    spec = spec_from_file_location("build_names", ROOT / "tools" / "build_names.py")
    builder = module_from_spec(spec)
    sys.modules["build_names"] = builder
    spec.loader.exec_module(builder)
    if installed != builder.PACKAGE:
        pytest.skip(f"the table is built from pymispgalaxies {builder.PACKAGE}, not {installed}")
    assert builder.table().encode() == builder.TABLE.read_bytes()
