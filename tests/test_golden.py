"""The default model says today what it said when its labels were last accepted."""

import importlib.util
import json
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[1]

#: Rounding to four decimals may fall either way.
NEARLY = 2e-4


def tool():
    spec = importlib.util.spec_from_file_location("accept_golden", ROOT / "tools" / "accept_golden.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_probabilities_are_those_that_were_accepted():
    golden = tool()
    accepted = pd.DataFrame.from_dict(json.loads(golden.GOLDEN.read_text(encoding="utf-8")), orient="index")
    found = golden.probabilities()
    assert found.shape == accepted.shape
    changed = (found - accepted.loc[found.index, found.columns]).stack()
    changed = changed[changed.abs() > NEARLY].sort_values(key=abs, ascending=False)
    assert changed.empty, (
        f"{len(changed)} probabilities differ from those accepted; if they are meant to, run "
        f"`python tools/accept_golden.py` and commit tests/golden.json:\n{changed.head(20).to_string()}"
    )
