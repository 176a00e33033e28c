"""Texts as their authors meant them: no mojibake, no control characters, nothing that UTF-8 cannot hold."""

import re

#: Mojibake is two or more characters for one, or a lone one of the C1 range; asking ftfy about each text that has an
#: accent or a curly quote would cost more than labelling it.
_SUSPECT = re.compile("[^\x00-\x7f](?:[^\x00-\x7f]|(?<=[ÂÃâ]) |(?<=[\x80-\x9f]))")
_SURROGATE = re.compile("[\ud800-\udfff]")

#: Control characters but for tab, line feed and carriage return; in UTF-8 these bytes stand for nothing else.
_CONTROL_BYTES = bytes([*range(9), 11, 12, *range(14, 32), 127])
_LATER_CONTROL = re.compile("[\x80-\x9f]")
_CONTROLS: dict[int, str | None] = dict.fromkeys([*_CONTROL_BYTES, *range(0x80, 0xA0)])
_CONTROLS[11] = _CONTROLS[12] = _CONTROLS[0x85] = "\n"


def mend(text: str) -> str:
    """Repair a text where it needs repair.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        The same text; mojibake is decoded (by ftfy), control characters are gone, lone surrogates have
        become U+FFFD. Curly quotes stay as they are. "" gives "".
    """
    try:
        raw = text.encode("utf-8")
    except UnicodeEncodeError:
        text = _SURROGATE.sub("\ufffd", text)
        raw = text.encode("utf-8")
    suspect = len(raw) > len(text) and _SUSPECT.search(text)
    if suspect:
        from ftfy import fix_text
        from ftfy.badness import is_bad

        if is_bad(text):
            text = fix_text(text, uncurl_quotes=False)
            raw = text.encode("utf-8")
    if len(raw.translate(None, _CONTROL_BYTES)) < len(raw) or (suspect and _LATER_CONTROL.search(text)):
        return text.translate(_CONTROLS)
    return text
