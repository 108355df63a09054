"""Reads the tables beside the modules. Tabs separate the columns; `#` starts a comment line."""

from collections.abc import Iterator
from importlib.resources import files


def read_lines(package: str, table: str) -> Iterator[str]:
    """Yield the lines of the file `table` in the folder of `package`, without comment lines."""
    with (files(package) / table).open(encoding="utf-8") as file:
        for line in file:
            if line.strip("\n") and not line.startswith("#"):
                yield line.rstrip("\n")


def read_rows(package: str, table: str) -> list[list[str]]:
    """Return the columns of each line of `table`."""
    return [line.split("\t") for line in read_lines(package, table)]
