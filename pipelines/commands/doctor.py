"""Check the installation, a lake and its feeds, and print a command that helps for each problem."""

import argparse
import shlex
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, tzinfo
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import duckdb

from newslake import __version__
from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.commands.lake_health import lake_findings
from newslake.pipelines.options import add_options, refuse_given
from newslake.pipelines.sql.coverage import silent_feeds
from newslake.pipelines.sql.views import run_query
from newslake.pipelines.time_zones import add_time_zone, minute
from newslake.pipelines.values import folder
from newslake.schemas.reasons import Reject
from newslake.transforms.events.parse.model import model_version
from newslake.transforms.failure import Failure
from newslake.transforms.feeds.schedule.feed_state import (
    NAME,
    PAUSED,
    REMOVED,
    FeedState,
    known_states,
)
from newslake.transforms.fetch.fetch_options import RequestOptions
from newslake.transforms.lake.marker import check_marker
from newslake.transforms.lake.storage import Storage

EXAMPLES = """\
examples:
  newslake doctor                         check the installation
  newslake doctor --lake lake             check a lake and its feeds too
  newslake doctor --lake lake --online    fetch each feed once

The exit code is 1 if there is an error, and 0 if there are only warnings. The command changes nothing.
Without --online, it sends no request. `newslake verify` checks a lake completely.
"""

LIBRARIES = ("apache-beam", "pyarrow", "duckdb", "aiohttp", "trafilatura", "lxml")
"""Libraries whose versions are printed."""

OK, WARNING, ERROR = "ok", "warning", "error"


@dataclass(frozen=True)
class Finding:
    """The result of one check."""

    level: str
    """`ok`, `warning` or `error`."""
    subject: str
    text: str
    command: str | None = None
    """A command that helps; None if nothing must be done."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    add = parser.add_argument
    add("--lake", type=folder, metavar="DIR", help="folder of a lake to check")
    add("--flink", action="store_true", help="check what --runner FlinkRunner needs, too")
    add("--online", action="store_true", help="fetch the feeds of the lake")
    add_time_zone(parser)
    add_options(parser, [RequestOptions])


def run(arguments: argparse.Namespace) -> int:
    """Run all checks and print the findings; return 1 if there is an error.

    Raises:
        WrongOption: an option has no effect.
        NotALake: the folder is not a lake.
    """
    if not arguments.online:
        names = ("contact", "allow_private", "allow_metadata")
        refuse_given(arguments, names, "without --online")
    if not arguments.lake:
        refuse_given(arguments, ("online",), "without --lake, whose feeds it fetches")
        refuse_given(arguments, ("tz",), "without --lake, whose feeds have times")
    findings = [*_installation(arguments.flink)]
    if arguments.lake:
        findings += _lake(arguments)
    if arguments.json:
        terminal.print_json({"findings": [asdict(one) for one in findings]})
    else:
        for one in findings:
            terminal.print_line(terminal.printable(f"{one.level:8}{one.subject}: {one.text}"))
            if one.command:
                terminal.print_line(terminal.printable(f"{'':8}{one.command}"))
    return 1 if any(one.level == ERROR for one in findings) else 0


def _installation(with_flink: bool) -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    level = OK if sys.version_info[:2] == (3, 11) else ERROR
    command = None if level == OK else "install newslake with Python 3.11"
    yield Finding(level, "newslake", f"version {__version__}, Python {python}", command)
    for name in LIBRARIES:
        try:
            yield Finding(OK, name, f"version {version(name)}")
        except PackageNotFoundError:
            yield Finding(ERROR, name, "not installed", "pip install newslake")
    if model := model_version():
        yield Finding(OK, "language model", model)
    else:
        text = "not installed: no events are extracted from articles"
        yield Finding(WARNING, "language model", text, "pip install 'newslake[events]'")
    if with_flink:
        yield _flink()


def _flink() -> Finding:
    from apache_beam.options.pipeline_options import PipelineOptions

    from newslake.pipelines.runners.flink import default_flags, missing_requirement

    missing = missing_requirement(PipelineOptions(default_flags([])))
    if missing:
        return Finding(ERROR, "Flink", missing, "make flink")
    return Finding(OK, "Flink", f"Java is {shutil.which('java')}, and the job server is installed")


def _lake(arguments: argparse.Namespace) -> Iterator[Finding]:
    lake = Path(arguments.lake).absolute()
    quoted = shlex.quote(arguments.lake)
    storage = Storage(lake)
    try:
        check_marker(storage)
    except Failure as error:
        if not storage.exists("_lake.json") and not storage.exists("_log"):
            raise
        yield Finding(ERROR, "lake", str(error))
        return
    for level, subject, text, command in lake_findings(lake):
        yield Finding(level, subject, text, command and f"{command} --lake {quoted}")
    yield from _feeds(lake, arguments)


def _feeds(lake: Path, arguments: argparse.Namespace) -> Iterator[Finding]:
    try:
        _check_readable(lake / NAME)
        states = known_states(lake)
    except (Failure, sqlite3.Error) as error:
        text = f"the state of the feeds cannot be read ({error}); the next follow polls each feed again"
        yield Finding(WARNING, "feeds", text)
        return
    if not states:
        yield Finding(OK, "feeds", "none has been polled")
        return
    followed = {
        feed: state for feed, state in states.items() if state.condition not in {PAUSED, REMOVED}
    }
    failing = {feed: state for feed, state in followed.items() if state.fault or state.suspect}
    answer = f"{len(followed) - len(failing)} of {len(followed)} feeds answer"
    paused = sum(state.condition == PAUSED for state in states.values())
    yield Finding(OK, "feeds", f"{answer}, {paused} paused" if paused else answer)
    for feed, state in failing.items():
        yield _failing(feed, state, arguments.tz)
    yield from _silent(lake, arguments.tz)
    if arguments.online:
        yield from (_fetched(feed, arguments) for feed in followed)


def _check_readable(path: Path) -> None:
    """Raise sqlite3.Error if the file is damaged: to open it would replace it by an empty file."""
    if path.exists():
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as file:
            file.execute("SELECT count(*) FROM feeds").fetchone()


def _failing(feed: str, state: FeedState, zone: tzinfo) -> Finding:
    answered = minute(state.answered_at, zone) or "never"
    failed = "1 failure" if state.failures == 1 else f"{state.failures} failures in a row"
    text = f"{state.fault or 'gone'}, {failed}, last answer: {answered}"
    level = ERROR if state.suspect else WARNING
    return Finding(level, feed, text, f"newslake feeds check {shlex.quote(feed)}")


def _silent(lake: Path, zone: tzinfo) -> Iterator[Finding]:
    """Yield the feeds that answer but have had no new entry for an unusual time."""
    with suppress(duckdb.Error, Failure):
        for feed, silence in run_query(lake, silent_feeds):
            text = (
                f"no new entry since {minute(silence.since, zone)}, {silence.intervals:.1f} times "
                "its usual interval at these hours"
            )
            yield Finding(WARNING, feed, text, f"newslake feeds check {shlex.quote(feed)}")


def _fetched(feed: str, arguments: argparse.Namespace) -> Finding:
    # Only this check needs the parser of pages, which takes long to import.
    from newslake.pipelines.commands.feed_requests import get
    from newslake.transforms.feeds.inspection import inspect

    check = f"newslake feeds check {shlex.quote(feed)}"
    try:
        found = inspect(get(feed, arguments), datetime.now(UTC))
    except Reject as error:
        return Finding(ERROR, feed, f"{error.reason}: {error}", check)
    if found.feed is None:
        return Finding(ERROR, feed, "; ".join(found.findings), check)
    return Finding(OK, feed, f"answers with {len(found.feed.entries)} entries")


COMMAND = Command(run, EXAMPLES, add_arguments, lake=None, failures="a check found an error")
