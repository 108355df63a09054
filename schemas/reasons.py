"""Why a stage may refuse an input: one exception per reason, its code used in tables and counts."""

from datetime import timedelta
from typing import ClassVar


class Reject(Exception):
    """Raised by a pure function for an input that it understands and refuses.

    Its message is the detail for people; its class is the reason for programs.
    """

    reason: ClassVar[str] = "rejected"


# --- Read: what lies in the folder is no document


class UnknownType(Reject):
    """The name's ending, or the media type that a server names, is none that we read."""

    reason = "unknown_type"


class BadName(Reject):
    """The file's name is not UTF-8."""

    reason = "bad_name"


class Unreadable(Reject):
    """The operating system does not let us read it: no permission, a dead link, an I/O error."""

    reason = "unreadable"


class OutsideRoot(Reject):
    """A symbolic link that leads out of the folder we were given."""

    reason = "outside_root"


class Empty(Reject):
    """No byte, or white space alone."""

    reason = "empty"


class TooLarge(Reject):
    """A document, unpacked, over the limit: by accident or as a decompression bomb."""

    reason = "too_large"


class TruncatedGzip(Reject):
    """The gzip stream ends before its end."""

    reason = "truncated_gzip"


class BadGzip(Reject):
    """Named `.gz` and no gzip stream, or one whose checksum fails."""

    reason = "bad_gzip"


class BadRecord(Reject):
    """What stands in a web archive is no record, or one of another length than it says."""

    reason = "bad_record"


class BadDigest(Reject):
    """A record of a web archive whose bytes do not have the digest that it states."""

    reason = "bad_digest"


class CutResponse(Reject):
    """A page of which the crawler kept the beginning only."""

    reason = "cut_response"


# --- Fetch: the address gives no document


class BadUrl(Reject):
    """No address that a browser could open."""

    reason = "bad_url"


class BadScheme(Reject):
    """An address of something else than the web: `file:`, `data:`, `gopher:`."""

    reason = "bad_scheme"


class BlockedAddress(Reject):
    """An address of an inner network, or a port on which no web server should be."""

    reason = "blocked_address"


class TooManyRedirects(Reject):
    """Sent on and on, or in a circle."""

    reason = "too_many_redirects"


class BadEncoding(Reject):
    """Chunks or compression that cannot be undone: not as the header says, unknown, or twice."""

    reason = "bad_encoding"


class BadResponse(Reject):
    """What came is not HTTP, or its head is too large."""

    reason = "bad_response"


class HttpError(Reject):
    """The server has no page for us: a status that is neither 200 nor one that may pass."""

    reason = "http_error"


class RobotsDisallowed(Reject):
    """The site's robots.txt asks us not to fetch it."""

    reason = "robots_disallowed"


class Passing(Reject):
    """A refusal of the moment: the same request may succeed later."""

    retry_after: timedelta | None = None
    """How long the server asks us to wait, if it does."""


class TimeoutTotal(Passing):
    """Not all of it had come when the time for one request was over."""

    reason = "timeout_total"


class Unreachable(Passing):
    """No connection: no such name, nobody answers, the certificate does not fit."""

    reason = "unreachable"


class Truncated(Passing):
    """The answer ends before its end."""

    reason = "truncated"


class ServerBusy(Passing):
    """The server cannot, or does not want to now: a status of 429, or from 500."""

    reason = "server_busy"


class RobotsUnavailable(Passing):
    """The site's robots.txt cannot be had, so that nobody knows whether we may."""

    reason = "robots_unavailable"


# --- Feeds: what the address of a feed answers is none


class NotAFeed(Reject):
    """A web page, an error page, or XML or JSON that is no feed."""

    reason = "not_a_feed"


# --- Extract: the document holds no article


class Binary(Reject):
    """Bytes that are no text, under a name that promises text."""

    reason = "binary"


class Undecodable(Reject):
    """Text in no character set that we can tell."""

    reason = "undecodable"


class BadJson(Reject):
    """Not JSON, or not an object."""

    reason = "bad_json"


class BadField(Reject):
    """A field of a type or value that it cannot have: in a JSON object, or in a row made of any input."""

    reason = "bad_field"


class NoText(Reject):
    """Nothing is left when markup, navigation and debris are gone."""

    reason = "no_text"


class TooDeep(Reject):
    """HTML nested beyond the limit: what lies deeper would be lost."""

    reason = "too_deep"


class TooManyTags(Reject):
    """HTML with more tags than the limit."""

    reason = "too_many_tags"


class TooManyAttributes(Reject):
    """HTML with a tag of more attributes than the limit."""

    reason = "too_many_attributes"


class TooSlow(Reject):
    """Reading it took more CPU time than the limit, or ten times as much wall time."""

    reason = "too_slow"


class OutOfMemory(Reject):
    """Reading it took more memory than the limit."""

    reason = "out_of_memory"


class ParserDied(Reject):
    """Reading it brought the process down in which it was read."""

    reason = "parser_died"


class NotAnArticle(Reject):
    """A page of another kind: an error, a consent wall, a front page, a list; the detail says why."""

    reason = "not_an_article"


class OptedOut(Reject):
    """The publisher reserves it against text mining; refused only if the user wants that kept."""

    reason = "opted_out"
