"""Stage Deduplicate: finished drafts in; articles, copies and later versions out.

Ids and hashes of all documents meet in one place and are judged there; the texts cross one shuffle,
to meet their verdicts.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import apache_beam as beam

from schemas.records import Assignment, Candidate, Draft, Tally, Verdict
from schemas.rows import Article, Duplicate, Revision
from transforms.dedupe.recognise import AsksIndex
from transforms.dedupe.verdicts import judge


class Deduplicated(NamedTuple):
    """The outputs of the stage."""

    articles: beam.PCollection[Article]
    duplicates: beam.PCollection[Duplicate]
    revisions: beam.PCollection[Revision]
    tallies: beam.PCollection[Tally]


class Deduplicate(beam.PTransform):
    """Divide articles into new ones, copies and later versions, by the keeper rule.

    Args:
        assignment: The run's place in the lake, and what it may know of it.
    """

    def __init__(self, assignment: Assignment) -> None:
        super().__init__()
        self.assignment = assignment

    def expand(self, drafts: beam.PCollection[Draft]) -> Deduplicated:
        articles = drafts | "Finish" >> beam.Map(finished)
        verdicts = (
            articles
            | "Sketch" >> beam.Map(candidate)
            | "ToOnePlace" >> beam.WithKeys("")
            | "Gather" >> beam.GroupByKey()
            | "Judge" >> beam.ParDo(_Judge(self.assignment))
        )
        outputs = (
            {
                "articles": articles | "ById" >> beam.WithKeys(_document_id),
                "verdicts": verdicts | "VerdictsById" >> beam.WithKeys(_document_id),
            }
            | "Meet" >> beam.CoGroupByKey()
            | "Divide"
            >> beam.FlatMap(divide).with_outputs(
                "duplicates", "revisions", "tallies", main="articles"
            )
        )
        outputs.articles.element_type = Article
        outputs.duplicates.element_type = Duplicate
        outputs.revisions.element_type = Revision
        outputs.tallies.element_type = Tally
        return Deduplicated(
            outputs.articles, outputs.duplicates, outputs.revisions, outputs.tallies
        )


def _document_id(record: Article | Verdict) -> str:
    return record.document_id


def finished(draft: Draft) -> Article:
    """Return the article; from here on nothing is refused, and the document can be let go."""
    return draft.article


def candidate(article: Article) -> Candidate:
    """Return what the judge needs to know of `article`."""
    return Candidate(
        document_id=article.document_id,
        article_id=article.article_id,
        text_hash=article.text_hash,
        has_url=article.canonical_url is not None,
        published_at=article.published_at,
        seen_at=article.seen_at,
    )


def divide(group: tuple[str, dict[str, Iterable[Any]]]) -> Iterator[Any]:
    """Yield the row that a document becomes; a document met twice in a run counts as known."""
    _, met = group
    # One document of two folders or archives: whichever comes first, the row is the same.
    article, *again = sorted(met["articles"], key=_place)
    (verdict,) = met["verdicts"]
    if again:
        yield beam.pvalue.TaggedOutput("tallies", Tally("known", len(again)))
    if verdict.outcome == "known":
        yield beam.pvalue.TaggedOutput("tallies", Tally("known", 1))
    elif verdict.outcome == "duplicate":
        yield beam.pvalue.TaggedOutput("duplicates", duplicate(article, verdict))
    elif verdict.outcome == "revision":
        yield beam.pvalue.TaggedOutput("revisions", revision(article, verdict))
    else:
        yield article


def _place(article: Article) -> tuple[str, str, int]:
    return article.source, article.warc_file or "", article.warc_offset or 0


def duplicate(article: Article, verdict: Verdict) -> Duplicate:
    """Return the row of an exact copy."""
    return Duplicate(
        document_id=article.document_id,
        duplicate_of=verdict.article_id,
        kind="exact",
        similarity=1.0,
        url=article.url,
        source=article.source,
        title=article.title,
        published_at=article.published_at,
        seen_at=article.seen_at,
    )


def revision(article: Article, verdict: Verdict) -> Revision:
    """Return the row of a later version."""
    return Revision(
        document_id=article.document_id,
        article_id=verdict.article_id,
        revision=verdict.revision,
        seen_at=article.seen_at,
        title=article.title,
        text=article.text,
        text_hash=article.text_hash,
        published_at=verdict.published_at,
    )


class _Judge(AsksIndex):
    def process(self, gathered: tuple[str, Iterable[Candidate]]) -> Iterator[Verdict]:
        assert self.index is not None
        yield from judge(gathered[1], self.index, self.as_of)
