"""The contexts of pipelines: of a bounded run, and of a stream."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from newslake.pipelines.options import WrongOption
from newslake.schemas.records import RunContext
from newslake.transforms.lake import layout
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.read.names import inside, unquote

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
    roots: Iterable[str] = (),
) -> RunContext:
    """Return the context of a bounded run in the directory `name`. It reads up to entry `as_of`.

    `settings` is the value of `rejects.settings`, and `roots` are those of the inputs. They are not
    needed if the run rejects nothing. A root inside the lake is temporary, and is left out.
    """
    folder = str(lake.storage.root)
    return RunContext(
        lake=folder,
        index=str(lake.index_path),
        staging=name,
        run_id=run_id,
        as_of=as_of,
        run_date=started_at.date().isoformat(),
        partition_unit=lake.partition_unit,
        settings=settings,
        roots=tuple(sorted(one for one in set(roots) if not inside(unquote(one), folder))),
    )


def stream_context(
    lake: LakeFolder,
    stream: str,
    settings: str,
    start_id: str = "",
    roots: Sequence[str] = (),
) -> RunContext:
    """Return the context of the stream with the name `stream`; each window adds its ids and paths.

    `settings` is the value of `rejects.settings`, and `roots` is that of the web archive. `start_id` is
    the id of a start of the stream. The window in which a stream is stopped and started again is two
    runs, with two ids.

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
        roots=tuple(roots),
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
