"""What a busy machine asks of tests: to wait as long as it takes, and to try a comparison of CPU times again."""

import time

HANG_SECONDS = 600
"""Ends what hangs. It is far above what any step takes on a busy machine."""

POLL_SECONDS = 0.02

TRIES = 3
"""Comparisons of two CPU times, of which one must hold: what shares a core with us disturbs either time."""


def wait_until(condition):
    """Return as soon as `condition()` is true; fail if that never happens."""
    end = time.monotonic() + HANG_SECONDS
    while not condition():
        assert time.monotonic() < end, "it hangs"
        time.sleep(POLL_SECONDS)
