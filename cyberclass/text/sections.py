"""Sections of a text: below a heading, behind a bullet, a date or a dateline, or where it turns to something else."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_CAPITAL = "A-Z\u00c0-\u00de"

_MARKDOWN_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]+\S")

#: How lines begin that open a section of text, where at least two in a text begin so.
_OPENERS = (
    # A bullet, or a number.
    re.compile(r"[ \t]*(?:[-*+\u2022\u25aa\u25cf\u00b7]|\(?\d{1,2}[.)])[ \t]+\S"),
    # A date.
    re.compile(
        rf"[ \t]*(?:\d{{4}}-\d\d-\d\d|{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH})(?:,? \d{{4}})?"
        r"[ \t]*[-:\u2013\u2014,]?[ \t]+\S"
    ),
    # "LISMORE, May 3 - The water board said ..."
    re.compile(
        rf"[ \t]*[{_CAPITAL}][{_CAPITAL}' -]{{2,40}}(?:[,(][^-:.\u2013\u2014]{{1,30}})?"
        rf"[ \t]*[-:.\u2013\u2014][ \t]+[{_CAPITAL}]"
    ),
)

#: "Transport. Boards showed ...", "Nordkai Shipping (12 Oct). An employee paid ...", where most paragraphs begin so.
_LABEL = re.compile(rf"[ \t]*[{_CAPITAL}]\S*(?: [^\s.:!?]+){{0,4}}[.:][ \t]+[{_CAPITAL}\d]")

_LETTER = re.compile(r"[^\W\d_]")
_QUOTES = "\"'\u201d\u2019)"

_RULE = re.compile(r"[ \t]*([-*_=~#])(?:[ \t]*\1){2,}[ \t]*")

#: What a sentence begins with that turns to something else.
_TURN = re.compile(
    r"(?:In|And in|But in) other (?:news|incidents|attacks|cases)\b|Other (?:incidents|attacks|cases)\b"
    r"|In an(?:other|(?:other)? unrelated) (?:incident|attack|case|breach|hack)\b"
    r"|In a (?:separate|different|second|third) (?:incident|attack|case|breach|hack)\b"
    r"|Elsewhere\b|Separately\b|Also (?:on|this)\b|Second,|Third,"
)
_SENTENCE_END = re.compile(r"(?:^|\n|[.!?][\"'\u201d\u2019)]?)\s*$")

#: What a title says where each paragraph tells of something else.
_ROUNDUP = re.compile(
    r"\b(?:round-?up|in brief|briefs|digest|week in (?:review|security|breaches|hacks)"
    r"|(?:daily|weekly|monthly) (?:bulletin|report|review|summary|news|briefing))\b",
    re.IGNORECASE,
)

#: Of a heading; of a title above all sections.
_MOST_WORDS, _MOST_WORDS_ABOVE = 10, 20

_LONGEST_LINE = 400


def find_sections(text: str) -> list[tuple[int, int]]:
    """Cut a text into sections.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of tuple of int
        Where each begins and ends, in characters: in order, one behind the other, all of the text. A text without
        sections is one, and the empty text has none. Each has a letter, if the text has.
    """
    lines = [(match.start(), match[0]) for match in re.finditer(r"[^\n]+", text) if not match[0].isspace()]
    starts = {*_labels(lines), *_headings(lines)}
    for opener in (_MARKDOWN_HEADING, *_OPENERS):
        found = [start for start, line in lines if opener.match(line[:_LONGEST_LINE])]
        starts.update(found if len(found) > 1 else ())
    rules = set(_after_rules(lines))
    # Where the layout shows the sections, their paragraphs are none; a rule alone may be that below the title.
    if not starts and len(rules) < 2:
        starts.update(_below_title(lines))
    return _lettered(text, sorted({0, *starts, *rules, *_turns(text), len(text)}))


def find_titles(sections: Sequence[str]) -> list[bool]:
    """Say which sections are nothing but the title of what follows.

    Parameters
    ----------
    sections : sequence of str, length n
        Those of a text, in order.

    Returns
    -------
    list of bool, length n
    """
    stripped = [section.strip() for section in sections]
    bare = [_is_bare_line(section) for section in stripped]
    titles = [
        is_bare and not follows_bare and len(line.split()) <= _MOST_WORDS and len(following) > len(line)
        for (is_bare, follows_bare), (line, following) in zip(pairwise(bare), pairwise(stripped), strict=True)
    ]
    if titles and bare[0] and not _MARKDOWN_HEADING.match(stripped[0]):
        # What stands above the first section is a title also if that is a line, too.
        titles[0] = len(stripped[0].split()) <= _MOST_WORDS_ABOVE
    return [*titles, False][: len(stripped)]


def _is_bare_line(section: str) -> bool:
    """Whether a section is a line without a stop that nothing but a heading's mark opens."""
    if "\n" in section or len(section) > _LONGEST_LINE or section.rstrip(_QUOTES)[-1:] in (*".,;!", ""):
        return False
    is_labelled = _LABEL.match(section) and not _names_roundup(section)
    return not is_labelled and not any(opener.match(section) for opener in _OPENERS)


def _lettered(text: str, bounds: list[int]) -> list[tuple[int, int]]:
    """Sections between bounds, those without a letter together with what is before, or what follows the first."""
    kept = [start for start, end in pairwise(bounds) if _LETTER.search(text, start, end)]
    return list(pairwise((*bounds[:1], *kept[1:], *bounds[-1:]))) if text else []


def _turns(text: str) -> Iterator[int]:
    for match in _TURN.finditer(text):
        if _SENTENCE_END.search(text[max(0, match.start() - 4) : match.start()]):
            yield match.start()


def _after_rules(lines: list[tuple[int, str]]) -> Iterator[int]:
    for (_, line), (start, _) in pairwise(lines):
        if _RULE.fullmatch(line[:_LONGEST_LINE]):
            yield start


def _below_title(lines: list[tuple[int, str]]) -> list[int]:
    return [start for start, _ in lines[1:]] if lines and _names_roundup(lines[0][1]) else []


def _names_roundup(title: str) -> bool:
    return len(title.split()) <= _MOST_WORDS and bool(_ROUNDUP.search(title[:_LONGEST_LINE]))


def _labels(lines: list[tuple[int, str]]) -> list[int]:
    found = [start for start, line in lines if _LABEL.match(line[:_LONGEST_LINE])]
    return found if len(found) > 1 and 2 * len(found) >= len(lines) else []


def _headings(lines: list[tuple[int, str]]) -> list[int]:
    """Short lines without a stop that stand over longer ones."""
    found = [
        start
        for (start, line), (_, following) in pairwise(lines)
        if len(line.split()) <= _MOST_WORDS
        and line.rstrip()[-1] not in ".,;:!"
        and len(following) > len(line)
        and following.rstrip()[-1] in (*".!?", *_QUOTES)
    ]
    # A text's first line is its title.
    return found if sum(start > lines[0][0] for start in found) > 1 else []
