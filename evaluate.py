"""Say how good a model's labels are on labelled documents, and whether it has seen them before."""

import argparse
import sys
from pathlib import Path


def main() -> None:
    """Parse arguments, evaluate, print one summary."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="example: python evaluate.py models/default corpus/",
    )
    parser.add_argument("model", type=Path, help="folder of a model")
    parser.add_argument("corpus", nargs="+", type=Path, help="labelled documents: JSON Lines files, or folders of them")
    arguments = parser.parse_args()

    from cyberclass.errors import CyberclassError

    try:
        summary = evaluate(arguments.model, arguments.corpus)
    except CyberclassError as error:
        sys.exit(f"evaluate.py: {error}")
    print(summary)


def evaluate(folder: Path, paths: list[Path]) -> str:
    """Label documents with a model and compare, with known names and with them masked; return the figures as text."""
    from cyberclass.corpora.documents import read_corpus
    from cyberclass.evaluation.report import evaluate_model, write_summary
    from cyberclass.model.store import load_model

    model = load_model(folder)
    return write_summary(evaluate_model(model, read_corpus(paths), folder))


if __name__ == "__main__":
    main()
