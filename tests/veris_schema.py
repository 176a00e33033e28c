"""What VERIS asks of the parts of an incident that we write, in our own words: the schema itself may not be handed on.

It is written after version 1.3.6 (verisc-merged.json of https://github.com/vz-risk/veris): which properties there are,
which are required, and what each may be. Later versions raise the last year, and add words.
"""


def _object(required=(), **properties):
    return {"type": "object", "additionalProperties": False, "required": list(required), "properties": properties}


def _one_of(*words):
    return {"type": "string", "enum": list(words)}


def _list(items):
    return {"type": "array", "minItems": 1, "uniqueItems": True, "items": items}


TEXT = {"type": "string"}
NOTES = {"type": "string", "minLength": 1}
COUNTRY = _list({"type": "string", "pattern": "^([A-Z]{2}|Unknown|Other)$"})
MOTIVES = [
    "Convenience",
    "Espionage",
    "Fear",
    "Financial",
    "Fun",
    "Grudge",
    "Ideology",
    "NA",
    "Secondary",
    "Other",
    "Unknown",
]
VARIETIES = [
    "Acquaintance",
    "Activist",
    "Auditor",
    "Competitor",
    "Customer",
    "Force majeure",
    "Former employee",
    "Nation-state",
    "Organized crime",
    "State-affiliated",
    "Terrorist",
    "Unaffiliated",
    "Other",
    "Unknown",
]

#: Parts that are there and that we do not write.
_OTHERS = [
    "attribute",
    "campaign_id",
    "control_failure",
    "corrective_action",
    "cost_corrective_action",
    "discovery_notes",
    "extra",
    "ioc",
    "notes",
    "subsets",
    "targeted",
    "value_chain",
]

SCHEMA = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    **_object(
        [
            "actor",
            "action",
            "discovery_method",
            "schema_version",
            "asset",
            "timeline",
            "incident_id",
            "security_incident",
            "summary",
        ],
        incident_id=TEXT,
        schema_version=TEXT,
        schema_name=TEXT,
        source_id=TEXT,
        summary=TEXT,
        reference=TEXT,
        security_incident=_one_of("Confirmed", "Suspected", "Near miss", "False positive"),
        confidence=_one_of("High", "Medium", "Low", "None"),
        timeline=_object(
            ["incident"],
            incident=_object(
                ["year"],
                year={"type": "integer", "minimum": 1950},
                month={"type": "integer", "minimum": 1, "maximum": 12},
                day={"type": "integer", "minimum": 1, "maximum": 31},
            ),
        ),
        victim=_object(
            ["country", "employee_count", "industry"],
            country=COUNTRY,
            employee_count=_one_of("Small", "Large", "Unknown"),
            industry={
                "type": "string",
                "minLength": 2,
                "maxLength": 6,
                "pattern": r"(00|11|2[1-3]|3[1-3]|4[24589]|5[1-6]|6[1-2]|7[12]|81|92)-?\d{0,4}",
            },
        ),
        actor={
            "minProperties": 1,
            **_object(
                external=_object(
                    ["variety", "motive"],
                    variety=_list(_one_of(*VARIETIES)),
                    motive=_list(_one_of(*MOTIVES)),
                    country=COUNTRY,
                    name={"type": "array", "uniqueItems": True, "items": TEXT},
                    notes=NOTES,
                ),
                unknown={"type": "object", "properties": {"notes": NOTES}},
            ),
        },
        action={
            "minProperties": 1,
            "type": "object",
            "properties": {"unknown": {"type": "object", "properties": {"notes": NOTES}}},
        },
        asset=_object(
            ["assets", "cloud"],
            assets=_list(_object(["variety"], variety=_one_of("Unknown", "Other"), amount={"type": "integer"})),
            cloud=_list(_one_of("On-Premise Asset(s)", "External Cloud Asset(s)", "Other", "Unknown", "NA")),
        ),
        discovery_method=_object(unknown={"type": "boolean"}),
        impact=_object(
            ["overall_rating"],
            overall_rating=_one_of("Catastrophic", "Damaging", "Painful", "Distracting", "Insignificant", "Unknown"),
            notes=NOTES,
        ),
        plus={"type": "object"},
        **{name: {"not": {}} for name in _OTHERS},
    ),
}
