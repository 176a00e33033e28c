"""The reasons of one report's labels as a person reads them in a terminal."""

from rich import box
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from cyberclass.labelling.terminal import SPEAKERS
from cyberclass.model.explanation_page import verdict_of
from cyberclass.model.text_evidence import MOST_GATHERED, TextEvidence, Word, gather_words
from cyberclass.text.extent import MOST_CHARACTERS

#: Columns of a bar.
_BAR = 20
_SENTENCE_CHARACTERS = 400


def print_reasons(explanation: TextEvidence) -> None:
    """Print the labels of a report on standard output, with the sentence and the words that made each."""
    console = Console(highlight=False, markup=False, emoji=False)
    console.print(Text(verdict_of(explanation), style="bold"))
    if explanation.labels["truncated"]:
        console.print(Text(f"The first {MOST_CHARACTERS:,} characters were read; the text goes on.", style="yellow"))
    if not explanation.withheld:
        console.print()
        console.print(_probabilities(explanation))
        shown = explanation.given or ("incident",)
        console.print(Group(*(_reasons(explanation, output) for output in shown)))
        if explanation.rivals and explanation.labels["is_incident"]:
            console.print(_contrast(explanation, *explanation.rivals))
    actors = dict.fromkeys(actor.name for actor in explanation.actors)
    console.print(Text.assemble(("actors  ", "bold"), _printable(", ".join(actors)) or "no name of an actor"))
    for each in explanation.attributions:
        sentence = _shortened(explanation.text[each.start : each.end])
        said = f"{each.stance}, says {SPEAKERS[each.by]}{f': {_printable(each.actor)}' if each.actor else ''}"
        console.print(Text.assemble(("said    ", "bold"), said, (f"\n        {sentence}", "italic")))


def _probabilities(explanation: TextEvidence) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 1))
    for output in explanation.outputs:
        probability = explanation.probabilities[output]
        if probability is None:
            continue
        is_given = explanation.is_given(output)
        filled = round(_BAR * probability)
        bar = Text.assemble(("\u2588" * filled, "blue" if is_given else "dim"), ("\u2591" * (_BAR - filled), "dim"))
        table.add_row(
            Text(output, style="bold" if is_given else ""), bar, f"{probability:.2f}", "given" if is_given else ""
        )
    return table


def _reasons(explanation: TextEvidence, output: str) -> Group:
    strongest = explanation.strongest(output, MOST_GATHERED)
    sentence = explanation.deciding_sentence(output)
    told = _shortened(sentence.text) if sentence else "No sentence speaks for it."
    return Group(
        Text(f"\nwhy {'an incident, or not' if output == 'incident' else output}", style="bold"),
        Text(f"  {told}", style="italic"),
        _words(gather_words(strongest.speaking), "for"),
        _words(gather_words(strongest.opposing), "against"),
    )


def _contrast(explanation: TextEvidence, output: str, other: str) -> Group:
    strongest = explanation.contrast([output], [other], MOST_GATHERED)
    return Group(
        Text(f"\nwhat tells {output} from {other}, the next motivation", style="bold"),
        _words(gather_words(strongest.speaking), output),
        _words(gather_words(strongest.opposing), other),
        Text(),
    )


def _words(words: list[Word], side: str) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False, show_header=False, padding=(0, 0), show_edge=False)
    table.add_column(no_wrap=True)
    table.add_column()
    told = (
        Text.assemble(
            _printable(word.text), f" x{word.times}" if word.times > 1 else "", (f" {word.weight:+.2f}", "dim")
        )
        for word in words
    )
    table.add_row(Text(f"  {side}  ", style="dim"), Text(", ").join(told) if words else Text("none"))
    return table


def _shortened(sentence: str) -> str:
    told = _printable(sentence)
    return f"{told[:_SENTENCE_CHARACTERS]} ..." if len(told) > _SENTENCE_CHARACTERS else told


def _printable(text: str) -> str:
    # What is not printable could move the cursor or turn the direction of the line.
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
