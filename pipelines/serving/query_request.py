"""What the process of a query gets and returns, and the errors of a query."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from newslake.transforms.failure import Failure


@dataclass(frozen=True)
class QueryLimits:
    """The limits of one query, and of all queries at the same time."""

    seconds: float = 10
    """Maximum wall time, in seconds."""
    megabytes: int = 1024
    """Maximum memory, in units of 2**20 bytes."""
    rows: int = 10_000
    """Maximum number of rows in a result; further rows are not returned."""
    at_once: int = 2
    """Maximum number of queries that run at the same time."""


@dataclass(frozen=True)
class QueryRequest:
    """One query for the process that runs it."""

    lake: str
    """Absolute path of the lake's folder, without symbolic links."""
    sql: str
    parameters: dict[str, Any]
    """The values of the parameters in `sql`, such as `$day`."""
    as_of: int | None
    """Number of the log entry whose state is read; None means the current state."""
    rows: int
    min_confidence: float
    """Mentions with a lower confidence are left out."""
    limits: QueryLimits


class Problem(StrEnum):
    """The kinds of errors of a query."""

    INVALID = "invalid"
    """The query is wrong."""
    REFUSED = "refused"
    """The query is more than a SELECT on the lake's tables."""
    TIME = "time"
    MEMORY = "memory"
    SIZE = "size"
    """The result has too many bytes."""
    BUSY = "busy"
    """Other queries run; the same query may succeed later."""
    MISSING = "missing"
    """A compaction deleted a file during the query."""
    GONE = "gone"
    """The requested state of the lake no longer exists."""
    ABSENT = "absent"
    """The lake has no such article or event."""
    FAILED = "failed"
    """The lake cannot be read."""


class QueryError(Failure):
    """A query has no result; the message is for its author."""

    def __init__(self, problem: Problem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


@dataclass(frozen=True)
class QueryResult:
    """The rows of a query."""

    columns: list[str]
    types: list[str]
    """DuckDB's name of the type of each column."""
    rows: list[list[Any]]
    """Values as in JSON: times in ISO 8601, bytes in hex."""
    more: bool
    """True if there are further rows."""
    entry: int = -1
    """Number of the log entry whose state was read."""

    @property
    def records(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]
