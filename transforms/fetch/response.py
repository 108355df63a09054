"""HTTP responses and the meaning of their headers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message

from newslake.transforms.web.http_times import http_date, retry_after

REDIRECTS = {301, 302, 303, 307, 308}
"""Status codes of redirects."""

Headers = tuple[tuple[str, str], ...]
"""Pairs of name and value, in the order received."""


@dataclass(frozen=True)
class Response:
    """The response to one request."""

    url: str
    """The requested URL, without secrets."""
    status: int
    """The status code."""
    phrase: str
    """The reason phrase after the status code."""
    headers: Headers
    """The response headers."""
    body: bytes
    """The decompressed body. It is empty for redirects and errors: their bodies are not read."""
    raw: bytes
    """The body as received, possibly compressed."""
    request_headers: Headers
    """The request headers."""
    started_at: datetime
    """When the request was sent."""

    def header(self, name: str) -> str:
        """Return the value of the first header `name`; empty if there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    @property
    def named_headers(self) -> dict[str, str]:
        """The headers by name, in lower case; of several with one name, the last."""
        return {name.lower(): value for name, value in self.headers}

    @property
    def media_type(self) -> str:
        """The media type, such as `text/html`; empty if there is no header Content-Type."""
        return self._content_type().get_content_type() if self.header("Content-Type") else ""

    @property
    def charset(self) -> str | None:
        """The character set in the header Content-Type; None if the header contains none."""
        return self._content_type().get_content_charset()

    def _content_type(self) -> Message:
        message = Message()
        message["Content-Type"] = " ".join(self.header("Content-Type").split())
        return message

    @property
    def redirected_to(self) -> str | None:
        """The value of the header Location of a redirect; None for other responses."""
        if self.status not in REDIRECTS:
            return None
        return self.header("Location").encode("latin-1").decode("utf-8", "replace") or None

    @property
    def retry_after(self) -> timedelta | None:
        """The wait that the server requests. A date is compared with the server's clock."""
        server_time = http_date(self.header("Date")) or self.started_at
        return retry_after(self.header("Retry-After"), server_time)

    def header_lines(self) -> str:
        """Return the headers as text, one `Name: value` line each."""
        return "".join(f"{name}: {value}\n" for name, value in self.headers)
