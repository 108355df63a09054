"""Inputs of the fuzzer: a few of each kind, and the small files of a folder."""

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from archives import HTML, http, packed, page, record
from papers import atom, item, rss

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
    page(1, gzip.compress(b"<p>Truce") * 2, http_fields=HTML + b"Content-Encoding: gzip\r\n"),
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
ROWS = [
    {"title": "Talks", "text": "Both sides\nmet.", "authors": ["Ann"], "n": n} for n in range(9)
]


def csv_file(delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """Return `ROWS` as CSV."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, ROWS[0], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(ROWS)
    return out.getvalue().encode(encoding)


def parquet_file(**how: Any) -> bytes:
    """Return `ROWS` as Parquet with three row groups."""
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), out, row_group_size=3, **how)
    return out.getvalue()


INPUTS: dict[str, list[bytes]] = {
    ".html": [STORY.encode(), STORY.encode("utf-16"), STORY.encode("cp1252", "replace")],
    ".json": [json.dumps(ITEM).encode(), json.dumps(DUMP).encode()],
    ".txt": [TEXT.encode(), STORY.encode()],
    ".md": [TEXT.encode()],
    ".xml": [
        rss(item(more=MORE), item(2), channel="<language>en</language><ttl>60</ttl>").encode(),
        rss(*(item(n, f"<![CDATA[<b>{n}</b>]]>", "<!-- a -->") for n in range(4))).encode(),
        *(feed.encode() for feed in (atom(ENTRY, ENTRY), RDF, SITEMAP, json.dumps(JSON_FEED))),
    ],
    ".array.json": [json.dumps(ROWS).encode(), json.dumps([ITEM, DUMP], indent=1).encode()],
    ".jsonl": [b"\n".join(json.dumps(row).encode() for row in ROWS)],
    ".csv": [csv_file(), csv_file(";", "utf-8-sig"), csv_file("\t", "utf-16")],
    ".csv.gz": [gzip.compress(csv_file(), mtime=0)],
    ".parquet": [
        parquet_file(),
        parquet_file(compression="none", use_dictionary=False, data_page_version="2.0"),
        parquet_file(compression="zstd", write_page_checksum=True),
    ],
    ".warc": ARCHIVES,
    ".warc.gz": [packed(page(1), page(2), page(3)), *(packed(one) for one in ARCHIVES)],
}
"""Inputs by file extension; feeds of every format have the extension .xml."""

MAX_INPUT = 50_000
"""Maximum size of an input file, in bytes."""


def inputs(folder: Path | None) -> dict[str, list[bytes]]:
    """Return `INPUTS` and the small files of `folder`, with pages decompressed."""
    found = {ending: list(own) for ending, own in INPUTS.items()}
    for path in sorted(folder.rglob("*")) if folder else []:
        name = path.name.removesuffix(".gz") if path.name.endswith(".html.gz") else path.name
        kept = next((kept for ending, kept in found.items() if name.endswith(ending)), None)
        if kept is None or path.stat().st_size > MAX_INPUT:
            continue
        data = path.read_bytes()
        data = data if name == path.name else gzip.decompress(data)
        if len(data) <= MAX_INPUT:
            kept.append(data)
    return found
