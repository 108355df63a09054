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


class BadRecord(Reject):
    """What stands in a web archive is no record, or one of another length than it says."""

    reason = "bad_record"


class BadDigest(Reject):
    """A record of a web archive whose bytes do not have the digest that it states."""

    reason = "bad_digest"


class CutResponse(Reject):
    """A page of which the crawler kept the beginning only."""

    reason = "cut_response"


class BadEncoding(Reject):
    """A response whose chunks or compression cannot be undone."""

    reason = "bad_encoding"


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
    """Reading it took longer than the limit."""

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
