"""Where reports lie: one file, a folder of files, or a pattern of file names."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cyberclass.errors import ReportError
from cyberclass.text.compressed import kind_of
from cyberclass.text.places import is_remote, place_of, told

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


def find_reports(source: str | Path | Sequence[str | Path], apart: Path | None = None) -> ReportFiles:
    """Find the files that a path, a folder or a pattern stands for.

    Parameters
    ----------
    source : str or Path, or a sequence of them
        A file; a folder, of which the pages in it and below it are taken, or the tables if there are no pages; or a
        pattern such as ``news/*.csv`` (``**`` for any folders), if no file has that name. Hidden files and files with
        other endings are passed over. Of several, the files of each in turn, each file once.
    apart : Path, optional
        Folder to write to: what lies in it is left out of the folders and patterns that hold it.

    Returns
    -------
    ReportFiles
        Sorted by path.

    Raises
    ------
    ReportError
        If there is no such file, or none with an ending of `TABLES` or `PAGES`, or there are tables of several
        kinds.
    """
    if not isinstance(source, (str, Path)):
        return _find_all(source, apart)
    path = place_of(source)
    with told(path):
        return _find_at(path, source, apart)


def _find_at(path: Path, source: str | Path, apart: Path | None) -> ReportFiles:
    if is_remote(path) and kind_of(path) in TABLES + PAGES and path.is_file():
        # Of a web address it would have to be read, to see that it is no folder.
        return ReportFiles([path], path.parent, kind_of(path) in TABLES)
    try:
        is_folder, exists = path.is_dir(), path.exists()
    except OSError as error:
        raise ReportError(f"{str(path)[:200]}: cannot be opened ({error.strerror}); check the path.") from error
    if is_folder:
        return _in_folder(path, apart)
    if exists:
        if kind_of(path) not in TABLES + PAGES:
            raise ReportError(f"{path}: found a file ending in {path.suffix!r}; expected {_list(TABLES + PAGES)}.")
        return ReportFiles([path], path.parent, kind_of(path) in TABLES)
    if set("*?[") & set(str(source)):
        return _by_pattern(path, str(source), apart)
    raise ReportError(f"{path}: no such file or folder; check the path.")


def _in_folder(folder: Path, apart: Path | None) -> ReportFiles:
    files = _visible(folder.rglob("*"), folder, apart)
    if pages := [path for path in files if kind_of(path) in PAGES]:
        return ReportFiles(pages, folder, tabular=False)
    # "_": what Arrow, Dask and Spark pass over in a folder of tables, and we put beside them.
    tables = [path for path in files if kind_of(path) in TABLES and not _is_aside(path.relative_to(folder))]
    if not tables:
        raise ReportError(f"{folder}: found no file ending in {_list(PAGES + TABLES)}; expected pages, or tables.")
    kinds = _kinds(tables)
    if len(kinds) > 1:
        raise ReportError(
            f"{folder}: found tables of several kinds ({', '.join(sorted(kinds))}); "
            f"name one, or a pattern such as {str(folder / ('*' + min(kinds)))!r}."
        )
    return ReportFiles(tables, folder, tabular=True)


def _by_pattern(pattern: Path, source: str, apart: Path | None) -> ReportFiles:
    if is_remote(pattern):
        start = source.rindex("/", 0, min(source.find(mark) % len(source) for mark in "*?[")) + 1
        base, rest = place_of(source[:start]), source[start:]
    else:
        fixed = 0
        while not set("*?[") & set(pattern.parts[fixed]):
            fixed += 1
        base, rest = Path(*pattern.parts[:fixed]), str(Path(*pattern.parts[fixed:]))
    files = _visible(base.glob(rest), base, apart)
    paths = [path for path in files if kind_of(path) in TABLES + PAGES]
    if not paths:
        raise ReportError(f"{pattern}: no file matches that ends in {_list(TABLES + PAGES)}.")
    _check_kinds(pattern, paths)
    return ReportFiles(paths, base, bool(_kinds(paths)))


def _find_all(sources: Sequence[str | Path], apart: Path | None) -> ReportFiles:
    if not sources:
        raise ReportError("found no source; expected a file, a folder or a pattern.")
    found = [find_reports(source, apart) for source in sources]
    if len(found) == 1:
        return found[0]
    bases = [files.base for files in found]
    if not any(map(is_remote, bases)) and (
        any(".." in base.parts for base in bases) or len({base.is_absolute() for base in bases}) > 1
    ):
        # Names below a folder in common need paths that can be compared.
        found = list(map(_resolved, found))
    paths = list(dict.fromkeys(path for files in found for path in files.paths))
    _check_kinds(f"{sources[0]} and {len(sources) - 1} more", paths)
    return ReportFiles(paths, _common([files.base for files in found]), found[0].tabular)


def _common(folders: Sequence[Path]) -> Path:
    """Find the folder that all lie in; what is relative stays so if all are."""
    if any(map(is_remote, folders)):
        above = [[folder, *folder.parents] for folder in folders]
        common = next((folder for folder in above[0] if all(folder in others for others in above)), None)
        if common is None:
            raise ReportError(f"{folders[0]} and others: have no folder in common; expected reports of one store.")
        return common
    try:
        return Path(os.path.commonpath(folders))
    except ValueError as error:
        raise ReportError(
            f"{folders[0]} and others: have no folder in common; expected reports of one drive."
        ) from error


def _resolved(files: ReportFiles) -> ReportFiles:
    base = files.base.resolve()
    return ReportFiles([base / path.relative_to(files.base) for path in files.paths], base, files.tabular)


def _check_kinds(source: object, paths: Sequence[Path]) -> None:
    tables = _kinds(paths)
    if len(tables) > 1 or (tables and any(kind_of(path) in PAGES for path in paths)):
        found = sorted({kind_of(path) for path in paths})
        raise ReportError(
            f"{source}: matches files of several kinds ({', '.join(found)}); "
            "narrow the pattern to one kind of table, or to reports of one file each."
        )


def _kinds(paths: Iterable[Path]) -> set[str]:
    return {kind_of(path).replace(".ndjson", ".jsonl") for path in paths} & set(TABLES)


def _is_aside(path: Path) -> bool:
    return any(part.startswith("_") for part in path.parts)


def _visible(paths: Iterable[Path], base: Path, apart: Path | None) -> list[Path]:
    # "~$": the lock file that Word and Excel leave beside an open document.
    found = sorted(
        path
        for path in paths
        if path.is_file() and not any(part.startswith((".", "~$")) for part in path.relative_to(base).parts)
    )
    if apart is None or is_remote(apart) != is_remote(base):
        return found
    folder, whole = apart.resolve(), base.resolve()
    if whole not in folder.parents:
        return found
    inner = base / folder.relative_to(whole)
    return [path for path in found if inner not in path.parents]


def _list(endings: tuple[str, ...]) -> str:
    return f"{', '.join(endings[:-1])} or {endings[-1]}"
