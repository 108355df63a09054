"""Article, copy or later version: the keeper rule.

Documents are judged as if they came one at a time, the earliest first: by time of publication,
then of fetching, then by id; unknown times last. What is published stays the article, so the lake
comes before the run. A document whose URL is an article's is a copy of it if the article, or a
version of it, has the same text, and else its next version. Any other document whose text is an
article's is a copy of that one. What is left is a new article. A document of an article or text that
the lake was told to forget is known, and nothing of it is kept.

So a batch gives the same rows as the same documents in time order.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from schemas.records import Candidate, Verdict
from transforms.dedupe.index import Version

_LATEST = datetime.max.replace(tzinfo=UTC)


class Holdings(Protocol):
    """What a judge must be able to ask about the lake; see `transforms.dedupe.index.Index`."""

    def versions(self, article_id: str, as_of: int | None = None) -> list[Version]:
        """Return the article and its later versions, in order."""
        ...

    def article_with_text(self, text_hash: str, as_of: int | None = None) -> str | None:
        """Return the id of the first article of that text."""
        ...

    def is_forgotten(self, *ids: str) -> bool:
        """Return True if one of these articles or texts may never come into the lake again."""
        ...


@dataclass
class _Published:
    """An article and its versions, as known so far."""

    published_at: datetime | None
    texts: set[str]
    last_revision: int = 0


def keeper_order(candidate: Candidate) -> tuple[datetime, datetime, str]:
    """Return the key that sorts candidates by who was first."""
    return (
        candidate.published_at or _LATEST,
        candidate.seen_at or _LATEST,
        candidate.document_id,
    )


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
    articles: dict[str, _Published | None] = {}
    by_text: dict[str, str] = {}
    judged = set()
    for candidate in sorted(candidates, key=keeper_order):
        if candidate.document_id in judged:
            continue
        judged.add(candidate.document_id)
        id, text = candidate.article_id, candidate.text_hash
        if lake.is_forgotten(id, text):
            yield Verdict(candidate.document_id, "known", id)
            continue
        if id not in articles:
            articles[id] = _published(lake.versions(id, as_of))
        same_url = articles[id]
        if same_url and (text in same_url.texts or not candidate.has_url):
            yield Verdict(candidate.document_id, "duplicate", id)
        elif same_url:
            same_url.texts.add(text)
            same_url.last_revision += 1
            by_text.setdefault(text, id)
            yield Verdict(
                candidate.document_id,
                "revision",
                id,
                same_url.last_revision,
                same_url.published_at,
            )
        elif original := lake.article_with_text(text, as_of) or by_text.get(text):
            yield Verdict(candidate.document_id, "duplicate", original)
        else:
            articles[id] = _Published(candidate.published_at, {text})
            by_text[text] = id
            yield Verdict(candidate.document_id, "article", id)


def _published(versions: list[Version]) -> _Published | None:
    if not versions:
        return None
    return _Published(
        published_at=versions[0].published_at,
        texts={version.text_hash for version in versions},
        last_revision=versions[-1].revision,
    )
