"""What a server answered, and what its header lines mean."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime

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
        text = self.header("Retry-After").strip()
        if text.isascii() and text.isdigit():
            return timedelta(seconds=min(int(text[:9]), _LONG))
        until = http_date(text)
        if until is None:
            return None
        wait = until - (http_date(self.header("Date")) or self.started_at)
        return max(timedelta(), min(wait, timedelta(seconds=_LONG)))

    def header_lines(self) -> str:
        """Return the header as text, a `Name: value` line each."""
        return "".join(f"{name}: {value}\n" for name, value in self.headers)


_LONG = 10 * 365 * 86_400
"""Seconds beyond which a wait is for ever, and beyond which times overflow."""


def http_date(text: str) -> datetime | None:
    """Return the time that `text` names in one of HTTP's three formats, in UTC."""
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
