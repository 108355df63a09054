"""Stage Deduplicate: split cleaned drafts into articles, duplicates and revisions.

One worker decides the verdicts of all documents of a run or window from ids, hashes and signatures. The texts
are shuffled only once, when they are joined with the verdicts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import apache_beam as beam

from newslake.schemas.records import Candidate, Draft, Judgement, Metric, RunContext, Verdict
from newslake.schemas.rows import Article, Duplicate, Revision
from newslake.transforms.beam.metered import Metered
from newslake.transforms.dedupe.agency import agency
from newslake.transforms.dedupe.drop_seen import IndexDoFn
from newslake.transforms.dedupe.signature import sign
from newslake.transforms.dedupe.verdicts import days_needed, judge, mark_revised
from newslake.transforms.failure import CACHE, explained


class Deduplicated(NamedTuple):
    """The outputs of the stage."""

    articles: beam.PCollection[Article]
    duplicates: beam.PCollection[Duplicate]
    revisions: beam.PCollection[Revision]
    revised: beam.PCollection[Article]
    """The new articles that have a revision in the same run; they are also in `articles`."""
    metrics: beam.PCollection[Metric]
    judgements: beam.PCollection[Judgement]
    """One per bounded run or window; none without drafts."""


@dataclass(eq=False)
class Deduplicate(beam.PTransform):
    """Split drafts into new articles, duplicates and revisions; `verdicts.py` has the rules."""

    context: RunContext
    """The lake, its index and the log entry as of which documents are judged."""

    def expand(self, drafts: beam.PCollection[Draft]) -> Deduplicated:
        articles = drafts | "Finish" >> beam.Map(finish)
        judged = (
            articles
            | "Sketch" >> beam.Map(candidate)
            | "ToOnePlace" >> beam.WithKeys("")
            | "Gather" >> beam.GroupByKey()
            | "Judge"
            >> beam.ParDo(_Judge(self.context)).with_outputs("judgements", main="verdicts")
        )
        judged.verdicts.element_type = Verdict
        judged.judgements.element_type = Judgement
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
        outputs.articles.element_type = outputs.revised.element_type = Article
        outputs.duplicates.element_type = Duplicate
        outputs.revisions.element_type = Revision
        outputs.metrics.element_type = Metric
        articles, duplicates, revisions = outputs.articles, outputs.duplicates, outputs.revisions
        return Deduplicated(
            articles, duplicates, revisions, outputs.revised, outputs.metrics, judged.judgements
        )


def _document_id(record: Article | Verdict) -> str:
    return record.document_id


def finish(draft: Draft) -> Article:
    """Return the draft's article with its signature and the agency that it credits.

    The draft's document is dropped: later stages reject nothing, so they do not need it.
    """
    article = draft.article
    with Metered("Deduplicate", len(article.text.encode())):
        return replace(article, signature=sign(article.text), agency=agency(article))


def candidate(article: Article) -> Candidate:
    """Return the fields of `article` that decide its verdict."""
    return Candidate(
        document_id=article.document_id,
        article_id=article.article_id,
        text_hash=article.text_hash,
        has_url=article.canonical_url is not None,
        site=article.source if article.url else None,
        published_at=article.published_at,
        seen_at=article.seen_at,
        signature=article.signature,
        published_precision=article.published_precision,
        feed=article.feed,
        entry_id=article.entry_id,
    )


def divide(group: tuple[str, dict[str, Iterable[Any]]]) -> Iterator[Any]:
    """Yield a document's row. If the run read the document again, count the repeats as ingested."""
    _, joined = group
    # A document may be in several folders or archives; after sorting, their order has no effect.
    article, *repeats = sorted(
        joined["articles"], key=lambda one: (one.source, one.warc_file or "", one.warc_offset or 0)
    )
    (verdict,) = joined["verdicts"]
    if repeats:
        yield beam.pvalue.TaggedOutput("metrics", Metric("already_ingested", len(repeats)))
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


def duplicate(article: Article, verdict: Verdict) -> Duplicate:
    """Return a copy's row."""
    return Duplicate(
        document_id=article.document_id,
        duplicate_of=verdict.article_id,
        kind=kind_of(verdict, article.agency),
        similarity=round(verdict.similarity, 2),
        url=article.url,
        source=article.source,
        title=article.title,
        published_at=article.published_at,
        seen_at=article.seen_at,
        agency=article.agency,
        published_precision=article.published_precision,
        rejected_id=article.rejected_id,
    )


def kind_of(verdict: Verdict, agency: str | None) -> str:
    """Return a copy's kind. With another site or an agency credit, the copy is `syndicated`."""
    return "syndicated" if verdict.elsewhere or agency else verdict.kind


def revision(article: Article, verdict: Verdict) -> Revision:
    """Return the row of a revision."""
    return Revision(
        document_id=article.document_id,
        article_id=verdict.article_id,
        revision=verdict.revision,
        seen_at=article.seen_at,
        title=article.title,
        text=article.text,
        text_hash=article.text_hash,
        published_at=verdict.published_at,
        published_precision=verdict.published_precision,
        rejected_id=article.rejected_id,
    )


class _Judge(IndexDoFn):
    def process(self, group: tuple[str, Iterable[Candidate]]) -> Iterator[Any]:
        assert self.index is not None
        candidates = list(group[1])
        with (
            Metered("Deduplicate", documents=0),
            explained(self.path, CACHE),
            self.index.snapshot(),
        ):
            position = self.index.position()
            assert position is not None
            as_of = position.seq if self.context.as_of is None else self.context.as_of
            unindexed = self.index.unindexed(days_needed(candidates))
            verdicts = mark_revised(judge(candidates, self.index, as_of))
        yield from verdicts
        judgement = Judgement(as_of, candidates, sorted(unindexed))
        yield beam.pvalue.TaggedOutput("judgements", judgement)
