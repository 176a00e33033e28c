"""Which sentences are worth reading: those with a word, or two side by side, of an expression that may attribute."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

_words = re.compile(r"\w+").findall

#: Lists of which an expression makes a sentence worth reading.
_TELLING = frozenset(
    (
        *("accused.after", "accused.before", "accused.said_after", "accused.cleft"),
        *("claimed.direct", "claimed.voice", "claimed.loose", "denied.own", "denied.other", "unknown.direct"),
        "perpetrators.core",
    )
)

Anchor = str | tuple[str, str]


class Gate:
    """Passes sentences that may hold an attribution.

    Parameters
    ----------
    expressions : iterable of (str, sequence of sequence of str)
        The list that an expression stands in, and its parts, each as the phrases that it may be.
    common : iterable of str
        Words that say nothing alone.
    telling : iterable of str
        Words that say enough though they are common.
    empty : iterable of str
        Words of which two side by side say nothing either.
    """

    def __init__(
        self,
        expressions: Sequence[tuple[str, Sequence[Sequence[str]]]],
        common: Iterable[str],
        telling: Iterable[str],
        empty: Iterable[str],
    ) -> None:
        self._common, self._empty = frozenset(common), frozenset(empty)
        anchors = self._anchors_of(expressions, _TELLING) | set(telling)
        self._alone = frozenset(anchor for anchor in anchors if isinstance(anchor, str))
        self._pairs = frozenset(anchor for anchor in anchors if not isinstance(anchor, str))
        who = self._anchors_of(expressions, {"unknown.who"})
        self._who = frozenset(anchor for anchor in who if isinstance(anchor, str))
        ignorance = [phrase for name, parts in expressions if name == "unknown.ignorance" for phrase in parts[0]]
        self._ignorance = frozenset(word for phrase in ignorance for word in _words(phrase)) - self._common | _NEGATIONS

    def __call__(self, sentence: str) -> bool:
        """Say whether a sentence may hold an attribution."""
        words = _words(sentence.lower())
        distinct = set(words)
        return not (
            self._alone.isdisjoint(distinct)
            and (self._who.isdisjoint(distinct) or self._ignorance.isdisjoint(distinct))
            and self._pairs.isdisjoint(pairwise(words))
        )

    def _anchors_of(
        self, expressions: Sequence[tuple[str, Sequence[Sequence[str]]]], names: Iterable[str]
    ) -> set[Anchor]:
        """Find what every expression of some lists has one of."""
        anchors: set[Anchor] = set()
        for name, parts in expressions:
            if name in names:
                choices = [[self._anchor_of(phrase) for phrase in phrases] for phrases in parts]
                whole = [choice for choice in choices if all(choice)]
                # Words alone are rarer company than two common ones; with neither, some of its forms must do.
                best = min(whole, key=_breadth, default=None)
                anchors.update(filter(None, best or max(choices, key=lambda choice: sum(map(bool, choice)))))
        return anchors

    def _anchor_of(self, phrase: str) -> Anchor | None:
        words = _words(phrase.lower())
        telling = [word for word in words if word not in self._common]
        if telling:
            return max(telling, key=len)
        return next((pair for pair in pairwise(words) if not self._empty.issuperset(pair)), None)


_NEGATIONS = frozenset(
    ("not", "n", "cannot", "nobody", "no", "never", "without", "yet", "unable", "neither", "none", "failed", "declined")
)


def _breadth(choice: Sequence[Anchor | None]) -> tuple[int, int]:
    """Rank parts of an expression: those told by words alone first, then those of few forms."""
    return sum(not isinstance(each, str) for each in choice), len(choice)
