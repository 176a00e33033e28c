"""The language a text is in."""

from collections import Counter
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

#: What ISO 639 calls a language that cannot be told.
UNKNOWN_LANGUAGE = "und"

#: Characters of a text that tell its language.
_ENOUGH = 1000

#: Words below which nothing is told; letters beyond the Latin ones do without spaces.
_FEWEST_WORDS, _FEWEST_LETTERS = 3, 4
_LAST_LATIN = "\u024f"

#: A text is in none of the languages that are expected where these have less than this probability together. Of 9,529
#: English phrases of eight words that a model has not seen, the gate stops 0.1 % by it; of 120 in 40 other languages,
#: of six words or more, none is above.
_SURE = 0.01

#: What py3langid calls a text that is in no language.
_NONE = "zxx"

#: Share of texts that a language must have to be one of theirs.
_USUAL = 0.05


def detect_language(text: str, expected: Collection[str] = ("en",)) -> str:
    """Tell the language of a text.

    Parameters
    ----------
    text : str
    expected : collection of str
        Languages that need less evidence than others, as ISO 639 codes.

    Returns
    -------
    str
        An ISO 639 code (of py3langid, which knows 139 languages); "und" for a text of one or two words, and for one
        that may be in an expected language as well as in another.
    """
    beginning = text[:_ENOUGH]
    words = sum(any(map(str.isalpha, word)) for word in beginning.split())
    if (
        words < _FEWEST_WORDS
        and sum(letter.isalpha() for letter in beginning if letter > _LAST_LATIN) < _FEWEST_LETTERS
    ):
        return UNKNOWN_LANGUAGE
    ranked: list[tuple[str, float]] = _identifier().rank(beginning)
    best = ranked[0][0]
    sure = best in expected or sum(share for language, share in ranked if language in expected) < _SURE
    return best if sure and best != _NONE else UNKNOWN_LANGUAGE


def usual_languages(texts: Iterable[str]) -> tuple[str, ...]:
    """Tell the languages that texts are in: each of a twentieth of them or more, as ISO 639 codes in their order."""
    counts = Counter(map(detect_language, texts))
    counts.pop(UNKNOWN_LANGUAGE, None)
    return tuple(sorted(language for language, count in counts.items() if count >= _USUAL * counts.total()))


@lru_cache(maxsize=1)
def _identifier() -> Any:
    # Takes a second to load, and English needs it seldom.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
