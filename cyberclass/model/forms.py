"""Word forms: what the tokens of a text are to a vectorizer, worked out once for each distinct token."""

import re

import numpy as np
from numpy.typing import NDArray

from cyberclass.text.cues import Cues, CueWord
from cyberclass.text.growing import Growing
from cyberclass.text.splitting import HYPHENS

_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"[\d.,:/]*\d[\d.,:/]*")
_CVE = re.compile(r"cve-\d{4}-\d+")
_ADDRESS = re.compile(r"(?:https?:|hxxps?:|www\.)")

#: What a form can do in a pair pattern.
BEGINS, ENDS = 1, 2


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
    sides : Growing of uint8, shape (n_forms,)
        `BEGINS` and `ENDS`, summed: whether a form can begin, or end, a pair pattern.
    meaning : Growing of int32, shape (n_forms,)
        What a form is to the cues, as a row of the tables below; -1 if nothing.
    alone : Growing of float64, shape (n_meanings, n_cues)
        1 for the cues that such a form is by itself.
    first, second : Growing of uint8, shape (n_meanings, n_bytes)
        Bits of the pair patterns that it can begin, or end, as `numpy.packbits` lays them.
    """

    def __init__(self, cues: Cues) -> None:
        self._cues = cues
        # Hyphens are no words.
        self._numbers = dict.fromkeys(HYPHENS, -1)
        self.forms: list[str] = []
        self._rows: dict[CueWord, int] = {}
        self.sides, self.meaning = Growing(np.uint8), Growing(np.int32)
        self.alone = Growing(np.float64, len(cues.names))
        width = -(-len(cues.cue_of_pair) // 8)
        self.first, self.second = Growing(np.uint8, width), Growing(np.uint8, width)

    def __len__(self) -> int:
        return len(self.forms)

    def add(self, tokens: list[str]) -> NDArray[np.int64]:
        """Give the form of each of some tokens; -1 for hyphens, which are no words.

        Parameters
        ----------
        tokens : list of str, length n
            Without line breaks.

        Returns
        -------
        ndarray of int64, shape (n,)
        """
        if not tokens:
            return np.empty(0, dtype=np.int64)
        lowered = "\n".join(tokens).lower().split("\n")
        forms = [form if form.isalpha() else form_of(form) for form in lowered]
        numbers = self._numbers
        new = [form for form in dict.fromkeys(forms) if form not in numbers]
        numbers.update(zip(new, range(len(self.forms), len(self.forms) + len(new)), strict=True))
        self.forms.extend(new)
        self._describe(new)
        return np.fromiter(map(numbers.__getitem__, forms), np.int64, len(forms))

    def _describe(self, forms: list[str]) -> None:
        """Append what the cues say of new forms."""
        places, meanings = self._cues.of_words(forms)
        rows = self._rows
        new = [meaning for meaning in dict.fromkeys(meanings) if meaning not in rows]
        rows.update(zip(new, range(len(rows), len(rows) + len(new)), strict=True))
        alone = np.zeros((len(new), len(self._cues.names)))
        pairs = np.zeros((2, len(new), len(self._cues.cue_of_pair)), dtype=np.bool_)
        for row, meaning in enumerate(new):
            alone[row, list(meaning.cues)] = 1
            pairs[0, row, list(meaning.first)] = True
            pairs[1, row, list(meaning.second)] = True
        self.alone.extend(alone)
        self.first.extend(np.packbits(pairs[0], axis=1))
        self.second.extend(np.packbits(pairs[1], axis=1))
        meaning_of = np.full(len(forms), -1)
        meaning_of[places] = [rows[meaning] for meaning in meanings]
        sides = np.zeros(len(forms), dtype=np.uint8)
        sides[places] = [BEGINS * bool(meaning.first) + ENDS * bool(meaning.second) for meaning in meanings]
        self.meaning.extend(meaning_of)
        self.sides.extend(sides)
