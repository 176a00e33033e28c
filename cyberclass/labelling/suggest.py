"""Reports -> those to label next, in a table that is filled in and read back."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cyberclass.corpora.tables import LABELS
from cyberclass.errors import ReportError
from cyberclass.labelling.columns import beside
from cyberclass.labelling.writers import check_apart, open_writer
from cyberclass.model.acquisition import CHOICE, check_number, rank, reasons, shortlist, total_doubt
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.outputs import Outputs
from cyberclass.model.store import text_mark
from cyberclass.text.batches import TEXT_COLUMNS, TITLE_COLUMNS, find_column
from cyberclass.text.folders import find_reports
from cyberclass.text.mending import mend
from cyberclass.text.readers import read_reports


@dataclass(frozen=True)
class SuggestSummary:
    """What became of the reports."""

    #: Reports read.
    rows: int
    #: Reports without a text, or that could not be read.
    rejected: int
    #: Reports written.
    suggested: int


def suggest_reports(
    source: str | Path | TextIO | BinaryIO,
    output: str | Path,
    model: IncidentClassifier,
    n: int = 100,
    *,
    seen: frozenset[str] = frozenset(),
    text_column: str | None = None,
    batch_size: int = 1000,
    progress: Callable[[int, float | None], None] | None = None,
) -> SuggestSummary:
    """Write the reports that are worth labelling next, the most telling first.

    The user's columns come first, then ``rank`` (from 1), ``why`` (`model.acquisition.reasons`), and ``is_incident``,
    ``motivation`` and ``impact`` (those that the model has labels for), empty: to be filled in as
    `corpora.labelled.read_labelled` reads them. The model's own answers stand at the far right as ``suggested_*``, lest
    they lead whoever labels, with its probabilities. Where none of the user's columns would be read back as the text,
    ``title`` and ``text`` are added. The file is written whole or not at all.

    Memory does not grow with the source: of the reports read so far only the `CHOICE` times n most doubtful are kept,
    and at most as many new ones.

    Parameters
    ----------
    source : str, Path or stream
        As in `cyberclass.text.readers.read_reports`.
    output : str or Path
        As in `cyberclass.labelling.writers.open_writer`.
    model : IncidentClassifier
        Fitted.
    n : int
        Reports to suggest, 1 or more; there may be fewer.
    seen : frozenset of str
        Marks of texts that need no label, such as those the model was trained on (`model.store.seen_texts`).
    text_column : str, optional
    batch_size : int
        Reports a batch.
    progress : callable, optional
        As `cyberclass.labelling.label.label_reports` calls it.

    Returns
    -------
    SuggestSummary

    Raises
    ------
    CyberclassError
        If `n` is not positive.
    ReportError
        If the source cannot be read or the output not be written, the output is among the sources, or there is no
        report to suggest.
    """
    check_number(n)
    writer = open_writer(output)
    if isinstance(source, (str, Path)) and str(source) != "-" and str(output) != "-":
        check_apart(find_reports(source).paths, Path(output))
    candidates = _Candidates(CHOICE * n, seen)
    rows = rejected = 0
    with writer:
        for batch in read_reports(source, text_column, batch_size):
            rows += len(batch.texts) + len(batch.rejects)
            rejected += len(batch.rejects)
            if batch.texts:
                candidates.add(batch.frame, batch.texts, total_doubt(model, batch.texts))
            if progress:
                progress(rows, batch.share)
        chosen = rank(candidates.texts, model, n)[0]
        if not len(chosen):
            raise ReportError(_nothing(source, rows, rejected))
        texts = [candidates.texts[place] for place in chosen]
        columns = _columns(model, texts)
        for number, place in enumerate(chosen):
            # Row by row: files of one folder, and objects of one file, may have different columns.
            frame = candidates.frames[place]
            ours = columns.iloc[[number]].reset_index(drop=True)
            if not _is_read_back(frame, text_column):
                title, text = _parts(frame, texts[number])
                ours.insert(2, "title", [title])
                ours.insert(3, "text", [text])
            writer.write(beside(frame, ours))
    return SuggestSummary(rows=rows, rejected=rejected, suggested=len(chosen))


class _Candidates:
    """The most doubtful reports so far: their texts, their rows (a frame each) and their doubt."""

    def __init__(self, size: int, seen: frozenset[str]) -> None:
        self._size = size
        self._seen = seen
        self._floor = -np.inf
        self.texts: list[str] = []
        self.frames: list[pd.DataFrame] = []
        self._bits: list[float] = []

    def add(self, frame: pd.DataFrame, texts: list[str], bits: NDArray[np.float64]) -> None:
        for place in np.flatnonzero(bits > self._floor).tolist():
            if self._is_seen(frame.iloc[[place]], texts[place]):
                continue
            self.texts.append(texts[place])
            self.frames.append(frame.iloc[[place]].reset_index(drop=True))
            self._bits.append(float(bits[place]))
            if len(self.texts) == 2 * self._size:
                self._condense()

    def _is_seen(self, row: pd.DataFrame, text: str) -> bool:
        return text_mark(text) in self._seen or text_mark(_parts(row, text)[1]) in self._seen

    def _condense(self) -> None:
        bits = np.array(self._bits)
        kept = shortlist(self.texts, bits, self._size)
        self.texts = [self.texts[place] for place in kept]
        self.frames = [self.frames[place] for place in kept]
        self._bits = bits[kept].tolist()
        if len(kept) == self._size:
            self._floor = self._bits[-1]


def _columns(model: IncidentClassifier, texts: list[str]) -> pd.DataFrame:
    """Make the columns that every row gets."""
    taxonomy, outputs = model.taxonomy_, Outputs(model.taxonomy_)
    labels = model.label(texts, any_language=True)
    taught = {"is_incident": True, "motivation": bool(taxonomy.motivations), "impact": bool(taxonomy.impacts)}
    names = [name for name in LABELS if taught[name]]
    return pd.DataFrame(
        {
            "rank": range(1, len(texts) + 1),
            "why": reasons(labels[list(outputs.columns)]),
            **{name: [None] * len(texts) for name in names},
            **{f"suggested_{name}": labels[name] for name in names},
            **labels[list(outputs.columns)],
        }
    )


def _is_read_back(frame: pd.DataFrame, text_column: str | None) -> bool:
    """Tell whether `read_labelled`, which is told of no column, finds the text where it was found."""
    found = find_column(frame.columns, TEXT_COLUMNS)
    return found is not None and (
        text_column is None or found == (find_column(frame.columns, [text_column.strip().casefold()]) or text_column)
    )


def _parts(frame: pd.DataFrame, text: str) -> tuple[str, str]:
    """Part a text from the title that was put before it, if one was."""
    column = find_column(frame.columns, TITLE_COLUMNS)
    start = f"{mend(str(frame[column].iloc[0]))}\n\n" if column else "\n\n"
    return (start[:-2], text.removeprefix(start)) if text.startswith(start) else ("", text)


def _nothing(source: object, rows: int, rejected: int) -> str:
    where = source if isinstance(source, (str, Path)) else "the stream"
    if not rows:
        return f"{where}: found no reports; expected one a row, below the column names."
    return (
        f"{where}: found nothing to suggest: of {rows:,} reports {rejected:,} cannot be read and the model was trained "
        "on the others; expected some that it has not seen."
    )
