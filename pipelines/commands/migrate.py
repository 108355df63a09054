"""Copy a lake of an older version, or a lake with other partitions, into a new lake."""

import argparse
from pathlib import Path

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.messages import INFO
from newslake.pipelines.options import add_partition
from newslake.pipelines.progress import Progress, State
from newslake.pipelines.values import folder
from newslake.schemas.tables import SCHEMA_VERSION
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.migration import migrate

EXAMPLES = """\
examples:
  newslake migrate lake lake-2                     to the current version
  newslake migrate lake lake-2 --partition month   to longer partitions; then run `newslake compact`

The command does not change the old lake, and locks it against writers during the copy. A column
that the old lake lacks has its default in the new lake, or NULL. Check the new lake, then delete the old one.

The copy is a new lake, because a glob over files of two schema versions fails or hides columns.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    parser.add_argument("old", type=folder, metavar="OLD", help="the lake to copy")
    parser.add_argument(
        "new", type=folder, metavar="NEW", help="folder of the new lake; must not exist"
    )
    add_partition(parser, default="as the old lake")


def run(arguments: argparse.Namespace) -> int:
    """Copy the lake; return the exit code.

    Raises:
        LakeError: see `newslake.transforms.lake.migration.migrate`.
    """
    state: State = (0, None, "")

    def tick(done: int, of: int) -> None:
        nonlocal state
        state = (done, done / of, "")

    with Progress("copying", "files", read_state=lambda: state):
        old, new = LakeFolder(arguments.old), Path(arguments.new)
        rows = migrate(old, new, tick, arguments.partition)
    wrote = f"newslake: wrote {rows:,} rows of schema {SCHEMA_VERSION} to {arguments.new}"
    terminal.say(wrote, level=INFO)
    return 0


COMMAND = Command(run, EXAMPLES, add_arguments, lake=None, json=None)
