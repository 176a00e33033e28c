"""TOML files that a user writes."""

import tomllib
from pathlib import Path
from typing import Any

from cyberclass.errors import CorpusError


def read_toml(path: str | Path, expected: str, remedy: str) -> dict[str, Any]:
    """Read a TOML file.

    Parameters
    ----------
    path : str or Path
    expected : str
        What it should hold, to complete "expected ... as TOML".
    remedy : str
        What to do if it is no TOML.

    Raises
    ------
    CorpusError
        If it cannot be read, or is no TOML.
    """
    try:
        found: dict[str, Any] = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); expected {expected} as TOML.") from error
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{path}: is no TOML ({error}); {remedy}.") from error
    return found
