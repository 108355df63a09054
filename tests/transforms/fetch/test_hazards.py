"""Hostile behaviour of servers, and the reason with which it is refused."""

import asyncio
import json
import resource
import time
from dataclasses import replace
from pathlib import Path

import pytest
from clocks import FakeClock, Names
from hostile import HTML, hostile, http_response
from paths import TESTS
from visits import visit

from newslake.schemas.reasons import (
    BlockedAddress,
    Reject,
    TimeoutTotal,
    TooDeep,
    TooManyAttributes,
    Unreachable,
)
from newslake.schemas.records import PageRequest
from newslake.transforms.extract.extract import extract
from newslake.transforms.feeds.poll import poll
from newslake.transforms.feeds.schedule.poll_schedule import first
from newslake.transforms.fetch.client import Client, RequestLimits
from newslake.transforms.fetch.fetch_page import fetch
from newslake.transforms.fetch.guard import forbidden

HAZARDS = {
    "private addresses": ["test_private_addresses_are_blocked_in_every_spelling"],
    "private addresses embedded in IPv6": [
        "test_private_addresses_are_blocked_in_every_spelling",
        "transforms/fetch/test_guard.py::test_a_private_address_is_detected_in_every_embedding",
    ],
    "odd spellings of addresses": ["test_private_addresses_are_blocked_in_every_spelling"],
    "DNS rebinding": ["test_a_name_that_later_resolves_to_a_private_address_is_blocked"],
    "public and private addresses of one name": [
        "test_of_mixed_addresses_only_the_public_one_is_dialled"
    ],
    "metadata services of clouds": [
        "test_metadata_services_are_blocked_in_an_intranet_too",
        "transforms/fetch/test_guard.py::test_a_metadata_service_is_detected_in_every_embedding",
    ],
    "redirects to a private network or another protocol": [
        "test_a_redirect_into_a_private_network_is_blocked",
        "test_redirects_lead_only_to_the_web",
    ],
    "redirects without end": ["test_a_trick_is_refused_for_its_reason"],
    "a large body of a redirect": ["test_the_body_of_a_redirect_is_not_read"],
    "bombs of gzip, deflate, br and zstd": ["test_decompression_bombs_do_not_fill_memory"],
    "stacked and unknown encodings": ["test_a_trick_is_refused_for_its_reason"],
    "bodies and headers that arrive slowly": ["test_a_response_that_does_not_end_is_refused"],
    "endless bodies": ["test_a_trick_is_refused_for_its_reason"],
    "bodies that are cut short": ["test_a_trick_is_refused_for_its_reason"],
    "too many headers, and too long headers": ["test_a_trick_is_refused_for_its_reason"],
    "line ends in validators": ["test_a_validator_with_line_ends_is_not_sent"],
    "XML bombs and local files": ["test_entities_of_a_feeds_own_are_not_expanded"],
    "feeds of brackets, and deeply nested feeds": [
        "test_two_megabytes_of_brackets_are_read_in_bounded_time",
        "test_a_page_that_is_not_a_feed_is_a_fault_and_not_an_exception",
    ],
    "pages that are too large, deep or tagged": [
        "test_a_page_that_is_too_expensive_to_read_is_refused",
        "transforms/extract/html/test_limits.py::test_html_beyond_a_limit_is_refused",
    ],
    "pages that are expensive to read": [
        "test_a_page_that_is_expensive_to_read_is_read_in_bounded_time"
    ],
    "wrong character sets": ["test_a_wrong_character_set_in_the_header_is_not_believed"],
    "paths in names": [
        "pipelines/follower/test_follow_loop.py::test_no_name_from_outside_is_a_path_in_the_lake"
    ],
    "formulas in exports": [
        "pipelines/commands/test_export.py::test_csv_has_every_column_and_no_formula"
    ],
    "robots.txt that is down, huge or HTML": [
        "transforms/fetch/test_visitor.py::test_without_known_rules_all_pages_wait",
        "transforms/fetch/test_visitor.py::test_an_endless_robots_txt_could_not_be_fetched",
        "transforms/fetch/test_visitor.py::test_a_page_of_html_in_place_of_rules_forbids_nothing",
    ],
    "NUL, lone surrogates, direction overrides": [
        "pipelines/follower/test_follow_loop.py::test_no_broken_character_reaches_the_lake"
    ],
}
"""Known attacks on programs that read the web, with the names of their tests."""


@pytest.mark.parametrize("hazard", HAZARDS)
def test_every_hazard_has_its_tests(hazard):
    for test in HAZARDS[hazard]:
        path, _, name = test.rpartition("::")
        module = TESTS / path if path else Path(__file__)
        assert f"\ndef {name}(" in module.read_text(encoding="utf-8"), test


def reason_for(target, host="127.0.0.1", **how):
    async def act(visitor, server):
        with pytest.raises(Reject) as refused:
            await visitor.get(server.url(target, host))
        return refused.value.reason

    return visit(act, **how)


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("/loop", "too_many_redirects"),
        ("/gzip-bomb", "too_large"),
        ("/deflate-bomb", "too_large"),
        ("/brotli-bomb", "too_large"),
        ("/zstd-bomb", "too_large"),
        ("/endless", "too_large"),
        ("/stacked", "bad_encoding"),
        ("/unknown-encoding", "bad_encoding"),
        ("/false-gzip", "bad_encoding"),
        ("/cut-gzip", "truncated"),
        ("/short", "truncated"),
        ("/many-headers", "bad_response"),
        ("/long-header", "bad_response"),
        ("/no-http", "bad_response"),
        ("/hang-up", "unreachable"),
    ],
)
def test_a_trick_is_refused_for_its_reason(target, reason):
    assert reason_for(target) == reason


@pytest.mark.parametrize(
    ("target", "limits", "message"),
    [
        ("/drip-body", RequestLimits(total_seconds=0.2), r"not complete within 0\.2 s"),
        ("/drip-head", RequestLimits(total_seconds=0.2), r"not complete within 0\.2 s"),
        ("/silent", RequestLimits(idle_seconds=0.2), r"no data for 0\.2 s"),
    ],
)
def test_a_response_that_does_not_end_is_refused(target, limits, message):
    async def run():
        clock = FakeClock()
        async with (
            hostile(clock) as server,
            Client("newslake/test", clock, True, limits) as client,
        ):
            with pytest.raises(TimeoutTotal, match=message):
                await client.get(server.url(target))

    asyncio.run(run())


def test_a_server_that_hangs_up_is_not_asked_again_immediately():
    async def act(visitor, server):
        with pytest.raises(Unreachable):
            await visitor.get(server.url("/hang-up"))
        return server.requested()

    assert visit(act) == ["/hang-up"]


def test_decompression_bombs_do_not_fill_memory():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for bomb in ("/gzip-bomb", "/brotli-bomb", "/zstd-bomb"):
        reason_for(bomb)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "127。0。0。1",
        "１２７.0.0.1",
        "user@127.0.0.1",
        "169.254.169.254",
        "[fe80::1]",
    ],
)
def test_private_addresses_are_blocked_in_every_spelling(host):
    async def act(visitor, server):
        with pytest.raises(BlockedAddress):
            await visitor.get(f"http://{host}:8080/page")
        return server.requests

    assert visit(act, allow_private=False) == []


def test_names_of_private_addresses_are_blocked():
    names = Names(inner_example=[["10.0.0.7"]])

    async def act(visitor, server):
        with pytest.raises(
            BlockedAddress, match=r"10\.0\.0\.7 is not a public address \(private\)"
        ):
            await visitor.get("http://inner.example/page")

    visit(act, allow_private=False, names=names)


@pytest.mark.parametrize("port", [22, 25, 6379, 9200])
def test_ports_of_other_services_are_blocked(port):
    async def act(visitor, server):
        with pytest.raises(BlockedAddress, match=f"port {port}"):
            await visitor.get(f"http://news.example:{port}/")

    visit(act, allow_private=False)


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("file:///etc/passwd", "bad_scheme"),
        ("gopher://news.example/1", "bad_scheme"),
        ("data:text/html,hello", "bad_scheme"),
        ("http://[::zz]/", "bad_url"),
    ],
)
def test_redirects_lead_only_to_the_web(location, reason):
    async def act(visitor, server):
        server.pages["/away"] = http_response(b"", "302 Found", Location=location)
        with pytest.raises(Reject) as refused:
            await visitor.get(server.url("/away"))
        return refused.value.reason

    assert visit(act) == reason


def test_the_body_of_a_redirect_is_not_read():
    async def act(visitor, server):
        found = await visitor.get(server.url("/large-redirect"))
        return found.response.body, server.sent

    body, sent = visit(act)
    assert body == HTML
    assert sent < 8_000_000


@pytest.fixture
def loopback_is_public(monkeypatch):
    """Treat 127.0.0.1 with any port as a public address; all other rules stay."""

    def with_one_exception(address):
        return None if address == "127.0.0.1" else forbidden(address)

    monkeypatch.setattr("newslake.transforms.fetch.guard.forbidden", with_one_exception)
    monkeypatch.setattr("newslake.transforms.fetch.client.PORTS", range(2**16))


def test_a_name_that_later_resolves_to_a_private_address_is_blocked(loopback_is_public):
    """DNS rebinding: the address that was checked may differ from the address of the connection."""
    names = Names(news_example=[["127.0.0.1"], ["10.0.0.7"]])

    async def act(visitor, server):
        server.robots = http_response(b"", "404 Not Found", Connection="close")
        with pytest.raises(BlockedAddress):
            await visitor.get(server.url("/page", "news.example"))
        return [one.target for one in server.requests]

    assert visit(act, allow_private=False, names=names) == ["/robots.txt"]


def test_of_mixed_addresses_only_the_public_one_is_dialled(loopback_is_public):
    names = Names(news_example=[["10.0.0.7", "127.0.0.1", "::1"]])

    async def act(visitor, server):
        return (await visitor.get(server.url("/page", "news.example"))).response.body

    assert visit(act, allow_private=False, names=names) == HTML


def test_a_redirect_into_a_private_network_is_blocked(loopback_is_public):
    async def act(visitor, server):
        server.pages["/in"] = http_response(
            b"", "302 Found", Location="http://169.254.169.254/latest"
        )
        with pytest.raises(BlockedAddress, match="link-local"):
            await visitor.get(server.url("/in"))

    visit(act, allow_private=False)


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "100.100.100.200",
        "0xa9fea9fe",
        "2852039166",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:a9fe:a9fe::1]",
        "[fd00:ec2::254]",
        "meta.example",
    ],
)
def test_metadata_services_are_blocked_in_an_intranet_too(host):
    names = Names(meta_example=[["169.254.169.254"]], anybody=[["127.0.0.1"]])

    async def act(visitor, server):
        server.pages["/away"] = http_response(b"", "302 Found", Location=f"http://{host}/latest")
        with pytest.raises(BlockedAddress, match="cloud metadata"):
            await visitor.get(f"http://{host}/latest")
        with pytest.raises(BlockedAddress, match="cloud metadata"):
            await visitor.get(server.url("/away"))

    visit(act, names=names)


# --- feeds


def polled(body, state=None, **headers):
    """Poll a feed with that body and return the result."""
    clock = FakeClock()

    async def act(visitor, server):
        headers.setdefault("Content_Type", "application/rss+xml")
        server.pages["/feed"] = http_response(body, **headers)
        url = server.url("/feed")
        return await poll(state or first(url, clock.now()), visitor, clock)

    return visit(act, clock=clock)


def rss(items, prolog=""):
    return (
        f'{prolog}<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()
    )


LOLS = "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 10))
ENTITIES = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY lol0 "lol">{LOLS}]>'
SECRET = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("entity", ["&lol9;", "&x;"])
@pytest.mark.parametrize("prolog", [ENTITIES, SECRET])
def test_entities_of_a_feeds_own_are_not_expanded(prolog, entity):
    found = polled(rss(f"<item><title>A{entity}B</title><guid>1</guid></item>", prolog))
    for row in (item.row for item in found.entries):
        assert "lol" * 20 not in (row.title or "")
        assert "root:" not in (row.title or "")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"<rss>" + b"<a>" * 1_000_000, "too_deep"),
        (b"<rss>" + b"a" * 5_000_001, "too_large"),
        (HTML, "not_a_feed"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "binary"),
    ],
)
def test_a_page_that_is_not_a_feed_is_a_fault_and_not_an_exception(body, fault):
    assert polled(body).result.fault == fault


def test_a_lone_surrogate_in_an_id_is_not_a_fault():
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"id": "\ud800", "url": "https://news.example/1", "title": "\udfff"}],
    }
    found = polled(json.dumps(feed).encode(), Content_Type="application/feed+json")
    [row] = [item.row for item in found.entries]
    assert found.result.fault == ""
    assert (row.entry_id + (row.title or "")).encode()


def test_two_megabytes_of_brackets_are_read_in_bounded_time():
    before = time.process_time()
    polled(rss("<item><title>A</title></item>" + "<" * 2_000_000))
    assert time.process_time() - before < 10


def test_entries_that_are_not_read_are_counted_in_the_row_of_the_poll():
    whole = "".join(f"<item><guid>{number}</guid></item>" for number in range(2_003))
    found = polled(rss(f"{whole}<item><title><![CDATA[A</title></item>"))
    assert (len(found.entries), found.row.unread_entries) == (2_000, 4)
    assert polled(rss("<item><guid>1</guid></item>")).row.unread_entries == 0


def test_a_validator_with_line_ends_is_not_sent():
    clock = FakeClock()

    async def act(visitor, server):
        server.pages["/feed"] = http_response(rss("<item><guid>1</guid></item>"))
        state = replace(
            first(server.url("/feed"), clock.now()), etag="7\r\nX-Forged: 1", read_at=clock.now()
        )
        found = await poll(state, visitor, clock)
        return found.result.status, server.requests[-1].headers

    status, headers = visit(act, clock=clock)
    assert status == 200
    assert not {"if-none-match", "x-forged"} & headers.keys()


# --- pages


def extracted(body, **headers):
    """Fetch a page with that body and return its article."""
    clock = FakeClock()

    async def act(visitor, server):
        server.pages["/1"] = http_response(body, **headers)
        url = server.url("/1")
        return await fetch(PageRequest(url, url), visitor, clock)

    return extract(visit(act, clock=clock).outcome).article


WORDS = "Die Fährleute von Größnitz beendeten am Sonntag nach neun Tagen ihren Streik."
PARAGRAPHS = "".join(f"<p>{WORDS} Tag {number}.</p>" for number in range(5))


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1251", "utf-8", "no-such-set"])
def test_a_wrong_character_set_in_the_header_is_not_believed(declared):
    page = f"<html><body><article>{PARAGRAPHS}</article></body></html>".encode()
    assert WORDS in extracted(page, Content_Type=f"text/html; charset={declared}").text


@pytest.mark.parametrize(
    ("filler", "reason"),
    [
        ("<div>" * 10_000, TooDeep),
        (f"<p {' '.join(f'a{n}=1' for n in range(20_000))}>", TooManyAttributes),
    ],
)
def test_a_page_that_is_too_expensive_to_read_is_refused(filler, reason):
    with pytest.raises(reason):
        extracted(f"<html><body>{filler}{PARAGRAPHS}".encode())


@pytest.mark.parametrize(
    "filler",
    [
        pytest.param(" " * 1_000_000, id="white space"),
        pytest.param("2026-01-01 " * 50_000, id="dates"),
        pytest.param("<!--" * 100_000, id="comments"),
        pytest.param(
            "<script type=application/ld+json>" + '{"a":' * 100_000 + "</script>", id="data"
        ),
    ],
)
def test_a_page_that_is_expensive_to_read_is_read_in_bounded_time(filler):
    before = time.process_time()
    page = f"<html><body><article>{PARAGRAPHS}</article>{filler}</body></html>"
    assert WORDS in extracted(page.encode()).text
    assert time.process_time() - before < 10
