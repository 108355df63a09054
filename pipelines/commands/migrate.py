"""Copy a lake of an older schema into a new one."""

import argparse
from pathlib import Path

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.schemas.tables import SCHEMA_VERSION
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.migration import migrate

EXAMPLES = """\
example:
  newslake migrate lake lake-2

Plain globs over files of two schemas fail or hide columns, hence a new lake and not an old one mended.
The old lake is only read; nobody can write to it meanwhile. Columns that it lacks are null in the new
one. Remove the old one when you have seen the new one.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command alone."""
    parser.add_argument("old", metavar="OLD", help="the lake to copy")
    parser.add_argument("new", metavar="NEW", help="where to; must not exist yet")


def run(arguments: argparse.Namespace) -> int:
    """Copy the lake; return the exit code.

    Raises:
        LakeError: see `newslake.transforms.lake.migration.migrate`.
    """
    with terminal.progress("files") as bar:
        task = bar.add_task("copying")

        def tick(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        rows = migrate(LakeFolder(arguments.old), Path(arguments.new), tick)
    terminal.say(f"newslake: {rows:,} rows of schema {SCHEMA_VERSION} in {arguments.new}")
    return 0


COMMAND = Command(run, EXAMPLES, add_arguments, lake=None, json=None)
