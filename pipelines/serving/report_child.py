"""The process that makes the page at `/`: python -P -m newslake.pipelines.serving.report_child LAKE FOLDER

FOLDER keeps the copy of the lake's tables for the next process. The process writes one line of JSON to
standard output, with the log entry and the content policy of the page or with the message of an error,
and then the page. Its memory ends with it.
"""

import json
import os
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from newslake.pipelines.report.report_columns import Selection
from newslake.pipelines.report.report_page import page, policy, read_report
from newslake.pipelines.serving.table_copy import TableCopy
from newslake.transforms.beam.sandbox import limit_memory
from newslake.transforms.failure import Failure

MEGABYTES = 4096
"""Maximum memory, in units of 2**20 bytes; without limit on other systems than Linux."""

GZIP_LEVEL = 1
"""A browser on this machine or near it gets the page, so it need not be small."""


def main(lake: str, folder: str) -> None:
    """Write the page that shows `lake`."""
    os.nice(5)  # a commit comes first
    limit_memory(MEGABYTES)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    read = TableCopy(Path(folder, "tables.duckdb")).read_rows
    try:
        report = read_report(Path(lake), Selection(), datetime.now(UTC), read, GZIP_LEVEL)
        about: dict[str, object] = {"entry": report.entry, "policy": policy(is_live=True)}
        content = page(report.packed, is_live=True)
    except (duckdb.OutOfMemoryException, MemoryError):
        about, content = {"message": f"the report needs more than {MEGABYTES:,} MB of memory"}, ""
    except (Failure, duckdb.Error, OSError) as error:
        message = str(error).split("\n\n")[0].strip() or type(error).__name__
        about, content = {"message": message}, ""
    sys.stdout.write(json.dumps(about) + "\n" + content)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    main(*sys.argv[1:])
