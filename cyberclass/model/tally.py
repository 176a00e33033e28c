"""What stands in each training text: counted once, for every fold to learn from its own part."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import joblib
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cyberclass.model.reading import TextReader, counts_of, neighbours, with_columns
from cyberclass.text.cues import load_cues
from cyberclass.text.growing import Growing
from cyberclass.text.names import KINDS, NameMatch, load_names

#: Texts read at a time: reading takes several times what is kept.
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


class _Rows:
    """A sparse matrix that grows by rows."""

    def __init__(self) -> None:
        self._data, self._columns, self._lengths = Growing(np.float32), Growing(np.int32), Growing(np.int64)

    def extend(self, matrix: sparse.csr_array, first_column: int = 0) -> None:
        """Append the rows of a matrix, its columns numbered on from some number."""
        self._data.extend(matrix.data)
        self._columns.extend(matrix.indices + first_column)
        self._lengths.extend(np.diff(matrix.indptr))

    def matrix(self, width: int) -> sparse.csr_array:
        """Give what there is so far: a view, good until the next `extend`."""
        bounds = np.concatenate(([0], self._lengths.array.cumsum()))
        # scipy takes the wider of two types of indices for both.
        bounds = bounds.astype(np.int32 if bounds[-1] < 2**31 else np.int64)
        return sparse.csr_array((self._data.array, self._columns.array, bounds), shape=(len(bounds) - 1, width))


class _Counter:
    """Counts what stands in batches of texts."""

    def __init__(self) -> None:
        self.reader = TextReader()
        self.counts, self.pairs, self.cues, self.kinds = _Rows(), _Rows(), _Rows(), _Rows()
        #: The distinct pairs of each batch, by number: those of the first, of the second, ...
        self.keys = Growing(np.int64)

    def add(self, texts: Sequence[str]) -> list[list[NameMatch]]:
        """Count a batch, and give the known names in its texts."""
        reading = self.reader.read(texts)
        found, documents = neighbours(reading.tokens, reading.documents, _FORMS)
        keys, places = np.unique(found, return_inverse=True)
        pairs = counts_of(places, documents, len(texts), len(keys))
        self.counts.extend(reading.counts)
        self.pairs.extend(pairs, len(self.keys))
        self.keys.extend(keys)
        self.cues.extend(sparse.csr_array(reading.cues))
        self.kinds.extend(sparse.csr_array(reading.kinds))
        return reading.matches

    def common_pairs(self, enough: int) -> NDArray[np.int64]:
        """Give the keys of pairs that stand in enough of the texts so far, ascending."""
        keys, places = np.unique(self.keys.array, return_inverse=True)
        counts = np.bincount(self.pairs.matrix(len(self.keys)).indices, minlength=len(self.keys))
        return keys[np.bincount(places, counts, minlength=len(keys)) >= enough]


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
    counter, names = _Counter(), load_names()
    matches = [found for batch in _batches(texts) for found in counter.add(batch)]
    keys = counter.common_pairs(enough)
    origin = np.arange(len(texts))
    if mask is not None:
        masked = ((row, names.mask(texts[row], mask, found)) for row, found in enumerate(matches) if found)
        changed = [(row, text) for row, text in masked if text != texts[row]]
        origin = np.append(origin, np.array([row for row, _ in changed], dtype=np.int64))
        for batch in _batches([text for _, text in changed]):
            counter.add(batch)
    of_batches = counter.keys.array
    places = np.searchsorted(keys, of_batches)
    columns = np.where(np.append(keys, -1)[places] == of_batches, places, -1).astype(np.int32)
    return Tally(
        origin=origin,
        forms=counter.reader.forms,
        counts=counter.counts.matrix(len(counter.reader.forms)),
        pair_forms=np.column_stack(np.divmod(keys, _FORMS)),
        pairs=with_columns(counter.pairs.matrix(len(columns)), columns, len(keys)),
        cues=counter.cues.matrix(len(load_cues().names)),
        kinds=counter.kinds.matrix(len(KINDS)),
    )


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH))


@contextmanager
def in_file(tally: Tally) -> Iterator[Tally]:
    """Lend a tally that stands in a file, so that processes share it; one that nothing else holds leaves the memory."""
    with TemporaryDirectory(prefix="cyberclass-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "tally.joblib"
        joblib.dump(tally, path)
        del tally
        yield joblib.load(path, mmap_mode="r")
