"""A model's card: what it was trained on, with what, how good it is, and what it must not be used for."""

import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pandas as pd

from cyberclass.corpora.statistics import stratum_of
from cyberclass.taxonomy import CODEBOOK, card_of, taxonomy_in_card

if TYPE_CHECKING:
    from cyberclass.model.classifier import IncidentClassifier

SCHEMA = 2

_PACKAGES = ("numpy", "scipy", "scikit-learn", "spacy")


def describe(
    model: "IncidentClassifier", frame: pd.DataFrame, name: str, scores: dict[str, Any], corpus: dict[str, Any]
) -> dict[str, Any]:
    """Describe a model that has just been fitted.

    Parameters
    ----------
    model : IncidentClassifier
    frame : DataFrame
        The corpus it was fitted on, as `corpora.documents.read_corpus` returns it.
    name : str
    scores : dict
        Of held-out documents, as `evaluation.measures.measure` returns them, and `how` they were measured.
    corpus : dict
        What else there is to say of the documents: `sha256`, `paths` and `sources`.

    Returns
    -------
    dict
        Ready for JSON.
    """
    from cyberclass import __version__

    vectorizer = model.vectorizer_.get_params()
    classifier = {
        key: value for key, value in model.get_params(deep=False).items() if key not in ("vectorizer", "taxonomy")
    }
    thresholds = model.thresholds_
    return {
        "schema": SCHEMA,
        "name": name,
        "trained": datetime.now(UTC).date().isoformat(),
        "corpus": {
            "documents": len(frame),
            "incidents": int(frame["incident"].nunique()),
            "labels": {label: int(count) for label, count in sorted(stratum_of(frame).value_counts().items())},
            **corpus,
        },
        "versions": {
            "cyberclass": __version__,
            "python": platform.python_version(),
            **{package: version(package) for package in _PACKAGES},
        },
        "taxonomy": card_of(model.taxonomy_),
        "languages": list(model.languages_),
        "parameters": {"vectorizer": vectorizer, "classifier": {**classifier, "n_jobs": None}},
        "thresholds": {
            "incident": thresholds.incident,
            "motivation": thresholds.motivation,
            "impact": dict(zip(model.taxonomy_.impacts, thresholds.impact, strict=True)),
        },
        "scores": scores,
        **({"reference": model.reference_.to_card()} if model.reference_ else {}),
    }


def write_readme(card: dict[str, Any]) -> str:
    """Write a card out for people, in Markdown."""
    corpus, thresholds, scores = card["corpus"], card["thresholds"], card["scores"]
    lines = [
        f"# Model {card['name']}",
        "",
        "Labels reports of cyber incidents: incident or not, motivation or undetermined, impact domains. Made by "
        f"cyberclass {card['versions']['cyberclass']} on {card['trained']}; this page is written from `card.json`.",
        "",
        f"- Trained on {corpus['documents']:,} documents about {corpus['incidents']:,} incidents "
        f"(corpus SHA-256 `{corpus['sha256'][:16]}…`, seed {card['parameters']['classifier']['random_state']}).",
        f"- {_threshold_sentence(thresholds, card['taxonomy'])}",
        "",
        "## How good it is",
        "",
        f"Measured by {scores['how']}. Settings of cyberclass were chosen on its own corpus, nobody's labels are "
        "beyond doubt, and other people's reports differ from these: expect less on your own, and measure it with "
        "`cyberclass evaluate`.",
        "",
        *figures(scores),
        "## What it learned from",
        "",
        "| source | documents | weight | SHA-256 | mapping | licence |",
        "|---|---:|---:|---|---|---|",
        *(
            f"| {_plain(row['source'])} | {row['documents']:,} | {', '.join(f'{each:g}' for each in row['weight'])} "
            f"| `{row['sha256'][:16]}` | {_plain(', '.join(row['mapping'])) or 'none'} | {_plain(row['licence'])} |"
            for row in corpus["sources"]
        ),
        "",
        *_label_lines(card["taxonomy"]),
        "## What it is not for",
        "",
        "It says what a text says, by the words that it uses. It is no proof of who attacked whom, and no ground for "
        "action against anybody. It reads English.",
        "",
        "## Made with",
        "",
        ", ".join(f"{package} {found}" for package, found in card["versions"].items()) + ".",
    ]
    return "\n".join(lines) + "\n"


def _threshold_sentence(thresholds: dict[str, Any], taxonomy: dict[str, Any]) -> str:
    parts = [f"A report is an incident from a probability of {thresholds['incident']:.2f}"]
    if taxonomy["motivations"]:
        parts.append(f"its motivation is undetermined where the likeliest has less than {thresholds['motivation']:.2f}")
    if given := [f"{threshold:.2f} ({domain})" for domain, threshold in thresholds["impact"].items()]:
        parts.append(f"an impact domain is given from {', '.join(given)}")
    return f"{'; '.join(parts)}."


def _label_lines(found: dict[str, Any]) -> list[str]:
    taxonomy = taxonomy_in_card(found)
    if taxonomy == CODEBOOK:
        return ["Its labels are those of the codebook of cyberclass.", ""]
    kinds = (("motivations", taxonomy.motivations), ("impacts", taxonomy.impacts))
    rows = [(kind, label, taxonomy.definitions.get(label, "")) for kind, labels in kinds for label in labels]
    return [
        "| label | one of the | meaning |",
        "|---|---|---|",
        *(f"| {_plain(label)} | {kind} | {_plain(meaning) or 'not stated'} |" for kind, label, meaning in rows),
        "",
    ]


def _plain(text: str) -> str:
    """Write a text so that it stays inside its cell."""
    return " ".join(text.replace("|", "/").split())


def figures(scores: dict[str, Any]) -> list[str]:
    """Write scores, as `evaluation.measures.measure` returns them, as lines of Markdown."""
    return [
        *_motivation_lines(scores["motivation"], scores["undetermined"]),
        *_impact_lines(scores["impact"]),
        *_incident_lines(scores["incident"]),
    ]


def _motivation_lines(motivation: dict[str, Any] | None, undetermined: dict[str, Any] | None) -> list[str]:
    if motivation is None or undetermined is None:
        return []
    majority = motivation["majority"]
    return [
        f"**Motivation**, {motivation['documents']:,} documents: macro-F1 {motivation['macro_f1']:.3f}, accuracy "
        f'{motivation["accuracy"]:.3f} (always "{majority["label"]}": {majority["macro_f1"]:.3f} and '
        f"{majority['accuracy']:.3f}); expected calibration error {motivation['calibration_error']:.3f}. "
        + _undetermined_sentence(undetermined),
        "",
        "| motivation | precision | recall | F1 | documents |",
        "|---|---:|---:|---:|---:|",
        *(
            f"| {_plain(label)} | {row['precision']:.3f} | {row['recall']:.3f} | {row['f1']:.3f} | {row['support']} |"
            for label, row in motivation["labels"].items()
        ),
        "",
    ]


def _undetermined_sentence(undetermined: dict[str, Any]) -> str:
    parts = [f"with *undetermined* allowed, a motivation for {undetermined['coverage']:.1%} of them"]
    if undetermined["accuracy_where_labelled"] is not None:
        parts.append(f"{undetermined['accuracy_where_labelled']:.1%} of these right")
    if undetermined["undetermined_left_so"] is not None:
        parts.append(
            f"{undetermined['undetermined_left_so']:.1%} of {undetermined['undetermined_documents']:,} "
            "undetermined documents left so"
        )
    return f"Decided {', '.join(parts)}."


def _impact_lines(impact: dict[str, Any] | None) -> list[str]:
    if impact is None:
        return []
    return [
        f"**Impact**: macro-F1 {impact['macro_f1']:.3f} (always yes: {impact['always_yes_macro_f1']:.3f}), mean "
        f"average precision {_figure(impact['mean_average_precision'])}.",
        "",
        "| domain | precision | recall | F1 | average precision | documents |",
        "|---|---:|---:|---:|---:|---:|",
        *(
            f"| {_plain(domain)} | {row['precision']:.3f} | {row['recall']:.3f} | {row['f1']:.3f} "
            f"| {_figure(row['average_precision'])} | {row['support']} |"
            for domain, row in impact["domains"].items()
        ),
        "",
    ]


def _figure(value: float | None) -> str:
    return "not computable" if value is None else f"{value:.3f}"


def _incident_lines(incident: dict[str, Any]) -> list[str]:
    if incident["roc_auc"] is None:
        return []
    return [
        f"**Incident or not**: area under the ROC curve {incident['roc_auc']:.3f}; {incident['incidents_kept']:.1%} of "
        f"incidents kept, {incident['not_incidents_found']:.1%} of {incident['not_incidents']} other texts found.",
        "",
    ]
