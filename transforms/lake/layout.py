"""The names of all files and directories in a lake.

    lake/articles/published_date=2026-03-01/part-00000007-0-3fa85f64.parquet    what readers see
    lake/_lake.json          the marker: the versions of format and schema, the unit of partitions
    lake/_log/00000007.json  log entry 7; 00000007.done exists once its files are published
    lake/_tmp/w-…/           staging directories of bounded runs
    lake/_tmp/s-…/           staging directories of the windows of streams
    lake/_index/             a cache, see `newslake.transforms.dedupe.index`
    lake/_lock               the lock of the committer
    lake/_follow             the lock of the process that follows feeds
    lake/_streams/           files of streams, see `newslake.pipelines.follower.stream_files`
    lake/_aside/0001/        what `newslake verify --repair` has taken away

Partition values are dates. File names contain only numbers and digests from the log. Therefore no
name contains text from the news.
"""

import re

FORMAT = 3
"""Version of this layout and of the log entries."""

MARKER = "_lake.json"
LOCK = "_lock"
FOLLOW = "_follow"
STREAMS = "_streams"
LOG = "_log"
TMP = "_tmp"
ASIDE = "_aside"
INDEX = "_index/index.sqlite"
ALIVE = "alive"
RESULT = "result.json"
TRANSACTION = "transaction.json"

PART = re.compile(r"part-(?P<seq>\d{8})-\d+-[0-9a-f]{8}\.parquet")
PARTITION = re.compile(r"(?P<key>published_date|run_date)=(?P<day>\d{4}-\d\d-\d\d)")


def entry_name(seq: int) -> str:
    """Return the path of log entry `seq`."""
    return f"{LOG}/{seq:08}.json"


def done_name(seq: int) -> str:
    """Return the path of the file that marks all files of entry `seq` as published."""
    return f"{LOG}/{seq:08}.done"


def part_name(seq: int, number: int, digest: str) -> str:
    """Return the final name of file `number` of entry `seq`. newslake never uses a name twice."""
    return f"part-{seq:08}-{number}-{digest[:8]}.parquet"


def staging_name(run_id: str, number: int, attempt: int = 0) -> str:
    """Return the path of the staging directory for attempt `attempt` of bounded run `number`."""
    return f"{TMP}/w-{run_id}-{number:06}-{attempt}"


def window_staging_name(stream: str, window: str = "") -> str:
    """Return the path of the staging directory of a stream's window; without one, its beginning."""
    return f"{TMP}/s-{stream}-{window}"


def beside(path: str, prefix: str) -> str:
    """Return the path of a file in the same directory, with `prefix` before its name."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/{prefix}-{name}"


def run_staging_name(run_id: str) -> str:
    """Return the staging directory's path for a run's last commit, which adds the run's row."""
    return f"{TMP}/w-{run_id}-last"


def input_name(run_id: str) -> str:
    """Return the path of the staging directory with a copy of a run's input."""
    return f"{TMP}/w-{run_id}-input"


def retired_name(seq: int, number: int) -> str:
    """Return the path of the retired directory of partition swap `number` of entry `seq`."""
    return f"{TMP}/retired-{seq:08}-{number}"
