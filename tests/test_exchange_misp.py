"""MISP events: what stands in them, that MISP's own library loads them, and that their tags are of its taxonomies."""

import json

import pytest
from exported import ATTRIBUTED, TEXT, exported, labelled
from pymisp import MISPEvent
from pytaxonomies import Taxonomies

from cyberclass.corpora.sources.importing import import_source
from cyberclass.corpora.sources.source import find_source
from cyberclass.exchange.likelihood import _WORDS
from cyberclass.exchange.vocabulary import OF_MOTIVATION

OWN = "cyberclass:"


def events(tmp_path, *rows):
    return [each["Event"] for each in json.loads(exported(tmp_path, "misp", *rows))["response"]]


def tags(event):
    return [tag["name"] for tag in event["Tag"]]


@pytest.fixture(scope="module")
def taxonomies():
    return Taxonomies()


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {**ATTRIBUTED, "tlp": "amber+strict", "sector": "energy"},
        {"date": None, "published": None, "url": "javascript:alert(1)", "text": "", "actors": ""},
        {
            "title": "<img src=x onerror=alert(1)>\n\ud800",
            "text": "=1+1\u0000",
            "actors": '"];drop',
            "tlp": "TLP:WHITE",
        },
        {"motivation": 'spite"', "impact": 'a"b', 'p_motivation_spite"': 0.4},
        {"text": "x" * 600_000, "date": "2025-04", "published": None},
    ],
)
def test_misp_s_own_library_loads_it(tmp_path, fields, taxonomies):
    (found,) = events(tmp_path, labelled(**fields))
    event = MISPEvent()
    event.load(found)
    assert str(event.uuid) == found["uuid"]
    again = json.loads(event.to_json())
    assert {name: again[name] for name in ("info", "Tag", "uuid")} == {
        name: found[name] for name in ("info", "Tag", "uuid")
    }
    for tag in tags(found):
        namespace = tag.partition(":")[0]
        assert tag.startswith(OWN) or tag in taxonomies[namespace].machinetags(), tag


@pytest.mark.parametrize("words", OF_MOTIVATION.values())
def test_the_words_of_motivations_are_those_of_veris(words, taxonomies):
    known = taxonomies["veris"].machinetags()
    assert f'veris:actor:external:variety="{words.variety}"' in known
    assert f'veris:actor:external:motive="{words.motive}"' in known


def test_the_words_of_probabilities_are_those_of_estimative_language(taxonomies):
    known = [tag for tag in taxonomies["estimative-language"].machinetags() if ":likelihood-probability=" in tag]
    assert [tag.partition("=")[2].strip('"') for tag in known] == list(_WORDS)


def test_an_event_says_what_the_row_says(tmp_path):
    (event,) = events(tmp_path, labelled(**ATTRIBUTED, tlp="green"))
    assert (event["info"], event["date"]) == ("Cranes stand still in Aldery", "2025-04-02")
    assert (event["distribution"], event["analysis"], event["threat_level_id"]) == ("0", "0", "4")
    assert event["EventReport"][0]["content"] == TEXT
    assert tags(event) == [
        "tlp:green",
        'cyberclass:motivation="state-sponsored"',
        'veris:actor:external:variety="State-affiliated"',
        'veris:actor:external:motive="Unknown"',
        'estimative-language:likelihood-probability="very-likely"',
        'cyberclass:impact="critical-infrastructure"',
        'cyberclass:impact="international-relations"',
        'ai-computer-assisted:assistance-level="ai-assisted-substantial"',
        'ai-computer-assisted:review-level="unreviewed"',
    ]
    assert [(each["type"], each["category"], each["value"], each.get("comment")) for each in event["Attribute"]] == [
        ("threat-actor", "Attribution", "APT29", "confirmed, by victim"),
        ("link", "External analysis", "https://news.example/cranes?day=2", None),
        ("text", "Attribution", ATTRIBUTED["attribution_sentence"], "what the text says of it"),
    ]
    assert not any(each["to_ids"] for each in event["Attribute"])


def test_a_label_stays_inside_its_tag(tmp_path):
    (event,) = events(tmp_path, labelled(motivation='spite"', impact='a"b'))
    assert tags(event)[:2] == ['cyberclass:motivation="spite\'"', 'cyberclass:impact="a\'b"']


@pytest.mark.parametrize(
    ("fields", "comment"),
    [
        ({}, "named"),
        ({**ATTRIBUTED, "attribution_stance": "denied"}, "named"),
        ({**ATTRIBUTED, "attribution_by": ""}, "confirmed, by unnamed sources"),
        ({**ATTRIBUTED, "attribution_by": "unnamed"}, "confirmed, by unnamed sources"),
    ],
)
def test_an_actor_says_whether_it_is_attributed_to(tmp_path, fields, comment):
    (event,) = events(tmp_path, labelled(**fields))
    assert event["Attribute"][0]["comment"] == comment


@pytest.mark.parametrize("fields", [{"date": None, "published": None}, {"text": ""}, {"tlp": ""}, {"p_incident": None}])
def test_nothing_is_made_up_for_what_the_row_lacks(tmp_path, fields):
    (event,) = events(tmp_path, labelled(**fields))
    assert "date" not in event if "date" in fields else event["date"] == "2025-04-02"
    assert ("EventReport" in event) == ("text" not in fields)
    assert not any(tag.startswith("tlp:") for tag in tags(event))


@pytest.mark.parametrize("motivation", ["state-sponsored", "criminal", "ideological", "undetermined"])
def test_our_own_importer_reads_it_back(tmp_path, motivation):
    exported(tmp_path, "misp", labelled(motivation=motivation, actors=""))
    (document,) = import_source(find_source("misp"), tmp_path / "exported.json").documents.to_dict("records")
    assert document["motivation"] == motivation
    assert (document["text"], document["date"]) == (TEXT, "2025-04-02")
