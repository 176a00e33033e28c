"""What to label next: reports whose labels a model cannot foretell, no two of them alike."""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import entr

from cyberclass.corpora.duplicates import near_duplicates
from cyberclass.errors import CyberclassError
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.outputs import Outputs, taxonomy_in
from cyberclass.model.space import check_texts
from cyberclass.model.store import text_mark

#: Reports to choose from for each to be chosen: the most doubtful ones.
CHOICE = 10


def rank(texts: Sequence[str], model: IncidentClassifier, n: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Choose the texts to label next, the most telling first.

    Of the most doubtful texts (`doubts`), no two nearly the same, one after the other is chosen: each time the one
    with the most doubt times its distance (1 - cosine of words and pairs of words) from the nearest that was chosen
    before (maximal marginal relevance; Carbonell and Goldstein, 1998).

    Parameters
    ----------
    texts : sequence of str
    model : IncidentClassifier
        Fitted.
    n : int
        How many to choose, 1 or more; there may be fewer.

    Returns
    -------
    positions : ndarray of int, shape (n_chosen,)
        In `texts`, in the order of choice. Of equals, the first in `texts` comes first.
    scores : ndarray of float64, shape (n_chosen,)
        Their doubt, in bits; the order of choice follows it but for what is like a text chosen before.

    Raises
    ------
    CyberclassError
        If `n` is not positive.
    """
    texts = check_texts(texts)
    check_number(n)
    if not texts:
        return np.empty(0, dtype=np.intp), np.empty(0)
    bits = total_doubt(model, texts)
    best = shortlist(texts, bits, CHOICE * n)
    X = model.vectorizer_.transform([texts[position] for position in best])
    words = X[:, : model.vectorizer_.blocks()["pair"].stop]
    chosen = best[_spread(bits[best], words, min(n, len(best)))]
    return chosen, bits[chosen]


def check_number(n: int) -> None:
    """Check that a number of reports can be chosen.

    Raises
    ------
    CyberclassError
        If it is not positive.
    """
    if n < 1:
        raise CyberclassError(f"n: found {n} reports to suggest; expected 1 or more.")


def doubts(probabilities: pd.DataFrame) -> pd.DataFrame:
    """Say how many bits each answer about a text would tell.

    By the chain rule these entropies sum to that of all answers together, domains taken for independent of each other
    and of the motivation: whether the text reports an incident, and, with that probability, the others. So what is
    likely no incident raises few doubts.

    Parameters
    ----------
    probabilities : DataFrame, n rows
        As `IncidentClassifier.probabilities` gives them.

    Returns
    -------
    DataFrame of float64, n rows
        The columns incident, motivation and one for each domain. What a model was not taught raises no doubt.
    """
    taxonomy = taxonomy_in(probabilities)
    outputs = Outputs(taxonomy)
    p = probabilities[list(outputs.columns)].to_numpy(dtype=np.float64)
    # A model that knows incidents only takes every text for one.
    incident = np.nan_to_num(p[:, :1], nan=1.0)
    motivation = entr(p[:, 1 : outputs.without + 1]).sum(axis=1, keepdims=True)
    nats = np.hstack((_binary(incident), incident * motivation, incident * _binary(p[:, outputs.domains])))
    bits = np.nan_to_num(nats / np.log(2), nan=0.0)
    return pd.DataFrame(bits, columns=["incident", "motivation", *taxonomy.impacts])


def total_doubt(model: IncidentClassifier, texts: list[str]) -> NDArray[np.float64]:
    """Say how many bits all answers about each text would tell, shape (n,)."""
    total: NDArray[np.float64] = doubts(model.probabilities(texts)).to_numpy().sum(axis=1)
    return total


def shortlist(texts: Sequence[str], bits: NDArray[np.float64], size: int) -> NDArray[np.intp]:
    """Keep the most doubtful texts, and of those that are nearly the same the first.

    Parameters
    ----------
    texts : sequence of str, length n
    bits : ndarray, shape (n,)
    size : int
        How many to keep at most.

    Returns
    -------
    ndarray of int
        Positions in `texts`, the most doubtful first; of equals, the first in `texts`.
    """
    order = np.argsort(-bits, kind="stable")
    # Near-duplicates are found among runs of words; a text of three words has none, but may have copies.
    marks = pd.Series([text_mark(texts[position]) for position in order], dtype=str)
    order = order[~marks.duplicated().to_numpy()]
    compared = size + size // 4
    while True:
        kept = order[:compared]
        alike = near_duplicates([texts[position] for position in kept])["second"].to_numpy(dtype=np.intp)
        kept = np.delete(kept, alike)[:size]
        if len(kept) == size or compared >= len(order):
            return kept
        compared *= 2


def reasons(probabilities: pd.DataFrame) -> list[str]:
    """Say which two answers about each text are most in doubt.

    Parameters
    ----------
    probabilities : DataFrame, n rows
        As `IncidentClassifier.probabilities` gives them.

    Returns
    -------
    list of str, length n
        Such as "motivation: criminal 0.41 against state-sponsored 0.38; impact privacy 0.49".
    """
    bits = doubts(probabilities)
    answers = bits.columns.to_numpy(dtype=object)
    most = np.argsort(-bits.to_numpy(), axis=1, kind="stable")[:, :2]
    rows = probabilities.to_dict("records")
    return [
        "; ".join(_doubt(answers[place], row) for place in places if of_row[place] > 0)
        for row, places, of_row in zip(rows, most, bits.to_numpy(), strict=True)
    ]


def _doubt(answer: str, row: Mapping[Hashable, float]) -> str:
    if answer == "incident":
        return f"incident or not: {row['p_incident']:.2f}"
    if answer != "motivation":
        return f"impact {answer} {row[f'p_impact_{answer}']:.2f}"
    start = "p_motivation_"
    found = [(value, str(name).removeprefix(start)) for name, value in row.items() if str(name).startswith(start)]
    (first, label), (second, other) = sorted(found, key=lambda each: -each[0])[:2]
    return f"motivation: {label} {first:.2f} against {other} {second:.2f}"


def _binary(p: NDArray[np.float64]) -> NDArray[np.float64]:
    entropy: NDArray[np.float64] = entr(p) + entr(1 - p)
    return entropy


def _spread(bits: NDArray[np.float64], rows: sparse.csr_array, n: int) -> NDArray[np.intp]:
    """Choose n rows of length 1 (or 0), of many bits and unlike each other."""
    nearest = np.zeros(len(bits))
    free = np.ones(len(bits), dtype=bool)
    chosen = np.empty(n, dtype=np.intp)
    for turn in range(n):
        chosen[turn] = place = np.where(free, bits * (1 - nearest), -np.inf).argmax()
        free[place] = False
        nearest = np.maximum(nearest, rows @ rows[[place]].toarray().ravel())
    return chosen
