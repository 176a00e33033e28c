"""Character n-grams of word forms, as numbers: cheap to make for many forms at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: An odd 64-bit constant (the golden ratio's) that spreads the letters over the number.
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def bounded_grams(form: str, lengths: tuple[int, int]) -> list[str]:
    """List the character n-grams of a form between its bounds.

    Examples
    --------
    >>> bounded_grams("gru", (3, 4))
    ['<gr', 'gru', 'ru>', '<gru', 'gru>']
    """
    bounded = f"<{form}>"
    shortest, longest = lengths
    return [
        bounded[start : start + length]
        for length in range(shortest, longest + 1)
        for start in range(len(bounded) - length + 1)
    ]


def keys_of_forms(forms: Sequence[str], lengths: tuple[int, int]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Number the n-grams that `bounded_grams` lists for forms.

    Parameters
    ----------
    forms : sequence of str, length n
    lengths : (int, int)
        Shortest and longest n-gram.

    Returns
    -------
    keys : ndarray of uint64, shape (n_grams,)
        Equal for equal n-grams; for different ones of a vocabulary less often than once in 10**9 vocabularies.
    owners : ndarray of int64, shape (n_grams,)
        The form of each, by its place.
    """
    bounded = [f"<{form}>" for form in forms]
    keys, starts, owner = _rolled(bounded, lengths)
    return keys, owner[starts]


def keys_of_grams(grams: Sequence[str]) -> NDArray[np.uint64]:
    """Number n-grams as `keys_of_forms` does."""
    sizes = np.fromiter(map(len, grams), np.int64, len(grams))
    first = sizes.cumsum() - sizes
    result = np.zeros(len(grams), dtype=np.uint64)
    for length in np.unique(sizes).tolist():
        of_length = np.flatnonzero(sizes == length)
        keys, starts, _ = _rolled(grams, (length, length))
        result[of_length] = keys[np.searchsorted(starts, first[of_length])]
    return result


def _rolled(
    strings: Sequence[str], lengths: tuple[int, int]
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int64]]:
    """Give the keys of all substrings of these lengths, the letter each starts at, and the string of each letter."""
    letters = np.frombuffer("".join(strings).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    sizes = np.fromiter(map(len, strings), np.int64, len(strings))
    owner = np.repeat(np.arange(len(strings)), sizes)
    left = np.repeat(sizes.cumsum(), sizes) - np.arange(len(letters))
    wide = letters.astype(np.uint64) + np.uint64(1)
    keys, starts = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    key = np.zeros(len(letters), dtype=np.uint64)
    for length in range(1, min(lengths[1], len(letters)) + 1):
        # A polynomial of the letters modulo 2**64, one letter longer each time.
        key = key[: len(letters) - length + 1] * _FACTOR + wide[length - 1 :]
        if length >= lengths[0]:
            whole = np.flatnonzero(left[: len(key)] >= length)
            keys.append((key[whole] ^ np.uint64(length)) * _FACTOR)
            starts.append(whole)
    return np.concatenate(keys), np.concatenate(starts), owner
