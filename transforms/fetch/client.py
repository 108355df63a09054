"""HTTP: one request, one answer, under the guard and within limits. No redirects, no cookies.

async with Client(user_agent, clock) as client:
    response = await client.get("https://example.org/news/1")
"""

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import aiohttp
from ada_url import URL as WebUrl
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from newslake.schemas.reasons import (
    BadResponse,
    BadScheme,
    BadUrl,
    BlockedAddress,
    Reject,
    TimeoutTotal,
    Truncated,
    Unreachable,
)
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.guard import Forbidden, guarded_socket
from newslake.transforms.fetch.response import Headers, Response
from newslake.transforms.web.content_encodings import ACCEPTED, Unpacking
from newslake.transforms.web.urls import web_address

PORTS = {80, 443, 8080, 8443}
"""Where web servers listen; other ports of a public host are often something else's."""


class Resolver(Protocol):
    """Who knows the addresses of a host."""

    async def addresses(self, host: str) -> list[str]:
        """Return its IP addresses.

        Raises:
            OSError: there are none.
        """


@dataclass(frozen=True)
class RequestLimits:
    """How much one request may take."""

    total_seconds: float = 30.0
    """From the first packet to the last byte."""
    connect_seconds: float = 10.0
    """For one address to answer the dial."""
    max_bytes: int = 5_000_000
    """Largest body, unpacked."""


USUAL = RequestLimits()


class Client:
    """Makes requests, as many at once as are asked of it.

    Args:
        user_agent: Who we say that we are.
        clock: What tells the time.
        allow_private: True to dial inner networks and any port too: for an intranet.
        limits: Of each request.
        resolver: Who knows the addresses of hosts; the system by default.
    """

    def __init__(
        self,
        user_agent: str,
        clock: Clock,
        allow_private: bool = False,
        limits: RequestLimits = USUAL,
        resolver: Resolver | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._clock = clock
        self._allow_private = allow_private
        self._limits = limits
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,
                limit_per_host=1,
                use_dns_cache=False,
                resolver=_Names(self._resolver) if self._resolver else None,
                socket_factory=None if self._allow_private else guarded_socket,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(
                total=self._limits.total_seconds, sock_connect=self._limits.connect_seconds
            ),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
            middlewares=(_once,),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._session
        await self._session.close()

    async def get(
        self, url: str, headers: Mapping[str, str] | None = None, max_bytes: int | None = None
    ) -> Response:
        """Ask for `url`, and return the answer, whatever its status.

        Args:
            url: Absolute. What it holds of passwords and tokens is sent, and told nobody else.
            headers: Sent besides our own.
            max_bytes: Largest body, unpacked; default as in `limits`.

        Raises:
            BadUrl, BadScheme, BlockedAddress: the address is none that we dial.
            Unreachable, TimeoutTotal, Truncated: the network is at fault.
            TooLarge, BadEncoding, BadResponse: the answer is none that we take.
        """
        address = self._checked(url)
        sent = {
            "User-Agent": self._user_agent,
            "Accept": "*/*",
            "Accept-Encoding": ACCEPTED,
            **(headers or {}),
        }
        try:
            return await self._swap(address, sent, max_bytes or self._limits.max_bytes)
        except _NotAgain as error:
            raise _told(error.broken, self._limits) from error
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise _told(error, self._limits) from error

    def _checked(self, url: str) -> WebUrl:
        """Return `url` parsed as browsers do, so that nothing is hidden in its spelling.

        Raises:
            BadUrl, BadScheme, BlockedAddress: see `get`.
        """
        try:
            parsed = WebUrl(url)
        except ValueError as error:
            raise BadUrl("no address that a browser could open") from error
        scheme = parsed.protocol.removesuffix(":")
        if scheme not in {"http", "https"}:
            raise BadScheme(f"{scheme}: is no scheme of the web")
        port = int(parsed.port or {"http": 80, "https": 443}[scheme])
        if port not in PORTS and not self._allow_private:
            raise BlockedAddress(f"port {port}")
        parsed.hash = ""
        return parsed

    async def _swap(self, address: WebUrl, headers: Mapping[str, str], max_bytes: int) -> Response:
        assert self._session
        started_at = self._clock.now()
        async with self._session.get(
            URL(address.href, encoded=True), headers=headers, allow_redirects=False
        ) as answer:
            unpacking = Unpacking(answer.headers.get("Content-Encoding", ""), max_bytes)
            if answer.status == 200:
                async for piece in answer.content.iter_any():
                    unpacking.feed(piece)
                if not unpacking.is_whole:
                    raise Truncated("the packed body ends before its end")
            else:
                answer.close()  # nobody needs the body of a redirect or an error, however long
            return Response(
                url=web_address(address.href) or "",
                status=answer.status,
                phrase=answer.reason or "",
                headers=_texts(answer.raw_headers),
                body=bytes(unpacking.body),
                raw=bytes(unpacking.raw),
                request_headers=tuple(answer.request_info.headers.items()),
                started_at=started_at,
            )


class _NotAgain(Exception):
    """Hides from aiohttp an error after which it would ask once more at once, without a pause."""

    def __init__(self, broken: aiohttp.ClientError) -> None:
        self.broken = broken


async def _once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Send a request once: a middleware of aiohttp."""
    try:
        return await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _NotAgain(error) from error


def _texts(raw: tuple[tuple[bytes, bytes], ...]) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)


def _told(error: Exception, limits: RequestLimits) -> Reject:
    """Return the reason for what aiohttp raised; its message is ours, since theirs quote addresses."""
    cause = getattr(error, "os_error", None)
    if isinstance(cause, Forbidden):
        return BlockedAddress(str(cause))
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Unreachable("no such host, as far as our name server knows")
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return Unreachable(f"no connection within {limits.connect_seconds:g} s")
    if isinstance(error, TimeoutError):
        return TimeoutTotal(f"not complete within {limits.total_seconds:g} s")
    if isinstance(error, aiohttp.ClientPayloadError):
        return Truncated("the answer ends before its end")
    if isinstance(error, aiohttp.ClientResponseError):
        return BadResponse("its head is no HTTP, or too large")
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return Unreachable(f"no secure connection: {cause or type(error).__name__}")
    if isinstance(error, aiohttp.ClientConnectionError | OSError):
        return Unreachable(f"no connection, or one that broke: {cause or type(error).__name__}")
    return BadUrl("no address that can be sent in a request")


class _Names(AbstractResolver):
    """A `Resolver` as aiohttp wants it."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in await self._resolver.addresses(host)
        ]

    async def close(self) -> None:
        pass
