"""How far a name goes among tokens, given its first or its last."""

from spacy.tokens import Doc

from cyberclass.text.masking import mask_countries

QUOTES = "\"'\u201c\u201d\u2018\u2019\u00ab\u00bb"

#: Words of the longest name.
MOST_WORDS = 6

#: What may stand inside a name in lower case, before a word with a capital; and between two without a space.
_LINKS = tuple(
    tuple(link.split())
    for link in (
        "of the",
        "at the",
        "in the",
        "for the",
        "of",
        "for",
        "till",
        "without",
        "de la",
        "de",
        "del",
        "des",
        "du",
    )
)
_JOINTS, _GENITIVES = frozenset(("-", "\u2013", ".", "'", "\u2019")), frozenset(("'s", "\u2019s"))


def end_of_name(doc: Doc, start: int) -> int:
    """Say where a name ends that begins with a token: it goes on with capitals, some joined, and "of the North"."""
    end = start + 1
    while end < len(doc) and end - start < MOST_WORDS:
        if is_capital(doc, end) and not _stops(doc[end - 1].text):
            end += 1
        elif _joins(doc, end) and is_capital(doc, end + 1):
            end += 2
        elif length := next((len(each) for each in _LINKS if _is_link(doc, end, each)), 0):
            if not is_capital(doc, end + length) or not mask_countries(doc[end + length].text, ""):
                break
            end += length + 1
        else:
            break
    return end


def start_of_name(doc: Doc, last: int) -> int:
    """Say where a name begins that a token is the last of, going by the rules of `end_of_name` backwards."""
    start = last
    while start and last - start < MOST_WORDS and (step := _step_back(doc, start)):
        start -= step
    return start


def _step_back(doc: Doc, start: int) -> int:
    """How many tokens before a name's are of it, too."""
    if is_capital(doc, start - 1) and not _stops(doc[start - 1].text):
        return 1
    if _joins(doc, start - 1) and is_capital(doc, start - 2):
        return 2
    length = next((len(each) for each in _LINKS if _is_link(doc, start - len(each), each)), 0)
    return length + 1 if length and is_capital(doc, start - length - 1) else 0


def _is_link(doc: Doc, start: int, link: tuple[str, ...]) -> bool:
    return start > 0 and tuple(token.text for token in doc[start : start + len(link)]) == link


def _joins(doc: Doc, place: int) -> bool:
    """Whether a token joins the one before it to the next."""
    if not 0 < place < len(doc) or doc[place - 1].whitespace_:
        return False
    if doc[place].text in _GENITIVES:
        return bool(mask_countries(doc[place - 1].text, ""))
    return doc[place].text in _JOINTS and not doc[place].whitespace_


def is_capital(doc: Doc, place: int) -> bool:
    """Say whether there is a token at a place, and whether it begins with a capital or is a number."""
    return 0 <= place < len(doc) and (doc[place].text[:1].isupper() or doc[place].text.isdigit())


def opens_sentence(doc: Doc, place: int) -> bool:
    """Say whether a sentence or a title may begin with a token: it is the first, or behind a mark that no name has."""
    if place == 0:
        return True
    before = doc[place - 1]
    joins = before.text == "," or (before.text == "-" and not before.whitespace_)
    return not joins and not before.text[-1].isalnum()


def _stops(word: str) -> bool:
    """Whether a sentence ends with a word that spaCy leaves its stop, an initial apart."""
    return len(word) > 2 and word.endswith(".")


def quoted_name(doc: Doc, start: int) -> str:
    """Take what stands between the quotes before a token and the next, or an empty string."""
    ends = (end for end in range(start + 1, min(len(doc), start + 2 * MOST_WORDS)) if doc[end].text in QUOTES)
    return str(doc[start : next(ends, start)].text)
