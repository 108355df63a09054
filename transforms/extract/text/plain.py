"""Plain text: an optional section in brackets, an optional title line, one paragraph per line."""

import re

from newslake.transforms.extract.content import Content
from newslake.transforms.text import count_words, lines, tidy_rows

VERSION = "1"
"""Incremented when a change of these rules changes the text or title of a document."""

MAX_TITLE_WORDS = 25
"""Maximum length of a title line, in words."""

MAX_TITLE_CHARACTERS = 200
"""Maximum length of a title line, in characters."""

_SECTION = re.compile(r"\s*\[([^\W\d_][\w &/'’.-]{0,38}[^\W_])\]\s*")
_NO_TITLE_END = re.compile(r"""[.…:;,。．।۔|][\s"'”’»)\]]*$""")
_NO_TITLE_START = re.compile(r"[-*•–—|>\d(]*\s|https?://|[\w.+-]+@")
_INLINE_TAG = re.compile(
    r"</?(?:span|a|b|i|u|s|em|strong|small|sub|sup|font|img|td|th|iframe)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BLOCK_TAG = re.compile(
    r"</?(?:p|br|div|center|hr|h[1-6]|ul|ol|li|blockquote|table|thead|tbody|tr|figure|figcaption)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


def read_plain(text: str) -> Content:
    """Return the title, the section and the paragraphs of a plain text.

    The first line is the title if it is short, does not end like a sentence, and is followed by
    other lines. Capitals in brackets at the start of the text, such as `[EUROPE]`, are the
    section. HTML tags in the text are removed.
    """
    section, text = split_section(text)
    title, body = split_title(paragraphs(text))
    return Content(
        text="\n".join(body),
        extractor="plain_text",
        extractor_version=VERSION,
        title=title,
        section=section,
    )


def paragraphs(text: str) -> list[str]:
    """Return the non-empty lines of `text`, without HTML tags and horizontal rules of tables."""
    return tidy_rows(lines(without_tags(text)))


def without_tags(text: str) -> str:
    r"""Return `text` without HTML tags; each block element starts and ends a line.

    >>> without_tags("<p>Talks go <b>on</b>.<br>So does war.</p>")
    '\nTalks go on.\nSo does war.\n'
    """
    return _BLOCK_TAG.sub("\n", _INLINE_TAG.sub("", text)) if "<" in text else text


def split_section(text: str) -> tuple[str | None, str]:
    """Return the section at the start of `text`, or None, and the rest of the text.

    >>> split_section("[EUROPE] Talks go on.")
    ('EUROPE', 'Talks go on.')
    """
    found = _SECTION.match(text.lstrip("\ufeff"))
    if found is None or not found[1].isupper():
        return None, text
    return found[1], text.lstrip("\ufeff")[found.end() :]


def split_title(lines: list[str]) -> tuple[str | None, list[str]]:
    """Return the title among `lines`, or None, and the other lines.

    >>> split_title(["Truce in sight", "Both sides met on Monday."])
    ('Truce in sight', ['Both sides met on Monday.'])
    """
    if len(lines) > 1 and is_title(lines[0]):
        return lines[0], lines[1:]
    return None, lines


def is_title(line: str) -> bool:
    """Return whether `line` looks like a headline: it is short and does not end like a sentence."""
    return (
        len(line) <= MAX_TITLE_CHARACTERS
        and count_words(line) <= MAX_TITLE_WORDS
        and not _NO_TITLE_END.search(line)
        and not _NO_TITLE_START.match(line)
        and any(character.isalpha() for character in line)
    )
