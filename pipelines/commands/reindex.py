"""Rebuild the index of a lake from the rows of its tables."""

import argparse
from contextlib import closing
from pathlib import Path

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.progress import Progress
from newslake.transforms.dedupe.index import Index
from newslake.transforms.dedupe.index_sync import COLUMNS
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.lake.log import live_files

EXAMPLES = """\
examples:
  newslake reindex --lake lake

The index is a cache of the document ids, text hashes and MinHash signatures in the lake. If the index
is missing, damaged or out of date, other commands update or rebuild it automatically. Run reindex only
if you suspect that the index is wrong, or to make it smaller. The new index contains the signatures of
the last 30 days. If a run needs older signatures, the run loads them.
"""


def run(arguments: argparse.Namespace) -> int:
    """Rebuild the index and print its row counts; return the exit code.

    Raises:
        LakeError: the lake is damaged or not writable.
    """
    lake = open_lake(Path(arguments.lake).absolute())
    with lake.committer() as committer:
        live = live_files(lake.log.entries(committer.last)).values()
        total = sum(file.rows for file in live if file.table in COLUMNS)
        with Progress("indexing", "rows", total):
            committer.conflicts.rebuild(committer.last)
    with closing(Index(lake.index_path)) as index:
        sizes = index.sizes()
    sizes["bytes"] = lake.index_path.stat().st_size
    if arguments.json:
        terminal.print_json(sizes)
    else:
        terminal.table(("index", "count"), [(name, f"{n:,}") for name, n in sizes.items()])
    return 0


COMMAND = Command(run, EXAMPLES)
