"""Train a model on labelled documents: the same as `cyberclass train`."""

import sys

from cyberclass.cli import main

if __name__ == "__main__":
    sys.exit(main(["train", *sys.argv[1:]]))
