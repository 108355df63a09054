"""The closed lists of label values. No address, feed or text of a publisher becomes a label."""

from newslake.schemas.reasons import Reject
from newslake.transforms.feeds.schedule.feed_state import CONDITIONS, REMOVED

CRASH = "crash"
"""The label of all reasons `crash_<ExceptionName>`."""


def _reasons(kind: type[Reject]) -> set[str]:
    return {kind.reason}.union(*map(_reasons, kind.__subclasses__()))


REASONS = sorted(_reasons(Reject) - {Reject.reason})
"""The codes of all reasons."""
OPEN_REASONS = (*REASONS, CRASH)

FEED_STATES = tuple(one for one in CONDITIONS if one != REMOVED)
QUEUES = ("due", "waiting", "uncommitted")
FETCHES = tuple(
    (kind, outcome)
    for kind in ("page", "feed", "robots", "tdmrep")
    for outcome in (
        ("document", "rejected", "waiting") if kind == "page" else ("answered", "failed")
    )
)
OUTCOMES = {
    "articles": "article",
    "duplicates": "duplicate",
    "revisions": "revision",
    "rejects": "reject",
    "already_ingested": "already_ingested",
}
"""Maps counts of a commit to outcomes of documents."""
RETRIES = ("page", "feed", "commit")


def open_reason(reason: str) -> str:
    """Return the label of a reason: itself, or `crash` for any other than those of `REASONS`."""
    return reason if reason in REASONS else CRASH
