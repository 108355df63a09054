"""`newslake follow` on a runner with streams: checks the options and starts the driver."""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from newslake.pipelines.commands import terminal
from newslake.pipelines.follower.stream_driver import StreamDriver
from newslake.pipelines.follower.stream_files import StreamFiles
from newslake.pipelines.follower.stream_options import StreamOptions
from newslake.pipelines.follower.upkeep import Upkeep
from newslake.pipelines.ingest import Settings
from newslake.pipelines.monitoring.monitor import Monitor
from newslake.pipelines.options import configuration, refuse_given
from newslake.pipelines.runners.contexts import check_name, default_name
from newslake.pipelines.runners.streaming import has_savepoint, stream_engine
from newslake.transforms.failure import Failure
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.web.urls import web_address


class AlreadyRunning(Failure):
    """Another process does the work of this command."""


def run_stream(
    arguments: argparse.Namespace, lake: LakeFolder, stages: Sequence[Any], monitor: Monitor
) -> int:
    """Follow the feeds by a stream; return the exit code.

    `stages` are the configured stages: the options of fetching, then those of the DAG.

    Raises:
        WrongOption: an option is invalid.
        LakeError: the lake cannot be opened or created.
        AlreadyRunning: a stream of this name is running.
    """
    name = arguments.stream or default_name(lake)
    check_name(name)
    refuse_given(arguments, ["once"], f"on {arguments.runner}, which runs until it is stopped")
    files, clock = StreamFiles(lake.storage, name), Clock()
    beam_engine = stream_engine(
        arguments.runner,
        arguments.workers,
        arguments.beam_options,
        files.checkpoints,
        files.job_name,
    )
    resumes = has_savepoint(arguments.beam_options)
    lake.create(arguments.partition)
    files.create()
    warn_of_contact(arguments)
    fetch_options, *dag = stages
    feeds = [word if web_address(word) else str(Path(word).absolute()) for word in arguments.feeds]
    options = StreamOptions(name, tuple(feeds), fetch_options, arguments.every, arguments.flush)
    upkeep = Upkeep(lake, feeds, configuration(stages), clock, name)
    until = clock.now() + arguments.time if arguments.time else None
    problem = f"already runs the stream {name}; stop it, or choose another name with --stream"
    with held(lake, files.driver, problem):
        StreamDriver(
            lake,
            options,
            Settings(*dag),
            beam_engine,
            upkeep,
            arguments.dashboard,
            until,
            monitor,
            resumes=resumes,
        ).run()
    return 0


@contextmanager
def held(lake: LakeFolder, lock: str, problem: str) -> Iterator[None]:
    """Hold a lock of `lake`.

    Raises:
        AlreadyRunning: another process holds the lock; the message ends with `problem`.
    """
    handle = lake.storage.hold(lock)
    if handle is None:
        raise AlreadyRunning(f"another `newslake follow` {problem}")
    try:
        yield
    finally:
        lake.storage.release(handle)


def warn_of_contact(arguments: argparse.Namespace) -> None:
    """Warn the user if publishers have no address to write to."""
    if not arguments.contact:
        terminal.say(
            "newslake: warning: --contact is not set; set it so that publishers can reach you"
        )
