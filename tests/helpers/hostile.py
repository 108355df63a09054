"""A web server on the loopback network with faulty and hostile responses.

A request for `/name` runs the function `name` below. The server records each request with the time of
the test's clock.
"""

import asyncio
import gzip
import threading
import zlib
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import brotli
from backports import zstd
from waits import HANG_SECONDS

HTML = b"<html><body><p>The ferry of Port Alder sails again.</p></body></html>"
SITE_FILES = ("/robots.txt", "/.well-known/tdmrep.json")
"""The files in which a site states its rules."""
BOMB = 20_000_000
"""Decompressed size of each bomb, in bytes."""


@dataclass
class Request:
    at: datetime
    host: str
    target: str
    headers: dict


@dataclass
class Hostile:
    """The state of the server, which tests read and set."""

    port: int
    requests: list[Request] = field(default_factory=list)
    sent: int = 0
    """Number of bytes written to sockets."""
    robots: bytes = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    pages: dict[str, bytes] = field(default_factory=dict)
    """Complete responses by target, in addition to the functions below."""

    def url(self, target, host="127.0.0.1"):
        return f"http://{host}:{self.port}{target}"

    def requested(self, target=None):
        """Return the targets of all requests, without the files in `SITE_FILES`."""
        return [one.target for one in self.requests if one.target not in SITE_FILES]


def http_response(body=HTML, status="200 OK", **headers):
    """Return a complete response; an underscore in a header's name becomes a dash."""
    lines = {"Content-Type": "text/html", "Content-Length": len(body)}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


@asynccontextmanager
async def hostile(clock, script=None):
    """Run the server while the context lasts.

    Args:
        clock: Gives the time of a request.
        script: Replaces all responses below: takes a `Request`, which is not recorded, and returns
            a complete response or the name of a trick.
    """
    story = Hostile(port=0)

    async def serve(reader, writer):
        try:
            while head := await _head(reader):
                lines = head.decode("latin-1").split("\r\n")
                target = lines[0].split(" ")[1]
                headers = dict(line.split(": ", 1) for line in lines[1:] if line)
                headers = {name.lower(): value for name, value in headers.items()}
                host = headers["host"].partition(":")[0]
                request = Request(clock.now(), host, target, headers)
                if script:
                    await _play(story, script(request), writer)
                else:
                    story.requests.append(request)
                    await _respond(story, target, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    story.port = server.sockets[0].getsockname()[1]
    try:
        yield story
    finally:
        server.close()


@contextmanager
def server_in_a_thread(clock, script=None):
    """Run the hostile server in a thread, for tests that run a pipeline."""
    ready, done, stories = threading.Event(), threading.Event(), []

    async def serve():
        async with hostile(clock, script) as story:
            stories.append(story)
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield stories[0]
    finally:
        done.set()
        thread.join()


async def _head(reader):
    try:
        return (await reader.readuntil(b"\r\n\r\n")).removesuffix(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


async def _respond(story, target, writer):
    if target == "/robots.txt":
        what = story.robots
    elif target in story.pages:
        what = story.pages[target]
    else:
        trick = target.split("?")[0][1:]
        what = trick if trick in TRICKS else http_response(b"", "404 Not Found")
    await _play(story, what, writer)


async def _play(story, what, writer):
    """Send a response, or run the trick of that name and close the connection."""

    async def send(data):
        writer.write(data)
        story.sent += len(data)
        await writer.drain()

    if isinstance(what, bytes):
        await send(what)
    else:
        await TRICKS[what](story, send)
        writer.close()


async def page(story, send):
    await send(http_response())


async def large_redirect(story, send):
    """Redirect with a body of 200 MB."""
    head = f"HTTP/1.1 302 Found\r\nLocation: /page\r\nContent-Length: {200 * 2**20}\r\n\r\n"
    await send(head.encode())
    for _ in range(200):
        await send(bytes(2**20))


async def loop(story, send):
    await send(http_response(b"", "302 Found", Location="/loop"))


async def gzip_bomb(story, send):
    await send(http_response(gzip.compress(bytes(BOMB)), Content_Encoding="gzip"))


async def deflate_bomb(story, send):
    await send(http_response(zlib.compress(bytes(BOMB)), Content_Encoding="deflate"))


async def brotli_bomb(story, send):
    await send(http_response(brotli.compress(bytes(BOMB), quality=1), Content_Encoding="br"))


async def zstd_bomb(story, send):
    await send(http_response(zstd.compress(bytes(BOMB)), Content_Encoding="zstd"))


async def stacked(story, send):
    body = gzip.compress(gzip.compress(HTML))
    await send(http_response(body, Content_Encoding="gzip, gzip"))


async def unknown_encoding(story, send):
    await send(http_response(HTML, Content_Encoding="rot13"))


async def false_gzip(story, send):
    await send(http_response(HTML, Content_Encoding="gzip"))


async def cut_gzip(story, send):
    await send(http_response(gzip.compress(HTML * 100)[:-20], Content_Encoding="gzip"))


async def drip_body(story, send):
    await send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        await send(b"a")
        await asyncio.sleep(0.02)


async def drip_head(story, send):
    await send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await send(b"X-More: a\r\n")
        await asyncio.sleep(0.02)


async def silent(story, send):
    await asyncio.sleep(HANG_SECONDS)


async def endless(story, send):
    await send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await send(b"10000\r\n" + bytes(0x10000) + b"\r\n")


async def short(story, send):
    await send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + HTML)


async def many_headers(story, send):
    lines = b"".join(b"X-%d: a\r\n" % number for number in range(100_000))
    await send(b"HTTP/1.1 200 OK\r\n" + lines + b"Content-Length: 0\r\n\r\n")


async def long_header(story, send):
    await send(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 1_000_000 + b"\r\n\r\n")


async def no_http(story, send):
    await send(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")


async def hang_up(story, send):
    pass


TRICKS = {
    function.__name__.replace("_", "-"): function
    for function in (
        *(page, large_redirect, loop, gzip_bomb, deflate_bomb, brotli_bomb, zstd_bomb, stacked),
        *(unknown_encoding, false_gzip, cut_gzip, drip_body, drip_head, silent, endless, short),
        *(many_headers, long_header, no_http, hang_up),
    )
}
