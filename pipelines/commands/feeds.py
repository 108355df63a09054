"""Manage a list of feeds in an OPML or text file, and check the feeds for problems."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command, add_common_options
from newslake.pipelines.commands.feed_lists import is_opml, read_feeds, url_or_path, write_feeds
from newslake.pipelines.exit_codes import exit_codes
from newslake.pipelines.options import HelpFormatter, WrongOption, add_options, refuse_given
from newslake.pipelines.parser import Parser
from newslake.pipelines.time_zones import add_time_zone, in_zone, minute
from newslake.pipelines.values import file, folder, given_text
from newslake.schemas.reasons import Reject, TemporaryFailure, UnknownHost
from newslake.transforms.feeds.lists import Listed, as_opml, as_text
from newslake.transforms.feeds.schedule.feed_state import (
    NAME,
    PAUSED,
    FeedState,
    FeedStates,
    PollResult,
    known_states,
)
from newslake.transforms.feeds.schedule.poll_schedule import after, first
from newslake.transforms.lake.marker import check_marker
from newslake.transforms.lake.storage import Storage
from newslake.transforms.web.urls import web_address

if TYPE_CHECKING:
    from newslake.transforms.feeds.inspection import Get, Inspected, Page

EXAMPLES = """\
examples:
  newslake feeds add feeds.opml https://example.org/     a feed, or a page that links to its feed
  newslake feeds list feeds.opml --lake lake             the feeds and their state in a lake
  newslake feeds check feeds.opml                        the problems of each feed
  newslake feeds check saved.xml                         the problems of a feed in a file
  newslake feeds import feeds.opml other.opml list.txt   add the feeds of other lists
  newslake feeds export feeds.opml --format text > feeds.txt
  newslake feeds remove feeds.opml https://example.org/feed.xml
  newslake feeds pause feeds.opml https://example.org/feed.xml   do not poll it, but keep it

A feed whose server is busy or does not answer in time is added too: `newslake follow` tries it again.
With --lake, its state is stored in the lake. `newslake follow` reads the list again while it runs.

FEEDS is a file that other feed readers can use too. If its name ends in .opml or .xml, the format
is OPML. Otherwise the format is text with one URL per line, without folders.
"""


FAILURES = "a feed cannot be fetched or read"
"""What can fail if the action sends requests."""

WORDS = {
    "add": ("URL", "URL of a feed, or of a page that links to it"),
    "remove": ("URL", "URL of a feed in the list"),
    "pause": ("URL", "URL of a feed in the list"),
    "resume": ("URL", "URL of a feed in the list"),
    "import": ("LIST", "OPML or text file"),
}
"""Maps actions to the metavar and the help text of the arguments after FEEDS."""


class _ActionParser(Parser):
    """The parser of an action. It adds the options of requests on use: they import the HTTP client."""

    sends_requests = False

    def parse_known_args(self, args: Iterable[str] | None = None, namespace: Any = None) -> Any:
        self._add_request_options()
        return super().parse_known_args(args, namespace)

    def of_commands(self) -> Iterator[Parser]:
        self._add_request_options()
        return super().of_commands()

    def _add_request_options(self) -> None:
        """Add the options of requests if the action sends requests."""
        if self.sends_requests:
            from newslake.transforms.fetch.fetch_options import RequestOptions

            add_options(self, (RequestOptions,))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add one subcommand per entry of `ACTIONS`."""
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="ACTION", parser_class=_ActionParser
    )
    for name, (_, about) in ACTIONS.items():
        summary = f"{about[0].upper()}{about[1:]}."
        action = actions.add_parser(
            name,
            help=about,
            description=summary,
            epilog=exit_codes(FAILURES if name in {"add", "check"} else ""),
            formatter_class=HelpFormatter,
            allow_abbrev=False,
        )
        what = "file with a list of feeds, saved feed, or URL of a feed or page"
        kind: Callable[[str], object] = url_or_path
        if name != "check":
            what, kind = "file with the list of feeds: OPML or text", file
        add = action.add_argument
        add("feeds", type=kind, metavar="FEEDS", help=what)
        if name in WORDS:
            metavar, about_words = WORDS[name]
            kind = file if name == "import" else given_text
            add("words", nargs="+", type=kind, metavar=metavar, help=about_words)
        if name == "add":
            about_folder = "folder in the list for the added feeds; only OPML has folders"
            add("--folder", type=given_text, metavar="NAME", help=about_folder)
        if name in {"add", "list"}:
            about_lake = "store the state of the added feeds in this lake"
            if name == "list":
                about_lake = "show the state of each feed in this lake"
            add("--lake", type=folder, metavar="DIR", help=about_lake)
        action.sends_requests = name in {"add", "check"}
        if name in {"list", "check"}:
            add("--json", action="store_true", help="print one JSON object per feed")
            add("--wide", action="store_true", help=terminal.WIDE_HELP)
            add_time_zone(action)
        if name == "export":
            add("--format", choices=("opml", "text"), default="opml", help="default: opml")
        add_common_options(action)


def run(arguments: argparse.Namespace, get: "Get | None" = None) -> int:
    """Run the action; return the exit code: 1 if a feed cannot be fetched or parsed.

    `get` returns the content of a URL or file. By default, it uses a polite HTTP client or the disk.

    Raises:
        WrongOption: an argument is invalid.
    """
    action, _ = ACTIONS[arguments.action]
    return action(arguments, get or partial(_get, arguments))


def _add(arguments: argparse.Namespace, get: "Get") -> int:
    from newslake.transforms.feeds.inspection import only_feed

    path = arguments.feeds
    if arguments.folder and not is_opml(path):
        raise WrongOption(
            f"--folder needs a list in OPML, but {path} is a text list; use a name that ends in .opml"
        )
    feeds = read_feeds(path) if path.exists() else []
    for word in arguments.words:
        if web_address(word) is None:
            raise WrongOption(f"{word} is not an http or https URL; a list of feeds contains URLs")
    if arguments.lake:
        check_marker(Storage(arguments.lake))
    folders = (arguments.folder,) if arguments.folder else ()
    code, added, states = 0, list[str](), list[FeedState]()
    for word in arguments.words:
        now = datetime.now(UTC)
        try:
            found = only_feed(get(word), get, now)
            assert found.feed
            # Keep the URL as the user gave it: the server may need a part of it, for example a token.
            address = word if web_address(word) == found.address else found.address
            state, title = first(address, now), found.feed.title
            about = f"{len(found.feed.entries)} entries"
            if found.feed.sitemaps is not None:
                about = f"an index of {len(found.feed.sitemaps)} sitemaps"
        except Reject as error:
            if not isinstance(error, TemporaryFailure) or isinstance(error, UnknownHost):
                problem = f"newslake: {web_address(word) or word} cannot be added: {error}"
                terminal.say(f"{problem}; check the URL in a browser, or try again later", "failed")
                code = 1
                continue
            address, title, state = word, None, _failed(word, error, now)
            about = f"not read yet: {state.fault} ({error}); `newslake follow` tries again"
        shown = web_address(address)
        if address in {feed.address for feed in feeds}:
            terminal.say(f"newslake: {shown} is already in {path}")
            continue
        feeds.append(Listed(address, title, folders))
        states.append(state)
        added.append(f"added {shown}, {about}")
    if added:
        write_feeds(path, feeds)
    if arguments.lake:
        with FeedStates(Path(arguments.lake, NAME)) as store:
            store.set_conditions(states)
    for line in added:
        terminal.print_line(line)
    return code


def _failed(address: str, error: TemporaryFailure, now: datetime) -> FeedState:
    """Return the state of a new feed after the poll that failed with `error`."""
    seconds = error.retry_after.total_seconds() if error.retry_after else None
    headers = {} if seconds is None else {"retry-after": f"{seconds:.0f}"}
    fault = "" if error.status else error.reason
    return after(first(address, now), PollResult(now, error.status, headers, fault=fault))


def _remove(arguments: argparse.Namespace, get: "Get") -> int:
    path = arguments.feeds
    feeds = read_feeds(path)
    unwanted = _named(arguments, feeds)
    write_feeds(path, [feed for feed in feeds if feed not in unwanted])
    terminal.print_line(f"removed {len(unwanted)} of {len(feeds)} feeds")
    return 0


def _named(arguments: argparse.Namespace, feeds: Sequence[Listed]) -> list[Listed]:
    """Return the feeds of the list that the command line names.

    Raises:
        WrongOption: a URL is not in the list.
    """
    path = arguments.feeds
    listed = {name for feed in feeds for name in (feed.address, feed.shown)}
    for word in arguments.words:
        if not {word, web_address(word)} & listed:
            raise WrongOption(
                f"{path} does not contain {web_address(word) or word}; see `newslake feeds list {path}`"
            )
    names = {*arguments.words, *map(web_address, arguments.words)}
    return [feed for feed in feeds if {feed.address, feed.shown} & names]


def _pause(arguments: argparse.Namespace, get: "Get", is_paused: bool = True) -> int:
    feeds = read_feeds(arguments.feeds)
    named = [feed for feed in _named(arguments, feeds) if feed.is_paused != is_paused]
    if named:
        changed = [replace(one, is_paused=is_paused) if one in named else one for one in feeds]
        write_feeds(arguments.feeds, changed)
    word = "paused" if is_paused else "resumed"
    terminal.print_line(f"{word} {len(named)} of {len(feeds)} feeds")
    return 0


def _resume(arguments: argparse.Namespace, get: "Get") -> int:
    return _pause(arguments, get, is_paused=False)


def _list(arguments: argparse.Namespace, get: "Get") -> int:
    if arguments.lake:
        check_marker(Storage(arguments.lake))
    else:
        refuse_given(arguments, ["tz"], "without --lake, which has the times")
    if arguments.json:
        refuse_given(arguments, ["wide"], "with --json")
    states = known_states(Path(arguments.lake)) if arguments.lake else {}
    times = ("since", "last answer", "next poll")
    columns = ("feed", "title", "folder", "state", *times, "failures", "fault")
    rows: list[tuple[object, ...]] = []
    zone = arguments.tz
    for feed in read_feeds(arguments.feeds):
        listed = (feed.shown, feed.title, " / ".join(feed.folders) or None)
        state = states.get(feed.shown)
        condition = PAUSED if feed.is_paused else state and state.condition
        if state:
            moments = (state.since, state.answered_at, None if feed.is_paused else state.next_at)
            shown_times = (minute(moment, zone) for moment in moments)
            rows.append((*listed, condition, *shown_times, state.failures, state.fault or None))
        else:
            rows.append((*listed, condition, None, None, None, None, None))
    if arguments.json:
        _as_json(dict(zip(columns, row, strict=True)) for row in rows)
    else:
        shown = columns if arguments.lake else columns[:4]
        terminal.table(shown, [row[: len(shown)] for row in rows], wide=arguments.wide)
    return 0


def _check(arguments: argparse.Namespace, get: "Get") -> int:
    feeds = _to_check(arguments.feeds)
    if not feeds:
        raise WrongOption(f"{arguments.feeds} lists no feed")
    if not any(web_address(feed.address) for feed in feeds):
        refuse_given(arguments, ("contact", "allow_private"), "on a file, which needs no request")
    if arguments.json:
        refuse_given(arguments, ["wide"], "with --json")
    inspections = [_inspected(feed, get) for feed in feeds]
    if arguments.json:
        _as_json(
            {
                "feed": one.address,
                "kind": one.feed.kind if one.feed else None,
                "entries": len(one.feed.entries) if one.feed else 0,
                "newest": in_zone(one.newest, arguments.tz).isoformat() if one.newest else None,
                "findings": one.findings,
            }
            for one in inspections
        )
    else:
        rows = [
            (
                one.address,
                one.feed.kind if one.feed else "not a feed",
                len(one.feed.entries) if one.feed else 0,
                minute(one.newest, arguments.tz),
                "; ".join(one.findings) or "none",
            )
            for one in inspections
        ]
        terminal.table(("feed", "kind", "entries", "newest", "problems"), rows, wide=arguments.wide)
    return 1 if any(one.feed is None for one in inspections) else 0


def _import(arguments: argparse.Namespace, get: "Get") -> int:
    path = arguments.feeds
    feeds = {feed.address: feed for feed in read_feeds(path)} if path.exists() else {}
    before = len(feeds)
    for word in arguments.words:
        for feed in read_feeds(word):
            feeds.setdefault(feed.address, feed)
    write_feeds(path, list(feeds.values()))
    terminal.print_line(f"added {len(feeds) - before} feeds, {len(feeds)} in total")
    return 0


def _export(arguments: argparse.Namespace, get: "Get") -> int:
    feeds = read_feeds(arguments.feeds)
    sys.stdout.write((as_opml if arguments.format == "opml" else as_text)(feeds).decode())
    return 0


ACTIONS: dict[str, tuple[Callable[[argparse.Namespace, "Get"], int], str]] = {
    "add": (_add, "add a feed by its URL, or by the URL of a page that links to it"),
    "remove": (_remove, "remove feeds"),
    "pause": (_pause, "keep feeds in the list, but do not poll them"),
    "resume": (_resume, "poll paused feeds again"),
    "list": (_list, "list the feeds"),
    "check": (_check, "report the problems of feeds"),
    "import": (_import, "add the feeds of other lists"),
    "export": (_export, "print the list as OPML or text"),
}
"""Maps each action to its function and to a summary for the help text."""


def _to_check(word: str) -> list[Listed]:
    """Return the feeds of the list `word`, or the single feed at the URL or file `word`."""
    if web_address(word) is None:
        try:
            return read_feeds(Path(word))
        except WrongOption:
            if not Path(word).is_file():
                raise
    return [Listed(word)]


def _inspected(feed: Listed, get: "Get") -> "Inspected":
    from newslake.transforms.feeds.inspection import Inspected, inspect

    try:
        inspected = inspect(get(feed.address), datetime.now(UTC))
    except Reject as error:
        return Inspected(feed.shown or feed.address, None, [str(error)])
    return replace(inspected, address=feed.shown or feed.address)


def _get(arguments: argparse.Namespace, word: str) -> "Page":
    from newslake.pipelines.commands.feed_requests import get

    return get(word, arguments)


def _as_json(objects: Iterable[dict[str, Any]]) -> None:
    for one in objects:
        sys.stdout.write(json.dumps(one, ensure_ascii=False) + "\n")


COMMAND = Command(
    run, EXAMPLES, add_arguments, lake=None, json=None, failures=FAILURES, has_actions=True
)
