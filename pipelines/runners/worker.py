"""A worker process of the local runner. It serves one pipeline after another and ends with its driver.

Each line of standard input contains the control address of a pipeline, and an id for the worker.
"""

import logging
import os
import signal
import sys
import time
from collections.abc import Iterator
from queue import SimpleQueue
from threading import Thread
from typing import TextIO

from newslake.pipelines.runners.pandas_blocker import PandasBlocker
from newslake.transforms.failure import is_debugging

STATE_CACHE = 100 * 2**20
"""Size of the cache for side inputs, in bytes; the same as in Beam's workers."""
GRACE = 3
"""Seconds from the end of standard input to the exit. Running work can finish in this time."""


def pipelines(stream: TextIO) -> Iterator[tuple[str, str]]:
    """Yield addresses and ids. `GRACE` seconds after `stream` ends, exit even if a pipeline is running."""
    queue = SimpleQueue[str]()

    def listen() -> None:
        for line in stream:
            queue.put(line)
        queue.put("")  # the driver has ended, normally or not
        time.sleep(GRACE)
        os._exit(1)

    Thread(target=listen, daemon=True).start()
    while line := queue.get():
        address, worker_id = line.split()
        yield address, worker_id


if __name__ == "__main__":
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.SIG_IGN)  # the driver also gets it, and decides
    logging.disable(logging.CRITICAL)  # the driver reports errors
    if not is_debugging():
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115 Beam prints stack traces
    sys.meta_path.insert(0, PandasBlocker())
    from apache_beam.runners.worker.sdk_worker import SdkHarness

    for address, worker_id in pipelines(sys.stdin):
        SdkHarness(address, worker_id=worker_id, state_cache_size=STATE_CACHE).run()
