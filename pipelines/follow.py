"""Continuously poll feeds, fetch the pages that the feeds announce, and commit."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from itertools import takewhile

if __name__ == "__main__":  # before Beam is imported, so that `main` can turn off Beam's log
    from newslake.pipelines.cli import main

    sys.exit(main(["follow", *sys.argv[1:]]))

from newslake.pipelines.address import address
from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import CREATED_IF_MISSING, Command
from newslake.pipelines.commands.feed_lists import listed_feeds, url_or_path
from newslake.pipelines.follower.dashboard import Dashboard
from newslake.pipelines.monitoring.endpoint import METRICS_HELP
from newslake.pipelines.options import WrongOption, add_options, add_partition
from newslake.pipelines.values import duration, workers

EXAMPLES = """\
examples:
  newslake follow https://example.org/feed.xml --lake lake --once   poll once, fetch, commit, exit
  newslake follow feeds.opml --lake lake --contact you@example.org  run until Ctrl-C
  newslake follow feeds.opml --lake lake --workers 2                the same, with two processes for articles
  newslake follow feeds.opml --lake lake --runner PrismRunner       the same, as a stream

FEEDS are URLs of feeds, or files that list feeds: OPML, or text with one URL per line. You can stop
the command at any time, even with kill -9: committed data is kept, and the next start continues
without missing or duplicate articles. Each feed that fails is named with the reason when its state
changes, and at the end.

SIGTERM ends the command with the exit code 0, and Ctrl-C with 130; both end a stream with 0. The exit
code is 1 if the last commit failed. With --once, it is also 1 if every due feed failed (with --strict,
if any did), or if a page that may be fetched has no outcome yet.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    # These modules import Beam.
    from newslake.pipelines.follower.follower import STAGES
    from newslake.pipelines.runners.streaming import STREAMING

    add = parser.add_argument
    about = "URL of a feed, or file with a list of feeds"
    add("feeds", nargs="+", type=url_or_path, metavar="FEEDS", help=about)
    once = "poll the feeds that are due, fetch pages for at most 10 minutes, commit, and exit"
    add("--once", action="store_true", help=once)
    strict = (
        "with --once: return the exit code 1 if any of the due feeds fails, not only if all fail"
    )
    add("--strict", action="store_true", help=strict)
    add_time = partial(add, type=duration, metavar="TIME")
    add_time("--every", default="60s", help="time between two checks for feeds that are due")
    add_time("--flush", default="10m", help="time between two commits")
    add_time("--for", dest="time", help="exit after this time; default: run until stopped")
    add("--metrics", type=address, metavar="[HOST:]PORT", help=METRICS_HELP)
    about = f"Beam runner: DirectRunner, or a stream on {' or '.join(STREAMING)}"
    add("--runner", default="DirectRunner", metavar="NAME", help=about)
    about = "name of the stream on such a runner; default: the name of the lake's folder"
    add("--stream", metavar="NAME", help=about)
    add(
        "--workers",
        type=workers,
        metavar="N",
        help="number of worker processes of DirectRunner, or the parallelism of FlinkRunner; default: 1",
    )
    add_partition(parser)
    add_options(parser, STAGES)


def run(arguments: argparse.Namespace) -> int:
    """See `newslake.pipelines.follower.follower.run`."""
    from newslake.pipelines.follower import follower  # imports Beam

    with arguments.dashboard:
        return follower.run(arguments)


class _Follow(Command):
    """The command. It shows its board before it imports Beam, which takes a second or more."""

    def parse(self, name: str, summary: str, argv: Sequence[str]) -> argparse.Namespace:
        if {"-h", "--help"} & set(argv):
            return super().parse(name, summary, argv)
        dashboard = Dashboard(terminal.out(), "--json" in argv)
        try:
            dashboard.start(_about(argv))
            arguments = super().parse(name, summary, argv)
        except BaseException:
            dashboard.stop()
            raise
        arguments.dashboard = dashboard
        return arguments


def _about(argv: Sequence[str]) -> str:
    """Return what the command line follows; the parser may still refuse it."""
    try:
        feeds = listed_feeds(list(takewhile(lambda word: not word.startswith("-"), argv)))
    except WrongOption:
        return ""
    paused = sum(feed.is_paused for feed in feeds)
    number = len(feeds) - paused
    about = f"{number:,} feed" if number == 1 else f"{number:,} feeds"
    return f"{about}, {paused:,} paused" if paused else about


COMMAND = _Follow(
    run,
    EXAMPLES,
    add_arguments,
    lake=CREATED_IF_MISSING,
    json="print one JSON object per commit",
    failures="with --once, a page that may be fetched has no outcome yet",
    takes_beam_options=True,
)
