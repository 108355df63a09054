"""The opt-outs of entries that contain the whole article: those of the feed and of the page."""

import pytest
from clocks import FakeClock, Names
from hostile import http_response
from visits import visit

from newslake.transforms.feeds.poll import MAX_PAGE_HOSTS, poll
from newslake.transforms.feeds.schedule.poll_schedule import first

TEXT = "The ferry workers of Port Alder ended their strike on Sunday, their union said. " * 30
NAMES = Names(anybody=[["127.0.0.1"]], nobody_example=[])


def polled(text, *hosts, robots="", tdmrep=b"[]", **headers):
    """Poll a feed of one entry per host of a page; return the opt-outs of each entry.

    The second value is the hosts that received requests.
    """
    clock = FakeClock()

    async def act(visitor, server):
        items = "".join(
            f"<item><link>{server.url('/1', host)}</link><title>Strike ends</title>"
            f"<description>{text}</description></item>"
            for host in hosts or ["news.example"]
        )
        feed = f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()
        server.robots = http_response(robots.encode())
        server.pages["/.well-known/tdmrep.json"] = http_response(tdmrep)
        server.pages["/feed"] = http_response(feed, Content_Type="application/rss+xml", **headers)
        found = await poll(first(server.url("/feed", "news.example"), clock.now()), visitor, clock)
        return [item.optouts for item in found.entries], {
            request.host for request in server.requests
        }

    return visit(act, names=NAMES, clock=clock)


@pytest.mark.parametrize("path", ["/feed", "/1"])
def test_rules_for_the_feed_and_for_the_page_count(path):
    robots = f"User-agent: GPTBot\nDisallow: {path}\n"
    tdmrep = f'[{{"location": "{path}", "tdm-reservation": 1}}]'.encode()
    optouts, _ = polled(TEXT, robots=robots, tdmrep=tdmrep)
    assert optouts == [["disallow:GPTBot", "tdm-reservation"]]


def test_headers_of_the_feed_count():
    assert polled(TEXT, X_Robots_Tag="noai")[0] == [["noai"]]


def test_rules_of_another_site_that_has_the_page_count():
    optouts, hosts = polled(TEXT, "other.example", robots="User-agent: CCBot\nDisallow: /1\n")
    assert optouts == [["disallow:CCBot"]]
    assert hosts == {"news.example", "other.example"}


def test_an_entry_whose_site_cannot_be_asked_has_the_optouts_of_the_feed():
    robots = "User-agent: CCBot\nDisallow: /\n"
    assert polled(TEXT, "nobody.example", robots=robots)[0] == [["disallow:CCBot"]]


def test_a_feed_cannot_send_newslake_to_many_sites():
    sites = [f"site{number}.example" for number in range(5)]
    optouts, hosts = polled(TEXT, *sites, robots="User-agent: CCBot\nDisallow: /1\n")
    assert hosts == {"news.example", *sites[:MAX_PAGE_HOSTS]}
    assert [bool(one) for one in optouts] == [True] * MAX_PAGE_HOSTS + [False] * 3


def test_for_a_teaser_no_other_site_is_asked():
    assert polled("Strike ends", "other.example") == ([[]], {"news.example"})
