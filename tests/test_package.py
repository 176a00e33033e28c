"""What is built is what works: the wheel, away from the clone."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The built wheel, unpacked in a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", folder, ROOT]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        "cyberclass/models/default/weights.safetensors",
        "cyberclass/models/default/card.json",
        "cyberclass/text/names.tsv",
        "cyberclass/text/cues.toml",
    ],
)
def test_the_wheel_holds(unpacked, path):
    assert (unpacked / path).is_file()


@pytest.mark.slow
def test_the_wheel_labels_with_its_own_model(unpacked, tmp_path):
    code = (
        "import cyberclass, cyberclass.model.store as store;"
        "model = cyberclass.load_model();"
        "labels = model.label(['A ransomware gang encrypted the files of a hospital and wants two million.']);"
        "print(labels.assign(file=cyberclass.__file__, folder=str(store.default_model())).to_json(orient='records'))"
    )
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    (row,) = json.loads(done.stdout)
    assert row["motivation"] == "criminal"
    assert row["file"].startswith(str(unpacked))
    assert row["folder"].startswith(str(unpacked))
