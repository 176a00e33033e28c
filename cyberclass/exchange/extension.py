"""The extension of STIX reports that holds our labels: its definition."""

import json
from typing import Any

from cyberclass.exchange.incident import uuid_of

#: Raised with every change of `_PROPERTIES`.
VERSION = "1.0.0"

#: When this version was written: nothing here asks a clock, so that the same labels give the same bytes.
WRITTEN = "2026-11-25T00:00:00Z"

_PROBABILITY = {"type": "number", "minimum": 0, "maximum": 1}
_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT, "minItems": 1}
_PROBABILITIES = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "properties": {"label": _TEXT, "probability": _PROBABILITY},
        "required": ["label", "probability"],
    },
}

#: What `Incident.labels` may hold, as JSON Schema has it.
_PROPERTIES: dict[str, dict[str, Any]] = {
    "motivation": {**_TEXT, "description": "who is behind it: a label of the model's taxonomy, or undetermined"},
    "motivation_source": {**_TEXT, "description": "stated (the text attributes it) or inferred"},
    "motivation_probabilities": {**_PROBABILITIES, "description": "calibrated; with undetermined they sum to 1"},
    "impact": {**_TEXTS, "description": "where it hurts: domains that apply"},
    "impact_probabilities": {**_PROBABILITIES, "description": "calibrated, each by itself"},
    "incident_probability": {**_PROBABILITY, "description": "that the text reports a particular incident"},
    "actors": {**_TEXTS, "description": "known actors that the text names, whatever it says of them"},
    "attribution_by": {**_TEXT, "description": "who attributes it, in the text"},
    "attribution_stance": {**_TEXT, "description": "confirmed, assessed, suspected, claimed, denied or unknown"},
    "attribution_actor": {**_TEXT, "description": "to whom"},
    "attribution_sentence": {**_TEXT, "description": "the sentence that says so"},
    "evidence": {**_TEXT, "description": "what in the text made the labels"},
    "date": {**_TEXT, "description": "when it happened or came to light: YYYY-MM-DD, YYYY-MM or YYYY"},
    "published": {**_TEXT, "description": "when the report was published, likewise"},
    "language": {**_TEXT, "description": "ISO 639; und if it cannot be told"},
    "truncated": {"type": "boolean", "description": "whether the text goes on beyond what was read"},
    "model": {**_TEXT, "description": "the model that labelled it"},
    "text_sha256": {**_TEXT, "description": "of the text that was labelled"},
}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "cyberclass labels",
    "type": "object",
    "properties": {"extension_type": {"const": "property-extension"}, **_PROPERTIES},
    "required": ["extension_type"],
    "additionalProperties": False,
}

#: Of the extension's definition.
EXTENSION = f"extension-definition--{uuid_of('extension-definition', VERSION)}"


def schema_text() -> str:
    """Write the schema as an extension's definition holds it."""
    return json.dumps(SCHEMA, separators=(",", ":"))
