r"""Selects the passages of a text that are worth parsing: sentences with the words of a trigger.

Each passage is parsed separately, so its events do not depend on the text around it.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.expressions.datelines import dateline_of
from newslake.transforms.events.prefilter.prefilter import has_reporting_word, worth_parsing

MAX_CHARACTERS = 2_000
"""Maximum length of a passage, in characters; the parser's memory grows with this length."""

MAX_SENTENCE = 1_000
"""Maximum length of a sentence, in characters. Longer sentences are skipped, since parsing time
grows with the square of the length. One of 22,940 sentences in the benchmark pages is longer: a
list of 2,170 characters. The second longest sentence has 770 characters."""

_LINE_END = re.compile(r"\n| \|(?: |$)", re.MULTILINE)
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*\s+(?=[^a-z\s])")
_LONGEST = 12
"""Number of characters before a full stop that are searched for an abbreviation."""
_CLOSED = re.compile(r"[.!?…][\"'”’»)\]]*\s*$")
_QUOTES = re.compile(r"[\"“”«»]")
_HE = re.compile(r"\b(?:he|she|his|her|him)\b", re.IGNORECASE)


class Passage(NamedTuple):
    """A part of a text."""

    start: int
    """Offset of the passage in the text, in code points."""
    text: str
    """The text of the passage."""


def passages(text: str, political: bool = True, public: bool = True) -> Iterator[Passage]:
    r"""Yield the passages of `text`: runs of sentences that have the words of a trigger.

    A line or table cell that does not end like a sentence is a heading or caption, and skipped. A
    dateline is skipped too. A quotation is never split, since the speaker may be named at its end.
    A sentence with `he` or `she` is kept with the sentences before it. A run of more than
    `MAX_CHARACTERS` is cut between sentences. A sentence of more than `MAX_SENTENCE` characters is
    skipped.

    Args:
        text: An article's text.
        political: Whether the article is about politics, see `prefilter.worth_parsing`.
        public: Whether the article is about public affairs, see `prefilter.worth_parsing`.

    >>> list(passages("Attack on Kyiv\nSnow fell. Troops attacked Kyiv."))
    [Passage(start=26, text='Troops attacked Kyiv.')]
    """
    for start, line in _lines(text):
        if _CLOSED.search(line):
            skipped = len(dateline_of(line))
            for sentences in _parts(Passage(start + skipped, line[skipped:])):
                for run in _runs(sentences, political, public):
                    yield from _cut(*run)


def _lines(text: str) -> Iterator[Passage]:
    """Yield the lines of `text`; for a table row, yield each cell."""
    start = 0
    for end in _LINE_END.finditer(text):
        line = text[start : end.start()]
        yield Passage(start, line if end[0] == "\n" else _whole_sentences(line))
        start = end.end()
    yield Passage(start, text[start:])


def _whole_sentences(cell: str) -> str:
    """Return a cell without the text after its last sentence, such as Read more."""
    if _CLOSED.search(cell):
        return cell
    return cell[: max((start for start, _ in _sentences(cell)), default=0)].rstrip()


def _parts(line: Passage) -> Iterator[list[Passage]]:
    """Yield the sentences of a line in groups. A sentence that is too long ends a group."""
    start, text = line
    sentences = (Passage(start + first, text[first:last]) for first, last in _sentences(text))
    for is_short, group in groupby(sentences, key=lambda one: len(one.text) <= MAX_SENTENCE):
        if is_short:
            yield list(group)


def _runs(group: list[Passage], political: bool, public: bool) -> Iterator[Passage]:
    """Yield the runs of consecutive sentences that are worth parsing."""
    sentences = [one.text for one in group]
    text = "".join(sentences)
    quoted = bool(_QUOTES.search(text)) and has_reporting_word(text)
    wanted = [worth_parsing(sentence, political, public, quoted) for sentence in sentences]
    if any(wanted):
        _join_quotations(sentences, wanted)
        with_pronoun = [n for n, one in enumerate(wanted) if one and _HE.search(sentences[n])]
        wanted[: max(with_pronoun, default=0)] = [True] * max(with_pronoun, default=0)
    start = group[0].start
    for is_wanted, run in groupby(zip(wanted, sentences, strict=True), key=lambda one: one[0]):
        text = "".join(sentence for _, sentence in run)
        if is_wanted:
            yield Passage(start, text.rstrip())
        start += len(text)


def _join_quotations(sentences: list[str], wanted: list[bool]) -> None:
    """If one sentence of a quotation is marked, mark all of them: the last may name the speaker."""
    inside = False
    first = 0
    for number, sentence in enumerate(sentences):
        if not inside:
            first = number
        for mark in _QUOTES.findall(sentence):
            inside = {"“": True, "«": True, "”": False, "»": False}.get(mark, not inside)
        if not inside and any(wanted[first : number + 1]):
            wanted[first : number + 1] = [True] * (number + 1 - first)


def _sentences(line: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each sentence of a line. In doubt, do not split the line."""
    start = 0
    for match in _SENTENCE_END.finditer(line):
        last = line[max(start, match.start() - _LONGEST) : match.start()].split(" ")[-1].lower()
        if len(last) > 1 and "." not in last and last not in words("abbreviation"):
            yield start, match.end()
            start = match.end()
    if start < len(line):
        yield start, len(line)


def _cut(start: int, run: str) -> Iterator[Passage]:
    while len(run) > MAX_CHARACTERS:
        *_, (_, end), _ = _sentences(run[:MAX_CHARACTERS])
        yield Passage(start, run[:end])
        start, run = start + end, run[end:]
    yield Passage(start, run)
