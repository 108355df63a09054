r"""The stretches of a text that are worth a parse.

A stretch is parsed by itself, so that what is found in it depends on nothing around it.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from transforms.events.lexicon import trigger_search

MAX_CHARACTERS = 2_000
"""Longest stretch given to the parser, whose memory grows with what it parses at once."""

_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*\s+")
_DATELINE = re.compile(
    r"[A-Z][\w.’' ]*(?:, [A-Z][\w.’' ]*){0,2}(?:, [A-Z][a-z]{2,8}\.? \d{1,2})? ?(?:\([\w/ ]+\) ?)?(?:—|–|--) "
)
"""Where, when and by which agency a story was filed: `KYIV, Ukraine, May 2 (AP) — `."""
_CLOSED = re.compile(r"[.!?…][\"'”’»)\]]*\s*$")


class Stretch(NamedTuple):
    """Part of a text."""

    start: int
    """Where it begins in the text, in code points."""
    text: str
    """Its characters."""


def stretches(text: str) -> Iterator[Stretch]:
    r"""Yield the lines of `text` that hold sentences and a word that may tell an event.

    A line that does not end like a sentence is a heading or a caption; a dateline is left out. A line of more than
    `MAX_CHARACTERS` is cut after its last sentence, or else its last word, that fits; a word
    longer than that is no word and is left out.

    >>> list(stretches("Attack on Kyiv\nTroops attacked Kyiv."))
    [Stretch(start=15, text='Troops attacked Kyiv.')]
    """
    start = 0
    for line in text.split("\n"):
        if _CLOSED.search(line):
            dateline = _DATELINE.match(line)
            skipped = dateline.end() if dateline else 0
            for stretch in _cut(start + skipped, line[skipped:]):
                if trigger_search().search(stretch.text):
                    yield stretch
        start += len(line) + 1


def _cut(start: int, line: str) -> Iterator[Stretch]:
    while len(line) > MAX_CHARACTERS:
        window = line[:MAX_CHARACTERS]
        ends = [match.end() for match in _SENTENCE_END.finditer(window)]
        cut = ends[-1] if ends else window.rfind(" ") + 1
        if cut:
            yield Stretch(start, line[:cut])
        else:
            cut = MAX_CHARACTERS
        start, line = start + cut, line[cut:]
    yield Stretch(start, line)
