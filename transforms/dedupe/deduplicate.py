"""Stage Deduplicate: finished drafts in; articles, copies and later versions out.

Ids, hashes and signatures of all documents meet in one place and are judged there; the texts cross
one shuffle, to meet their verdicts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import apache_beam as beam

from newslake.schemas.records import Candidate, Draft, Metric, RunContext, Verdict
from newslake.schemas.rows import Article, Duplicate, Revision
from newslake.transforms.dedupe.agency import agency
from newslake.transforms.dedupe.drop_seen import IndexDoFn
from newslake.transforms.dedupe.signature import sign
from newslake.transforms.dedupe.verdicts import days_needed, judge, marked


class Deduplicated(NamedTuple):
    """The outputs of the stage."""

    articles: beam.PCollection[Article]
    duplicates: beam.PCollection[Duplicate]
    revisions: beam.PCollection[Revision]
    revised: beam.PCollection[Article]
    """New articles that the run has later versions of, once more."""
    metrics: beam.PCollection[Metric]
    unindexed_days: beam.PCollection[int]
    """Days of which the lake's index had no signatures: the verdicts do not count."""


class Deduplicate(beam.PTransform):
    """Divide articles into new ones, copies and later versions, by the keeper rule.

    Args:
        context: The run's place in the lake, and what it may know of it.
    """

    def __init__(self, context: RunContext) -> None:
        super().__init__()
        self.context = context

    def expand(self, drafts: beam.PCollection[Draft]) -> Deduplicated:
        articles = drafts | "Finish" >> beam.Map(finished)
        judged = (
            articles
            | "Sketch" >> beam.Map(candidate)
            | "ToOnePlace" >> beam.WithKeys("")
            | "Gather" >> beam.GroupByKey()
            | "Judge"
            >> beam.ParDo(_Judge(self.context)).with_outputs("unindexed_days", main="verdicts")
        )
        judged.verdicts.element_type = Verdict
        judged.unindexed_days.element_type = int
        outputs = (
            {
                "articles": articles | "ById" >> beam.WithKeys(_document_id),
                "verdicts": judged.verdicts | "VerdictsById" >> beam.WithKeys(_document_id),
            }
            | "Meet" >> beam.CoGroupByKey()
            | "Divide"
            >> beam.FlatMap(divide).with_outputs(
                "duplicates", "revisions", "revised", "metrics", main="articles"
            )
        )
        outputs.articles.element_type = Article
        outputs.duplicates.element_type = Duplicate
        outputs.revisions.element_type = Revision
        outputs.revised.element_type = Article
        outputs.metrics.element_type = Metric
        return Deduplicated(
            outputs.articles,
            outputs.duplicates,
            outputs.revisions,
            outputs.revised,
            outputs.metrics,
            judged.unindexed_days,
        )


def _document_id(record: Article | Verdict) -> str:
    return record.document_id


def finished(draft: Draft) -> Article:
    """Return the article, signed; from here on nothing is refused: the document can be let go."""
    return replace(draft.article, signature=sign(draft.article.text))


def candidate(article: Article) -> Candidate:
    """Return what the judge needs to know of `article`."""
    return Candidate(
        document_id=article.document_id,
        article_id=article.article_id,
        text_hash=article.text_hash,
        has_url=article.canonical_url is not None,
        site=article.source if article.url else None,
        published_at=article.published_at,
        seen_at=article.seen_at,
        signature=article.signature,
    )


def divide(group: tuple[str, dict[str, Iterable[Any]]]) -> Iterator[Any]:
    """Yield the row that a document becomes; a document met twice in a run counts as known."""
    _, met = group
    # One document of two folders or archives: whichever comes first, the row is the same.
    article, *again = sorted(met["articles"], key=_place)
    (verdict,) = met["verdicts"]
    if again:
        yield beam.pvalue.TaggedOutput("metrics", Metric("already_ingested", len(again)))
    if verdict.outcome == "already_ingested":
        yield beam.pvalue.TaggedOutput("metrics", Metric("already_ingested", 1))
    elif verdict.outcome == "duplicate":
        yield beam.pvalue.TaggedOutput("duplicates", duplicate(article, verdict))
    elif verdict.outcome == "revision":
        yield beam.pvalue.TaggedOutput("revisions", revision(article, verdict))
    else:
        yield article
        if verdict.revised:
            yield beam.pvalue.TaggedOutput("revised", article)
    if article.signature is None and verdict.outcome != "already_ingested":
        yield beam.pvalue.TaggedOutput("metrics", Metric("too_short_to_compare", 1))


def _place(article: Article) -> tuple[str, str, int]:
    return article.source, article.warc_file or "", article.warc_offset or 0


def duplicate(article: Article, verdict: Verdict) -> Duplicate:
    """Return the row of a copy: syndicated if it stands on another site or credits an agency."""
    credited = agency(article)
    return Duplicate(
        document_id=article.document_id,
        duplicate_of=verdict.article_id,
        kind="syndicated" if verdict.elsewhere or credited else verdict.kind,
        similarity=round(verdict.similarity, 2),
        url=article.url,
        source=article.source,
        title=article.title,
        published_at=article.published_at,
        seen_at=article.seen_at,
        agency=credited,
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


class _Judge(IndexDoFn):
    def process(self, gathered: tuple[str, Iterable[Candidate]]) -> Iterator[Any]:
        assert self.index is not None
        candidates = list(gathered[1])
        with self.index.snapshot():
            unindexed = self.index.unindexed(days_needed(candidates))
            verdicts = marked(judge(candidates, self.index, self.as_of))
        yield from verdicts
        yield from (beam.pvalue.TaggedOutput("unindexed_days", day) for day in sorted(unindexed))
