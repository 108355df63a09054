"""Stage Clean: normalise extracted articles and remove boilerplate and credits from texts."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import apache_beam as beam

from newslake.schemas.identity import text_hash
from newslake.schemas.reasons import NoText
from newslake.schemas.records import Draft
from newslake.schemas.rows import Article
from newslake.transforms.beam.dead_letter import KeptAndRejected, MapWithDeadLetter
from newslake.transforms.clean.credits import drop_credits
from newslake.transforms.clean.debris import drop_debris
from newslake.transforms.text import count_words, normalize, one_line, visible


def clean(draft: Draft) -> Draft:
    """Return `draft` with clean text and metadata, the text's hash and its number of words.

    Raises:
        NoText: The text consists of boilerplate only.
    """
    article = draft.article
    text = drop_debris(normalize(article.text))
    text = drop_credits(text, article.authors, _days(article))
    if not text:
        raise NoText(f"{len(article.text)} characters of debris")
    tidy = replace(
        article,
        text=text,
        text_hash=text_hash(text),
        word_count=count_words(text),
        title=_tidy(article.title),
        source=one_line(article.source),
        authors=_tidy_all(article.authors),
        section=_tidy(article.section),
        keywords=_tidy_all(article.keywords),
        entry_id=_tidy(article.entry_id),
        extra=visible(article.extra) if article.extra else None,
    )
    return replace(draft, article=tidy)


def _days(article: Article) -> set[date]:
    """Return the dates of publication and last change, in the publisher's time zone and in UTC."""
    offset = timedelta(minutes=article.published_offset or 0)
    times = filter(None, (article.published_at, article.modified_at))
    return {day for time in times for day in (time.date(), (time + offset).date())}


def _tidy(value: str | None) -> str | None:
    return one_line(value or "") or None


def _tidy_all(values: list[str]) -> list[str]:
    return [tidy for value in values if (tidy := one_line(value))]


@dataclass(eq=False)
class Clean(beam.PTransform):
    """Clean every `Draft`. If a draft has only boilerplate, reject the draft as `no_text`."""

    def expand(self, drafts: beam.PCollection[Draft]) -> KeptAndRejected:
        return drafts | MapWithDeadLetter(clean, stage="Clean")
