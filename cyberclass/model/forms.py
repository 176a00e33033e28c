"""Word forms: what the tokens of a text are to a vectorizer, worked out once for each distinct token."""

import re

import numpy as np
from numpy.typing import NDArray

from cyberclass.text.cues import Cues
from cyberclass.text.growing import Growing

_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"[\d.,:/]*\d[\d.,:/]*")
_CVE = re.compile(r"cve-\d{4}-\d+")
_ADDRESS = re.compile(r"(?:https?:|hxxps?:|www\.)")

#: spaCy splits "state-sponsored" in three; the mark between says nothing, and parts neighbours.
_HYPHENS = frozenset("-\u2010\u2011\u2013\u2014")


def form_of(token: str) -> str:
    """Fold a token: lower case, and one form for all years, numbers, CVE numbers and addresses.

    Examples
    --------
    >>> [form_of(token) for token in ("Hackers", "2016", "1,500", "CVE-2021-44228", "hxxp://x.example")]
    ['hackers', '0000', '0', 'cve-0', 'www']
    """
    form = token.lower()
    if _ADDRESS.match(form):
        return "www"
    if not any(character.isdigit() for character in form):
        return form
    if _YEAR.fullmatch(form):
        return "0000"
    if _CVE.fullmatch(form):
        return "cve-0"
    return "0" if _NUMBER.fullmatch(form) else form


class FormTable:
    """Distinct forms by number, with what the cues say of each; grows as new tokens come.

    Parameters
    ----------
    cues : Cues

    Attributes
    ----------
    forms : list of str
        The distinct forms, by number.
    first, second : Growing of uint8, shape (n_forms, n_bytes)
        Bits of the pair patterns that a form can begin, or end, as `numpy.packbits` lays them.
    begins, ends : Growing of bool, shape (n_forms,)
        Whether it can begin, or end, any.
    cue_forms, cue_numbers : Growing of int64
        In parallel: a form that is a cue by itself, and that cue.
    """

    def __init__(self, cues: Cues) -> None:
        self._cues = cues
        # Hyphens are no words.
        self._numbers = dict.fromkeys(_HYPHENS, -1)
        self.forms: list[str] = []
        self._of_token = Growing(np.int64)
        width = -(-len(cues.cue_of_pair) // 8)
        self.first, self.second = Growing(np.uint8, width), Growing(np.uint8, width)
        self.begins, self.ends = Growing(np.bool_), Growing(np.bool_)
        self.cue_forms, self.cue_numbers = Growing(np.int64), Growing(np.int64)

    def __len__(self) -> int:
        return len(self.forms)

    def of_tokens(self, tokens: list[str]) -> NDArray[np.int64]:
        """Give the form of each of a memo's tokens, by the token's number; -1 for hyphens, which are no words.

        Parameters
        ----------
        tokens : list of str
            The tokens of the call before, and new ones behind them.
        """
        new = tokens[len(self._of_token) :]
        if new:
            known = len(self.forms)
            numbers = self._numbers
            places = []
            for token in new:
                form = token.lower() if token.isalpha() else form_of(token)
                place = numbers.get(form)
                if place is None:
                    place = numbers[form] = len(self.forms)
                    self.forms.append(form)
                places.append(place)
            self._of_token.extend(places)
            self._describe(self.forms[known:], known)
        return self._of_token.array

    def _describe(self, forms: list[str], number: int) -> None:
        """Append what the cues say of new forms, the first of which has this number."""
        spoken = [(row, word) for row, form in enumerate(forms) if (word := self._cues.of_word(form)).says_anything]
        for side, (bits, any_bit) in enumerate(((self.first, self.begins), (self.second, self.ends)), start=1):
            dense = np.zeros((len(forms), len(self._cues.cue_of_pair)), dtype=np.bool_)
            for row, word in spoken:
                dense[row, list(word[side])] = True
            bits.extend(np.packbits(dense, axis=1))
            any_bit.extend(dense.any(axis=1))
        alone = [(number + row, cue) for row, word in spoken for cue in sorted(word.cues)]
        self.cue_forms.extend([form for form, _ in alone])
        self.cue_numbers.extend([cue for _, cue in alone])
