"""Waiting and comparisons of CPU time that also work on a busy machine."""

import time

HANG_SECONDS = 600
"""Seconds after which a test counts as hanging; far more than any step takes on a busy machine."""

POLL_SECONDS = 0.02

TRIES = 3
"""Number of tries for a comparison of CPU times; one must hold, because other processes disturb it."""


def wait_until(condition):
    """Wait until `condition()` is true; fail after `HANG_SECONDS`."""
    end = time.monotonic() + HANG_SECONDS
    while not condition():
        assert time.monotonic() < end, "it hangs"
        time.sleep(POLL_SECONDS)
