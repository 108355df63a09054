"""What time it is, and waiting: handed in, so that a test may let a month pass in a second."""

import asyncio
from datetime import UTC, datetime


class Clock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Return after that time, and let others work meanwhile."""
        await asyncio.sleep(seconds)
