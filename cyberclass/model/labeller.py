"""A trained model that labels, and no more: without scikit-learn, which takes long to import."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cyberclass.model.conformal import motivation_sets
from cyberclass.model.decision import Decisions, Thresholds, decide
from cyberclass.model.evidence import Reasons, find_reasons
from cyberclass.model.gate import find_unread, tell_languages, why_withheld, withhold
from cyberclass.model.outputs import Outputs
from cyberclass.model.profile import Profile
from cyberclass.model.scorer import Scorer, Weigh
from cyberclass.model.space import FeatureSpace, check_fitted, check_texts
from cyberclass.taxonomy import Taxonomy
from cyberclass.text.extent import MOST_CHARACTERS, mend_beginning

if TYPE_CHECKING:
    from cyberclass.model.explanation import Explanation

#: Phrases of each label that `IncidentLabeller.label` gives as evidence.
MOST_PHRASES = 3

_DECIMALS = 6


class IncidentLabeller:
    """Labels reports, as `classifier.IncidentClassifier` does, which is one of these that can learn.

    Attributes
    ----------
    taxonomy_ : Taxonomy
    classes_ : ndarray of str
        The motivations.
    vectorizer_ : FeatureSpace
    coef_ : ndarray of float32, shape (n_features, n_outputs)
    intercept_ : ndarray of float64, shape (n_outputs,)
        Columns in the order of `outputs.Outputs.names`; calibrated.
    thresholds_ : Thresholds
    conformal_scores_ : ndarray of float32
        Of the training documents by models that had not seen them, as `conformal.nonconformity` returns them.
    reference_ : Profile or None
        Of the training documents; None if an older model's card lacks it.
    languages_ : tuple of str
        ISO 639 codes of the languages that the training documents are in; empty where none can be told.
    name_ : str
        What the column `model` of `label` says.
    """

    def restore(
        self,
        taxonomy: Taxonomy,
        vectorizer: FeatureSpace,
        coef: NDArray[np.floating],
        intercept: NDArray[np.float64],
        thresholds: Thresholds,
        conformal_scores: NDArray[np.floating],
        reference: Profile | None,
        languages: tuple[str, ...] = ("en",),
        name: str = "unsaved",
    ) -> Self:
        """Take over what was learned elsewhere: by `fit`, or in a model that was saved."""
        self.taxonomy_ = taxonomy
        self.classes_ = np.array(taxonomy.motivations, dtype=str)
        self.vectorizer_ = vectorizer
        # Half precision moves no probability by more than 0.001, and halves the model.
        self.coef_ = coef.astype(np.float16).astype(np.float32)
        self.intercept_ = intercept
        self.thresholds_ = thresholds
        self.conformal_scores_ = conformal_scores.astype(np.float32)
        self.reference_ = reference
        self.languages_ = languages
        self.name_ = name
        self._ready()
        return self

    def _ready(self) -> None:
        self._outputs = Outputs(self.taxonomy_)
        self._scorer = Scorer(self.vectorizer_, self.coef_.astype(np.float64))

    def probabilities(self, X: Iterable[str]) -> pd.DataFrame:
        """Give every probability of every text.

        Parameters
        ----------
        X : iterable of str, length n

        Returns
        -------
        DataFrame of float64, shape (n, n_outputs)
            Columns `p_incident`, `p_motivation_<label>` (the motivations and "undetermined"; they sum to 1) and
            `p_impact_<domain>`. NaN where the training documents taught nothing.
        """
        scores = self.scores(check_texts(X))
        return pd.DataFrame(self._outputs.probabilities_of(scores), columns=list(self._outputs.columns))

    def scores(self, texts: list[str]) -> NDArray[np.float64]:
        """Give the linear scores of texts, shape (n, n_outputs), in the order of `outputs.Outputs.names`."""
        check_fitted(self, "coef_")
        return self._scorer.score(texts).scores + self.intercept_

    def explain(self, text: str, any_language: bool = False) -> "Explanation":
        """Label one text and say why: what each place in it adds to each score.

        The text is repaired first, as reports are when they are read from files (`text.mending.mend`), and read as far
        as `label` reads; places are told in the text as it was given.

        Parameters
        ----------
        text : str
        any_language : bool
            As `label` takes it.

        Returns
        -------
        Explanation

        Raises
        ------
        TypeError
            If the text is not a string.
        """
        # Here: what only labels does not wait for it.
        from cyberclass.model.explaining import explain_labels

        check_fitted(self, "coef_")
        (whole,) = check_texts([text])
        repaired = mend_beginning(whole)
        labels = self.label([repaired], any_language=any_language)
        withheld = "" if any_language else why_withheld(labels, self.languages_)
        model = self._scorer, self.intercept_, self.thresholds_, self._outputs
        return explain_labels(labels, withheld, whole, repaired, *model)

    def label(
        self,
        X: Iterable[str],
        coverage: float | None = None,
        watch: Callable[[pd.DataFrame, NDArray[np.float64]], None] | None = None,
        any_language: bool = False,
        evidence: bool = False,
        attribution: bool = False,
    ) -> pd.DataFrame:
        """Label texts, by their first `text.extent.MOST_CHARACTERS` characters.

        What a model cannot read (a text in another language than its training documents, or without a word that it
        knows) is taken for an incident of undetermined motivation and of no impact, and has no probabilities (NaN).

        Parameters
        ----------
        X : iterable of str, length n
        coverage : float, optional
            Adds the column `motivation_set`: motivations of which the true one is among with this probability, if the
            text reports an incident that has one, whatever `is_incident` and `motivation` say.
        watch : callable, optional
            Is shown the labels, and the words of each text beside those that are unknown, shape (n, 2), as
            `Profile.of` takes them. What is said of texts that cannot be read is still there.
        any_language : bool
            Label what cannot be read like all else.
        evidence : bool
            Adds the columns `evidence`, lists of the phrases that speak most for each label given, at most
            `MOST_PHRASES` a label (dicts: `label`; `text`, `start` and `end`, in characters; `weight`, on the scale of
            scores), and `evidence_sentence`, the sentence that speaks most for the motivation. Both are empty for what
            is no incident, or cannot be read.
        attribution : bool
            Adds what the text itself says, which takes several times as long as labelling: `attribution_by`,
            `attribution_stance`, `attribution_actor` and `attribution_sentence`, as `text.attribution.Attribution` has
            them, of several statements the firmest; `motivation_source`, "stated" or "inferred"
            (`text.attribution.motivation_source`); these are empty for what is no incident, or cannot be read. And
            `actors_unlisted`, names that no table knows, introduced as an actor's, joined by ";"; `several_incidents`
            (bool), whether the text is a roundup.

        Returns
        -------
        DataFrame, n rows
            `is_incident` (bool); `motivation` (a label, "undetermined", or None for what is no incident);
            `motivation_confidence` (probability of the likeliest motivation); `impact` (domains joined by ";", empty
            for none); `actors` (known names found, joined by ";"); the columns of `probabilities`; `language`
            (`text.detection.detect_language`); `truncated` (bool: whether the text goes on beyond what was read);
            `model`; `text_sha256` (of what was read); and `motivation_set` (joined by ";"; all for a text that cannot
            be read) if a coverage is given.

        Raises
        ------
        CyberclassError
            If the coverage is not between 0 and 1.
        """
        whole = check_texts(X)
        check_fitted(self, "coef_")
        texts = [text[:MOST_CHARACTERS] for text in whole]
        scores, matches, n_words, reasons = self._scorer.score(texts, self._reasons if evidence else None)
        scores += self.intercept_
        languages = tell_languages(texts, n_words, self.languages_)
        outputs = self._outputs
        # Arrays up to the last: DataFrames on the way would take longer than to score a text.
        table = outputs.probabilities_of(scores).round(_DECIMALS)
        which = table[:, outputs.which]
        labels = {
            **decided_columns(decide(table, self.thresholds_, outputs), self.taxonomy_),
            "motivation_confidence": which.max(axis=1) if outputs.without > 1 else np.full(len(texts), np.nan),
            "actors": [";".join(dict.fromkeys(match.name for match in found)) for found in matches],
            **dict(zip(outputs.columns, table.T, strict=True)),
            "language": languages,
            "truncated": np.array([len(text) > MOST_CHARACTERS for text in whole], dtype=bool),
            "model": [self.name_] * len(texts),
            "text_sha256": [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in texts],
        }
        names = label_columns(self.taxonomy_)
        frame = pd.DataFrame({name: labels[name] for name in names})
        if coverage is not None:
            sets = motivation_sets(self.conformal_scores_, outputs.which_of(scores), coverage)
            frame["motivation_set"] = [";".join(self.classes_[row]) for row in sets]
        if evidence:
            frame["evidence"] = pd.Series([reason.spans for reason in reasons], dtype=object)
            frame["evidence_sentence"] = [reason.sentence for reason in reasons]
        if watch is not None:
            watch(frame, n_words)
        unread = find_unread(languages, n_words, self.languages_) & (not any_language)
        frame = withhold(frame, unread, self.taxonomy_)
        if attribution:
            # Here: what only labels does not wait for it.
            from cyberclass.model.statements import add_statements, find_statements

            add_statements(frame, texts, find_statements(frame, texts, matches, unread))
        return frame

    def _reasons(self, texts: Sequence[str], scores: NDArray[np.float64], weigh: Weigh) -> list[Reasons]:
        """Find what speaks for the labels that texts have by their scores."""
        outputs = self._outputs
        table = outputs.probabilities_of(scores + self.intercept_).round(_DECIMALS)
        rows, columns = np.nonzero(decide(table, self.thresholds_, outputs).given(outputs))
        labels = [outputs.names[column] for column in columns.tolist()]
        return find_reasons(texts, weigh(rows, columns), rows, labels, MOST_PHRASES)


def label_columns(taxonomy: Taxonomy) -> list[str]:
    """Name the columns of `IncidentLabeller.label`."""
    columns = Outputs(taxonomy).columns
    return [
        *["is_incident", "motivation", "motivation_confidence", "impact", "actors"],
        *columns,
        "language",
        "truncated",
        "model",
        "text_sha256",
    ]


def decided_columns(decided: Decisions, taxonomy: Taxonomy) -> dict[str, Any]:
    """Write decisions as the columns `is_incident`, `motivation` and `impact` of `IncidentLabeller.label`."""
    domains = np.array(taxonomy.impacts, dtype=object)
    return {
        "is_incident": decided.is_incident,
        # Of objects, so that None stays None whatever stands beside it.
        "motivation": pd.Series(decided.motivation, dtype=object),
        "impact": [";".join(domains[row]) for row in decided.impact],
    }
