"""Reads the renames between two versions from `renames.toml` and applies them to rows.

Paths of columns are dotted: `actors.text` is the field `text` of the records in the column
`actors`.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = dict[str, Any]


class WrongRenames(ValueError):
    """The file is not valid."""


@dataclass
class Renames:
    """Renames from an old version to a new one.

    Attributes:
        tables: New names of tables, by old name.
        columns: By old name of the table, new paths of columns by old path.
        values: By old table and old path, new values by old value.
        patterns: By old table and old path, replacements by regular expression.
        dropped: By old or new table, old or new paths of columns that are not compared.
        dropped_rows: By new table and new path, values whose rows are not compared.
        unused: Entries of the file that have not matched anything yet.
    """

    tables: dict[str, str] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    values: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    patterns: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    dropped: dict[str, list[str]] = field(default_factory=dict)
    dropped_rows: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    unused: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.unused = set(self._entries())

    def table(self, old: str) -> str:
        """Return the new name of table `old`."""
        self.unused.discard(_name("tables", old))
        return self.tables.get(old, old)

    def column(self, table: str, old: str) -> str:
        """Return the new path of column `old`; `table` is the old name of its table."""
        self.unused.discard(_name("columns", table, old))
        if old in self.columns.get(table, {}):
            return self.columns[table][old]
        above, dot, name = old.rpartition(".")
        return self.column(table, above) + dot + name if dot else name

    def row(self, table: str, row: Row) -> Row:
        """Return an old row of `table` with new column names and values.

        Args:
            table: Old name of the table.
            row: Values by path of their column.
        """
        return {
            self.column(table, path): self._value(table, path, value) for path, value in row.items()
        }

    def is_dropped(self, table: str, path: str) -> bool:
        """Return whether a column, given by old or new names, is not compared."""
        found = path in self.dropped.get(table, ())
        if found:
            self.unused.discard(_name("dropped", table, path))
        return found

    def is_row_dropped(self, table: str, row: Row) -> bool:
        """Return whether a row with new names is not compared."""
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

    def _entries(self) -> Iterator[str]:
        yield from (_name("tables", old) for old in self.tables)
        for table, columns in self.columns.items():
            yield from (_name("columns", table, old) for old in columns)
        for section in ("values", "patterns", "dropped_rows"):
            for table, paths in getattr(self, section).items():
                for path, entries in paths.items():
                    yield from (_name(section, table, path, entry) for entry in entries)
        for table, paths in self.dropped.items():
            yield from (_name("dropped", table, path) for path in paths)


def read_renames(path: Path) -> Renames:
    """Return the renames in the file at `path`.

    Raises:
        WrongRenames: The file cannot be read, or contains an unknown section or a wrong value.
    """
    try:
        sections = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WrongRenames(f"{path}: {error}") from error
    known = {"tables": 1, "columns": 2, "values": 3, "patterns": 3, "dropped": 1, "dropped_rows": 2}
    for section, content in sections.items():
        if section not in known:
            raise WrongRenames(f"{path}: unknown section [{section}]; use {', '.join(known)}")
        _check(f"{path}: [{section}]", content, known[section], section.startswith("dropped"))
    for tables in sections.get("patterns", {}).values():
        for patterns in tables.values():
            _compile(path, patterns)
    return Renames(**sections)


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
            raise WrongRenames(f"{path}: invalid pattern {pattern!r}: {error}") from error


def _name(section: str, *names: Any) -> str:
    return f"[{section}] {' '.join(map(str, names))}"
