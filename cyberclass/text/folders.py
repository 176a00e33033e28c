"""Where reports lie: one file, a folder of files, or a pattern of file names."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cyberclass.errors import ReportError

#: Endings of files that hold one report a row.
TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".xlsx")

#: Endings of files that are one report each.
PAGES = (".txt", ".md", ".html", ".htm", ".pdf", ".docx")


@dataclass(frozen=True)
class ReportFiles:
    """Files of one kind, in the order they are read."""

    paths: list[Path]
    #: Folder that names in the output are relative to.
    base: Path
    #: Whether each file holds one report a row; otherwise each is one report.
    tabular: bool

    def name(self, path: Path) -> str:
        """Name a file relative to `base`, with forward slashes, fit for UTF-8."""
        return path.relative_to(self.base).as_posix().encode("utf-8", "replace").decode("utf-8")


def find_reports(source: str | Path) -> ReportFiles:
    """Find the files that a path, a folder or a pattern stands for.

    Parameters
    ----------
    source : str or Path
        A file; a folder, of which the pages in it and below it are taken; or a pattern such as
        ``news/*.csv`` (``**`` for any folders), if no file has that name. Hidden files and files with
        other endings are passed over.

    Returns
    -------
    ReportFiles
        Sorted by path.

    Raises
    ------
    ReportError
        If there is no such file, or none with an ending of `TABLES` or `PAGES`, or a pattern matches tables
        of several kinds.
    """
    path = Path(source)
    try:
        is_folder, exists = path.is_dir(), path.exists()
    except OSError as error:
        raise ReportError(f"{str(path)[:200]}: cannot be opened ({error.strerror}); check the path.") from error
    if is_folder:
        return _in_folder(path)
    if exists:
        if _kind(path) not in TABLES + PAGES:
            raise ReportError(f"{path}: found a file ending in {path.suffix!r}; expected {_list(TABLES + PAGES)}.")
        return ReportFiles([path], path.parent, _kind(path) in TABLES)
    if set("*?[") & set(str(source)):
        return _by_pattern(path)
    raise ReportError(f"{path}: no such file or folder; check the path.")


def _in_folder(folder: Path) -> ReportFiles:
    files = _visible(folder.rglob("*"), folder)
    if pages := [path for path in files if _kind(path) in PAGES]:
        return ReportFiles(pages, folder, tabular=False)
    found = f"no file ending in {_list(PAGES)}"
    tables = sorted({_kind(path) for path in files} & set(TABLES))
    if tables:
        raise ReportError(
            f"{folder}: found {found}, only tables ({', '.join(tables)}); "
            f"name one of them, or a pattern such as {str(folder / ('*' + tables[0]))!r}."
        )
    raise ReportError(f"{folder}: found {found}; a folder of reports holds one report a file.")


def _by_pattern(pattern: Path) -> ReportFiles:
    fixed = 0
    while not set("*?[") & set(pattern.parts[fixed]):
        fixed += 1
    base = Path(*pattern.parts[:fixed])
    files = _visible(base.glob(str(Path(*pattern.parts[fixed:]))), base)
    paths = [path for path in files if _kind(path) in TABLES + PAGES]
    if not paths:
        raise ReportError(f"{pattern}: no file matches that ends in {_list(TABLES + PAGES)}.")
    tables = {_kind(path).replace(".ndjson", ".jsonl") for path in paths} & set(TABLES)
    if len(tables) > 1 or (tables and any(_kind(path) in PAGES for path in paths)):
        found = sorted({_kind(path) for path in paths})
        raise ReportError(
            f"{pattern}: matches files of several kinds ({', '.join(found)}); "
            "narrow the pattern to one kind of table, or to reports of one file each."
        )
    return ReportFiles(paths, base, bool(tables))


def _visible(paths: Iterable[Path], base: Path) -> list[Path]:
    # "~$": the lock file that Word and Excel leave beside an open document.
    return sorted(
        path
        for path in paths
        if path.is_file() and not any(part.startswith((".", "~$")) for part in path.relative_to(base).parts)
    )


def _kind(path: Path) -> str:
    return path.suffix.lower()


def _list(endings: tuple[str, ...]) -> str:
    return f"{', '.join(endings[:-1])} or {endings[-1]}"
