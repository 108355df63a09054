"""How long the articles of a commit took from their announcement until they were visible."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from newslake.pipelines.sql.views import run_query
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import LogEntry
from newslake.transforms.lake.parquet import read_columns
from newslake.transforms.lake.transaction import STORED

_ANNOUNCED = """
SELECT coalesce(max(seen_at) FILTER (revised), min(seen_at)) FROM announcements
WHERE canonical_url IN (SELECT unnest(?::VARCHAR[])) GROUP BY canonical_url
"""


def visible_after(lake: LakeFolder, seq: int, now: datetime) -> list[float]:
    """Return the seconds from the announcement of each stored document of entry `seq` until `now`.

    A document is a page that was announced, or an entry that contains the whole article. If an entry
    was revised, its last announcement counts.

    Raises:
        LakeError, OSError: the files of the entry cannot be read, because a compaction replaced them.
    """
    entry = lake.log.read(seq)
    stored = {
        row["document_id"] for table in STORED for row in _rows(lake, entry, table, ["document_id"])
    }
    columns = ["canonical_url", "document_id", "kind"]
    pages = [
        row["canonical_url"]
        for row in _rows(lake, entry, "fetches", columns)
        if row["kind"] == "page" and row["document_id"] in stored
    ]
    times = [
        row["seen_at"]
        for row in _rows(lake, entry, "announcements", ["seen_at", "content_source"])
        if row["content_source"] == "entry"
    ]
    if pages:
        found = run_query(
            lake.storage.root,
            lambda tables: tables.execute(_ANNOUNCED, [pages]).fetchall(),
            sql=_ANNOUNCED,
        )
        times += [at for (at,) in found]
    return [max((now - at).total_seconds(), 0.0) for at in times]


def _rows(
    lake: LakeFolder, entry: LogEntry, table: str, columns: list[str]
) -> Iterator[dict[str, Any]]:
    for file in entry.files:
        if file.table == table:
            yield from read_columns(lake.storage.path(file.final), columns)
