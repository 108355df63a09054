"""Where things lie in a lake, by name.

    lake/articles/published_date=2026-03-01/part-00000007-0-3fa85f64.parquet    what readers see
    lake/_lake.json          that it is a lake, and of which format
    lake/_log/00000007.json  the write-ahead log: entry 7, and 00000007.done once its files show
    lake/_tmp/w-…/           staging directories of running writers
    lake/_index/             a cache, see `newslake.transforms.dedupe.index`
    lake/_lock               held by the one who commits
    lake/_follow             held by the one who follows feeds

Partition values come from dates only and file names from the log only, never from the news.
"""

import re
from pathlib import Path

FORMAT = 2
"""Version of this layout and of the log's entries."""

MARKER = "_lake.json"
LOCK = "_lock"
FOLLOW = "_follow"
LOG = "_log"
TMP = "_tmp"
INDEX = "_index/index.sqlite"
ALIVE = "alive"
RESULT = "result.json"
TRANSACTION = "transaction.json"

PART = re.compile(r"part-(?P<seq>\d{8})-\d+-[0-9a-f]{8}\.parquet")
PARTITION = re.compile(
    r"(?P<key>published_date|run_date)=(?P<day>\d{4}-\d\d-\d\d|__HIVE_DEFAULT_PARTITION__)"
)


def literal(path: Path) -> str:
    """Return `path` as a glob that means this one path and nothing else."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def entry_name(seq: int) -> str:
    """Return the name of entry `seq` of the log."""
    return f"{LOG}/{seq:08}.json"


def done_name(seq: int) -> str:
    """Return the name of the mark that all files of entry `seq` show."""
    return f"{LOG}/{seq:08}.done"


def part_name(seq: int, number: int, digest: str) -> str:
    """Return the final name of file `number` of entry `seq`: never used twice."""
    return f"part-{seq:08}-{number}-{digest[:8]}.parquet"


def staging_name(run_id: str, number: int, attempt: int = 0) -> str:
    """Return the name of the room of bounded run `number` of a run, at its `attempt`th try."""
    return f"{TMP}/w-{run_id}-{number:06}-{attempt}"


def run_staging_name(run_id: str) -> str:
    """Return the name of the room in which a run stages its own row, at its end."""
    return f"{TMP}/w-{run_id}-last"


def retired_name(seq: int, number: int) -> str:
    """Return where the old folder of exchange `number` of entry `seq` rests."""
    return f"{TMP}/retired-{seq:08}-{number}"
