"""Lists of feeds: OPML (opml.org/spec2.opml), or a text file with one URL per line."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from lxml import etree

from newslake.schemas.reasons import NotAFeed, Reject
from newslake.transforms.feeds.parse.plain_text import plain
from newslake.transforms.feeds.parse.wellformed import root_name, without_prolog
from newslake.transforms.text import one_line
from newslake.transforms.web.charset import decode
from newslake.transforms.web.urls import web_address

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_OUTLINE = re.compile(r"<(/?)outline\b((?:(?!</?outline\b).)*)", re.DOTALL | re.IGNORECASE)
_OPML_END = re.compile(r"</(?:[\w.-]+:)?opml\s*>", re.IGNORECASE)
_BROKEN_URL = re.compile(
    r"""\sxmlUrl\s*=\s*(?:"[^"]*|'[^']*|[^\s"'].*)\Z""", re.IGNORECASE | re.DOTALL
)
_PAUSED_LINE = re.compile(r"#\s*paused:?\s+(?=https?://)", re.IGNORECASE)


_UNSAFE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Characters of a URL that a line or an attribute cannot hold."""


class NotAList(ValueError):
    """The input is not a list of feeds; the message names the line or outline."""


@dataclass(frozen=True)
class Listed:
    """A feed in a list."""

    address: str
    """The feed's URL, unchanged. The URL may contain a token, so print `shown` instead of `url`."""
    title: str | None = None
    """The feed's title in the list."""
    folders: tuple[str, ...] = ()
    """Titles of the enclosing OPML outlines, the outermost first."""
    is_paused: bool = False
    """True if `newslake follow` must not poll the feed. In OPML, the outline or one around it has
    `isComment="true"`; in text, the line starts with `# paused:`."""

    @property
    def shown(self) -> str:
        """The URL without secrets."""
        return web_address(self.address) or ""


def read_list(payload: bytes) -> list[Listed]:
    """Return the feeds in a list, in order; a repeated URL is returned once.

    Args:
        payload: OPML, or text with one URL per line. The text after the first space is the feed's
            title. A line that starts with `#` is a comment.

    Raises:
        NotAList: The input is neither OPML nor text, it is cut off, or an entry is not an http or
            https URL.
    """
    try:
        text = decode(payload)
        body = without_prolog(text)
        is_opml = root_name(body) == "opml"
        if is_opml and not _OPML_END.search(body):
            raise NotAList("the OPML is cut off: its end tag </opml> is missing")
        feeds = _outlines(body) if is_opml else _lines(text)
        unique: dict[str, Listed] = {}
        for feed in feeds:
            unique.setdefault(feed.address, feed)
        return list(unique.values())
    except Reject as error:
        raise NotAList(str(error)) from error


def as_opml(feeds: Iterable[Listed]) -> bytes:
    """Return `feeds` as OPML 2.0."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "newslake"
    body = etree.SubElement(root, "body")
    outlines: dict[tuple[str, ...], etree._Element] = {(): body}
    for feed in feeds:
        for depth, folder in enumerate(feed.folders, start=1):
            path = feed.folders[:depth]
            if path not in outlines:
                text = one_line(folder)
                outlines[path] = etree.SubElement(outlines[path[:-1]], "outline", text=text)
        title = one_line(feed.title or "") or feed.shown
        attributes = {
            "type": "rss",
            "text": title,
            "title": title,
            "xmlUrl": _escaped(feed.address),
        }
        if feed.is_paused:
            attributes["isComment"] = "true"
        etree.SubElement(outlines[feed.folders], "outline", attributes)
    opml: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return opml


def as_text(feeds: Iterable[Listed], old: bytes = b"") -> bytes:
    """Return `feeds` as text, one URL and title per line; folders become comments.

    The lines of the text list `old` come first, without the feeds that are not in `feeds`.
    """
    added = {_escaped(feed.address): feed for feed in feeds}
    lines: list[str] = []
    for line in decode(old).splitlines() if old else []:
        listed = _line(line)
        if listed is None:
            lines.append(line)
        elif feed := added.pop(listed.address, None):
            is_same = feed.is_paused == listed.is_paused
            lines.append(line if is_same else _as_line(replace(listed, is_paused=feed.is_paused)))
    folders: tuple[str, ...] = ()
    for feed in added.values():
        if feed.folders != folders:
            folders = feed.folders
            lines.append(f"# {' / '.join(folders)}")
        lines.append(_as_line(feed))
    return "".join(f"{line}\n" for line in lines).encode()


def _as_line(feed: Listed) -> str:
    words = (
        "# paused:" if feed.is_paused else "",
        _escaped(feed.address),
        one_line(feed.title or ""),
    )
    return " ".join(filter(None, words))


def check_kept(feeds: Sequence[Listed], payload: bytes) -> None:
    """Check that `read_list` reads all of `feeds`, with their folders, from the list `payload`.

    Raises:
        NotAList: a feed or a folder would be lost.
    """
    found = {feed.address: feed for feed in read_list(payload)}
    for feed in feeds:
        kept = found.get(_escaped(feed.address))
        if kept is None or kept.is_paused != feed.is_paused:
            raise NotAList(f"a list cannot hold the feed {feed.shown or feed.title!r}")
        folders = kept.folders
        if folders != tuple(map(one_line, feed.folders)):
            remedy = "use another name" if folders else "use a file whose name ends in .opml"
            raise NotAList(
                f"the list cannot hold the folder {' / '.join(feed.folders)!r} of {feed.shown}; {remedy}"
            )


def _escaped(address: str) -> str:
    return _UNSAFE.sub(lambda found: quote(found[0], errors="replace"), address.strip())


def _outlines(text: str) -> Iterator[Listed]:
    """Yield the feeds of an OPML document.

    Regular expressions find the outlines, because some programs write attributes with unescaped
    quotes and tags. An XML parser would lose the feeds of such outlines.
    """
    outer: list[tuple[str, bool]] = []
    for end, attributes in _OUTLINE.findall(_COMMENT.sub("", text)):
        if end:
            outer = outer[:-1]
            continue
        title = _attribute(attributes, "text") or _attribute(attributes, "title")
        address = _attribute(attributes, "xmlUrl")
        is_paused = _attribute(attributes, "isComment").lower() == "true"
        is_paused = is_paused or any(paused for _, paused in outer)
        if address:
            folders = tuple(folder for folder, _ in outer if folder)
            yield Listed(_checked(address, title or address), title or None, folders, is_paused)
        elif _BROKEN_URL.search(attributes):
            raise NotAList(f"{title or 'an outline'}: the value of xmlUrl is not in quotes")
        if not attributes.rstrip().endswith("/>"):
            outer.append(("" if address else title, is_paused))


def _attribute(attributes: str, name: str) -> str:
    """Return the value of an attribute as plain text; empty if the attribute is missing."""
    match = re.search(rf"""\s{name}\s*=\s*(?:"([^"]*)"|'([^']*)')""", attributes, re.IGNORECASE)
    value = html.unescape(match[1] or match[2] or "") if match else ""
    return value.strip() if name == "xmlUrl" else plain(value)


def _lines(text: str) -> Iterator[Listed]:
    for number, line in enumerate(text.splitlines(), start=1):
        if feed := _line(line):
            _checked(feed.address, f"line {number}")
            yield feed


def _line(line: str) -> Listed | None:
    """Return the feed in a line of a text list, which may be invalid; None if there is no feed."""
    line = line.strip()
    paused = _PAUSED_LINE.match(line)
    address, _, title = (line[paused.end() :] if paused else line).partition(" ")
    if not address or address.startswith("#"):
        return None
    return Listed(address, one_line(title) or None, is_paused=paused is not None)


def _checked(address: str, where: str) -> str:
    """Return `address` unchanged.

    Raises:
        NotAFeed: `address` is not an http or https URL.
    """
    if web_address(address) is None:
        raise NotAFeed(f"{where}: not an http or https URL")
    return address
