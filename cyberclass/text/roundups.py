"""Roundups: texts that report several incidents, and their sections as texts of their own."""

import re
from collections import Counter
from dataclasses import replace

from cyberclass.text.batches import Batch, Sections
from cyberclass.text.extent import MOST_CHARACTERS
from cyberclass.text.masking import mask_countries
from cyberclass.text.sections import find_sections, find_titles

#: What says that there was an attack, or what it did.
_ATTACK = re.compile(
    r"""\b(?:hack(?!athon)|ransom|malware|phish|spyware|worm\b|ddos|denial-of-service|defac(?:e|ing)|hijack|skimm
    |(?:cyber-?)?attack|intru(?:der|sion)|breach|break-in|broke\ into|taken\ over|encrypt|wip(?:ed|ing)|erased|drained
    |stole|thie(?:f|ves)\b|copied|leak(?:s|ed)\b|data\ of|records\ of|spie[sd]\b|fraud|extort|crimin
    |false\ (?:bank|supplier|invoice|bill))""",
    re.IGNORECASE | re.VERBOSE,
)

#: Words with a capital that several incidents may have in common.
_COMMON = frozenset(
    re.findall(
        r"\w+",
        """a after agency all also american an and another apr april as association at attackers aug august
        authority bank before board british but by city clinic college commission company council county court
        criminals customers ddos dec december department district dr elsewhere eu experts facebook fbi feb
        february federal federation finally five for foreign four friday from general google government group
        hackers he health hospital house however i if in instagram international internet it its jan january
        jul july jun june justice linkedin many mar march may meanwhile microsoft minister ministry monday
        most mr mrs ms national nine no nobody not nov november oct october of office on one organisation
        organization other parliament party patients police president prosecutors public researchers residents
        saturday school security sep separately sept september service services seven several she since six
        society some staff state students sunday supreme system telegram ten that the there these they thieves
        this those three thursday to town trust tuesday twitter two uk un union university until us visitors
        we wednesday whatsapp when while windows with youtube""",
    )
)
_NAME = re.compile(r"[A-Z\u00c0-\u00de][\w&'\u2019-]+")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s|\n)[\"'\u201c\u2018(#*\d.) -]*$")

#: Characters of a section that must say what it reports.
_LEAD = 300

#: Shorter sections are titles of what follows.
_SHORT = 60


def reports_several(text: str) -> bool:
    """Say whether a text reports several incidents.

    It does if its sections do not only go on: at least two of them begin with an attack, each with names of its own,
    and those that do so are most of the sections. Texts whose layout tells nothing are taken for reports of one.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
    """
    sections = [text[start:end] for start, end in find_sections(text)]
    attacks = [
        not is_title and bool(_ATTACK.search(section[:_LEAD]))
        for section, is_title in zip(sections, find_titles(sections), strict=True)
    ]
    if not _are_most(sum(attacks), sections):
        return False
    names = [_names(section) for section in sections]
    holders = Counter(name for each in names for name in each)
    alone = (bool(own) and all(holders[name] == 1 for name in own) for own in names)
    return _are_most(sum(map(all, zip(attacks, alone, strict=True))), sections)


def _are_most(number: int, sections: list[str]) -> bool:
    """Whether that many are several and two thirds, not counting what may stand above the first."""
    return number > 1 and 3 * number >= 2 * (len(sections) - 1)


def split_text(text: str) -> list[str]:
    """Cut a text that reports several incidents into its sections.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of str
        Sections in order, what stands before the first, titles and short lines together with what follows; a text
        that does not report several incidents is one.
    """
    if not reports_several(text):
        return [text]
    bounds = find_sections(text)
    titles = find_titles([text[start:end] for start, end in bounds])
    parts: list[str] = []
    begin, has_attack = 0, False
    for (start, end), is_title in zip(bounds, titles, strict=True):
        # "Hacks of the week" is no incident, but what a heading further down names is one of those below it.
        has_attack = has_attack or ((not is_title or bool(parts)) and bool(_ATTACK.search(text, start, end)))
        is_complete = has_attack or (bool(parts) and len(text[begin:end].strip()) >= _SHORT)
        if end == len(text) or (is_complete and not is_title):
            parts.append(text[begin:end].strip())
            begin, has_attack = end, False
    return parts


def split_batch(batch: Batch) -> Batch:
    """Make each section of the texts that report several incidents a report of its own.

    Parameters
    ----------
    batch : Batch

    Returns
    -------
    Batch
        Each row of the user's as often as what is read of its text has sections, with the number of each, from 1.
    """
    parts = [split_text(text[:MOST_CHARACTERS]) for text in batch.texts]
    places = [place for place, sections in enumerate(parts) for _ in sections]
    frame = batch.frame.iloc[places].reset_index(drop=True)
    numbers = [number for sections in parts for number, _ in enumerate(sections, start=1)]
    texts = [text for sections in parts for text in sections]
    truncated = [len(batch.texts[place]) > MOST_CHARACTERS for place in places]
    # Places in a section count in the section, as it was read.
    return replace(batch, frame=frame, texts=texts, sections=Sections(numbers, truncated), originals={})


def _names(section: str) -> frozenset[str]:
    text = mask_countries(section, "")
    found = ((match.start(), re.sub("['\u2019]s$", "", match[0])) for match in _NAME.finditer(text))
    return frozenset(
        name.lower()
        for start, name in found
        # A sentence's first word has its capital from the sentence, but a dateline is a name.
        if name.isupper() or not _SENTENCE_START.search(text[max(0, start - 12) : start])
        if name.lower() not in _COMMON
    )
