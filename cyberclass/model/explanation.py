"""The explanation of one text's labels, as an object, as JSON and as a page."""

from dataclasses import asdict
from typing import Any

from cyberclass.model.evidence import DECIMALS
from cyberclass.model.text_evidence import Span, Strongest, TextEvidence


class Explanation(TextEvidence):
    """Why a text has its labels, to be shown and handed on; `IncidentClassifier.explain` makes it."""

    def to_dict(self) -> dict[str, Any]:
        """Give what there is to say as JSON has it: of each output the strongest spans, and what the others sum to."""
        rivals = self.rivals
        told = _listed(self.contrast(rivals[:1], rivals[1:])) if rivals else {}
        return {
            "text": self.text,
            "labels": self.labels,
            "withheld": self.withheld or None,
            "outputs": [self._output_dict(output) for output in self.outputs],
            "contrast": {"output": rivals[0], "other": rivals[1], **told} if rivals else None,
            "actors": [match._asdict() for match in self.actors],
            "attributions": [asdict(each) for each in self.attributions],
        }

    def to_html(self, title: str = "Why these labels") -> str:
        """Write the page: the text with what speaks for each label. The same explanation gives the same page."""
        from cyberclass.model.explanation_page import write_explanation

        return write_explanation(self, title)

    def _output_dict(self, output: str) -> dict[str, Any]:
        sentence = self.deciding_sentence(output)
        return {
            "output": output,
            "given": self.is_given(output),
            "probability": self.probabilities[output],
            "threshold": self.thresholds[output],
            "score": self.scores[output],
            "intercept": self.intercepts[output],
            "sentence": sentence and _bare(sentence),
            **_listed(self.strongest(output)),
        }


def _listed(strongest: Strongest) -> dict[str, Any]:
    return {
        "for": list(map(_bare, strongest.speaking)),
        "against": list(map(_bare, strongest.opposing)),
        "rest": round(strongest.rest, DECIMALS),
    }


def _bare(span: Span) -> dict[str, Any]:
    fields = asdict(span)
    del fields["output"]
    return {**fields, "weight": round(span.weight, DECIMALS)}
