"""Why a stage may refuse an input: one exception per reason, its code used in tables and counts."""

from typing import ClassVar


class Reject(Exception):
    """Raised by a pure function for an input that it understands and refuses.

    Its message is the detail for people; its class is the reason for programs.
    """

    reason: ClassVar[str] = "rejected"


# --- Read: what lies in the folder is no document


class UnknownType(Reject):
    """The name's ending is none that we read."""

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


# --- Feeds: what the address of a feed answers is none


class NotAFeed(Reject):
    """A web page, an error page, or XML or JSON that is no feed."""

    reason = "not_a_feed"


class TooDeep(Reject):
    """Elements nested beyond what any feed needs."""

    reason = "too_deep"


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
    """A JSON object whose field has a type or value that it cannot have."""

    reason = "bad_field"


class NoText(Reject):
    """Nothing is left when markup, navigation and debris are gone."""

    reason = "no_text"
