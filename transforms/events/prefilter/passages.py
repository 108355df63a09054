r"""The stretches of a text that are worth a parse: sentences with the words of some trigger.

A stretch is parsed by itself, so that what is found in it depends on nothing around it.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.expressions.datelines import dateline_of
from newslake.transforms.events.prefilter.prefilter import tells, worth_parsing

MAX_CHARACTERS = 2_000
"""Longest stretch given to the parser, whose memory grows with what it parses at once."""

MAX_SENTENCE = 1_000
"""A longer sentence is passed over, since the time for one grows with its square; of 22,940 in the pages
of the data sets one is, a list of 2,170 characters, and the next has 770."""

_LINE_END = re.compile(r"\n| \|(?: |$)", re.MULTILINE)
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*\s+(?=[^a-z\s])")
_LONGEST = 12
"""Letters of the longest abbreviation that is looked for, and more."""
_CLOSED = re.compile(r"[.!?…][\"'”’»)\]]*\s*$")
_QUOTES = re.compile(r"[\"“”«»]")
_HE = re.compile(r"\b(?:he|she|his|her|him)\b", re.IGNORECASE)


class Stretch(NamedTuple):
    """Part of a text."""

    start: int
    """Where it begins in the text, in code points."""
    text: str
    """Its characters."""


def stretches(text: str, political: bool = True, public: bool = True) -> Iterator[Stretch]:
    r"""Yield the runs of sentences of `text` that have the words of some trigger.

    A line, or a cell of a table, that does not end like a sentence is a heading or a caption; a dateline is left out. A
    quotation is read whole, since who speaks may stand at its end; a sentence with `he` or `she`
    takes those before it along. A run of more than `MAX_CHARACTERS` is cut after its last sentence
    that fits; a sentence of more than `MAX_SENTENCE` is left out.

    Args:
        text: An article's text.
        political: Whether it is about politics, see `screen.worth_parsing`.
        public: Likewise, about public affairs.

    >>> list(stretches("Attack on Kyiv\nSnow fell. Troops attacked Kyiv."))
    [Stretch(start=26, text='Troops attacked Kyiv.')]
    """
    for start, line in _lines(text):
        if _CLOSED.search(line):
            skipped = len(dateline_of(line))
            for sentences in _parts(Stretch(start + skipped, line[skipped:])):
                for run in _runs(sentences, political, public):
                    yield from _cut(*run)


def _lines(text: str) -> Iterator[Stretch]:
    """Yield the lines of `text`; of those that are rows of a table, the cells."""
    start = 0
    for end in _LINE_END.finditer(text):
        line = text[start : end.start()]
        yield Stretch(start, line if end[0] == "\n" else _whole_sentences(line))
        start = end.end()
    yield Stretch(start, text[start:])


def _whole_sentences(cell: str) -> str:
    """Return a cell without what stands behind its last sentence: Troops attacked. Read more."""
    if _CLOSED.search(cell):
        return cell
    return cell[: max((start for start, _ in _sentences(cell)), default=0)].rstrip()


def _parts(line: Stretch) -> Iterator[list[Stretch]]:
    """Yield the sentences of a line, those between two that are too long to be any together."""
    sentences = (
        Stretch(line.start + first, line.text[first:last]) for first, last in _sentences(line.text)
    )
    for is_short, those in groupby(sentences, key=lambda one: len(one.text) <= MAX_SENTENCE):
        if is_short:
            yield list(those)


def _runs(those: list[Stretch], political: bool, public: bool) -> Iterator[Stretch]:
    """Yield the stretches of neighbouring sentences that are worth a parse."""
    sentences = [one.text for one in those]
    text = "".join(sentences)
    quoted = bool(_QUOTES.search(text)) and tells(text)
    wanted = [worth_parsing(sentence, political, public, quoted) for sentence in sentences]
    if any(wanted):
        _join_quotations(sentences, wanted)
        spoken_of = [
            one for one, is_wanted in enumerate(wanted) if is_wanted and _HE.search(sentences[one])
        ]
        wanted[: max(spoken_of, default=0)] = [True] * max(spoken_of, default=0)
    start = those[0].start
    for is_wanted, run in groupby(zip(wanted, sentences, strict=True), key=lambda one: one[0]):
        text = "".join(sentence for _, sentence in run)
        if is_wanted:
            yield Stretch(start, text.rstrip())
        start += len(text)


def _join_quotations(sentences: list[str], wanted: list[bool]) -> None:
    """Want all sentences of a quotation of which one is wanted: who speaks may stand at its end."""
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
    """Yield where the sentences of a line begin and end; rather too few than one too many."""
    start = 0
    for match in _SENTENCE_END.finditer(line):
        last = line[max(start, match.start() - _LONGEST) : match.start()].split(" ")[-1].lower()
        if len(last) > 1 and "." not in last and last not in words("abbreviation"):
            yield start, match.end()
            start = match.end()
    if start < len(line):
        yield start, len(line)


def _cut(start: int, run: str) -> Iterator[Stretch]:
    while len(run) > MAX_CHARACTERS:
        *_, (_, end), _ = _sentences(run[:MAX_CHARACTERS])
        yield Stretch(start, run[:end])
        start, run = start + end, run[end:]
    yield Stretch(start, run)
