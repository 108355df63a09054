"""The ids of runs. This module does not import Beam, which most commands do not need."""

import secrets
from datetime import UTC, datetime


def new_run_id() -> str:
    """Return an id for a run that starts now, such as 20260301T120000.250000Z-1a2b3c4d.

    The ids of later runs are greater.
    """
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}"
