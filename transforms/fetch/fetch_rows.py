"""Rows of `fetches`: every request that was made, and what came of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from newslake.schemas.reasons import Reject
from newslake.schemas.rows import Fetch
from newslake.transforms.fetch.response import Response
from newslake.transforms.web.urls import canonical, web_address


def request(url: str, kind: str, started_at: datetime) -> Fetch:
    """Return the row of a request for a feed or a robots.txt, as if no answer had come.

    Args:
        url: With secrets, as the case may be: they are left out.
        kind: `feed` or `robots`.
        started_at: When.
    """
    shown = web_address(url) or ""
    return Fetch(
        url=shown,
        canonical_url=canonical(shown) or shown,
        kind=kind,
        started_at=started_at,
        seconds=0.0,
        outcome="failed",
    )


def answered(row: Fetch, response: Response, redirects: Iterable[str]) -> Fetch:
    """Return `row` with what its last answer tells.

    Args:
        row: As before the answer.
        response: The answer.
        redirects: Where the answers before it sent us.
    """
    return replace(
        row,
        status=response.status,
        final_url=response.url,
        redirects=[web_address(where) or "" for where in redirects],
        size=len(response.raw),
    )


def ended(row: Fetch, fault: str, now: datetime) -> Fetch:
    """Return `row` at the end of its request: answered, or failed for the reason `fault`."""
    return replace(
        row,
        outcome="failed" if fault else "answered",
        reason=fault or None,
        seconds=(now - row.started_at).total_seconds(),
    )


def reason_of(error: Exception) -> str:
    """Return the stable name of what went wrong; a bug of ours has one too."""
    return error.reason if isinstance(error, Reject) else f"crash_{type(error).__name__}"
