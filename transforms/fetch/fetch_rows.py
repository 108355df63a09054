"""Rows of the table `fetches`: each request and its result."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from newslake.schemas.reasons import Reject
from newslake.schemas.rows import Fetch
from newslake.transforms.fetch.response import Response
from newslake.transforms.web.urls import canonical, web_address


def request(url: str, kind: str, started_at: datetime) -> Fetch:
    """Return the row of a request for a feed, a robots.txt or a tdmrep.json, before the response arrives.

    Args:
        url: The URL. Secrets in the URL are removed.
        kind: `feed`, `robots` or `tdmrep`.
        started_at: Start of the request.
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
    """Return `row` with the last response, and with the targets of the redirects before it."""
    return replace(
        row,
        status=response.status,
        final_url=response.url,
        redirects=[web_address(target) or "" for target in redirects],
        size=len(response.raw),
    )


def ended(row: Fetch, fault: str, now: datetime) -> Fetch:
    """Return `row` with duration and outcome: `answered`, or `failed` with the reason `fault`."""
    return replace(
        row,
        outcome="failed" if fault else "answered",
        reason=fault or None,
        seconds=(now - row.started_at).total_seconds(),
    )


def reason_of(error: Exception) -> str:
    """Return the reason of a reject, or `crash_<ExceptionName>` for other exceptions."""
    return error.reason if isinstance(error, Reject) else f"crash_{type(error).__name__}"
