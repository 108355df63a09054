"""A poll of a feed: what is known before it, and what it came to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newslake.transforms.feeds.parse.feed import Hints

SUSPECT = 10
"""Failures in a row from which a person should look."""

FIRST = timedelta(minutes=30)
"""Time between two polls of a feed that little is known of."""


@dataclass(frozen=True)
class FeedState:
    """What is known of a feed between two polls; all of it may be lost at the cost of a poll."""

    feed: str
    """The address that the user gave; without its secrets, the feed's name in the lake."""
    address: str
    """Where it is polled."""
    next_at: datetime
    """Not to be polled before."""
    rate: float = timedelta(days=1) / FIRST / 2
    """Entries a day, the mean of about the last week."""
    asked_at: datetime | None = None
    """The last poll."""
    answered_at: datetime | None = None
    """The last poll that succeeded: 200 with a feed, or 304."""
    read_at: datetime | None = None
    """The last poll that brought a whole document."""
    etag: str = ""
    """Validator of that document, verbatim."""
    last_modified: str = ""
    """The other one."""
    body_hash: str = ""
    """Of that document."""
    distrusted_until: datetime | None = None
    """No validators are sent before."""
    failures: int = 0
    """In a row."""
    fault: str = ""
    """What the last one was; empty if the last poll succeeded."""
    moved_to: str = ""
    """Where it was sent on for good when last asked; empty if it was not."""
    moved_since: datetime | None = None
    """The first of those sightings."""
    moved_sightings: int = 0
    """How many in a row."""
    gone_since: datetime | None = None
    """The first 410 in a row."""
    hints: Hints = field(default_factory=Hints)
    """What that document asks of those who poll it."""
    by_link: bool = False
    """Its guids are not to be believed; see `newslake.transforms.feeds.entries.keys`."""

    @property
    def suspect(self) -> bool:
        """True if a person should look at it."""
        return self.failures >= SUSPECT or self.gone_since is not None


@dataclass(frozen=True)
class Answer:
    """What a poll came to."""

    at: datetime
    """When it was asked."""
    status: int = 0
    """HTTP status of the last hop; 0 if there was no answer."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of the last hop, names in lower case."""
    conditional: bool = False
    """True if validators had been sent."""
    moved_to: str = ""
    """Where it was sent on, if all redirects on the way were permanent (301, 308)."""
    fault: str = ""
    """Why no feed came of it: a reason of `newslake.schemas.reasons`; empty if one did."""
    body_hash: str = ""
    """Of the document."""
    entries: int = 0
    """In the document."""
    new: int = 0
    """Those that had not been announced."""
    oldest_new: datetime | None = None
    """The earliest time that a new entry gives; None if none gives a believable one."""
    hints: Hints | None = None
    """What the document asks for; None if there is none."""
    by_link: bool = False
    """As `newslake.transforms.feeds.entries.keys` says of the document."""

    @property
    def failure(self) -> str:
        """Why no feed came of it, by the status where there is no better reason; empty if one did."""
        return self.fault or ("" if self.status in {200, 304} else f"http_{self.status}")
