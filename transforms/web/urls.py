"""Addresses: URLs as a browser reads them, in one spelling, without secrets.

The parsing is that of the WHATWG standard, by `ada_url`. Parameters are dropped by name only where
the name is known to track readers: `?id=7` and `?12345` tell articles apart and must stay.
"""

import re
from ipaddress import ip_address
from urllib.parse import unquote_plus

from ada_url import URL
from courlan import extract_domain

_SECRET = re.compile(
    r"(?:access_?|auth_?|id_?|csrf_?)?token|api_?key|passw(?:or)?d|pwd|secret|"
    r"session_?(?:id|key)|phpsessid|jsessionid|x-amz-.+|signature",
    re.IGNORECASE,
)
"""Parameters that may let their holder in; never stored."""

_TRACKING = re.compile(
    r"(?:utm|mtm|matomo|pk|piwik|hsa|mkt|ns|at|stm|itm)_.+|_hs(?:enc|mi)|hsctatracking|_openstat|"
    r"(?:fb|g|d|y|ys|tw|tt|msclk|wick|li_fat_|irc|epik|sc)_?clid|msclkid|li_fat_id|gclsrc|g(?:bra|w)aid|"
    r"[gw]braid|gad_(?:source|campaignid)|igshid?|igsh|mc_[ce]id|_g[al]|_branch_match_id|"
    r"(?:oly|vero)_.+|cmpid|xtor|smid|ocid|mbid|ftag|guccounter|guce_.+|fb_(?:action|ref|source).*|"
    r"s_?cid|spm|wt_?mc(?:_.+)?|campaign_?id|wtrid|yclid|twclid|ttclid|srsltid|amp",
    re.IGNORECASE,
)
"""Parameters that tell where a reader came from; the page is the same without."""


_AMP_ENDING = re.compile(r"(?<=[^/]/)(?:amp/)*amp/?$|\.amp(?=\.html?$|$)", re.IGNORECASE)
"""Of a path: `/news/7/amp`, `/news/7.amp.html`."""

_VIEWER = re.compile(
    r"(?:(?:www\.)?google\.[a-z.]+/amp|[\w-]+\.cdn\.ampproject\.org/[a-z]|[\w-]+\.bing-amp\.com/[a-z])"
    r"/(?P<secure>s/)?(?P<page>[^/]+\.[^/]+/.*)"
)
"""AMP pages as search engines show them: the publisher's address stands in the path."""

_EDITIONS = {"m", "mobile", "amp"}
"""Names of hosts that hold the pages of another one for telephones."""


def web_address(url: str | None, base: str | None = None) -> str | None:
    """Return `url` as a browser writes it, without user name, password and tokens.

    >>> web_address("HTTPS://ann:pw@Example.org:443/a/../b?id=7#top")
    'https://example.org/b?id=7#top'

    Args:
        url: Absolute, or relative to `base`.
        base: Where it was found.

    Returns:
        None unless it is an address of the web: http or https.
    """
    parsed = _parse(url, base)
    return parsed.href if parsed else None


def canonical(url: str | None) -> str | None:
    """Return `url` in one spelling: no fragment, no tracking, parameters in order of their names.

    Pages for telephones and AMP pages have the address of the full page.

    >>> canonical("http://m.example.org/news/amp/?b=2&utm_source=feed&a=1#top")
    'http://example.org/news/?a=1&b=2'

    Returns:
        None where `web_address` is None.
    """
    while (spelled := _spelled(url)) != url:
        url = spelled
    return url


def _spelled(url: str | None) -> str | None:
    """Return `url` one step nearer to its one spelling."""
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
    """Return the registrable domain of `url`; the host where there is none, as in `localhost`.

    >>> publisher("https://edition.example.co.uk:8080/a")
    'example.co.uk'
    """
    parsed = _parse(url)
    if parsed is None:
        return None
    host = parsed.hostname.rstrip(".")
    domain = None if _is_ip(host) else extract_domain(f"http://{host}/")
    return (domain or host).removeprefix("www.")


def _full_host(parsed: URL) -> str:
    """Return the host that holds the full pages: `en.wikipedia.org` for `en.m.wikipedia.org`."""
    host = parsed.host
    site = None if _is_ip(parsed.hostname) else extract_domain(f"http://{parsed.hostname}/")
    above, found, _ = host.rpartition(site) if site else ("", "", "")
    if not found:
        return host
    labels = [label for label in above.split(".") if label not in _EDITIONS]
    return ".".join(labels) + host[len(above) :]


def is_home_page(url: str) -> bool:
    """Return whether `url` names a whole site and no page of it."""
    parsed = URL(url)
    return parsed.pathname == "/" and not parsed.search


def _parse(url: str | None, base: str | None = None) -> URL | None:
    try:
        parsed = URL(url or "", base=base) if base else URL(url or "")
    except ValueError:
        return None
    if parsed.protocol not in ("http:", "https:"):
        return None
    parsed.username = parsed.password = ""
    parsed.search = _query(parsed.search, without=_SECRET)
    return parsed


def _query(search: str, without: re.Pattern[str], ordered: bool = False) -> str:
    """Return a query without the parameters whose names match, all others as they stand."""
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
