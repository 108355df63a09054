"""The contexts of pipelines: of a bounded run, and of a stream."""

import re
from datetime import datetime

from newslake.pipelines.options import WrongOption
from newslake.schemas.records import RunContext
from newslake.transforms.lake import layout
from newslake.transforms.lake.lake import LakeFolder

MAX_NAME = 40
"""Maximum length of the name of a stream."""

_STREAM = re.compile(rf"[A-Za-z0-9_]{{1,{MAX_NAME}}}")
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


def stream_context(lake: LakeFolder, stream: str, settings: str, start_id: str = "") -> RunContext:
    """Return the context of the stream with the name `stream`; each window adds its ids and paths.

    `settings` is the value of `rejects.settings`. `start_id` is the id of a start of the stream. The
    window in which a stream is stopped and started again is two runs, with two ids.

    Raises:
        WrongOption: `stream` is not a valid name.
    """
    check_name(stream)
    return RunContext(
        lake=str(lake.storage.root),
        index=str(lake.index_path),
        staging=layout.window_staging_name(stream),
        run_id=f"{stream}-{start_id}" if start_id else stream,
        as_of=None,
        run_date="",
        partition_unit=lake.partition_unit,
        settings=settings,
        stream=stream,
    )


def check_name(stream: str) -> None:
    """Check the name of a stream.

    Raises:
        WrongOption: `stream` is not a valid name.
    """
    if not _STREAM.fullmatch(stream):
        raise WrongOption(
            f"{stream!r} is not a name of a stream: use 1 to 40 letters, digits and underscores"
        )


def default_name(lake: LakeFolder) -> str:
    """Return the name of a stream that has no other name: that of the lake's folder.

    >>> default_name(LakeFolder("/data/my-news"))
    'my_news'
    """
    return re.sub(r"[^A-Za-z0-9_]", "_", lake.storage.root.name)[:MAX_NAME] or "stream"
