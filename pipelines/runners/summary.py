"""What a run did, added up from its commits, for people and for programs."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from newslake.transforms.lake.staging import Outcome
from newslake.transforms.lake.transaction import ended

COUNTS = ("read", "articles", "duplicates", "revisions", "rejects", "known", "mentions")
_NOTICES = {
    "too_short_to_compare": "{} documents are too short to have near copies; only equal texts were sought",
    "passed_over": "{} records of web archives are no pages, or no successful ones; passed over",
    "unread_languages": "{} new articles are not in English; no events were sought in them",
    "no_model": "{} new articles were not searched for events: install newslake[events]",
    "failed_events": "{} new articles are stored without mentions, since reading them for events failed",
}


@dataclass
class Summary:
    """Counts of one run."""

    run_id: str
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    rejects_by_reason: Counter[str] = field(default_factory=Counter)
    commits: list[int] = field(default_factory=list)
    committed_at: list[datetime] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add(self, outcome: Outcome, at: datetime) -> None:
        """Count in what one bounded run committed, complete at that time."""
        self.counts.update(outcome.counts)
        self.rejects_by_reason.update(outcome.rejects_by_reason)
        if outcome.seq is not None:
            self.commits.append(outcome.seq)
            self.committed_at.append(at)
        if outcome.warning:
            self.warnings.append(outcome.warning)

    @property
    def balanced(self) -> bool:
        """True if every document that was read has ended somewhere."""
        return self.counts["read"] == ended(self.counts)

    @property
    def notices(self) -> list[str]:
        """What a person should know about this run."""
        told = [
            text.format(f"{self.counts[name]:,}")
            for name, text in _NOTICES.items()
            if self.counts[name]
        ]
        return told + self.warnings

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as `--json` prints it."""
        return {
            "run_id": self.run_id,
            **{name: self.counts[name] for name in (*COUNTS, "passed_over")},
            "rejects_by_reason": dict(sorted(self.rejects_by_reason.items())),
            "balanced": self.balanced,
            "seconds": round(self.seconds, 1),
        }

    def as_json(self) -> str:
        """Return the summary as one line of JSON."""
        return json.dumps(self.as_dict())
