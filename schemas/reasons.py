"""The reasons for which a stage rejects an input: one exception class and one stable code each.

The code is the value of `rejects.reason` and the key of counts.
"""

from datetime import timedelta
from typing import ClassVar


class Reject(Exception):
    """Raised for an input that must be rejected; the base class of all reasons.

    The message becomes `rejects.detail`, for humans. The code in `reason` is for programs.
    """

    reason: ClassVar[str] = "rejected"


# --- Read: the file or record is not a document


class UnknownType(Reject):
    """The file name extension, or the media type stated by the server, is not supported."""

    reason = "unknown_type"


class BadName(Reject):
    """The file name is not UTF-8."""

    reason = "bad_name"


class Unreadable(Reject):
    """The file cannot be read: no permission, a broken link, or an I/O error."""

    reason = "unreadable"


class OutsideRoot(Reject):
    """A symbolic link leads out of the input folder."""

    reason = "outside_root"


class Empty(Reject):
    """The document has no bytes, or only white space."""

    reason = "empty"


class TooLarge(Reject):
    """The document, decompressed, exceeds the size limit; it may be a decompression bomb."""

    reason = "too_large"


class TruncatedGzip(Reject):
    """The gzip stream is incomplete."""

    reason = "truncated_gzip"


class BadGzip(Reject):
    """A file named `.gz` is not a gzip stream, or its checksum is wrong."""

    reason = "bad_gzip"


class BadRecord(Reject):
    """A part of a web archive is not a WARC record, or its length differs from the stated one."""

    reason = "bad_record"


class BadDigest(Reject):
    """The bytes of a WARC record do not match the digest that the record states."""

    reason = "bad_digest"


class CutResponse(Reject):
    """The crawler that wrote the WARC record stored only the beginning of the page."""

    reason = "cut_response"


# --- Fetch: the URL returns no document


class BadUrl(Reject):
    """The URL is not valid."""

    reason = "bad_url"


class BadScheme(Reject):
    """The scheme of the URL is neither http nor https, but for example `file:` or `gopher:`."""

    reason = "bad_scheme"


class BlockedAddress(Reject):
    """The URL has a private address or a port that is not allowed."""

    reason = "blocked_address"


class TooManyRedirects(Reject):
    """The server redirects too many times, possibly in a loop."""

    reason = "too_many_redirects"


class BadEncoding(Reject):
    """The body cannot be decoded: broken chunks, or a wrong or unknown content encoding."""

    reason = "bad_encoding"


class BadResponse(Reject):
    """The response is not HTTP, or its header is too large."""

    reason = "bad_response"


class HttpError(Reject):
    """The server returns an error status that a retry would not change."""

    reason = "http_error"


class RobotsDisallowed(Reject):
    """The site's robots.txt disallows the fetch."""

    reason = "robots_disallowed"


class TemporaryFailure(Reject):
    """Base class of temporary failures: the same request may succeed later."""

    retry_after: timedelta | None = None
    """The wait that the server asks for (`Retry-After`); None if it states none."""


class TimeoutTotal(TemporaryFailure):
    """The response was not complete within the time limit for one request."""

    reason = "timeout_total"


class Unreachable(TemporaryFailure):
    """No connection: the name is not resolved, the host does not respond, or TLS fails."""

    reason = "unreachable"


class Truncated(TemporaryFailure):
    """The response is incomplete."""

    reason = "truncated"


class ServerBusy(TemporaryFailure):
    """The server is overloaded or has an internal error: status 429, or 500 and above."""

    reason = "server_busy"


class RobotsUnavailable(TemporaryFailure):
    """The site's robots.txt could not be fetched, so it is unknown whether the fetch is allowed."""

    reason = "robots_unavailable"


# --- Feeds: the response is not a feed


class NotAFeed(Reject):
    """The response is a web page, an error page, or XML or JSON that is not a feed."""

    reason = "not_a_feed"


# --- Extract: the document has no article


class Binary(Reject):
    """The document has the name or media type of text, but its bytes are not text."""

    reason = "binary"


class Undecodable(Reject):
    """The character set of the text could not be detected."""

    reason = "undecodable"


class BadJson(Reject):
    """The document is not JSON, or not a JSON object."""

    reason = "bad_json"


class BadField(Reject):
    """A field has an invalid type or value, in a JSON object or in a row made from any input."""

    reason = "bad_field"


class NoText(Reject):
    """No text remains after markup, navigation and boilerplate are removed."""

    reason = "no_text"


class TooDeep(Reject):
    """The HTML is nested more deeply than the limit; deeper elements would be lost."""

    reason = "too_deep"


class TooManyTags(Reject):
    """The HTML has more tags than the limit."""

    reason = "too_many_tags"


class TooManyAttributes(Reject):
    """A tag of the HTML has more attributes than the limit."""

    reason = "too_many_attributes"


class TooSlow(Reject):
    """The extraction took more CPU time than the limit, or ten times that in wall-clock time."""

    reason = "too_slow"


class OutOfMemory(Reject):
    """The extraction took more memory than the limit."""

    reason = "out_of_memory"


class ParserDied(Reject):
    """The process that extracted the document crashed."""

    reason = "parser_died"


class NotAnArticle(Reject):
    """Another type of page, such as an error, a consent wall or a list; the detail says which."""

    reason = "not_an_article"


class OptedOut(Reject):
    """The publisher has opted out of text mining, and the option `--respect-optouts` is set."""

    reason = "opted_out"
