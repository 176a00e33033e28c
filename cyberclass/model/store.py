"""A model as a folder: weights that are numbers alone, a card for machines, and one for people."""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray
from safetensors import SafetensorError

from cyberclass.errors import CorpusError, ModelError
from cyberclass.model.card import SCHEMA, write_readme
from cyberclass.model.classifier import IncidentClassifier
from cyberclass.model.decision import Thresholds
from cyberclass.model.features import IncidentVectorizer
from cyberclass.model.outputs import Outputs
from cyberclass.model.profile import Profile
from cyberclass.model.soundness import check_arrays, check_pairs, check_settings
from cyberclass.model.vocabulary import Vocabulary
from cyberclass.taxonomy import Taxonomy, taxonomy_in_card

WEIGHTS, CARD, README, SEEN = "weights.safetensors", "card.json", "README.md", "seen.txt"

_PARTS = ("words", "word_idf", "pairs", "pair_idf", "grams", "gram_idf", "coef", "intercept", "conformal")


def default_model() -> Path:
    """Return the folder of the model that comes with this package."""
    installed = Path(str(files("cyberclass"))) / "models" / "default"
    # In a checkout the package has no models of its own: they stand beside it.
    return installed if installed.is_dir() else Path(__file__).parents[2] / "models" / "default"


def save_model(model: IncidentClassifier, folder: str | Path, card: dict[str, Any], texts: Sequence[str] = ()) -> Path:
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
    weights = _pack(model)
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


def load_model(folder: str | Path | None = None) -> IncidentClassifier:
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
    folder = default_model() if folder is None else Path(folder)
    card = read_card(folder)
    try:
        data = (folder / WEIGHTS).read_bytes()
    except OSError as error:
        raise ModelError(f"{folder / WEIGHTS}: cannot be read ({error.strerror}); train the model again.") from error
    if hashlib.sha256(data).hexdigest() != card.get("weights_sha256"):
        raise ModelError(f"{folder / WEIGHTS}: is not the file its card describes; it is damaged or was exchanged.")
    try:
        return _unpack(_parts(data, folder / WEIGHTS), card)
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


def _pack(model: IncidentClassifier) -> bytes:
    vocabulary = model.vectorizer_.vocabulary_
    parts = {
        "words": _joined(vocabulary.words),
        "word_idf": vocabulary.word_idf,
        "pairs": vocabulary.pairs,
        "pair_idf": vocabulary.pair_idf,
        "grams": _joined(vocabulary.grams),
        "gram_idf": vocabulary.gram_idf,
        "coef": model.coef_.astype(np.float16),
        "intercept": model.intercept_,
        "conformal": model.conformal_scores_,
    }
    return safetensors.numpy.save({name: np.ascontiguousarray(part) for name, part in parts.items()})


def _parts(data: bytes, path: Path) -> dict[str, NDArray[Any]]:
    try:
        parts = safetensors.numpy.load(data)
    # A number format that NumPy has not is a KeyError.
    except (SafetensorError, KeyError, ValueError) as error:
        raise ModelError(f"{path}: cannot be read ({error}); expected a safetensors file: train again.") from error
    if missing := [name for name in _PARTS if name not in parts]:
        raise ModelError(f"{path}: found no array {missing[0]!r}; this file was not written by save_model.")
    return parts


def _unpack(parts: dict[str, NDArray[Any]], card: dict[str, Any]) -> IncidentClassifier:
    settings, classifier = card["parameters"]["vectorizer"], card["parameters"]["classifier"]
    taxonomy = taxonomy_in_card(card["taxonomy"])
    n_outputs = len(Outputs(taxonomy).names)
    shortest, longest = map(int, settings["char_lengths"])
    settings = {**settings, "char_lengths": (shortest, longest)}
    n_documents = int(card["corpus"]["documents"])
    if not 0 < n_documents < 2**48 or not isinstance(card["name"], str):
        raise ValueError("a name and a number of documents that make no sense")
    check_settings(settings)
    check_arrays(parts)
    vocabulary = Vocabulary(
        words=_split(parts["words"]),
        word_idf=parts["word_idf"],
        pairs=parts["pairs"],
        pair_idf=parts["pair_idf"],
        grams=_split(parts["grams"]),
        gram_idf=parts["gram_idf"],
        n_documents=n_documents,
        char_lengths=settings["char_lengths"],
    )
    check_pairs(vocabulary.pairs, len(vocabulary.words))
    vectorizer = IncidentVectorizer(**settings).adopt(vocabulary)
    _expect(
        {
            "word_idf": vocabulary.words.shape,
            "pair_idf": vocabulary.pairs.shape,
            "gram_idf": vocabulary.grams.shape,
            "coef": (len(vectorizer.get_feature_names_out()), n_outputs),
            "intercept": (n_outputs,),
            "conformal": (parts["conformal"].size,),
        },
        parts,
    )
    model = IncidentClassifier(vectorizer=IncidentVectorizer(**settings), taxonomy=taxonomy, **classifier)
    return model.restore(
        taxonomy,
        vectorizer,
        parts["coef"],
        parts["intercept"],
        _thresholds(card["thresholds"], taxonomy),
        parts["conformal"],
        Profile.from_card(card["reference"]) if "reference" in card else None,
        # Models without it, which are older, were trained on English.
        tuple(map(str, card.get("languages", ["en"]))),
        name=f"{card['name']}@{card['weights_sha256'][:8]}",
    )


def _expect(shapes: dict[str, tuple[int, ...]], parts: dict[str, NDArray[Any]]) -> None:
    for name, shape in shapes.items():
        if parts[name].shape != shape:
            raise ValueError(f"{name} has the shape {parts[name].shape}, expected {shape}")


def _thresholds(found: dict[str, Any], taxonomy: Taxonomy) -> Thresholds:
    values = {
        "incident": found["incident"],
        "motivation": found["motivation"],
        **{domain: found["impact"][domain] for domain in taxonomy.impacts},
    }
    for name, value in values.items():
        if not isinstance(value, int | float) or not 0 <= value <= 1:
            raise ValueError(f"the threshold of {name} is {value!r}, expected a number from 0 to 1")
    incident, motivation, *impact = map(float, values.values())
    return Thresholds(incident, motivation, tuple(impact))


def _joined(strings: NDArray[np.str_]) -> NDArray[np.uint8]:
    # One string of lines: a token holds no line break, and an array of strings takes four bytes a character.
    return np.frombuffer("\n".join(strings).encode("utf-8", "surrogatepass"), dtype=np.uint8)


def _split(joined: NDArray[np.uint8]) -> NDArray[np.str_]:
    text = joined.tobytes().decode("utf-8", "surrogatepass")
    return np.array(text.split("\n") if text else [], dtype=str)
