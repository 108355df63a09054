"""Schedule visits: many sites concurrently; the items of a site in sequence, within a budget."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from newslake.transforms.fetch.clock import Clock

MAX_SITES = 200
"""Maximum number of sites that are visited concurrently."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Budget:
    """Limits of one site per run; items over the limits wait for the next run."""

    visits: int = 60
    """Maximum number of visits."""
    seconds: float = 300.0
    """Time in seconds after which no visit starts."""


async def visits(
    sites: Mapping[str, Sequence[T]],
    visit: Callable[[T], Awaitable[R | None]],
    clock: Clock,
    budget: Budget,
) -> AsyncIterator[tuple[T, R | None]]:
    """Yield each item with the result of its visit; None if the item must wait for the next run.

    Args:
        sites: Items by site; items of one site are visited in sequence.
        visit: Visits an item. Returns None if the item must wait; never raises an exception.
        clock: The clock.
        budget: The budget of each site.
    """
    semaphore = asyncio.Semaphore(MAX_SITES)
    results: asyncio.Queue[tuple[T, R | None] | None] = asyncio.Queue()

    async def one_site(items: Sequence[T]) -> None:
        async with semaphore:
            until = clock.now() + timedelta(seconds=budget.seconds)
            for number, item in enumerate(items):
                over_budget = number >= budget.visits or clock.now() >= until
                results.put_nowait((item, None if over_budget else await visit(item)))

    async def all_sites() -> None:
        try:
            await asyncio.gather(*map(one_site, sites.values()))
        finally:
            results.put_nowait(None)

    round = asyncio.create_task(all_sites())
    while (result := await results.get()) is not None:
        yield result
    await round
