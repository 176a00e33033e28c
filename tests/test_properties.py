"""Whatever comes in: labels or a reject for each row, files that read back, no exception but ours. Seeds are fixed."""

import csv
import io
import json

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cyberclass.errors import ReportError
from cyberclass.labelling.formulas import neutralise
from cyberclass.labelling.label import label_reports
from cyberclass.labelling.writers import ENDINGS, open_writer
from cyberclass.text.extent import mend_beginning
from cyberclass.text.folders import PAGES, TABLES
from cyberclass.text.language import TokenMemo
from cyberclass.text.mending import mend
from cyberclass.text.names import load_names
from cyberclass.text.readers import read_reports

BOUND = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
#: Runs of a fuzz target.
RUNS = settings(BOUND, max_examples=400)
FEW = settings(BOUND, max_examples=80)

#: Pieces by which a reader's paths part, so that bytes at random reach beyond the first of them.
_PIECES = st.sampled_from(
    [
        *(b"text", b"title", b",", b";", b"\t", b"|", b'"', b'""', b"\n", b"\r\n", b"\r", b" ", b"{", b"}", b"[", b"]"),
        *(b'{"text": "', b'"}', b'{"text": 1}', b'{"text": null, "title": "x"}', b"\\ud800", b"\\u0000", b"1e999"),
        *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00", b"\x80", b"\xe9", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80"),
        *(
            b"PAR1",
            b"PK\x03\x04",
            b"%PDF-1.4\n",
            b"\x1f\x8b",
            b"<html>",
            b"<p>",
            b"</p>",
            b"<script>",
            b"<!--",
            b"&#0;",
        ),
        *(b"The gang wants money", b"=1+1", b"text\nransom\n", b"NaN", b"-Infinity", b"\x85", b"\xe2\x80\xa8"),
    ]
)
_BYTES = st.lists(st.one_of(_PIECES, st.binary(max_size=12)), max_size=25).map(b"".join)
_TEXTS = st.one_of(st.text(max_size=60), st.text("aB1 .,()'-\u2019\U0001f600\ud800\x00\x80\u202e", max_size=80))
_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    _TEXTS,
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
)


def consume(source):
    """Read all; count the reports and those set aside, and hold what a reader promises."""
    reports = rejects = 0
    for batch in read_reports(source):
        assert len(batch.frame) == len(batch.texts)
        assert batch.frame.columns.is_unique
        for text in batch.texts:
            text.encode("utf-8")
            assert any(map(str.isalpha, text))
        for reason in batch.rejects["reason"]:
            assert reason
            assert "\n" not in reason
        reports += len(batch.texts)
        rejects += len(batch.rejects)
    return reports, rejects


def refusal(read):
    """The sentence by which a source is refused, if it is."""
    try:
        read()
    except ReportError as error:
        told = str(error)
    else:
        return None
    assert "\n" not in told
    return told


@RUNS
@given(content=_BYTES, ending=st.sampled_from([*TABLES, *PAGES]))
def test_fuzz_files(tmp_path_factory, content, ending):
    path = tmp_path_factory.getbasetemp() / f"fuzz{ending}"
    path.write_bytes(content)
    told = refusal(lambda: consume(path))
    assert told is None or str(path) in told


@RUNS
@given(content=_BYTES)
def test_fuzz_streams(content):
    refusal(lambda: consume(io.BytesIO(content)))


@settings(BOUND, max_examples=60)
@given(texts=st.lists(_TEXTS, max_size=6))
def test_fuzz_the_token_memo(texts):
    memo = TokenMemo(load_names().watch)
    first = memo.encode(texts)
    size = len(memo)
    again = memo.encode(texts)
    assert first.ids.tolist() == again.ids.tolist()
    assert first.lengths.tolist() == again.lengths.tolist()
    assert int(first.lengths.sum()) == len(first.ids)
    assert len(memo) == size <= sum(len(text.split()) for text in texts)
    tokens = memo.tokens
    read = "".join(tokens[token] for token in first.ids.tolist())
    assert read == "".join("".join(text.split()) for text in texts).encode("utf-8", "replace").decode()


@FEW
@given(texts=st.lists(_TEXTS, max_size=5))
def test_any_text_has_labels_whatever_stands_beside_it(texts, small_model):
    labels = small_model.label(texts)
    assert len(labels) == len(texts)
    for place, text in enumerate(texts):
        alone = small_model.label([text])
        pd.testing.assert_frame_equal(labels.iloc[[place]].reset_index(drop=True), alone)


@RUNS
@given(text=_TEXTS)
def test_mending_twice_is_mending_once_and_fits_utf_8(text):
    mended = mend(text)
    mended.encode("utf-8")
    assert mend_beginning(text, 1000) == mended
    assert not any(letter in mended for letter in "\x00\x07\x0b\x0c\x7f\x80\x9f")


@FEW
@pytest.mark.parametrize("ending", [".csv", ".tsv", ".jsonl", ".json"])
@given(rows=st.lists(st.tuples(_TEXTS, _TEXTS), min_size=1, max_size=6))
def test_rows_in_are_rows_out(ending, rows, tmp_path_factory, small_model):
    folder = tmp_path_factory.getbasetemp()
    source, output = folder / f"rows{ending}", folder / "rows-out.jsonl"
    records = [{"note": note, "text": text} for note, text in rows]
    if ending in (".csv", ".tsv"):
        with source.open("w", encoding="utf-8", errors="replace", newline="") as file:
            table = csv.writer(file, delimiter="\t" if ending == ".tsv" else ",", quoting=csv.QUOTE_ALL)
            table.writerows([["note", "text"], *([note, text] for note, text in rows)])
    elif ending == ".jsonl":
        source.write_text("".join(json.dumps(record) + "\n" for record in records))
    else:
        source.write_text(json.dumps(records))
    output.unlink(missing_ok=True)
    summaries = []
    told = refusal(lambda: summaries.append(label_reports(source, output, small_model)))
    if told:
        assert f"each of {len(rows):,} reports was set aside" in told
        return
    (summary,) = summaries
    written = [json.loads(line) for line in output.read_text(encoding="utf-8").split("\n")[:-1]]
    assert summary.rows == len(rows)
    assert len(written) == len(rows) - summary.rejected
    assert summary.rows == sum((summary.labelled, summary.undetermined, summary.not_incidents, summary.rejected))


@FEW
@pytest.mark.parametrize("ending", ENDINGS)
@given(
    columns=st.dictionaries(st.text("ab= '\n\u00e9", min_size=1, max_size=4), st.just(0), min_size=1, max_size=3),
    rows=st.lists(st.lists(_VALUES, min_size=3, max_size=3), min_size=1, max_size=4),
    safe=st.booleans(),
)
def test_what_is_written_can_be_read(ending, columns, rows, safe, tmp_path_factory):
    frame = pd.DataFrame(
        {"text": ["ransom"] * len(rows), **{name: [row[n] for row in rows] for n, name in enumerate(columns)}},
        dtype=object,
    )
    path = tmp_path_factory.getbasetemp() / f"round{ending}"
    with open_writer(path, safe) as writer:
        writer.write(frame)
    batches = list(read_reports(path, "text"))
    assert sum(len(batch.texts) for batch in batches) == len(rows)
    assert all(not len(batch.rejects) for batch in batches)


@FEW
@given(cells=st.lists(_TEXTS, min_size=1, max_size=5))
def test_neutralising_twice_is_neutralising_once(cells):
    frame = pd.DataFrame({"a": pd.Series(cells, dtype=object)})
    once = neutralise(frame)
    assert neutralise(once)["a"].tolist() == once["a"].tolist()
    for before, after in zip(cells, once["a"], strict=True):
        assert after.removeprefix("'") == before.removeprefix("'") or after == before
