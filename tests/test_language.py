"""Tokens: those of spaCy's English rules, whatever was read before and beside."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberclass.corpora.documents import read_corpus, texts_of
from cyberclass.text.growing import Growing
from cyberclass.text.language import TokenMemo
from cyberclass.text.splitting import PIPELINE

CORPUS = Path(__file__).parents[1] / "corpus"
TOKENIZER = spacy.blank(PIPELINE).tokenizer
SHARED = TokenMemo()  # for generated texts: a memo takes longer to make than they to read
SPECIAL = sorted(TOKENIZER.rules)

OPENINGS = ["", "(", "[", '"', "\u201c", "\u2018", "$", "'", "-", "#", "@"]
CORES = """
a A I x Mr mr St vs U.S U.K e.g No no. am pm km k m e-mail E-MAIL anti-war state-sponsored a-b x-1 APT29 APT-29
v2 10 2016 1,500 10,00 1.5 1.2.3 10:30 5km 5pm $5 50% 192.168.0.1 CVE-2021-44228 don can cannot gonna ll were we're
Win7 abc1 S3 MP3 km2 1.2.3.4.5 CVE-2018-1 cve-2014-1 foo\u2014bar Foo\u2013Bar X-Y X\u2014Y third-PARTY UI UIA am at
O'Brien naïve Zürich ça straße Москва 北京 x.com https://a.example/b?c=d user@example.org evil[.]com hxxp://x.example
data/leak and/or C++ c# wi-fi on-line the-the- -the it lol XD D 8 :) <3 Jan Co Inc Ph.D Ltd.
""".split()  # noqa: SIM905
GENITIVES = ["", "'s", "\u2019s", "n't"]
ENDINGS = [*("", ",", ".", ";", ":", "!", "?", ")", "]", '"', "\u201d", "\u2019", "'", "-", "/", "*", "%", "\u2026")]
ENDINGS += [
    "..",
    "...",
    "?!",
    ",)",
    ".)",
    ").",
    "),",
    '."',
    '".',
    '",',
    ",\u201d",
    "\u201d,",
    ":)",
    ".,",
    "!!",
    "'\"",
    "--",
]


def by_spacy(text):
    # No report has words so long; whatever has is one token, as spaCy's time grows with the square of its length.
    if any(len(chunk) > 120 for chunk in text.split()):
        return [piece for chunk in text.split() for piece in ([chunk] if len(chunk) > 120 else by_spacy(chunk))]
    return [token.text for token in TOKENIZER(text) if not token.is_space]


def by_memo(memo, texts):
    found = memo.encode(texts)
    assert len(found.lengths) == len(texts)
    assert found.lengths.sum() == len(found.ids)
    ends, tokens = found.lengths.cumsum(), memo.tokens
    return [
        [tokens[number] for number in found.ids[end - length : end]]
        for end, length in zip(ends, found.lengths, strict=True)
    ]


def differences(texts, memo=None):
    """Texts that the memo reads otherwise than spaCy, with both readings."""
    found = by_memo(TokenMemo() if memo is None else memo, texts)
    return [(text, mine, theirs) for text, mine in zip(texts, found, strict=True) if mine != (theirs := by_spacy(text))]


@pytest.fixture(scope="module")
def corpus_texts():
    return texts_of(read_corpus(CORPUS))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \t\r\n\xa0\u2028\u3000", []),
        ("Hackers struck.", ["Hackers", "struck", "."]),
        ("state-sponsored spies", ["state", "-", "sponsored", "spies"]),
        ("They didn't pay $5m", ["They", "did", "n't", "pay", "$", "5", "m"]),
        ("Russia's GRU\u2019s", ["Russia", "'s", "GRU", "\u2019s"]),
        ("the U.S. said:", ["the", "U.S.", "said", ":"]),
        ("(a\u00a0b)\n\nc", ["(", "a", "b", ")", "c"]),
        ("Bad\u200bjoiner", ["Bad\u200bjoiner"]),
        ("a " + "b," * 60, ["a", *["b", ","] * 60]),
        ("a " + "b," * 60 + "b a", ["a", "b," * 60 + "b", "a"]),
    ],
)
def test_a_text_is_cut_as_expected(text, expected):
    assert by_memo(TokenMemo(), [text]) == [expected]
    assert by_spacy(text) == expected


@pytest.mark.slow
def test_every_text_of_the_corpus_has_the_tokens_of_spacy(corpus_texts):
    assert differences(corpus_texts) == []


def test_every_special_case_of_spacy_with_any_mark_around_it_has_the_tokens_of_spacy():
    assert (
        differences([f"{before}{case}{mark}" for before in ("", "(", '"') for case in SPECIAL for mark in ENDINGS])
        == []
    )


def test_every_special_case_in_another_case_or_with_a_genitive_has_the_tokens_of_spacy():
    cases = [made for case in SPECIAL for made in (case.upper(), case.lower(), case.title())]
    assert differences([f"{case}{rest}" for case in cases for rest in ("", "'s", "\u2019s.", ",", "-like")]) == []


def test_every_special_case_cut_by_a_space_has_the_tokens_of_spacy():
    cuts = [f"{case[:place]} {case[place:]}" for case in SPECIAL for place in range(1, len(case))]
    assert differences([*cuts, *(" ".join(case) for case in SPECIAL)]) == []


@pytest.mark.slow
def test_every_word_with_marks_on_both_sides_has_the_tokens_of_spacy():
    assert differences(["".join(parts) for parts in product(OPENINGS, CORES, GENITIVES, ENDINGS)]) == []


_LETTERS = st.text(st.sampled_from("abcdeimnstvxzABDPSTUX"), min_size=1, max_size=8)
_MARKS = st.text(
    st.sampled_from(".,;:!?()[]{}\"'\u2018\u2019\u201c\u201d-\u2013\u2014/\\*#@$€£%&+=<>|~^_`…"), max_size=3
)
_PIECES = st.one_of(
    _LETTERS,
    st.sampled_from(SPECIAL),
    st.sampled_from(CORES),
    st.from_regex(r"\A[0-9]{1,4}([.,:/-][0-9]{1,3}){0,2}\Z"),
    st.from_regex(r"\Ahttps?://[a-z]{1,8}\.(com|org|example)(/[a-z0-9?=&#.-]{0,6})?\Z"),
    st.sampled_from(["\U0001f480", "\u2764\ufe0f", "\U0001f1fa\U0001f1e6", "\u200d", "\ufeff", "\u00ad"]),
    st.text(st.characters(categories=["L", "M"]), min_size=1, max_size=5),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
)
_CHUNKS = st.builds("".join, st.lists(st.tuples(_MARKS, _PIECES, _MARKS).map("".join), min_size=1, max_size=3))
_SPACES = st.text(
    st.sampled_from(" \t\n\r\x0b\x0c\x1c\x85\xa0\u1680\u2003\u2028\u2029\u202f\u3000"), min_size=1, max_size=3
)
_TEXTS = st.lists(st.tuples(_SPACES | st.just(""), _CHUNKS, _SPACES).map("".join), max_size=8).map("".join)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.lists(_TEXTS, max_size=3))
def test_any_text_has_the_tokens_of_spacy(texts):
    assert differences(texts, SHARED) == []


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    st.lists(
        st.from_regex(
            r"\A[(\[\"\u201c\u2018$]?([A-Za-z]{1,4}(-[A-Za-z]{1,3}){0,2}|[0-9]{1,3}(,[0-9]{3})?(\.[0-9]{1,2})?)"
            r"(['\u2019]s)?[,;:!?)\]\"\u201d\u2019.]{0,3}\Z"
        ),
        max_size=20,
    ).map(" ".join)
)
def test_any_text_of_short_words_and_numbers_among_marks_has_the_tokens_of_spacy(text):
    assert differences([text], SHARED) == []


def test_the_order_of_reading_does_not_matter(corpus_texts):
    texts = ["", *corpus_texts[::40], *SPECIAL[::10]]
    forwards = by_memo(TokenMemo(), texts)
    assert by_memo(TokenMemo(), texts[::-1])[::-1] == forwards


def test_texts_read_one_by_one_or_again_have_the_tokens_of_a_batch(corpus_texts):
    texts = ["", *corpus_texts[::40], " ", "", *corpus_texts[:20]]
    memo = TokenMemo()
    batch = by_memo(memo, texts)
    assert [by_memo(memo, [text])[0] for text in texts] == batch
    fresh = TokenMemo()
    assert [by_memo(fresh, [text])[0] for text in texts] == batch


def test_half_of_a_surrogate_pair_is_read_as_something():
    texts = ["one \ud83d two", "o\ud83dne.", "three"]
    assert [len(tokens) > 0 for tokens in by_memo(TokenMemo(), texts)] == [True] * 3
    assert by_memo(TokenMemo(), texts)[2] == ["three"]


@pytest.mark.parametrize("texts", [[], [""], ["", " ", "\n"]])
def test_texts_without_words_have_no_tokens(texts):
    for memo in (TokenMemo(), TokenMemo(watch=lambda chunks: dict(enumerate(zip(chunks, strict=True))))):
        found = memo.encode(texts)
        assert found.ids.shape == (0,)
        assert found.lengths.tolist() == [0] * len(texts)
        assert found.watched == {}
        assert len(memo) == 0


def test_a_token_keeps_its_number():
    memo = TokenMemo()
    first = memo.encode(["spies, spies"]).ids.tolist()
    memo.encode(["other words"])
    assert memo.encode(["spies, spies"]).ids.tolist() == first == [0, 1, 0]
    assert memo.tokens == ["spies", ",", "other", "words"]


def test_a_memo_counts_its_distinct_chunks():
    memo = TokenMemo()
    memo.encode(["a b, a", "b, c"])
    assert len(memo) == 3


def test_what_is_met_again_lasts_and_what_is_met_once_does_not():
    memo = TokenMemo()
    memo.encode(["a b", "c c"])
    assert memo.lasting(10) == ["c"]
    memo.encode(["b d", "", "\u3000"])
    assert memo.lasting(10) == ["b", "c"]
    memo.encode(["  c "])
    assert memo.lasting(10) == ["c", "b"]
    assert memo.lasting(1) == ["c"]
    assert TokenMemo().lasting(10) == []


def test_folded_tokens_are_told_by_what_stands_for_them():
    memo = TokenMemo(fold=lambda tokens: np.array([-1 if token == "-" else len(token) for token in tokens]))
    found = memo.encode(["", "one-off", "-", "a\u3000b - c", "-\u2003"])
    assert found.lengths.tolist() == [0, 2, 0, 3, 0]
    assert found.ids.tolist() == [3, 3, 1, 1, 1]


@pytest.mark.parametrize("space", ["\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\xa0", "\u2003", "\u2028", "\u3000"])
def test_whitespace_beyond_ascii_parts_chunks_too(space):
    texts = [f"one{space}two", f"{space}don't", f"U.S.{space}", f"a {space} b", f"{space}{space}"]
    assert by_memo(TokenMemo(), texts) == [["one", "two"], ["do", "n't"], ["U.S."], ["a", "b"], []]


def test_watched_words_are_told_for_each_text_that_holds_them():
    memo = TokenMemo(
        watch=lambda chunks: {
            place: [chunk.strip(".").lower()] for place, chunk in enumerate(chunks) if chunk[0].isupper()
        }
    )
    texts = ["", "none here", "Anna saw Bert. Anna", "", "so did Bert.", "Carl"]
    expected = {2: {"anna", "bert"}, 4: {"bert"}, 5: {"carl"}}
    assert memo.encode(texts).watched == expected
    assert memo.encode(texts).watched == expected
    assert memo.encode(texts[4:]).watched == {0: {"bert"}, 1: {"carl"}}


@pytest.mark.parametrize("sizes", [[], [0], [1], [1024], [1025], [3, 0, 1021, 1, 5000, 2]])
@pytest.mark.parametrize("width", [None, 1, 3])
def test_a_growing_array_holds_all_that_was_appended(sizes, width):
    growing = Growing(np.int64, width)
    batches = []
    for size in sizes:
        shape = (size,) if width is None else (size, width)
        batches.append(np.arange(size * (width or 1)).reshape(shape) + len(growing))
        growing.extend(batches[-1])
    empty = np.zeros((0,) if width is None else (0, width), dtype=np.int64)
    expected = np.concatenate([empty, *batches])
    assert len(growing) == len(expected)
    assert growing.array.dtype == np.int64
    assert np.array_equal(growing.array, expected)


def test_a_growing_array_takes_lists_and_keeps_its_type():
    growing = Growing(np.bool_)
    growing.extend([])
    growing.extend([1, 0])
    growing.extend([True])
    assert growing.array.dtype == np.bool_
    assert growing.array.tolist() == [True, False, True]
