"""The rules by which a document is an article, a duplicate, a revision or already ingested.

Each document gets a verdict, in the order of publication time, then fetch time, then id. Unknown
times are last. The first rule with a true condition decides:

1. If its article or text was forgotten, the document is already ingested, and nothing is stored.
2. If an article already has the document's URL, compare the text with all versions of the article.
   If one is equal, the document is an exact duplicate; otherwise it is the article's next revision.
3. If a version of an article has the same text, the document is an exact duplicate of the article.
4. If the text is a near copy of articles, the document is a near duplicate of the earliest article.
5. Otherwise, the document is a new article.

An article in the lake stays an article, even if an earlier document arrives. A document is never a
duplicate of a duplicate. One run over many documents gives the same rows as a separate run for each
document, in the order above.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from newslake.schemas.records import Candidate, Verdict
from newslake.transforms.dedupe.index import Index, Version
from newslake.transforms.dedupe.near import Buckets, SignedArticle, days_in_window, near_copy
from newslake.transforms.dedupe.times import Order, order


def candidate_order(candidate: Candidate) -> Order:
    """Return the sort key of candidates: the original is first."""
    return order(candidate.published_at, candidate.seen_at, candidate.document_id)


def judge(
    candidates: Iterable[Candidate], lake: Index, as_of: int | None = None
) -> Iterator[Verdict]:
    """Yield one verdict for each document in the `candidates` of a run, the earliest first.

    Log entries of the lake after `as_of` are ignored. Time and memory are linear in the number of
    candidates, even if all candidates are equal.
    """
    published = _Published(lake, as_of)
    judged = set()
    for candidate in sorted(candidates, key=candidate_order):
        if candidate.document_id not in judged:
            judged.add(candidate.document_id)
            yield _verdict(candidate, published)


def mark_revised(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the verdicts of a run, with `revised` set for new articles that have revisions."""
    verdicts = list(verdicts)
    revised = {verdict.article_id for verdict in verdicts if verdict.outcome == "revision"}
    return [
        replace(verdict, revised=verdict.outcome == "article" and verdict.article_id in revised)
        for verdict in verdicts
    ]


def days_needed(candidates: Iterable[Candidate]) -> set[int]:
    """Return the days of all articles that `candidates` may be near copies of."""
    own_days = {signed.day for candidate in candidates if (signed := _signed(candidate))}
    return {day for own_day in own_days for day in days_in_window(own_day)}


def _verdict(candidate: Candidate, published: "_Published") -> Verdict:
    document, id, text = candidate.document_id, candidate.article_id, candidate.text_hash
    if published.lake.is_forgotten(id, text):
        return Verdict(document, "already_ingested", id)
    if same_url := published.article(id):
        if text in same_url.texts or not candidate.has_url:
            return Verdict(document, "duplicate", id, kind="exact")
        revision = published.add_version(same_url, candidate)
        appeared = same_url.published_at, same_url.published_precision
        return Verdict(document, "revision", id, revision, *appeared)
    if original := published.first_with_text(text):
        elsewhere = _differ(candidate.site, original.site)
        return Verdict(
            document, "duplicate", original.article_id, kind="exact", elsewhere=elsewhere
        )
    signed = _signed(candidate)
    lookups = [published.lake_bucket_articles, published.lsh_buckets.bucket_articles]
    if signed and (found := near_copy(signed, lookups)):
        return Verdict(
            document,
            "duplicate",
            found.article.article_id,
            kind="near",
            similarity=found.similarity,
            elsewhere=_differ(candidate.site, found.article.site),
        )
    published.add_article(candidate, signed)
    return Verdict(document, "article", id)


@dataclass
class _Article:
    """An article and its versions so far."""

    article_id: str
    published_at: datetime | None
    published_precision: str | None
    site: str | None
    texts: set[str]
    last_revision: int = 0


@dataclass
class _Published:
    """The articles before a document: articles of the lake and earlier articles of the run."""

    lake: Index
    as_of: int | None
    lsh_buckets: Buckets = field(default_factory=Buckets)
    _articles: dict[str, _Article | None] = field(default_factory=dict)
    _first_with_text: dict[str, Version] = field(default_factory=dict)

    def article(self, id: str) -> _Article | None:
        """Return the article `id`; None if it is not published."""
        if id not in self._articles:
            self._articles[id] = _article(self.lake.versions(id, self.as_of))
        return self._articles[id]

    def first_with_text(self, text: str) -> _Article | None:
        """Return the first article that has a version with this text; None if there is none."""
        found = [self.lake.first_with_text(text, self.as_of), self._first_with_text.get(text)]
        if first := min(filter(None, found), key=lambda one: one.order, default=None):
            return self.article(first.article_id)
        return None

    def lake_bucket_articles(self, bucket: int, days: range) -> list[SignedArticle]:
        """Return the first articles of one of the lake's LSH buckets."""
        return self.lake.bucket_articles(bucket, days, self.as_of)

    def add_version(self, article: _Article, candidate: Candidate) -> int:
        """Add the next version of `article` and return its number."""
        article.texts.add(candidate.text_hash)
        article.last_revision += 1
        self._add(candidate, article.last_revision, article.published_at)
        return article.last_revision

    def add_article(self, candidate: Candidate, signed: SignedArticle | None) -> None:
        """Add a new article."""
        id, published_at = candidate.article_id, candidate.published_at
        self._articles[id] = _Article(
            id,
            published_at,
            candidate.published_precision,
            candidate.site,
            {candidate.text_hash},
        )
        self._add(candidate, 0, published_at)
        if signed:
            self.lsh_buckets.add(signed)

    def _add(self, candidate: Candidate, revision: int, published_at: datetime | None) -> None:
        text = candidate.text_hash
        new = Version(candidate.article_id, revision, text, published_at, candidate.seen_at)
        self._first_with_text[text] = min(
            self._first_with_text.get(text, new), new, key=lambda one: one.order
        )


def _article(versions: list[Version]) -> _Article | None:
    if not versions:
        return None
    first, texts = versions[0], {version.text_hash for version in versions}
    return _Article(
        first.article_id,
        first.published_at,
        first.published_precision,
        first.site,
        texts,
        versions[-1].revision,
    )


def _signed(one: Candidate) -> SignedArticle | None:
    """Return the candidate as a `SignedArticle`; None if the text is too short for a signature."""
    if one.signature is None:
        return None
    return SignedArticle(one.article_id, one.published_at, one.seen_at, one.site, one.signature)


def _differ(site: str | None, other: str | None) -> bool:
    """Return whether both sites are known and differ."""
    return site is not None and other is not None and site != other
