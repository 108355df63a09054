"""URLs: parsing as in browsers, one canonical spelling, no secrets.

`ada_url` parses URLs by the WHATWG standard. Canonicalisation removes only parameters
with known tracking names. Other parameters, such as `?id=7` or `?12345`, may identify an article.
"""

import re
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import unquote_plus

from ada_url import URL

from newslake.transforms.tsv import read_rows


def _parameters(kind: str) -> re.Pattern[str]:
    """Return a pattern for the names of the parameters of a `kind` in url_parameters.tsv."""
    rows = read_rows(__package__, "url_parameters.tsv")
    return re.compile("|".join(name for of_kind, name in rows if of_kind == kind), re.IGNORECASE)


_SECRET, _TRACKING = _parameters("secret"), _parameters("tracking")

_AMP_ENDING = re.compile(r"(?<=[^/]/)(?:amp/)*amp/?$|\.amp(?=\.html?$|$)", re.IGNORECASE)
"""AMP suffix of a path: `/news/7/amp`, `/news/7.amp.html`."""

_VIEWER = re.compile(
    r"(?:(?:www\.)?google\.[a-z.]+/amp|[\w-]+\.cdn\.ampproject\.org/[a-z]|[\w-]+\.bing-amp\.com/[a-z])"
    r"/(?P<secure>s/)?(?P<page>[^/]+\.[^/]+/.*)"
)
"""AMP pages served by search engines: the publisher's URL is in the path."""

_EDITION_LABELS = {"m", "mobile", "amp"}
"""Labels in the names of hosts that serve the mobile or AMP edition of another host."""


def web_address(url: str | None, base: str | None = None) -> str | None:
    """Return `url` as a browser writes it, without user name, password and tokens.

    >>> web_address("HTTPS://ann:pw@Example.org:443/a/../b?id=7#top")
    'https://example.org/b?id=7#top'

    Args:
        url: A URL, absolute or relative to `base`.
        base: The URL of the page that contains `url`.

    Returns:
        The URL; None if it is not a valid http or https URL. An empty `url` states no URL: it
        does not become `base`.
    """
    parsed = _parse(url, base)
    return parsed.href if parsed else None


@lru_cache(maxsize=1_000)
def canonical(url: str | None) -> str | None:
    """Return the canonical spelling of `url`: no fragment or tracking, parameters sorted by name.

    Mobile and AMP pages get the URL of the full page.

    >>> canonical("http://m.example.org/news/amp/?b=2&utm_source=feed&a=1#top")
    'http://example.org/news/?a=1&b=2'

    Returns:
        The URL; None if `web_address` returns None.
    """
    while (simplified := _one_step(url)) != url:
        url = simplified
    return url


def _one_step(url: str | None) -> str | None:
    """Return `url` after one step of canonicalisation."""
    parsed = _parse(url)
    if parsed is None:
        return None
    if viewed := _VIEWER.fullmatch(f"{parsed.host}{parsed.pathname}"):
        scheme = "https" if viewed["secure"] else "http"
        return f"{scheme}://{viewed['page']}{parsed.search}"
    parsed.hash = ""
    parsed.search = _query(parsed.search, without=_TRACKING, ordered=True)
    parsed.pathname = _AMP_ENDING.sub("", parsed.pathname)
    parsed.host = _full_host(parsed)
    return parsed.href


def publisher(url: str | None) -> str | None:
    """Return the registrable domain of `url`. If there is none (`localhost`), return the host.

    >>> publisher("https://edition.example.co.uk:8080/a")
    'example.co.uk'
    """
    parsed = _parse(url)
    if parsed is None:
        return None
    host = parsed.hostname.rstrip(".")
    return (_domain(host) or host).removeprefix("www.")


@lru_cache(1024)
def _domain(host: str) -> str | None:
    """Return the registrable domain of `host`; None if `host` has no such domain."""
    from courlan import extract_domain  # imports urllib3, which `newslake feeds list` does not need

    domain: str | None = None if _is_ip(host) else extract_domain(f"http://{host}/")
    return domain


def _full_host(parsed: URL) -> str:
    """Return the host of the full pages: `en.wikipedia.org` for `en.m.wikipedia.org`."""
    host = parsed.host
    site = _domain(parsed.hostname)
    subdomains, found, _ = host.rpartition(site) if site else ("", "", "")
    if not found:
        return host
    labels = [label for label in subdomains.split(".") if label not in _EDITION_LABELS]
    return ".".join(labels) + host[len(subdomains) :]


def is_home_page(url: str) -> bool:
    """Return whether `url` is a home page: path `/` and no query."""
    parsed = URL(url)
    return parsed.pathname == "/" and not parsed.search


def _parse(url: str | None, base: str | None = None) -> URL | None:
    if not url or url.isspace():
        return None
    try:
        parsed = URL(url, base=base) if base else URL(url)
    except ValueError:
        return None
    if parsed.protocol not in ("http:", "https:"):
        return None
    parsed.username = parsed.password = ""
    parsed.search = _query(parsed.search, without=_SECRET)
    return parsed


def _query(search: str, without: re.Pattern[str], ordered: bool = False) -> str:
    """Return a query without the parameters whose names match `without`; the rest is unchanged."""
    pairs = [pair.removeprefix("amp;") for pair in search.removeprefix("?").split("&") if pair]
    kept = [pair for pair in pairs if not without.fullmatch(_name(pair))]
    return "&".join(sorted(kept, key=_name) if ordered else kept)


def _name(pair: str) -> str:
    return unquote_plus(pair.partition("=")[0])


def _is_ip(host: str) -> bool:
    try:
        return bool(ip_address(host.strip("[]")))
    except ValueError:
        return False
