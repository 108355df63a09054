"""A round of visits: many sites at once, each served by one visitor who keeps to a budget."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from newslake.transforms.fetch.clock import Clock

MAX_SITES = 200
"""So many sites are visited at the same time, at most."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Budget:
    """How much of a round one site may have; what is over it waits for the next."""

    visits: int = 60
    seconds: float = 300.0


async def visits(
    sites: Mapping[str, Sequence[T]],
    visit: Callable[[T], Awaitable[R | None]],
    clock: Clock,
    budget: Budget,
) -> AsyncIterator[tuple[T, R | None]]:
    """Yield each item with what its visit gave, or with None if it must wait for the next round.

    Args:
        sites: Items by site; those of one site are visited one after the other.
        visit: Never raises; None says that the item must wait.
        clock: What tells the time.
        budget: For each site.
    """
    gate = asyncio.Semaphore(MAX_SITES)
    results: asyncio.Queue[tuple[T, R | None] | None] = asyncio.Queue()

    async def one_site(items: Sequence[T]) -> None:
        async with gate:
            until = clock.now() + timedelta(seconds=budget.seconds)
            for number, item in enumerate(items):
                spent = number >= budget.visits or clock.now() >= until
                results.put_nowait((item, None if spent else await visit(item)))

    async def all_sites() -> None:
        try:
            await asyncio.gather(*map(one_site, sites.values()))
        finally:
            results.put_nowait(None)

    round = asyncio.create_task(all_sites())
    while (result := await results.get()) is not None:
        yield result
    await round
