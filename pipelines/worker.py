"""A worker process of the local runner: Beam's own, without its chatter.

It ends when its driver does, since nobody feeds it any more.
"""

import logging
import os
import sys

if __name__ == "__main__":
    logging.disable(logging.WARNING)
    os.environ["PIPELINE_OPTIONS"] = '{"default_sdk_harness_log_level": "ERROR"}'
    from apache_beam.runners.worker import sdk_worker_main

    import pipelines.ingest  # noqa: F401 coders of records must be known before the first one is decoded

    sdk_worker_main.main(sys.argv)
