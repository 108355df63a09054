"""Lists of feeds: OPML (opml.org/spec2.opml), or a text file with one URL per line."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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
        NotAList: The input is neither OPML nor text, or an entry is not an http or https URL.
    """
    try:
        text = decode(payload)
        body = without_prolog(text)
        feeds = _outlines(body) if root_name(body) == "opml" else _lines(text)
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
        address = line.strip().partition(" ")[0]
        if address in added or not address or address.startswith("#"):
            lines.append(line)
            added.pop(address, None)
    folders: tuple[str, ...] = ()
    for feed in added.values():
        if feed.folders != folders:
            folders = feed.folders
            lines.append(f"# {' / '.join(folders)}")
        lines.append(" ".join(filter(None, (_escaped(feed.address), one_line(feed.title or "")))))
    return "".join(f"{line}\n" for line in lines).encode()


def check_kept(feeds: Sequence[Listed], payload: bytes) -> None:
    """Check that `read_list` reads all of `feeds`, with their folders, from the list `payload`.

    Raises:
        NotAList: a feed or a folder would be lost.
    """
    found = {feed.address: feed.folders for feed in read_list(payload)}
    for feed in feeds:
        folders = found.get(_escaped(feed.address))
        if folders is None:
            raise NotAList(f"a list cannot hold the feed {feed.shown or feed.title!r}")
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
    folders: list[str] = []
    for end, attributes in _OUTLINE.findall(_COMMENT.sub("", text)):
        if end:
            folders = folders[:-1]
            continue
        title = _attribute(attributes, "text") or _attribute(attributes, "title")
        address = _attribute(attributes, "xmlUrl")
        if address:
            folder = tuple(filter(None, folders))
            yield Listed(_checked(address, title or address), title or None, folder)
        if not attributes.rstrip().endswith("/>"):
            folders.append("" if address else title)


def _attribute(attributes: str, name: str) -> str:
    """Return the value of an attribute as plain text; empty if the attribute is missing."""
    match = re.search(rf"""\s{name}\s*=\s*(?:"([^"]*)"|'([^']*)')""", attributes, re.IGNORECASE)
    value = html.unescape(match[1] or match[2] or "") if match else ""
    return value.strip() if name == "xmlUrl" else plain(value)


def _lines(text: str) -> Iterator[Listed]:
    for number, line in enumerate(text.splitlines(), start=1):
        address, _, title = line.strip().partition(" ")
        if address and not address.startswith("#"):
            yield Listed(_checked(address, f"line {number}"), one_line(title) or None)


def _checked(address: str, where: str) -> str:
    """Return `address` unchanged.

    Raises:
        NotAFeed: `address` is not an http or https URL.
    """
    if web_address(address) is None:
        raise NotAFeed(f"{where}: not an http or https URL")
    return address
