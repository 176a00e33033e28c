"""spaCy's English tokens, worked out once for each distinct chunk of text between spaces."""

from itertools import chain
from typing import cast

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.tokenizer import Tokenizer

from cyberclass.text.growing import Growing

#: The pipeline whose tokens everything is built on: rules for English, no statistical model.
PIPELINE = "en"

#: Marks that spaCy always splits from the end of a plain word.
_ENDINGS = frozenset(",;:!?)")


class TokenMemo(dict[str, int]):
    """Chunks seen so far, each with its number; a chunk not seen yet is tokenized when it is looked up.

    spaCy splits a text at whitespace and then each chunk on its own, so the tokens of a text are those of its
    chunks in turn. `encode` relies on that: a text costs one look-up a chunk.

    Attributes
    ----------
    tokens : list of str
        The distinct tokens, by number.
    """

    def __init__(self) -> None:
        super().__init__()
        # A tokenizer of our own: its string store grows with every odd chunk, and is let go with this memo.
        self._tokenizer = cast(Tokenizer, spacy.blank(PIPELINE).tokenizer)
        self._special = frozenset(self._tokenizer.rules)
        self._numbers: dict[str, int] = {}
        self.tokens: list[str] = []
        self._starts = Growing(np.int64)
        self._lengths = Growing(np.int64)
        self._token_ids = Growing(np.int32)
        self._new_lengths: list[int] = []
        self._new_ids: list[int] = []

    def __missing__(self, chunk: str) -> int:
        number = self[chunk] = len(self)
        pieces = self._tokenize(chunk)
        self._new_lengths.append(len(pieces))
        numbers = self._numbers
        for piece in pieces:
            token = numbers.get(piece)
            if token is None:
                token = numbers[piece] = len(self.tokens)
                self.tokens.append(piece)
            self._new_ids.append(token)
        return number

    def _tokenize(self, chunk: str) -> list[str]:
        # Plain words, with or without a mark behind, make up most of what is new; no rule of spaCy's touches them.
        if chunk.isascii() and chunk not in self._special:
            if chunk.isalpha():
                return [chunk]
            word, mark = chunk[:-1], chunk[-1]
            if word.isalpha() and word not in self._special:
                if mark in _ENDINGS and len(word) > 1:
                    return [word, mark]
                if mark == "." and word[-1].islower() and len(word) > 1:
                    return [word, mark]
        return [token.text for token in self._tokenizer(chunk)]

    def encode(self, texts: list[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Turn texts into the numbers of their tokens.

        Parameters
        ----------
        texts : list of str, length n

        Returns
        -------
        tokens : ndarray of int32, shape (n_tokens,)
            The tokens of all texts in turn, as numbers into `tokens`; those of whitespace are left out.
        lengths : ndarray of int64, shape (n,)
            Tokens of each text.
        """
        chunks = [text.split() for text in texts]
        counts = np.fromiter(map(len, chunks), np.int64, len(chunks))
        total = int(counts.sum())
        ids = np.fromiter(map(self.__getitem__, chain.from_iterable(chunks)), np.int64, total)
        self._append()
        lengths = self._lengths.array[ids]
        ends = lengths.cumsum()
        first = self._starts.array[ids] - (ends - lengths)
        positions = np.repeat(first, lengths) + np.arange(int(ends[-1]) if total else 0)
        bounds = np.concatenate(([0], ends))[np.concatenate(([0], counts.cumsum()))]
        return self._token_ids.array[positions], np.diff(bounds)

    def _append(self) -> None:
        if self._new_lengths:
            lengths = np.array(self._new_lengths)
            self._starts.extend(len(self._token_ids) + lengths.cumsum() - lengths)
            self._lengths.extend(lengths)
            self._token_ids.extend(self._new_ids)
            self._new_lengths.clear()
            self._new_ids.clear()
