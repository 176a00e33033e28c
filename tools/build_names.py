"""Builds cyberclass/text/names.tsv from the MISP galaxies and two hand-kept lists beside this script.

    python tools/build_names.py

needs pymispgalaxies (``pip install cyberclass[names]``), of the version named in ``PACKAGE`` to give the same file.
The galaxies are public (https://github.com/MISP/misp-galaxy, CC0 1.0 or BSD-2-Clause).

- ``names_supplement.tsv``: actors the galaxies miss or have wrong. Its rows win: they own their names. Kind ``-``
  leaves an actor out.
- ``everyday_names.tsv``: names that are also everyday words. ``context``: the name counts only in such company as
  "the Hive gang"; ``ransomware``: places, people and firms, which only "Cuba ransomware" brings in; ``never``: words
  that no company makes a name ("a global ransomware attack").

Of 2,000 ransomware entries, most of them lockers nobody named in the news, those stay that have a leak or payment
site on record (``links``); the few others worth having stand in the supplement.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

PACKAGE = "1.1.1"
TOOLS = Path(__file__).parent
TABLE = TOOLS.parent / "cyberclass" / "text" / "names.tsv"
SUPPLEMENT = TOOLS / "names_supplement.tsv"
EVERYDAY = TOOLS / "everyday_names.tsv"
HEADER = ("name", "aliases", "guarded", "kind", "country")

#: In order of trust: an earlier galaxy's kind, and its claim to an alias, stand.
GALAXIES = ("threat-actor", "microsoft-activity-group", "mitre-intrusion-set", "tidal-groups", "ransomware")

#: Catalogue numbers, bare group numbers and notes, which no report uses as a name.
NO_NAME = re.compile(
    r"G\d{4}|S\d{4}|ATK\d+|SIG\d+|(?:the )?group \d+|T-APT-\d+|White Dev \d+|\w{1,3}|\d+|\[.*\].*|.*(?:\bRAT|&.*)",
    re.IGNORECASE,
)
#: What the galaxies write around a name.
AROUND = re.compile(
    r"^Subgroup: |(?: - G\d{4}|\s*\(.*\)|(?: Ransomware| RaaS)(?: Group| Gang)?|(?: Ransomware)? (?:Actors?|Operators)"
    r"(?: & Affiliates)?| Affiliates)$",
    re.IGNORECASE,
)

#: Families of names whose giver states the kind (CrowdStrike, Microsoft, Secureworks, Mandiant, Unit 42, Trend Micro).
FAMILIES = (
    ("criminal", r".* Spider|Gold \w+|.* Tempest|.* Libra|.* Scorpius|FIN\d+|Water \w+"),
    ("activist", r".* Jackal"),
    (
        "state",
        r".* (?:Panda|Kitten|Bear|Chollima|Tiger|Buffalo|Crane|Leopard|Typhoon|Blizzard|Sandstorm|Sleet|Cyclone)",
    ),
    ("state", r".* (?:Tsunami|Hail|Dust|Taurus|Ursa|Serpens|Pisces|Manticore)|APT-?(?:C-)?\d+|Earth \w+"),
    ("state", r"(?:Bronze|Cobalt|Iron|Nickel|Tin|Zinc|Copper|Aluminum|Platinum|Tungsten) [A-Z]\w+"),
)
INCIDENTS = {"Espionage": "state", "Sabotage": "state", "Financial Theft": "criminal", "Extortion": "criminal"}
MOTIVES = {"Cyber Espionage": "state", "Financial Gain": "criminal", "Ideology": "activist"}
DESCRIPTIONS = (
    ("activist", r"\bhack?tivis[mt]|politically motivated"),
    (
        "state",
        r"\bstate[- ](?:sponsored|backed|affiliated|aligned|nexus)|nation[- ]state|\bgovernment-backed|espionage",
    ),
    ("state", r"\b(?:China|Iran|Russia|Belarus|DPRK|North Korea)n?-(?:nexus|aligned|linked|backed)|on behalf of China"),
    ("criminal", r"financially[- ]motivated|financial gain|cyber-?crim|\becrime|ransomware (?:group|gang)|extort"),
    (
        "criminal",
        r"cryptojack|crypto-?miner|phishing-as-a-service|access broker|malware[- ]as[- ]a[- ]service|bank fraud",
    ),
)


@dataclass(eq=False)
class Actor:
    """One actor on its way into the table; ``kind`` is empty as long as nothing tells it; ``settled`` by hand."""

    name: str
    kind: str = ""
    country: str = ""
    settled: bool = False
    aliases: dict[str, str] = field(default_factory=dict)


words = re.compile(r"\w+").findall


def key(name: str) -> str:
    """What two spellings of one name have in common: letters and digits, lower-cased."""
    return "".join(words(name.lower()))


def read_tsv(path: Path) -> list[list[str]]:
    """Rows of a tab-separated file below its header."""
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]


def kind_of(galaxy: str, name: str, description: str, meta: dict) -> str:
    """The kind an entry gives sound reason for, or an empty string."""
    if galaxy == "ransomware":
        return "criminal"
    if "Hacktivist" in str(meta.get("motive", "")):
        return "activist"
    for field_name, kinds in (("cfr-type-of-incident", INCIDENTS), ("observed_motivations", MOTIVES)):
        stated = meta.get(field_name, [])
        for label, kind in kinds.items():
            if label in stated:
                return kind
    if meta.get("sector") == "Financially motivated":
        return "criminal"
    for kind, pattern in FAMILIES:
        if re.fullmatch(pattern, name, re.IGNORECASE):
            return kind
    if meta.get("cfr-suspected-state-sponsor", "Unknown") != "Unknown":
        return "state"
    told = {kind for kind, pattern in DESCRIPTIONS if re.search(pattern, description, re.IGNORECASE)}
    return told.pop() if len(told) == 1 else ""


def clean(name: str) -> str:
    """A galaxy's name without what it writes around it, or an empty string when nothing is left to match."""
    name = AROUND.sub("", " ".join(name.split()))
    return "" if NO_NAME.fullmatch(name) else name


def entries() -> Iterator[tuple[list[str], str, str]]:
    """Names (the main one first), kind and country of every galaxy entry, in order of trust."""
    clusters = files("pymispgalaxies") / "data" / "misp-galaxy" / "clusters"
    for galaxy in GALAXIES:
        for value in json.loads((clusters / f"{galaxy}.json").read_text(encoding="utf-8"))["values"]:
            meta = value.get("meta", {})
            if galaxy == "ransomware" and not meta.get("links"):
                continue
            kind = kind_of(galaxy, clean(value["value"]), value.get("description", ""), meta)
            names = [clean(name) for name in (value["value"], *meta.get("synonyms", []))]
            if any(names):
                yield [name for name in names if name], kind, meta.get("country", "")


def merge() -> list[Actor]:
    """All actors, each name owned by one of them.

    An entry joins an actor that owns its main name; or else one that shares two of its names, or whose own main name
    it lists. Where that points at several actors, or the kinds differ, it stands alone with the names still free:
    chains through one loose alias would make one actor of Lazarus, Andariel and Kimsuky.
    """
    actors: list[Actor] = []
    owner: dict[str, Actor] = {}

    def add(actor: Actor, names: list[str]) -> None:
        for name in names:
            if owner.setdefault(key(name), actor) is actor:
                # Of "FancyBear" and "Fancy Bear" keep the one with more words: joining words is the reader's affair.
                actor.aliases[key(name)] = max(actor.aliases.get(key(name), name), name, key=lambda n: len(words(n)))

    for name, aliases, kind, country in read_tsv(SUPPLEMENT):
        actors.append(Actor(name, kind, country, settled=True))
        add(actors[-1], [name, *filter(None, aliases.split(";"))])
    for names, kind, country in entries():
        actor = owner.get(key(names[0])) or likely_owner(names, owner)
        if actor is None or (kind and actor.kind not in ("", "-", kind) and key(names[0]) not in actor.aliases):
            actor = Actor(names[0])
            actors.append(actor)
        if not actor.settled:
            actor.kind = actor.kind or kind
            actor.country = actor.country or country
        add(actor, names)
    return actors


def likely_owner(names: list[str], owner: dict[str, Actor]) -> Actor | None:
    """The one actor that holds two of these names, or whose main name is among them; None when not one."""
    holders = [owner[key(name)] for name in names if key(name) in owner]
    likely = {id(a): a for a in holders if holders.count(a) > 1 or key(a.name) in map(key, names)}
    return likely.popitem()[1] if len(likely) == 1 else None


def capwords(name: str) -> str:
    """A name for display: leak-site trackers write all names in lower case."""
    return " ".join(word.capitalize() for word in name.split()) if name == name.lower() else name


def rows() -> Iterator[tuple[str, ...]]:
    """The rows of the table, unsorted."""
    everyday = {key(name): rule for name, rule in read_tsv(EVERYDAY)}
    for actor in merge():
        if actor.kind in ("", "-"):
            continue
        names: dict[str, set[str]] = {"": set(), "context": set(), "ransomware": set(), "never": set()}
        for name in actor.aliases.values():
            names[everyday.get(key(name), "")].add(name)
        plain = names[""] | {f"{name} ransomware" for name in names["ransomware"]}
        guarded = names["context"]
        if not plain | guarded:
            continue
        name = {"": actor.name, "context": actor.name, "ransomware": f"{actor.name} ransomware"}.get(
            everyday.get(key(actor.name), ""), min(plain or guarded)
        )
        yield capwords(name), ";".join(sorted(plain - {name})), ";".join(sorted(guarded)), actor.kind, actor.country


def table() -> str:
    """The whole table as text."""
    lines = sorted(rows(), key=lambda row: (row[0].casefold(), row))
    return "".join("\t".join(line) + "\n" for line in [HEADER, *lines])


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8", newline="\n")
    print(f"{TABLE}: {len(table().splitlines()) - 1} actors")
