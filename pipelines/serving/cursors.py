"""The cursor of a page: the log entry and the key of its last row, as text for a URL.

A cursor belongs to one list with certain filters: with other filters it would skip rows.
"""

import base64
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from newslake.pipelines.serving.parameters import wrong


def encode(name: str, values: Mapping[str, Any], key: list[Any]) -> str:
    """Return the cursor after the row with `key`, for the list `name` with the filters `values`."""
    content = json.dumps([_digest(name, values), *key]).encode()
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def decode(cursor: str, name: str, values: Mapping[str, Any], parts: int) -> list[Any]:
    """Return the log entry and the key in `cursor`; a key has `parts` values, the id last.

    Raises:
        QueryError: the cursor was not returned for this list with these filters.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        digest, entry, *key = json.loads(base64.b64decode(padded, b"-_", validate=True))
        if type(entry) is not int or len(key) != parts:
            raise ValueError
        if not all(isinstance(one, str) or (one is None and one is not key[-1]) for one in key):
            raise ValueError
    except (ValueError, TypeError, RecursionError):
        raise wrong("cursor: use the value of `next` of the previous page") from None
    if digest != _digest(name, values):
        raise wrong("cursor: the previous page had other filters; use the same filters")
    return [entry, *key]


def _digest(name: str, values: Mapping[str, Any]) -> str:
    filters = json.dumps(values, sort_keys=True)
    return sha256(f"{name} {filters}".encode()).hexdigest()[:8]
