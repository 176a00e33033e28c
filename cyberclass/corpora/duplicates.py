"""Near-duplicates: documents that share most of their words in a row, whatever their incident is said to be."""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
import pandas as pd
from datasketch import MinHash, MinHashLSH
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from cyberclass.corpora.documents import texts_of

#: Words in a row that two texts are compared by.
SHINGLE = 4

#: Share of such rows from which two texts are near-duplicates.
SIMILARITY = 0.5

_PERMUTATIONS = 128

#: Texts that one is compared with, of those that may be like it.
_COMPARED = 100


def near_duplicates(texts: Sequence[str], similarity: float = SIMILARITY) -> pd.DataFrame:
    """Find pairs of texts that are nearly the same.

    Texts are sets of runs of four words, compared by an estimate of their Jaccard similarity (MinHash with locality-
    sensitive hashing; Broder, 1997, "On the resemblance and containment of documents").

    Parameters
    ----------
    texts : sequence of str, length n
    similarity : float
        The smallest similarity to report, in (0, 1]; the estimate is off by 0.04 as often as not.

    Returns
    -------
    DataFrame
        `first` and `second` (positions, first < second) and `similarity` (estimate in [0, 1]), in the order of
        `second`: each text beside the most similar of those before it. Texts of fewer than four words have no
        near-duplicates.
    """
    index = MinHashLSH(threshold=similarity, num_perm=_PERMUTATIONS)
    sketches: dict[int, MinHash] = {}
    same: dict[bytes, int] = {}
    # Its permutations take longer to draw than to apply.
    empty = MinHash(num_perm=_PERMUTATIONS, seed=1)
    pairs = []
    for place, text in enumerate(texts):
        shingles = sorted({*_shingles(text)})
        if not shingles:
            continue
        # A feed that repeats itself a thousand times is compared with its first copy alone.
        if (twin := same.setdefault(sha256(b"\n".join(shingles)).digest(), place)) != place:
            pairs.append((twin, place, 1.0))
            continue
        sketch = empty.copy()
        sketch.update_batch(shingles)
        alike = sorted(index.query(sketch))[:_COMPARED]
        best = max(((sketch.jaccard(sketches[other]), -other) for other in alike), default=(0.0, 0))
        if best[0] >= similarity:
            pairs.append((-best[1], place, best[0]))
        index.insert(place, sketch)
        sketches[place] = sketch
    return pd.DataFrame(pairs, columns=["first", "second", "similarity"])


def incidents_of(frame: pd.DataFrame) -> pd.Series:
    """Give the incident of each document, near-duplicates counted as one, whatever the order of the documents.

    Parameters
    ----------
    frame : DataFrame
        As `documents.read_corpus` returns it.
    """
    texts = np.array(texts_of(frame), dtype=object)
    # Which near-duplicates are found depends on the order in which they come.
    order = np.argsort(texts, kind="stable")
    pairs = near_duplicates(texts[order].tolist())
    places = {side: order[pairs[side].to_numpy(dtype=np.intp)] for side in ("first", "second")}
    return joined_incidents(frame["incident"], pairs.assign(**places))


def joined_incidents(incidents: pd.Series, pairs: pd.DataFrame) -> pd.Series:
    """Give near-duplicates one incident, so that no split parts them.

    Parameters
    ----------
    incidents : Series of str
    pairs : DataFrame
        As `near_duplicates` returns it, of the same documents.

    Returns
    -------
    Series of str
        The incident of each document; of those joined, the first in the alphabet.
    """
    codes, names = pd.factorize(incidents, sort=True)
    ends = codes[pairs["first"]], codes[pairs["second"]]
    links = coo_array((np.ones(len(pairs)), ends), shape=(len(names), len(names)))
    _, component = connected_components(links, directed=False)
    # Names are in the order of the alphabet: the first of a component is where it occurs first.
    first = pd.Series(names).groupby(component).transform("first")
    return pd.Series(first.to_numpy()[codes], index=incidents.index, name=incidents.name)


def _shingles(text: str) -> list[bytes]:
    words = text.casefold().split()
    rows = (" ".join(words[start : start + SHINGLE]) for start in range(len(words) - SHINGLE + 1))
    return [row.encode("utf-8", "surrogatepass") for row in rows]
