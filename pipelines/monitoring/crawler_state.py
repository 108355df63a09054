"""What a crawler reports about itself to the monitor."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class CrawlerState:
    """Where a crawler is."""

    behind: float = 0.0
    """The age of the oldest due page, in seconds; see `Intake.behind`."""
    queue: Mapping[str, int] = field(default_factory=dict)
    """Number of items by queue: `due`, `waiting` and `uncommitted`."""
    feeds: Mapping[str, int] = field(default_factory=dict)
    """Number of followed feeds by condition."""
    fetches: Mapping[str, int] = field(default_factory=dict)
    """Number of requests since the start, by kind and outcome, such as `page document`."""
