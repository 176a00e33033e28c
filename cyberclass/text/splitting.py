"""The tokens of a chunk of text between spaces: spaCy's, for most chunks told by their shape alone."""

import re
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import BaseDefaults
from spacy.tokenizer import Tokenizer
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex, get_lang_class
from spacy.vocab import Vocab

#: The pipeline whose tokens everything is built on: rules for English, no statistical model.
PIPELINE = "en"

#: Tokens that are no words: spaCy splits "state-sponsored" in three; the mark between says nothing, and parts
#: neighbours.
HYPHENS = frozenset("-\u2010\u2011\u2013\u2014")

#: Chunks that no rule of spaCy's treats in a special way, line by line: an opening mark; a plain word (with dashes), a
#: number, a name that ends in one or a CVE number; a genitive; closing marks. Any other line leaves all four groups
#: empty.
_PLAIN = re.compile(
    '^(?:([(\\["\u201c\u2018$]?)'
    "([A-Za-z]+(?:[-\u2013\u2014][A-Za-z]+)*|[0-9]+(?:,[0-9]{3})*(?:\\.[0-9]+)*|[A-Za-z]+[0-9]+|CVE-[0-9]{4}-[0-9]+)"
    "(['\u2019]s)?"
    "([,;:!?)\\]\"\u201d\u2019'.%]{0,2})|.+)$",
    re.MULTILINE,
)
#: Closing marks that spaCy splits one by one from the end of a plain word.
_CLOSING = frozenset(
    (
        *("", *",;:!?)]\"\u201d\u2019'.%"),
        *(f"{a}{b}" for a in ",.?!)" for b in '"\u201d'),
        *(f"{a}{b}" for a in ')"\u201d%' for b in ",."),
        "%)",
    )
)
_NO_SHAPE = ("", "", "", "")
_AFTER_HYPHEN = frozenset(',;:!?)"\u201d.')
#: Marks that make no smiley with a letter; and those that make none with two.
_SAFE = frozenset(',"\u201c\u201d')
_SAFE_ALONE = frozenset(".()")
_HYPHEN = re.compile("((?<=[A-Za-z])[-\u2013\u2014](?=[A-Za-z])|(?<=[0-9])-(?=[0-9]))")
_DASHES = frozenset("-\u2013\u2014")
_MARKED = re.compile("(.+)(?:['\u2019]s|.)")

#: Characters of the longest chunk that spaCy is given; its time grows with their square. Longer ones are addresses,
#: encoded files or malice, and one token each.
_LONGEST = 120

#: Marks before and behind a word, at least, that are told one by one: spaCy takes some 50 microseconds for each.
_HEAP = 24
_MARKS = re.compile(r"[\W_]*")


class ChunkSplitter:
    """Splits chunks into spaCy's tokens; it has a tokenizer of its own, which grows with what it is given."""

    def __init__(self) -> None:
        self._special = frozenset(_defaults().tokenizer_exceptions)
        #: Words that are special, or become so with what may follow a plain one.
        self._touchy = self._special | {ends[1] for case in self._special if (ends := _MARKED.fullmatch(case))}

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        # When first needed: few short texts have odd chunks, and it takes long to make.
        return make_tokenizer(Vocab())

    def __call__(self, chunks: list[str]) -> tuple[list[str], NDArray[np.int64]]:
        """Split chunks.

        Parameters
        ----------
        chunks : list of str, length n
            None empty, or with whitespace in it.

        Returns
        -------
        tokens : list of str
            Those of all chunks in turn.
        lengths : ndarray of int64, shape (n,)
            Tokens of each.
        """
        lengths: list[int] = []
        pieces: list[str] = []
        special = self._special
        are_letters = [chunk.isascii() and chunk.isalpha() for chunk in chunks]
        # One regular expression over all the others.
        marked = [chunk for chunk, letters in zip(chunks, are_letters, strict=True) if not letters]
        shapes = iter(_PLAIN.findall("\n".join(marked)))
        for chunk, letters in zip(chunks, are_letters, strict=True):
            if letters and chunk not in special:
                pieces.append(chunk)
                lengths.append(1)
                continue
            mark, word, genitive, marks = next(shapes) if not letters else _NO_SHAPE
            before = len(pieces)
            if len(chunk) > _LONGEST:
                pieces.append(chunk)
            elif (
                word
                and marks in _CLOSING
                and word not in self._touchy
                and chunk not in special
                and not self._is_odd(mark, word, genitive, marks)
            ):
                if mark:
                    pieces.append(mark)
                if not word.isalnum() and not _DASHES.isdisjoint(word):
                    pieces.extend(_HYPHEN.split(word))
                else:
                    pieces.append(word)
                if genitive:
                    pieces.append(genitive)
                pieces.extend(marks)
            else:
                pieces.extend(self._pieces_of(chunk))
            lengths.append(len(pieces) - before)
        return pieces, np.array(lengths, dtype=np.int64)

    def _pieces_of(self, chunk: str) -> list[str]:
        """Have spaCy cut a chunk, but for a heap of marks around it."""
        start = _length_of_marks(chunk)
        end = len(chunk) - _length_of_marks(chunk[: start - 1 if start else None : -1])
        if start + len(chunk) - end < _HEAP:
            start, end = 0, len(chunk)
        return [*chunk[:start], *(token.text for token in self._tokenizer(chunk[start:end])), *chunk[end:]]

    def _is_odd(self, mark: str, word: str, genitive: str, marks: str) -> bool:
        """Say whether spaCy might see more in a chunk than marks around a word: an abbreviation, a smiley, a unit."""
        last = word[-1]
        if last.isdigit():
            return bool(genitive) or "'" in marks
        if "%" in marks or (marks[:1] == "." and last.isupper() and not word[-2:-1].isupper()):
            # spaCy leaves the stop of a capital alone.
            return True
        if word.isalpha():
            # spaCy has smileys of one and two letters.
            return mark == "$" or (
                len(word) < 3
                and not _SAFE.issuperset(marks + mark)
                and (len(word) == 1 or mark + marks not in _SAFE_ALONE)
            )
        return mark == "\u2018" or bool(genitive) or not _AFTER_HYPHEN.issuperset(marks) or word[-2] in _DASHES


def _length_of_marks(text: str) -> int:
    match = _MARKS.match(text)
    return match.end() if match else 0


def make_tokenizer(vocabulary: Vocab, contractions: bool = True) -> Tokenizer:
    """Make a tokenizer with the pipeline's rules.

    The rest of a pipeline, which takes long to make, is not needed.

    Parameters
    ----------
    vocabulary : Vocab
        Of the tokenizer's own: it grows with every chunk that is odd. It need not work out attributes of words (shape,
        whether it is like a URL, ...) that are not used; they would take most of the time.
    contractions : bool
        Whether to know "don't", "a.m." and their like, which take long to learn.

    Returns
    -------
    Tokenizer
    """
    return Tokenizer(vocabulary, rules=_defaults().tokenizer_exceptions if contractions else None, **_affixes())


def _defaults() -> type[BaseDefaults]:
    return get_lang_class(PIPELINE).Defaults


@lru_cache(maxsize=1)
def _affixes() -> dict[str, Any]:
    defaults = _defaults()
    return {
        "prefix_search": compile_prefix_regex(defaults.prefixes or ()).search,
        "suffix_search": compile_suffix_regex(defaults.suffixes or ()).search,
        "infix_finditer": compile_infix_regex(defaults.infixes or ()).finditer,
        "token_match": defaults.token_match,
        "url_match": defaults.url_match,
    }
