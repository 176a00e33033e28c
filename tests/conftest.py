"""A model small enough to train while tests run, for those that need a model but not a good one."""

from pathlib import Path

import pytest

from cyberclass.corpora.documents import corpus_hash, read_corpus, texts_of
from cyberclass.evaluation.measures import measure
from cyberclass.model.card import describe
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.store import save_model

CORPUS = Path(__file__).parents[1] / "corpus"
EVERY = 12  # documents of the corpus, of which one is taken


@pytest.fixture(scope="session")
def small_frame():
    """Every twelfth document of the corpus, in the order of their ids."""
    return read_corpus(CORPUS).sort_values("id").iloc[::EVERY].reset_index(drop=True)


@pytest.fixture(scope="session")
def small_model(small_frame):
    """A classifier fitted on `small_frame`."""
    return IncidentClassifier().fit(texts_of(small_frame), small_frame, groups=small_frame["incident"])


@pytest.fixture(scope="session")
def small_model_folder(small_frame, small_model, tmp_path_factory):
    """The folder of `small_model`, saved."""
    card = describe(
        small_model,
        small_frame,
        "small",
        {"how": "in folds", **measure(small_frame, small_model.out_of_fold_)},
        {"sha256": corpus_hash(small_frame), "paths": [], "sources": []},
    )
    return save_model(small_model, tmp_path_factory.mktemp("models") / "small", card, texts_of(small_frame))
