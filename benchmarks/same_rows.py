"""Whether two lakes hold the same rows, but for what a change renames.

    python benchmarks/same_rows.py BASE_LAKE NEW_LAKE [--renames FILE] [--examples 5] [--json]

Reads both lakes as plain Parquet and imports no code that writes them, so they may be of any two versions. BASE_LAKE
is brought to the new names, see `renames.toml`. Then tables, columns and their types, and rows in any order are
compared. Rows that are in one lake alone are paired by a column that tells them apart on both sides, an id if one
does, so that the report names the columns that differ. Exit code 0: the same; 1: they differ, or a rename matches nothing; 2: wrong
use.

Not compared, as they belong to a run and not to its rows:

- `run_id`, the names of files, and the partitions (`newslake verify` checks these);
- the time within a run: each timestamp from the start to the end of a run of its own lake counts as the same one,
  so `seen_at` of a fetched page is not compared, and that of a record of a web archive is;
- in `fetches`: `seconds` and `wait_until`;
- in `runs`: the version of newslake in `versions`. The JSON objects there are compared key by key.

`extractor_version` is compared: it names the libraries, rules and tables that made a row, and two versions that
differ in these are not expected to give the same rows.
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
"""The table with a row for each run, by its old and its new name."""
OF_A_RUN = {
    "": ["run_id"],
    "fetches": ["seconds", "wait_until"],
    RUNS: ["versions.newslake"],
}
"""Columns that belong to a run or to the clock, by old name of the table; in all tables first."""
DURING = "the time of a run"
TELLING = 0.9
"""Share of different values in a column from which on rows are paired by it."""
LIMITS = {"too_slow", "out_of_memory"}
"""Reasons of rejects that depend on the machine and its load; by the old and the new names."""
WIDTH = 120
"""Characters of a value in an example."""
RENAMES = Path(__file__).parent / "renames.toml"


@dataclass
class Contents:
    """A table of a lake: all of its rows, under the new names."""

    types: dict[str, str]
    """Of its columns, by name."""
    rows: list[Row]


@dataclass
class Difference:
    """What two tables do not have in common.

    Attributes:
        table: New name.
        base: Rows of the base lake.
        new: Rows of the new lake.
        schema: What differs in columns and types, in words.
        pairs: Rows that differ, by the name of the column that pairs them.
        only_base: Rows of the base lake without a partner.
        only_new: Rows of the new lake without a partner.
        strained: Rows of the base lake, and of the new one, that a limit of time or memory decided.
    """

    table: str
    base: int
    new: int
    schema: list[str] = field(default_factory=list)
    pairs: list[tuple[str, Row, Row]] = field(default_factory=list)
    only_base: list[Row] = field(default_factory=list)
    only_new: list[Row] = field(default_factory=list)
    strained: tuple[int, int] = (0, 0)

    def __bool__(self) -> bool:
        return bool(self.schema or self.pairs or self.only_base or self.only_new)

    @cached_property
    def columns(self) -> dict[str, list[tuple[str, Row, Row]]]:
        """The pairs in which each column differs."""
        found: dict[str, list[tuple[str, Row, Row]]] = defaultdict(list)
        for pair in self.pairs:
            _, base, new = pair
            for name in sorted(base.keys() | new.keys()):
                if base.get(name) != new.get(name):
                    found[name].append(pair)
        return found


def differences(base: Path, new: Path, renames: Renames) -> Iterator[Difference]:
    """Yield what differs, for each table of either lake.

    Args:
        base: The lake of the version before.
        new: The lake of the version after.
        renames: What was renamed in between.
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
    """Return the names of a lake's tables: its folders with Parquet files."""
    folders = (path for path in lake.iterdir() if path.is_dir() and path.name[0] not in "_.")
    return sorted(folder.name for folder in folders if next(folder.rglob("*.parquet"), None))


def _runs(lake: Path, table: str) -> list[tuple[datetime, datetime]]:
    """Return when the runs of a lake began and ended."""
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
    """Return a table under the new names, with its values fit to be compared."""
    types, rows = _read(folder)
    if is_runs:
        rows = [dict(_leaves(row)) for row in rows]
    shapes = {renames.column(table, name): _shape(table, name, type, renames)
              for name, type in types.items()}  # fmt: skip
    renamed = [
        {path: _plain(value, runs) for path, value in renames.row(table, row).items()}
        for row in rows
    ]
    # Of what lies in objects, the values alone are compared, and not their types.
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
    """Return an Arrow type in words, its fields under the new names."""
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
    """Yield what lies in objects within each other, JSON among them, with its path."""
    if isinstance(value, str) and value.startswith("{"):
        with suppress(ValueError):
            value = json.loads(value)
    if not isinstance(value, dict) or (path and not value):
        yield path, value
        return
    for name, inner in value.items():
        yield from _leaves(inner, f"{path}.{name}" if path else name)


def _plain(value: Any, runs: Sequence[tuple[datetime, datetime]]) -> Hashable:
    """Return a value that can be compared, hashed and shown."""
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
    """Return a table without what is not compared.

    Args:
        contents: The table.
        old: Its old name.
        new: Its new name.
        renames: What was renamed, and what is dropped.
    """
    before = {new: old for old, new in renames.columns.get(old, {}).items()}

    def is_dropped(path: str) -> bool:
        names = {path, before.get(path, path)}
        if names & {*OF_A_RUN[""], *OF_A_RUN.get(old, ()), *OF_A_RUN.get(new, ())}:
            return True
        # Each is asked, since each statement that matches is to be marked as used.
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
    found.strained = _strained(base.rows), _strained(new.rows)
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
    for name in _telling(base.rows):
        before, after = _alone(only_base, name), _alone(only_new, name)
        met = before.keys() & after.keys()
        found.pairs += [(name, before[value], after[value]) for value in sorted(met, key=str)]
        only_base = [row for row in only_base if row.get(name) not in met]
        only_new = [row for row in only_new if row.get(name) not in met]
    found.only_base, found.only_new = only_base, only_new
    return found


def _strained(rows: Sequence[Row]) -> int:
    """Return how many rows a limit of time or memory has decided."""
    return sum(not LIMITS.isdisjoint(row.values()) for row in rows)


def _frozen(row: Row) -> frozenset[tuple[str, Hashable]]:
    """Return a row to be counted; a key that a row does not have is as good as a null."""
    return frozenset((name, value) for name, value in row.items() if value is not None)


def _telling(rows: Sequence[Row]) -> list[str]:
    """Return the columns that tell the rows of a table apart, ids first."""
    values: dict[str, set[Hashable]] = defaultdict(set)
    for row in rows:
        for name, value in row.items():
            if isinstance(value, str | tuple):
                values[name].add(value)
    telling = [name for name in values if len(values[name]) >= TELLING * len(rows)]
    return sorted(telling, key=lambda name: (not name.endswith("_id"), -len(values[name]), name))


def _alone(rows: Sequence[Row], name: str) -> dict[Hashable, Row]:
    """Return the rows whose value of a column no other has, by that value."""
    times = Counter(row.get(name) for row in rows)
    return {row[name]: row for row in rows if row.get(name) is not None and times[row[name]] == 1}


def report(found: Difference, examples: int) -> Iterator[str]:
    """Yield the lines that tell a person what differs in a table."""
    yield f"{found.table}: {found.base:,} rows in base, {found.new:,} in new" + (
        "" if found else ", the same"
    )
    if any(found.strained):
        yield "    {:,} in base and {:,} in new are too_slow or out_of_memory".format(
            *found.strained
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
    """Return what differs in a table, for programs."""
    return {
        "table": found.table,
        "base": found.base,
        "new": found.new,
        "schema": found.schema,
        "differ": len(found.pairs),
        "columns": {name: len(pairs) for name, pairs in found.columns.items()},
        "only_base": len(found.only_base),
        "only_new": len(found.only_new),
        "strained": found.strained,
    }


def compare(base: Path, new: Path, renames: Renames, examples: int, as_json: bool) -> bool:
    """Print what differs between two lakes; return whether they are the same."""
    same = True
    for found in differences(base, new, renames):
        same &= not found
        if as_json:
            print(json.dumps(as_object(found)))
        else:
            print("\n".join(report(found, examples)))
    return same


def are_used(renames: Renames) -> bool:
    """Return whether each rename has matched something; print those that have not."""
    for statement in sorted(renames.unused):
        print(f"same_rows.py: matches nothing: {statement}", file=sys.stderr)
    return not renames.unused


def main() -> int:
    """Compare and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("base", type=Path, metavar="BASE_LAKE", help="of the version before")
    parser.add_argument("new", type=Path, metavar="NEW_LAKE", help="of the version after")
    parser.add_argument(
        "--renames", type=Path, default=RENAMES, metavar="FILE", help="default: renames.toml"
    )
    parser.add_argument("--examples", type=int, default=5, help="of each difference; default 5")
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
