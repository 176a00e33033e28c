"""Whether what a model's folder holds can be a model: numbers of the right kind, within their bounds."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: The type of each array, as `store.save_model` writes it.
DTYPES = {
    "words": np.uint8,
    "word_idf": np.float64,
    "pairs": np.int64,
    "pair_idf": np.float64,
    "grams": np.uint8,
    "gram_idf": np.float64,
    "coef": np.float16,
    "intercept": np.float64,
    "conformal": np.float32,
}

#: Characters of the longest n-gram that is no mistake; longer ones would take memory without end.
_LONGEST_GRAM = 20


def check_arrays(parts: Mapping[str, NDArray[Any]]) -> None:
    """Check the types and the values of a model's arrays.

    Raises
    ------
    ValueError
        If one is of another type, or has a value that no training gives. NaN is the weight of what was never taught.
    """
    for name, dtype in DTYPES.items():
        part = parts[name]
        if part.dtype != dtype:
            raise ValueError(f"{name} holds {part.dtype}, expected {np.dtype(dtype)}")
        if np.isinf(part).any() or (name.endswith("_idf") and np.isnan(part).any()):
            raise ValueError(f"{name} holds a number without end, or none; expected finite numbers")


def check_pairs(pairs: NDArray[np.int64], n_words: int) -> None:
    """Check that pairs are of words that there are; raises ValueError if not."""
    if pairs.size and not 0 <= pairs.min() <= pairs.max() < n_words**2:
        raise ValueError(f"pairs holds one of words beyond the {n_words} there are")


def check_settings(settings: Mapping[str, Any]) -> None:
    """Check the parameters of a model's vectorizer.

    Raises
    ------
    ValueError, TypeError, KeyError
        If one is missing, no number or beyond its bounds.
    """
    shortest, longest = settings["char_lengths"]
    if not 0 < shortest <= longest <= _LONGEST_GRAM:
        raise ValueError(f"n-grams of {shortest} to {longest} characters, expected 1 to {_LONGEST_GRAM}")
    for name in ("char_weight", "cue_weight", "name_weight"):
        if not abs(settings[name]) < np.finfo(np.float32).max:
            raise ValueError(f"{name} is {settings[name]!r}, expected a finite number")
