"""The stories of the simulated papers; a story may appear in several papers or be corrected later."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

_VOCABULARY = """
harbour council ferry crews museum mayor bridge union storm school budget river market police
court station doctors factory village strike election visitors engineers summer winter island
governor fishermen library railway festival farmers airport parliament hospital children roof
minister warehouse neighbours committee electricity company border teachers mountain students
opened closed agreed promised refused counted repaired painted visited warned praised measured
found lost carried delayed reported demanded rejected planned bought sold moved stopped began
yesterday again together slowly twice nearly after before during without against around large
small old new wooden northern southern quiet crowded narrow heavy early late public private
seven eleven twenty forty hundred several many few most other first second last next whole
"""
WORDS = _VOCABULARY.split()
PARAGRAPHS = 4


@dataclass(frozen=True)
class Item:
    """A story in one paper."""

    story: int
    """Number of the story; all papers print the same text for it."""
    path: str
    at: datetime
    """Time of publication."""
    corrected_at: datetime | None = None
    """Time at which its text and headline change."""

    def is_corrected(self, now):
        return self.corrected_at is not None and self.corrected_at <= now

    def title(self, now):
        words = random.Random(f"title {self.story}").sample(WORDS, 6)
        return " ".join(words).capitalize() + (", corrected" if self.is_corrected(now) else "")

    def page(self, now):
        """Return the HTML of its page."""
        source = random.Random(f"text {self.story}")
        sentences = [
            " ".join(source.choices(WORDS, k=14)).capitalize() + "." for _ in range(3 * PARAGRAPHS)
        ]
        if self.is_corrected(now):
            sentences[0] += f" An earlier version of this text, of {self.at:%H:%M}, was wrong."
        paragraphs = (" ".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3))
        body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f"<title>{self.title(now)}</title>"
            f'<meta property="article:published_time" content="{self.at.isoformat()}"></head>'
            f"<body><article><h1>{self.title(now)}</h1>{body}</article></body></html>"
        ).encode()


def times(source, begin, days, stories):
    """Return `stories` times of publication in ascending order, more by day than by night."""
    found = []
    while len(found) < stories:
        time = begin + timedelta(days=days) * source.random()
        if 6 <= time.hour < 22 or source.random() < 0.2:
            found.append(time)
    return sorted(found)
