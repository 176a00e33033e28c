"""A folder that looks like a clone, in which commands of pages are run as a reader would."""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from cyberclass.cli import main

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
    # To start processes takes longer than to learn from so little.
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "LOKY_MAX_CPU_COUNT": "1", **others}


def run_shell(script, folder, environment):
    """Run a script in a shell of its own; give what it printed."""
    done = subprocess.run(
        ["sh", "-e"], input=script, cwd=folder, env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def run_script(script, folder, environment):
    """Run a script, its lines of `cyberclass` alone in this process, which need not load everything anew.

    What they find in the environment is this process's own.
    """
    # Every other part is such a line; one that pipes or redirects is the shell's.
    parts = re.split(r"^(cyberclass [^\n|<>&;$]*)$", script, flags=re.MULTILINE)
    printed = []
    for place, part in enumerate(parts):
        if place % 2:
            printed.append(_run_line(part, folder))
        elif part.strip():
            printed.append(run_shell(part, folder, environment))
    return "".join(printed)


def _run_line(line, folder):
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.chdir(folder), contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        code = main(shlex.split(line)[1:])
    printed = output.buffer.getvalue().decode()
    assert code == 0, f"{line}\n{printed}"
    return printed
