"""The process that makes the page at `/`: python -P -m newslake.pipelines.serving.report_child LAKE

It writes one line of JSON to standard output, with the log entry and the content policy of the page or
with the message of an error, and then the page. Its memory ends with it.
"""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from newslake.pipelines.report.report_columns import Selection
from newslake.pipelines.report.report_page import page, policy, read_report
from newslake.transforms.failure import Failure


def main(lake: str) -> None:
    """Write the page that shows `lake`."""
    os.nice(5)  # a commit comes first
    try:
        report = read_report(Path(lake), Selection(), datetime.now(UTC))
    except (Failure, duckdb.Error, OSError, MemoryError) as error:
        message = str(error).split("\n\n")[0].strip() or type(error).__name__
        sys.stdout.write(json.dumps({"message": message}) + "\n")
        return
    about = {"entry": report.entry, "policy": policy(is_live=True)}
    sys.stdout.write(json.dumps(about) + "\n" + page(report.packed, is_live=True))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    main(sys.argv[1])
