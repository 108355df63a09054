"""The compared methods: our stages as the DAG calls them, and other tools as their users do."""

from collections.abc import Callable
from datetime import UTC, timedelta, timezone
from typing import Any

from extraction_scores import Prediction
from extraction_sets import Page
from trafilatura import bare_extraction

from newslake.schemas.identity import document_id
from newslake.schemas.reasons import NotAnArticle, Reject
from newslake.schemas.records import Document
from newslake.schemas.rows import Article
from newslake.transforms.clean.clean import clean
from newslake.transforms.extract.by_media_type import Reading, read
from newslake.transforms.extract.extract import draft, raw
from newslake.transforms.extract.html.limits import DEFAULT
from newslake.transforms.extract.html.page import read_page
from newslake.transforms.web.charset import decode

NOTHING: Prediction = {
    "text": "",
    "title": None,
    "authors": [],
    "published_at": None,
    "language": None,
}


def newslake(page: Page) -> Prediction:
    """Return the result of Extract and Clean; an empty prediction if they reject the page.

    If they reject a page that they have read because it is not an article, the prediction has its
    fields but no text, and the reason as `rejected`.

    The page is read in this process, so that its CPU time is counted; `sandbox_cost.py` measures
    the sandbox.
    """
    locator = page.url or page.id
    document = Document(
        document_id(locator, page.payload), locator, page.payload, "text/html", "set", page.url
    )
    try:
        return _prediction(clean(draft(document, read(raw(document), DEFAULT))).article)
    except NotAnArticle as verdict:
        content = read_page(decode(page.payload), page.url)  # a second read, included in the time
        found = _prediction(draft(document, Reading(content)).article)
        return found | {"text": "", "rejected": verdict.reason}
    except Reject as verdict:
        return NOTHING | {"rejected": verdict.reason}


def _prediction(article: Article) -> Prediction:
    """Return an article as a prediction, with its time in the publisher's UTC offset."""
    time, offset = article.published_at, article.published_offset
    if time:
        zone = None if offset is None else timezone(timedelta(minutes=offset))
        time = time.astimezone(zone or UTC).replace(tzinfo=zone)
    return {
        "text": article.text,
        "title": article.title,
        "authors": article.authors,
        "published_at": time.isoformat() if time else None,
        "language": article.language,
    }


def trafilatura(page: Page, **options: Any) -> Prediction:
    """Return trafilatura's result, including metadata."""
    found: Any = bare_extraction(page.payload, url=page.url, with_metadata=True, **options)
    if found is None:
        return NOTHING
    return {
        "text": found.text,
        "title": found.title,
        "authors": found.author.split("; ") if found.author else [],
        "published_at": found.date,
        "language": found.language,
    }


def trafilatura_precision(page: Page) -> Prediction:
    """Return trafilatura's result with the option `favor_precision`."""
    return trafilatura(page, favor_precision=True)


def newspaper4k(page: Page) -> Prediction:
    """Return newspaper4k's result. It is not one of our dependencies: `pip install newspaper4k`."""
    from newspaper import Article

    article = Article(page.url or "", fetch_images=False)
    article.download(input_html=page.payload.decode("utf-8", "replace"))
    article.parse()
    return {
        "text": article.text,
        "title": article.title,
        "authors": article.authors,
        "published_at": article.publish_date.isoformat() if article.publish_date else None,
        "language": article.meta_lang or None,
    }


METHODS: dict[str, Callable[[Page], Prediction]] = {
    "newslake": newslake,
    "trafilatura": trafilatura,
    "trafilatura precision": trafilatura_precision,
}
"""The methods that every run compares; `trafilatura` is the base of the time ratio."""

OPTIONAL: dict[str, Callable[[Page], Prediction]] = {"newspaper4k": newspaper4k}
"""The methods that a run compares only with `--also`."""
