"""A worker process of the local runner. It serves one pipeline after another, and ends with its driver.

Each line of its input names where a pipeline is to be served, and under which id.
"""

import logging
import os
import signal
import sys
from collections.abc import Iterator
from queue import SimpleQueue
from threading import Thread
from typing import TextIO

STATE_CACHE = 100 * 2**20
"""Bytes of side inputs that a worker keeps, as Beam's own does."""


def orders(given: TextIO) -> Iterator[tuple[str, str]]:
    """Yield addresses and ids; end this process at once when there will be no more."""
    waiting = SimpleQueue[str]()

    def listen() -> None:
        for line in given:
            waiting.put(line)
        os._exit(0)  # the driver has ended, however it did

    Thread(target=listen, daemon=True).start()
    while True:
        address, worker_id = waiting.get().split()
        yield address, worker_id


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver is told too, and decides
    logging.disable(logging.CRITICAL)  # the driver tells what went wrong
    from apache_beam.runners.worker.sdk_worker import SdkHarness

    for address, worker_id in orders(sys.stdin):
        SdkHarness(address, worker_id=worker_id, state_cache_size=STATE_CACHE).run()
