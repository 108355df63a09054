"""What a server answered, and what its header lines mean."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message

from newslake.transforms.web.http_times import http_date, retry_after

REDIRECTS = {301, 302, 303, 307, 308}

Headers = tuple[tuple[str, str], ...]
"""Names and values in their order, as received."""


@dataclass(frozen=True)
class Response:
    """The answer to one request."""

    url: str
    """What was asked for, without secrets."""
    status: int
    """The status code."""
    phrase: str
    """The words that follow it."""
    headers: Headers
    """Its header lines."""
    body: bytes
    """Unpacked; empty for redirects and errors, whose bodies are not read."""
    raw: bytes
    """The body as received, packed if the server packed it."""
    request_headers: Headers
    """The header lines that were sent."""
    started_at: datetime
    """When the request was sent."""

    def header(self, name: str) -> str:
        """Return the value of the first header of that name; empty if there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    @property
    def media_type(self) -> str:
        """The type of the body, such as `text/html`; empty if the server does not say."""
        return self._content_type().get_content_type() if self.header("Content-Type") else ""

    @property
    def charset(self) -> str | None:
        """The character set that the header names."""
        return self._content_type().get_content_charset()

    def _content_type(self) -> Message:
        message = Message()
        message["Content-Type"] = " ".join(self.header("Content-Type").split())
        return message

    @property
    def redirected_to(self) -> str | None:
        """Where the server sends us, as it stands in the header; None if it does not."""
        if self.status not in REDIRECTS:
            return None
        return self.header("Location").encode("latin-1").decode("utf-8", "replace") or None

    @property
    def retry_after(self) -> timedelta | None:
        """How long the server asks us to wait, by its own clock where it names a time of day."""
        server_time = http_date(self.header("Date")) or self.started_at
        return retry_after(self.header("Retry-After"), server_time)

    def header_lines(self) -> str:
        """Return the header as text, a `Name: value` line each."""
        return "".join(f"{name}: {value}\n" for name, value in self.headers)
