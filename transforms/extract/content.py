"""What a reader of documents finds in one, whatever its format."""

from dataclasses import dataclass, field, replace
from datetime import datetime


@dataclass(frozen=True)
class Content:
    """The findings of `page`, `plain`, `markdown` or `item`: nothing of them is known from outside."""

    text: str
    """Paragraphs, headings and table rows, one a line; not cleaned."""
    extractor: str
    """As in `Article`."""
    extractor_version: str
    """As in `Article`."""
    title: str | None = None
    """The headline, if the document sets it apart."""
    authors: list[str] = field(default_factory=list)
    """In the order of the byline."""
    url: str | None = None
    """The address that the document gives as its own, as it stands there."""
    published_at: datetime | None = None
    """In UTC; not yet checked to be believable."""
    published_offset: int | None = None
    """Minutes that the clock it was read from is ahead of UTC; None if no zone was given."""
    date_source: str = "none"
    """Where `published_at` stands, as in `Article`."""
    modified_at: datetime | None = None
    """In UTC."""
    language: str | None = None
    """What the document says of its language: two letters."""
    section: str | None = None
    """The desk or rubric."""
    keywords: list[str] = field(default_factory=list)
    """Tags."""
    image_url: str | None = None
    """The lead picture, as it stands there."""
    extra: dict[str, object] = field(default_factory=dict)
    """What the document says and no field takes; JSON values."""

    def completed(self, page: "Content") -> "Content":
        """Return these findings with the text of `page`, and of its metadata what they lack."""
        dated = self if self.published_at else page
        return replace(
            self,
            text=page.text,
            title=self.title or page.title,
            authors=self.authors or page.authors,
            url=self.url or page.url,
            published_at=dated.published_at,
            published_offset=dated.published_offset,
            date_source=dated.date_source,
            modified_at=self.modified_at or page.modified_at,
            language=self.language or page.language,
            section=self.section or page.section,
            keywords=self.keywords or page.keywords,
            image_url=self.image_url or page.image_url,
        )
