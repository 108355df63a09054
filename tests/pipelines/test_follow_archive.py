"""A backfill of the WARC files of `newslake follow` gives the same rows in another lake."""

import json

import duckdb
import pytest
from clocks import FakeClock
from hostile import http_response, server_in_a_thread
from lakes import rows_of
from newsroom import TEXT
from wording import block

from newslake.pipelines.cli import main
from newslake.pipelines.sql.views import connect

ROBOTS = b"""\
User-agent: *
Content-Signal: search=yes
Content-Usage: /b train-ai=n

User-agent: GPTBot
Disallow: /a
Disallow: /feed
"""
RESERVATIONS = b"""[
    {"location": "/c$", "tdm-reservation": 1},
    {"location": "/whole", "tdm-reservation": 1},
    {"location": "/empty", "tdm-reservation": 1}
]"""
OPTOUTS = {
    "a": ["disallow:GPTBot"],
    "b": ["content-usage:train-ai"],
    "c": ["tdm-reservation"],
    "Copy": ["noai"],
    "Council rejects tower plan": [],
    "whole": ["disallow:GPTBot", "tdm-reservation"],
    "without": ["disallow:GPTBot"],
}
"""By title. Of two copies, one becomes an article: the ports of the URLs decide which one."""
NOT_OF_FETCH = "stage <> 'Fetch'"
"""Excludes the rejects of Fetch: they have no page, so the archive does not contain them."""


def page(title, text, **headers):
    html = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>"
    html += "".join(f"<p>{line}</p>" for line in text.split("\n")) + "</article></body></html>"
    return http_response(html.encode(), **headers)


def item(link, title, more=""):
    return (
        f"<item><guid>{title}, Größnitz %</guid><title>{title}</title><link>{link}</link>"
        f"<pubDate>Sat, 28 Feb 2026 09:00 GMT</pubDate>{more}</item>"
    )


@pytest.fixture
def paper():
    with server_in_a_thread(FakeClock()) as server:
        stories = {f"/{name}": page(name, f"{block(name)}.\n{block(name * 2)}.") for name in "abc"}
        server.pages |= stories | {
            "/copy": page("Copy", f"{block('a')}.\n{block('aa')}.", X_Robots_Tag="noai"),
            "/plain": http_response(TEXT.encode(), Content_Type="text/plain; charset=utf-8"),
            "/empty": http_response(b""),
            "/moved": http_response(b"", "301 Moved", Location="/c"),
            "/.well-known/tdmrep.json": http_response(RESERVATIONS),
        }
        server.robots = http_response(ROBOTS)
        names = ("a", "b", "copy", "plain", "empty", "moved", "missing")
        items = [item(server.url(f"/{name}?utm_source=rss"), name) for name in names]
        server.pages |= {f"{path}?utm_source=rss": page for path, page in server.pages.items()}
        whole = "".join(f"&lt;p&gt;{block(f'w{number}')}.&lt;/p&gt;" for number in range(30))
        more = f"<description>{whole}</description>"
        items += [item(server.url("/whole"), "whole", more), item("", "without", more[:-20] + more)]
        rss = f'<rss version="2.0"><channel><title>News</title>{"".join(items)}</channel></rss>'
        server.pages["/feed"] = http_response(rss.encode(), Content_Type="application/rss+xml")
        yield server


def test_the_archive_gives_the_same_rows(paper, tmp_path, capsys):
    live, archive, again = (tmp_path / name for name in ("live", "warc", "again"))
    words = ["--once", "--allow-private", "--no-events", "--warc", str(archive)]
    assert main(["follow", paper.url("/feed"), "--lake", str(live), *words]) == 0
    assert main(["backfill", str(archive), "--lake", str(again), "--no-events"]) == 0

    found = rows_of(again)
    assert {name: len(rows) for name, rows in found.items() if rows} == {
        "articles": 5,
        "duplicates": 2,
        "rejects": 1,
    }
    assert found == rows_of(live) | rows_of(live, tables=["rejects"], where=NOT_OF_FETCH)
    optouts = dict(connect(again).execute("SELECT title, optouts FROM articles").fetchall())
    assert optouts == {title: OPTOUTS[title] for title in optouts}
    precision = f"SELECT DISTINCT published_precision FROM '{again}/articles/**/*.parquet'"
    assert duckdb.sql(f"{precision} WHERE published_at IS NOT NULL").fetchall() == [("minute",)]


def test_optouts_are_respected_in_the_lake_and_from_the_archive(paper, tmp_path, capsys):
    live, archive, again = (tmp_path / name for name in ("live", "warc", "again"))
    words = ["--no-events", "--respect-optouts"]
    follow = ["--once", "--allow-private", "--warc", str(archive), *words]
    assert main(["follow", paper.url("/feed"), "--lake", str(live), *follow]) == 0
    assert main(["backfill", str(archive), "--lake", str(again), *words]) == 0

    for lake in (live, again):
        sql = f"SELECT reason, detail, payload FROM rejects WHERE {NOT_OF_FETCH}"
        rejects = connect(lake).execute(sql).fetchall()
        assert sorted(rejects) == [
            ("empty", "no bytes, or only white space", None),
            ("opted_out", "content-usage:train-ai", None),
            ("opted_out", "disallow:GPTBot", None),
            ("opted_out", "disallow:GPTBot", None),
            ("opted_out", "disallow:GPTBot, tdm-reservation", None),
            ("opted_out", "noai", None),
            ("opted_out", "tdm-reservation", None),
        ]


def test_followed_pages_are_already_ingested_when_their_archive_is_read(paper, tmp_path, capsys):
    lake, archive = tmp_path / "lake", tmp_path / "warc"
    words = ["--once", "--allow-private", "--no-events", "--warc", str(archive)]
    assert main(["follow", paper.url("/feed"), "--lake", str(lake), *words]) == 0
    capsys.readouterr()
    assert main(["backfill", str(archive), "--lake", str(lake), "--no-events", "--json"]) == 0
    counts = json.loads(capsys.readouterr().out)
    assert counts["already_ingested"] == counts["read"] == 8
