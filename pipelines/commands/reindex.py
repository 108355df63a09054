"""Make the index of a lake anew, of the lake's own columns."""

import argparse
import json
import sys
from contextlib import closing
from pathlib import Path

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.transforms.dedupe.index import Index
from newslake.transforms.dedupe.lake_index import open_lake

EXAMPLES = """\
examples:
  newslake reindex --lake lake

The index is a cache: it tells which documents, texts and near copies the lake knows. Commands mend
it by themselves when it is gone, damaged or behind, so this is only for who does not trust it, or
wants it small again: of the signatures that near copies are found by, it takes in the last 30 days;
others are read when a run needs them.
"""


def run(arguments: argparse.Namespace) -> int:
    """Make the index and say what it holds; return the exit code.

    Raises:
        LakeError: the lake refuses.
    """
    lake = open_lake(Path(arguments.lake).absolute())
    with lake.committer() as committer:
        committer.conflicts.rebuild(committer.last)
    with closing(Index(lake.index_path)) as index:
        sizes = index.sizes()
    sizes["bytes"] = lake.index_path.stat().st_size
    if arguments.json:
        sys.stdout.write(json.dumps(sizes) + "\n")
    else:
        terminal.table(("index", "count"), [(name, f"{n:,}") for name, n in sizes.items()])
    return 0


COMMAND = Command(run, EXAMPLES)
