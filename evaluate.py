"""Evaluate a model on labelled documents: the same as `cyberclass evaluate`."""

import sys

from cyberclass.cli import main

if __name__ == "__main__":
    sys.exit(main(["evaluate", *sys.argv[1:]]))
