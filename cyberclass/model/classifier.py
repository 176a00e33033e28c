"""The classifier: is it an incident, who is behind it, where does it hurt."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from cyberclass.model.conformal import nonconformity
from cyberclass.model.features import IncidentVectorizer
from cyberclass.model.labeller import IncidentLabeller, decided_columns
from cyberclass.model.outputs import Outputs, among_motivations
from cyberclass.model.profile import Profile
from cyberclass.model.space import check_texts
from cyberclass.model.targets import targets_of
from cyberclass.taxonomy import CODEBOOK, Taxonomy
from cyberclass.text.detection import usual_languages


class IncidentClassifier(IncidentLabeller, ClassifierMixin, BaseEstimator):
    """Labels reports: incident or not, motivation or undetermined, impact domains.

    Three heads of linear models stand over one matrix of features: incident (logistic), motivation (softmax over
    all, and logistic for "undetermined") and each impact domain (logistic). `fit` learns them twice over: in folds
    grouped by incident, from whose held-out scores it calibrates the probabilities and chooses the thresholds; then
    on all documents. Calibration is folded into the weights, so a score is a sum over features and its probability
    one function of it. For the motivation, `fit` sees each document once more with its known names masked, at a
    lower weight, so that it learns to read evidence.

    As a scikit-learn classifier it is one of motivations: `predict` and `predict_proba` choose among them, as if there
    were always one. `label` gives everything, and says "undetermined" where no motivation is likely enough.

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
    taxonomy : Taxonomy, optional
        The labels to learn; those of the codebook if None.

    Attributes
    ----------
    classes_ : ndarray of str
        The motivations.
    taxonomy_ : Taxonomy
    vectorizer_ : IncidentVectorizer
    coef_ : ndarray of float32, shape (n_features, n_outputs)
    intercept_ : ndarray of float64, shape (n_outputs,)
        Columns in the order of `outputs.Outputs.names`; calibrated.
    thresholds_ : Thresholds
    out_of_fold_ : DataFrame
        The columns of `probabilities` and is_incident, motivation and impact as in `label`, for the training
        documents, in the order of `X`: by models that had not seen their incidents, calibrated and decided by what
        the other folds teach. Their scores come from models that had seen these documents; what this flatters is
        small, and learning in folds of folds shows how small. Not there on a model that was loaded.
    conformal_scores_ : ndarray of float32
        Of the training documents by models that had not seen them, as `conformal.nonconformity` returns them.
    reference_ : Profile or None
        Of the training documents, as `out_of_fold_` labels them, each under a vocabulary learned without it: what
        batches are compared with (`model.drift`). None if an older model's card lacks it.
    languages_ : tuple of str
        ISO 639 codes of the languages that the training documents are in; empty where none can be told.
    name_ : str
        What the column `model` of `label` says.
    """

    vectorizer_: IncidentVectorizer

    def __init__(
        self,
        vectorizer: IncidentVectorizer | None = None,
        C: float = 10.0,
        masked_weight: float = 0.5,
        n_folds: int = 5,
        random_state: int = 0,
        n_jobs: int | None = None,
        taxonomy: Taxonomy | None = None,
    ) -> None:
        self.vectorizer = vectorizer
        self.C = C
        self.masked_weight = masked_weight
        self.n_folds = n_folds
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.taxonomy = taxonomy

    def fit(self, X: Iterable[str], y: Any, groups: Any = None, sample_weight: Any = None) -> Self:
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
        sample_weight : array-like of float, length n, optional
            How much each document counts, in learning and in what calibration and thresholds are chosen by; 1 if None.

        Returns
        -------
        IncidentClassifier

        Raises
        ------
        ValueError
            If the lengths differ, a weight is not positive, or the labels tell nothing apart.
        CorpusError
            If a label occurs in fewer incidents than there are folds.
        """
        # Here, so that labelling does not wait for what only training needs.
        from cyberclass.model.training import train

        texts = check_texts(X)
        targets = targets_of(y, CODEBOOK if self.taxonomy is None else self.taxonomy)
        if len(targets) != len(texts):
            raise ValueError(f"found {len(targets)} labels for {len(texts)} texts; expected one each")
        outputs = Outputs(targets.taxonomy)
        incidents = texts if groups is None else [str(group) for group in groups]
        if len(incidents) != len(texts):
            raise ValueError(f"found {len(incidents)} groups for {len(texts)} texts; expected one each")
        if sample_weight is not None:
            targets = replace(targets, weight=_weights(sample_weight, len(texts)))
        if not targets.tell_apart:
            raise ValueError("found nothing to tell apart; expected two motivations, or a domain that applies to some")
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
        self.out_of_fold_ = pd.DataFrame(trained.held_out, columns=list(outputs.columns)).assign(
            **decided_columns(trained.decisions, targets.taxonomy)
        )
        rows, labels = targets.head("motivation")
        which = trained.held_out[rows, outputs.which]
        return self.restore(
            targets.taxonomy,
            trained.vectorizer,
            trained.coef,
            trained.intercept,
            trained.thresholds,
            _conformal_scores(which, labels, targets.weight[rows], targets.taxonomy),
            Profile.of(self.out_of_fold_, trained.n_words),
            usual_languages(texts),
        )

    def predict_proba(self, X: Iterable[str]) -> NDArray[np.float64]:
        """Give the probability of each motivation, shape (n, k), in the order of `classes_`; rows sum to 1."""
        scores = self.scores(check_texts(X))
        return self._outputs.which_of(scores)

    def predict(self, X: Iterable[str]) -> NDArray[np.str_]:
        """Give the likeliest motivation of each text, however unlikely; see `label` for "undetermined"."""
        check_is_fitted(self)
        if not len(self.classes_):
            raise ValueError("this model has no motivations to choose from; see label for what it gives")
        likeliest = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likeliest]

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = super().__getstate__()
        return {key: value for key, value in state.items() if key not in ("_scorer", "_outputs")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "coef_" in state:
            self._ready()

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


def _weights(sample_weight: Any, n: int) -> NDArray[np.float64]:
    weights: NDArray[np.float64] = np.asarray(sample_weight, dtype=np.float64)
    if weights.shape != (n,) or not (weights > 0).all() or not np.isfinite(weights).all():
        raise ValueError(
            f"found weights of the shape {weights.shape}; expected {n} positive numbers, one for each text"
        )
    return weights


def _conformal_scores(
    which: NDArray[np.float64], truth: NDArray[np.str_], weight: NDArray[np.float64], taxonomy: Taxonomy
) -> NDArray[np.float64]:
    """Score the documents that count most, for it is such that the sets are promised for."""
    if np.isnan(which).any():
        return np.empty(0)
    most = weight == weight.max(initial=0.0)
    return nonconformity(among_motivations(which[most]), truth[most], taxonomy.motivations)
