"""The renames between two versions, as `renames.toml` states them, and their use on rows.

Paths of columns are dotted: `actors.text` is the field `text` of the records in the column `actors`.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = dict[str, Any]


class WrongRenames(ValueError):
    """The file states what cannot be."""


@dataclass
class Renames:
    """Renames from an old version to a new one.

    Attributes:
        tables: New names of tables, by old name.
        columns: By old name of the table, new names of columns by their old paths.
        values: By old table and old path, new values by old ones.
        patterns: By old table and old path, replacements by regular expression.
        dropped: Columns that are not compared, by old or new table; old or new paths.
        dropped_rows: By new table and new path, values whose rows are not compared.
        unused: What has matched nothing so far, as it is written in the file.
    """

    tables: dict[str, str] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    values: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    patterns: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    dropped: dict[str, list[str]] = field(default_factory=dict)
    dropped_rows: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    unused: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.unused = set(self._statements())

    def table(self, old: str) -> str:
        """Return the new name of table `old`."""
        self.unused.discard(_name("tables", old))
        return self.tables.get(old, old)

    def column(self, table: str, old: str) -> str:
        """Return the new path of column `old` of table `table`, by its old name."""
        self.unused.discard(_name("columns", table, old))
        if old in self.columns.get(table, {}):
            return self.columns[table][old]
        above, dot, name = old.rpartition(".")
        return self.column(table, above) + dot + name if dot else name

    def row(self, table: str, row: Row) -> Row:
        """Return an old row of `table` under the new names, with the new values.

        Args:
            table: Old name of the table.
            row: Values by path of the column.
        """
        return {
            self.column(table, path): self._value(table, path, value) for path, value in row.items()
        }

    def is_dropped(self, table: str, path: str) -> bool:
        """Return whether a column is not compared, by old or new names."""
        found = path in self.dropped.get(table, ())
        if found:
            self.unused.discard(_name("dropped", table, path))
        return found

    def is_row_dropped(self, table: str, row: Row) -> bool:
        """Return whether a row, under the new names, is not compared."""
        dropped = False
        for path, values in self.dropped_rows.get(table, {}).items():
            if path in row and row[path] in values:
                self.unused.discard(_name("dropped_rows", table, path, row[path]))
                dropped = True
        return dropped

    def _value(self, table: str, path: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self._value(table, path, element) for element in value]
        if isinstance(value, Mapping):
            renamed = {}
            for name, inner in value.items():
                below = f"{path}.{name}"
                renamed[self.column(table, below).rpartition(".")[2]] = self._value(
                    table, below, inner
                )
            return renamed
        for old, new in self.values.get(table, {}).get(path, {}).items():
            if str(value) == old:
                self.unused.discard(_name("values", table, path, old))
                return new
        if isinstance(value, str):
            for pattern, new in self.patterns.get(table, {}).get(path, {}).items():
                value, times = re.subn(pattern, new, value)
                if times:
                    self.unused.discard(_name("patterns", table, path, pattern))
        return value

    def _statements(self) -> Iterator[str]:
        yield from (_name("tables", old) for old in self.tables)
        for table, columns in self.columns.items():
            yield from (_name("columns", table, old) for old in columns)
        for section in ("values", "patterns", "dropped_rows"):
            for table, paths in getattr(self, section).items():
                for path, stated in paths.items():
                    yield from (_name(section, table, path, one) for one in stated)
        for table, paths in self.dropped.items():
            yield from (_name("dropped", table, path) for path in paths)


def read_renames(path: Path) -> Renames:
    """Return the renames that the file at `path` states.

    Raises:
        WrongRenames: it cannot be read, or has a section or a value of an unknown kind.
    """
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WrongRenames(f"{path}: {error}") from error
    known = {"tables": 1, "columns": 2, "values": 3, "patterns": 3, "dropped": 1, "dropped_rows": 2}
    for section, content in stated.items():
        if section not in known:
            raise WrongRenames(f"{path}: no section [{section}]; there are {', '.join(known)}")
        _check(f"{path}: [{section}]", content, known[section], section.startswith("dropped"))
    for tables in stated.get("patterns", {}).values():
        for patterns in tables.values():
            _compile(path, patterns)
    return Renames(**stated)


def _check(where: str, content: Any, depth: int, lists: bool) -> None:
    if not isinstance(content, dict):
        raise WrongRenames(f"{where} is not a table")
    for name, inner in content.items():
        if depth > 1:
            _check(f"{where} {name}", inner, depth - 1, lists)
        elif isinstance(inner, list) != lists or isinstance(inner, dict):
            raise WrongRenames(f"{where} {name} must be {'a list' if lists else 'one value'}")


def _compile(path: Path, patterns: Iterable[str]) -> None:
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise WrongRenames(f"{path}: {pattern!r} is no regular expression: {error}") from error


def _name(section: str, *names: Any) -> str:
    return f"[{section}] {' '.join(map(str, names))}"
