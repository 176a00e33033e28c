"""The command that learns a model: train."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

# Nothing heavy up here: `cyberclass --help` must answer at once.
from cyberclass.commands.options import add_command, add_taxonomy, model_folder


def add(commands: "argparse._SubParsersAction") -> None:
    """Add the command."""
    examples = [
        "cyberclass train ours.jsonl eurepoc.jsonl --weight eurepoc=0.5 -o models/ours",
        "cyberclass train ours.jsonl --base default -o models/ours",
        "cyberclass train ours.jsonl --taxonomy labels.toml -o models/ours",
        "cyberclass train ours.jsonl --learning-curve curve.svg",
    ]
    command = add_command(
        commands, "train", "learn a model from labelled reports, and say how good it is", examples, train
    )
    command.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="labelled reports, as evaluate takes them")
    command.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="folder to write the model to")
    command.add_argument(
        "--base", type=Path, metavar="MODEL", help="learn from this model's training documents, too, at a lower weight"
    )
    command.add_argument(
        "--weight",
        action="append",
        default=[],
        metavar="SOURCE=W",
        help="how much a document of a source counts (default: 1); may be given again",
    )
    add_taxonomy(command)
    command.add_argument(
        "--hold-out", type=float, metavar="SHARE", help="share of incidents to keep for the figures, such as 0.2"
    )
    command.add_argument("--search", action="store_true", help="try several settings and take the best; takes longer")
    command.add_argument(
        "--learning-curve",
        type=Path,
        metavar="FILE",
        help="draw how good models of fewer documents are, as .svg, .png or .pdf, and say if more would help",
    )


def train(arguments: argparse.Namespace) -> int:
    """Train a model, draw its learning curve, or both."""
    from cyberclass.evaluation.drawing import check_drawing
    from cyberclass.evaluation.pictures import check_ending
    from cyberclass.model.store import check_free, default_model
    from cyberclass.training.curve_plot import draw_curve
    from cyberclass.training.learning_curve import learning_curve, summarise
    from cyberclass.training.material import gather
    from cyberclass.training.terminal import Steps, print_curve, print_training
    from cyberclass.training.trainer import save_training, train_model

    if not (arguments.output or arguments.learning_curve):
        arguments.misused("found nothing to make; expected --output FOLDER, --learning-curve FILE, or both.")
    if not arguments.output and (arguments.search or arguments.hold_out is not None):
        arguments.misused("--search and --hold-out go with a model to write; expected --output FOLDER.")
    if arguments.output:
        check_free(arguments.output)
    if arguments.learning_curve:
        check_ending(arguments.learning_curve)
        check_drawing()
    base = model_folder(arguments.base) if arguments.base else None
    training = curve = None
    with Steps() as steps:
        steps("reading documents", 0.0)
        material = gather(
            arguments.paths,
            taxonomy=arguments.taxonomy,
            weights=_source_weights(arguments.weight, arguments.misused),
            base=base,
        )
        # The curve asks more of the documents, and says so at once; nothing is written before both are there.
        if arguments.learning_curve:
            curve = learning_curve(material, n_jobs=-1, progress=steps)
        if arguments.output:
            training = train_model(
                material,
                searched=arguments.search,
                hold_out=arguments.hold_out,
                other=base or default_model(),
                n_jobs=-1,
                progress=steps,
            )
    if training is not None:
        save_training(training, arguments.output)
        print_training(training)
    if curve is not None:
        draw_curve(curve, arguments.learning_curve)
        print_curve(summarise(curve))
    for path in filter(None, (arguments.output, arguments.learning_curve)):
        print(f"Written: {path}")
    return 0


def _source_weights(given: list[str], misused: Callable[[str], NoReturn]) -> dict[str, float]:
    weights = {}
    for each in given:
        source, _, weight = each.rpartition("=")
        try:
            weights[source] = float(weight)
        except ValueError:
            misused(f"--weight: found {each!r}; expected a source and a number, as in eurepoc=0.5.")
    return weights
