"""The reasons for rejects. Each reason has an exception class and a stable code.

The code is the value of `rejects.reason` and the key of the counts per reason.
"""

from datetime import timedelta
from typing import ClassVar

MAX_PAYLOAD = 1_000_000
"""Maximum size of a rejected document's stored payload, in bytes. If a document is larger or has a
text-and-data-mining opt-out, only its digest is stored."""

REJECTS_VERSION = 2
"""Version of all that decides whether a document is rejected, besides the options. Increment it with
each change that can turn a reject into an article: of a rule, of a default, or of a library. Rejects
of older versions are then tried again."""


class Reject(Exception):
    """Raised for an input that must be rejected; the base class of all reasons.

    The message is for humans and becomes `rejects.detail`. The code in `reason` is for programs.
    """

    reason: ClassVar[str] = "rejected"

    def __init_subclass__(cls, reason: str | None = None) -> None:
        if reason:
            cls.reason = reason


# --- Read: the file or record is not a document


class UnknownType(Reject, reason="unknown_type"):
    """The file name extension, or the media type stated by the server, is not supported."""


class BadName(Reject, reason="bad_name"):
    """The file name is not UTF-8."""


class Unreadable(Reject, reason="unreadable"):
    """The file cannot be read: no permission, a broken link, or an I/O error."""


class OutsideRoot(Reject, reason="outside_root"):
    """A symbolic link leads out of the input folder."""


class Empty(Reject, reason="empty"):
    """The document is empty, or contains only white space."""


class TooLarge(Reject, reason="too_large"):
    """The decompressed document exceeds the size limit; the document may be a decompression bomb."""


class TruncatedGzip(Reject, reason="truncated_gzip"):
    """The gzip stream is incomplete."""


class BadGzip(Reject, reason="bad_gzip"):
    """A file named `.gz` is not a gzip stream, or its checksum is wrong."""


class BadRecord(Reject, reason="bad_record"):
    """A part of a web archive is not a WARC record, or its stated length is wrong."""


class BadDigest(Reject, reason="bad_digest"):
    """The bytes of a WARC record do not match the digest that the record states."""


class BadCsv(Reject, reason="bad_csv"):
    """A row of a CSV file is not valid: a quote is wrong, or the header has not as many fields."""


class BadParquet(Reject, reason="bad_parquet"):
    """A Parquet file or a part of it is damaged or encrypted, or has values that JSON forbids."""


class CutResponse(Reject, reason="cut_response"):
    """The crawler that wrote the WARC record stored only the beginning of the page."""


# --- Fetch: the URL returns no document


class BadUrl(Reject, reason="bad_url"):
    """The URL is not valid."""


class BadScheme(Reject, reason="bad_scheme"):
    """The scheme of the URL is not http or https but, for example, `file:` or `gopher:`."""


class BlockedAddress(Reject, reason="blocked_address"):
    """The URL has a private address or a port that is not allowed."""


class TooManyRedirects(Reject, reason="too_many_redirects"):
    """The server redirects too many times, possibly in a loop."""


class BadEncoding(Reject, reason="bad_encoding"):
    """The body cannot be decoded: broken chunks, or a wrong or unknown content encoding."""


class BadResponse(Reject, reason="bad_response"):
    """The response is not HTTP, or its header is too large."""


class HttpError(Reject, reason="http_error"):
    """The server returns an error status that a retry would not change."""


class RobotsDisallowed(Reject, reason="robots_disallowed"):
    """The site's robots.txt disallows the fetch."""


class TemporaryFailure(Reject):
    """Base class of temporary failures: the same request may succeed later."""

    retry_after: timedelta | None = None
    """The pause that the server requests (`Retry-After`); None if the server requests no pause."""
    status: int = 0
    """The HTTP status; 0 if there was no response."""


class TimeoutTotal(TemporaryFailure, reason="timeout_total"):
    """The response was not complete within the time limit for one request."""


class Unreachable(TemporaryFailure, reason="unreachable"):
    """The connection fails: the name is not resolved, the host does not respond, or TLS fails."""


class UnknownHost(Unreachable):
    """The host name is not resolved. The reason is that of `Unreachable`."""


class Truncated(TemporaryFailure, reason="truncated"):
    """The response is incomplete."""


class ServerBusy(TemporaryFailure, reason="server_busy"):
    """The server is overloaded or has an internal error: status 429, or 500 and above."""


class RobotsUnavailable(TemporaryFailure, reason="robots_unavailable"):
    """The site's robots.txt could not be fetched, so it is unknown whether the fetch is allowed."""


# --- Feeds: the response is not a feed


class NotAFeed(Reject, reason="not_a_feed"):
    """The response is a web page, an error page, or XML or JSON that is not a feed."""


class WithoutNews(NotAFeed):
    """The response is a sitemap without news. The reason is that of `NotAFeed`."""


# --- Extract: the document has no article


class Binary(Reject, reason="binary"):
    """The document has the name or media type of text, but its bytes are not text."""


class Undecodable(Reject, reason="undecodable"):
    """The character set of the text could not be detected."""


class BadJson(Reject, reason="bad_json"):
    """The document is not JSON, or not a JSON object."""


class BadField(Reject, reason="bad_field"):
    """A field has an invalid type or value, in a JSON input or in a row that newslake made."""


class NoText(Reject, reason="no_text"):
    """No text remains after markup, navigation and boilerplate are removed."""


class TooDeep(Reject, reason="too_deep"):
    """The HTML is nested more deeply than the limit; deeper elements would be lost."""


class TooManyTags(Reject, reason="too_many_tags"):
    """The HTML has more tags than the limit."""


class TooManyAttributes(Reject, reason="too_many_attributes"):
    """A tag of the HTML has more attributes than the limit."""


class TooSlow(Reject, reason="too_slow"):
    """The extraction exceeded the limit of CPU time, or ten times this limit in wall-clock time."""


class OutOfMemory(Reject, reason="out_of_memory"):
    """The extraction took more memory than the limit."""


class ParserDied(Reject, reason="parser_died"):
    """The process that extracted the document crashed."""


class NotAnArticle(Reject, reason="not_an_article"):
    """The page is not an article (but an error page, a list, ...). The detail states its type."""


class OptedOut(Reject, reason="opted_out"):
    """The publisher has opted out of text mining, and the option `--respect-optouts` is set."""
