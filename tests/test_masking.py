"""Masking: countries, actors and malware are taken out of a text, other words are let be."""

import pytest

from cyberclass.corpora.documents import texts_of
from cyberclass.text.masking import mask_countries, mask_names


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("", ""),
        (" \n", " \n"),
        ("Nobody is named.", "Nobody is named."),
        ("Georgia", "X"),
        ("Georgian ministries", "X ministries"),
        ("Russia's hackers", "X's hackers"),
        ("Russian-speaking", "X-speaking"),
        ("anti-Russian", "anti-X"),
        ("South Korea and Korea", "X and X"),
        ("South Korean banks", "X banks"),
        ("North Koreans", "X"),
        ("U.S. officials", "X officials"),
        ("U.S.A. officials", "X officials"),
        ("U.K.-based", "X-based"),
        ("the US, the UK and the USA.", "the X, the X and the X."),
        ("United States of America", "X"),
        ("Great Britain", "X"),
        ("(Iran)", "(X)"),
        ("IRAN", "X"),
        ("the Kremlin told Beijing", "the X told X"),
        ("St. Petersburg", "X"),
        ("Türkiye", "X"),
        ("Papua New Guinea", "X"),
        # Words that only look like names.
        ("polish the turkey on china", "polish the turkey on china"),
        ("tell us of it", "tell us of it"),
        ("Polish police", "X police"),
        ("Finnish", "X"),
        ("finish", "finish"),
        ("Indiana and Romania", "Indiana and X"),
        ("Malian, Nigerien", "Malian, Nigerien"),
        ("USB, USENIX, EUR, UKIP, Omanis2", "USB, USENIX, EUR, UKIP, Omanis2"),
        ("Chinatown", "Chinatown"),
        ("North South", "North South"),
    ],
)
def test_names_of_countries_and_peoples_are_replaced_and_nothing_else(text, masked):
    assert mask_countries(text, "X") == masked


def test_a_country_becomes_ruritania():
    assert mask_countries("Hackers from France struck Spain.") == "Hackers from Ruritania struck Ruritania."


@pytest.mark.parametrize("replacement", ["", r"\1 \g<0>", "Ruritania"])
def test_the_replacement_stands_as_it_is_written(replacement):
    assert mask_countries("Cuba fell.", replacement or "-") == f"{replacement or '-'} fell."


def test_nothing_is_left_to_mask(small_frame):
    masked = [mask_countries(text) for text in texts_of(small_frame)]
    assert masked != texts_of(small_frame)
    assert [mask_countries(text) for text in masked] == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("", ""),
        (" \n", " \n"),
        ("Nobody is named.", "Nobody is named."),
        ("APT29 infected them with WellMess.", "A infected them with M."),
        ("They used wannacry, WannaCry and WANNACRY.", "They used wannacry, M and M."),
        ("(Emotet)", "(M)"),
        ("Emotet's authors", "M's authors"),
        ("Emotets", "Emotets"),
        ("LockBit and Turla met.", "A and A met."),
    ],
)
def test_names_of_actors_and_malware_are_replaced_and_nothing_else(text, masked):
    assert mask_names(text, "A", "M") == masked


def test_without_further_words_the_masks_are_the_group_and_the_program():
    assert mask_names("APT29 used WellMess.") == "the group used the program."
