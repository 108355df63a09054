"""The formats of documents and of input files: one row per format, used by all steps.

A row names its functions by their dotted paths, so this module imports none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

_READ = "newslake.transforms.read"
_PARSE = "newslake.transforms.extract.by_media_type"


@dataclass(frozen=True)
class Format:
    """How files of one format are recognised, split, read and parsed."""

    suffixes: tuple[str, ...]
    """File name extensions in lower case, without `.gz`."""
    document: str
    """What is read as one document; for users."""
    media_type: str
    """`Document.media_type` of the documents in these files."""
    first_byte: bytes = b""
    """If not empty, only files that begin with this byte, after white space, have this format."""
    may_be_gzipped: bool = True
    """Whether a file may also be compressed with gzip, with the suffix `.gz`."""
    split: str = ""
    """Function that yields the parts of a file. Each part may be a document. Empty if the file is
    one document. It takes an open file, a `FileSlice` and the maximum size of a document in bytes. It
    yields each `Part` of the slice and of the rest of the file, in order, in bounded memory."""
    read: str = f"{_READ}.files.read_document"
    """Function that yields the documents and rejects of a slice. It takes this format too."""
    parse: str = ""
    """Function that parses a document's text; empty if another row of this media type names it."""
    served_as: tuple[str, ...] = ()
    """Media types with which servers send one document of this format."""
    undeclared_as: tuple[str, ...] = ()
    """Further media types of this kind. Servers use these if they do not know the exact type."""


HTML = Format(
    suffixes=(".html", ".htm"),
    document="the page",
    media_type="text/html",
    parse=f"{_PARSE}.read_html",
    served_as=("text/html", "application/xhtml+xml"),
    undeclared_as=("", "application/octet-stream"),  # the stage Extract rejects binary content
)
JSON = Format(
    suffixes=(".json",),
    document="if the file is an object, the object",
    media_type="application/json",
    parse=f"{_PARSE}.read_json",
)
FORMATS = (
    Format(
        suffixes=(".txt",),
        document="the text; if it is HTML, the page",
        media_type="text/plain",
        parse=f"{_PARSE}.read_plain_text",
        served_as=("text/plain",),
    ),
    Format(
        suffixes=(".md",),
        document="the text; if it is an HTML document, the page",
        media_type="text/markdown",
        parse=f"{_PARSE}.read_markdown_text",
        served_as=("text/markdown",),
    ),
    HTML,
    Format(
        suffixes=(".json",),
        document="if the file is an array, each element",
        media_type=JSON.media_type,
        first_byte=b"[",
        split=f"{_READ}.json_array.split",
        read=f"{_READ}.files.read_parts",
    ),
    JSON,
    Format(
        suffixes=(".jsonl",),
        document="each line that is not blank",
        media_type=JSON.media_type,
        split=f"{_READ}.lines.split",
        read=f"{_READ}.files.read_parts",
    ),
    Format(
        suffixes=(".csv", ".tsv"),
        document="each row after the header",
        media_type=JSON.media_type,
        split=f"{_READ}.csv_rows.split",
        read=f"{_READ}.files.read_parts",
    ),
    Format(
        suffixes=(".parquet",),
        document="each row",
        media_type=JSON.media_type,
        may_be_gzipped=False,
        split=f"{_READ}.parquet_rows.split",
        read=f"{_READ}.files.read_parts",
    ),
    Format(
        suffixes=(".warc",),
        document="each successful HTML response",
        media_type=HTML.media_type,
        split=f"{_READ}.warc.record_reader.split",
        read=f"{_READ}.warc.responses.read_pages",
    ),
)
"""All formats. If several formats share a suffix, formats with a `first_byte` come first."""

SUFFIXES = tuple(dict.fromkeys(suffix for one in FORMATS for suffix in one.suffixes))
"""All suffixes, each once."""

SERVED = {served: one.media_type for one in FORMATS for served in one.served_as + one.undeclared_as}
"""Maps each value of Content-Type that newslake accepts to the `media_type` of its documents."""


def formats_with(suffix: str) -> tuple[Format, ...]:
    """Return the formats whose files have `suffix`, which is in lower case and without `.gz`."""
    return tuple(one for one in FORMATS if suffix in one.suffixes)


def parser(media_type: str) -> Callable[..., Any]:
    """Return the function that parses documents of `media_type`."""
    return function(
        next(one.parse for one in FORMATS if one.media_type == media_type and one.parse)
    )


@cache
def function(path: str) -> Callable[..., Any]:
    """Return the function with the dotted path `path`."""
    module, _, name = path.rpartition(".")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found
