"""What servers of the world may do to us, and the reason with which each is refused."""

import asyncio
import resource

import pytest
from clocks import FakeClock, Names
from hostile import HTML, answer, hostile

from schemas.reasons import BlockedAddress, Reject
from transforms.fetch.client import Client, Limits
from transforms.fetch.guard import forbidden
from transforms.fetch.visitor import Memory, Visitor

LIMITS = Limits(total_seconds=1.0, connect_seconds=1.0)


def visit(act, allow_private=True, names=None, limits=LIMITS, clock=None):
    """Run `act(visitor, server)` against the hostile server, and return what it returns."""
    clock = clock or FakeClock()

    async def run():
        async with (
            hostile(clock) as server,
            Client("newslake/test", clock, allow_private, limits, names) as client,
        ):
            return await act(Visitor(client, clock, "newslake", Memory()), server)

    return asyncio.run(run())


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
        ("/drip-body", "timeout_total"),
        ("/drip-head", "timeout_total"),
        ("/many-headers", "bad_response"),
        ("/long-header", "bad_response"),
        ("/no-http", "bad_response"),
        ("/hang-up", "unreachable"),
    ],
)
def test_a_trick_is_refused_for_its_reason(target, reason):
    assert reason_for(target) == reason


def test_bombs_do_not_go_off_in_memory():
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
def test_inner_addresses_are_blocked_in_every_spelling(host):
    async def act(visitor, server):
        with pytest.raises(BlockedAddress):
            await visitor.get(f"http://{host}:8080/page")
        return server.requests

    assert visit(act, allow_private=False) == []


def test_names_of_inner_addresses_are_blocked():
    names = Names(inner_example=[["10.0.0.7"]])

    async def act(visitor, server):
        with pytest.raises(BlockedAddress, match=r"10\.0\.0\.7 is private"):
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
def test_redirects_lead_nowhere_but_to_the_web(location, reason):
    async def act(visitor, server):
        server.pages["/away"] = answer(b"", "302 Found", Location=location)
        with pytest.raises(Reject) as refused:
            await visitor.get(server.url("/away"))
        return refused.value.reason

    assert visit(act) == reason


def test_the_body_of_a_redirect_is_not_read():
    async def act(visitor, server):
        found = await visitor.get(server.url("/large-redirect"))
        return found.response.body, server.sent

    body, sent = visit(act, limits=Limits())
    assert body == HTML
    assert sent < 8_000_000


@pytest.fixture
def loopback_is_public(monkeypatch):
    """Let 127.0.0.1, any port, pass for a public address; all other rules hold."""

    def with_one_exception(address):
        return None if address == "127.0.0.1" else forbidden(address)

    monkeypatch.setattr("transforms.fetch.guard.forbidden", with_one_exception)
    monkeypatch.setattr("transforms.fetch.client.PORTS", range(2**16))


def test_a_name_that_turns_inward_after_its_first_answer_is_blocked(loopback_is_public):
    """DNS rebinding: what was checked yesterday, or a second ago, is not what is dialled."""
    names = Names(news_example=[["127.0.0.1"], ["10.0.0.7"]])

    async def act(visitor, server):
        server.robots = answer(b"", "404 Not Found", Connection="close")
        with pytest.raises(BlockedAddress):
            await visitor.get(server.url("/page", "news.example"))
        return [one.target for one in server.requests]

    assert visit(act, allow_private=False, names=names) == ["/robots.txt"]


def test_of_mixed_addresses_only_the_public_one_is_dialled(loopback_is_public):
    names = Names(news_example=[["10.0.0.7", "127.0.0.1", "::1"]])

    async def act(visitor, server):
        return (await visitor.get(server.url("/page", "news.example"))).response.body

    assert visit(act, allow_private=False, names=names) == HTML


def test_a_redirect_into_an_inner_network_is_blocked(loopback_is_public):
    async def act(visitor, server):
        server.pages["/in"] = answer(b"", "302 Found", Location="http://169.254.169.254/latest")
        with pytest.raises(BlockedAddress, match="link-local"):
            await visitor.get(server.url("/in"))

    visit(act, allow_private=False)
