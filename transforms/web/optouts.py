"""Reservations of publishers against text mining, as responses and pages state them.

Read are `tdm-reservation` (W3C TDM Reservation Protocol) in header and meta; `noai`, `noimageai` and
`noarchive` in `X-Robots-Tag` and meta robots; and what `Content-Usage` (IETF AI preferences) denies.
"""

import re
from collections.abc import Iterator

_DIRECTIVES = {"noai", "noimageai", "noarchive"}
_META = re.compile(r"<meta\s[^<>]{1,2000}>", re.IGNORECASE)
_TELLING = re.compile(r"tdm-reservation|content-usage|robots", re.IGNORECASE)
"""What the names have in them that `_read` knows."""
_ATTRIBUTE = re.compile(
    r"""\b(name|content)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
_SEPARATORS = re.compile(r"[,;\s]+")
_AGENT = re.compile(r"\s*[\w.-]+\s*:")
_DENIED = re.compile(r"([\w-]+)\s*=\s*\"?n\b", re.IGNORECASE)


def optouts(headers: str, html: str) -> list[str]:
    r"""Return what the publisher reserves, in order of the alphabet; empty if nothing.

    >>> optouts("X-Robots-Tag: noai, noindex\nTDM-Reservation: 1", "")
    ['noai', 'tdm-reservation']
    >>> optouts("Content-Usage: train-ai=n, search=y", '<meta name="robots" content="noarchive">')
    ['content-usage:train-ai', 'noarchive']

    Args:
        headers: A `Name: value` line each.
        html: The page.
    """
    lines = (line.partition(":") for line in headers.splitlines())
    stated = [(name.strip().lower(), value) for name, _, value in lines]
    return sorted(
        {found for name, value in [*stated, *_metas(html)] for found in _read(name, value)}
    )


def _metas(html: str) -> Iterator[tuple[str, str]]:
    """Yield name and content of the page's meta tags, of those that may reserve something."""
    for tag in filter(_TELLING.search, _META.findall(html)):
        attributes = {name.lower(): "".join(value) for name, *value in _ATTRIBUTE.findall(tag)}
        yield attributes.get("name", "").lower(), attributes.get("content", "")


def _read(name: str, value: str) -> Iterator[str]:
    """Yield what a header, or a meta tag, of that name reserves."""
    if name == "tdm-reservation" and value.strip() == "1":
        yield name
    elif name == "content-usage":
        yield from (f"{name}:{usage.lower()}" for usage in _DENIED.findall(value))
    elif name == "robots" or (name == "x-robots-tag" and not _AGENT.match(value)):
        yield from _DIRECTIVES & set(_SEPARATORS.split(value.lower()))
