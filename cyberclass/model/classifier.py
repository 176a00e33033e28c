"""The classifier: is it an incident, who is behind it, where does it hurt."""

import hashlib
from collections.abc import Iterable
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from cyberclass.model.conformal import motivation_sets, nonconformity
from cyberclass.model.decision import Decisions, Thresholds, decide
from cyberclass.model.features import IncidentVectorizer, Scorer, check_texts
from cyberclass.model.heads import OUTPUTS, WHICH, probabilities_of
from cyberclass.model.targets import targets_of
from cyberclass.taxonomy import IMPACTS, MOTIVATIONS, UNDETERMINED

#: Columns of probabilities, in the order of `OUTPUTS`.
_COLUMNS = (
    "p_incident",
    *(f"p_motivation_{label}" for label in (*MOTIVATIONS, UNDETERMINED)),
    *(f"p_impact_{domain}" for domain in IMPACTS),
)

#: Columns of `IncidentClassifier.label`.
LABEL_COLUMNS = (
    "is_incident",
    "motivation",
    "motivation_confidence",
    "impact",
    "actors",
    *_COLUMNS,
    "model",
    "text_sha256",
)

_DECIMALS = 6


class IncidentClassifier(ClassifierMixin, BaseEstimator):
    """Labels reports: incident or not, motivation or undetermined, impact domains.

    Three heads of linear models stand over one matrix of features: incident (logistic), motivation (softmax over
    three, and logistic for "undetermined") and each impact domain (logistic). `fit` learns them twice over: in folds
    grouped by incident, from whose held-out scores it calibrates the probabilities and chooses the thresholds; then
    on all documents. Calibration is folded into the weights, so a score is a sum over features and its probability
    one function of it. For the motivation, `fit` sees each document once more with its known names masked, at a
    lower weight, so that it learns to read evidence.

    As a scikit-learn classifier it is one of motivations: `predict` and `predict_proba` choose among the three, as if
    there were always one. `label` gives everything, and says "undetermined" where no motivation is likely enough.

    Parameters
    ----------
    vectorizer : IncidentVectorizer, optional
        Not fitted; left as it is. The default one if None.
    C : float
        Inverse strength of regularisation of all heads.
    masked_weight : float
        Weight of a document with its names masked beside the document's own, which is 1; 0 leaves them out.
    n_folds : int
        Folds for calibration and thresholds.
    random_state : int
        Seed of the folds.
    n_jobs : int, optional
        Folds learned at the same time, as joblib counts.

    Attributes
    ----------
    classes_ : ndarray of str
        The motivations.
    vectorizer_ : IncidentVectorizer
    coef_ : ndarray of float32, shape (n_features, 12)
    intercept_ : ndarray of float64, shape (12,)
        Columns in the order of `OUTPUTS`; calibrated.
    thresholds_ : Thresholds
    out_of_fold_ : DataFrame
        The columns of `probabilities` and is_incident, motivation and impact as in `label`, for the training
        documents, in the order of `X`: by models that had not seen their incidents, calibrated and decided by what
        the other folds teach. Their scores come from models that had seen these documents; what this flatters is
        small, and learning in folds of folds shows how small. Not there on a model that was loaded.
    conformal_scores_ : ndarray of float32
        Of the training documents by models that had not seen them, as `conformal.nonconformity` returns them.
    name_ : str
        What the column `model` of `label` says.
    """

    def __init__(
        self,
        vectorizer: IncidentVectorizer | None = None,
        C: float = 10.0,
        masked_weight: float = 0.5,
        n_folds: int = 5,
        random_state: int = 0,
        n_jobs: int | None = None,
    ) -> None:
        self.vectorizer = vectorizer
        self.C = C
        self.masked_weight = masked_weight
        self.n_folds = n_folds
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: Iterable[str], y: Any, groups: Any = None) -> Self:
        """Learn from labelled documents; the order of rows makes no difference.

        Parameters
        ----------
        X : iterable of str, length n
            Texts, each with its title (`corpora.documents.texts_of`).
        y : DataFrame or array-like of str, length n
            As `model.targets.targets_of` takes it. Heads without labels are learned as "unknown": their
            probabilities are NaN.
        groups : array-like, length n, optional
            The incident of each document; documents of one are kept in one fold. If None, only equal texts are.

        Returns
        -------
        IncidentClassifier

        Raises
        ------
        ValueError
            If the lengths differ or fewer than two motivations occur.
        CorpusError
            If a label occurs in fewer incidents than there are folds.
        """
        # Here, so that labelling does not wait for what only training needs.
        from cyberclass.model.training import train

        texts = check_texts(X)
        targets = targets_of(y)
        if len(targets) != len(texts):
            raise ValueError(f"found {len(targets)} labels for {len(texts)} texts; expected one each")
        incidents = texts if groups is None else [str(group) for group in groups]
        if len(incidents) != len(texts):
            raise ValueError(f"found {len(incidents)} groups for {len(texts)} texts; expected one each")
        if len(np.unique(targets.head("motivation")[1])) < 2:
            raise ValueError("found fewer than two motivations; expected documents of two or three")
        trained = train(
            texts,
            targets,
            incidents,
            vectorizer=IncidentVectorizer() if self.vectorizer is None else self.vectorizer,
            C=self.C,
            masked_weight=self.masked_weight,
            n_folds=self.n_folds,
            random_state=self.random_state,
            n_jobs=self.n_jobs,
        )
        self.out_of_fold_ = _probabilities(trained.held_out).assign(**_decisions(trained.decisions))
        rows, labels = targets.head("motivation")
        which = trained.held_out[rows, WHICH]
        return self.restore(
            trained.vectorizer,
            trained.coef,
            trained.intercept,
            trained.thresholds,
            nonconformity(which / which.sum(axis=1, keepdims=True), labels),
        )

    def restore(
        self,
        vectorizer: IncidentVectorizer,
        coef: NDArray[np.floating],
        intercept: NDArray[np.float64],
        thresholds: Thresholds,
        conformal_scores: NDArray[np.floating],
        name: str = "unsaved",
    ) -> Self:
        """Take over what was learned elsewhere: by `fit`, or in a model that was saved."""
        self.classes_ = np.array(MOTIVATIONS)
        self.vectorizer_ = vectorizer
        # Half precision moves no probability by more than 0.001, and halves the model.
        self.coef_ = coef.astype(np.float16).astype(np.float32)
        self.intercept_ = intercept
        self.thresholds_ = thresholds
        self.conformal_scores_ = conformal_scores.astype(np.float32)
        self.name_ = name
        self._scorer = Scorer(vectorizer, self.coef_.astype(np.float64))
        return self

    def probabilities(self, X: Iterable[str]) -> pd.DataFrame:
        """Give every probability of every text.

        Parameters
        ----------
        X : iterable of str, length n

        Returns
        -------
        DataFrame of float64, shape (n, 12)
            Columns `p_incident`, `p_motivation_<label>` (the three and "undetermined"; they sum to 1) and
            `p_impact_<domain>`.
        """
        return _probabilities(probabilities_of(self.scores(check_texts(X))))

    def scores(self, texts: list[str]) -> NDArray[np.float64]:
        """Give the linear scores of texts, shape (n, 12), in the order of `heads.OUTPUTS`."""
        check_is_fitted(self)
        return self._scorer.score(texts)[0] + self.intercept_

    def predict_proba(self, X: Iterable[str]) -> NDArray[np.float64]:
        """Give the probability of each motivation, shape (n, 3), in the order of `classes_`; rows sum to 1."""
        return softmax(self.scores(check_texts(X))[:, WHICH], axis=1)

    def predict(self, X: Iterable[str]) -> NDArray[np.str_]:
        """Give the likeliest motivation of each text, however unlikely; see `label` for "undetermined"."""
        likeliest = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likeliest]

    def contributions(self, text: str, output: str) -> list[tuple[str, float]]:
        """Say what each word, pair of words, cue and kind of actor of a text adds to a score, the largest first.

        Parameters
        ----------
        text : str
        output : str
            One of `heads.OUTPUTS`.

        Returns
        -------
        list of (str, float)
            Together with the intercept they sum to the score; as `features.Scorer.contributions` names them.

        Raises
        ------
        ValueError
            For an output that there is not.
        """
        check_is_fitted(self)
        if output not in OUTPUTS:
            raise ValueError(f"found the output {output!r}; expected one of {', '.join(OUTPUTS)}")
        column = OUTPUTS.index(output)
        parts = [(name, float(values[column])) for name, values in self._scorer.contributions(text)]
        return sorted(parts, key=lambda part: -part[1])

    def label(self, X: Iterable[str], coverage: float | None = None) -> pd.DataFrame:
        """Label texts.

        Parameters
        ----------
        X : iterable of str, length n
        coverage : float, optional
            Adds the column `motivation_set`: motivations of which the true one is among with this probability, if the
            text reports an incident that has one, whatever `is_incident` and `motivation` say.

        Returns
        -------
        DataFrame, n rows
            `is_incident` (bool); `motivation` (one of the three, "undetermined", or None for what is no incident);
            `motivation_confidence` (probability of the likeliest motivation); `impact` (domains joined by ";", empty
            for none); `actors` (known names found, joined by ";"); the columns of `probabilities`; `model`;
            `text_sha256`; and `motivation_set` (joined by ";") if a coverage is given.

        Raises
        ------
        CyberclassError
            If the coverage is not between 0 and 1.
        """
        texts = check_texts(X)
        check_is_fitted(self)
        scores, matches = self._scorer.score(texts)
        scores += self.intercept_
        table = _probabilities(probabilities_of(scores)).round(_DECIMALS)
        labels = {
            **_decisions(decide(table.to_numpy(), self.thresholds_)),
            "motivation_confidence": table[list(_COLUMNS[1:4])].max(axis=1),
            "actors": [";".join(dict.fromkeys(match.name for match in found)) for found in matches],
            **table,
            "model": [self.name_] * len(texts),
            "text_sha256": [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in texts],
        }
        frame = pd.DataFrame(labels, columns=list(LABEL_COLUMNS))
        if coverage is not None:
            sets = motivation_sets(self.conformal_scores_, softmax(scores[:, WHICH], axis=1), coverage)
            frame["motivation_set"] = [";".join(self.classes_[row]) for row in sets]
        return frame

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = super().__getstate__()
        return {key: value for key, value in state.items() if key != "_scorer"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "coef_" in state:
            self._scorer = Scorer(self.vectorizer_, self.coef_.astype(np.float64))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


def _probabilities(values: NDArray[np.float64]) -> pd.DataFrame:
    return pd.DataFrame(values, columns=list(_COLUMNS))


def _decisions(decided: Decisions) -> dict[str, Any]:
    domains = np.array(IMPACTS, dtype=object)
    return {
        "is_incident": decided.is_incident,
        # Of objects, so that None stays None whatever stands beside it.
        "motivation": pd.Series(decided.motivation, dtype=object),
        "impact": [";".join(domains[row]) for row in decided.impact],
    }
