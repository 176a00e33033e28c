"""A report's text: what every model of this package reads of it."""


def join_title(title: str | None, text: str) -> str:
    """Put a report's title before its text.

    Parameters
    ----------
    title : str or None
        May be empty.
    text : str
        The body, without the title.

    Returns
    -------
    str
        Title, blank line, text; only the text when there is no title.
    """
    return f"{title}\n\n{text}" if title else text
