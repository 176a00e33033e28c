"""The house: wings import downwards only, in no circle, and nothing imports the command line."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "cyberclass"

#: From the ground up; a wing imports from itself and from those before it.
WINGS = ("text", "corpora", "model", "evaluation", "training", "labelling", "exchange", "commands")


def modules():
    return {
        ".".join(("cyberclass", *path.relative_to(PACKAGE).with_suffix("").parts)): path
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.name != "__init__.py"
    }


def imported(path):
    """The modules of this package that a file names, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cyberclass"):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("cyberclass"))


def wing_of(name):
    parts = name.split(".")
    return parts[1] if len(parts) > 2 and parts[1] in WINGS else None


@pytest.mark.parametrize("name", modules())
def test_wings_import_downwards_only(name):
    own = wing_of(name)
    if own is None:
        return
    found = {wing_of(other) for other in imported(modules()[name]) if other in modules()} - {None}
    assert not {wing for wing in found if WINGS.index(wing) > WINGS.index(own)}


def test_no_module_imports_itself_by_others():
    names = modules()
    graph = {name: {other for other in imported(path) if other in names} for name, path in names.items()}
    assert set(TopologicalSorter(graph).static_order()) == set(names)


def test_nothing_imports_the_command_line():
    names = modules()
    assert [name for name, path in names.items() if "cyberclass.cli" in imported(path)] == []
