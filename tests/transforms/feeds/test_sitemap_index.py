"""Sitemap indexes: depth, order, unchanged sitemaps, and limits."""

import gzip
from dataclasses import replace
from datetime import timedelta

import pytest
from clocks import FakeClock, Names
from hostile import SITE_FILES, http_response
from visits import visit

from newslake.transforms.feeds import sitemap_index
from newslake.transforms.feeds.poll import poll
from newslake.transforms.feeds.schedule.poll_schedule import after, first

NAMES = Names(anybody=[["127.0.0.1"]])
SCHEMA = 'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'


class Site:
    """A site with a sitemap index at `/index`; `poll` polls it again with the state of the last poll."""

    def __init__(self, server, visitor, clock):
        self.server, self.visitor, self.clock = server, visitor, clock
        self.state = first(server.url("/index", "news.example"), clock.now())

    def index(self, path, *listed, **headers):
        """Put an index; `listed` are paths, or pairs of a path and the time of the last change."""
        entries = ""
        for one in listed:
            name, changed_at = (one, None) if isinstance(one, str) else one
            lastmod = f"<lastmod>{changed_at}</lastmod>" if changed_at else ""
            url = self.server.url(name, "news.example")
            entries += f"<sitemap><loc>{url}</loc>{lastmod}</sitemap>"
        self.put(path, f"<sitemapindex>{entries}</sitemapindex>".encode(), **headers)

    def sitemap(self, path, *names, **headers):
        urls = "".join(
            f"<url><loc>https://news.example/{name}</loc><n:news><n:title>{name}</n:title></n:news></url>"
            for name in names
        )
        self.put(path, f"<urlset {SCHEMA}>{urls}</urlset>".encode(), **headers)

    def put(self, path, body, **headers):
        self.server.pages[path] = http_response(body, **({"Content_Type": "text/xml"} | headers))

    async def poll(self):
        """Return the titles of the entries, the requested paths, and the poll."""
        before = len(self.server.requests)
        polled = await poll(self.state, self.visitor, self.clock)
        new = len(polled.entries)
        self.state = after(polled.state, replace(polled.result, new=new))
        self.clock.time += timedelta(hours=1)
        paths = [request.target for request in self.server.requests[before:]]
        titles = [item.entry.title for item in polled.entries]
        return titles, [path for path in paths if path not in SITE_FILES], polled


def on_site(act):
    """Run `act(site)`."""
    clock = FakeClock()
    return visit(
        lambda visitor, server: act(Site(server, visitor, clock)), names=NAMES, clock=clock
    )


def test_the_newest_sitemap_comes_first_and_unchanged_ones_are_not_requested():
    async def act(site):
        days = [("/a", "2026-01-01"), ("/b", "2026-03-01T08:00:00Z"), "/c", ("/d", "2026-02-01")]
        site.index("/index", *days)
        for path in "abcd":
            site.sitemap(f"/{path}", path)
        titles, paths, _ = await site.poll()
        assert (titles, paths) == (["b", "d", "a", "c"], ["/index", "/b", "/d", "/a", "/c"])
        assert await quiet(site) == ["/index", "/c"]
        site.index("/index", ("/a", "2026-03-02"), *days[1:])
        site.sitemap("/a", "a", "new")
        titles, paths, polled = await site.poll()
        assert (titles, paths) == (["a", "new"], ["/index", "/a", "/c"])
        assert (polled.result.entries, site.state.condition) == (5, "ok")

    on_site(act)


async def quiet(site):
    """Poll a site on which nothing has changed; return the requested paths."""
    before = site.state
    titles, paths, _ = await site.poll()
    assert titles == []
    assert (site.state.condition, site.state.body_hash) == ("ok", before.body_hash)
    return paths


def test_a_sitemap_without_a_time_of_change_is_requested_with_its_validators():
    async def act(site):
        site.index("/index", "/a")
        site.sitemap("/a", "a", ETag='"1"')
        await site.poll()
        site.server.pages["/a"] = http_response(b"", "304 Not Modified", ETag='"1"')
        assert await quiet(site) == ["/index", "/a"]
        assert site.server.requests[-1].headers["if-none-match"] == '"1"'
        assert "if-none-match" not in site.server.requests[-2].headers

    on_site(act)


def test_indexes_are_followed_three_deep_and_loops_end():
    async def act(site):
        site.index("/index", "/2", "/index")
        site.index("/2", "/3", "/2", "/a")
        site.index("/3", "/4", "/b")
        site.index("/4", "/c")
        for path in "abc":
            site.sitemap(f"/{path}", path)
        titles, paths, _ = await site.poll()
        assert sorted(titles) == ["a", "b"]
        assert paths.count("/c") == 0
        assert sorted(paths) == sorted(["/index", "/2", "/3", "/4", "/b", "/a", "/index"])

    on_site(act)


def test_what_is_below_an_unchanged_index_is_kept():
    async def act(site):
        site.index("/index", ("/2", "2026-01-01"))
        site.index("/2", ("/a", "2026-01-01"), "/b")
        site.sitemap("/a", "a")
        site.sitemap("/b", "b")
        await site.poll()
        known = site.state.sitemaps
        assert await quiet(site) == ["/index"]
        assert site.state.sitemaps == known
        assert len(known) == 3

    on_site(act)


def test_entries_over_the_limit_are_counted(monkeypatch):
    monkeypatch.setattr(sitemap_index, "MAX_ADDRESSES", 5)

    async def act(site):
        site.index("/index", ("/a", "2026-03-01"), ("/b", "2026-02-01"), ("/c", "2026-01-01"))
        for path in "abc":
            site.sitemap(f"/{path}", *(f"{path}{number}" for number in range(4)))
        titles, _, polled = await site.poll()
        assert titles == ["a0", "a1", "a2", "a3", "b0"]
        assert polled.row.unread_entries == 7
        assert polled.result.entries == 12

    on_site(act)


def test_a_large_sitemap_is_read_whole():
    async def act(site):
        site.index("/index", "/a")
        site.sitemap("/a", *map(str, range(20_000)))
        titles, _, polled = await site.poll()
        assert len(titles) == 20_000
        assert polled.row.unread_entries == 0

    on_site(act)


def test_a_sitemap_may_be_a_gzip_file():
    async def act(site):
        site.index("/index", "/a.gz", "/damaged.gz")
        site.sitemap("/a", "a")
        body = site.server.pages["/a"].partition(b"\r\n\r\n")[2]
        site.put("/a.gz", gzip.compress(body), Content_Type="application/x-gzip")
        site.put("/damaged.gz", b"\x1f\x8bno gzip", Content_Type="application/x-gzip")
        titles, _, polled = await site.poll()
        assert (titles, polled.result.failure) == (["a"], "")

    on_site(act)


def test_sitemaps_without_news_and_missing_sitemaps_hide_nothing():
    async def act(site):
        site.index(
            "/index", *((f"/gone{number}", "2026-03-01") for number in range(5)), "/plain", "/a"
        )
        site.put("/plain", b"<urlset><url><loc>https://news.example/x</loc></url></urlset>")
        site.sitemap("/a", "a")
        titles, _, polled = await site.poll()
        assert (titles, polled.result.failure) == (["a"], "")
        assert await quiet(site) == ["/index", "/plain", "/a"]

    on_site(act)


def test_sitemaps_that_fail_are_tried_again_after_the_others(monkeypatch):
    monkeypatch.setattr(sitemap_index, "MAX_FAILURES", 1)

    async def act(site):
        site.index("/index", ("/busy", "2026-03-02"), ("/a", "2026-03-01"))
        site.server.pages["/busy"] = http_response(b"", "503 Busy")
        site.sitemap("/a", "a")
        titles, _, polled = await site.poll()
        assert (titles, polled.result.failure) == ([], "server_busy")
        titles, _, polled = await site.poll()
        assert (titles, polled.result.failure) == (["a"], "")
        site.sitemap("/busy", "b")
        assert (await site.poll())[0] == ["b"]

    on_site(act)


def test_a_poll_visits_a_limited_number_of_sitemaps(monkeypatch):
    monkeypatch.setattr(sitemap_index, "MAX_VISITS", 2)

    async def act(site):
        site.index("/index", *((f"/{day}", f"2026-03-0{day}") for day in range(1, 6)))
        for day in range(1, 6):
            site.sitemap(f"/{day}", str(day))
        assert [(await site.poll())[0] for _ in range(4)] == [["5", "4"], ["3", "2"], ["1"], []]

    on_site(act)


@pytest.mark.parametrize("body", [b"<sitemapindex></sitemapindex>", b"<sitemapindex><sitemap>"])
def test_an_empty_index_is_an_empty_feed(body):
    async def act(site):
        site.put("/index", body)
        assert (await site.poll())[0] == []
        assert site.state.condition == "empty"

    on_site(act)
