"""What texts say themselves, in columns beside the labels."""

import pandas as pd
import pytest

TOLD = ["attribution_by", "attribution_stance", "attribution_actor", "attribution_sentence", "motivation_source"]

BLAMED = (
    "The ministry's mail was read for months.\n\nThe foreign ministry of Ostavia attributed the intrusion to APT29. "
    "Officers copied the ambassador's letters."
)
CLAIMED = "Websites of the parliament went down on Monday. Hackers left a page against the new law."
GERMAN = "Die Angreifer haben am Montag die Server der Stadtverwaltung verschlüsselt und fordern Geld in Bitcoin."
CAKE = "Recipe for plum cake: stone the plums, stir the dough."
ROUNDUP = (
    "## Hospital in Aldery\n\nThe ransomware gang Akira locked the files of the hospital in Aldery and wants money.\n\n"
    "## Bank in Borvik\n\nThieves stole the data of ninety thousand clients of Borvik Savings.\n\n"
    "## Ministry in Carlow\n\nHackers defaced the website of the ministry in Carlow to protest against the war."
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["", "", "", "", ""]),
        (GERMAN, ["", "", "", "", ""]),
        (CLAIMED, ["", "", "", "", "inferred"]),
        (
            BLAMED,
            [
                *("government", "confirmed", "APT29"),
                "The foreign ministry of Ostavia attributed the intrusion to APT29.",
                "stated",
            ],
        ),
    ],
)
def test_who_the_text_says_did_it_stands_beside_the_labels(small_model, text, expected):
    labels = small_model.label(["The gang wants a ransom.", text], attribution=True)
    assert labels[TOLD].iloc[1].tolist() == expected


def test_names_that_no_table_knows_are_told(small_model):
    texts = ["rain", "A gang calling itself Salt Ferry, not Turla. Salt Ferry and UNC9876 stole files.", GERMAN]
    labels = small_model.label(texts, attribution=True)
    assert labels["actors_unlisted"].tolist() == ["", "Salt Ferry;UNC9876", ""]
    assert labels["actors"].tolist() == ["", "Turla", ""]


def test_roundups_are_marked(small_model):
    assert small_model.label([BLAMED, ROUNDUP, "", GERMAN], attribution=True)["several_incidents"].tolist() == [
        False,
        True,
        False,
        False,
    ]


def test_statements_come_where_asked_for_and_for_no_texts_too(small_model):
    assert not {*TOLD, "actors_unlisted", "several_incidents"} & set(small_model.label([BLAMED]).columns)
    none = small_model.label([], attribution=True)
    assert len(none) == 0
    assert {*TOLD, "actors_unlisted", "several_incidents"} < set(none.columns)


def test_a_text_says_the_same_beside_others(small_model):
    texts = [BLAMED, CAKE, ROUNDUP, CLAIMED]
    together = small_model.label(texts, attribution=True)
    alone = pd.concat([small_model.label([text], attribution=True) for text in texts], ignore_index=True)
    pd.testing.assert_frame_equal(together, alone)


def test_an_explanation_says_where(small_model):
    found = small_model.explain(BLAMED.replace("ministry's", "ministryâ€™s"))
    (said,) = found.attributions
    assert found.text[said.start : said.end] == "The foreign ministry of Ostavia attributed the intrusion to APT29."
    assert [found.text[actor.start : actor.end] for actor in found.actors] == ["APT29"]
    assert found.labels["attribution_stance"] == "confirmed"
    assert small_model.explain(CAKE).attributions == ()


def test_an_actor_without_a_name_has_that_of_its_sentence(small_model):
    text = "The files were posted on the channel of a group nobody had heard of, the Otter Assembly."
    labels = small_model.label([text, text.replace(", the Otter Assembly", "")], attribution=True)
    assert labels["attribution_actor"][0] == "Otter Assembly"
    assert labels["attribution_actor"][1] != "Otter Assembly"
