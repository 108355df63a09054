"""How long tests wait for another process or thread: as long as it takes.

The limit only ends what hangs. It is far above what any step takes on a busy machine, so that no test
fails for being slow.
"""

import time

HANG_SECONDS = 600
POLL_SECONDS = 0.02


def wait_until(condition):
    """Return as soon as `condition()` is true; fail if that never happens."""
    end = time.monotonic() + HANG_SECONDS
    while not condition():
        assert time.monotonic() < end, "it hangs"
        time.sleep(POLL_SECONDS)
