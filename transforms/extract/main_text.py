"""The main text of a page: what trafilatura finds in its tree, line by line."""

from typing import Any

from lxml.html import HtmlElement
from trafilatura import bare_extraction

from transforms.extract.table import tidy_rows
from transforms.text import lines, one_line


def main_text(tree: HtmlElement, title: str | None) -> list[str]:
    """Return the paragraphs, headings and table rows of a page; its title apart, none if there are none."""
    found: Any = bare_extraction(tree, include_comments=False, include_tables=True)
    paragraphs = tidy_rows(lines((found and found.text) or ""))
    if title and paragraphs[1:] and one_line(paragraphs[0]) == one_line(title):
        del paragraphs[0]
    return paragraphs
