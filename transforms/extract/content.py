"""The result of parsing a document, the same record for all input formats."""

from dataclasses import dataclass, field, fields, replace
from datetime import datetime


@dataclass(frozen=True)
class Content:
    """Text and metadata that `page`, `plain`, `markdown` or `item` finds in the document itself."""

    text: str
    """Paragraphs, headings and table rows, one per line; not cleaned."""
    extractor: str
    """See `Article.extractor`."""
    extractor_version: str
    """See `Article.extractor_version`."""
    title: str | None = None
    """The headline; None if the document marks no headline."""
    authors: list[str] = field(default_factory=list)
    """Names of the authors, in the order of the byline."""
    url: str | None = None
    """The URL that the document declares as its own, unchanged."""
    published_at: datetime | None = None
    """Publication time in UTC; not yet checked for plausibility."""
    published_offset: int | None = None
    """UTC offset of the stated time, in minutes; None if no time zone was stated."""
    published_precision: str | None = None
    """Precision of the stated time, as in `Article`."""
    date_source: str = "none"
    """Where `published_at` was found, as in `Article`."""
    modified_at: datetime | None = None
    """Time of the last change, in UTC."""
    language: str | None = None
    """Two-letter code of the language that the document declares."""
    section: str | None = None
    """The newspaper section."""
    keywords: list[str] = field(default_factory=list)
    """Tags."""
    image_url: str | None = None
    """URL of the lead image, unchanged."""
    extra: dict[str, object] = field(default_factory=dict)
    """Fields of the document that have no column, with their JSON values."""

    def completed(self, page: "Content") -> "Content":
        """Return this content with the text of `page`. Values of `page` replace empty fields."""
        dated = self if self.published_at else page
        names = (one.name for one in fields(self))
        merged = {name: getattr(self, name) or getattr(page, name) for name in names}
        return replace(
            Content(**merged),
            text=page.text,
            published_offset=dated.published_offset,
            published_precision=dated.published_precision,
            date_source=dated.date_source,
        )
