"""Calibrated probabilities in the words and scales of other tools."""

from bisect import bisect_right

#: Where each of `_WORDS` but the first begins, as the MISP taxonomy ``estimative-language`` has it after the
#: Intelligence Community Directive 203.
_FROM = (0.05, 0.20, 0.45, 0.55, 0.80, 0.95)
_WORDS = (
    "almost-no-chance",
    "very-unlikely",
    "unlikely",
    "roughly-even-chance",
    "likely",
    "very-likely",
    "almost-certain",
)

#: Where "Medium" and "High" begin: STIX 2.1, appendix A, the scale of none, low, medium and high.
_LEVELS_FROM = (0.295, 0.695)
_LEVELS = ("Low", "Medium", "High")


def percent(probability: float) -> int:
    """Give a probability in [0, 1] on the scale of STIX, 0 to 100."""
    return round(100 * probability)


def estimative_word(probability: float) -> str:
    """Give a probability in [0, 1] in the words of estimative language; a bound belongs to the higher word."""
    return _WORDS[bisect_right(_FROM, probability)]


def confidence_level(probability: float) -> str:
    """Give a probability in [0, 1] as "Low", "Medium" or "High": up to 29, 69 and 100 on the scale of STIX."""
    return _LEVELS[bisect_right(_LEVELS_FROM, probability)]
