"""The table ``attribution.toml``, and the small words of English in it by which phrases are told."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Grammar:
    """Small words, in lower case, by what they do in a sentence; ``attribution.toml`` says what each is."""

    stops: frozenset[str]
    articles: frozenset[str]
    fillers: frozenset[str]
    dropped: frozenset[str]
    joints: frozenset[str]
    prepositions: frozenset[str]
    bounds: frozenset[str]
    pronouns: frozenset[str]
    first_person: frozenset[str]
    calendar: frozenset[str]
    openers: frozenset[str]
    generic: frozenset[str]
    handles: frozenset[str]
    titles: frozenset[str]
    no_agents: frozenset[str]
    common_endings: tuple[str, ...]
    people_endings: tuple[str, ...]
    agent_endings: tuple[str, ...]


@lru_cache(maxsize=1)
def load_table() -> Mapping[str, Any]:
    """Read the table that comes with this package, once."""
    return tomllib.loads((files(__package__) / "attribution.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def load_grammar() -> Grammar:
    """Read the small words, once."""
    listed = load_table()["grammar"]
    words: dict[str, Any] = {
        field.name: (tuple if field.name.endswith("endings") else frozenset)(listed[field.name].split())
        for field in fields(Grammar)
    }
    return Grammar(**words)


def expressions_in(value: str) -> Iterator[str]:
    """Part a list of expressions."""
    for expression in re.split(r"[;\n]", value):
        if expression.strip():
            yield expression.strip()
