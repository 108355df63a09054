"""Lists of feeds: OPML (opml.org/spec2.opml), or text with an address a line."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from newslake.schemas.reasons import NotAFeed, Reject
from newslake.transforms.extract.text.charset import decode
from newslake.transforms.feeds.parse.plain_text import plain
from newslake.transforms.feeds.parse.wellformed import root_name, without_prolog
from newslake.transforms.text import one_line
from newslake.transforms.web.urls import web_address

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_OUTLINE = re.compile(r"<(/?)outline\b((?:(?!</?outline\b).)*)", re.DOTALL | re.IGNORECASE)


class NotAList(ValueError):
    """What should be a list of feeds is none; the message says where."""


@dataclass(frozen=True)
class Listed:
    """A feed in a list."""

    address: str
    """As it stands there; it may hold a token that the feed needs, so it is not to be printed."""
    title: str | None = None
    """What the list calls it."""
    folders: tuple[str, ...] = ()
    """The outlines that hold it, the outermost first."""

    @property
    def shown(self) -> str:
        """The address without secrets."""
        return web_address(self.address) or ""


def read_list(payload: bytes) -> list[Listed]:
    """Return the feeds in a list, each address once, in their order.

    Args:
        payload: OPML, or text: an address a line, what follows a space is its title, `#` begins a
            comment.

    Raises:
        NotAList: it is neither, or an address is none.
    """
    try:
        text = decode(payload)
        bare = without_prolog(text)
        found = _outlines(bare) if root_name(bare) == "opml" else _lines(text)
        once: dict[str, Listed] = {}
        for feed in found:
            once.setdefault(feed.address, feed)
        return list(once.values())
    except Reject as error:
        raise NotAList(str(error)) from error


def as_opml(feeds: Iterable[Listed], title: str = "newslake") -> bytes:
    """Return `feeds` as OPML 2.0."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    outlines: dict[tuple[str, ...], etree._Element] = {(): body}
    for feed in feeds:
        for depth, folder in enumerate(feed.folders, start=1):
            path = feed.folders[:depth]
            if path not in outlines:
                outlines[path] = etree.SubElement(outlines[path[:-1]], "outline", text=folder)
        named = feed.title or feed.shown
        attributes = {"type": "rss", "text": named, "title": named, "xmlUrl": feed.address}
        etree.SubElement(outlines[feed.folders], "outline", attributes)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written


def as_text(feeds: Iterable[Listed]) -> bytes:
    """Return `feeds` as text, an address and its title a line; folders become comments."""
    lines: list[str] = []
    folders: tuple[str, ...] = ()
    for feed in feeds:
        if feed.folders != folders:
            folders = feed.folders
            lines.append(f"# {' / '.join(folders)}")
        lines.append(" ".join(filter(None, (feed.address, feed.title))))
    return "".join(f"{line}\n" for line in lines).encode()


def _outlines(text: str) -> Iterator[Listed]:
    """Yield the feeds of an OPML document.

    Read by its outlines alone: programs write descriptions with bare quotes and tags into their
    attributes, of which an XML parser makes one feed less.
    """
    folders: list[str] = []
    for end, said in _OUTLINE.findall(_COMMENT.sub("", text)):
        if end:
            folders = folders[:-1]
            continue
        title = _attribute(said, "text") or _attribute(said, "title")
        address = _attribute(said, "xmlUrl")
        if address:
            folder = tuple(filter(None, folders))
            yield Listed(_checked(address, title or address), title or None, folder)
        if not said.rstrip().endswith("/>"):
            folders.append("" if address else title)


def _attribute(said: str, name: str) -> str:
    """Return the value of an attribute as text; empty if it is not there."""
    found = re.search(rf"""\s{name}\s*=\s*(?:"([^"]*)"|'([^']*)')""", said, re.IGNORECASE)
    value = html.unescape(found[1] or found[2] or "") if found else ""
    return value.strip() if name == "xmlUrl" else plain(value)


def _lines(text: str) -> Iterator[Listed]:
    for number, line in enumerate(text.splitlines(), start=1):
        address, _, title = line.strip().partition(" ")
        if address and not address.startswith("#"):
            yield Listed(_checked(address, f"line {number}"), one_line(title) or None)


def _checked(address: str, where: str) -> str:
    """Return `address`.

    Raises:
        NotAFeed: it is no address of the web.
    """
    if web_address(address) is None:
        raise NotAFeed(f"{where}: no address of the web")
    return address
