"""Find the ends of the sections of malformed XML: CDATA, comments and processing instructions."""

import re
from collections.abc import Collection

NAME = r"[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?"
"""A regular expression for the name of an element or attribute, with its prefix."""
CDATA = "<![CDATA["
ENDS = {CDATA: "]]>", "<!--": "-->", "<?": "?>"}
"""The characters that begin and end a section."""
TAG = re.compile(rf"<(?P<slash>/?)(?P<name>{NAME})(?=[\s/>])", re.ASCII)
_TAG_OR_END = {
    mark: re.compile(f"{re.escape(end)}|{TAG.pattern}", re.ASCII) for mark, end in ENDS.items()
}
_BEGIN_OR_END = {
    mark: re.compile(f"{re.escape(end)}|{re.escape(mark)}") for mark, end in ENDS.items()
}


def has_open_cdata(text: str, items: Collection[str]) -> bool:
    """Return whether a CDATA section in `text` is not closed; `items` is as in `section_end`.

    XML is well-formed even if such a section runs on to the end of a later section.
    """
    at = 0
    while (begin := text.find(CDATA, at)) >= 0:
        around = TAG.match(text, text.rfind("<", at, begin))
        name = around["name"] if around else ""
        at, is_closed = section_end(text, CDATA, begin + len(CDATA), name, items)
        if not is_closed:
            return True
    return False


def section_end(
    text: str, mark: str, at: int, element: str, items: Collection[str]
) -> tuple[int, bool]:
    """Return the offset at which a section ends, and whether it is closed there.

    A section is not closed if it contains a tag of an entry or the end tag of the element around it,
    and then, before its end, another section begins.

    Args:
        text: The XML.
        mark: The characters that begin the section, a key of `ENDS`.
        at: The offset after `mark`.
        element: Name of the element around the section.
        items: Local names of the entries, in lower case.
    """
    for found in _TAG_OR_END[mark].finditer(text, at):
        if not found["name"]:
            return found.start(), True
        if is_entry(found["name"], items) or (found["slash"] and found["name"] == element):
            after = _BEGIN_OR_END[mark].search(text, found.end())
            if after is None or after[0] == mark:
                return found.start(), False
            return after.start(), True
    return len(text), False


def is_entry(name: str, items: Collection[str]) -> bool:
    """Return whether `name` is the name of an entry; `items` is as in `section_end`."""
    return name.rpartition(":")[2].lower() in items
