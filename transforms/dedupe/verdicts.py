"""Article, copy or later version: the keeper rule.

Documents are judged as if they came one at a time, the earliest first: by time of publication,
then of fetching, then by id; unknown times last. What is published stays the article. A document
whose URL is an article's is a copy of it if the article, or a version of it, has the same text, and
else its next version. Any other document whose text is an article's is a copy of that one; if it is
a near copy of articles, it is a copy of the earliest. It is never a copy of a copy. What is left is
a new article. A document of an article or text that the lake was told to forget is known, and
nothing of it is kept.

So a batch gives the same rows as the same documents in time order.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from newslake.schemas.records import Candidate, Verdict
from newslake.transforms.dedupe.index import Version
from newslake.transforms.dedupe.near import Buckets, Signed, near_copy, reach
from newslake.transforms.dedupe.times import Order, order


class Holdings(Protocol):
    """What a judge must be able to ask about the lake; see `newslake.transforms.dedupe.index.Index`."""

    def versions(self, article_id: str, as_of: int | None = None) -> list[Version]:
        """Return the article and its later versions, in order."""
        ...

    def holder(self, text_hash: str, as_of: int | None = None) -> Version | None:
        """Return the first article, or later version, of that text."""
        ...

    def bucket_articles(self, bucket: int, days: range, as_of: int | None = None) -> list[Signed]:
        """Return the first articles of a shelf, see `newslake.transforms.dedupe.near`."""
        ...

    def is_forgotten(self, *ids: str) -> bool:
        """Return True if one of these articles or texts may never come into the lake again."""
        ...


def keeper_order(candidate: Candidate) -> Order:
    """Return the key that sorts candidates by who was first."""
    return order(candidate.published_at, candidate.seen_at, candidate.document_id)


def judge(
    candidates: Iterable[Candidate], lake: Holdings, as_of: int | None = None
) -> Iterator[Verdict]:
    """Yield one verdict for each document among `candidates`, the earliest first.

    Takes time and memory in proportion to the number of candidates, however many are equal.

    Args:
        candidates: All documents of a run; one that comes twice is judged once.
        lake: What was published before.
        as_of: The last entry of the lake's log to look at.
    """
    known = _Known(lake, as_of)
    judged = set()
    for candidate in sorted(candidates, key=keeper_order):
        if candidate.document_id not in judged:
            judged.add(candidate.document_id)
            yield _verdict(candidate, known)


def marked(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the verdicts of a run, with the articles marked that it has later versions of."""
    verdicts = list(verdicts)
    revised = {verdict.article_id for verdict in verdicts if verdict.outcome == "revision"}
    return [
        replace(verdict, revised=verdict.outcome == "article" and verdict.article_id in revised)
        for verdict in verdicts
    ]


def days_needed(candidates: Iterable[Candidate]) -> set[int]:
    """Return the days whose articles the judge compares `candidates` with."""
    own = {signed.day for candidate in candidates if (signed := _signed(candidate))}
    return {day for one in own for day in reach(one)}


def _verdict(candidate: Candidate, known: "_Known") -> Verdict:
    document, id, text = candidate.document_id, candidate.article_id, candidate.text_hash
    if known.lake.is_forgotten(id, text):
        return Verdict(document, "already_ingested", id)
    if same_url := known.article(id):
        if text in same_url.texts or not candidate.has_url:
            return Verdict(document, "duplicate", id, kind="exact")
        revision = known.add_version(same_url, candidate)
        return Verdict(document, "revision", id, revision, same_url.published_at)
    if original := known.holder(text):
        return Verdict(
            document,
            "duplicate",
            original.article_id,
            kind="exact",
            elsewhere=_differ(candidate.site, original.site),
        )
    signed = _signed(candidate)
    if signed and (
        found := near_copy(signed, [known.lake_bucket_articles, known.lsh_buckets.bucket_articles])
    ):
        return Verdict(
            document,
            "duplicate",
            found.article.article_id,
            kind="near",
            similarity=found.similarity,
            elsewhere=_differ(candidate.site, found.article.site),
        )
    known.add_article(candidate, signed)
    return Verdict(document, "article", id)


@dataclass
class _Article:
    """An article with its versions, as known so far."""

    article_id: str
    published_at: datetime | None
    site: str | None
    texts: set[str]
    last_revision: int = 0


@dataclass
class _Known:
    """What has been published when a document is judged: the lake, and the run up to there."""

    lake: Holdings
    as_of: int | None
    lsh_buckets: Buckets = field(default_factory=Buckets)
    _articles: dict[str, _Article | None] = field(default_factory=dict)
    _holders: dict[str, Version] = field(default_factory=dict)

    def article(self, id: str) -> _Article | None:
        """Return the article `id`, None if nobody has published it."""
        if id not in self._articles:
            self._articles[id] = _article(self.lake.versions(id, self.as_of))
        return self._articles[id]

    def holder(self, text: str) -> _Article | None:
        """Return the first of the articles that have, or had, this text."""
        holders = [self.lake.holder(text, self.as_of), self._holders.get(text)]
        if first := min(filter(None, holders), key=lambda one: one.order, default=None):
            return self.article(first.article_id)
        return None

    def lake_bucket_articles(self, bucket: int, days: range) -> list[Signed]:
        """Return the first articles of one of the lake's shelves."""
        return self.lake.bucket_articles(bucket, days, self.as_of)

    def add_version(self, article: _Article, candidate: Candidate) -> int:
        """Publish the next version of `article`, and return its number."""
        article.texts.add(candidate.text_hash)
        article.last_revision += 1
        self._hold(candidate, article.last_revision, article.published_at)
        return article.last_revision

    def add_article(self, candidate: Candidate, signed: Signed | None) -> None:
        """Publish a new article."""
        id, published_at = candidate.article_id, candidate.published_at
        self._articles[id] = _Article(id, published_at, candidate.site, {candidate.text_hash})
        self._hold(candidate, 0, published_at)
        if signed:
            self.lsh_buckets.add(signed)

    def _hold(self, candidate: Candidate, revision: int, published_at: datetime | None) -> None:
        text = candidate.text_hash
        new = Version(candidate.article_id, revision, text, published_at, candidate.seen_at)
        self._holders[text] = min(self._holders.get(text, new), new, key=lambda one: one.order)


def _article(versions: list[Version]) -> _Article | None:
    if not versions:
        return None
    return _Article(
        article_id=versions[0].article_id,
        published_at=versions[0].published_at,
        site=versions[0].site,
        texts={version.text_hash for version in versions},
        last_revision=versions[-1].revision,
    )


def _signed(candidate: Candidate) -> Signed | None:
    """Return the candidate as an article to be; None if it is too short to be compared."""
    if candidate.signature is None:
        return None
    return Signed(
        candidate.article_id,
        candidate.published_at,
        candidate.seen_at,
        candidate.site,
        candidate.signature,
    )


def _differ(site: str | None, other: str | None) -> bool:
    """Return True if both are registrable domains, and not the same."""
    return site is not None and other is not None and site != other
