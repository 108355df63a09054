"""Breaks pages, objects, feeds and archives in every way that chance finds, and holds the reader to its word.

    python tests/fuzz.py [FOLDER] [--cases 100000] [--seed 1]

Each case is one input of a few, changed a few times at random: bytes flipped, cut out, doubled,
spliced with another input's, or replaced by what parsers stumble over. Inputs are those below, and the
files of up to 50 kB in FOLDER. A case fails if it crashes, hangs, wants too much memory, or leaves
what must not reach a lake; if an archive read in parts is not the archive read whole; and if, in the
end, a backfill over some of the cases does not balance. Prints what failed, and exits with 1.
"""

import argparse
import dataclasses
import io
import json
import random
import re
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from urllib.parse import urlsplit

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent)]

from archives import HTML, http, packed, page, record
from papers import ADDRESS, NOON, atom, item, rss

from pipelines.cli import main as newslake
from pipelines.terminal import say
from schemas.identity import document_id
from schemas.reasons import OutOfMemory, ParserDied, Reject, TooSlow
from schemas.records import Document, FileSlice, Tally
from transforms.clean.clean import clean
from transforms.extract.extract import MAX_SECONDS, extract
from transforms.feeds.announcement import announcement
from transforms.feeds.formats import read_feed
from transforms.feeds.keys import keyed
from transforms.read.archive import records
from transforms.read.files import read_slice
from transforms.read.found import Refused

STORY = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Talks go on</title>
<link rel="canonical" href="https://example.org/talks"><meta name="author" content="Ann Lee">
<meta property="article:published_time" content="2024-03-01T08:00:00+01:00">
<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2024-03-01T07:00:00Z",
"author": [{"name": "Ann Lee"}], "isAccessibleForFree": false}</script></head><body><nav><a href="/">Home</a>
</nav><article><h1>Talks go on</h1><time datetime="2024-03-01">1 March</time>
<p>Both sides met on Monday, the minister said, and talks will go on for another week.</p>
<table><tr><th>Day<td>Hours<tr><td>1<td>12</table><ul><li>One<li>Two</ul><p>Über die <b>Fragen</b> &amp; mehr
wurde &#8211; so hieß es &#x2014; nicht gesprochen.</p></article><footer>Imprint</footer></body></html>"""
ITEM = {
    "title": "Talks",
    "text": "Both sides met on Monday.",
    "date": "2024-03-01",
    "authors": ["Ann Lee"],
    "html": "<p>Both sides met.</p>",
    "url": "https://ann:pw@example.org/1?utm_source=a",
    "keywords": None,
    "n": [1, 2.5, True, {"a": "\ud800"}],
}
DUMP = {
    "maintext": "Both sides met on Monday.",
    "date_publish": "2024-03-01",
    "publishing_date": "2024-03-01",
    "body": {"summary": ["a"], "sections": [{"headline": ["b"], "paragraphs": ["c"]}]},
    "html": {"content": "<p>", "responded_url": "https://example.org/1"},
    "text": "a",
    "id": "1",
    "metadata": {"url": "https://example.org/1", "date": "2024"},
}
TEXT = "Talks go on\n\n[EUROPE] Both sides met on Monday.\r\nA | B\n---|---\n1 | 2\n\n## Heading\n- *one*\n"
ARCHIVES = [
    record(b"software: a\r\n", b"warcinfo")
    + page(1)
    + record(b"GET / HTTP/1.1\r\n\r\n", b"request"),
    page(1, STORY.encode()) + page(2, status=b"404 Not Found") + page(3),
    page(1, b"5\r\nTruce\r\n0\r\n\r\n", http_fields=HTML + b"Transfer-Encoding: chunked\r\n")
    + page(2),
    page(1, b"\x1f\x8b\x08\0", http_fields=HTML + b"Content-Encoding: gzip, br\r\n")
    + page(2, fields=b"WARC-Block-Digest: sha1:A\r\n"),
    record(http(), b"revisit") + record(http(), b"resource") + page(9, length=3),
]
MORE = (
    "<pubDate>Mon, 02 Mar 2026 14:00:00 +0200</pubDate><category>World</category>"
    "<dc:creator>Ann Lee</dc:creator><description>&lt;p&gt;Short.&lt;/p&gt;</description>"
    '<enclosure url="/1.jpg" type="image/jpeg" length="1"/>'
)
ENTRY = (
    "<entry><id>urn:1</id><title type='html'>&lt;b&gt;Talks&lt;/b&gt;</title><link href='1'/>"
    "<updated>2026-03-02T13:00:00Z</updated><author><name>Ann</name></author>"
    "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>Long.</p></div></content></entry>"
)
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Paper",
    "authors": [{"name": "Desk"}],
    "items": [
        {"id": 7, "url": "/7", "title": "Talks", "content_html": "<p>Long.</p>", "tags": ["World"]},
        {"id": "https://paper.example.org/8", "date_published": "2026-03-02T14:00:00+02:00"},
    ],
}
SITEMAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>'
    "<loc>https://paper.example.org/1</loc><news:news><news:publication><news:name>Paper</news:name>"
    "<news:language>en</news:language></news:publication><news:title>Talks</news:title>"
    "<news:publication_date>2026-03-02T12:00:00Z</news:publication_date></news:news></url></urlset>"
)
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns="http://purl.org/rss/1.0/"><channel><title>Paper</title></channel>'
    '<item rdf:about="1"><title>Talks</title><link>https://paper.example.org/1</link></item></rdf:RDF>'
)
INPUTS: dict[str, list[bytes]] = {
    ".html": [STORY.encode(), STORY.encode("utf-16"), STORY.encode("cp1252", "replace")],
    ".json": [json.dumps(ITEM).encode(), json.dumps(DUMP).encode()],
    ".txt": [TEXT.encode(), STORY.encode()],
    ".md": [TEXT.encode()],
    ".xml": [
        rss(item(more=MORE), item(2), channel="<language>en</language><ttl>60</ttl>").encode(),
        *(feed.encode() for feed in (atom(ENTRY, ENTRY), RDF, SITEMAP, json.dumps(JSON_FEED))),
    ],
    ".warc": ARCHIVES,
    ".warc.gz": [packed(page(1), page(2), page(3)), *(packed(one) for one in ARCHIVES)],
}
"""What to break, by the ending of its file; feeds are .xml, whatever they are."""

STUMBLES = [
    *(
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\r",
        b"\x1b[31m",
        b"\xc2\x85",
        b" " * 2000,
    ),
    *(
        b"<",
        b">",
        b"</",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"<?xml version='1.0'?>",
        b"<script>",
        b"</p>",
        b"<table>",
    ),
    *(
        b"<p " + b"a=b " * 50 + b">",
        b"<div>" * 300,
        b"&#0;",
        b"&#xD800;",
        b"&#99999999;",
        b"&amp",
        b'"',
        b"'",
        b"=",
    ),
    *(
        b"<meta charset=utf-7>",
        b"<meta charset=zip>",
        b'<base href="http://[">',
        b'href="//["',
        b"javascript:",
    ),
    *(
        b"2024-13-45",
        b"0000-00-00",
        b"9999-12-31T23:59:60+99:99",
        b"1e999",
        b"-1",
        b"9" * 400,
        b"null",
        b"NaN",
    ),
    *(
        b"[" * 200,
        b"{",
        b"}",
        b"\\ud800",
        b"\\",
        b"\r\n\r\n",
        b"WARC/1.0\r\n",
        b"Content-Length: 99\r\n",
        b":",
    ),
    *(
        b"WARC-Type: response\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/9 x y\r\n",
        b"\x1f\x8b\x08",
        b"ffffffff\r\n",
    ),
]
UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ud800-\udfff]")
MEDIA_TYPES = {
    ".html": "text/html",
    ".json": "application/json",
    ".txt": "text/plain",
    ".md": "text/markdown",
}
MAX_INPUT = 50_000
"""Bytes of a file worth breaking."""
A_RUN = 400
"""Cases that go through a backfill in the end."""


class Broken(Exception):
    """The reader did not keep its word."""


def mutated(data: bytes, other: bytes, dice: random.Random) -> bytes:
    """Return `data` changed a few times at random."""
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 3, 8))):
        here, there = sorted(dice.randrange(len(changed) + 1) for _ in range(2))
        there = min(there, here + dice.choice((1, 4, 40, 400)))
        match dice.randrange(7):
            case 0:
                del changed[here:there]
            case 1:
                changed[here:here] = changed[here:there] * dice.choice((1, 2, 30))
            case 2:
                changed[here:there] = bytes(dice.randrange(256) for _ in range(there - here))
            case 3:
                begin = dice.randrange(len(other) + 1)
                changed[here:there] = other[begin : begin + dice.choice((9, 90, 900))]
            case 4:
                del changed[there:]
            case _:
                changed[here : dice.choice((here, there))] = dice.choice(STUMBLES)
    return bytes(changed)


def check_document(data: bytes, ending: str) -> None:
    """Read a document through extraction and cleaning.

    Raises:
        Broken: it was lost, held the reader up, or leaves what must not reach a lake.
    """
    document = Document(document_id("file:a", data), "file:a", data, MEDIA_TYPES[ending], "fuzz")
    try:
        article = clean(extract(document)).article
    except (TooSlow, OutOfMemory, ParserDied) as error:
        raise Broken(f"a document of {len(data)} bytes: {error.reason}") from error
    except Reject:
        return
    told = dataclasses.asdict(article)
    json.dumps(told, default=str, ensure_ascii=False).encode()
    for name in ("text", "title", "source", "url", "section", "extra"):
        if found := UNSEEN.search(told[name] or ""):
            raise Broken(f"{found[0]!r} in {name}")
    if any(urlsplit(address or "").password for address in (article.url, article.canonical_url)):
        raise Broken("a password in an address")


def check_feed(data: bytes) -> None:
    """Read a feed as far as the announcements of its entries.

    Raises:
        Broken: it held the reader up, or leaves what must not reach a lake.
    """
    began = time.process_time()
    try:
        feed = read_feed(data, ADDRESS, {})
    except Reject:
        return
    finally:
        if (took := time.process_time() - began) > MAX_SECONDS:
            raise Broken(f"a feed of {len(data)} bytes took {took:.1f} s")
    for row in (announcement(ADDRESS, one, NOON).row for one in keyed(feed.entries).entries):
        json.dumps(dataclasses.asdict(row), default=str, ensure_ascii=False).encode()
        if found := UNSEEN.search(f"{row.title}{row.entry_id}{row.url}"):
            raise Broken(f"{found[0]!r} in {row}")
        if urlsplit(row.url or "").password:
            raise Broken("a password in an address")


def check_archive(data: bytes, ending: str, folder: Path) -> None:
    """Read an archive whole, and record by record.

    Raises:
        Broken: the two differ, or a record was lost.
    """
    path = folder / f"a{ending}"
    path.write_bytes(data)
    whole = FileSlice(str(path), path.name, str(folder))
    with path.open("rb") as file:
        places = [(record.offset, record.skip) for record in records(file, whole, keep=0)]
    parts = [
        dataclasses.replace(whole, offset=offset, skip=skip, line=line, lines=1)
        for line, (offset, skip) in enumerate(places, 1)
    ]
    if parts and told([whole]) != told(parts):
        raise Broken("an archive read in parts is another one")


def told(slices: list[FileSlice]) -> tuple[list[str], int]:
    """Return ids of documents and refusals in their order, and how many records were passed over."""
    found = [one for slice in slices for one in read_slice(slice, 2**20)]
    ids = [
        f"{one.error.reason} {one.document.document_id}"
        if isinstance(one, Refused)
        else one.document_id
        for one in found
        if not isinstance(one, Tally)
    ]
    return ids, sum(one.count for one in found if isinstance(one, Tally))


def check_run(cases: list[tuple[str, bytes]], folder: Path) -> None:
    """Ingest the cases.

    Raises:
        Broken: the run fails or does not balance.
    """
    for number, (ending, data) in enumerate(cases):
        (folder / f"{number:05}{ending}").write_bytes(data)
    with tempfile.TemporaryDirectory() as lake, redirect_stdout(io.StringIO()) as out:
        words = ["--lake", f"{lake}/lake", "--workers", "1", "--no-events", "--json"]
        code = newslake(["backfill", str(folder), *words])
    said = json.loads(out.getvalue() or "{}")
    if code or not said.get("balanced"):
        raise Broken(f"a backfill ended with {code}: {said}")
    if crashes := [name for name in said["rejects_by_reason"] if name.startswith("crash")]:
        raise Broken(f"a backfill met {crashes}")


def attempt(check: Callable[..., None], *arguments: object) -> str | None:
    """Return what is wrong with a case; None if nothing is."""
    try:
        check(*arguments)
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 a panic of a library in Rust is no Exception
        return traceback.format_exc(limit=-4)
    return None


def inputs(folder: Path | None) -> dict[str, list[bytes]]:
    """Return what to break: our own inputs, and the small files of `folder`."""
    found = {ending: list(own) for ending, own in INPUTS.items()}
    for path in sorted(folder.rglob("*")) if folder else []:
        for ending, kept in found.items():
            if path.name.endswith(ending) and path.stat().st_size <= MAX_INPUT:
                kept.append(path.read_bytes())
    return found


def fuzz(cases: int, seed: int, folder: Path | None = None) -> list[str]:
    """Try that many cases; return what is wrong with those that fail, each kind of failure once."""
    dice, given = random.Random(seed), inputs(folder)
    failed: dict[str, str] = {}
    counts: Counter[str] = Counter()
    kept: list[tuple[str, bytes]] = []
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryDirectory() as run:
        for number in range(cases):
            ending = dice.choice(list(given))
            data = mutated(dice.choice(given[ending]), dice.choice(given[ending]), dice)
            counts[ending] += 1
            if len(kept) < A_RUN and number % max(1, cases // A_RUN) == 0:
                kept.append((ending, data))
            if ending in MEDIA_TYPES:
                wrong = attempt(check_document, data, ending)
            elif ending == ".xml":
                wrong = attempt(check_feed, data)
            else:
                wrong = attempt(check_archive, data, ending, Path(place))
            if wrong:
                failed.setdefault(
                    wrong, f"case {number} of seed {seed} ({ending}):\n{data!r:.2000}\n{wrong}"
                )
        if wrong := attempt(check_run, kept, Path(run)):
            failed[wrong] = wrong
    told = ", ".join(f"{count:,} {ending}" for ending, count in sorted(counts.items()))
    say(f"{cases:,} cases ({told}): {len(failed)} kinds of failure")
    return list(failed.values())


def main() -> int:
    """Fuzz and say what failed; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", nargs="?", type=Path, help="more inputs to break")
    parser.add_argument("--cases", type=int, default=100_000, help="default 100,000")
    parser.add_argument("--seed", type=int, default=1, help="default 1")
    options = parser.parse_args()
    if options.folder and not options.folder.is_dir():
        say(f"fuzz.py: no folder {options.folder}")
        return 2
    failures = fuzz(options.cases, options.seed, options.folder)
    for failure in failures[:20]:
        sys.stdout.write(f"{failure}\n\n")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
