"""Names taken out of a text, to see what a model knows beyond them."""

import re
from functools import lru_cache
from importlib.resources import files

from cyberclass.text.names import load_names

_WORD = re.compile(r"\w[\w.-]*\w")


def mask_names(text: str, actor: str = "the group", malware: str = "the program") -> str:
    """Put other words in the place of every known actor and every known malware.

    Malware counts where it is written with a capital.

    Examples
    --------
    >>> mask_names("APT29 infected them with WellMess.")
    'the group infected them with the program.'
    """
    known = _malware()

    def change(match: re.Match[str]) -> str:
        word = match[0]
        return malware if word.lower() in known and word != word.lower() else word

    return _WORD.sub(change, load_names().mask(text, actor))


def mask_countries(text: str, country: str = "Ruritania") -> str:
    """Put `country` in the place of listed names of countries, peoples, seats of government and secret services.

    Examples
    --------
    >>> mask_countries("Russian hackers read the e-mail of ministers in South Korea.")
    'Ruritania hackers read the e-mail of ministers in Ruritania.'
    """
    return _countries().sub(lambda _: country, text)


@lru_cache(maxsize=1)
def _malware() -> frozenset[str]:
    return frozenset(_lines("malware.txt"))


@lru_cache(maxsize=1)
def _countries() -> re.Pattern[str]:
    listed = [name for line in _lines("countries.txt") if not line.startswith("#") for name in line.split(";") if name]
    # Headlines shout.
    names = {*listed, *map(str.upper, listed)}
    # The longest first: "South Korea" before "Korea".
    alternatives = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")


def _lines(name: str) -> list[str]:
    return (files(__package__) / name).read_text(encoding="utf-8").splitlines()
