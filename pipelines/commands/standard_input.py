"""Copies standard input to a file, so that all workers of `backfill` can read it."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from newslake.schemas.records import FileSlice
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.read.listing import NoSuchInput
from newslake.transforms.read.names import quote

STDIN = "-"
"""The path that means standard input."""

FOLDER, NAME = "stdin", "stdin.jsonl"
"""Folder and name of the copy. Rows contain both names: as source, and in the locator."""


def check_stdin() -> None:
    """Check that standard input is a file or a pipe.

    Raises:
        NoSuchInput: Standard input is closed, or is a terminal.
    """
    if sys.stdin is None:
        raise NoSuchInput(f"{STDIN}: standard input is closed")
    if sys.stdin.isatty():
        raise NoSuchInput(
            f"{STDIN} reads JSON Lines from standard input, which is a terminal: use a pipe, such as "
            "`zcat dump.jsonl.gz | newslake backfill - --lake lake`"
        )


@contextmanager
def copied_stdin(lake: LakeFolder, run_id: str) -> Iterator[FileSlice]:
    """Copy standard input to a temporary file of the lake, and yield the copy as an input."""
    with lake.input_folder(run_id) as parent:
        folder = (parent / FOLDER).resolve()
        folder.mkdir()
        with (folder / NAME).open("wb") as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
        yield FileSlice(quote(f"{folder}/{NAME}"), NAME, quote(str(folder)))
