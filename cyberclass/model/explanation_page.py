"""The explanation of a text's labels as one page of HTML, which needs no network and no script."""

from collections import Counter
from typing import Any, NamedTuple

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from cyberclass.model.text_evidence import MOST_GATHERED, Span, TextEvidence, Word, gather_words
from cyberclass.rendering import page_templates
from cyberclass.taxonomy import UNDETERMINED
from cyberclass.text.extent import MOST_CHARACTERS

#: Words that are marked in the text, the strongest of any label: more would slow a browser down.
MOST_MARKED = 2000

#: Share of the strongest word of a label below which a word is not marked for it.
_FAINT = 0.04

#: What a page calls the outputs that are no labels.
_NAMES = {"incident": "an incident"}


class _Row(NamedTuple):
    """What the page has to say of an output."""

    number: int
    name: str
    is_given: bool
    probability: float | None
    threshold: float | None
    intercept: float | None
    score: float | None
    sentence: Span | None
    speaking: list[Word]
    opposing: list[Word]
    total_for: float
    total_against: float


def write_explanation(explanation: TextEvidence, title: str) -> str:
    """Write an explanation as a page.

    Parameters
    ----------
    explanation : Explanation
    title : str

    Returns
    -------
    str
        HTML. The same explanation gives the same page.
    """
    rows = [_row(explanation, number) for number in range(len(explanation.outputs))]
    known = [row for row in rows if row.score is not None]
    pages = page_templates()
    pages.filters.update(signed=_signed, percent=_percent)
    return pages.get_template("explanation.html").render(
        title=title,
        verdict=verdict_of(explanation),
        labels=explanation.labels,
        withheld=explanation.withheld,
        most_characters=MOST_CHARACTERS,
        groups=_groups(explanation, known),
        rows=known,
        chosen=_chosen(explanation, known),
        text=_marked(explanation, known),
        is_capped=len(explanation.tokens.starts) > MOST_MARKED,
        most_marked=MOST_MARKED,
        rivals=explanation.rivals,
        contrast=_contrast(explanation),
        actors=_actors(explanation),
        attributions=[(each, explanation.text[each.start : each.end]) for each in explanation.attributions],
    )


def _contrast(explanation: TextEvidence) -> tuple[list[Word], list[Word]] | None:
    """Gather what speaks for the likeliest motivation against the next, and the other way round."""
    if not explanation.rivals or explanation.withheld or not explanation.labels["is_incident"]:
        return None
    likeliest, other = explanation.rivals
    strongest = explanation.contrast([likeliest], [other], MOST_GATHERED)
    return gather_words(strongest.speaking), gather_words(strongest.opposing)


def verdict_of(explanation: TextEvidence) -> str:
    """Say in a sentence what labels a text has."""
    labels = explanation.labels
    if explanation.withheld:
        return explanation.withheld
    if not labels["is_incident"]:
        return "No incident: this text reports no particular incident or campaign."
    told = [_named(explanation, name) for name in explanation.given]
    motivation = told[0] if told and _is_motivation(explanation, explanation.given[0]) else ""
    impacts = told[1:] if motivation else told
    none = "no impact domain" if explanation.outputs[-1] != UNDETERMINED else ""
    sentence = "; ".join(filter(None, [motivation, f"impact: {', '.join(impacts)}" if impacts else none]))
    return f"{sentence[0].upper()}{sentence[1:]}."


def _named(explanation: TextEvidence, name: str) -> str:
    probability = explanation.probabilities[name]
    # Where doubt between motivations leaves it open, that of "undetermined" would mislead.
    if name == UNDETERMINED or probability is None:
        return "motivation undetermined" if name == UNDETERMINED else name
    return f"{name} ({probability:.2f})"


def _is_motivation(explanation: TextEvidence, name: str) -> bool:
    return explanation.outputs.index(name) <= explanation.outputs.index(UNDETERMINED)


def _row(explanation: TextEvidence, number: int) -> _Row:
    name = explanation.outputs[number]
    weights = explanation.tokens.weights[:, number]
    strongest = explanation.strongest(name, MOST_GATHERED)
    return _Row(
        number=number,
        name=_NAMES.get(name, name),
        is_given=explanation.is_given(name),
        probability=explanation.probabilities[name],
        threshold=explanation.thresholds[name],
        intercept=explanation.intercepts[name],
        score=explanation.scores[name],
        sentence=explanation.deciding_sentence(name),
        speaking=gather_words(strongest.speaking),
        opposing=gather_words(strongest.opposing),
        total_for=float(weights[weights > 0].sum()),
        total_against=float(weights[weights < 0].sum()),
    )


def _groups(explanation: TextEvidence, rows: list[_Row]) -> list[tuple[str, list[_Row]]]:
    """Part outputs into questions, of a motivation or a domain the likeliest first."""
    without, is_incident = explanation.outputs.index(UNDETERMINED), explanation.labels["is_incident"]
    questions = {
        "Is it": [row for row in rows if row.number == 0],
        "Who is behind it" if is_incident else "Who would be behind it, were it one": [
            row for row in rows if 0 < row.number <= without
        ],
        "Where it hurts" if is_incident else "Where it would hurt": [row for row in rows if row.number > without],
    }
    return [
        (question, sorted(own, key=lambda row: -(row.probability or 0.0))) for question, own in questions.items() if own
    ]


def _chosen(explanation: TextEvidence, rows: list[_Row]) -> int:
    """Choose the label that the page opens with: the first given, or what tells that there is no incident."""
    given = [row.number for row in rows if row.number and row.is_given]
    return next(iter(given), 0)


def _marked(explanation: TextEvidence, rows: list[_Row]) -> Markup:
    """Mark the words of a text by what they add to each output, and the sentences that speak most for one."""
    tokens, text = explanation.tokens, explanation.text
    largest = np.abs(tokens.weights).max(axis=0, initial=0.0)
    relative = tokens.weights / np.where(largest > 0, largest, 1.0)
    strength = np.abs(relative).max(axis=1, initial=0.0)
    marked = np.sort(np.argsort(-strength, kind="stable")[:MOST_MARKED])
    openings = _sentence_marks(rows)
    parts: list[Markup | str] = []
    place, closing = 0, -1
    starts, ends = tokens.starts[marked].tolist(), tokens.ends[marked].tolist()
    marks = dict(zip(starts, zip(ends, relative[marked], strict=True), strict=True))
    for stop in sorted({*starts, *openings, *(end for end, _ in openings.values())}):
        # Repair may have joined words across the end of a sentence.
        parts.append(escape(text[place:stop]))
        place = max(place, stop)
        if closing >= 0 and (place >= closing or stop in openings):
            parts.append(Markup("</span>"))
            closing = -1
        if stop in openings:
            closing, numbers = openings[stop]
            parts.append(Markup('<span class="s {}">').format(" ".join(f"d{number}" for number in numbers)))
        if stop in marks:
            end, own = marks[stop]
            parts.append(Markup('<mark style="{}">{}</mark>').format(_style(own), text[place:end]))
            place = max(place, end)
    parts += [Markup("</span>")] if closing >= 0 else []
    parts.append(escape(text[place:]))
    return Markup("").join(parts)


def _sentence_marks(rows: list[_Row]) -> dict[int, tuple[int, list[int]]]:
    """Give the end of each deciding sentence, and the outputs it decides, by its start."""
    found: dict[int, tuple[int, list[int]]] = {}
    for row in rows:
        if row.sentence is not None:
            found.setdefault(row.sentence.start, (row.sentence.end, []))[1].append(row.number)
    return found


def _style(weights: NDArray[np.float64]) -> str:
    """Write a word's weights, as shares of the strongest word of each output, for the style sheet."""
    strong = np.flatnonzero(np.abs(weights) >= _FAINT).tolist()
    return ";".join(f"--o{number}:{weights[number]:.2f}" for number in strong)


def _actors(explanation: TextEvidence) -> list[dict[str, Any]]:
    """Gather names by actor, in the order of the text."""
    found: dict[str, dict[str, Any]] = {}
    for match in explanation.actors:
        own = found.setdefault(match.name, {**match._asdict(), "written": Counter()})
        own["written"][" ".join(explanation.text[match.start : match.end].split())] += 1
    return list(found.values())


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")


def _percent(value: float | None, largest: float = 1.0) -> str:
    """Write a share of something as the width of a bar."""
    return f"{100 * min(1.0, max(0.0, (value or 0.0) / largest)):.1f}%" if largest else "0%"
