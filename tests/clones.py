"""A folder that looks like a clone, in which commands of pages are run as a reader would."""

import os
import shlex
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def make_clone(folder):
    """Lay out a clone, with `cyberclass` and `python` in its folder bin."""
    for name in ("corpus", "examples", "cyberclass", "train.py", "evaluate.py"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "models").mkdir()
    (folder / "models" / "default").symlink_to(ROOT / "models" / "default")
    tools = folder / "bin"
    tools.mkdir()
    # A link to an environment's Python would not find the environment.
    python = f"exec {shlex.quote(sys.executable)}"
    code = "import sys; from cyberclass.cli import main; sys.exit(main())"
    for name, line in (("python", f'{python} "$@"'), ("cyberclass", f'{python} -c "{code}" "$@"')):
        (tools / name).write_text(f"#!/bin/sh\n{line}\n")
        (tools / name).chmod(0o755)
    return folder


def environment_of(clone, **others):
    """Give the environment of commands that are run in a clone."""
    path = f"{clone / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), **others}
