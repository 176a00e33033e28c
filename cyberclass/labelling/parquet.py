"""Writer of Parquet files."""

from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow
from pyarrow import parquet

from cyberclass.labelling.values import cell_text, is_missing, json_text, values_of
from cyberclass.labelling.writer import ReportWriter
from cyberclass.text.blocks import merge_columns

#: Sets of Python types for which Arrow has one type; other mixtures become text.
_NATIVE = ({bool}, {int}, {float}, {int, float}, {date}, {datetime}, {pd.Timestamp}, {Decimal}, {bytes})


class ParquetWriter(ReportWriter):
    """Writes one Parquet file; see `ReportWriter`.

    Columns of objects are typed by what they hold; what has no one type, and what is nested, becomes text (JSON).
    A column that holds nothing is one of text, so that a folder of files reads as one table.
    When a later frame does not fit the columns so far, a further temporary file is begun, and all are
    joined at the end.
    """

    def _open(self, part: Path) -> None:
        self._schema = pyarrow.schema([])
        #: Columns that held nothing so far, whose type is that of the first value.
        self._empty: set[str] = set()
        self._writer: parquet.ParquetWriter | None = None

    def _write(self, frame: pd.DataFrame) -> None:
        self._write_table(pyarrow.table({name: _arrow_column(frame[name]) for name in frame.columns}))

    def _append(self, part: Path) -> None:
        with part.open("rb") as content, parquet.ParquetFile(content) as file:
            merge_columns(self.columns, file.schema_arrow.names)
            for group in range(file.num_row_groups):
                self._write_table(file.read_row_group(group))

    def _write_table(self, table: pyarrow.Table) -> None:
        schema = self._joint_schema(table)
        if self._writer is None or schema != self._schema:
            part = self._parts[-1] if self._writer is None else self._new_part()
            self._close()
            self._schema = schema
            self._writer = parquet.ParquetWriter(part, schema, compression="zstd")
        self._writer.write_table(_fit(table, schema))

    def _joint_schema(self, table: pyarrow.Table) -> pyarrow.Schema:
        """Add a table's columns to the schema, and widen the types that do not hold its values."""
        schema = self._schema
        for field in table.schema:
            place = schema.get_field_index(field.name)
            is_empty = table[field.name].null_count == len(table)
            if place < 0:
                schema = schema.append(field)
            elif not is_empty:
                known = field.type if field.name in self._empty else schema.field(place).type
                schema = schema.set(place, field.with_type(_joint_type(known, field.type)))
            if not is_empty:
                self._empty.discard(field.name)
            elif place < 0 and pyarrow.types.is_string(field.type):
                self._empty.add(field.name)
        while (misfit := _misfit(table, schema)) is not None:
            schema = schema.set(misfit, schema.field(misfit).with_type(pyarrow.string()))
        return schema

    def _finish(self) -> Path:
        self._close()
        if len(self._parts) == 1:
            return self._parts[0]
        schema = pyarrow.schema([self._schema.field(name) for name in self.columns])
        narrow, wide = list(self._parts), self._new_part()
        while (misfit := _join(narrow, wide, schema)) is not None:
            schema = schema.set(misfit, schema.field(misfit).with_type(pyarrow.string()))
        return wide

    def _close(self) -> None:
        # One that could not be closed, since the disk is full, cannot be closed again.
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()


def _join(narrow: list[Path], wide: Path, schema: pyarrow.Schema) -> int | None:
    """Copy tables into one; return the place of a column with a value its type cannot hold, if there is one."""
    with parquet.ParquetWriter(wide, schema, compression="zstd") as writer:
        for part in narrow:
            with parquet.ParquetFile(part) as file:
                for batch in file.iter_batches():
                    table = pyarrow.table(batch)
                    if (misfit := _misfit(table, schema)) is not None:
                        return misfit
                    writer.write_table(_fit(table, schema))
    return None


def _arrow_column(column: pd.Series) -> Any:
    if column.dtype != object:
        array = pyarrow.array(column, from_pandas=True)
        kind = array.type
        if pyarrow.types.is_dictionary(kind):
            kind = kind.value_type
        is_text = pyarrow.types.is_large_string(kind) or pyarrow.types.is_null(kind)
        return array.cast(pyarrow.string() if is_text else kind)
    values = [None if is_missing(value) else value for value in values_of(column)]
    kinds = set(map(type, values)) - {type(None)}
    if kinds in _NATIVE:
        # Arrow refuses an integer that its type, or a floating-point number beside it, cannot hold.
        with suppress(pyarrow.ArrowException, OverflowError):
            return pyarrow.array(values)
    return _text_column(values)


def _text_column(values: list[Any]) -> Any:
    texts = [value if value is None or isinstance(value, str) else _bare_text(value) for value in values]
    try:
        return pyarrow.array(texts, pyarrow.string())
    except UnicodeEncodeError:  # of lone surrogates
        return pyarrow.array([text and text.encode("utf-8", "replace").decode() for text in texts], pyarrow.string())


def _bare_text(value: Any) -> str:
    text = cell_text(value)
    return text if isinstance(text, str) else json_text(text)


def _joint_type(one: pyarrow.DataType, other: pyarrow.DataType) -> pyarrow.DataType:
    types = pyarrow.types
    if one == other:
        return one
    if types.is_integer(one) and types.is_integer(other):
        return pyarrow.int64()
    if all(types.is_integer(kind) or types.is_floating(kind) for kind in (one, other)):
        return pyarrow.float64()
    return pyarrow.string()


def _misfit(table: pyarrow.Table, schema: pyarrow.Schema) -> int | None:
    for name in table.column_names:
        place = schema.get_field_index(name)
        kind = schema.field(place).type
        if kind != table[name].type and not pyarrow.types.is_string(kind):
            try:
                table[name].cast(kind)
            except pyarrow.ArrowException:
                return place
    return None


def _fit(table: pyarrow.Table, schema: pyarrow.Schema) -> pyarrow.Table:
    columns = []
    for field in schema:
        if field.name not in table.column_names:
            columns.append(pyarrow.nulls(len(table), field.type))
        elif pyarrow.types.is_string(field.type) and table[field.name].type != field.type:
            columns.append(_text_column(table[field.name].to_pylist()).cast(field.type))
        else:
            columns.append(table[field.name].cast(field.type))
    return pyarrow.table(columns, schema=schema)
