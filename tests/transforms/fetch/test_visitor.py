"""Crawl politeness, checked by the requests that the server receives."""

from datetime import timedelta
from itertools import pairwise

import pytest
from clocks import FakeClock, Names
from hostile import SITE_FILES, http_response
from visits import visit

from newslake.schemas.reasons import (
    RobotsDisallowed,
    RobotsUnavailable,
    TooManyRedirects,
    Unreachable,
)
from newslake.transforms.fetch.visitor import MAX_REDIRECTS, Visitor, VisitorState

ANYBODY = Names(anybody=[["127.0.0.1"]])
FILES = dict(zip(("robots", "tdmrep"), SITE_FILES, strict=True))


def robots(text, status="200 OK"):
    return http_response(text.encode(), status, Content_Type="text/plain")


def gaps(requests):
    times = [request.at for request in requests]
    return [(later - earlier).total_seconds() for earlier, later in pairwise(times)]


def test_requests_to_a_host_are_separated_by_a_pause():
    async def act(visitor, server):
        server.pages["/start"] = http_response(b"", "301 Moved", Location="/page")
        for target in ("/start", "/page", "/missing"):
            await visitor.get(server.url(target))
        return server.requests

    requests = visit(act)
    assert [one.target for one in requests] == [
        "/robots.txt",
        "/.well-known/tdmrep.json",
        "/start",
        "/page",
        "/page",
        "/missing",
    ]
    assert min(gaps(requests)) >= 1.0


@pytest.mark.parametrize(("requested", "kept"), [(7, 7), (0.1, 1), (3600, 30)])
def test_a_crawl_delay_is_kept_up_to_half_a_minute(requested, kept):
    async def act(visitor, server):
        server.robots = robots(f"User-agent: *\nCrawl-delay: {requested}\n")
        for _ in range(3):
            await visitor.get(server.url("/page"))
        return server.requests

    assert gaps(visit(act)[1:]) == [kept, kept, kept]


def test_a_crawl_delay_is_kept_when_the_rules_are_requested_again():
    clock = FakeClock()

    async def act(visitor, server):
        server.robots = robots("User-agent: *\nCrawl-delay: 7\n")
        for seconds in (0, 24 * 3600 - 15, 2):
            clock.time += timedelta(seconds=seconds)
            await visitor.get(server.url("/page"))
        return server.requests

    requests = visit(act, clock=clock)
    assert [one.target for one in requests[3:]] == ["/page", "/robots.txt", "/page"]
    assert gaps(requests[3:]) == [7, 7]


def test_hosts_do_not_wait_for_each_other():
    clock = FakeClock()

    async def act(visitor, server):
        for host in ("one.example", "two.example", "three.example"):
            await visitor.get(server.url("/page", host))
        return [request.at - server.requests[0].at for request in server.requests]

    assert max(visit(act, names=ANYBODY, clock=clock)) == timedelta(seconds=6)


def test_pages_that_robots_txt_forbids_are_not_requested():
    async def act(visitor, server):
        server.robots = robots("User-agent: newslake\nDisallow: /private\n")
        await visitor.get(server.url("/page"))
        with pytest.raises(RobotsDisallowed):
            await visitor.get(server.url("/private/1"))
        return server.requested()

    assert visit(act) == ["/page"]


def test_a_redirect_needs_permission_too():
    async def act(visitor, server):
        server.robots = robots("User-agent: *\nDisallow: /private\n")
        server.pages["/open"] = http_response(b"", "302 Found", Location="/private/1")
        with pytest.raises(RobotsDisallowed):
            await visitor.get(server.url("/open"))
        return server.requested()

    assert visit(act) == ["/open"]


@pytest.mark.parametrize("target", SITE_FILES)
def test_rules_are_requested_once_a_day_and_host(target):
    clock = FakeClock()

    async def act(visitor, server):
        for _ in range(3):
            await visitor.get(server.url("/page"))
        await clock.sleep(86_401)
        await visitor.get(server.url("/page"))
        return [request.target for request in server.requests].count(target)

    assert visit(act, clock=clock) == 2


@pytest.mark.parametrize("status", ["500 Oops", "503 Busy", "429 Slow down"])
def test_without_known_rules_all_pages_wait(status):
    async def act(visitor, server):
        server.robots = robots("", status)
        for _ in range(5):
            with pytest.raises(RobotsUnavailable):
                await visitor.get(server.url("/page"))
        return [request.target for request in server.requests]

    assert visit(act) == ["/robots.txt"]


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "410 Gone", "400 Bad"])
def test_a_site_without_a_robots_txt_allows_all(status):
    async def act(visitor, server):
        server.robots = robots("User-agent: *\nDisallow: /\n", status)
        return (await visitor.get(server.url("/page"))).response.status

    assert visit(act) == 200


def test_a_page_of_html_in_place_of_rules_forbids_nothing():
    async def act(visitor, server):
        server.robots = http_response(b"<html><p>Disallow: nothing</p></html>")
        return (await visitor.get(server.url("/page"))).response.status

    assert visit(act) == 200


def test_an_endless_robots_txt_could_not_be_fetched():
    async def act(visitor, server):
        server.robots = robots("# \n" * 2_000_000)
        with pytest.raises(RobotsUnavailable):
            await visitor.get(server.url("/page"))

    visit(act)


def test_old_rules_are_used_for_a_day_and_after_a_month_of_failures_there_are_none():
    clock = FakeClock()

    async def act(visitor, server):
        server.robots = robots("User-agent: *\nDisallow: /private\n")
        await visitor.get(server.url("/page"))
        server.robots = robots("", "500 Oops")
        await clock.sleep(86_401)
        with pytest.raises(RobotsDisallowed):
            await visitor.get(server.url("/private"))
        await clock.sleep(86_401)
        with pytest.raises(RobotsUnavailable):
            await visitor.get(server.url("/private"))
        await clock.sleep(30 * 86_400)
        return (await visitor.get(server.url("/page"))).response.status

    assert visit(act, clock=clock) == 200


def test_redirects_are_followed_and_remembered_up_to_five():
    async def act(visitor, server):
        for number in range(MAX_REDIRECTS + 1):
            server.pages[f"/{number}"] = http_response(b"", "308 Moved", Location=f"/{number + 1}")
        server.pages[f"/{MAX_REDIRECTS + 1}"] = http_response(b"the end")
        found = await visitor.get(server.url("/1"))
        assert found.response.url == server.url("/6")
        assert [status for status, _ in found.redirects] == [308] * MAX_REDIRECTS
        with pytest.raises(TooManyRedirects):
            await visitor.get(server.url("/0"))

    visit(act)


def test_secrets_are_sent_but_not_stored():
    async def act(visitor, server):
        server.pages["/feed?token=abc&page=2"] = http_response(b"news")
        found = await visitor.get(server.url("/feed?token=abc&page=2"))
        assert found.response.body == b"news"
        return found.response.url.partition("/feed")[2]

    assert visit(act) == "?page=2"


def test_a_reason_quotes_no_address():
    async def act(visitor, server):
        with pytest.raises(Unreachable) as refused:
            await visitor.client.get("http://ann:secret@nobody.example/?token=abc")
        return str(refused.value)

    message = visit(act, names=Names())
    assert "secret" not in message
    assert "abc" not in message


def test_no_cookie_is_kept_and_we_say_who_we_are():
    async def act(visitor, server):
        server.pages["/a"] = http_response(b"", Set_Cookie="id=7; Path=/")
        await visitor.get(server.url("/a"))
        await visitor.get(server.url("/a"))
        return [request.headers for request in server.requests]

    for headers in visit(act):
        assert "cookie" not in headers
        assert headers["user-agent"] == "newslake/test"


def test_agents_for_language_models_that_a_site_disallows_are_recorded():
    async def act(visitor, server):
        server.robots = robots("User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n")
        return (await visitor.get(server.url("/page"))).optouts

    assert visit(act) == ["disallow:CCBot", "disallow:GPTBot"]


TDMREP = "/.well-known/tdmrep.json"
RESERVED = http_response(b'[{"location": "/page", "tdm-reservation": 1}]')


def test_reservations_of_a_site_are_recorded():
    async def act(visitor, server):
        server.robots = robots("User-agent: *\nContent-Signal: ai-train=no\n")
        server.pages |= {TDMREP: RESERVED, "/old": http_response(b"", "301", Location="/page")}
        optouts = [(await visitor.get(server.url(path))).optouts for path in ("/old", "/missing")]
        rows = [(row.kind, row.outcome, row.final_url) for row in visitor.take_file_fetches()]
        files = [(kind, "answered", server.url(path)) for kind, path in FILES.items()]
        assert rows == files
        return optouts

    [moved, other] = visit(act)
    assert moved == ["content-signal:ai-train", "tdm-reservation"]
    assert other == ["content-signal:ai-train"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (http_response(b"", "503 Busy"), "server_busy"),
        (http_response(b"", "204 Empty"), "http_error"),
        (http_response(b"", "302 Found", Location=TDMREP), "too_many_redirects"),
        (http_response(b"", "302 Found", Location="http://169.254.169.254/"), "blocked_address"),
        ("endless", "too_large"),
        ("hang-up", "unreachable"),
    ],
)
def test_without_new_reservations_the_old_ones_hold(answer, reason):
    clock = FakeClock()

    async def act(visitor, server):
        server.pages[TDMREP] = RESERVED
        await visitor.get(server.url("/page"))
        await clock.sleep(86_401)
        server.pages[TDMREP] = answer
        optouts = (await visitor.get(server.url("/page"))).optouts
        return optouts, visitor.take_file_fetches()[-1]

    optouts, row = visit(act, clock=clock)
    assert optouts == ["tdm-reservation"]
    assert (row.kind, row.outcome, row.reason) == ("tdmrep", "failed", reason)


def test_reservations_are_not_requested_where_robots_txt_forbids_it():
    async def act(visitor, server):
        server.robots = robots("User-agent: *\nDisallow: /.well-known/\n")
        server.pages[TDMREP] = RESERVED
        assert (await visitor.get(server.url("/page"))).optouts == []
        return [request.target for request in server.requests]

    assert visit(act) == ["/robots.txt", "/page"]


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    async def act(visitor, server):
        return (await visitor.get(server.url("/page"))).response.status

    assert visit(act) == 200


def test_states_of_sites_are_dropped_when_they_are_no_longer_needed():
    clock, state = FakeClock(), VisitorState()

    async def act(visitor, server):
        visitor = Visitor(visitor.client, clock, "newslake", state)
        await visitor.get(server.url("/page"))
        Visitor(visitor.client, clock, "newslake", state)
        assert state.last
        assert state.files.robots
        assert state.files.reservations
        clock.time += timedelta(days=3)
        Visitor(visitor.client, clock, "newslake", state)

    visit(act, clock=clock)
    assert state == VisitorState()
