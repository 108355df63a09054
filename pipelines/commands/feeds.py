"""Keep a list of feeds: an OPML file, or text with an address a line; and say what is wrong with them."""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.options import WrongOption, add_options, configured
from newslake.schemas.reasons import Reject
from newslake.transforms.feeds.inspection import Get, Inspected, Page, inspect, only_feed
from newslake.transforms.feeds.lists import Listed, NotAList, as_opml, as_text, read_list
from newslake.transforms.feeds.schedule.feed_state import known_states
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.crawl import check_status
from newslake.transforms.fetch.fetch_options import FetchOptions
from newslake.transforms.fetch.response import Response
from newslake.transforms.web.urls import web_address

EXAMPLES = """\
examples:
  newslake feeds add feeds.opml https://example.org/     a feed, or a page that names one
  newslake feeds list feeds.opml --lake lake             with what is known of them
  newslake feeds check feeds.opml                        what is wrong, in words
  newslake feeds check saved.xml                         of a file too
  newslake feeds import feeds.opml other.opml list.txt   what it does not hold yet
  newslake feeds export feeds.opml --format text > feeds.txt
  newslake feeds remove feeds.opml https://example.org/feed.xml

FEEDS is yours: a file that other readers of feeds understand. Its ending decides: .opml or .xml is
OPML, all else is text.
"""


@dataclass(frozen=True)
class Asking:
    """How to ask on the web."""

    contact: str | None = FetchOptions.contact
    """Web or mail address at which publishers reach you; a part of the User-Agent. Default none."""
    allow_private: bool = FetchOptions.allow_private
    """Also ask in private networks and on unusual ports: for an intranet. Default no."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add an action for each of `ACTIONS`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, (_, about) in ACTIONS.items():
        action = actions.add_parser(name, help=about, description=about.capitalize() + ".")
        what = "list, feed or page" if name == "check" else "OPML or text file"
        action.add_argument("feeds", metavar="FEEDS", help=what)
        if name in {"add", "remove", "import"}:
            action.add_argument("words", nargs="+", metavar="LIST" if name == "import" else "URL")
        if name == "add":
            action.add_argument("--folder", metavar="NAME", help="put it into this folder")
        if name == "list":
            action.add_argument("--lake", metavar="DIR", help="show what is known of each feed")
        if name in {"add", "check"}:
            add_options(action, (Asking,))
        if name in {"list", "check"}:
            action.add_argument("--json", action="store_true", help="a JSON object a feed")
        if name == "export":
            action.add_argument("--format", choices=("opml", "text"), default="opml")


def run(arguments: argparse.Namespace, get: Get | None = None) -> int:
    """Do what is asked; return the exit code: 1 if a feed is not what it should be.

    Args:
        arguments: As parsed.
        get: Gets what an address or a file holds; default the web, politely, and the disk.

    Raises:
        WrongOption: wrong use.
    """
    action, _ = ACTIONS[arguments.action]
    return action(arguments, get or partial(_get, arguments=arguments))


def _add(arguments: argparse.Namespace, get: Get) -> int:
    path = Path(arguments.feeds)
    feeds = read_feeds(path) if path.exists() else []
    code = 0
    for word in arguments.words:
        try:
            found = only_feed(get(word), get, datetime.now(UTC))
        except Reject as error:
            terminal.say(f"newslake: {web_address(word) or word}: {error}")
            code = 1
            continue
        assert found.feed
        # The user's own word keeps what the feed may need of it, a token for example.
        address = word if web_address(word) == found.address else found.address
        if address in {feed.address for feed in feeds}:
            terminal.say(f"newslake: {found.address} is in {path} already")
            continue
        folders = (arguments.folder,) if arguments.folder else ()
        feeds.append(Listed(address, found.feed.title, folders))
        terminal.out.print(
            f"added {found.address}, {len(found.feed.entries)} entries", markup=False
        )
    _write(path, feeds)
    return code


def _remove(arguments: argparse.Namespace, get: Get) -> int:
    path = Path(arguments.feeds)
    feeds = read_feeds(path)
    unwanted = {*arguments.words, *map(web_address, arguments.words)}
    kept = [feed for feed in feeds if not {feed.address, feed.shown} & unwanted]
    if len(kept) == len(feeds):
        raise WrongOption(f"{path} holds none of these feeds")
    _write(path, kept)
    terminal.out.print(f"removed {len(feeds) - len(kept)} of {len(feeds)} feeds", markup=False)
    return 0


def _list(arguments: argparse.Namespace, get: Get) -> int:
    known = known_states(Path(arguments.lake)) if arguments.lake else {}
    columns = ("feed", "title", "folder", "last answer", "next poll", "failures", "fault")
    rows = []
    for feed in read_feeds(Path(arguments.feeds)):
        state = known.get(feed.shown)
        rows.append(
            (
                feed.shown,
                feed.title,
                " / ".join(feed.folders) or None,
                _minute(state.answered_at) if state else None,
                _minute(state.next_at) if state else None,
                state.failures if state else None,
                (state.fault or None) if state else None,
            )
        )
    if arguments.json:
        _as_json(dict(zip(columns, row, strict=True)) for row in rows)
    else:
        shown = columns if arguments.lake else columns[:3]
        terminal.table(shown, [row[: len(shown)] for row in rows])
    return 0


def _check(arguments: argparse.Namespace, get: Get) -> int:
    seen = [_inspected(feed, get) for feed in _to_check(arguments.feeds)]
    if arguments.json:
        _as_json(
            {
                "feed": one.address,
                "kind": one.feed.kind if one.feed else None,
                "entries": len(one.feed.entries) if one.feed else 0,
                "newest": one.newest.isoformat() if one.newest else None,
                "findings": one.findings,
            }
            for one in seen
        )
    else:
        terminal.table(
            ("feed", "kind", "entries", "newest", "what is wrong"),
            [
                (
                    one.address,
                    one.feed.kind if one.feed else "no feed",
                    len(one.feed.entries) if one.feed else 0,
                    _minute(one.newest),
                    "; ".join(one.findings) or "nothing",
                )
                for one in seen
            ],
        )
    return 1 if any(one.feed is None for one in seen) else 0


def _import(arguments: argparse.Namespace, get: Get) -> int:
    path = Path(arguments.feeds)
    feeds = {feed.address: feed for feed in read_feeds(path)} if path.exists() else {}
    before = len(feeds)
    for word in arguments.words:
        for feed in read_feeds(Path(word)):
            feeds.setdefault(feed.address, feed)
    _write(path, list(feeds.values()))
    terminal.out.print(f"{len(feeds) - before} feeds new, {len(feeds)} in all", markup=False)
    return 0


def _export(arguments: argparse.Namespace, get: Get) -> int:
    feeds = read_feeds(Path(arguments.feeds))
    sys.stdout.write((as_opml if arguments.format == "opml" else as_text)(feeds).decode())
    return 0


ACTIONS: dict[str, tuple[Callable[[argparse.Namespace, Get], int], str]] = {
    "add": (_add, "add a feed, found from its own address or from a page that names it"),
    "remove": (_remove, "remove feeds"),
    "list": (_list, "list the feeds"),
    "check": (_check, "say in words what is wrong with feeds"),
    "import": (_import, "add what other lists hold"),
    "export": (_export, "print the list in another format"),
}
"""Name: (what does it, what it does)."""


def _to_check(word: str) -> list[Listed]:
    """Return the feeds of a list, or the one that `word` is."""
    if web_address(word) is None:
        try:
            return read_feeds(Path(word))
        except WrongOption:
            if not Path(word).is_file():
                raise
    return [Listed(word)]


def _inspected(feed: Listed, get: Get) -> Inspected:
    try:
        seen = inspect(get(feed.address), datetime.now(UTC))
    except Reject as error:
        return Inspected(feed.shown or feed.address, None, [str(error)])
    return replace(seen, address=feed.shown or feed.address)


def _get(word: str, arguments: argparse.Namespace) -> Page:
    """Return what an address of the web, or a file, holds.

    Raises:
        WrongOption: it is neither.
        Reject: the web does not give it to us.
    """
    if web_address(word) is None:
        return _file(word)
    response = asyncio.run(_visited(word, configured(Asking, arguments)))
    check_status(response)
    headers = {name.lower(): value for name, value in response.headers}
    return Page(response.url, response.body, headers)


async def _visited(url: str, asking: Asking) -> Response:
    fetching = FetchOptions(contact=asking.contact, allow_private=asking.allow_private)
    async with fetching.visitor(Clock()) as visitor:
        return (await visitor.get(url)).response


def _file(word: str) -> Page:
    """Return what a file holds.

    Raises:
        WrongOption: it is none.
    """
    try:
        return Page("", Path(word).read_bytes())
    except OSError as error:
        raise WrongOption(f"{word} cannot be read: {error.strerror}") from error


def read_feeds(path: Path) -> list[Listed]:
    """Return the feeds in the list at `path`.

    Raises:
        WrongOption: it is not there, or is no list.
    """
    try:
        return read_list(path.read_bytes())
    except FileNotFoundError as error:
        raise WrongOption(f"{path} is neither the address of a feed nor a file") from error
    except OSError as error:
        raise WrongOption(f"the list of feeds {path} cannot be read: {error.strerror}") from error
    except NotAList as error:
        raise WrongOption(f"{path} is no list of feeds: {error}") from error


def _write(path: Path, feeds: Sequence[Listed]) -> None:
    """Write the list, whole or not at all."""
    written = (as_opml if path.suffix.lower() in {".opml", ".xml"} else as_text)(feeds)
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.write_bytes(written)
    unfinished.replace(path)


def _as_json(objects: Iterable[dict[str, Any]]) -> None:
    for one in objects:
        sys.stdout.write(json.dumps(one, ensure_ascii=False) + "\n")


def _minute(time: datetime | None) -> str | None:
    return f"{time:%Y-%m-%d %H:%M}" if time else None


COMMAND = Command(run, EXAMPLES, add_arguments, lake=None, json=None)
