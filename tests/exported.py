"""Rows as `cyberclass label` writes them, made up, and what becomes of them in other tools' formats."""

import json

from cyberclass.exchange.export import export_labels

TEXT = (
    "The port of Aldery stopped its cranes on Tuesday. Its director said that APT29 had read the letters of the "
    "harbour office since spring, and that the government would call in the ambassador."
)


def labelled(**fields):
    """An incident of a state's, with all columns of labels; a field that is None is left out."""
    row = {
        "id": "desk-7",
        "title": "Cranes stand still in Aldery",
        "date": "2025-04-01",
        "published": "2025-04-02",
        "text": TEXT,
        "url": "https://news.example/cranes?day=2",
        "source": "Aldery Courier",
        "is_incident": True,
        "motivation": "state-sponsored",
        "motivation_confidence": 0.93,
        "impact": "critical-infrastructure;international-relations",
        "actors": "APT29",
        "p_incident": 0.98,
        "p_motivation_state-sponsored": 0.91,
        "p_motivation_criminal": 0.05,
        "p_motivation_ideological": 0.02,
        "p_motivation_undetermined": 0.02,
        "p_impact_critical-infrastructure": 0.81,
        "p_impact_international-relations": 0.66,
        "p_impact_privacy": 0.07,
        "language": "en",
        "truncated": False,
        "model": "default",
        "text_sha256": "0" * 64,
    }
    return {name: value for name, value in {**row, **fields}.items() if value is not None}


ATTRIBUTED = {
    "motivation_source": "stated",
    "attribution_by": "victim",
    "attribution_stance": "confirmed",
    "attribution_actor": "Cozy Bear",
    "attribution_sentence": "Its director said that APT29 had read the letters of the harbour office since spring.",
}


def written(path, *rows):
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def exported(tmp_path, to, *rows):
    """Export rows, and give the file's text."""
    output = tmp_path / f"exported{'.csv' if to == 'eurepoc' else '.json'}"
    export_labels(written(tmp_path / "labels.jsonl", *rows), output, to)
    return output.read_bytes().decode("utf-8")
