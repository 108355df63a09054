"""Markdown: converts headings, lists, links and emphasis to text, and reads the front matter."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from newslake.schemas.reasons import TooDeep
from newslake.transforms.extract.content import Content
from newslake.transforms.extract.text.item import read_fields
from newslake.transforms.extract.text.plain import split_section, split_title
from newslake.transforms.text import lines

VERSION = "1"
"""Incremented when a change of these rules changes the text or title of a document."""

MAX_DEPTH = 99
"""Maximum nesting depth of quotes, lists and list items. The parser drops deeper content and all
content after it."""

_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_ENTRY = re.compile(r"([A-Za-z][\w-]*)\s*:(?:\s+(.*))?$")
_ITEM = re.compile(r"\s*-\s+(.*)$")
_TAG = re.compile(r"<[^<>]*>")
_INLINE = {"softbreak": " ", "hardbreak": " ", "image": "", "html_inline": ""}
"""The text for inline tokens whose text is not their content."""


def read_markdown(text: str) -> Content:
    """Return the text of a Markdown document and the metadata of its front matter.

    A title in the front matter takes precedence. Otherwise the first line is the title if it is a
    heading or if `split_title` accepts it as the title line of a plain text.

    Raises:
        BadField: a field of the front matter has the wrong type.
        TooDeep: the document is nested so deeply that the parser may have dropped content.
    """
    front_matter, markdown = split_front_matter(text)
    section, markdown = split_section(markdown)
    tokens = _parser().parse(markdown)
    if any(token.level >= MAX_DEPTH for token in tokens):
        raise TooDeep(f"Markdown nested {MAX_DEPTH} deep")
    paragraphs = [line for block in _blocks(tokens) for line in lines(block)]
    content = read_fields(front_matter)
    title = content.title
    if title is None and paragraphs and tokens[0].type == "heading_open":
        title, paragraphs = paragraphs[0], paragraphs[1:]
    elif title is None:
        title, paragraphs = split_title(paragraphs)
    elif paragraphs[:1] == [title]:
        del paragraphs[0]
    return replace(
        content,
        text="\n".join(paragraphs),
        extractor="markdown",
        extractor_version=VERSION,
        title=title,
        section=content.section or section,
    )


def split_front_matter(text: str) -> tuple[dict[str, object], str]:
    r"""Return the fields between the first two `---` lines, and the text below these lines.

    Strings and lists of strings are the only supported YAML values.

    >>> split_front_matter("---\ntitle: Truce\ntags: [war, peace]\n---\nBoth met.")
    ({'title': 'Truce', 'tags': ['war', 'peace']}, 'Both met.')
    """
    text = text.replace("\r\n", "\n")
    found = _FRONT_MATTER.match(text)
    if found is None:
        return {}, text
    fields: dict[str, object] = {}
    for line in found[1].split("\n"):
        if entry := _ENTRY.match(line):
            name, value = entry[1], (entry[2] or "").strip()
            fields[name] = _scalars(value) if value.startswith("[") else _scalar(value)
        elif (item := _ITEM.match(line)) and fields:
            listed = fields[name]
            fields[name] = [*(listed if isinstance(listed, list) else []), _scalar(item[1])]
    return fields, text[found.end() :]


def _scalars(value: str) -> list[str | None]:
    return [_scalar(part) for part in value.strip("[]").split(",") if part.strip()]


def _scalar(value: str) -> str | None:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return None if value in ("", "~", "null") else value


def _blocks(tokens: list[Token]) -> Iterator[str]:
    """Yield headings, paragraphs, list items, code blocks and table rows in document order."""
    row: list[str] | None = None
    bullet = ""
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            yield " | ".join(row or [])
            row = None
        elif token.type == "list_item_open":
            bullet = "- "
        elif token.type == "inline" and row is not None:
            row.extend(cell for cell in [_inline(token)] if cell)
        elif token.type == "inline":
            yield bullet + _inline(token)
            bullet = ""
        elif token.type in ("fence", "code_block"):
            yield token.content
        elif token.type == "html_block":
            yield _TAG.sub("", token.content)


def _inline(token: Token) -> str:
    """Return the text of an inline token, without images and HTML tags."""
    return "".join(_INLINE.get(child.type, child.content) for child in token.children or [])


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_DEPTH + 1})
    return parser.enable(["table", "strikethrough"])
