"""Evidence of labels, traced from the texts that a model read to the texts as they were."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd


def trace_evidence(labels: pd.DataFrame, texts: Sequence[str], originals: Mapping[int, str]) -> None:
    """Let the places of evidence count in the texts before their repair, in place.

    Parameters
    ----------
    labels : DataFrame, n rows
        As `IncidentClassifier.label` returns it; without the column `evidence` there is nothing to do.
    texts : sequence of str, length n
        As the model read them.
    originals : mapping of int to str
        By row, those that were repaired, as they were.
    """
    if "evidence" not in labels or not originals:
        return
    # Here, so that errors of a source or an output do not wait for spaCy.
    from cyberclass.text.tracing import Tracer

    tracer = Tracer()
    for row, original in originals.items():
        spans = labels["evidence"].iloc[row]
        bounds = np.array([(span["start"], span["end"]) for span in spans], dtype=np.int64).reshape(-1, 2)
        starts, ends = tracer.between(original, texts[row])(*bounds.T)
        for span, start, end in zip(spans, starts.tolist(), ends.tolist(), strict=True):
            span.update(text=original[start:end], start=start, end=end)
