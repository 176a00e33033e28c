"""The audit of labels: those that models which had not seen the document doubt most, for a person to review."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone

from cyberclass.corpora.documents import texts_of
from cyberclass.corpora.duplicates import incidents_of
from cyberclass.corpora.splits import fold_number
from cyberclass.errors import CorpusError, CyberclassError
from cyberclass.evaluation.mistakes import telling_words
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.outputs import Outputs
from cyberclass.model.targets import Targets, targets_of
from cyberclass.taxonomy import CODEBOOK, UNDETERMINED

#: Doubts that a person can review in some hours.
MOST = 100

#: The columns of `Audit.doubts`.
COLUMNS = (
    "id",
    "source",
    "title",
    "field",
    "label",
    "suggested",
    "p_label",
    "p_suggested",
    "quality",
    "words",
    "text",
)

_NO, _YES = "no", "yes"

_DECIMALS = 4

#: Which of n labels are doubted, and the quality of each.
_Judge = Callable[[NDArray[np.intp], NDArray[np.float64]], tuple[NDArray[Any], NDArray[Any]]]


@dataclass(frozen=True)
class Audit:
    """What an audit found.

    Attributes
    ----------
    doubts : DataFrame
        The columns `COLUMNS`, one row a doubt, the lowest `quality` first. `field` is "is_incident", "motivation" or
        "impact:<domain>"; `label` and `suggested` are a motivation or "undetermined", or else "yes" or "no";
        `p_label` and `p_suggested` are their probabilities. `words`, joined by " | ", speak most for the suggestion;
        the model that names them has learned from all documents, this one too.
    fields : DataFrame
        Of each field, its index: `labels` (how many there are), `doubted` and `listed` (among `doubts`).
    """

    doubts: pd.DataFrame
    fields: pd.DataFrame


@dataclass(frozen=True)
class _Field:
    """The n labels of a field that are coded.

    Attributes
    ----------
    name : str
    rows : ndarray of int, shape (n,)
        The documents.
    values : tuple of str, length k
    given : ndarray of int, shape (n,)
        Places of the labels among `values`.
    probabilities : ndarray, shape (n, k)
        Rows sum to 1.
    """

    name: str
    rows: NDArray[np.intp]
    values: tuple[str, ...]
    given: NDArray[np.intp]
    probabilities: NDArray[np.float64]


def audit_labels(frame: pd.DataFrame, n: int = MOST, *, estimator: IncidentClassifier | None = None) -> Audit:
    """List the labels that are most likely wrong.

    Models learn in folds grouped by incident, near-duplicates counted as one, and judge the documents that they have
    not seen. Of each field by itself, confident learning says which labels are doubted (Northcutt, Jiang and Chuang,
    2021, "Confident learning: estimating uncertainty in dataset labels", as cleanlab does it): those whose documents
    look to the model like documents of another label. Doubts are ranked over all fields by their quality, which is the
    normalized margin (1 + probability of the label - that of the likeliest other one) / 2, in [0, 1].

    A doubt is no proof. Where the model misreads a kind of text, all of that kind are doubted; where labels are wrong
    in the same way throughout, none is.

    Parameters
    ----------
    frame : DataFrame
        As `corpora.documents.read_corpus` returns it.
    n : int
        Doubts to list at most.
    estimator : IncidentClassifier, optional
        What to train; left as it is. The default one if None. It has fewer folds where a label has fewer incidents.

    Returns
    -------
    Audit

    Raises
    ------
    CyberclassError
        If cleanlab is not installed, or `n` is not positive.
    CorpusError
        If the labels tell nothing apart, or one of them occurs in one incident only.
    """
    if n < 1:
        raise CyberclassError(f"The number of doubts to list is {n}; expected 1 or more.")
    judge = _load_cleanlab()
    model = IncidentClassifier() if estimator is None else clone(estimator)
    targets = targets_of(frame, model.taxonomy or CODEBOOK)
    if not targets.tell_apart:
        raise CorpusError(
            "The corpus has nothing to tell apart; expected two motivations, or a domain that applies to some "
            "documents and not to others."
        )
    texts = texts_of(frame)
    groups = incidents_of(frame)
    model.set_params(n_folds=fold_number(frame.assign(incident=groups), model.n_folds))
    model.fit(texts, frame, groups=groups)
    fields = list(_fields(targets, model.out_of_fold_))
    found = pd.concat([_doubts(field, judge) for field in fields], ignore_index=True)
    # By id where qualities are equal, so that the order of the documents makes no difference.
    found["id"] = frame["id"].to_numpy()[found["row"]]
    found = found.sort_values(["quality", "id", "field"], kind="stable", ignore_index=True)
    listed = found.head(n)
    counts = pd.DataFrame(
        {
            "labels": {field.name: len(field.rows) for field in fields},
            "doubted": found["field"].value_counts(),
            "listed": listed["field"].value_counts(),
        },
        index=pd.Index([field.name for field in fields], name="field"),
    )
    return Audit(_described(listed, frame, model, texts), counts.fillna(0).astype(int))


def _load_cleanlab() -> _Judge:
    try:
        from cleanlab.filter import find_label_issues
        from cleanlab.rank import get_label_quality_scores
    except ImportError as error:
        raise CyberclassError("An audit needs cleanlab; install it with: pip install 'cyberclass[audit]'.") from error

    def judge(given: NDArray[np.intp], probabilities: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[Any]]:
        # Of one process: cleanlab would start one a core, for an instant's work.
        doubted = find_label_issues(given, probabilities, n_jobs=1)
        return doubted, get_label_quality_scores(given, probabilities, method="normalized_margin")

    return judge


def _fields(targets: Targets, held_out: pd.DataFrame) -> Iterator[_Field]:
    """Lay out the fields that have two labels or more, and a model that learned them."""
    outputs = Outputs(targets.taxonomy)
    probabilities = held_out[list(outputs.columns)].to_numpy(dtype=np.float64)
    yield from _binary("is_incident", *targets.head("incident"), probabilities[:, 0])
    rows = targets.head(UNDETERMINED)[0]
    values = (*targets.taxonomy.motivations, UNDETERMINED)
    among = probabilities[rows, 1 : outputs.without + 1]
    labels = targets.motivation[rows]
    # cleanlab knows no class without a label.
    places = [place for place, value in enumerate(values) if (labels == value).any()]
    if len(places) > 1 and not np.isnan(among).any():
        among = among[:, places]
        known = tuple(values[place] for place in places)
        given = np.array([known.index(label) for label in labels])
        yield _Field("motivation", rows, known, given, among / among.sum(axis=1, keepdims=True))
    for domain, column in zip(targets.taxonomy.impacts, probabilities[:, outputs.domains].T, strict=True):
        yield from _binary(f"impact:{domain}", *targets.head(domain), column)


def _binary(
    name: str, rows: NDArray[np.intp], applies: NDArray[np.bool_], probability: NDArray[np.float64]
) -> Iterator[_Field]:
    yes = probability[rows]
    if len(np.unique(applies)) > 1 and not np.isnan(yes).any():
        yield _Field(name, rows, (_NO, _YES), applies.astype(np.intp), np.column_stack((1 - yes, yes)))


def _doubts(field: _Field, judge: _Judge) -> pd.DataFrame:
    """Find the doubted labels of a field; the columns row, and field to quality of `COLUMNS`."""
    doubted, quality = judge(field.given, field.probabilities)
    places = np.arange(len(field.rows))
    others = field.probabilities.copy()
    others[places, field.given] = -1
    suggested = others.argmax(axis=1)
    values = np.array(field.values, dtype=object)
    table = pd.DataFrame(
        {
            "row": field.rows,
            "field": field.name,
            "label": values[field.given],
            "suggested": values[suggested],
            "p_label": field.probabilities[places, field.given],
            "p_suggested": field.probabilities[places, suggested],
            "quality": quality,
        }
    )
    return table[doubted]


def _described(found: pd.DataFrame, frame: pd.DataFrame, model: IncidentClassifier, texts: list[str]) -> pd.DataFrame:
    """Put the documents beside the doubts, and the words that speak for the suggestions."""
    documents = frame.iloc[found["row"]].reset_index(drop=True)
    words = [
        telling_words(model, texts[row], *_sides(field, label, suggested, model.taxonomy_.motivations))
        for row, field, label, suggested in found[["row", "field", "label", "suggested"]].itertuples(index=False)
    ]
    table = found.round(dict.fromkeys(("p_label", "p_suggested", "quality"), _DECIMALS)).assign(
        words=[" | ".join(word for word, _ in row) for row in words],
        **{name: documents[name] for name in ("source", "title", "text")},
    )
    return table[list(COLUMNS)]


def _sides(field: str, label: str, suggested: str, motivations: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Name the outputs of a model that speak for a suggestion, and those that speak against it."""
    if field != "motivation":
        output = ["incident" if field == "is_incident" else field.removeprefix("impact:")]
        return (output, []) if suggested == _YES else ([], output)
    if suggested == UNDETERMINED:
        return [suggested], []
    return [suggested], [label] if label != UNDETERMINED else [each for each in motivations if each != suggested]
