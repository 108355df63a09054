"""Reads the tables beside the modules. Tabs separate the columns; `#` starts a comment line."""

from importlib.resources import files


def read_lines(package: str, table: str) -> list[str]:
    """Return the lines of the file `table` in the folder of `package`, without comment lines."""
    text = (files(package) / table).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def read_rows(package: str, table: str) -> list[list[str]]:
    """Return the columns of each line of `table`."""
    return [line.split("\t") for line in read_lines(package, table)]
