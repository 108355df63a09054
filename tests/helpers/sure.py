"""The mentions of an article that are not doubtful."""

from newslake.schemas.rows import Article, Mention
from newslake.transforms.events.find_events import find_events

DOUBTFUL = 0.42
"""Mentions with a lower confidence are more often wrong than right."""


def sure_mentions(article: Article) -> list[Mention]:
    """Return the mentions whose confidence is at least `DOUBTFUL`."""
    return find_events(article, DOUBTFUL)
