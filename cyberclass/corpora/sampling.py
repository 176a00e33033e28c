"""Random samples of a corpus: the same for the same documents, in whatever order they come."""

from collections.abc import Iterable
from hashlib import sha256

import pandas as pd

from cyberclass.corpora.statistics import NOT_CODED, stratum_of
from cyberclass.errors import CorpusError

#: What a sample may be spread over evenly.
SAMPLED_BY = ("motivation", "source", "genre", "year")


def sample_corpus(frame: pd.DataFrame, n: int, by: str | None = None, random_state: int = 0) -> pd.DataFrame:
    """Draw documents at random.

    Parameters
    ----------
    frame : DataFrame
        As `documents.read_corpus` returns it; ids must be unique. The sample depends on them, not on the order of rows.
    n : int
        Documents to draw.
    by : str, optional
        One of `SAMPLED_BY`: as many documents of each motivation (or "undetermined", "not-coded", "not-incident"),
        source, genre or year as there can be. What a small stratum lacks comes from the larger ones.
    random_state : int
        Another gives another sample.

    Returns
    -------
    DataFrame
        The rows drawn, in the order of `frame`.

    Raises
    ------
    CorpusError
        If there are fewer documents, or none are asked for.
    """
    if not 1 <= n <= len(frame):
        raise CorpusError(
            f"Found {n} documents to draw from {len(frame)}; expected 1 to {len(frame)}: ask for fewer or add some."
        )
    strata = strata_of(frame, by) if by else pd.Series("", index=frame.index)
    order = pd.Series(draws(frame["id"], random_state), index=frame.index)
    shares = even_shares({str(name): count for name, count in strata.value_counts().items()}, n)
    rank = order.groupby(strata).rank(method="first")
    return frame[rank <= strata.map(shares)]


def strata_of(frame: pd.DataFrame, by: str) -> pd.Series:
    """Name the stratum of each document; parameters as of `sample_corpus`."""
    if by not in SAMPLED_BY:
        raise CorpusError(f"Found strata by {by!r}; expected one of {', '.join(SAMPLED_BY)}.")
    if by == "motivation":
        return stratum_of(frame)
    column = frame["date"].str[:4] if by == "year" else frame[by]
    return column.where(column.notna(), NOT_CODED)


def even_shares(sizes: dict[str, int], n: int) -> dict[str, int]:
    """Part a number among strata, as equally as their sizes allow.

    Parameters
    ----------
    sizes : dict of str to int
    n : int
        At most the sum of sizes.

    Returns
    -------
    dict of str to int
        Their sum is `n`. Where it cannot be parted equally, larger strata have one more.
    """
    shares: dict[str, int] = {}
    left = n
    # The smallest first: what one cannot give is spread over those that follow.
    for place, name in enumerate(sorted(sizes, key=lambda each: (sizes[each], each))):
        shares[name] = min(sizes[name], left // (len(sizes) - place))
        left -= shares[name]
    return shares


def draws(names: Iterable[str], random_state: int) -> list[str]:
    """Give each name a random key; it depends on nothing but the name and the seed."""
    return [sha256(f"{random_state}\n{name}".encode("utf-8", "surrogatepass")).hexdigest() for name in names]
