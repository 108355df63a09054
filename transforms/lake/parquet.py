"""Records to Parquet files and back, in the one shape that all files of a lake have.

zstd level 3, but LZ4 for texts, which are searched whole; row groups of at most 30,000 rows and 8 MB, so
that a filter reads little of the text; page index and, on the id columns, bloom filters, so that a look-up
by id reads one page; dictionaries only where values recur, since engines are slow to look into those of
texts and ids (`benchmarks/lake_queries.py`).
"""

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from newslake.schemas.tables import TABLES, arrow_schema

MAX_GROUP_ROWS = 30_000
MAX_GROUP_BYTES = 8 * 2**20
_SELDOM_RECUR = {"text", "title", "url", "canonical_url", "text_hash", "signature", "extra", "image_url",
                 "evidence", "locator", "detail", "payload", "payload_digest"}  # fmt: skip
"""Columns without a dictionary, beside the id columns: nearly each value is another."""
_FALSE_POSITIVES = 0.01
_ZSTD, _LZ4 = ("zstd", 3), ("lz4", 9)
"""Codecs, each with its level. LZ4 packs slowly at level 9, into a fifth more bytes than zstd, and is unpacked
about twice as fast."""


@cache
def code_version() -> str:
    """Return the version of newslake that writes."""
    try:
        return version("newslake")
    except PackageNotFoundError:  # run from a checkout, not installed
        return "unknown"


def stamped_schema(name: str) -> pa.Schema:
    """Return the schema of table `name`, with the version of the code that writes."""
    schema = arrow_schema(name)
    stamp = {b"newslake.version": code_version().encode()}
    return schema.with_metadata({**schema.metadata, **stamp})


def to_arrow(name: str, rows: Sequence[Any], run_id: str) -> pa.Table:
    """Return the records `rows` as a table with the schema of table `name`, in the order given.

    Raises:
        ValueError: a row has no value where the schema wants one.
    """
    schema = stamped_schema(name)
    columns = [
        pa.array([_plain(getattr(row, column.name)) for row in rows], column.type)
        for column in schema
        if column.name != "run_id"
    ]
    columns.append(pa.array([run_id] * len(rows), pa.string()))
    for column, values in zip(schema, columns, strict=True):
        if values.null_count and not column.nullable:
            raise ValueError(f"{name}.{column.name} is null in {values.null_count} rows")
    return pa.Table.from_arrays(columns, schema=schema)


def _plain(value: Any) -> Any:
    """Return `value` with records as dicts, as Arrow takes them."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) else value  # type: ignore[arg-type]


def write_parquet(path: Path, name: str, table: pa.Table) -> tuple[str, int]:
    """Write `table` as a file of table `name`; return its SHA-256 in hex and its size in bytes."""
    bytes_a_row = max(1, table.nbytes // max(1, table.num_rows))
    ids = TABLES[name].id_columns
    packing = {leaf: _LZ4 if leaf == "text" else _ZSTD for leaf in _columns(name)}
    with HashingFile(path) as file:
        pq.write_table(
            table,
            file,
            row_group_size=max(1, min(MAX_GROUP_ROWS, MAX_GROUP_BYTES // bytes_a_row)),
            compression={leaf: codec for leaf, (codec, _) in packing.items()},
            compression_level={leaf: level for leaf, (_, level) in packing.items()},
            use_dictionary=list(_columns(name, without=_SELDOM_RECUR.union(ids))),
            write_page_index=True,
            sorting_columns=[
                pq.SortingColumn(table.schema.get_field_index(column), nulls_first=False)
                for column in TABLES[name].sort_key
            ],
            bloom_filter_options={
                column: {"ndv": max(1, table.num_rows), "fpp": _FALSE_POSITIVES} for column in ids
            },
        )
    return file.digest, file.size


def _columns(name: str, without: Collection[str] = ()) -> Iterator[str]:
    """Yield the columns of table `name` by their path in the file, but for those named `without`."""
    for column in arrow_schema(name):
        if column.name not in without:
            yield from _leaves(column.name, column.type)


def _leaves(path: str, kind: pa.DataType) -> Iterator[str]:
    if pa.types.is_list(kind):
        yield from _leaves(f"{path}.list.element", kind.value_type)
    elif pa.types.is_struct(kind):
        for field in kind:
            yield from _leaves(f"{path}.{field.name}", field.type)
    else:
        yield path


class HashingFile:
    """A file to write to that knows the digest of what was written, so that nobody reads it again."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self._hash = sha256()
        self.size = 0

    def write(self, chunk: bytes) -> int:
        self._hash.update(chunk)
        self.size += len(chunk)
        return self._file.write(chunk)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    @property
    def closed(self) -> bool:
        return self._file.closed

    def flush(self) -> None:
        self._file.flush()

    def tell(self) -> int:
        return self.size

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_columns(path: Path, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of one file, with these columns only."""
    return pq.ParquetFile(path).read(columns=list(columns)).to_pylist()


def prune(source: Path, target: Path, name: str, keep: Sequence[bool]) -> tuple[str, int]:
    """Write `target` with the rows of `source` that are to be kept; return as `write_parquet`."""
    table = pq.ParquetFile(source).read().filter(pa.array(list(keep), pa.bool_()))
    return write_parquet(target, name, table)
