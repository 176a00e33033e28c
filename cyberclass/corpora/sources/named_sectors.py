"""Sectors of those attacked -> impact domains: a proxy, as it says who was attacked and not where it hurt.

Names are those of two vocabularies: the 16 critical sectors of the US Department of Homeland Security, as the MISP
taxonomy ``dhs-ciip-sectors`` writes them, and ``industry-sector-ov`` of STIX 2.1. As the codebook has it, only
essential services are critical infrastructure: chemistry, manufacturing and information technology are economy.
"""

from collections.abc import Iterable

#: Domains that sectors tell of; the others are not coded.
CODED = ("national-security", "critical-infrastructure", "economy")

_SECTORS = {
    "national-security": (
        "dib defense government government-facilities government-local government-national government-regional"
    ),
    "critical-infrastructure": (
        "communications dams emergency-services energy financial-services food-agriculture agriculture "
        "government-public-services healthcare healthcare-public infrastructure nuclear telecommunications transport "
        "transportation utilities water"
    ),
    "economy": (
        "aerospace automotive chemical commercial commercial-facilities construction critical-manufacturing "
        "entertainment financial-services hospitality-leisure insurance it manufacturing mining pharmaceuticals retail "
        "technology"
    ),
}

_DOMAINS = {domain: frozenset(names.split()) for domain, names in _SECTORS.items()}
_KNOWN = frozenset().union(*_DOMAINS.values())


def domains_of(sectors: Iterable[str]) -> tuple[str, ...] | None:
    """Give the impact domains of sectors.

    Parameters
    ----------
    sectors : iterable of str

    Returns
    -------
    tuple of str, or None
        In the order of `CODED`; None where no sector is one of those known here.
    """
    found = {sector.strip().casefold() for sector in sectors} & _KNOWN
    if not found:
        return None
    return tuple(domain for domain in CODED if found & _DOMAINS[domain])
