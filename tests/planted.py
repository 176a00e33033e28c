"""Corpora of labels of one's own, made up so that words tell the labels, and small enough to be learned in a moment."""

import json

import numpy as np
import pandas as pd

from cyberclass.corpora.documents import COLUMNS, write_corpus
from cyberclass.taxonomy import Taxonomy

OWN = Taxonomy(("greed", "spite"), ("hospital", "bank", "school"))

WORDS = [a + b for a in ("bra", "cro", "dul", "fen", "gri", "hos") for b in ("man", "tok", "rid", "sal", "vex")]


def documents(taxonomy, n=30, *, motivation=None, impact=True, coded=None):
    """Reports of which words tell the labels; every fifth is no incident, and each is of an incident of its own.

    `motivation` is what all incidents have if not one of the taxonomy's; without `impact`, no domain is coded.
    """
    generator = np.random.default_rng(0)
    rows = []
    for number in range(n):
        words = generator.choice(WORDS, 24).tolist()
        is_incident = bool(number % 5)
        row = dict.fromkeys(COLUMNS) | {"impact": []}
        if not is_incident:
            words += ["plainly"] * 3
        else:
            kind = number % max(1, len(taxonomy.motivations))
            row["motivation"] = taxonomy.motivations[kind] if motivation is None else motivation
            row["motivation"] = row["motivation"] or None
            words += [f"sign{'abc'[kind]}"] * 3
            # One at least, as the codebook wants it of an incident with a motivation.
            places = [place for place in range(len(taxonomy.impacts)) if number >> place % 4 & 1] or [0]
            places = places[: len(taxonomy.impacts)]
            words += [f"harm{'abcdefg'[place]}" for place in places]
            row["impact"] = [taxonomy.impacts[place] for place in places] if impact else None
            row["impact_coded"] = coded
        row |= {"id": f"{number:03d}", "incident": f"i{number}", "title": "", "text": " ".join(words)}
        rows.append(row | {"is_incident": is_incident, "source": f"source {number % 2}", "date": f"{2000 + number}"})
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object).astype({"is_incident": bool})


def put(folder, frame, name="ours", taxonomy=OWN, licence="CC0"):
    """Write documents to a folder, which says what their labels are."""
    folder.mkdir(parents=True, exist_ok=True)
    write_corpus(frame.assign(source=None), folder / f"{name}.jsonl")
    lines = [f"licence = '{licence}'"] if licence else []
    for kind, labels in (("motivations", taxonomy.motivations), ("impacts", taxonomy.impacts)):
        lines += [f"[{kind}]", *(f"{json.dumps(label)} = ''" for label in labels)]
    (folder / "corpus.toml").write_text("\n".join(lines))
    return folder
