"""A worker process of the local runner. It serves one pipeline after another and ends with its driver.

Each line from the driver contains the control address of a pipeline, and an id for the worker.
"""

import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from queue import SimpleQueue
from threading import Thread
from typing import BinaryIO

from newslake.pipelines.runners.pandas_blocker import PandasBlocker
from newslake.transforms.events.parse.model import load_model

STATE_CACHE = 100 * 2**20
"""Size of the cache for side inputs, in bytes; the same as in Beam's workers."""
GRACE = 3
"""Seconds from the end of the driver to the exit. Running work can finish in this time."""


def pipelines(stream: BinaryIO) -> Iterator[tuple[str, str]]:
    """Yield addresses and ids. `GRACE` seconds after `stream` ends, exit even if a pipeline is running."""
    queue = SimpleQueue[str]()

    def listen() -> None:
        for line in stream:
            queue.put(line.decode())
        queue.put("")  # the driver has ended, normally or not
        time.sleep(GRACE)
        os._exit(1)

    Thread(target=listen, daemon=True).start()
    while line := queue.get():
        address, worker_id = line.split()
        yield address, worker_id


def load(events: bool = False) -> None:
    """Import the modules of a worker, before it is forked; for `events`, also load the language model."""
    sys.meta_path.insert(0, PandasBlocker())
    for module in ("apache_beam.runners.worker.sdk_worker", "newslake.pipelines.ingest"):
        import_module(module)
    if events:
        with suppress(Exception):  # `FindEvents` loads it again, and reports the error
            load_model()


def work(stream: BinaryIO) -> None:
    """Serve the pipelines in `stream`, until it ends."""
    logging.disable(logging.CRITICAL)  # the driver reports errors
    from apache_beam.runners.worker.sdk_worker import SdkHarness

    for address, worker_id in pipelines(stream):
        SdkHarness(address, worker_id=worker_id, state_cache_size=STATE_CACHE).run()
