"""Whether a corpus holds enough to learn from."""

import pandas as pd

from cyberclass.errors import CorpusError
from cyberclass.taxonomy import CODEBOOK, Taxonomy


def check_motivations(frame: pd.DataFrame, taxonomy: Taxonomy = CODEBOOK) -> None:
    """Check that there are motivations to tell apart.

    Parameters
    ----------
    frame : DataFrame
        As `documents.read_corpus` returns it.
    taxonomy : Taxonomy
        One without motivations asks for none.

    Raises
    ------
    CorpusError
        If documents of incidents have fewer than two motivations ("undetermined" is none).
    """
    if not taxonomy.motivations:
        return
    given = set(frame.loc[frame["is_incident"], "motivation"])
    found = [label for label in taxonomy.motivations if label in given]
    if len(found) < 2:
        what = f"one motivation, {found[0]!r}" if found else "no document with a motivation"
        raise CorpusError(
            f"The corpus has {what}; a model learns to tell two or more apart: add documents of others among "
            f"{', '.join(taxonomy.motivations)}."
        )
