"""The audit of labels: planted errors come first, and what cannot be audited is said in a sentence."""

import json
import sys

import pandas as pd
import pytest
from conftest import CORPUS

from cyberclass.cli import main
from cyberclass.corpora.documents import COLUMNS as DOCUMENT
from cyberclass.corpora.documents import read_corpus
from cyberclass.errors import CorpusError, CyberclassError
from cyberclass.evaluation.audit import COLUMNS, audit_labels
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.taxonomy import UNDETERMINED

N_DOCUMENTS, N_PLANTED = 120, 6
MOTIVATIONS = ("criminal", "ideological", "state-sponsored")


def swapped(frame, rows):
    """Give some documents another motivation: the next in the alphabet."""
    frame = frame.copy()
    motivation = frame["motivation"].tolist()
    for row in rows:
        motivation[row] = MOTIVATIONS[(MOTIVATIONS.index(motivation[row]) + 1) % 3]
    return frame.assign(motivation=pd.Series(motivation, dtype=object))


@pytest.fixture(scope="module")
def plain():
    """120 documents of the corpus that say plainly who is behind an incident, and that there is one."""
    sources = [CORPUS / f"plain-news-{kind}.jsonl" for kind in ("criminal", "ideological", "state")]
    frame = read_corpus([*sources, CORPUS / "ordinary-news-agency.jsonl"])
    coded = frame[frame["motivation"].isin(MOTIVATIONS) | ~frame["is_incident"]]
    kinds = coded["motivation"].fillna("none")
    return pd.concat([coded[kinds == kind].iloc[:30] for kind in (*MOTIVATIONS, "none")], ignore_index=True)


@pytest.fixture(scope="module")
def planted(plain):
    """Places of the documents whose motivation is swapped, two of each."""
    return [0, 15, 30, 45, 60, 75]


@pytest.fixture(scope="module")
def audit(plain, planted):
    return audit_labels(swapped(plain, planted))


def test_planted_errors_come_first(plain, planted, audit):
    assert len(plain) == N_DOCUMENTS
    of_motivation = audit.doubts[audit.doubts["field"] == "motivation"]
    found = set(of_motivation["id"].head(N_PLANTED)) & set(plain["id"][planted])
    # Of six of the 90 motivations taken by chance, 0.4 would be.
    assert len(found) >= 4


def test_a_doubt_says_what_is_meant_and_why(plain, planted, audit):
    documents = plain.set_index("id")
    assert tuple(audit.doubts.columns) == COLUMNS
    assert not audit.doubts.duplicated(["id", "field"]).any()
    for doubt in audit.doubts.itertuples():
        known = ("no", "yes") if doubt.field != "motivation" else (*MOTIVATIONS, UNDETERMINED)
        assert {doubt.label, doubt.suggested} <= set(known)
        assert doubt.label != doubt.suggested
        assert 0 <= doubt.p_label < doubt.p_suggested <= 1
        assert doubt.quality == pytest.approx((1 + doubt.p_label - doubt.p_suggested) / 2, abs=1e-4)
        assert doubt.words
        assert (doubt.text, doubt.title) == (documents.at[doubt.id, "text"], documents.at[doubt.id, "title"])
        if doubt.field == "is_incident":
            assert doubt.label == ("yes" if documents.at[doubt.id, "is_incident"] else "no")
        elif doubt.field != "motivation":
            applies = doubt.field.removeprefix("impact:") in documents.at[doubt.id, "impact"]
            assert doubt.label == ("yes" if applies else "no")


def test_the_most_doubtful_stand_first_and_n_bounds_them(plain, planted, audit):
    assert audit.doubts["quality"].is_monotonic_increasing
    few = audit_labels(swapped(plain, planted), 3)
    pd.testing.assert_frame_equal(few.doubts, audit.doubts.head(3))
    assert few.fields["listed"].sum() == 3
    assert few.fields["doubted"].tolist() == audit.fields["doubted"].tolist()


def test_every_field_is_counted(plain, audit):
    n_incidents = int(plain["is_incident"].sum())
    assert audit.fields.index.name == "field"
    assert audit.fields["labels"].drop("is_incident").unique().tolist() == [n_incidents]
    assert audit.fields.at["is_incident", "labels"] == len(plain)
    assert (audit.fields["listed"] <= audit.fields["doubted"]).all()
    assert audit.fields["listed"].sum() == len(audit.doubts)


def test_the_order_of_documents_makes_no_difference(plain, planted, audit):
    turned = swapped(plain, planted).iloc[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(audit_labels(turned).doubts, audit.doubts)


def test_an_estimator_is_left_as_it_is(plain):
    estimator = IncidentClassifier(masked_weight=0, n_folds=3)
    audit_labels(plain, 1, estimator=estimator)
    assert not hasattr(estimator, "coef_")


def test_impacts_alone_are_audited_where_they_are_coded(plain):
    frame = plain[plain["is_incident"]].reset_index(drop=True).assign(motivation=None)
    coded = pd.Series([["economy", "privacy"]] * 80 + [["economy"]] * 10, dtype=object)
    found = audit_labels(frame.assign(impact_coded=coded))
    assert found.fields["labels"].to_dict() == {"impact:economy": 90, "impact:privacy": 80}
    late = set(frame["id"][80:])
    assert not late & set(found.doubts.loc[found.doubts["field"] == "impact:privacy", "id"])


def empty(n):
    row = {**dict.fromkeys(DOCUMENT), "title": "", "is_incident": True, "source": "here"}
    return pd.DataFrame(
        [{**row, "id": str(number), "incident": str(number), "text": f"report {number}"} for number in range(n)],
        columns=list(DOCUMENT),
    )


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (empty(0), r"The corpus has nothing to tell apart; expected two motivations, or a domain"),
        (empty(30), r"The corpus has nothing to tell apart; expected two motivations, or a domain"),
        (empty(2).assign(motivation=["criminal", "ideological"]), r"1 incident with the label"),
        (
            empty(12).assign(motivation=["criminal", *["ideological"] * 11]),
            r"1 incident with the label 'criminal'; expected two or more",
        ),
    ],
)
def test_a_corpus_that_cannot_be_audited_is_one_sentence(frame, sentence):
    with pytest.raises(CorpusError, match=sentence):
        audit_labels(frame)


def test_no_doubts_at_all_cannot_be_asked_for(plain):
    with pytest.raises(CyberclassError, match=r"The number of doubts to list is 0; expected 1 or more\."):
        audit_labels(plain, 0)


def test_missing_cleanlab_is_told_with_its_remedy(monkeypatch, plain):
    monkeypatch.setitem(sys.modules, "cleanlab.filter", None)
    with pytest.raises(CyberclassError, match=r"needs cleanlab; install it with: pip install 'cyberclass\[audit\]'\."):
        audit_labels(plain)


@pytest.mark.parametrize("output", ["doubts.jsonl", "-"])
def test_the_command_writes_doubts_and_counts_them(output, plain, tmp_path, capfd, monkeypatch):
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")
    monkeypatch.chdir(tmp_path)
    columns = ["id", "incident", "title", "text", "is_incident", "motivation"]
    lines = [
        json.dumps({name: value for name, value in row.items() if name != "motivation" or row["is_incident"]})
        for row in plain[columns].to_dict("records")
    ]
    (tmp_path / "ours.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert main(["corpus", "audit", "ours.jsonl", "-o", output, "-n", "2"]) == 0
    out, err = capfd.readouterr()
    if output == "-":
        assert out.startswith("id,source,title,field,label,")
    else:
        written = [json.loads(line) for line in (tmp_path / output).read_text(encoding="utf-8").splitlines()]
        assert [(*row,) for row in written] == [COLUMNS] * len(written)
        assert out == ""
    assert "motivation" in err
    assert " of 210 labels are doubted; the " in err
