"""Labels of one's own: what may be one, how a corpus names them, and where they are looked for."""

import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyberclass.corpora.about import About, find_taxonomy, read_about
from cyberclass.corpora.labelled import read_labelled
from cyberclass.errors import CorpusError, CyberclassError
from cyberclass.taxonomy import CODEBOOK, Taxonomy, card_of, taxonomy_in_card, taxonomy_of

TWO = ("greed", "spite")

# What may be a label


@pytest.mark.parametrize(
    "label",
    [
        "undetermined",
        "none",
        "incident",
        "motivation",
        # What counts of a corpus, and folds, call documents that have no motivation.
        "not-coded",
        "not-incident",
        "",
        " ",
        " greed",
        "greed ",
        "\u00a0greed",
        "a;b",
        ";",
        "a\nb",
        "a\tb",
        "a\x00",
        "a\u200bb",
        "\ud800",
    ],
)
@pytest.mark.parametrize("kind", ["motivations", "impacts"])
def test_what_means_something_else_or_fits_no_cell_is_no_label(kind, label):
    with pytest.raises(CorpusError) as raised:
        Taxonomy(**{"motivations": TWO, "impacts": ("harm",), kind: ("ours", label)})
    assert f"found the label {label!r}; expected a name" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "label", ["x", "a b", "Undetermined", "a,b", "a|b", "état", "北京", "1", "a=b", "impact", "$x$"]
)
@pytest.mark.parametrize("kind", ["motivations", "impacts"])
def test_any_other_name_is(kind, label):
    taxonomy = Taxonomy(**{"motivations": TWO, "impacts": (), kind: ("ours", label)})
    assert getattr(taxonomy, kind) == ("ours", label)


@pytest.mark.parametrize(
    ("motivations", "impacts", "sentence"),
    [
        (("a", "a"), (), "found the label 'a' twice"),
        ((), ("a", "b", "a"), "found the label 'a' twice"),
        (("a", "b"), ("c", "b"), "found the label 'b' twice"),
        (("a",), (), "found one motivation, 'a'; expected none, or two or more"),
        (("a",), ("b", "c"), "found one motivation, 'a'; expected none, or two or more"),
        ((), (), "found no label"),
    ],
)
def test_labels_that_tell_nothing_apart_are_refused(motivations, impacts, sentence):
    with pytest.raises(CorpusError, match=sentence):
        Taxonomy(motivations, impacts)


@pytest.mark.parametrize(
    ("motivations", "impacts"), [(TWO, ()), ((), ("harm",)), (TWO, ("harm",)), (CODEBOOK.motivations, ("harm",))]
)
def test_one_kind_of_label_is_enough(motivations, impacts):
    assert Taxonomy(motivations, impacts).motivations == motivations


def test_taxonomies_are_equal_by_labels_and_order_whatever_is_said_of_them():
    assert Taxonomy(TWO, ("a", "b"), {"a": "this"}) == Taxonomy(TWO, ("a", "b"), {"a": "that"})
    assert Taxonomy(TWO, ("a", "b")) != Taxonomy(TWO, ("b", "a"))


# Tables and back

names = st.text(st.characters(exclude_categories=["C"], exclude_characters=";"), min_size=1, max_size=9).filter(
    lambda name: (
        name == name.strip()
        and name.isprintable()
        and name not in ("undetermined", "none", "incident", "motivation", "not-coded", "not-incident")
    )
)


@given(st.data(), st.lists(names, min_size=1, max_size=8, unique=True))
def test_a_card_says_all_of_a_taxonomy_in_its_order(data, labels):
    count = data.draw(st.integers(0, len(labels)).filter(lambda count: count != 1))
    definitions = data.draw(st.dictionaries(st.sampled_from(labels), st.text(min_size=1)))
    taxonomy = Taxonomy(tuple(labels[:count]), tuple(labels[count:]), definitions)
    # Tools that write JSON may put keys in another order.
    again = taxonomy_in_card(json.loads(json.dumps(card_of(taxonomy), sort_keys=True)))
    assert (again.motivations, again.impacts) == (taxonomy.motivations, taxonomy.impacts)
    assert again.definitions == definitions


def test_the_codebook_is_itself_again():
    again = taxonomy_in_card(card_of(CODEBOOK))
    assert again == CODEBOOK
    assert again.definitions == CODEBOOK.definitions


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (None, "expected motivations, impacts and definitions"),
        ([], "expected motivations, impacts and definitions"),
        ({"motivations": ["a", "b"]}, "expected motivations, impacts and definitions"),
        ({"motivations": "ab", "impacts": [], "definitions": {}}, "found 'ab'; expected labels"),
        ({"motivations": ["a", 1], "impacts": [], "definitions": {}}, "expected labels"),
        ({"motivations": ["a"], "impacts": [], "definitions": {}}, "found one motivation"),
    ],
)
def test_a_card_that_is_none_is_a_sentence(found, sentence):
    with pytest.raises(CorpusError, match=sentence):
        taxonomy_in_card(found)


@pytest.mark.parametrize(
    ("tables", "sentence"),
    [
        (None, "found 'NoneType'; expected the tables motivations and impacts"),
        ([], "found 'list'"),
        ("motivations", "found 'str'"),
        ({"motivation": {}}, "found 'motivation'; expected the tables"),
        ({"motivations": {"a": "", "b": ""}, "zeal": {}, "envy": {}}, "found 'envy'"),
        ({"motivations": ["a", "b"]}, "motivations is no table of labels and what they mean"),
        ({"motivations": "a"}, "motivations is no table"),
        ({"impacts": {"a": 1}}, "impacts is no table"),
        ({"impacts": {"a": {"b": "c"}}}, "impacts is no table"),
        ({"impacts": None}, "impacts is no table"),
        ({}, "found no label"),
        ({"motivations": {"a": ""}}, "found one motivation"),
        ({"impacts": {"none": ""}}, "found the label 'none'"),
    ],
)
def test_other_tables_are_a_sentence(tables, sentence):
    with pytest.raises(CorpusError, match=sentence):
        taxonomy_of(tables)


# What a corpus says of itself


def about(tmp_path, content, name="corpus.toml"):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


LABELS = "[motivations]\nspite = 'to hurt'\ngreed = ''\n[impacts]\nschool = ''\nbank = 'money'\n"
OWN = Taxonomy(("spite", "greed"), ("school", "bank"))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", About()),
        ("# nothing", About()),
        ("licence = 'CC0'", About("CC0")),
        (LABELS, About("", OWN)),
        (f"licence = 'ours'\n{LABELS}", About("ours", OWN)),
        (b"\xef\xbb\xbf" + LABELS.encode(), About("", OWN)),
        (LABELS.replace("\n", "\r\n"), About("", OWN)),
        ("[impacts]\n'état' = ''\n", About("", Taxonomy((), ("état",)))),
    ],
    ids=["empty", "a remark", "a licence", "labels", "both", "with a byte order mark", "of Windows", "quoted"],
)
def test_a_corpus_says_its_licence_and_its_labels_in_their_order(tmp_path, content, expected):
    assert read_about(about(tmp_path, content)) == expected


def test_what_labels_mean_is_kept_where_it_is_said(tmp_path):
    assert read_about(about(tmp_path, LABELS)).taxonomy.definitions == {"spite": "to hurt", "bank": "money"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("licence =", "is no TOML"),
        ("motivations: [a, b]", "is no TOML"),
        (b"\xff\xfe[\x00", "is no TOML"),
        (b"PK\x03\x04", "is no TOML"),
        ("[motivations]\na = ''\na = ''", "is no TOML"),
        ("[motivations]\na.b = ''", "motivations is no table of labels"),
        ("licence = 1", "found the licence 1; expected a string"),
        ("licence = ['CC0']", "found the licence ['CC0']"),
        ("license = 'CC0'", "found 'license'; expected the tables motivations and impacts"),
        ("motivations = ['a', 'b']", "motivations is no table of labels"),
        ("[impacts]\na = 1", "impacts is no table of labels"),
        ("[motivations]\na = ''", "found one motivation"),
        ("[motivations]\n[impacts]", "found no label"),
        ("[impacts]\nnone = ''", "found the label 'none'"),
        ("x = " + "[" * 5000, "is no TOML"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_file_that_says_something_else_is_one_sentence_that_names_it(tmp_path, content, sentence):
    path = about(tmp_path, content)
    with pytest.raises(CorpusError) as raised:
        read_about(path)
    assert str(raised.value).startswith(f"{path}: ")
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir], ids=["missing", "a folder"])
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path, make):
    make(tmp_path / "labels.toml")
    with pytest.raises(CorpusError, match=r"labels\.toml: cannot be read \("):
        find_taxonomy([], tmp_path / "labels.toml")


# Where labels are looked for


def write_lines(path, *documents):
    path.parent.mkdir(parents=True, exist_ok=True)
    words = "one two three four five six seven eight"
    lines = (
        json.dumps({"id": f"{path.stem}-{number}", "text": f"{words} {path.stem} {number}", "is_incident": True} | each)
        for number, each in enumerate(documents)
    )
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


@pytest.mark.parametrize(
    ("folders", "expected"),
    [
        ({}, CODEBOOK),
        ({"a": None}, CODEBOOK),
        ({"a": "licence = 'CC0'"}, CODEBOOK),
        ({"a": LABELS}, OWN),
        ({"a": None, "b": LABELS}, OWN),
        ({"a": LABELS, "b": LABELS + "# said again\n"}, OWN),
        ({"a": "licence = 'CC0'", "b": "licence = 'CC BY'"}, CODEBOOK),
    ],
    ids=["no path", "nothing said", "no labels", "one", "one of two", "two alike", "two licences"],
)
def test_folders_say_what_their_labels_are_or_else_the_codebook_does(tmp_path, folders, expected):
    for name, content in folders.items():
        (tmp_path / name).mkdir()
        if content is not None:
            about(tmp_path / name, content)
    assert find_taxonomy([tmp_path / name for name in folders]) == expected
    assert find_taxonomy([str(tmp_path / name) for name in folders]) == expected


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (LABELS, "[impacts]\nschool = ''"),
        (LABELS, "licence = 'CC0'"),
        ("licence = 'CC0'", LABELS),
        ("[impacts]\nschool = ''\nbank = ''", "[impacts]\nbank = ''\nschool = ''"),
        ("[impacts]\na = ''\nb = ''", "[motivations]\na = ''\nb = ''"),
    ],
    ids=["others", "then the codebook's", "after the codebook's", "another order", "another kind"],
)
def test_folders_of_different_labels_are_a_sentence_unless_one_is_named(tmp_path, first, second):
    paths = [about(tmp_path, content, f"{name}/corpus.toml") for name, content in (("a", first), ("b", second))]
    folders = [path.parent for path in paths]
    with pytest.raises(CorpusError) as raised:
        find_taxonomy(folders)
    assert str(raised.value) == (
        f"{paths[1]}: has other labels than {paths[0]}; expected corpora of one taxonomy: name it with --taxonomy."
    )
    assert find_taxonomy(folders, about(tmp_path, LABELS, "mine.toml")) == OWN


def test_a_path_that_is_missing_a_file_or_too_long_says_nothing(tmp_path):
    file = write_lines(tmp_path / "a.jsonl", {})
    assert find_taxonomy([tmp_path / "none", file, tmp_path / ("x" * 5000)]) == CODEBOOK


def test_a_named_file_without_labels_is_a_sentence(tmp_path):
    path = about(tmp_path, "licence = 'CC0'", "mine.toml")
    with pytest.raises(CorpusError, match=r"mine\.toml: found no labels; expected tables"):
        find_taxonomy([], path)


# The labels that occur

INCIDENTS = (
    {"motivation": "spite", "impact": ["school", "bank"]},
    {"motivation": "greed", "impact": []},
    {"motivation": None, "impact": None},
    {"is_incident": False},
)
OCCUR = Taxonomy(("greed", "spite"), ("bank", "school"))


def table_of_incidents(path):
    frame = pd.DataFrame(
        {
            "text": ["words of a report"] * 5,
            "Motivation": ["spite", "greed", "undetermined", "", " spite "],
            "impact": ["school; bank", "none", "", "bank", ";bank;"],
        }
    )
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".xlsx":
        frame.to_excel(path, index=False)
    else:
        frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("kind", ["jsonl", "folder", "csv", "parquet", "xlsx"])
def test_labels_that_occur_are_taken_in_the_order_of_the_alphabet(tmp_path, kind):
    if kind == "folder":
        write_lines(tmp_path / "in" / "a.jsonl", *INCIDENTS[:1])
        write_lines(tmp_path / "in" / "b.jsonl", *INCIDENTS[1:])
        path = tmp_path / "in"
        about(path, "[impacts]\nother = ''")
    elif kind == "jsonl":
        path = write_lines(tmp_path / "a.jsonl", *INCIDENTS)
    else:
        path = table_of_incidents(tmp_path / f"a.{kind}")
    assert find_taxonomy([path], "corpus") == OCCUR


def test_labels_of_all_paths_occur(tmp_path):
    first = write_lines(tmp_path / "a.jsonl", INCIDENTS[0])
    second = table_of_incidents(tmp_path / "b.csv")
    third = write_lines(tmp_path / "c.jsonl", {"motivation": "envy"})
    assert find_taxonomy([first, second, third], "corpus") == Taxonomy(("envy", "greed", "spite"), ("bank", "school"))


def test_a_table_with_lists_in_its_cells_has_labels_in_them(tmp_path):
    frame = pd.DataFrame({"text": ["words"] * 2, "motivation": list(TWO), "impact": [["bank"], ["school", "bank"]]})
    frame.to_parquet(tmp_path / "a.parquet")
    assert find_taxonomy([tmp_path / "a.parquet"], "corpus") == OCCUR


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        (
            [{"motivation": "greed", "motivation_secondary": "envy", "impact": ["bank"]}, {"motivation": "spite"}],
            Taxonomy(("envy", "greed", "spite"), ("bank",)),
        ),
        (
            [{"motivation": "greed", "impact": [], "impact_coded": ["bank", "port"]}, {"motivation": "spite"}],
            Taxonomy(TWO, ("bank", "port")),
        ),
    ],
    ids=["secondary motivations", "domains that are coded and never apply"],
)
def test_whatever_a_document_names_is_a_label_that_occurs(tmp_path, documents, expected):
    path = write_lines(tmp_path / "a.jsonl", *documents)
    found = find_taxonomy([path], "corpus")
    assert found == expected
    # Or the same documents would not follow their own labels.
    assert len(read_labelled([path], found)) == len(documents)


@pytest.mark.parametrize(
    ("documents", "sentence"),
    [
        ([{}], "found no label"),
        ([{"motivation": None, "impact": []}, {"is_incident": False}], "found no label"),
        ([{"motivation": "greed", "impact": ["bank"]}], "found one motivation, 'greed'"),
        ([{"motivation": "greed", "impact": ["spite"]}, {"motivation": "spite"}], "found the label 'spite' twice"),
        ([{"motivation": "greed"}, {"motivation": "incident"}], "found the label 'incident'"),
    ],
)
def test_documents_without_labels_to_tell_apart_are_a_sentence(tmp_path, documents, sentence):
    with pytest.raises(CorpusError, match=sentence):
        find_taxonomy([write_lines(tmp_path / "a.jsonl", *documents)], "corpus")


@pytest.mark.parametrize("name", ["none", "none.jsonl", "none.csv"])
def test_documents_that_are_missing_are_a_sentence(tmp_path, name):
    with pytest.raises(CyberclassError, match=name):
        find_taxonomy([tmp_path / name], "corpus")


def test_a_file_that_is_called_corpus_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    documents = write_lines(tmp_path / "a.jsonl", *INCIDENTS)
    (tmp_path / "corpus").mkdir()
    assert find_taxonomy([documents], "corpus") == OCCUR
    (tmp_path / "corpus").rmdir()
    about(tmp_path, LABELS, "corpus")
    assert find_taxonomy([documents], "corpus") == OWN
