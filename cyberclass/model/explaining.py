"""From labels of one text to their explanation: its words weighed, and traced to the text as it was."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cyberclass.model.decision import Thresholds, decide
from cyberclass.model.explanation import Explanation
from cyberclass.model.outputs import Outputs
from cyberclass.model.scorer import Scorer, Weigh
from cyberclass.model.statements import add_statements, find_statements
from cyberclass.model.text_evidence import Tokens
from cyberclass.taxonomy import UNDETERMINED
from cyberclass.text.extent import MOST_CHARACTERS
from cyberclass.text.tracing import Trace, Tracer


def explain_labels(
    labels: pd.DataFrame,
    withheld: str,
    text: str,
    repaired: str,
    scorer: Scorer,
    intercept: NDArray[np.float64],
    thresholds: Thresholds,
    outputs: Outputs,
) -> Explanation:
    """Explain the labels of one text.

    Parameters
    ----------
    labels : DataFrame, one row
        As `IncidentLabeller.label` returns it.
    withheld : str
        Why there are none; "" if there are.
    text, repaired : str
        The text, and what repair made of it, as `text.extent.mend_beginning` does.
    scorer : Scorer
    intercept : ndarray of float64, shape (n_outputs,)
    thresholds : Thresholds
    outputs : Outputs

    Returns
    -------
    Explanation
    """
    before, read = text[: MOST_CHARACTERS + 1], repaired[:MOST_CHARACTERS]
    scored = scorer.score([read], _weigh_all)
    scores, (tokens,) = scored.scores[0] + intercept, scored.told
    statements = find_statements(labels, [read], scored.matches, np.array([bool(withheld)]))
    add_statements(labels, [read], statements)
    ((attributions, actors),) = statements
    if withheld:
        scores, tokens = np.full(len(scores), np.nan), tokens.without_words()
    if read != before[: len(read)]:
        trace = Tracer().between(before, repaired)
        tokens = _trace_tokens(tokens, trace)
        actors = [each._replace(start=start, end=end) for each, start, end in _traced(actors, trace)]
        attributions = [replace(each, start=start, end=end) for each, start, end in _traced(attributions, trace)]
    probabilities = labels[list(outputs.columns)].to_numpy(dtype=np.float64)[0]
    n_motivations = outputs.without - outputs.which.start
    limits = (thresholds.incident, *[thresholds.motivation] * n_motivations, np.nan, *thresholds.impact)
    marks = decide(probabilities[None, :], thresholds, outputs).given(outputs)[0]
    given = tuple(name for name, mark in zip(outputs.names, marks, strict=True) if mark)

    def by_output(values: Any) -> dict[str, float | None]:
        return {name: _plain(float(value)) for name, value in zip(outputs.names, values, strict=True)}

    return Explanation(
        text=before,
        labels={str(name): _plain(value) for name, value in labels.iloc[0].items()},
        withheld=withheld,
        outputs=outputs.names,
        probabilities=by_output(probabilities),
        thresholds=by_output(limits),
        intercepts=by_output(intercept),
        scores=by_output(scores),
        given=(UNDETERMINED,) if withheld else given,
        tokens=tokens,
        actors=tuple(actors),
        attributions=tuple(attributions),
    )


def _weigh_all(texts: Sequence[str], scores: NDArray[np.float64], weigh: Weigh) -> list[Tokens]:
    """Weigh the words of one text for all outputs."""
    columns = np.arange(scores.shape[1])
    weighed = weigh(np.zeros_like(columns), columns)
    places, weights = weighed.places, weighed.weights.reshape(len(columns), -1).T
    sentences = places.sentence_starts, places.sentence_ends
    return [Tokens(places.starts, places.ends, places.sentences, *sentences, weights)]


def _trace_tokens(tokens: Tokens, trace: Trace) -> Tokens:
    """Trace words to a text as it was before its repair; those that it does not tell apart are one, weights summed."""
    if not len(tokens.starts):
        return tokens
    starts, ends = trace(tokens.starts, tokens.ends)
    ends = np.maximum.accumulate(ends)
    first = np.flatnonzero(np.append(True, starts[1:] >= ends[:-1]))
    last = np.append(first[1:], len(ends)) - 1
    # A word of two sentences that cannot be told apart is the first one's; a sentence spans the words that it has left.
    sentences = tokens.sentences[first]
    opening = np.flatnonzero(np.diff(sentences, prepend=-1))
    closing = np.append(opening[1:], len(sentences)) - 1
    sentence_starts, sentence_ends = np.zeros_like(tokens.sentence_starts), np.zeros_like(tokens.sentence_ends)
    sentence_starts[sentences[opening]] = starts[first[opening]]
    sentence_ends[sentences[opening]] = ends[last[closing]]
    return Tokens(
        starts=starts[first],
        ends=ends[last],
        sentences=sentences,
        sentence_starts=sentence_starts,
        sentence_ends=sentence_ends,
        weights=np.add.reduceat(tokens.weights, first, axis=0),
    )


def _traced(found: Sequence[Any], trace: Trace) -> Iterable[tuple[Any, int, int]]:
    """Trace what has a `start` and an `end` to a text as it was before its repair: each, and its place there."""
    starts, ends = trace(
        np.array([each.start for each in found], dtype=np.int64), np.array([each.end for each in found], dtype=np.int64)
    )
    return zip(found, starts.tolist(), ends.tolist(), strict=True)


def _plain(value: Any) -> Any:
    """Turn a value of a table into one that JSON has; NaN is None."""
    bare = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(bare, float) and np.isnan(bare) else bare
