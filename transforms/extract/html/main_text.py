"""The main text of a page: what trafilatura finds in its tree, checked against what follows the headline.

trafilatura's fast mode is as right as its full one, which takes twice the time, on all but a few
pages, and wrong in another way: it may take a piece of the article, where the full mode adds other
articles. So the full mode is asked where the fast one misses the paragraphs below the headline.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Any

from lxml.html import HtmlElement
from trafilatura import bare_extraction

from newslake.transforms.extract.html.tree import drop_surroundings
from newslake.transforms.text import count_words, folded, lines, one_line, tidy_rows

FIRST = 10
"""Paragraphs below the headline that the text must hold."""

ENOUGH = 0.5
"""Share of them that it must hold."""

MIN_WORDS = 15
"""A shorter paragraph may be anything."""

PROBE = 60
"""Characters by which a paragraph is found again."""

PIECE = 0.5
"""A text of less than this share of its linked data's is a piece."""

MOST = 0.7
"""Share of a text that its linked data must tell to be believed to tell all."""

MIN_LEDE = 6
"""Words of a lede; a shorter summary is a slogan."""

MAX_SUMMARIES = 3
"""Of a page's summaries, those that are looked for."""

MAX_PARTS = 4
"""Elements in the one that holds the lede, links and emphasis among them."""

MAX_HEAD = 6
"""Lines at a text's beginning among which its title may be repeated."""

_ASIDE = ("aside", "nav", "footer", "figure")


def main_text(
    tree: HtmlElement, titles: Collection[str], summaries: Sequence[str], body: str = ""
) -> list[str]:
    """Return the paragraphs, headings and table rows of a page, without its title; empty if none.

    All that holds no part of an article is taken out of `tree`, and links to other stories.

    Args:
        tree: The page.
        titles: All that the page calls itself, folded.
        summaries: What its meta tags tell of the article; the one that the page shows is its lede.
        body: The article's text by its linked data, which may be cut short.
    """
    drop_surroundings(tree)
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


def _drop_links(tree: HtmlElement) -> None:
    """Take out the paragraphs that are nothing but a link, or one behind a word such as `More:`."""
    for paragraph in list(tree.iter("p")):
        link = paragraph.find(".//a")
        if link is None or not (linked := _text(link)):
            continue
        label, _, behind = _text(paragraph).partition(linked)
        if not behind and (not label or label.rstrip().endswith((":", "»", ">", "→"))):
            paragraph.drop_tree()


def _beginning(tree: HtmlElement, titles: Collection[str]) -> list[str]:
    """Return the beginnings of the first long paragraphs below the headline, or of the page's."""
    headings = list(tree.iter("h1"))
    own = [heading for heading in headings if folded(_text(heading)) in titles]
    below = (own or headings)[0].xpath("following::p") if headings else []
    everywhere = list(tree.iter("p"))
    places = (filter(_is_main, below), filter(_is_main, everywhere), everywhere)
    return next(filter(None, map(_long, places)), [])


def _is_main(paragraph: HtmlElement) -> bool:
    return next(paragraph.iterancestors(*_ASIDE), None) is None


def _long(paragraphs: Iterable[HtmlElement]) -> list[str]:
    """Return the beginnings of the first of `paragraphs` that are long."""
    long = (text[:PROBE] for text in map(_text, paragraphs) if count_words(text) >= MIN_WORDS)
    return list(islice(long, FIRST))


def _share(beginning: Sequence[str], text: Sequence[str]) -> float:
    """Return how much of `beginning` is in `text`; all of it if there is none."""
    whole = " ".join(text)
    return sum(one in whole for one in beginning) / len(beginning) if beginning else 1.0


def _without_title(text: list[str], titles: Collection[str]) -> list[str]:
    """Return `text` from behind the last of its first lines that is a title of the page."""
    repeated = [number for number, line in enumerate(text[:MAX_HEAD]) if folded(line) in titles]
    return text[repeated[-1] + 1 :] if repeated and repeated[-1] + 1 < len(text) else text


def _agreed(text: list[str], body: str) -> list[str]:
    """Return `text` without what stands before and behind all that linked data tell too.

    Linked data are the text where that is a mere piece of them, and say nothing where they tell
    less than most of it.
    """
    whole = folded(body)
    keys = [folded(line) for line in text]
    told = [number for number, key in enumerate(keys) if key and key in whole]
    length, common = sum(map(len, keys)), sum(len(keys[number]) for number in told)
    if len(whole) > length / PIECE:
        return lines(body)
    if not told or common < MOST * length:
        return text
    return text[told[0] : told[-1] + 1]


def _lede(tree: HtmlElement, text: list[str], summaries: Sequence[str]) -> list[str]:
    """Return the summary that the page shows and `text` lacks, as a list of at most one."""
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
        shown = _short_text(element, longest) if len(element) < MAX_PARTS else ""
        if len(shown) > MIN_LEDE and (key := folded(shown)) in wanted:
            return [wanted[key]]
    return []


def _short_text(element: HtmlElement, most: int) -> str:
    """Return the text of an element, empty if it has more than `most` characters."""
    text = ""
    for piece in element.itertext():  # unlike text_content() it stops early, in what holds a page
        text += piece.strip() + " "
        if len(text) > most:
            return ""
    return text


def _text(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())
