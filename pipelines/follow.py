"""Continuously poll feeds, fetch the pages that the feeds announce, and commit."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

if __name__ == "__main__":  # before Beam is imported, so that `main` can turn off Beam's log
    from newslake.pipelines.cli import main

    sys.exit(main(["follow", *sys.argv[1:]]))

from newslake.pipelines import ingest
from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import CREATED_IF_MISSING, Command
from newslake.pipelines.commands.compact import merge, worth_merging
from newslake.pipelines.commands.feed_lists import read_feeds, url_or_path
from newslake.pipelines.commands.query import check_output
from newslake.pipelines.follower.dashboard import Dashboard
from newslake.pipelines.follower.follow_loop import FollowLoop
from newslake.pipelines.follower.pending import Pending
from newslake.pipelines.ingest import Settings
from newslake.pipelines.options import (
    WrongOption,
    add_options,
    add_partition,
    configuration,
    configured,
    refuse_given,
)
from newslake.pipelines.runners.engine import Engine, engine
from newslake.pipelines.runners.runs import Summary, new_run_id, record_run
from newslake.pipelines.sql.coverage import silent_feeds
from newslake.pipelines.sql.views import run_query
from newslake.pipelines.values import duration
from newslake.schemas.tables import TABLES
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.failure import Failure, explanation
from newslake.transforms.feeds.crawler import Crawler
from newslake.transforms.feeds.lists import Listed
from newslake.transforms.feeds.schedule.feed_state import NAME, FeedStates
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.fetch_options import FetchOptions
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import Unsupported
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.web.urls import web_address

MAINTENANCE_INTERVAL = timedelta(hours=1)
"""Time between two maintenance steps: write `runs` and `fetches`, merge small files, report bad feeds."""

IDLE_SECONDS = 3600.0
"""If a partition gets no new file for this number of seconds, its small files are merged."""

EXAMPLES = """\
examples:
  newslake follow https://example.org/feed.xml --lake lake --once   poll once, fetch, commit, exit
  newslake follow feeds.opml --lake lake --contact you@example.org  run until Ctrl-C

FEEDS are URLs of feeds, or files that list feeds: OPML, or text with one URL per line. You can stop
the command at any time, even with kill -9: committed data is kept, and the next start continues
without missing or duplicate articles. With --once, the exit code is 1 if a page that may be fetched
has no outcome yet.
"""


STAGES = (FetchOptions, *ingest.STAGES)
"""The classes whose fields are options of this command."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    add = parser.add_argument
    about = "URL of a feed, or file with a list of feeds"
    add("feeds", nargs="+", type=url_or_path, metavar="FEEDS", help=about)
    once = "poll the feeds that are due, fetch pages for at most 10 minutes, commit, and exit"
    add("--once", action="store_true", help=once)
    add_time = partial(add, type=duration, metavar="TIME")
    add_time("--every", default="60s", help="time between two checks for feeds that are due")
    add_time("--flush", default="10m", help="time between two commits")
    add_time("--for", dest="time", help="exit after this time; default: run until stopped")
    add_partition(parser)
    add_options(parser, STAGES)


def run(arguments: argparse.Namespace) -> int:
    """Follow the feeds until the time of `--for` is over; return the exit code.

    Raises:
        NoSuchInput, WrongOption: a feed, a file or an option is invalid.
        LakeError: the lake cannot be opened or created.
    """
    if arguments.once:
        refuse_given(arguments, ("every", "time"), "with --once, which polls only once")
    feeds = addresses(arguments.feeds)
    if not feeds:
        raise WrongOption(f"{', '.join(arguments.feeds)} lists no feed; see `newslake feeds add`")
    if arguments.warc:
        check_output(Path(arguments.warc), Path(arguments.lake), "--warc")
    beam_engine = engine("DirectRunner", 1, ())
    lake = open_lake(Path(arguments.lake).absolute())
    lake.create(arguments.partition)
    lock = lake.storage.hold(layout.FOLLOW)
    if lock is None:
        running = f"another `newslake follow` already writes to {arguments.lake}"
        terminal.say(f"newslake: {running}; stop it, or use another lake")
        return 1
    try:
        with FeedStates(lake.storage.path(NAME)) as states:
            return Follower(arguments, lake, states, feeds, beam_engine).run()
    finally:
        lake.storage.release(lock)


def addresses(words: Sequence[str]) -> list[str]:
    """Return the URLs of the feeds on the command line, without duplicates.

    Raises:
        WrongOption: an argument is neither a URL nor a list of feeds.
    """
    found: dict[str, None] = {}
    for word in words:
        listed = [Listed(word)] if web_address(word) else read_feeds(Path(word))
        found.update((feed.address, None) for feed in listed)
    return list(found)


class Follower:
    """One execution of `newslake follow`.

    By default, it uses the system clock and the `fetch_options` of the command line. For
    `idle_seconds` (see `IDLE_SECONDS`), it always uses the system clock.
    """

    def __init__(
        self,
        arguments: argparse.Namespace,
        lake: LakeFolder,
        states: FeedStates,
        feeds: list[str],
        beam_engine: Engine,
        clock: Clock | None = None,
        fetch_options: FetchOptions | None = None,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._arguments = arguments
        self._lake = lake
        self._clock = clock or Clock()
        self._idle_seconds = idle_seconds
        self._stages = configured(STAGES, arguments)
        configured_fetch_options, *dag = self._stages
        self._fetch_options: FetchOptions = fetch_options or configured_fetch_options
        self._archive = self._fetch_options.archive
        archive_entries = self._archive.write_entries if self._archive else list
        pages_per_site = self._fetch_options.pages_per_site
        self._pending = Pending(
            lake, states, feeds, self._clock.now(), archive_entries, pages_per_site
        )
        self._crawler = Crawler(self._fetch_options, self._clock)
        self._loop = FollowLoop(
            lake,
            self._pending,
            self._crawler,
            Settings(*dag),
            beam_engine,
            self._clock,
            self._archive,
        )
        self._dashboard = Dashboard(terminal.out(), arguments.json)
        self._begin()

    def run(self) -> int:
        """Follow the feeds. At the end or after an error, close the archive and write the run's row.

        Return the exit code: 1 if `--once` leaves pages without an outcome that may be fetched.
        """
        if not self._fetch_options.contact:
            terminal.say(
                "newslake: warning: --contact is not set; set it so that publishers can reach you"
            )
        every, flush, once = self._arguments.every, self._arguments.flush, self._arguments.once
        until = self._clock.now() + self._arguments.time if self._arguments.time else None
        try:
            with self._dashboard, self._crawler:
                self._loop.follow(every, flush, until, once, self._show_polls, self._commit)
                behind = self._loop.behind
        finally:
            if self._archive:
                self._archive.close()
            self._record()
        if once and behind:
            terminal.say(
                f"newslake: some announced pages have no outcome yet; the first of them has been due "
                f"for {behind.total_seconds():.0f} s; run the command again"
            )
            return 1
        return 0

    def _begin(self) -> None:
        self._summary = Summary(new_run_id())
        self._started_at, self._commits = self._clock.now(), 0
        self._is_uncertain = False
        """True from the start of a commit until the result of the commit is known."""

    def _commit(self) -> None:
        """Commit and print the counts. If the commit fails, the next commit includes these rows."""
        self._is_uncertain = True
        try:
            result = self._loop.commit(self._summary.run_id, self._commits)
        except Failure as error:  # nothing was committed
            self._is_uncertain = False
            if self._arguments.once:
                raise
            cause = explanation(error)
            terminal.say(f"newslake: {cause}. No data is lost, the next commit tries again")
            return
        finally:
            self._commits += 1
        self._summary.add(result, self._clock.now())
        self._is_uncertain = False
        if result.warning:
            terminal.say(f"newslake: {result.warning}")
        self._show_commit(result.counts)
        if self._clock.now() - self._started_at >= MAINTENANCE_INTERVAL:
            self._maintain()

    def _maintain(self) -> None:
        """Do the hourly work. After a failure, do it again after the next commit."""
        try:
            self._record()
            self._begin()
            with suppress(Unsupported):
                for folder in list(worth_merging(self._lake, list(TABLES), self._idle_seconds)):
                    merge(self._lake, folder)
        except Failure as error:
            terminal.say(f"newslake: {error}. The next commit tries again")
        self._warn()

    def _show_polls(self) -> None:
        """Show the counts of the polls since the last commit."""
        counts = self._loop.counts | {"new": len(self._pending.announcements)}
        waiting, next_at = self._pending.pages.waiting, self._pending.next_at()
        self._dashboard.looked(counts, waiting, self._loop.behind, next_at)

    def _show_commit(self, counts: dict[str, int]) -> None:
        """Show the counts of a commit and of the polls before it."""
        polls = self._loop.counts
        total = counts | polls | {"new": counts.get("announcements", 0)}
        polls.clear()
        waiting, next_at = self._pending.pages.waiting, self._pending.next_at()
        behind = self._loop.behind
        self._dashboard.committed(total, waiting, behind, next_at, self._clock.now())

    def _record(self) -> None:
        """Write the row of `runs` and the rows of `fetches`, unless the counts are uncertain."""
        if self._is_uncertain or not (self._summary.commits or self._loop.requests):
            return
        self._summary.seconds = (self._clock.now() - self._started_at).total_seconds()
        record_run(
            self._lake,
            self._summary,
            command="follow",
            inputs=[web_address(word) or word for word in self._arguments.feeds],
            configuration=configuration(self._stages),
            started_at=self._started_at,
            finished_at=self._clock.now(),
            requests=self._loop.requests,
        )
        self._loop.requests.clear()

    def _warn(self) -> None:
        """Print the feeds that need attention: silent feeds, and feeds that fail repeatedly."""
        for feed, silence in run_query(self._lake.storage.root, silent_feeds):
            terminal.say(
                f"newslake: {feed} has had no new entry since {silence.since:%Y-%m-%d %H:%M}, "
                f"{silence.intervals:.1f} times its usual interval at these hours"
            )
        for state in self._pending.states.values():
            if state.suspect:
                terminal.say(
                    f"newslake: {web_address(state.feed)} failed {state.failures} times in a row "
                    f"({state.fault}); run `newslake feeds check`"
                )


COMMAND = Command(
    run,
    EXAMPLES,
    add_arguments,
    lake=CREATED_IF_MISSING,
    json="print one JSON object per commit",
    unknown_options="`newslake follow` runs only on the local runner, without options of Beam; ",
)
