"""A model as a folder: weights that are numbers alone, a card for machines, and one for people."""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cyberclass.errors import CorpusError, ModelError
from cyberclass.model.card import SCHEMA, write_readme
from cyberclass.model.labeller import IncidentLabeller
from cyberclass.model.packing import Unpacked, pack, parts_of, unpack

if TYPE_CHECKING:
    from cyberclass.model.classifier import IncidentClassifier

WEIGHTS, CARD, README, SEEN = "weights.safetensors", "card.json", "README.md", "seen.txt"

Model = TypeVar("Model", bound=IncidentLabeller)


def default_model() -> Path:
    """Return the folder of the model that comes with this package."""
    installed = Path(str(files("cyberclass"))) / "models" / "default"
    # In a checkout the package has no models of its own: they stand beside it.
    return installed if installed.is_dir() else Path(__file__).parents[2] / "models" / "default"


def save_model(model: IncidentLabeller, folder: str | Path, card: dict[str, Any], texts: Sequence[str] = ()) -> Path:
    """Write a model's folder, whole or not at all; a model that stood there is replaced.

    Parameters
    ----------
    model : IncidentClassifier
        Fitted.
    folder : str or Path
    card : dict
        What `card.describe` says of it.
    texts : sequence of str
        The training texts, with titles and without; their hashes are kept, so that an evaluation knows what the model
        has seen.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    ModelError
        If the folder exists and is no model's, or cannot be written.
    """
    folder = Path(folder)
    check_free(folder)
    weights = pack(model)
    seen = "".join(f"{mark}\n" for mark in sorted({text_mark(text) for text in texts})).encode()
    card = {
        **card,
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        "seen_sha256": hashlib.sha256(seen).hexdigest(),
    }
    contents = {
        WEIGHTS: weights,
        CARD: (json.dumps(card, indent=2, ensure_ascii=False) + "\n").encode(),
        README: write_readme(card).encode(),
        SEEN: seen,
    }
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as aside:
            new, old = Path(aside) / "new", Path(aside) / "old"
            new.mkdir()
            for name, content in contents.items():
                (new / name).write_bytes(content)
            if folder.exists():
                folder.replace(old)
            try:
                new.replace(folder)
            except BaseException:
                if old.exists():
                    old.replace(folder)
                raise
    except OSError as error:
        raise ModelError(f"{folder}: cannot be written ({error.strerror}); choose another folder.") from error
    return folder


def check_free(folder: str | Path) -> None:
    """Check that a model may be written to a folder.

    Raises
    ------
    ModelError
        If the folder exists and is no model's, or there is nowhere to make it.
    """
    above = next((parent for parent in Path(folder).absolute().parents if parent.exists()), Path())
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise ModelError(f"{folder}: cannot be written below {above}; choose another folder.")
    if Path(folder).exists() and "schema" not in (_any_card(Path(folder)) or {}):
        raise ModelError(f"{folder}: exists and is not a model; name a new folder, or remove this one.")


def load_model(folder: str | Path | None = None) -> "IncidentClassifier":
    """Load a model.

    Parameters
    ----------
    folder : str or Path, optional
        As `save_model` wrote it; the model that comes with this package if None.

    Returns
    -------
    IncidentClassifier

    Raises
    ------
    ModelError
        If the folder is no model's, of another schema, or damaged.
    """
    # Here: scikit-learn, which `load_labeller` does without, takes as long to import as half of all else.
    from cyberclass.model.classifier import IncidentClassifier
    from cyberclass.model.features import IncidentVectorizer

    def build(saved: Unpacked) -> IncidentClassifier:
        vectorizer = IncidentVectorizer(**saved.vectorizer).adopt(saved.space.vocabulary_)
        model = IncidentClassifier(
            IncidentVectorizer(**saved.vectorizer), taxonomy=saved.learned["taxonomy"], **saved.classifier
        )
        return model.restore(vectorizer=vectorizer, **saved.learned)

    return _load(folder, build)


def load_labeller(folder: str | Path | None = None) -> IncidentLabeller:
    """Load a model to label with, and no more: like `load_model`, but no estimator, and sooner in a new process."""
    return _load(folder, lambda saved: IncidentLabeller().restore(vectorizer=saved.space, **saved.learned))


def _load(folder: str | Path | None, build: Callable[[Unpacked], Model]) -> Model:
    folder = default_model() if folder is None else Path(folder)
    card = read_card(folder)
    try:
        data = (folder / WEIGHTS).read_bytes()
    except OSError as error:
        raise ModelError(f"{folder / WEIGHTS}: cannot be read ({error.strerror}); train the model again.") from error
    if hashlib.sha256(data).hexdigest() != card.get("weights_sha256"):
        raise ModelError(f"{folder / WEIGHTS}: is not the file its card describes; it is damaged or was exchanged.")
    try:
        return build(unpack(parts_of(data, folder / WEIGHTS), card))
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError, CorpusError) as error:
        raise ModelError(f"{folder}: its parts do not fit together ({error}); train the model again.") from error


def read_card(folder: str | Path) -> dict[str, Any]:
    """Read a model's card.

    Raises
    ------
    ModelError
        If there is none, it is no JSON, or of another schema.
    """
    path = Path(folder) / CARD
    if not path.is_file():
        raise ModelError(f"{folder}: found no {CARD} in it; expected a model's folder, as train.py writes it.")
    card = _any_card(Path(folder))
    if card is None:
        raise ModelError(f"{path}: cannot be read as JSON; train the model again.")
    if card.get("schema") != SCHEMA:
        raise ModelError(
            f"{path}: found schema {card.get('schema')!r}, expected {SCHEMA}; use the version of cyberclass that "
            "trained the model, or train it again with this one."
        )
    return card


def card_sha256(folder: str | Path | None) -> str:
    """Give the SHA-256 of the file of a model's card, which `read_card` reads; None is the model that comes along."""
    return hashlib.sha256(((default_model() if folder is None else Path(folder)) / CARD).read_bytes()).hexdigest()


def _any_card(folder: Path) -> dict[str, Any] | None:
    """Read what stands in the place of a card: None if it is no JSON, empty if it is no object."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return card if isinstance(card, dict) else {}


def text_mark(text: str) -> str:
    """Name a text by the first 16 hexadecimal digits of the SHA-256 of its words, whatever their case and marks."""
    words = " ".join(re.findall(r"\w+", text.casefold()))
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def seen_texts(folder: str | Path) -> frozenset[str] | None:
    """Give the marks of the texts that a model was trained on; None if they are not there, or not those of its card."""
    try:
        content = (Path(folder) / SEEN).read_bytes()
    except OSError:
        return None
    if hashlib.sha256(content).hexdigest() != (_any_card(Path(folder)) or {}).get("seen_sha256"):
        return None
    return frozenset(content.decode("ascii").split())
