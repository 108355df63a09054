"""Checks that two lakes have the same rows, apart from declared renames.

    python benchmarks/same_rows.py BASE_LAKE NEW_LAKE [--renames FILE] [--examples 5] [--json]

The program reads both lakes as plain Parquet, without the code that wrote them, so they may come
from any two versions. It applies the renames in `renames.toml` to BASE_LAKE and then compares
tables, columns, types and rows in any order. It pairs rows that are in only one lake by a column
with unique values, preferably an id, so that the report can show which columns differ. Exit codes:
0: the rows are the same; 1: they differ, or a rename matches nothing; 2: wrong use.

Values that depend on a run are not compared:

- `run_id`, file names and partitions (`newslake verify` checks these);
- times within a run: all timestamps between the start and the end of a run of their lake count as
  equal. So `seen_at` is not compared for a fetched page, but it is for a record of a web archive;
- `seconds` and `wait_until` in `fetches`, `stages` in `runs`, which has CPU times;
- the version of newslake in the column `versions` of `runs`. JSON objects there are compared key by
  key.

`extractor_version` is compared. It names the libraries, rules and tables that produced a row; two
versions that differ in these need not write the same rows.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from math import isnan
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from renames import Renames, Row, WrongRenames, read_renames

RUNS = "runs"
"""The table with a row for each run; old or new name."""
RUN_COLUMNS = {
    "": ["run_id"],
    "fetches": ["seconds", "wait_until"],
    RUNS: ["versions.newslake", "stages"],
}
"""Columns that depend on a run or on the clock, by old name of the table; first, for all tables."""
DURING = "the time of a run"
MIN_UNIQUE = 0.9
"""Minimum share of distinct values in a column by which rows are paired."""
LIMITS = {"too_slow", "out_of_memory"}
"""Reject reasons, old and new names, that depend on the machine and its load."""
WIDTH = 120
"""Maximum characters of a value in an example."""
RENAMES = Path(__file__).parent / "renames.toml"


@dataclass
class Contents:
    """A table of a lake with new names."""

    types: dict[str, str]
    """Types of the columns, by name."""
    rows: list[Row]


@dataclass
class Difference:
    """The differences between two tables.

    Attributes:
        table: New name of the table.
        base: Number of rows in the base lake.
        new: Number of rows in the new lake.
        schema: Messages about differences in columns and types.
        pairs: Pairs of rows that differ, with the name of the column that pairs them.
        only_base: Rows of the base lake without a partner.
        only_new: Rows of the new lake without a partner.
        limited: Number of rejects in the base and in the new lake that exceeded a limit.
    """

    table: str
    base: int
    new: int
    schema: list[str] = field(default_factory=list)
    pairs: list[tuple[str, Row, Row]] = field(default_factory=list)
    only_base: list[Row] = field(default_factory=list)
    only_new: list[Row] = field(default_factory=list)
    limited: tuple[int, int] = (0, 0)

    def __bool__(self) -> bool:
        return bool(self.schema or self.pairs or self.only_base or self.only_new)

    @cached_property
    def columns(self) -> dict[str, list[tuple[str, Row, Row]]]:
        """The pairs that differ in a column, by column."""
        found: dict[str, list[tuple[str, Row, Row]]] = defaultdict(list)
        for pair in self.pairs:
            _, base, new = pair
            for name in sorted(base.keys() | new.keys()):
                if base.get(name) != new.get(name):
                    found[name].append(pair)
        return found


def differences(base: Path, new: Path, renames: Renames) -> Iterator[Difference]:
    """Yield the differences of each table in either lake.

    Args:
        base: The lake of the old version.
        new: The lake of the new version.
        renames: The renames between the two versions.
    """
    old_names = {renames.table(name): name for name in _tables(base)}
    new_names = _tables(new)
    base_runs = _runs(base, next((old for new, old in old_names.items() if RUNS in (new, old)), ""))
    new_runs = _runs(new, renames.tables.get(RUNS, RUNS))
    for name in sorted({*old_names, *new_names}):
        old = old_names.get(name, name)
        is_runs = RUNS in (old, name)
        before = _contents(base / old, old, base_runs, is_runs, renames)
        after = _contents(new / name, "", new_runs, is_runs, Renames())
        yield _difference(name, _compared(before, old, name, renames),
                          _compared(after, old, name, renames))  # fmt: skip


def _tables(lake: Path) -> list[str]:
    """Return the names of a lake's tables: its folders that contain Parquet files."""
    folders = (path for path in lake.iterdir() if path.is_dir() and path.name[0] not in "_.")
    return sorted(folder.name for folder in folders if next(folder.rglob("*.parquet"), None))


def _runs(lake: Path, table: str) -> list[tuple[datetime, datetime]]:
    """Return the start and end of each run of a lake."""
    runs = []
    for row in _read(lake / table)[1] if table else ():
        flat = (value if isinstance(value, list) else [value] for value in row.values())
        times = [time for values in flat for time in values if isinstance(time, datetime)]
        if times:
            runs.append((min(times), max(times)))
    return runs


def _read(folder: Path) -> tuple[dict[str, pa.DataType], list[Row]]:
    """Return the types of the columns and the rows of all Parquet files below `folder`."""
    types: dict[str, pa.DataType] = {}
    rows: list[Row] = []
    for path in sorted(folder.rglob("*.parquet")):
        table = pq.ParquetFile(path).read()
        types |= {column.name: column.type for column in table.schema}
        rows += table.to_pylist(maps_as_pydicts="strict")
    return types, rows


def _contents(
    folder: Path,
    table: str,
    runs: Sequence[tuple[datetime, datetime]],
    is_runs: bool,
    renames: Renames,
) -> Contents:
    """Return a table with new names and comparable values."""
    types, rows = _read(folder)
    if is_runs:
        rows = [dict(_leaves(row)) for row in rows]
    shapes = {renames.column(table, name): _shape(table, name, type, renames)
              for name, type in types.items()}  # fmt: skip
    renamed = [
        {path: _plain(value, runs) for path, value in renames.row(table, row).items()}
        for row in rows
    ]
    # Values in objects are compared without their types.
    leaves = {path.partition(".")[0] for row in renamed for path in row if "." in path}
    return Contents(
        {
            name: type
            for name, type in shapes.items()
            if not is_runs or name.partition(".")[0] not in leaves
        },
        renamed,
    )


def _shape(table: str, path: str, type: pa.DataType, renames: Renames) -> str:
    """Return an Arrow type as text, with new names of fields."""
    if pa.types.is_list(type) or pa.types.is_large_list(type):
        return f"list<{_shape(table, path, type.value_type, renames)}>"
    if pa.types.is_struct(type):
        inner = (
            f"{renames.column(table, below).rpartition('.')[2]}: "
            f"{_shape(table, below, one.type, renames)}"
            for one in type
            for below in [f"{path}.{one.name}"]
        )
        return f"struct<{', '.join(inner)}>"
    return str(type)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values in nested objects, including JSON texts, with their paths."""
    if isinstance(value, str) and value.startswith("{"):
        with suppress(ValueError):
            value = json.loads(value)
    if not isinstance(value, dict) or (path and not value):
        yield path, value
        return
    for name, inner in value.items():
        yield from _leaves(inner, f"{path}.{name}" if path else name)


def _plain(value: Any, runs: Sequence[tuple[datetime, datetime]]) -> Hashable:
    """Return a value that can be compared, hashed and printed."""
    if isinstance(value, datetime):
        is_during = any(begin <= value <= end for begin, end in runs)
        return DURING if is_during else value.isoformat()
    if isinstance(value, bytes):
        return f"{len(value)} bytes, sha256 {sha256(value).hexdigest()[:16]}"
    if isinstance(value, list):
        return tuple(_plain(one, runs) for one in value)
    if isinstance(value, dict):
        return tuple((name, _plain(one, runs)) for name, one in value.items())
    return "NaN" if isinstance(value, float) and isnan(value) else value


def _compared(contents: Contents, old: str, new: str, renames: Renames) -> Contents:
    """Return a table without the columns and rows that are not compared.

    Args:
        contents: The table.
        old: Old name of the table.
        new: New name of the table.
        renames: The renames, and the columns and rows to drop.
    """
    before = {new: old for old, new in renames.columns.get(old, {}).items()}

    def is_dropped(path: str) -> bool:
        names = {path, before.get(path, path)}
        if names & {*RUN_COLUMNS[""], *RUN_COLUMNS.get(old, ()), *RUN_COLUMNS.get(new, ())}:
            return True
        # No short circuit: every entry that matches must be marked as used.
        found = [renames.is_dropped(table, name) for table in {old, new} for name in names]
        return any(found)

    paths = {path for row in contents.rows for path in row} | contents.types.keys()
    dropped = {path for path in paths if is_dropped(path)}
    return Contents(
        {name: type for name, type in contents.types.items() if name not in dropped},
        [
            {path: value for path, value in row.items() if path not in dropped}
            for row in contents.rows
            if not renames.is_row_dropped(new, row)
        ],
    )


def _difference(table: str, base: Contents, new: Contents) -> Difference:
    found = Difference(table, len(base.rows), len(new.rows))
    found.limited = _limited(base.rows), _limited(new.rows)
    for name in sorted({*base.types, *new.types}):
        before, after = base.types.get(name), new.types.get(name)
        if before is None or after is None:
            found.schema.append(f"column {name}: only in {'new' if before is None else 'base'}")
        elif before != after:
            found.schema.append(f"column {name}: {before} in base, {after} in new")
    if not (base.types and new.types):
        found.schema = [f"the table is only in {'base' if base.types else 'new'}"]
    left, right = Counter(map(_frozen, base.rows)), Counter(map(_frozen, new.rows))
    only_base = [dict(row) for row in (left - right).elements()]
    only_new = [dict(row) for row in (right - left).elements()]
    for name in _key_columns(base.rows):
        before, after = _alone(only_base, name), _alone(only_new, name)
        common = before.keys() & after.keys()
        found.pairs += [(name, before[value], after[value]) for value in sorted(common, key=str)]
        only_base = [row for row in only_base if row.get(name) not in common]
        only_new = [row for row in only_new if row.get(name) not in common]
    found.only_base, found.only_new = only_base, only_new
    return found


def _limited(rows: Sequence[Row]) -> int:
    """Return the number of rejects that exceeded a limit of time or memory."""
    return sum(not LIMITS.isdisjoint(row.values()) for row in rows)


def _frozen(row: Row) -> frozenset[tuple[str, Hashable]]:
    """Return a row in hashable form; a missing key equals null."""
    return frozenset((name, value) for name, value in row.items() if value is not None)


def _key_columns(rows: Sequence[Row]) -> list[str]:
    """Return the columns with nearly unique values, ids first."""
    values: dict[str, set[Hashable]] = defaultdict(set)
    for row in rows:
        for name, value in row.items():
            if isinstance(value, str | tuple):
                values[name].add(value)
    columns = [name for name in values if len(values[name]) >= MIN_UNIQUE * len(rows)]
    return sorted(columns, key=lambda name: (not name.endswith("_id"), -len(values[name]), name))


def _alone(rows: Sequence[Row], name: str) -> dict[Hashable, Row]:
    """Return the rows with a unique value in a column, by that value."""
    times = Counter(row.get(name) for row in rows)
    return {row[name]: row for row in rows if row.get(name) is not None and times[row[name]] == 1}


def report(found: Difference, examples: int) -> Iterator[str]:
    """Yield the lines of a report about the differences of a table."""
    yield f"{found.table}: {found.base:,} rows in base, {found.new:,} in new" + (
        "" if found else ", the same"
    )
    if any(found.limited):
        yield "    {:,} in base and {:,} in new are too_slow or out_of_memory".format(
            *found.limited
        )
    yield from (f"    {line}" for line in found.schema)
    if found.pairs:
        yield f"    {len(found.pairs):,} rows differ"
    for name, pairs in found.columns.items():
        yield f"    column {name} differs in {len(pairs):,}"
        for key, base, new in pairs[:examples]:
            yield f"        {key} {_short(base[key])}"
            yield f"            base: {_short(base.get(name))}"
            yield f"            new:  {_short(new.get(name))}"
    for where, rows in (("base", found.only_base), ("new", found.only_new)):
        if rows:
            yield f"    {len(rows):,} rows only in {where}"
        for row in sorted(map(_line, rows))[:examples]:
            yield f"        {row}"


def _line(row: Row) -> str:
    return ", ".join(f"{name}={_short(value, 40)}" for name, value in sorted(row.items()))


def _short(value: Any, width: int = WIDTH) -> str:
    shown = repr(value)
    return shown if len(shown) <= width else f"{shown[: width - 1]}…"


def as_object(found: Difference) -> dict[str, Any]:
    """Return the differences of a table as a JSON object."""
    return {
        "table": found.table,
        "base": found.base,
        "new": found.new,
        "schema": found.schema,
        "differ": len(found.pairs),
        "columns": {name: len(pairs) for name, pairs in found.columns.items()},
        "only_base": len(found.only_base),
        "only_new": len(found.only_new),
        "limited": found.limited,
    }


def compare(base: Path, new: Path, renames: Renames, examples: int, as_json: bool) -> bool:
    """Print the differences between two lakes; return whether their rows are the same."""
    same = True
    for found in differences(base, new, renames):
        same &= not found
        if as_json:
            print(json.dumps(as_object(found)))
        else:
            print("\n".join(report(found, examples)))
    return same


def are_used(renames: Renames) -> bool:
    """Return whether each rename has matched something; print the renames that have not."""
    for entry in sorted(renames.unused):
        print(f"same_rows.py: this rename matches nothing: {entry}", file=sys.stderr)
    return not renames.unused


def main() -> int:
    """Compare the lakes and print the differences; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("base", type=Path, metavar="BASE_LAKE", help="lake of the old version")
    parser.add_argument("new", type=Path, metavar="NEW_LAKE", help="lake of the new version")
    parser.add_argument(
        "--renames", type=Path, default=RENAMES, metavar="FILE", help="default renames.toml"
    )
    parser.add_argument("--examples", type=int, default=5, help="rows per difference; default 5")
    parser.add_argument("--json", action="store_true", help="print an object for each table")
    options = parser.parse_args()
    try:
        renames = read_renames(options.renames)
    except WrongRenames as error:
        print(f"same_rows.py: {error}", file=sys.stderr)
        return 2
    for lake in (options.base, options.new):
        if not (lake.is_dir() and _tables(lake)):
            print(f"same_rows.py: no lake in {lake}", file=sys.stderr)
            return 2
    same = compare(options.base, options.new, renames, options.examples, options.json)
    return 0 if are_used(renames) and same else 1


if __name__ == "__main__":
    sys.exit(main())
