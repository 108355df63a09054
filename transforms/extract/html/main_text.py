"""Extracts the main text of a page with trafilatura and checks it for missing paragraphs.

trafilatura's fast mode takes half the time of its full mode and is as accurate on most pages. The
two modes have different errors: the fast mode may return only a part of the article, the full mode
may add other articles. The full mode is used if the fast mode misses paragraphs at the beginning.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Any

from lxml.etree import XPath
from lxml.html import HtmlElement
from trafilatura import bare_extraction

from newslake.transforms.extract.html.tree import drop_surroundings
from newslake.transforms.text import count_words, folded, lines, one_line, tidy_rows

FIRST = 10
"""Number of paragraphs below the headline that are checked."""

ENOUGH = 0.5
"""Minimum share of the checked paragraphs that the text must contain."""

MIN_WORDS = 15
"""Minimum length of a paragraph that is checked, in words."""

PROBE = 60
"""Number of characters at the start of a paragraph that identify it in the text."""

PIECE = 0.5
"""A text is incomplete if it is shorter than this share of the length of the text in JSON-LD."""

MOST = 0.7
"""If JSON-LD contains at least this share of the text, JSON-LD counts as the complete article."""

MIN_LEDE = 6
"""Minimum length of a lede, in words; a shorter summary is a slogan."""

MAX_SUMMARIES = 3
"""Maximum number of summaries of a page. newslake looks for each summary in the page's text."""

MAX_PARTS = 4
"""An element with this many child elements or more, including links and emphasis, is not a lede."""

MAX_HEAD = 6
"""Number of lines at the start of a text in which the title may be repeated."""

MAX_BEFORE = 0.25
"""Maximum number of words before the title that are dropped, as a share of the words behind it."""

MAX_LABEL_WORDS = 4
"""Maximum length of a label, in words: before a link to another story, or between two titles."""

_LISTS = ("ul", "ol", "menu", "dir")
_ASIDE = ("aside", "nav", "footer", "figure", "a")
_TEXTS = XPath("//body//text()[not(ancestor::a)]", smart_strings=False)


def main_text(
    tree: HtmlElement, titles: Collection[str], summaries: Sequence[str], body: str = ""
) -> list[str]:
    """Return the paragraphs, headings and table rows of a page without its title; may be empty.

    Removes elements without article text and links to other articles from `tree`.

    Args:
        tree: The page.
        titles: All titles of the page, folded.
        summaries: The summaries in its meta tags. A summary that the page also shows is the lede.
        body: The article's text in JSON-LD, which may be truncated.
    """
    drop_surroundings(tree)
    _name_paragraphs(tree)
    _drop_links(tree)
    beginning = _beginning(tree, titles)
    text = _read(tree, fast=True)
    if _share(beginning, text) < ENOUGH:
        text = max(text, _read(tree, fast=False), key=lambda found: _share(beginning, found))
    text = _agreed(_without_title(text, titles), body)
    return _lede(tree, text, summaries) + text


def _read(tree: HtmlElement, fast: bool) -> list[str]:
    found: Any = bare_extraction(tree, fast=fast, include_comments=False, include_tables=True)
    return tidy_rows(lines((found and found.text) or ""))


def _name_paragraphs(tree: HtmlElement) -> None:
    """Rename each list item outside a list to `<p>`."""
    for item in tree.iter("li"):
        if item.getparent().tag not in _LISTS:
            item.tag = "p"


def _drop_links(tree: HtmlElement) -> None:
    """Remove paragraphs that are only a link, or only a link after a label such as `More:`."""
    for paragraph in list(tree.iter("p")):
        link = paragraph.find(".//a")
        if link is None or not (linked := _text(link)):
            continue
        label, _, behind = _text(paragraph).partition(linked)
        if not behind and (not label or _is_label(label.rstrip())):
            paragraph.drop_tree()


def _is_label(text: str) -> bool:
    return text.endswith((":", "»", ">", "→")) and count_words(text) <= MAX_LABEL_WORDS


def _beginning(tree: HtmlElement, titles: Collection[str]) -> list[str]:
    """Return the starts of the first long paragraphs, preferably of those below the headline.

    On a page without long `<p>`, text nodes outside links are the paragraphs.
    """
    headings = list(tree.iter("h1"))
    own = [heading for heading in headings if folded(_text(heading)) in titles]
    below = (own or headings)[0].xpath("following::p") if headings else []
    everywhere = list(tree.iter("p"))
    places = (filter(_is_main, below), filter(_is_main, everywhere), everywhere)
    paragraphs = (map(_text, place) for place in places)
    found = next(filter(None, map(_long, paragraphs)), None)
    return found or _long(" ".join(text.split()) for text in _TEXTS(tree))


def _is_main(paragraph: HtmlElement) -> bool:
    return next(paragraph.iterancestors(*_ASIDE), None) is None


def _long(texts: Iterable[str]) -> list[str]:
    """Return the starts of the first long texts of `texts`."""
    long = (text[:PROBE] for text in texts if count_words(text) >= MIN_WORDS)
    return list(islice(long, FIRST))


def _share(beginning: Sequence[str], text: Sequence[str]) -> float:
    """Return the share of `beginning` that is in `text`; 1.0 if `beginning` is empty."""
    whole = " ".join(text)
    return sum(one in whole for one in beginning) / len(beginning) if beginning else 1.0


def _without_title(text: list[str], titles: Collection[str]) -> list[str]:
    """Remove the titles of the page among the first lines of `text`, and few words before the first.

    Labels between two titles are removed too. If the text is only a title, nothing is left: the page has
    no story, or its only other texts are comments.
    """
    repeated = [number for number, line in enumerate(text[:MAX_HEAD]) if folded(line) in titles]
    if not repeated:
        return text
    first, last = repeated[0], repeated[-1]
    between = [line for line in text[first:last] if folded(line) not in titles]
    behind = [line for line in between if count_words(line) > MAX_LABEL_WORDS] + text[last + 1 :]
    before = text[:first]
    is_label = count_words(" ".join(before)) <= MAX_BEFORE * count_words(" ".join(behind))
    return behind if is_label else before + behind


def _agreed(text: list[str], body: str) -> list[str]:
    """Return the lines of `text` from the first to the last line that JSON-LD also contains.

    If `text` is only a part of the JSON-LD text, the JSON-LD text is returned. If the
    JSON-LD text contains too little of `text`, `text` is returned unchanged.
    """
    whole = folded(body)
    keys = [folded(line) for line in text]
    shared = [number for number, key in enumerate(keys) if key and key in whole]
    length, common = sum(map(len, keys)), sum(len(keys[number]) for number in shared)
    if len(whole) > length / PIECE:
        return lines(body)
    if not shared or common < MOST * length:
        return text
    return text[shared[0] : shared[-1] + 1]


def _lede(tree: HtmlElement, text: list[str], summaries: Sequence[str]) -> list[str]:
    """Return a list with the summary that the page shows and `text` lacks, or an empty list."""
    whole = folded(" ".join(text))
    wanted = {
        key: one_line(summary)
        for summary in summaries[:MAX_SUMMARIES]
        if count_words(summary) >= MIN_LEDE and (key := folded(summary))[:PROBE] not in whole
    }
    if not wanted:
        return []
    longest = 2 * max(map(len, wanted.values()))
    for element in tree.iter("p", "div", "span", "h2", "h3", "h4", "strong"):
        begin = folded((element.text or "")[:PROBE])
        if len(element) >= MAX_PARTS or not any(key.startswith(begin) for key in wanted):
            continue
        shown = _short_text(element, longest)
        if len(shown) > MIN_LEDE and (key := folded(shown)) in wanted:
            return [wanted[key]]
    return []


def _short_text(element: HtmlElement, most: int) -> str:
    """Return the text of an element; empty if the text exceeds the maximum of `most` characters."""
    text = ""
    for piece in element.itertext():  # unlike text_content(), this can stop early in large elements
        text += piece.strip() + " "
        if len(text) > most:
            return ""
    return text


def _text(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())
