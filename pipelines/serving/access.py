"""Who may send requests: an ASGI application in front of another one.

A web page can make the browser of a user send requests to this machine. If it rebinds its own name to
the address of this machine, the browser even lets the page read the answers. Therefore a server on a
loopback address answers only requests whose `Host` is that address, and no answer allows a foreign
origin to read it (there is no CORS). A server on another address answers only with the token.
"""

import base64
import hmac
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

METHODS = ("GET", "HEAD", "POST")
MAX_BODY = 2**20
"""Maximum number of bytes of a request's body."""

HEADERS = {
    "cache-control": "private, no-cache",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""Headers of each answer that does not set them itself."""


@dataclass(frozen=True)
class _Refusal(Exception):
    status: int
    code: str
    message: str
    headers: tuple[tuple[str, str], ...] = ()


class Access:
    """Passes on the requests that are allowed, and answers the others.

    Args:
        application: Answers the requests.
        hosts: The values of the header `Host` that are allowed; None allows all.
        token: The token that each request must have; None if no token is needed.
    """

    def __init__(
        self, application: Application, hosts: frozenset[str] | None, token: str | None
    ) -> None:
        self.application = application
        self.hosts = hosts
        self.token = token.encode() if token else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self.application(scope, receive, send)
            return
        if scope["type"] != "http":  # a WebSocket
            await send({"type": "websocket.close", "code": 1008})
            return

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                missing = {name: HEADERS[name] for name in HEADERS if name.encode() not in given}
                message["headers"] = [*message["headers"], *_encoded(missing.items())]
            await send(message)

        try:
            self._check(scope)
            await self.application(scope, await _read_body(receive), send_with_headers)
        except _Refusal as refusal:
            body = json.dumps({"error": refusal.code, "message": refusal.message}).encode()
            headers = {"content-type": "application/json", "content-length": str(len(body))}
            start = {"type": "http.response.start", "status": refusal.status}
            encoded = _encoded([*headers.items(), *refusal.headers])
            await send_with_headers({**start, "headers": encoded})
            content = b"" if scope["method"] == "HEAD" else body
            await send({"type": "http.response.body", "body": content})

    def _check(self, scope: Scope) -> None:
        """Check a request.

        Raises:
            _Refusal: the request is not allowed.
        """
        headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            key = name.decode("latin-1").lower()
            if key in headers and key in ("host", "origin", "authorization", "content-type"):
                raise _Refusal(400, "invalid", f"the header {key} is given twice")
            headers[key] = value.decode("latin-1")
        host = headers.get("host", "").lower()
        if self.hosts is not None and host not in self.hosts:
            raise _Refusal(403, "refused", f"the host must be {' or '.join(sorted(self.hosts))}")
        origin = headers.get("origin", "").lower()
        if origin and origin not in (f"http://{host}", f"https://{host}"):
            raise _Refusal(403, "refused", "requests from other web pages are refused")
        if scope["path"] != "/" and headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            raise _Refusal(403, "refused", "requests from other web pages are refused")
        if self.token and not self._has_token(headers.get("authorization", "")):
            wanted = ("www-authenticate", 'Basic realm="newslake", charset="UTF-8"')
            message = "the token is missing or wrong; send it as `Authorization: Bearer TOKEN`"
            raise _Refusal(401, "unauthorized", message, (wanted,))
        if scope["method"] not in METHODS:
            allowed = ("allow", ", ".join(METHODS))
            raise _Refusal(405, "invalid", "the method must be GET or POST", (allowed,))
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if scope["method"] == "POST" and kind != "application/json":
            raise _Refusal(415, "invalid", "the content-type must be application/json")

    def _has_token(self, authorization: str) -> bool:
        """Return whether the header `Authorization` has the token, by a comparison in constant time.

        Programs send it as Bearer. A browser asks the user, and sends it as the password of Basic.
        """
        scheme, _, given = authorization.partition(" ")
        content = given.strip().encode("latin-1", "replace")
        if scheme.lower() == "basic":
            try:
                content = base64.b64decode(content, validate=True).partition(b":")[2]
            except ValueError:
                return False
        elif scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(content, self.token or b"")


async def _read_body(receive: Receive) -> Receive:
    """Read the body of the request; return a `receive` that yields it in one message.

    Raises:
        _Refusal: the body is too large.
    """
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY:
            text = f"the body has more than {MAX_BODY:,} bytes"
            raise _Refusal(413, "invalid", text, (("connection", "close"),))
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_once() -> MutableMapping[str, Any]:
        return messages.pop() if messages else await receive()

    return receive_once


def _encoded(headers: Any) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]


def loopback_hosts(host: str, port: int) -> frozenset[str]:
    """Return the values of the header `Host` for a server on the loopback address `host`."""
    names = {"localhost", "127.0.0.1", "[::1]", f"[{host}]" if ":" in host else host}
    ends = {f":{port}"} | ({""} if port == 80 else set())  # browsers leave out the port 80
    return frozenset(name + end for name in names for end in ends)
