"""Copy a lake of an older schema into a new one."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from newslake.pipelines.commands import terminal
from newslake.pipelines.options import WrongOption
from newslake.schemas.tables import SCHEMA_VERSION
from newslake.transforms.lake.lake import Lake
from newslake.transforms.lake.migration import migrate

EXAMPLES = """\
example:
  newslake migrate lake lake-2

Plain globs over files of two schemas fail or hide columns, hence a new lake and not an old one mended.
The old lake is only read; nobody can write to it meanwhile. Columns that it lacks are null in the new
one. Remove the old one when you have seen the new one.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.epilog = EXAMPLES
    parser.add_argument("old", metavar="OLD", help="the lake to copy")
    parser.add_argument("new", metavar="NEW", help="where to; must not exist yet")


def run(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    """Copy the lake; return the exit code.

    Raises:
        WrongOption: unknown options.
        LakeError: see `newslake.transforms.lake.migration.migrate`.
    """
    if rest:
        raise WrongOption(f"unknown option {rest[0]}; see newslake migrate --help")
    with terminal.progress("files") as bar:
        task = bar.add_task("copying")

        def tick(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        rows = migrate(Lake(arguments.old), Path(arguments.new), tick)
    terminal.say(f"newslake: {rows:,} rows of schema {SCHEMA_VERSION} in {arguments.new}")
    return 0
