"""Follow feeds: poll them, fetch what they announce, and commit, for weeks."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

if __name__ == "__main__":  # before Beam is imported, so that its log lines can be kept off
    from newslake.pipelines.cli import main

    sys.exit(main(["follow", *sys.argv[1:]]))

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import MADE_IF_MISSING, Command
from newslake.pipelines.commands.compact import merge, worth_merging
from newslake.pipelines.commands.feeds import read_feeds
from newslake.pipelines.follower.dashboard import Dashboard
from newslake.pipelines.follower.follow_loop import FollowLoop, Schedule
from newslake.pipelines.follower.pending import Pending
from newslake.pipelines.ingest import Settings
from newslake.pipelines.options import add_options, configuration, configured, duration
from newslake.pipelines.runners.engine import engine
from newslake.pipelines.runners.runs import Summary, new_run_id, record_run
from newslake.pipelines.sql.coverage import silent_feeds
from newslake.pipelines.sql.views import ask
from newslake.schemas.tables import TABLES
from newslake.transforms.clean.clean import Clean
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.events.find_events import FindEvents
from newslake.transforms.extract.extract import Extract
from newslake.transforms.feeds.lists import Listed
from newslake.transforms.feeds.schedule.feed_state import NAME, FeedStates
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.fetch import OpenVisitor
from newslake.transforms.fetch.fetch_options import FetchOptions
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import LakeError, Unsupported
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.web.urls import web_address

STAGES = (FetchOptions, Extract, Clean, FindEvents)

KEEPING = timedelta(hours=1)
"""So often rows of `runs` and of polls are written, quiet partitions merged and bad feeds named."""

IDLE_SECONDS = 3600.0
"""A partition without a new file for so long is quiet."""

EXAMPLES = """\
examples:
  newslake follow https://example.org/feed.xml --lake lake --once   one look, one commit
  newslake follow feeds.opml --lake lake --contact you@example.org  for ever; Ctrl-C ends it

FEEDS are addresses of feeds, or files: OPML, or text with an address a line. Stop it at any time,
also by kill -9: what was committed stays, and the next start goes on without a hole or a double.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command alone."""
    parser.add_argument("feeds", nargs="+", metavar="FEEDS", help="address of a feed, or file")
    parser.add_argument("--once", action="store_true", help="poll what is due, commit, and end")
    parser.add_argument(
        "--every", type=duration, default="60s", metavar="TIME", help="look for due feeds; 60s"
    )
    parser.add_argument(
        "--flush", type=duration, default="10m", metavar="TIME", help="between two commits; 10m"
    )
    parser.add_argument(
        "--for", type=duration, dest="time", metavar="TIME", help="end after this time; for ever"
    )
    add_options(parser, STAGES)


def run(arguments: argparse.Namespace) -> int:
    """Follow the feeds until the time is over; return the exit code.

    Raises:
        NoSuchInput, WrongOption: wrong use.
        LakeError: the lake refuses at the start.
    """
    feeds = addresses(arguments.feeds)
    lake = open_lake(Path(arguments.lake).absolute())
    lake.create()
    held = lake.storage.hold(layout.FOLLOW)
    if held is None:
        terminal.say(f"newslake: another `newslake follow` writes to {arguments.lake} already")
        return 1
    try:
        with FeedStates(lake.storage.path(NAME)) as states:
            Follower(arguments, lake, states, feeds).run()
    finally:
        lake.storage.release(held)
    return 0


def addresses(words: Sequence[str]) -> list[str]:
    """Return the addresses of the feeds that the user named, each once.

    Raises:
        WrongOption: a word is neither an address nor a list of feeds.
    """
    found: dict[str, None] = {}
    for word in words:
        listed = [Listed(word)] if web_address(word) else read_feeds(Path(word))
        found.update((feed.address, None) for feed in listed)
    return list(found)


class Follower:
    """One `newslake follow`, from its start to its end.

    Args:
        arguments: As parsed.
        lake: Where to.
        states: What is remembered of the feeds.
        feeds: Their addresses.
        clock: What tells the time; the machine's clock by default.
        open_visitor: Gives the visitor that gets feeds and pages; as the arguments say by default.
        idle_seconds: A partition without a new file for so long is quiet, by the machine's clock.
    """

    def __init__(
        self,
        arguments: argparse.Namespace,
        lake: LakeFolder,
        states: FeedStates,
        feeds: list[str],
        clock: Clock | None = None,
        open_visitor: OpenVisitor | None = None,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._arguments = arguments
        self._lake = lake
        self._clock = clock or Clock()
        self._idle_seconds = idle_seconds
        self._fetching = configured(FetchOptions, arguments)
        self._settings = Settings(
            extract=configured(Extract, arguments),
            clean=configured(Clean, arguments),
            find_events=configured(FindEvents, arguments),
        )
        self._archive = self._fetching.archive
        archive_entries = self._archive.write_entries if self._archive else list
        self._gathering = Pending(lake, states, feeds, self._clock.now(), archive_entries)
        self._following = FollowLoop(
            lake,
            self._gathering,
            open_visitor or self._fetching.visitor,
            self._fetching.budget,
            self._settings,
            engine("DirectRunner", 1, arguments.beam_options),
            self._clock,
        )
        self._board = Dashboard(terminal.out, arguments.json)
        self._begin()

    def run(self) -> None:
        """Follow; at the end, however it comes, leave all in order."""
        if not self._fetching.contact:
            terminal.say("newslake: name a --contact, so that publishers can reach you")
        schedule = Schedule(self._arguments.every, self._arguments.flush)
        until = self._until()
        try:
            with self._board:
                self._following.follow(schedule, until, self._look, self._commit)
        finally:
            if self._archive:
                self._archive.close()
            self._record()

    def _until(self) -> datetime | None:
        if self._arguments.once:
            return self._clock.now()
        return self._clock.now() + self._arguments.time if self._arguments.time else None

    def _begin(self) -> None:
        self._summary = Summary(new_run_id())
        self._began, self._commits = self._clock.now(), 0
        self._unsure = False
        """True while nobody can tell what the lake holds of this run."""

    def _commit(self) -> None:
        """Commit, and say what it brought; a lake that refuses is asked again at the next commit."""
        self._unsure = True
        try:
            outcome = self._following.commit(self._summary.run_id, self._commits)
        except LakeError as error:
            self._unsure = False
            if self._arguments.once:
                raise
            terminal.say(f"newslake: {error}; nothing is lost, trying again at the next commit")
            return
        finally:
            self._commits += 1
        self._summary.add(outcome, self._clock.now())
        self._unsure = False
        self._tell(outcome.counts)
        if self._clock.now() - self._began >= KEEPING:
            self._keep_house()

    def _keep_house(self) -> None:
        """Do what is done once in `KEEPING`; a lake that refuses is asked again at the next commit."""
        try:
            self._record()
            self._begin()
            self._merge()
        except LakeError as error:
            terminal.say(f"newslake: {error}; trying again at the next commit")
        self._warn()

    def _look(self) -> None:
        """Show what the polls since the last commit have brought."""
        found = self._following.counts | {"new": len(self._gathering.announcements)}
        self._board.looked(found, len(self._gathering.waiting), self._gathering.next_at())

    def _tell(self, counts: dict[str, int]) -> None:
        """Tell what a commit brought."""
        polls = self._following.counts
        brought = counts | polls | {"new": counts.get("announcements", 0)}
        polls.clear()
        waiting, next_at = len(self._gathering.waiting), self._gathering.next_at()
        self._board.committed(brought, waiting, next_at, self._clock.now())

    def _record(self) -> None:
        """Leave a row of `runs`, and one of `fetches` for each poll; none if it might not be true."""
        if self._unsure or not (self._summary.commits or self._following.requests):
            return
        self._summary.seconds = (self._clock.now() - self._began).total_seconds()
        record_run(
            self._lake,
            self._summary,
            command="follow",
            inputs=[web_address(word) or word for word in self._arguments.feeds],
            configuration=configuration(
                [
                    self._fetching,
                    self._settings.extract,
                    self._settings.clean,
                    self._settings.find_events,
                ]
            ),
            started_at=self._began,
            finished_at=self._clock.now(),
            requests=self._following.requests,
        )
        self._following.requests.clear()

    def _merge(self) -> None:
        """Merge the small files of partitions that are quiet now."""
        with suppress(Unsupported):
            for folder in list(worth_merging(self._lake, list(TABLES), self._idle_seconds)):
                merge(self._lake, folder)

    def _warn(self) -> None:
        """Name the feeds that a person should look at: silent ones, and those that fail and fail."""
        quiet = ask(self._lake.storage.root, silent_feeds, as_of=None)
        for one in quiet:
            terminal.say(
                f"newslake: {one.feed} is silent since {one.silence.since:%Y-%m-%d %H:%M}, "
                f"{one.silence.intervals:.1f} times as long as is to be expected at these hours"
            )
        for state in self._gathering.states.values():
            if state.suspect:
                terminal.say(
                    f"newslake: {web_address(state.feed)} failed {state.failures} times, with "
                    f"{state.fault}; see newslake feeds check"
                )


COMMAND = Command(
    run,
    EXAMPLES,
    add_arguments,
    lake=MADE_IF_MISSING,
    json="print one JSON object a commit, for programs",
    takes_beam_options=True,
)
