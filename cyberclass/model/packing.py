"""A model's parts as the bytes of a safetensors file, and what such a file and a card say together."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray
from safetensors import SafetensorError

from cyberclass.errors import ModelError
from cyberclass.model.decision import Thresholds
from cyberclass.model.labeller import IncidentLabeller
from cyberclass.model.outputs import Outputs
from cyberclass.model.profile import Profile
from cyberclass.model.soundness import check_arrays, check_pairs, check_settings
from cyberclass.model.space import FeatureSpace
from cyberclass.model.vocabulary import Vocabulary
from cyberclass.taxonomy import Taxonomy, taxonomy_in_card

_PARTS = ("words", "word_idf", "pairs", "pair_idf", "grams", "gram_idf", "coef", "intercept", "conformal")
_WEIGHTS = ("char_weight", "cue_weight", "name_weight")


class Unpacked(NamedTuple):
    """A saved model, its parts checked."""

    #: Parameters of the vectorizer and of the classifier.
    vectorizer: dict[str, Any]
    classifier: dict[str, Any]
    space: FeatureSpace
    #: What `IncidentLabeller.restore` takes beside a vectorizer.
    learned: dict[str, Any]


def pack(model: IncidentLabeller) -> bytes:
    """Write what a model has learned, but for what stands in its card, as a safetensors file."""
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


def parts_of(data: bytes, path: Path) -> dict[str, NDArray[Any]]:
    """Read the arrays that `pack` wrote; `path` is the file they come from.

    Raises
    ------
    ModelError
        If it is no safetensors file, or lacks one of them.
    """
    try:
        parts = safetensors.numpy.load(data)
    # A number format that NumPy has not is a KeyError.
    except (SafetensorError, KeyError, ValueError) as error:
        raise ModelError(f"{path}: cannot be read ({error}); expected a safetensors file: train again.") from error
    if missing := [name for name in _PARTS if name not in parts]:
        raise ModelError(f"{path}: found no array {missing[0]!r}; this file was not written by save_model.")
    return parts


def unpack(parts: dict[str, NDArray[Any]], card: dict[str, Any]) -> Unpacked:
    """Put arrays and a card together.

    Raises
    ------
    CorpusError, KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError
        If they do not fit.
    """
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
    space = FeatureSpace(**{name: settings[name] for name in _WEIGHTS}).adopt(vocabulary)
    _expect(
        {
            "word_idf": vocabulary.words.shape,
            "pair_idf": vocabulary.pairs.shape,
            "gram_idf": vocabulary.grams.shape,
            "coef": (space.blocks()["actor"].stop, n_outputs),
            "intercept": (n_outputs,),
            "conformal": (parts["conformal"].size,),
        },
        parts,
    )
    learned = {
        "taxonomy": taxonomy,
        "coef": parts["coef"],
        "intercept": parts["intercept"],
        "thresholds": _thresholds(card["thresholds"], taxonomy),
        "conformal_scores": parts["conformal"],
        "reference": Profile.from_card(card["reference"]) if "reference" in card else None,
        # Models without it, which are older, were trained on English.
        "languages": tuple(map(str, card.get("languages", ["en"]))),
        "name": f"{card['name']}@{card['weights_sha256'][:8]}",
    }
    return Unpacked(settings, classifier, space, learned)


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
