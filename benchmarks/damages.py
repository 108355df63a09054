"""Damages of pages: each function returns the HTML of a page with one fault that real pages have.

A damage is deterministic. It returns the page unchanged if the page lacks what it damages.
"""

import re
from collections.abc import Callable
from functools import partial

Damage = Callable[[str, str], str]
"""A function of the HTML of a page, and of the HTML of another page of the set."""

UNCLOSED = (
    *("nav", "aside", "figure", "section", "footer", "header", "form", "label", "button"),
    *("fieldset", "time", "div", "a", "span"),
)
"""Elements whose first end tag is left out."""

LINKED_DATA = re.compile(r"<script[^>]*?ld\+json[^>]*>(.*?)</script\s*>", re.IGNORECASE | re.DOTALL)
_OPEN_GRAPH = re.compile(r"<meta\b[^>]*?\b(?:property|name)=[\"']?og:[^>]*>", re.IGNORECASE)
_PARAGRAPH_END = re.compile(r"</p\s*>", re.IGNORECASE)
_PARAGRAPH = re.compile(r"<p(?:\s[^>]*)?>", re.IGNORECASE)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?=[\s/>])")
_SCRIPT = re.compile(r"(<(script|style|textarea|svg)\b.*?</\2\s*>)", re.IGNORECASE | re.DOTALL)
_TITLES = re.compile(
    r"(<title\b[^>]*>\s*)([^<]+?)(\s*</title)"
    r"|(<meta\b[^>]*?(?:og|twitter):title[\"'][^>]*?content=\")([^\"]+)(\")"
    r"|(\"headline\"\s*:\s*\")([^\"\\]+)(\")",
    re.IGNORECASE,
)
_CHARSET = re.compile(r"charset\s*=\s*([\"']?)[\w-]+", re.IGNORECASE)
_CLASS = re.compile(r"\s(?:class|id)\s*=\s*(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_LINK = (
    '<li><a href="/news/{0}">Council number {0} votes on the plans for bridges and roads</a></li>'
)
_LINKS = f"<div><ul>{''.join(_LINK.format(number) for number in range(30))}</ul></div>"
_COOKIES = (
    "<div><h2>We value your privacy</h2><p>We and our partners store cookies on your device, to "
    "measure the use of this site and to show advertising that fits your interests.</p><p>You can "
    "accept all cookies, reject them, or choose your preferences at any time in the settings of "
    "this site.</p><button>Accept all</button></div>"
)
_SITE = re.compile(
    r"<meta\b[^>]*?og:site_name[\"'][^>]*?content=\"([^\"]+)"
    r"|<meta\b[^>]*?content=\"([^\"]+)\"[^>]*?og:site_name",
    re.IGNORECASE,
)


def unclosed(names: tuple[str, ...], html: str, other: str = "") -> str:
    """Leave out the first end tag of the elements `names`."""
    return re.sub(rf"</(?:{'|'.join(names)})\s*>", "", html, count=1, flags=re.IGNORECASE)


def renamed(name: str, new: str, html: str, other: str = "") -> str:
    """Rename all elements `name`."""
    return re.sub(rf"(</?){name}(?=[\s/>])", rf"\g<1>{new}", html, flags=re.IGNORECASE)


def broken_lines(html: str, other: str = "") -> str:
    """Part paragraphs by `<br>` instead of `<p>`."""
    return _PARAGRAPH_END.sub("<br><br>", _PARAGRAPH.sub("", html))


def linked_data(edit: Callable[[str, str], str], html: str, other: str) -> str:
    """Replace each JSON-LD script by the result of `edit`, a function of the script's JSON."""
    return LINKED_DATA.sub(lambda found: edit(found[0], found[1]), html)


def other_linked_data(html: str, other: str) -> str:
    """Replace the first JSON-LD script by the scripts of another page, and remove the others."""
    theirs = "".join(found[0] for found in LINKED_DATA.finditer(other))
    if not theirs or not LINKED_DATA.search(html):
        return html
    return LINKED_DATA.sub("", LINKED_DATA.sub(lambda _: f"\0{theirs}", html, count=1)).replace(
        "\0", theirs
    )


def framed(before: str, behind: str, html: str, other: str = "") -> str:
    """Insert HTML at the start and at the end of the body."""
    begun = _BODY.sub(lambda found: found[0] + before, html, count=1)
    ends = list(_BODY_END.finditer(begun))
    at = ends[-1].start() if ends else len(begun)
    return begun[:at] + behind + begun[at:]


def with_site(html: str, other: str = "") -> str:
    """Write the name of the site before and behind each title in `<title>`, meta tags and JSON-LD."""
    stated = _SITE.search(html)
    site = (stated[1] or stated[2]) if stated else "The Example Gazette"

    def titled(found: re.Match[str]) -> str:
        before, title, behind = (one for one in found.groups() if one is not None)
        return f"{before}{site} | {title} - {site}{behind}"

    return _TITLES.sub(titled, html)


def capitals(html: str, other: str = "") -> str:
    """Write the names of tags in capital letters, but not those in scripts."""
    parts = _SCRIPT.split(html)[:: len((None, "script", "name"))]
    scripts = [found[0] for found in _SCRIPT.finditer(html)]
    raised = [_TAG.sub(lambda found: found[0].upper(), part) for part in parts]
    pairs = zip(raised, [*scripts, ""], strict=True)
    return "".join(text for pair in pairs for text in pair)


def wrong_charset(html: str, other: str = "") -> str:
    """Declare ISO-8859-5 instead of the page's own character set."""
    return _CHARSET.sub(r"charset=\1iso-8859-5", html)


DAMAGES: dict[str, Damage] = {
    **{f"unclosed {name}": partial(unclosed, (name,)) for name in UNCLOSED},
    "unclosed list": partial(unclosed, ("ul", "ol")),
    "p as div": partial(renamed, "p", "div"),
    "p as li": partial(renamed, "p", "li"),
    "h1 as div": partial(renamed, "h1", "div"),
    "h2 as h1": partial(renamed, "h[23]", "h1"),
    "article as div": partial(renamed, "(?:article|main)", "div"),
    "br": broken_lines,
    "unclosed p": lambda html, other: _PARAGRAPH_END.sub("", html),
    "two bodies": lambda html, other: _BODY.sub(lambda found: found[0] + "<body>", html, count=1),
    "form around": partial(framed, '<form action="/">', "</form>"),
    "table around": partial(framed, "<table><tr><td>Menu</td><td>", "</td></tr></table>"),
    "no classes": lambda html, other: _CLASS.sub("", html),
    "no JSON-LD": partial(linked_data, lambda script, text: ""),
    "JSON-LD cut": partial(
        linked_data, lambda script, text: script.replace(text, text[: len(text) // 2])
    ),
    "other JSON-LD": other_linked_data,
    "no Open Graph": lambda html, other: _OPEN_GRAPH.sub("", html),
    "page cut": lambda html, other: html[: len(html) * 7 // 10],
    "capitals": capitals,
    "links around": partial(framed, _LINKS, _LINKS),
    "cookie notice": partial(framed, _COOKIES, ""),
    "site's name": with_site,
    "second h1": partial(framed, "", "<h1>Subscribe to the letters of our newsroom</h1>"),
    "wrong charset": wrong_charset,
}
"""The damages by name."""
