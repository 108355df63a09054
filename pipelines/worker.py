"""A worker process of the local runner: Beam's own, without its chatter, gone when its driver is."""

import logging
import os
import signal
import sys
import threading
import time

DRIVER = "NEWSLAKE_DRIVER"
"""Environment variable: the process that the worker works for."""


def leave_with(driver: int) -> None:
    """End this process when the process `driver` has ended, however it did."""
    while True:
        time.sleep(1)
        try:
            os.kill(driver, 0)
        except ProcessLookupError:
            os._exit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver is told too, and decides
    threading.Thread(target=leave_with, args=[int(os.environ[DRIVER])], daemon=True).start()
    logging.disable(logging.WARNING)
    os.environ["PIPELINE_OPTIONS"] = '{"default_sdk_harness_log_level": "ERROR"}'
    from apache_beam.runners.worker import sdk_worker_main

    sdk_worker_main.main(sys.argv)
