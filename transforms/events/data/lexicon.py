"""Which words carry which act: the tables lexicon.tsv and words.tsv, read into memory.

Everything that is known of English words stands in those tables, everything that is known of
sentences in the modules beside this one.
"""

from functools import cache
from hashlib import blake2b
from typing import NamedTuple

from newslake.schemas.ontology import EVENT_TYPES
from newslake.transforms.events.data.tsv import TABLES, read_lines, state_names

SPOKEN = {"m", "j", "c"}
"""Senses of words that are an act only in what somebody of weight says."""

STANCES = {"AGREE", "SUPPORT", "CONCEDE", "REQUEST", "ACCUSE", "REJECT", "THREATEN"}
"""Types that are acts of speech: only parties perform them, and what they speak of is no event."""

_SENSES = {"v", "n", "a"} | SPOKEN


class Condition(NamedTuple):
    """One test of a trigger's surroundings: `role:test`."""

    role: str
    """subj, obj, own, content, clause, verb, does, scene or a preposition."""
    tests: frozenset[str]
    """Lemmas; or party, several, any, none, inf, that."""
    wanted: bool
    """False if none of the tests may hold."""


class Trigger(NamedTuple):
    """One line of lexicon.tsv."""

    head: frozenset[str]
    """Lemmas of the word that carries the act."""
    parts: tuple[frozenset[str], ...]
    """Lemmas that must depend on it, for each further word of the phrase."""
    sense: str
    """v verb, n noun, a adjective; in what is said: m duty, j judgement, c verb of a charge."""
    type: str
    """The event's type."""
    conditions: tuple[Condition, ...]
    """All must hold."""
    recipients: tuple[str, ...]
    """Roles in which to look for recipients; empty: as the type has it."""


@cache
def words(name: str) -> frozenset[str]:
    """Return the class `name` of words.tsv.

    Raises:
        KeyError: there is no such class.
    """
    return _classes()[name]


@cache
def triggers() -> dict[str, tuple[Trigger, ...]]:
    """Return the triggers by head lemma, the most specific first.

    Raises:
        ValueError: a line of lexicon.tsv is wrong; the message tells which.
    """
    found: dict[str, list[Trigger]] = {}
    for line in read_lines("lexicon.tsv"):
        trigger = _trigger(line)
        for lemma in trigger.head:
            found.setdefault(lemma, []).append(trigger)
    return {lemma: tuple(sorted(those, key=_breadth)) for lemma, those in found.items()}


@cache
def digest() -> str:
    """Return eight hex digits that change with the tables."""
    tables = "\n".join(line for table in TABLES for line in read_lines(table))
    return blake2b(tables.encode(), digest_size=4).hexdigest()


@cache
def _classes() -> dict[str, frozenset[str]]:
    classes: dict[str, frozenset[str]] = {}
    for line in read_lines("words.tsv"):
        name, members = line.split("\t")[:2]
        classes[name] = classes.get(name, frozenset()) | frozenset(members.split())
    classes["official"] |= state_names()
    return classes


def _trigger(line: str) -> Trigger:
    columns = [*line.split("\t"), "", "", "", ""]
    phrase, sense, type, conditions, recipients = columns[:5]
    if type not in EVENT_TYPES or sense not in _SENSES:
        raise ValueError(f"lexicon.tsv: no such type or part of speech: {line!r}")
    head, *parts = (frozenset(word.split("|")) for word in phrase.split())
    return Trigger(
        head=head,
        parts=tuple(parts),
        sense=sense,
        type=type,
        conditions=tuple(_condition(condition, line) for condition in conditions.split()),
        recipients=tuple(recipients.split()),
    )


def _condition(condition: str, line: str) -> Condition:
    role, colon, tests = condition.partition(":")
    if not (role and colon and tests.strip("!")):
        raise ValueError(f"lexicon.tsv: {condition!r} is not role:test in {line!r}")
    lemmas: set[str] = set()
    for test in tests.removeprefix("!").split("|"):
        lemmas |= words(test[1:]) if test.startswith("*") else {test}
    return Condition(role, frozenset(lemmas), not tests.startswith("!"))


def _breadth(trigger: Trigger) -> tuple[int, int]:
    """Order triggers of one head: more words first, then more conditions, else as in the table."""
    return -len(trigger.parts), -len(trigger.conditions)
