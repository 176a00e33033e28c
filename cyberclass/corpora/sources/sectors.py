"""Sectors of victims -> impact domains: NAICS as American databases have it, ISIC as Hackmageddon has it.

A proxy, as every reading of impact from victims is: it says who was attacked, not where it hurt. It tells of three
domains: national security (public administration), critical infrastructure (utilities, transport, health, finance,
telecoms) and economy (businesses). A sector that holds both kinds leaves the domain open, which is then not coded: food
among farms, energy among mines, arms among factories, telecoms among media, civil registries among public offices.
Sectors say nothing of democracy, privacy, public safety and international relations.
"""

import re
from functools import lru_cache
from typing import NamedTuple

_CODED = ("national-security", "critical-infrastructure", "economy")
_SECURITY, _INFRASTRUCTURE, _ECONOMY = _CODED


class Sector(NamedTuple):
    """A sector of the economy.

    Attributes
    ----------
    naics : tuple of str
        Beginnings of its codes.
    isic : str
        Letters of its sections.
    names : tuple of str
        Beginnings of its names, in lower case.
    impact, unknown : tuple of str
        Domains that apply, and those left open.
    """

    naics: tuple[str, ...]
    isic: str
    names: tuple[str, ...]
    impact: tuple[str, ...]
    unknown: tuple[str, ...] = ()


SECTORS = (
    Sector(("11",), "A", ("agriculture",), (_ECONOMY,), (_INFRASTRUCTURE,)),
    Sector(("21",), "B", ("mining",), (_ECONOMY,), (_INFRASTRUCTURE,)),
    Sector(("22",), "DE", ("utilities", "electricity", "water supply"), (_INFRASTRUCTURE,)),
    Sector(("23",), "F", ("construction",), (_ECONOMY,)),
    Sector(("31", "32", "33"), "C", ("manufacturing",), (_ECONOMY,), (_SECURITY,)),
    Sector(("42", "44", "45"), "G", ("wholesale", "retail"), (_ECONOMY,)),
    Sector(("48", "49"), "H", ("transport",), (_INFRASTRUCTURE,)),
    Sector(("51",), "J", ("information",), (_ECONOMY,), (_INFRASTRUCTURE,)),
    Sector(("517",), "", ("telecommunication",), (_INFRASTRUCTURE,)),
    Sector(("52",), "K", ("finance", "financial"), (_INFRASTRUCTURE, _ECONOMY)),
    Sector((), "V", ("fintech",), (_ECONOMY,), (_INFRASTRUCTURE,)),
    Sector(("53",), "L", ("real estate",), (_ECONOMY,)),
    Sector(("54",), "M", ("professional",), (_ECONOMY,), (_SECURITY,)),
    Sector(("55",), "", ("management of companies",), (_ECONOMY,)),
    Sector(("56",), "N", ("administrative", "administration and support", "admin and support"), (_ECONOMY,)),
    Sector(("61",), "P", ("education",), ()),
    Sector(("62",), "Q", ("health", "human health"), (_INFRASTRUCTURE,)),
    Sector(("71",), "R", ("arts",), (_ECONOMY,)),
    Sector(("72",), "I", ("accommodation",), (_ECONOMY,)),
    Sector(("81",), "S", ("other service",), (), (_ECONOMY,)),
    Sector(("92",), "O", ("public admin",), (_SECURITY,), (_INFRASTRUCTURE,)),
    Sector((), "U", ("extraterritorial", "activities of extraterritorial"), (), (_SECURITY,)),
    Sector((), "TX", ("individual", "activities of households", "private households"), ()),
)

#: A letter of ISIC, alone or before the name.
_LETTER = re.compile(r"([A-Z])(?:[\s.:-]+(.*))?$")


@lru_cache(maxsize=1 << 12)
def find_sector(value: str) -> Sector | None:
    """Find a sector by its code or its name.

    Parameters
    ----------
    value : str
        A NAICS code of two to six digits, a range of them ("48-49"), a letter of ISIC, or a name, with or without the
        letter before it. Upper and lower case count in a lone letter only.

    Returns
    -------
    Sector or None
        None for one that is not known, such as "Unknown" or "Multiple industries".
    """
    value = value.strip()
    if value[:2].isdigit():
        found = [(len(code), each) for each in SECTORS for code in each.naics if value.startswith(code)]
        return max(found, key=lambda pair: pair[0])[1] if found else None
    if match := _LETTER.match(value):
        return next((each for each in SECTORS if match[1] in each.isic), None)
    name = value.casefold()
    return next((each for each in SECTORS if name.startswith(each.names)), None)


def impact_of(sector: Sector | None) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """Give the domains that apply to a sector's victims, and those that are coded; (None, None) for no sector."""
    if sector is None:
        return None, None
    return sector.impact, tuple(domain for domain in _CODED if domain not in sector.unknown)
