"""Word-level differences between two versions of a text."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

MAX_ALIGNED = 1_000
"""Maximum number of lines or words in a sequence to align. A longer sequence is one change."""

_SHOWN_CHANGES = 8
"""Maximum number of changes in a summary."""

_SHOWN_WORDS = 12
"""Maximum number of words quoted from a change: from the removed text, and from the added text."""


class Changes(NamedTuple):
    """The differences between a version of a text and the previous version."""

    words_added: int
    words_removed: int
    summary: str
    """First changes in text order: `“five” → “seven”; + “He denied it.”; − “Photo: AP”; …`."""


class _Change(NamedTuple):
    removed: Sequence[str]
    added: Sequence[str]


def changes(before: str, after: str) -> Changes:
    """Return the changes that turn `before` into `after`.

    >>> changes("Five died in Kyiv.", "Seven died in Kyiv. Two are missing.")
    Changes(words_added=4, words_removed=1, summary='“Five” → “Seven”; + “Two are missing.”')
    """
    found = [
        change
        for lines in _differences(before.split("\n"), after.split("\n"))
        for change in _differences(_words(lines.removed), _words(lines.added))
    ]
    descriptions = [_describe(change) for change in found[:_SHOWN_CHANGES]]
    return Changes(
        words_added=sum(len(change.added) for change in found),
        words_removed=sum(len(change.removed) for change in found),
        summary="; ".join(descriptions + ["…"] * (len(found) > len(descriptions))),
    )


def _words(lines: Sequence[str]) -> list[str]:
    return " ".join(lines).split()


def _differences(before: Sequence[str], after: Sequence[str]) -> Iterator[_Change]:
    """Yield the parts in which two sequences differ, in order."""
    start = _common_prefix(before, after)
    before, after = before[start:], after[start:]
    end = _common_prefix(before[::-1], after[::-1])
    before, after = before[: len(before) - end], after[: len(after) - end]
    if max(len(before), len(after)) > MAX_ALIGNED:
        yield _Change(before, after)
        return
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            yield _Change(before[a:b], after[c:d])


def _common_prefix(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the longest common prefix of two sequences."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _describe(change: _Change) -> str:
    removed, added = _quoted(change.removed), _quoted(change.added)
    if removed and added:
        return f"{removed} → {added}"
    return f"+ {added}" if added else f"− {removed}"


def _quoted(words: Sequence[str]) -> str:
    shown = " ".join(words[:_SHOWN_WORDS])
    return f"“{shown}{' …' * (len(words) > _SHOWN_WORDS)}”" if words else ""
