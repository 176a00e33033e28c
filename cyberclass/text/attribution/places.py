"""Countries, their people and services, and malware: the tables beside this package, as the rules need them."""

from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple


class Places(NamedTuple):
    """Names of countries with the cities that stand for them, of their people, and of their secret services."""

    countries: frozenset[str]
    people: frozenset[str]
    services: frozenset[str]


@lru_cache(maxsize=1)
def load_places() -> Places:
    """Read the table of countries, once; its apostrophes are straight here."""
    text = _read("countries.txt").replace("\u2019", "'")
    countries, people, cities, services = (
        frozenset(filter(None, block.replace("\n", ";").split(";"))) for block in text.split("\n\n")[1:]
    )
    return Places(countries | cities, people, services)


@lru_cache(maxsize=1)
def load_malware() -> frozenset[str]:
    """Read the names of malware, in lower case, once."""
    return frozenset(_read("malware.txt").split())


def _read(name: str) -> str:
    return (files("cyberclass.text") / name).read_text(encoding="utf-8")
