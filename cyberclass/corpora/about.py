"""What a corpus says of itself, in a file beside its documents: its licence, and its labels if they are its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cyberclass.corpora.toml import read_toml
from cyberclass.errors import CorpusError
from cyberclass.taxonomy import CODEBOOK, NO_DOMAIN, UNDETERMINED, Taxonomy, taxonomy_of
from cyberclass.text.batches import find_column
from cyberclass.text.readers import read_table

#: The file's name, in a folder of documents.
ABOUT = "corpus.toml"

#: In the place of a taxonomy's file: the labels that occur.
FROM_DOCUMENTS = "corpus"

#: Columns that name labels, and of which kind.
_LABELLED = {
    "motivation": "motivations",
    "motivation_secondary": "motivations",
    "impact": "impacts",
    "impact_coded": "impacts",
}


@dataclass(frozen=True)
class About:
    """What a corpus says of itself.

    Attributes
    ----------
    licence : str
        "" where it says nothing.
    taxonomy : Taxonomy or None
        None where its labels are those of the codebook.
    """

    licence: str = ""
    taxonomy: Taxonomy | None = None


def read_about(path: str | Path) -> About:
    """Read what a corpus says of itself.

    Parameters
    ----------
    path : str or Path
        A TOML file: ``licence``, a string, and the tables ``[motivations]`` and ``[impacts]``, which have labels and
        what they mean, in the order that tables shall have them. Each may be missing.

    Raises
    ------
    CorpusError
        If it cannot be read, or holds something else.
    """
    found = read_toml(path, "labels", "expected tables [motivations] and [impacts]")
    licence = found.pop("licence", "")
    if not isinstance(licence, str):
        raise CorpusError(f"{path}: found the licence {licence!r}; expected a string.")
    try:
        return About(licence, taxonomy_of(found) if found else None)
    except CorpusError as error:
        raise CorpusError(f"{path}: {error}") from error


def find_taxonomy(paths: Sequence[str | Path], named: str | Path | None = None) -> Taxonomy:
    """Find the labels that documents may have.

    Parameters
    ----------
    paths : sequence of str or Path
        Files and folders of labelled documents.
    named : str or Path, optional
        A TOML file as `read_about` reads it, or "corpus" for the labels that occur in the documents. If None, what the
        folders say of themselves, or else the codebook's.

    Raises
    ------
    CorpusError
        If folders have different labels, or there are none.
    """
    if str(named) == FROM_DOCUMENTS and not Path(FROM_DOCUMENTS).is_file():
        return _labels_in(paths)
    if named is not None:
        taxonomy = read_about(named).taxonomy
        if taxonomy is None:
            raise CorpusError(f"{named}: found no labels; expected tables [motivations] and [impacts].")
        return taxonomy
    abouts = [path / ABOUT for path in map(Path, paths) if _stands(path / ABOUT)]
    taxonomies = {path: read_about(path).taxonomy or CODEBOOK for path in abouts}
    for path, taxonomy in taxonomies.items():
        if taxonomy != taxonomies[abouts[0]]:
            raise CorpusError(
                f"{path}: has other labels than {abouts[0]}; expected corpora of one taxonomy: name it with --taxonomy."
            )
    return taxonomies[abouts[0]] if abouts else CODEBOOK


def _labels_in(paths: Sequence[str | Path]) -> Taxonomy:
    found: dict[str, set[str]] = {"motivations": set(), "impacts": set()}
    for path in map(Path, paths):
        for file in sorted(path.glob("*.jsonl")) if path.is_dir() else [path]:
            for block in read_table(file):
                for name, labels in _LABELLED.items():
                    if column := find_column(block.frame.columns, (name,)):
                        found[labels].update(label for cell in block.frame[column] for label in _labels_of(cell))
    known = {UNDETERMINED, NO_DOMAIN}
    return Taxonomy(tuple(sorted(found["motivations"] - known)), tuple(sorted(found["impacts"] - known)))


def _labels_of(cell: Any) -> list[str]:
    given = cell if isinstance(cell, list) else str(cell).split(";") if isinstance(cell, str) else []
    return [label for each in given if (label := str(each).strip())]


def _stands(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # Who reads the documents says what is wrong with their path.
        return False
