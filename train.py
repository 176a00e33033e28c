"""Train a model on labelled documents, and say how good it is on those it has not seen."""

import argparse
import sys
from pathlib import Path


def main() -> None:
    """Parse arguments, train, save, print one summary."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="example: python train.py corpus/ --output models/default",
    )
    parser.add_argument(
        "corpus", nargs="+", type=Path, help="JSON Lines files of labelled documents, or folders of them"
    )
    parser.add_argument("--output", required=True, type=Path, help="folder to write the model to")
    arguments = parser.parse_args()

    from cyberclass.errors import CyberclassError

    try:
        summary = train(arguments.corpus, arguments.output)
    except CyberclassError as error:
        sys.exit(f"train.py: {error}")
    print(summary)


def train(paths: list[Path], output: Path) -> str:
    """Train on all documents and save the model; return its card as text."""
    from cyberclass.corpora.documents import read_corpus, texts_of
    from cyberclass.corpora.duplicates import incidents_of
    from cyberclass.corpora.sufficiency import check_motivations
    from cyberclass.evaluation.measures import measure
    from cyberclass.model.card import describe, write_readme
    from cyberclass.model.classifier import IncidentClassifier
    from cyberclass.model.store import check_free, save_model

    check_free(output)
    frame = read_corpus(paths)
    check_motivations(frame)
    texts = texts_of(frame)
    model = IncidentClassifier(n_jobs=-1).fit(texts, frame, groups=incidents_of(frame))
    card = describe(model, frame, output.name, measure(frame, model.out_of_fold_))
    save_model(model, output, card, [*texts, *frame["text"]])
    return write_readme(card)


if __name__ == "__main__":
    main()
