"""What every form of a report opens with: its title, its warnings, and what the headline figures are called."""

from typing import Any, NamedTuple


class Headline(NamedTuple):
    """A figure's name, and what it says in a few words."""

    name: str
    meaning: str


#: The figures that `resampling.figures_of` computes, in the order of a report.
HEADLINES = {
    "motivation_accuracy": Headline(
        "motivation, accuracy", "share of documents whose likeliest motivation is the right one"
    ),
    "motivation_macro_f1": Headline("motivation, macro-F1", "mean over the motivations, however rare"),
    "calibration_error": Headline(
        "motivation, calibration error", "how far probabilities are from what comes true; less is better"
    ),
    "coverage": Headline("coverage", "share given a motivation, of documents that have one"),
    "accuracy_where_labelled": Headline("accuracy where labelled", "share that is right, of those given one"),
    "undetermined_left_so": Headline("undetermined left so", "share left undetermined, of documents that are"),
    "impact_macro_f1": Headline("impact, macro-F1", "mean over the domains, however rare"),
    "impact_micro_f1": Headline("impact, micro-F1", "over all decisions on domains together"),
    "impact_mean_average_precision": Headline(
        "impact, mean average precision", "how well domains are ranked, at all thresholds"
    ),
    "incident_roc_auc": Headline("incident or not, area under the ROC curve", "0.5 is guessing"),
}


def title_of(evaluation: dict[str, Any]) -> str:
    """Say what was evaluated."""
    if evaluation["kind"] == "cross-validation":
        return f"Cross-validation by {evaluation['split']['by']}"
    return f"Evaluation of {evaluation['model']}"


def warnings_of(evaluation: dict[str, Any]) -> list[str]:
    """Write what makes an evaluation worthless or doubtful: documents that a model had seen, labels that it had not."""
    total = evaluation["data"]["documents"]
    other = evaluation.get("comparison") or {"seen": 0}
    found = []
    for count, whose in ((evaluation["seen"], "this model's"), (other["seen"], "the other model's")):
        if count is None:
            found.append(
                f"WARNING: it cannot be told whether these documents were in {whose} training: the list of those is "
                "not in its folder, or not its own."
            )
        elif count:
            found.append(
                f"WARNING: {count:,} of {total:,} documents were in {whose} training. These figures say what it "
                "remembers, not how good it is: its card has those of held-out documents."
            )
    for part in evaluation.get("split", {}).get("parts", []):
        found += [
            f"WARNING: the model tested on {part['name']!r} had no document labelled {label} to learn from, and gets "
            "all of these wrong."
            for label in part["missing"]
        ]
    return found
