"""A worker process of the local runner. It serves one pipeline after another, and ends with its driver.

Each line of its input names where a pipeline is to be served, and under which id.
"""

import logging
import os
import signal
import sys
import time
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from queue import SimpleQueue
from threading import Thread
from typing import TextIO

STATE_CACHE = 100 * 2**20
"""Bytes of side inputs that a worker keeps, as Beam's own does."""
GRACE = 3
"""Seconds to end in order, with what it has started, when there are no more orders."""


def orders(given: TextIO) -> Iterator[tuple[str, str]]:
    """Yield addresses and ids until there are no more; then end this process, also in its work."""
    waiting = SimpleQueue[str]()

    def listen() -> None:
        for line in given:
            waiting.put(line)
        waiting.put("")  # the driver has ended, however it did
        time.sleep(GRACE)
        os._exit(1)

    Thread(target=listen, daemon=True).start()
    while order := waiting.get():
        address, worker_id = order.split()
        yield address, worker_id


class WithoutPandas(MetaPathFinder):
    """Hides pandas, which Beam and pyarrow import where it is: 44 MB that no worker has a use for."""

    def find_spec(self, fullname: str, *_: object) -> None:
        """Pass every other module on.

        Raises:
            ModuleNotFoundError: it is pandas.
        """
        if fullname == "pandas":
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver is told too, and decides
    logging.disable(logging.CRITICAL)  # the driver tells what went wrong
    sys.meta_path.insert(0, WithoutPandas())
    from apache_beam.runners.worker.sdk_worker import SdkHarness

    for address, worker_id in orders(sys.stdin):
        SdkHarness(address, worker_id=worker_id, state_cache_size=STATE_CACHE).run()
