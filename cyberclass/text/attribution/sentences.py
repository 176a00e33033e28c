"""Sentences in bounds: where they begin and end in characters, none so long that a hostile text could cost much.

Not ``cyberclass.text.sentences``, which tells the chunks of a report apart by its spaces and knows no bound.
"""

import re
from collections.abc import Iterator

#: Characters of the longest sentence; a longer one is cut, at a space if it has any.
LONGEST = 1000

#: What may end a sentence: a mark with closing quotes before a space, an empty line, or the start of a list's item.
_END = re.compile(r"[.!?\u2026][\"'\u201d\u2019)\]]{0,3}\s{1,9}|\n\s{0,9}\n|\n(?=[-*\u2022>#])|:\n")
#: Words before a stop that do not end a sentence.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'\u201c\u2018])(?:[A-Za-z]|(?:[A-Za-z]\.)+[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|Col|Lt|Maj|Sgt|Capt|Adm|St|Jr|"
    r"Sr|Inc|Corp|Co|Ltd|No|vs|v|approx|ca|cf|al|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|Calif|Mass|Conn|"
    r"Pa|Va|Fla|Tex|Ill|Wash|Ariz|Ore|Colo|Mich|Minn)$"
)
_SPACE = re.compile(r"\s*")


def sentences_of(text: str) -> Iterator[tuple[int, int]]:
    """Find the sentences of a text.

    Parameters
    ----------
    text : str

    Yields
    ------
    start, end : int
        In characters, without the whitespace around; none is longer than `LONGEST`.

    Examples
    --------
    >>> list(sentences_of("Mr. Oren spoke. Nobody heard."))
    [(0, 15), (16, 29)]
    """
    start = 0
    for match in _END.finditer(text):
        if match[0][0] != "\n" and not _ends(text, match):
            continue
        yield from _pieces(text, start, match.end())
        start = match.end()
    yield from _pieces(text, start, len(text))


def _ends(text: str, match: "re.Match[str]") -> bool:
    if match[0][0] != "." or match[0][1:].strip():
        return True
    following = text[match.end() : match.end() + 1]
    if following.islower():
        return False
    return not _ABBREVIATION.search(text, max(0, match.start() - 12), match.start())


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    start = _SPACE.match(text, start, end).end()  # type: ignore[union-attr]
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST:
        cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        cut = cut if cut > 0 else start + LONGEST
        yield start, cut
        start = _SPACE.match(text, cut, end).end()  # type: ignore[union-attr]
    if start < end:
        yield start, end
