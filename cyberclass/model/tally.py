"""What stands in each training text: counted once, for every fold to learn from its own part."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cyberclass.model.reading import TextReader, neighbours, rows_of
from cyberclass.text.names import NameMatch, load_names

#: Texts read at a time; what is kept of them is a third of what reading takes.
_BATCH = 2000

#: More than there can be forms: numbers pairs of them.
_FORMS = 2**31


@dataclass(frozen=True)
class Tally:
    """What stands in n texts, and behind these in copies of some of them with the known names masked.

    Attributes
    ----------
    origin : ndarray of int64, shape (n_rows,)
        The text that each row tells of: 0, 1, ... for the texts themselves, then those of the copies.
    forms : list of str
        Every word form in them, by number.
    counts : csr_array of float32, shape (n_rows, n_forms)
        How often each form stands in each text.
    pair_forms : ndarray of int64, shape (n_pairs, 2)
        The forms of the pairs that stand side by side in several texts.
    pairs : csr_array of float32, shape (n_rows, n_pairs)
        How often each of these pairs stands in each text.
    cues : csr_array of float32, shape (n_rows, n_cues)
        How often each cue does.
    kinds : csr_array of float32, shape (n_rows, n_kinds)
        1 where an actor of this kind is named.
    """

    origin: NDArray[np.int64]
    forms: list[str]
    counts: sparse.csr_array
    pair_forms: NDArray[np.int64]
    pairs: sparse.csr_array
    cues: sparse.csr_array
    kinds: sparse.csr_array


@dataclass
class _Part:
    """A batch; its pairs are numbered by their place in `keys`, first form times `_FORMS` plus second."""

    counts: sparse.csr_array
    keys: NDArray[np.int64]
    pairs: sparse.csr_array
    cues: sparse.csr_array
    kinds: sparse.csr_array


def tally_texts(texts: Sequence[str], enough: int, mask: str | None = None) -> Tally:
    """Count what stands in texts.

    Parameters
    ----------
    texts : sequence of str, length n
    enough : int
        Pairs in fewer texts are left out: most stand in one alone.
    mask : str, optional
        Makes a copy of each text that holds known names, with this in the place of each.

    Returns
    -------
    Tally
    """
    reader, names = TextReader(), load_names()
    own: list[_Part] = []
    copies: list[_Part] = []
    origin = [np.arange(len(texts))]
    for start in range(0, max(len(texts), 1), _BATCH):
        batch = texts[start : start + _BATCH]
        part, matches = _read(reader, batch)
        own.append(part)
        if mask is not None:
            masked = [names.mask(text, mask, found) for text, found in zip(batch, matches, strict=True)]
            changed = [place for place, text in enumerate(masked) if text != batch[place]]
            copies.append(_read(reader, [masked[place] for place in changed])[0])
            origin.append(start + np.array(changed, dtype=np.int64))
    keys = _common_keys(own, enough)
    parts = [*own, *copies]
    for part in parts:
        places = np.searchsorted(keys, part.keys)
        known = np.append(keys, -1)[places] == part.keys
        part.pairs = with_columns(part.pairs, np.where(known, places, -1), len(keys))
        part.counts = with_columns(part.counts, np.arange(part.counts.shape[1]), len(reader.forms))
    return Tally(
        origin=np.concatenate(origin),
        forms=reader.forms,
        counts=sparse.vstack([part.counts for part in parts], format="csr"),
        pair_forms=np.column_stack(np.divmod(keys, _FORMS)),
        pairs=sparse.vstack([part.pairs for part in parts], format="csr"),
        cues=sparse.vstack([part.cues for part in parts], format="csr"),
        kinds=sparse.vstack([part.kinds for part in parts], format="csr"),
    )


def with_columns(matrix: sparse.csr_array, columns: NDArray[np.int64], width: int) -> sparse.csr_array:
    """Move the columns of a matrix.

    Parameters
    ----------
    matrix : csr_array
    columns : ndarray of int64
        The place of each of its columns in the new matrix; -1 leaves it out.
    width : int
        Columns of the new matrix.
    """
    moved = columns[matrix.indices]
    known = moved >= 0
    bounds = np.concatenate(([0], known.cumsum()))[matrix.indptr]
    return sparse.csr_array((matrix.data[known], moved[known], bounds), shape=(matrix.shape[0], width))


def _read(reader: TextReader, texts: Sequence[str]) -> tuple[_Part, list[list[NameMatch]]]:
    reading = reader.read(texts)
    found, documents = neighbours(reading.tokens, reading.documents, _FORMS)
    keys, places = np.unique(found, return_inverse=True)
    pairs = rows_of(np.ones(len(places)), places, np.bincount(documents, minlength=len(texts)), len(keys))
    pairs.sum_duplicates()
    counted = (each.astype(np.float32) for each in (reading.counts, pairs, reading.cues, reading.kinds))
    counts, pairs, cues, kinds = counted
    return _Part(counts, keys, pairs, cues, kinds), reading.matches


def _common_keys(parts: Sequence[_Part], enough: int) -> NDArray[np.int64]:
    """Give the keys of pairs that stand in enough texts, ascending."""
    keys, places = np.unique(np.concatenate([part.keys for part in parts]), return_inverse=True)
    counts = [np.bincount(part.pairs.indices, minlength=len(part.keys)) for part in parts]
    return keys[np.bincount(places, np.concatenate(counts), minlength=len(keys)) >= enough]
