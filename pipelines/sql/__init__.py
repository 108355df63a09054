"""The lake in SQL: its tables as DuckDB views, and further views and macros, one `.sql` file each."""

from functools import cache
from pathlib import Path


@cache
def read_sql(name: str) -> str:
    """Return the statements in the file `name`.sql of this package."""
    return Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8")
