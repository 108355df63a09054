"""HTTP client with limits: no redirects, no cookies, public addresses only.

Example:
    async with Client(user_agent, clock) as client:
        response = await client.get("https://example.org/news/1")
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Self

import aiohttp
from ada_url import URL as WebUrl
from aiohttp.abc import AbstractResolver
from yarl import URL

from newslake.schemas import reasons
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.guard import Forbidden, guarded_socket
from newslake.transforms.fetch.response import Response
from newslake.transforms.web.content_encodings import ACCEPTED, ContentDecoder
from newslake.transforms.web.urls import web_address

PORTS = {80, 443, 8080, 8443}
"""Allowed ports. Web servers use these ports; other ports often belong to other services."""


@dataclass(frozen=True)
class RequestLimits:
    """Limits of one request."""

    total_seconds: float = 30.0
    """Maximum time from the first packet to the last byte, in seconds."""
    connect_seconds: float = 10.0
    """Maximum time to connect to one IP address, in seconds."""
    idle_seconds: float = 10.0
    """Maximum time without a received byte, in seconds. Other pages of the site wait so long."""
    max_bytes: int = 5_000_000
    """Maximum size of the body after decompression, in bytes."""


DEFAULT_LIMITS = RequestLimits()


@dataclass
class Client:
    """Sends GET requests. The number of concurrent requests to different hosts is not limited."""

    user_agent: str
    """The value of the header User-Agent."""
    clock: Clock
    allow_private: bool = False
    """If True, private networks and all ports are allowed. An intranet needs this."""
    limits: RequestLimits = DEFAULT_LIMITS
    """The limits of each request."""
    resolver: AbstractResolver | None = None
    """Resolves host names; None means the resolver of the operating system."""
    allow_metadata: bool = False
    """If True, addresses of cloud metadata services are allowed."""
    _session: aiohttp.ClientSession | None = field(default=None, init=False)

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,
                limit_per_host=1,
                use_dns_cache=False,
                resolver=self.resolver,
                socket_factory=partial(
                    guarded_socket,
                    allow_private=self.allow_private,
                    allow_metadata=self.allow_metadata,
                ),
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(
                total=self.limits.total_seconds,
                sock_connect=self.limits.connect_seconds,
                sock_read=self.limits.idle_seconds,
            ),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
            middlewares=(_without_retry,),
        )
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._session
        await self._session.close()

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """Send a GET request for `url` and return the response, whatever its status.

        Args:
            url: An absolute URL. Passwords and tokens in it are sent, but removed from the result.
            headers: Additional request headers.

        Raises:
            BadUrl, BadScheme, BlockedAddress: The URL is invalid or not allowed.
            Unreachable, TimeoutTotal, Truncated: The network failed.
            TooLarge, BadEncoding, BadResponse: The response is too large or invalid.
        """
        checked_url = self._checked(url)
        sent = {"User-Agent": self.user_agent, "Accept": "*/*", "Accept-Encoding": ACCEPTED}
        sent.update(headers or {})
        try:
            return await self._send(checked_url, sent)
        except _NoRetry as error:
            raise _as_reject(error.original, self.limits) from error
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise _as_reject(error, self.limits) from error

    def _checked(self, url: str) -> WebUrl:
        """Parse `url`. Raise BadUrl, BadScheme or BlockedAddress, as `get` does."""
        parsed = parse_url(url)
        scheme = parsed.protocol.removesuffix(":")
        if scheme not in {"http", "https"}:
            raise reasons.BadScheme(f"scheme {scheme} is not http or https")
        port = int(parsed.port or {"http": 80, "https": 443}[scheme])
        if port not in PORTS and not self.allow_private:
            why = f"port {port} is not allowed; use --allow-private for an intranet"
            raise reasons.BlockedAddress(why)
        parsed.hash = ""
        return parsed

    async def _send(self, url: WebUrl, headers: Mapping[str, str]) -> Response:
        assert self._session
        started_at = self.clock.now()
        async with self._session.get(
            URL(url.href, encoded=True), headers=headers, allow_redirects=False
        ) as reply:
            encoding = reply.headers.get("Content-Encoding", "")
            unpacking = ContentDecoder(encoding, self.limits.max_bytes)
            if reply.status == 200:
                async for piece in reply.content.iter_any():
                    unpacking.feed(piece)
                if not unpacking.is_complete:
                    raise reasons.Truncated("the compressed body is incomplete")
            else:
                reply.close()  # bodies of redirects and errors are not read
            return Response(
                url=web_address(url.href) or "",
                status=reply.status,
                phrase=reply.reason or "",
                headers=tuple(
                    (name.decode("latin-1"), value.decode("latin-1"))
                    for name, value in reply.raw_headers
                ),
                body=bytes(unpacking.body),
                raw=bytes(unpacking.raw),
                request_headers=tuple(reply.request_info.headers.items()),
                started_at=started_at,
            )


def parse_url(url: str, base: str | None = None) -> WebUrl:
    """Parse `url` as browsers do. If `base` is set, `url` is the target of a redirect from `base`.

    Raises:
        BadUrl: The URL is invalid.
    """
    try:
        return WebUrl(url, base=base)
    except ValueError as error:
        why = "redirected to an invalid URL" if base else "not a valid URL"
        raise reasons.BadUrl(why) from error


class _NoRetry(Exception):
    """Wraps an error after which aiohttp would immediately repeat the request."""

    def __init__(self, original: aiohttp.ClientError) -> None:
        self.original = original


async def _without_retry(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Send a request without aiohttp's automatic retry (a middleware of aiohttp)."""
    try:
        return await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _NoRetry(error) from error


def _as_reject(error: Exception, limits: RequestLimits) -> reasons.Reject:
    """Return the reject for an aiohttp error, without the error's message: it may quote the URL."""
    cause = getattr(error, "os_error", None)
    if isinstance(cause, Forbidden):
        return reasons.BlockedAddress(str(cause))
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return reasons.UnknownHost("the host name cannot be resolved")
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return reasons.Unreachable(f"no connection within {limits.connect_seconds:g} s")
    if isinstance(error, aiohttp.SocketTimeoutError):
        return reasons.TimeoutTotal(f"no data for {limits.idle_seconds:g} s")
    if isinstance(error, TimeoutError):
        return reasons.TimeoutTotal(f"not complete within {limits.total_seconds:g} s")
    if isinstance(error, aiohttp.ClientPayloadError):
        return reasons.Truncated("the response is incomplete")
    if isinstance(error, aiohttp.ClientResponseError):
        return reasons.BadResponse("the response head is not valid HTTP or too large")
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return reasons.Unreachable(f"no secure connection: {cause or type(error).__name__}")
    if isinstance(error, aiohttp.ClientConnectionError | OSError):
        return reasons.Unreachable(
            f"no connection, or it was lost: {cause or type(error).__name__}"
        )
    return reasons.BadUrl("the URL cannot be sent in a request")
