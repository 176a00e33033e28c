"""Evidence: exact, at its place in the text as it was given, and the same for one text as for many."""

import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import spacy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cyberclass.labelling.label import label_reports
from cyberclass.labelling.reasons import print_reasons
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.evidence import find_phrases, strongest, sum_sentences
from cyberclass.model.explanation_page import verdict_of
from cyberclass.model.text_evidence import Span, gather_words
from cyberclass.taxonomy import Taxonomy
from cyberclass.text.alignment import Alignment
from cyberclass.text.extent import MOST_CHARACTERS
from cyberclass.text.language import TokenMemo
from cyberclass.text.mending import mend
from cyberclass.text.sentences import mark_chunks, part_sentences
from cyberclass.text.tracing import Tracer

GANG = (
    "Trams stand still in Mirefeld\n\nThe LockBit gang encrypted the depot's files, police said. It wants a ransom of "
    "30 bitcoin, or it will publish the drivers' home addresses. No state-sponsored group is suspected."
)
SPIES = "Spies of a foreign intelligence service read the e-mail of the ministry for two years, APT29 among them."
GERMAN = "Die Stadtwerke melden, dass Unbekannte in der Nacht die Rechner der Verwaltung verschl\u00fcsselt haben."
BROKEN = (
    "The gang\u00e2\u20ac\u2122s note said \u00e2\u20ac\u0153pay\u00e2\u20ac\x9d: 30 bitcoin.\r\nThe caf\u00c3\u00a9 "
    "\x00of the state-sponsored \u00c3\u00a9lite\x07 hackers burned."
)

WORDS = st.sampled_from(
    [
        *(
            "ransom",
            "gang",
            "LockBit",
            "APT29",
            "state-sponsored",
            "spies",
            "U.S.",
            "1,500",
            "don't",
            "hxxp://x.example",
        ),
        *("\u00c3\u00a9lite", "caf\u00e9", "\u00e2\u20ac\u2122s", "\ud800", "\U0001f600"),
        *("\x85", "\x00", "\u202e", "\u3000", "\r\n", "\n\n"),
    ]
)
TEXTS = st.one_of(
    st.text(st.characters(), max_size=60),
    st.lists(st.one_of(WORDS, st.text(max_size=4)), max_size=25).map(" ".join),
    st.lists(WORDS, max_size=12).map("".join),
)


def bounds(text):
    """The places of spaCy's tokens."""
    tokens = spacy.blank("en")(text.encode("utf-8", "replace").decode())
    spans = [(token.idx, token.idx + len(token)) for token in tokens if not token.is_space]
    return {start for start, _ in spans}, {end for _, end in spans}


@settings(max_examples=150, deadline=None)
@given(TEXTS)
@example("")
@example(BROKEN)
@example("x" * 1001 + ",LockBit ransomware")
@example(("LockBit" + "a" * 600 + "\u3000") * 3)
def test_spans_and_sentences_sum_to_the_score(small_model, text):
    found = small_model.explain(text, any_language=True)
    expected = small_model.scores([mend(text)])[0]
    for column, output in enumerate(found.outputs):
        for parts in (found.spans_of(output), found.sentences_of(output)):
            total = sum(part.weight for part in parts) + found.intercepts[output]
            assert total == pytest.approx(expected[column], abs=1e-9)
        strong = found.strongest(output, 3)
        total = sum(span.weight for span in (*strong.speaking, *strong.opposing)) + strong.rest
        assert total + found.intercepts[output] == pytest.approx(found.scores[output], abs=1e-9)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
@example(BROKEN)
@example("\x85 0\u211e0")
@example("\x85 0\x85 0")
def test_spans_are_stretches_of_the_text_as_it_was_given(small_model, text):
    found = small_model.explain(text, any_language=True)
    assert found.text == text
    for output in ("incident", "criminal"):
        for parts in (found.spans_of(output), found.sentences_of(output)):
            assert [part.text for part in parts] == [text[part.start : part.end] for part in parts]
            placed = sorted((part.start, part.end) for part in parts)
            assert all(start < end for start, end in placed)
            assert all(one[1] <= two[0] for one, two in pairwise(placed))


@pytest.mark.parametrize(
    "text",
    [
        GANG,
        SPIES,
        BROKEN,
        "Hackers\u00a0of the group\u2019s d\u00e9tachement - so it is said - stole 1,500 files (see www.x.example).",
        "Half a pair \ud800 and hackers\u2026",
        f"{BROKEN}\n{GANG}\n{BROKEN}",
    ],
)
def test_spans_lie_on_bounds_of_tokens(small_model, text):
    starts, ends = bounds(text)
    found = small_model.explain(text)
    assert found.spans
    assert {span.start for span in found.spans} <= starts
    assert {span.end for span in found.spans} <= ends


@pytest.mark.parametrize(
    ("text", "output", "word"),
    [
        (GANG, "criminal", "ransom"),
        (GANG, "criminal", "LockBit"),
        (SPIES, "state-sponsored", "intelligence"),
        (BROKEN, "criminal", "bitcoin"),
    ],
)
def test_words_that_speak_for_a_label_are_named(small_model, text, output, word):
    assert any(word in span.text for span in small_model.explain(text).strongest(output).speaking)


def test_phrases_join_neighbours_that_speak_loudly_for_one_side():
    weights = np.array([1.0, 0.5, 0.1, 0.4, -0.3, -0.2, 0.9, 1.0])
    sentences = np.array([0, 0, 0, 0, 0, 0, 0, 1])
    first, last, sums = find_phrases(weights, np.zeros(8, dtype=np.int64), sentences)
    assert list(zip(first.tolist(), last.tolist(), strict=True)) == [(0, 1), (2, 2), (3, 3), (4, 5), (6, 6), (7, 7)]
    assert sums == pytest.approx([1.5, 0.1, 0.4, -0.5, 0.9, 1.0])


def test_phrases_and_sentences_end_with_their_group():
    weights, sentences = np.ones(4), np.array([0, 0, 0, 1])
    groups = np.array([0, 0, 2, 2])
    assert find_phrases(weights, groups, sentences).first.tolist() == [0, 2, 3]
    assert [part.tolist() for part in sum_sentences(weights, groups, sentences)] == [[0, 2, 2], [0, 0, 1], [2, 1, 1]]


@pytest.mark.parametrize(
    ("weights", "groups", "most", "places"),
    [
        ([], [], 3, []),
        ([0.5, 2.0, 1.0, 0.3], [0, 0, 0, 0], 2, [1, 2]),
        ([-1.0, 0.0, 3.0], [0, 0, 5], 3, [2]),
        ([1.0, 0.1], [0, 0], 3, [0]),
    ],
)
def test_strongest_are_the_loudest_of_each_group(weights, groups, most, places):
    assert strongest(np.array(weights), np.array(groups, dtype=np.int64), most).tolist() == places


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        ("one", ["one"]),
        ("It broke. Then it burned! Did it? (Yes.) no", ["It broke.", "Then it burned!", "Did it?", "(Yes.) no"]),
        (
            "Mr. Adler of the U.S. Navy paid 1.5 million. It helped.",
            ["Mr. Adler of the U.S. Navy paid 1.5 million.", "It helped."],
        ),
        ("A title\n\nA text\nthat goes on", ["A title", "A text\nthat goes on"]),
        ("Two things:\n- one\n- two", ["Two things:", "- one", "- two"]),
        ('He said "stop." Nobody did.', ['He said "stop."', "Nobody did."]),
        ("approx. two of them. and more", ["approx. two of them. and more"]),
    ],
)
def test_sentences_of_texts(text, sentences):
    memo = TokenMemo()
    found = memo.locate(memo.encode(["Before. After", text]).cut)
    places = zip(found.sentence_starts.tolist()[2:], found.sentence_ends.tolist()[2:], strict=True)
    assert [text[start:end] for start, end in places] == sentences


def test_an_empty_chunk_is_nothing_to_a_sentence():
    assert part_sentences(mark_chunks([""]), np.array([0])).tolist() == [True]


@pytest.mark.parametrize(
    "text", [GANG, BROKEN, "", " \n", "a\u3000b.c \u00e9t\u00e9 \U0001f600x", "don't(we)", "\ud800"]
)
def test_tokens_stand_where_spacy_has_them(text):
    memo = TokenMemo()
    memo.encode([SPIES])
    found = memo.locate(memo.encode([SPIES, text, GANG]).cut)
    own = found.documents == 1
    starts, ends = bounds(text)
    assert (found.starts[own].tolist(), found.ends[own].tolist()) == (sorted(starts), sorted(ends))


def test_a_token_that_is_read_in_part_reaches_to_the_next_space():
    memo = TokenMemo()
    found = memo.locate(memo.encode(["a" * 1500 + " b"]).cut)
    assert list(zip(found.starts.tolist(), found.ends.tolist(), strict=True)) == [(0, 1500), (1501, 1502)]


@pytest.mark.parametrize(
    ("before", "word", "expected"),
    [
        ("plain words", "words", "words"),
        ("the caf\u00c3\u00a9 burned", "caf\u00e9", "caf\u00c3\u00a9"),
        ("\u00e2\u20ac\u0153pay\u00e2\u20ac\x9d now", "now", "now"),
        ("one\r\ntwo \x00three\x07", "three", "\x00three\x07"),
        ("voil\u00c3\u00a0 , encore", "encore", "encore"),
        ("half \ud800 a pair", "pair", "pair"),
    ],
)
def test_words_of_a_repaired_text_are_traced(before, word, expected):
    after = mend(before)
    place = after.index(word)
    trace = Tracer().between(before, after)
    (start,), (end,) = trace(np.array([place]), np.array([place + len(word)]))
    assert before[start:end] == expected


def test_lines_that_cannot_be_matched_are_traced_as_a_whole():
    (start,), (end,) = Alignment("a b c\nd", "x y z w v").trace(np.array([4]), np.array([5]))
    assert 0 <= start <= end <= 7


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (GERMAN, "This text is in another language (de) than the model was trained in"),
        ("Zxqj", "No word of this text is known to the model"),
    ],
)
def test_what_cannot_be_read_has_no_evidence_and_says_so(small_model, text, sentence):
    found = small_model.explain(text)
    assert found.withheld.startswith(sentence)
    assert (found.spans, found.sentences, set(found.scores.values())) == ([], [], {None})
    assert not small_model.explain(text, any_language=True).withheld


def test_an_empty_text_has_the_intercepts_alone(small_model):
    found = small_model.explain("")
    assert (found.spans, found.sentences, found.deciding_sentence("criminal")) == ([], [], None)
    assert found.scores == found.intercepts


def test_an_unknown_output_is_refused(small_model):
    with pytest.raises(ValueError, match="found the output 'weather'; expected one of incident, "):
        small_model.explain(GANG).spans_of("weather")
    with pytest.raises(TypeError, match="expected strings, found int"):
        small_model.explain(3)


def test_names_are_told_where_they_stand_in_the_text_as_it_was(small_model):
    text = f"\u00c3\u00a9lite \u00e2\u20ac\u201d {SPIES}"
    (match,) = small_model.explain(text).actors
    assert (match.name, text[match.start : match.end]) == ("APT29", "APT29")


def test_a_contrast_is_the_difference_of_two_scores(small_model):
    found = small_model.explain(GANG)
    likeliest, other = found.rivals
    assert likeliest == "criminal"
    strong = found.contrast([likeliest], [other], 1000)
    total = sum(span.weight for span in (*strong.speaking, *strong.opposing))
    difference = found.scores[likeliest] - found.scores[other]
    assert total == pytest.approx(difference - found.intercepts[likeliest] + found.intercepts[other])


def test_words_are_gathered_whatever_their_case():
    spans = [Span(0, 1, text, "criminal", weight) for text, weight in (("Gang", 1.0), ("gang", 0.5), ("of", 0.01))]
    assert gather_words(spans) == [("Gang", 2, 1.5)]
    assert gather_words([]) == []


def test_as_a_dict_it_is_json(small_model):
    found = small_model.explain(GANG).to_dict()
    assert json.loads(json.dumps(found)) == found
    assert found["text"] == GANG
    (criminal,) = (each for each in found["outputs"] if each["output"] == "criminal")
    listed = sum(span["weight"] for span in (*criminal["for"], *criminal["against"]))
    assert listed + criminal["rest"] + criminal["intercept"] == pytest.approx(criminal["score"], abs=0.02)
    assert criminal["sentence"]["text"] in GANG
    assert [actor["name"] for actor in found["actors"]] == ["LockBit"]


def test_a_text_beyond_what_is_read_is_explained_to_there(small_model):
    text = GANG + " x" * MOST_CHARACTERS
    found = small_model.explain(text)
    assert found.labels["truncated"]
    assert max(span.end for span in found.spans) <= MOST_CHARACTERS


# Evidence of many texts.


def test_evidence_adds_columns_and_changes_no_other(small_model):
    texts = [GANG, SPIES, GERMAN, "", "Recipe for plum cake: stone the plums, stir the dough."]
    labels = small_model.label(texts, evidence=True)
    plain = small_model.label(texts)
    assert list(labels.columns)[len(plain.columns) :][:2] == ["evidence", "evidence_sentence"]
    pd.testing.assert_frame_equal(labels[list(plain.columns)], plain)
    has_evidence = labels["is_incident"] & (labels["language"] != "de")
    assert has_evidence.tolist()[:4] == [True, True, False, False]
    assert labels["evidence"].map(bool).tolist() == has_evidence.tolist()
    assert labels["evidence_sentence"].map(bool).tolist() == has_evidence.tolist()
    assert small_model.label([], evidence=True)["evidence"].tolist() == []


def test_evidence_of_many_is_that_of_one(small_model, small_frame, monkeypatch):
    monkeypatch.setattr("cyberclass.model.scorer._BLOCK", 2000)
    texts = [GANG, SPIES, *small_frame["text"][:60]]
    labels = small_model.label(texts, evidence=True)
    assert labels["evidence"].map(len).sum() > 60
    for text, row in zip(texts, labels.to_dict("records"), strict=True):
        found = small_model.explain(text)
        given_spans = [found.strongest(output, 3).speaking for output in found.given]
        expected = [
            (span.output, span.text, span.start, span.end)
            for spans in given_spans
            for span in spans
            if span.weight >= 0.2 * spans[0].weight
        ]
        assert [tuple(span.values())[:4] for span in row["evidence"]] == expected
        sentence = found.deciding_sentence(found.given[0]) if found.given else None
        assert row["evidence_sentence"] == (sentence.text if sentence else "")


def test_evidence_in_files_counts_in_the_text_as_it_was(small_model, tmp_path):
    rows = [{"id": 1, "title": "Trams", "text": BROKEN}, {"id": 2, "title": "", "text": GANG}]
    source = tmp_path / "reports.jsonl"
    source.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")

    class WithEvidence:
        def label(self, texts):
            return small_model.label(texts, evidence=True)

    for ending in (".jsonl", ".csv", ".parquet", ".xlsx"):
        label_reports(source, tmp_path / f"out{ending}", WithEvidence())
    written = list(map(json.loads, (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()))
    for found, row in zip(written, rows, strict=True):
        whole = f"{row['title']}\n\n{row['text']}" if row["title"] else row["text"]
        starts, ends = bounds(whole)
        assert found["evidence"]
        for span in found["evidence"]:
            assert span["text"] == whole[span["start"] : span["end"]]
            assert span["start"] in starts
            assert span["end"] in ends
    frame = pd.read_csv(tmp_path / "out.csv")
    assert json.loads(frame["evidence"][1])[0]["label"] == "criminal"
    assert frame["evidence_sentence"][1] in GANG
    assert json.loads(pd.read_parquet(tmp_path / "out.parquet")["evidence"][1]) == json.loads(frame["evidence"][1])


def test_evidence_of_sections_counts_in_the_section_and_a_section_of_a_cut_text_is_truncated(small_model, tmp_path):
    roundup = (
        "Hacks of the week\n\n- The ransomware gang Tallow encrypted the mill Tolland and demands a ransom.\n"
        "- Hacktivists defaced the page of the Pendle races in protest against the bank Borvik, and left a slogan."
    )
    rows = [{"text": roundup}, {"text": roundup.ljust(MOST_CHARACTERS + 2)}, {"text": BROKEN}]
    (tmp_path / "reports.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")

    class WithEvidence:
        def label(self, texts):
            return small_model.label(texts, evidence=True)

    label_reports(tmp_path / "reports.jsonl", tmp_path / "out.jsonl", WithEvidence(), by_section=True)
    written = list(map(json.loads, (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()))
    assert [row["section"] for row in written] == [1, 2, 1, 2, 1]
    assert [row["truncated"] for row in written] == [False, False, True, True, False]
    assert all(row["evidence"] for row in written)
    for row in written:
        for span in row["evidence"]:
            assert span["text"] == row["section_text"][span["start"] : span["end"]]


@pytest.mark.parametrize(
    ("taxonomy", "given_labels", "rivals"),
    [
        (Taxonomy((), ("health", "votes")), ("health",), None),
        (Taxonomy(("greedy", "loud"), ()), ("greedy",), ("greedy", "loud")),
    ],
)
def test_a_model_of_other_labels_is_explained_by_what_it_was_taught(taxonomy, given_labels, rivals, capsys):
    texts = [f"{what} {number}" for what in ("Hospital ransom", "Ballot leak") for number in "abcdef" * 5]
    labels = [
        list(taxonomy.impacts[place : place + 1]) or [taxonomy.motivations[place]]
        for place in (0, 1)
        for _ in range(30)
    ]
    coded = pd.DataFrame({"is_incident": True, "motivation": None, "impact": labels})
    y = coded if taxonomy.impacts else [one for (one,) in labels]
    model = IncidentClassifier(taxonomy=taxonomy).fit(texts, y)
    found = model.explain("Hospital ransom")
    assert (found.given, found.rivals) == (given_labels, rivals)
    taught = {name for name, score in found.scores.items() if score is not None}
    assert taught - {"undetermined"} == {*taxonomy.motivations, *taxonomy.impacts}
    assert verdict_of(found).startswith(("Impact: health", "Greedy"))
    assert found.to_html().count('type="radio"') >= 2
    assert model.label(["Hospital ransom"], evidence=True)["evidence"][0][0]["label"] == given_labels[0]
    print_reasons(found)
    assert f"why {given_labels[0]}" in capsys.readouterr().out
