"""Quality and speed of feed parsing, compared with feedparser.

    python benchmarks/feeds.py CASES GOFEED KAGI

CASES contains feedparser's tests: feeds with the expected values in a comment. GOFEED contains
gofeed's tests: pairs of a feed and a JSON file with the expected values. The program counts the
expectations about title, link, date and id of entries. It compares titles as plain text, links as
browsers normalize them, and dates as instants. KAGI is a folder of real feeds (*.gz): the program
measures the CPU time of newslake and of feedparser with its default options, and the share of
entries on which both agree.
"""

import argparse
import ast
import gzip
import io
import json
import re
import sys
import time
from calendar import timegm
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import feedparser

from newslake.schemas.reasons import Reject
from newslake.transforms.extract.fields.dates import read_time
from newslake.transforms.feeds.parse.any_feed import read_feed
from newslake.transforms.feeds.parse.feed import FeedEntry
from newslake.transforms.feeds.parse.plain_text import plain
from newslake.transforms.web.charset import decode
from newslake.transforms.web.urls import web_address

ADDRESS = "http://127.0.0.1:8097/"
ROUNDS = 3

_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_EXPECT = re.compile(r"Expect:\s*(.*)")
_HEADER = re.compile(r"Header:\s*([\w-]+):\s*(.*)")
_OURS = {
    "title": "title",
    "title_detail": "title",
    "link": "link",
    "id": "guid",
    "guid": "guid",
    "published_parsed": "published_at",
    "issued_parsed": "published_at",
    "created_parsed": "published_at",
    "updated_parsed": "updated_at",
    "modified_parsed": "updated_at",
    "date_parsed": "updated_at",
}
"""Fields of `FeedEntry` by feedparser's names."""


class Expected(NamedTuple):
    """An expected value of a field in a feed."""

    file: Path
    number: int
    """Index of the entry."""
    field: str
    """A field of `FeedEntry`."""
    value: Any


def main() -> int:
    """Measure and print the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", type=Path, metavar="CASES", help="feedparser's tests")
    parser.add_argument("gofeed", type=Path, metavar="GOFEED", help="gofeed's tests")
    parser.add_argument("kagi", type=Path, metavar="KAGI", help="real feeds, *.gz")
    parser.add_argument("--misses", action="store_true", help="print unfulfilled expectations")
    arguments = parser.parse_args()
    kagi = sorted(arguments.kagi.rglob("*.gz"))
    for name, found in (
        ("CASES", sorted(arguments.cases.rglob("*.xml"))),
        ("GOFEED", sorted(arguments.gofeed.rglob("*.xml"))),
        ("KAGI", kagi),
    ):
        if not found:
            print(f"{name}: no feed in {getattr(arguments, name.lower())}", file=sys.stderr)
            return 2
    expected = [*_of_feedparser(arguments.cases), *_of_gofeed(arguments.gofeed)]
    missed = [one for one in expected if not _is_fulfilled(one)]
    for one in missed if arguments.misses else ():
        print(f"{one.file}: {one.field} of entry {one.number} is not {one.value!r}")
    right = 1 - len(missed) / len(expected)
    print(f"expectations     {right:.3f} of {len(expected)} are fulfilled")
    _measure([gzip.decompress(file.read_bytes()) for file in kagi])
    return 0


def _of_feedparser(folder: Path) -> Iterator[Expected]:
    for file in sorted(folder.rglob("*.xml")):
        found = _EXPECT.search(_comment(file))
        if found:
            yield from _comparisons(file, found[1].strip())


def _comparisons(file: Path, expression: str) -> Iterator[Expected]:
    """Yield the expectations in a line such as `entries[0]['title'] == 'Talks'`; run no code."""
    try:
        tree = ast.parse(expression, mode="eval")
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and all(isinstance(op, ast.Eq) for op in node.ops):
            *places, value = node.left, *node.comparators
            for place in places:
                match = re.fullmatch(
                    r"entries\[(\d+)\](?:\['(\w+)'\]|\.(\w+))(\['value'\])?", ast.unparse(place)
                )
                field = _OURS.get((match[2] or match[3]) if match else "")
                if match and field and (match[4] is None) == ("detail" not in match[0]):
                    yield Expected(file, int(match[1]), field, ast.literal_eval(value))


def _of_gofeed(folder: Path) -> Iterator[Expected]:
    for file in sorted(folder.rglob("*.xml")):
        try:
            labels = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        for number, item in enumerate(labels.get("items") or labels.get("entries") or []):
            guid = item.get("guid") or item.get("id")
            values = {
                "title": item.get("title"),
                "link": item.get("link"),
                "guid": guid["value"] if isinstance(guid, dict) else guid,
                "published_at": item.get("publishedParsed") or item.get("pubDateParsed"),
                "updated_at": item.get("updatedParsed"),
            }
            for field, value in values.items():
                if value:
                    yield Expected(file, number, field, value)


def _comment(file: Path) -> str:
    try:
        found = _COMMENT.search(decode(file.read_bytes()))
    except Reject:
        return ""
    return found[1] if found else ""


def _is_fulfilled(expected: Expected) -> bool:
    headers = {
        name.lower(): value.strip() for name, value in _HEADER.findall(_comment(expected.file))
    }
    address = headers.get("content-location") or ADDRESS
    try:
        entries = read_feed(expected.file.read_bytes(), address, headers).entries
    except Reject:
        return False
    if expected.number >= len(entries):
        return False
    return _same(getattr(entries[expected.number], expected.field), expected)


def _same(ours: Any, expected: Expected) -> bool:
    value = expected.value
    if expected.field == "title":
        return (ours or "") == plain(value)
    if expected.field == "link":
        return bool(ours == web_address(value, base=ADDRESS))
    if expected.field.endswith("_at"):
        return bool(ours == _instant(value))
    return (ours or "") == value


def _instant(value: Any) -> datetime | None:
    if isinstance(value, tuple):
        return datetime.fromtimestamp(timegm(value), UTC)
    time = read_time(value)
    return time and time[0]


def _measure(feeds: list[bytes]) -> None:
    """Print the CPU time of both parsers, and the share of entries on which they agree."""
    ours, theirs = _fastest(_read, feeds), _fastest(_parse, feeds)
    size = sum(map(len, feeds)) / 1e6
    print(f"feeds            {len(feeds)}, {size:.1f} MB")
    print(f"newslake         {ours:.2f} s of CPU, {size / ours:.1f} MB/s")
    print(f"feedparser       {theirs:.2f} s of CPU, {size / theirs:.1f} MB/s")
    print(f"ratio            {theirs / ours:.2f}")
    same = total = 0
    for payload in feeds:
        entries = _parse(payload).entries
        total += len(entries)
        same += sum(map(_agree, _read(payload), entries))
    print(f"entries          {same / total:.4f} of {total} agree in title, link and date")


def _fastest(read: Callable[[bytes], object], feeds: list[bytes]) -> float:
    """Return the minimum CPU seconds over `ROUNDS` rounds."""
    times = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        for payload in feeds:
            read(payload)
        times.append(time.process_time() - begin)
    return min(times)


def _read(payload: bytes) -> list[FeedEntry]:
    try:
        return read_feed(payload, ADDRESS, {}).entries
    except Reject:
        return []


def _parse(payload: bytes) -> Any:
    return feedparser.parse(io.BytesIO(payload), response_headers={"content-location": ADDRESS})


def _agree(ours: FeedEntry, theirs: Any) -> bool:
    link = theirs.get("feedburner_origlink") or theirs.get("link")
    published = theirs.get("published_parsed") or (
        None if ours.updated_at != ours.published_at else theirs.get("updated_parsed")
    )
    return (
        (ours.title or "") == plain(theirs.get("title"))
        and ours.link == (web_address(link) if link else None)
        and ours.published_at == (_instant(tuple(published)) if published else None)
    )


if __name__ == "__main__":
    sys.exit(main())
