"""Parts and samples of a corpus: what they share, and what the order of rows may not change."""

from pathlib import Path

import pandas as pd
import pytest

from cyberclass.cli import main
from cyberclass.corpora.documents import frame_of, read_corpus, write_corpus
from cyberclass.corpora.lines import COLUMNS
from cyberclass.corpora.parts import count_parts, part_corpus
from cyberclass.corpora.sampling import SAMPLED_BY, even_shares, sample_corpus, strata_of
from cyberclass.corpora.statistics import stratum_of
from cyberclass.errors import CorpusError

CORPUS = Path(__file__).parents[1] / "corpus"


@pytest.fixture(scope="module")
def corpus():
    return read_corpus(CORPUS).iloc[::4].reset_index(drop=True)


def made(n, **fields):
    """Documents that share no words."""
    return frame_of(
        [
            {
                **dict.fromkeys(COLUMNS),
                **{"id": f"{number:03}", "incident": f"{number:03}", "title": "", "is_incident": True, "source": "s"},
                "text": " ".join(f"w{number}x{place}" for place in range(9)),
                **{name: values[number % len(values)] for name, values in fields.items()},
            }
            for number in range(n)
        ]
    )


def ids(frame):
    return set(frame["id"])


# Parts


@pytest.mark.parametrize(
    "how",
    [{}, {"share": 0.5}, {"share": 0.03}, {"random_state": 4}, {"by": "time"}, {"by": "time", "date": "2020-06"}],
)
def test_no_incident_stands_on_both_sides_whatever_the_order(corpus, how):
    parts, turned = part_corpus(corpus, **how), part_corpus(corpus.sample(frac=1, random_state=5), **how)
    assert not set(parts.train["incident"]) & set(parts.test["incident"])
    assert len(parts.train) + len(parts.test) + len(parts.left_out) == len(corpus)
    for side in ("train", "test", "left_out"):
        assert ids(getattr(parts, side)) == ids(getattr(turned, side))


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5])
def test_every_motivation_has_its_share(corpus, share):
    parts = part_corpus(corpus, share)
    whole, test = stratum_of(corpus).value_counts(), stratum_of(parts.test).value_counts()
    assert (test / whole - share).abs().max() < 0.02


def test_another_seed_draws_otherwise(corpus):
    assert ids(part_corpus(corpus).test) != ids(part_corpus(corpus, random_state=1).test)


def test_rows_stay_in_their_order(corpus):
    turned = corpus.sample(frac=1, random_state=5)
    parts = part_corpus(turned)
    assert parts.train["id"].tolist() == [each for each in turned["id"] if each in ids(parts.train)]


def test_near_duplicates_stay_together():
    frame = pd.concat([made(40), made(40).assign(id=[f"copy-{n}" for n in range(40)])], ignore_index=True)
    frame["incident"] = frame["id"]
    frame["text"] = frame["text"] + pd.Series([" twice"] * 40 + [""] * 40)
    parts = part_corpus(frame)
    assert len(parts.test) == 16
    assert parts.test["text"].str.replace(" twice", "").value_counts().eq(2).all()


@pytest.mark.parametrize("dates", [["2019", "2020", "2021", "2022", "2023"]])
def test_time_tests_on_the_latest_share(dates):
    parts = part_corpus(made(100, date=dates), by="time")
    assert (parts.date, len(parts.test), len(parts.train)) == ("2023", 20, 80)


def test_what_may_lie_on_either_side_is_left_out():
    parts = part_corpus(made(4, date=["2019", "2020", "2021", None]), by="time", date="2020-05")
    assert [side["date"].tolist() for side in (parts.train, parts.test, parts.left_out)] == [
        ["2019"],
        ["2021"],
        ["2020", None],
    ]


@pytest.mark.parametrize(
    ("frame", "how", "sentence"),
    [
        (made(9), {"share": 0}, "Found the share 0"),
        (made(9), {"share": 1.0}, "Found the share 1.0"),
        (made(9), {"by": "mood"}, "Found the split 'mood'"),
        (made(1), {}, "1 incidents, too few for a share of 0.2 to test with: nothing would be left to test"),
        (made(1), {"share": 0.9}, "nothing would be left to train"),
        (made(9), {"by": "time"}, "has no dates; split it by incident"),
        (made(9, date=["2020"]), {"by": "time"}, "no dated document before 2020"),
    ],
)
def test_a_side_without_documents_is_an_error(frame, how, sentence):
    with pytest.raises(CorpusError, match=sentence):
        part_corpus(frame, **how)


def test_parts_are_counted_in_the_order_of_every_table(corpus):
    table = count_parts(part_corpus(corpus))
    assert list(table.index) == ["train", "test"]
    assert list(table.columns) == [
        "documents", "incidents", "state-sponsored", "criminal", "ideological", "undetermined", "not-incident"
    ]  # fmt: skip
    assert table["documents"].sum() == len(corpus)
    assert table.iloc[:, 2:].sum(axis=1).tolist() == table["documents"].tolist()


# Samples


@pytest.mark.parametrize("by", [None, *SAMPLED_BY])
@pytest.mark.parametrize("n", [1, 7, 100])
def test_a_sample_does_not_depend_on_the_order_of_rows(by, n, corpus):
    found = sample_corpus(corpus, n, by)
    assert len(found) == n
    assert ids(found) == ids(sample_corpus(corpus.sample(frac=1, random_state=5), n, by))


@pytest.mark.parametrize("by", SAMPLED_BY)
def test_strata_are_as_equal_as_they_can_be(by, corpus):
    whole, counts = strata_of(corpus, by).value_counts(), strata_of(sample_corpus(corpus, 400, by), by).value_counts()
    most = counts.max()
    assert all(count >= min(whole[name], most - 1) for name, count in counts.items())


@pytest.mark.parametrize(
    ("sizes", "n", "shares"),
    [
        ({}, 0, {}),
        ({"a": 5}, 3, {"a": 3}),
        ({"a": 5, "b": 5}, 4, {"a": 2, "b": 2}),
        ({"a": 5, "b": 5}, 5, {"a": 2, "b": 3}),
        ({"a": 1, "b": 9, "c": 9}, 9, {"a": 1, "b": 4, "c": 4}),
        ({"a": 1, "b": 2, "c": 9}, 12, {"a": 1, "b": 2, "c": 9}),
        ({"a": 3, "b": 3, "c": 3}, 1, {"a": 0, "b": 0, "c": 1}),
    ],
)
def test_shares_are_equal_where_sizes_allow(sizes, n, shares):
    assert even_shares(sizes, n) == shares


def test_another_seed_gives_another_sample(corpus):
    assert ids(sample_corpus(corpus, 50)) != ids(sample_corpus(corpus, 50, random_state=1))


@pytest.mark.parametrize("n", [-1, 0, 10])
def test_a_sample_that_cannot_be_drawn_is_an_error(n):
    with pytest.raises(CorpusError, match=f"Found {n} documents to draw from 9; expected 1 to 9"):
        sample_corpus(made(9), n)


# The commands


def test_split_writes_two_files_and_says_what_they_hold(tmp_path, capsys):
    write_corpus(made(20, motivation=["criminal", "ideological"]), tmp_path / "ours.jsonl")
    assert main(["corpus", "split", str(tmp_path / "ours.jsonl"), "-o", str(tmp_path / "parts"), "--share", "0.5"]) == 0
    out = capsys.readouterr().out
    assert [len(read_corpus(tmp_path / "parts" / f"{side}.jsonl")) for side in ("train", "test")] == [10, 10]
    assert ["train", "10", "10", "5", "5"] in [line.split() for line in out.splitlines()]


def test_split_writes_both_files_or_none(tmp_path, capsys):
    write_corpus(made(20), tmp_path / "ours.jsonl")
    (tmp_path / "parts" / "test.jsonl").mkdir(parents=True)
    assert main(["corpus", "split", str(tmp_path / "ours.jsonl"), "-o", str(tmp_path / "parts")]) == 1
    assert "test.jsonl: cannot be written" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "parts").iterdir()] == ["test.jsonl"]


@pytest.mark.parametrize("ending", [".jsonl", ".csv"])
def test_sample_writes_what_it_drew(ending, tmp_path, capsys):
    write_corpus(made(20, motivation=["criminal", "criminal", "ideological"]), tmp_path / "ours.jsonl")
    argv = ["corpus", "sample", str(tmp_path / "ours.jsonl"), "-n", "8", "--by", "motivation"]
    assert main([*argv, "-o", str(tmp_path / f"sample{ending}")]) == 0
    assert capsys.readouterr().out.startswith("4 criminal, 4 ideological\nWritten: 8 documents to ")
