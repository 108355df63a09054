"""Text-and-data-mining opt-outs of publishers in HTTP headers and HTML pages.

In headers and meta tags, the module finds `tdm-reservation` (W3C TDM Reservation Protocol). In
the header `X-Robots-Tag` and the meta tag `robots`, it finds `noai`, `noimageai` and `noarchive`.
In the header `Content-Usage` (IETF AI preferences), it finds the usages that the header denies.
"""

import re
from collections.abc import Iterator

_DIRECTIVES = {"noai", "noimageai", "noarchive"}
_META = re.compile(r"<meta\s[^<>]{1,2000}>", re.IGNORECASE)
_RELEVANT_NAME = re.compile(r"tdm-reservation|content-usage|robots", re.IGNORECASE)
"""Matches meta tags with a name that `_optouts_in` supports."""
_ATTRIBUTE = re.compile(
    r"""\b(name|content)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
_SEPARATORS = re.compile(r"[,;\s]+")
_AGENT = re.compile(r"\s*[\w.-]+\s*:")
_DENIED = re.compile(r"([\w-]+)\s*=\s*\"?n\b", re.IGNORECASE)


def optouts(headers: str, html: str) -> list[str]:
    r"""Return the opt-outs of a page, in alphabetical order.

    >>> optouts("X-Robots-Tag: noai, noindex\nTDM-Reservation: 1", "")
    ['noai', 'tdm-reservation']
    >>> optouts("Content-Usage: train-ai=n, search=y", '<meta name="robots" content="noarchive">')
    ['content-usage:train-ai', 'noarchive']

    Args:
        headers: The response headers, one `Name: value` line each.
        html: The HTML of the page.
    """
    lines = (line.partition(":") for line in headers.splitlines())
    stated = [(name.strip().lower(), value) for name, _, value in lines]
    return sorted({one for pair in [*stated, *_meta_tags(html)] for one in _optouts_in(*pair)})


def _meta_tags(html: str) -> Iterator[tuple[str, str]]:
    """Yield the name and content of each meta tag that may state an opt-out."""
    for tag in filter(_RELEVANT_NAME.search, _META.findall(html)):
        attributes = {name.lower(): "".join(value) for name, *value in _ATTRIBUTE.findall(tag)}
        yield attributes.get("name", "").lower(), attributes.get("content", "")


def _optouts_in(name: str, value: str) -> Iterator[str]:
    """Yield the opt-outs in a header or meta tag."""
    if name == "tdm-reservation" and value.strip() == "1":
        yield name
    elif name == "content-usage":
        yield from (f"{name}:{usage.lower()}" for usage in _DENIED.findall(value))
    elif name == "robots" or (name == "x-robots-tag" and not _AGENT.match(value)):
        yield from _DIRECTIVES & set(_SEPARATORS.split(value.lower()))
