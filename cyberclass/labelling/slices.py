"""Reports cut into slices, which are read one without another, and these into parts, which are written so."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from cyberclass.errors import ReportError
from cyberclass.text.batches import Batch
from cyberclass.text.compressed import kind_of
from cyberclass.text.folders import ReportFiles
from cyberclass.text.places import size_of
from cyberclass.text.readers import read_files

T = TypeVar("T")

#: Bytes from which on a table is cut into several parts, a run is kept part by part, and further processes pay for
#: their start, of a second or two.
LARGE_BYTES = 64 << 20

#: Batches a part of a large table.
PART_BATCHES = 25

#: Rows that make a slice of whole row groups; if one holds many times as many, a file is read as a stream.
SLICE_ROWS, MOST_SLICE_ROWS = 25_000, 100_000

#: Pages a slice.
SLICE_PAGES = 1000


@dataclass(frozen=True)
class Slice:
    """Some pages, a table, or some row groups of one."""

    #: What its parts are called: the file's name below the folder that all have in common.
    name: str
    files: ReportFiles
    #: Bytes of the files, or the share of them that this is.
    size: float
    #: The first and the number of the row groups, and the rows before; None for all.
    groups: tuple[int, int, int] | None = None
    #: Place among the parts of a file; None if the file is one part.
    number: int | None = None
    #: Whether its parts are `PART_BATCHES` batches each, numbered from 0.
    is_long: bool = False
    #: Whether rejects tell the file, since there are several.
    is_one_of_many: bool = False

    @property
    def source(self) -> Path:
        """What errors name: the table, or the folder of the pages."""
        return self.files.paths[0] if self.files.tabular else self.files.base

    def part_names(self, ending: str | None) -> Iterator[str]:
        """Name the parts, in turn and without end; with another ending than the file's if one is given."""
        stem, own = (self.name, ending) if ending else _split(self.name)
        if not self.is_long:
            yield f"{stem}{own}" if self.number is None else f"{stem}.{self.number:05d}{own}"
            return
        number = 0
        while True:
            yield f"{stem}.{number:05d}{own}"
            number += 1

    def may_make(self, name: str, ending: str | None) -> bool:
        """Tell whether a part of it may have a name."""
        if not self.is_long:
            return name == next(self.part_names(ending))
        stem, own = (self.name, ending) if ending else _split(self.name)
        return re.fullmatch(rf"{re.escape(stem)}\.\d{{5,}}{re.escape(own)}", name) is not None

    def batches(
        self, text_column: str | None, batch_size: int, by_section: bool
    ) -> Iterator[tuple[int, Batch, bool, bool]]:
        """Read the slice: the place of a part, a batch of it, whether it ends the part, and whether the slice."""
        found = read_files(
            self.files,
            text_column,
            batch_size,
            groups=self.groups,
            names_files=self.is_one_of_many,
            by_section=by_section,
        )
        for place, (batch, is_last) in enumerate(_with_last(found)):
            number, rest = divmod(place, PART_BATCHES) if self.is_long else (0, 0)
            yield number, batch, is_last or (self.is_long and rest == PART_BATCHES - 1), is_last


def cut(files: ReportFiles, ending: str | None = None) -> list[Slice]:
    """Cut reports into slices.

    Parameters
    ----------
    files : ReportFiles
    ending : str, optional
        Of the parts; None for that of the file each is made of.

    Returns
    -------
    list of Slice
        In the order of the reports; the same for the same files, whatever comes before or after them.

    Raises
    ------
    ReportError
        If parts of two files would have the same name or one would lie outside of its folder, or a Parquet file cannot
        be read.
    """
    if not files.tabular:
        return list(_cut_pages(files))
    many = len(files.paths) > 1
    for path in files.paths:
        if Path(name := files.name(path)).is_absolute() or ".." in Path(name).parts:
            raise ReportError(
                f"{path}: is called {name} below {files.base}, so its part would lie outside of the folder to write "
                "to; expected a path without '..'."
            )
    slices = [replace(each, is_one_of_many=many) for path in files.paths for each in _cut_table(files, path)]
    _check_names(slices, ending)
    return slices


def _cut_pages(files: ReportFiles) -> Iterator[Slice]:
    for number, start in enumerate(range(0, len(files.paths), SLICE_PAGES)):
        some = replace(files, paths=files.paths[start : start + SLICE_PAGES])
        size = sum(size_of(path) for path in some.paths)
        yield Slice("pages.csv", some, size, number=number)


def _cut_table(files: ReportFiles, path: Path) -> Iterator[Slice]:
    whole = Slice(files.name(path), replace(files, paths=[path]), size_of(path))
    if kind_of(path) == ".xlsx" or (whole.size < LARGE_BYTES and kind_of(path) != ".parquet"):
        yield whole
        return
    if kind_of(path) != ".parquet":
        yield replace(whole, is_long=True)
        return
    from cyberclass.text.sheets import rows_of_groups

    rows = rows_of_groups(path)
    total = sum(rows)
    if total <= SLICE_ROWS:
        yield whole
    elif max(rows) > MOST_SLICE_ROWS:
        yield replace(whole, is_long=True)
    else:
        first = number = before = held = 0
        for group, count in enumerate(rows):
            held += count
            if held >= SLICE_ROWS or group == len(rows) - 1:
                span = (first, group + 1 - first, before)
                yield replace(whole, groups=span, number=number, size=whole.size * held / total)
                first, number, before = group + 1, number + 1, before + held
                held = 0


def _check_names(slices: list[Slice], ending: str | None) -> None:
    known: dict[str, Slice] = {}
    for each in slices:
        # Two long ones clash in all names or in none.
        name = next(each.part_names(ending))
        if (other := known.setdefault(name, each)) is not each:
            raise _clash(each, name, other)
    for each in slices:
        if each.is_long:
            for name, other in known.items():
                if other is not each and each.may_make(name, ending):
                    raise _clash(each, name, other)


def _clash(one: Slice, name: str, other: Slice) -> ReportError:
    first, second = one.files.paths[0], other.files.paths[0]
    return ReportError(
        f"{first}: its parts would have the name of {name}, which is made of {second}; rename one of them."
    )


def _split(name: str) -> tuple[str, str]:
    """Part a file's name from the ending that a part of it has."""
    kind = kind_of(Path(name))
    ending = name[name.lower().rindex(kind) :]
    return name.removesuffix(ending), ".jsonl" if kind == ".json" else ending


def _with_last(items: Iterable[T]) -> Iterator[tuple[T, bool]]:
    iterator = iter(items)
    for item in iterator:
        for following in iterator:
            yield item, False
            item = following
        yield item, True
