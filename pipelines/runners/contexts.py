"""The contexts of pipelines: of a bounded run, and of a stream."""

import re
from datetime import datetime

from newslake.pipelines.options import WrongOption
from newslake.schemas.records import RunContext
from newslake.transforms.lake import layout
from newslake.transforms.lake.lake import LakeFolder

_STREAM = re.compile(r"[A-Za-z0-9_]{1,40}")
"""The names of streams. They are parts of file names and of ids of runs."""


def run_context(
    lake: LakeFolder,
    as_of: int,
    name: str,
    run_id: str,
    started_at: datetime,
    settings: str = "",
) -> RunContext:
    """Return the context of a bounded run in the directory `name`. It reads up to entry `as_of`.

    `settings` is the value of `rejects.settings`; it is not needed if the run rejects nothing.
    """
    return RunContext(
        lake=str(lake.storage.root),
        index=str(lake.index_path),
        staging=name,
        run_id=run_id,
        as_of=as_of,
        run_date=started_at.date().isoformat(),
        partition_unit=lake.partition_unit,
        settings=settings,
    )


def stream_context(lake: LakeFolder, stream: str, settings: str) -> RunContext:
    """Return the context of the stream with the name `stream`; each window adds its ids and paths.

    `settings` is the value of `rejects.settings`.

    Raises:
        WrongOption: `stream` is not a valid name.
    """
    if not _STREAM.fullmatch(stream):
        raise WrongOption(
            f"{stream!r} is not a name of a stream: use 1 to 40 letters, digits and underscores"
        )
    return RunContext(
        lake=str(lake.storage.root),
        index=str(lake.index_path),
        staging=layout.window_staging_name(stream),
        run_id=stream,
        as_of=None,
        run_date="",
        partition_unit=lake.partition_unit,
        settings=settings,
        stream=stream,
    )
