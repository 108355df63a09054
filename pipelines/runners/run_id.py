"""Names of runs."""

import secrets
from datetime import UTC, datetime


def new_run_id() -> str:
    """Return an id for a run that begins now, such as 20260301T120000Z-1a2b3c4d."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
