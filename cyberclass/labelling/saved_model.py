"""What labels texts: any model, or one in a folder that every process loads for itself."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from cyberclass.errors import ModelError

if TYPE_CHECKING:
    from cyberclass.model.labeller import IncidentLabeller
    from cyberclass.model.profile import Profile


class Labeller(Protocol):
    """What labels texts."""

    def label(self, texts: list[str]) -> pd.DataFrame:
        """Label texts.

        Parameters
        ----------
        texts : list of str, length n

        Returns
        -------
        DataFrame
            A row a text in the same order, index 0 to n - 1; among its columns ``is_incident`` (bool),
            ``motivation`` (str) and ``impact`` (str, domains joined by ";").
        """
        ...


@dataclass(frozen=True)
class Labelled:
    """The labels of a batch."""

    labels: pd.DataFrame
    #: What the batch looked like to the model; None if there is nothing to compare it with.
    profile: "Profile | None"
    #: By the clock, in features and model.
    seconds: float


#: Models of this process by folder and hashes of weights and card: one load, however many batches come.
_LOADED: dict[tuple[str, str, str], "IncidentLabeller"] = {}
#: A worker of a cluster may run several threads; what a model remembers of words is not made for them.
_LOCK = Lock()


class SavedModel:
    """A model in a folder, loaded when there is a first report to label.

    So all that is wrong with a source or an output is told before the wait for the model; and what travels to another
    process is the folder's name, never the weights.

    Parameters
    ----------
    folder : str or Path, optional
        None for the model that comes with this package.
    coverage : float, optional
    any_language, evidence, attribution : bool
        As `IncidentLabeller.label` takes them.
    """

    def __init__(
        self,
        folder: str | Path | None = None,
        coverage: float | None = None,
        any_language: bool = False,
        evidence: bool = False,
        attribution: bool = False,
    ) -> None:
        self.folder = folder
        #: What `IncidentClassifier.label` is asked for, ready for JSON.
        self.options: dict[str, Any] = {
            "coverage": coverage,
            "any_language": any_language,
            "evidence": evidence,
            "attribution": attribution,
        }

    @cached_property
    def identity(self) -> dict[str, str]:
        """The model's `name`, and the hashes of its weights and of its card, which has the thresholds."""
        from cyberclass.model.store import card_sha256

        told = {name: str(self._card.get(name, "")) for name in ("name", "weights_sha256")}
        return {**told, "card_sha256": card_sha256(self.folder)}

    @property
    def name(self) -> str:
        """What the column `model` says."""
        return f"{self.identity['name']}@{self.identity['weights_sha256'][:8]}"

    @cached_property
    def reference(self) -> "Profile | None":
        """The figures of the training documents; None if the card has none."""
        from cyberclass.model.profile import Profile

        return Profile.from_card(self._card["reference"]) if "reference" in self._card else None

    def label(self, texts: list[str]) -> pd.DataFrame:
        """Label texts, as `Labeller` has it."""
        return self.label_batch(texts).labels

    def label_batch(self, texts: list[str]) -> Labelled:
        """Label texts, and say what they look like to the model."""
        from cyberclass.model.profile import Profile

        profiles: list[Profile] = []
        with _LOCK:
            model = self._load()
            start = perf_counter()
            # Profiles of batches are told by labels and words, which only the model sees together.
            watch = None if model.reference_ is None else lambda *seen: profiles.append(Profile.of(*seen))
            labels = model.label(texts, watch=watch, **self.options)
        return Labelled(labels, profiles[0] if profiles else None, perf_counter() - start)

    @cached_property
    def _card(self) -> dict[str, Any]:
        from cyberclass.model.store import default_model, read_card

        return read_card(default_model() if self.folder is None else self.folder)

    def _load(self) -> "IncidentLabeller":
        expected = self.identity["card_sha256"]
        key = (str(self.folder), self.identity["weights_sha256"], expected)
        if key not in _LOADED:
            from cyberclass.model.store import card_sha256, load_labeller

            model, card = load_labeller(self.folder), card_sha256(self.folder)
            if (model.name_, card) != (self.name, expected):
                raise ModelError(
                    f"{self.folder or 'default model'}: found {model.name_}, card {card[:8]}, expected {self.name}, "
                    f"card {expected[:8]}; it was exchanged while it was in use, or another process has another: run "
                    "again."
                )
            _LOADED.clear()
            _LOADED[key] = model
        return _LOADED[key]

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self.folder, "options": self.options, "identity": self.identity}


def label_batch(model: Labeller, texts: list[str]) -> Labelled:
    """Label a batch with any model.

    Raises
    ------
    ValueError
        If the model does not give a row a text.
    """
    start = perf_counter()
    if isinstance(model, SavedModel):
        found = model.label_batch(texts)
    else:
        labels = model.label(texts)
        found = Labelled(labels, None, perf_counter() - start)
    if len(found.labels) != len(texts):
        raise ValueError(f"the model gave {len(found.labels)} rows of labels for {len(texts)} texts")
    return found
