"""The clock, passed as an argument so that tests can simulate time."""

import asyncio
from datetime import UTC, datetime


class Clock:
    """The system clock."""

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds`, while other tasks run."""
        await asyncio.sleep(seconds)
