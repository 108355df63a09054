"""Text-and-data-mining opt-outs of publishers in HTTP headers and HTML pages.

In headers and meta tags, the module finds `tdm-reservation` (W3C TDM Reservation Protocol) and the
uses that `Content-Usage` (IETF AI preferences) and `Content-Signal` (contentsignals.org) deny. In
the header `X-Robots-Tag` and the meta tag `robots`, it finds `noai`, `noimageai` and `noarchive`.
"""

import re
from collections.abc import Iterable, Iterator

RESERVATION = "tdm-reservation"
"""The opt-out of the TDM Reservation Protocol, and the name of its header and meta tag."""

USAGE_FIELDS = ("content-usage", "content-signal")
"""The names of headers, meta tags and lines of robots.txt that deny or allow uses of a text."""

_DIRECTIVES = {"noai", "noimageai", "noarchive"}
_META = re.compile(r"<meta\s[^<>]{1,2000}>", re.IGNORECASE)
_RELEVANT_NAME = re.compile("|".join((RESERVATION, "robots", *USAGE_FIELDS)), re.IGNORECASE)
"""Matches meta tags with a name that `optouts` supports."""
_ATTRIBUTE = re.compile(
    r"""\b(name|content)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
_SEPARATORS = re.compile(r"[,;\s]+")
_AGENT = re.compile(r"\s*[\w.-]+\s*:")
_USE = re.compile(r'(?<![\w-])([\w-]+)\s*=\s*"?([\w-]+)')


def optouts(headers: str, html: str, of_site: Iterable[str] = ()) -> list[str]:
    r"""Return the opt-outs of a page, in alphabetical order.

    A `tdm-reservation` in a meta tag takes precedence over the header, and the header takes
    precedence over the site's own (TDM Reservation Protocol, Processing priority).

    >>> optouts("X-Robots-Tag: noai, noindex\nTDM-Reservation: 1", "")
    ['noai', 'tdm-reservation']
    >>> optouts("Content-Usage: train-ai=n, search=y", '<meta name="robots" content="noarchive">')
    ['content-usage:train-ai', 'noarchive']

    Args:
        headers: The response headers, one `Name: value` line each.
        html: The HTML of the page.
        of_site: The opt-outs that the site's robots.txt and tdmrep.json state for the page.
    """
    lines = (line.partition(":") for line in headers.splitlines())
    stated = [(name.strip().lower(), value) for name, _, value in lines]
    found = set(of_site)
    for name, value in (*stated, *_meta_tags(html)):
        if name == RESERVATION and value.strip() == "0":
            found.discard(name)
        found.update(_optouts_in(name, value))
    return sorted(found)


def denied_uses(statement: str) -> list[str]:
    """Return the uses that a value of one of `USAGE_FIELDS` denies.

    The last statement about a use counts.

    >>> denied_uses("search=yes, ai-train=no")
    ['ai-train']
    """
    answers = dict(_USE.findall(statement.lower()))
    return [use for use, answer in answers.items() if answer in ("n", "no")]


def _meta_tags(html: str) -> Iterator[tuple[str, str]]:
    """Yield the name and content of each meta tag that may state an opt-out."""
    for tag in filter(_RELEVANT_NAME.search, _META.findall(html)):
        attributes = {name.lower(): "".join(value) for name, *value in _ATTRIBUTE.findall(tag)}
        yield attributes.get("name", "").lower(), attributes.get("content", "")


def _optouts_in(name: str, value: str) -> Iterator[str]:
    """Yield the opt-outs in a header or meta tag."""
    if name == RESERVATION and value.strip() == "1":
        yield name
    elif name in USAGE_FIELDS:
        yield from (f"{name}:{use}" for use in denied_uses(value))
    elif name == "robots" or (name == "x-robots-tag" and not _AGENT.match(value)):
        yield from _DIRECTIVES & set(_SEPARATORS.split(value.lower()))
