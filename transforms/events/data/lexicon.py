"""Loads the tables lexicon.tsv and words.tsv: the words that express each event type.

All facts about English words are in these tables; all rules about sentences are in the code.
"""

from collections.abc import Collection
from functools import cache
from hashlib import blake2b
from typing import NamedTuple

from newslake.schemas.ontology import EVENT_TYPES, EventType
from newslake.transforms.events.data.data_files import TABLES, read_lines, state_names

SPOKEN = {"m", "j", "c"}
"""Senses of triggers. These triggers report an event only in an official's statement."""

_SENSES = {"v", "n", "a"} | SPOKEN


class Condition(NamedTuple):
    """A test of the words around a trigger, written `role:test`."""

    role: str
    """subj, obj, own, content, clause, verb, does, scene (a party is an official) or a preposition."""
    tests: frozenset[str]
    """Lemmas, or the words `party`, `several`, `any`, `none`, `inf` and `that`."""
    wanted: bool
    """True if at least one of the tests must hold; false if none may hold."""


class Trigger(NamedTuple):
    """One line of lexicon.tsv."""

    head: frozenset[str]
    """Lemmas of the word that expresses the event."""
    parts: tuple[frozenset[str], ...]
    """The lemmas of each other word of the phrase. These words must depend on the head."""
    sense: str
    """`v` = verb, `n` = noun, `a` = adjective. In statements: `m` = duty, `j` = judgement, `c` =
    verb of a charge."""
    type: str
    """Type of the event."""
    conditions: tuple[Condition, ...]
    """Conditions that must all hold."""
    recipients: tuple[str, ...]
    """Roles to search for recipients; if empty, the default roles."""
    modes: tuple[tuple[str, frozenset[str]], ...] = ()
    """Modes of the event, each with the lemmas that tell it; no lemmas: the phrase tells it."""

    @property
    def event_type(self) -> EventType:
        """The declaration of the type."""
        return EVENT_TYPES[self.type]

    def mode(self, lemmas: Collection[str]) -> str | None:
        """Return the first mode that `lemmas`, the words of the event, tell; None if they do not."""
        return next((mode for mode, words in self.modes if not words or words & {*lemmas}), None)


@cache
def words(name: str) -> frozenset[str]:
    """Return the words of the class `name` of words.tsv.

    Raises:
        KeyError: there is no such class.
    """
    return _classes()[name]


@cache
def triggers() -> dict[str, tuple[Trigger, ...]]:
    """Return the triggers of each head lemma, the most specific first.

    Raises:
        ValueError: a line of lexicon.tsv is invalid; the message quotes it.
    """
    found: dict[str, list[Trigger]] = {}
    for line in read_lines("lexicon.tsv"):
        trigger = _trigger(line)
        for lemma in trigger.head:
            found.setdefault(lemma, []).append(trigger)
    return {lemma: tuple(sorted(group, key=_breadth)) for lemma, group in found.items()}


@cache
def digest() -> str:
    """Return a hash of the tables as eight hex digits."""
    found = blake2b(digest_size=4)
    for number, line in enumerate(line for table in TABLES for line in read_lines(table)):
        found.update(b"\n" * bool(number) + line.encode())
    return found.hexdigest()


@cache
def _classes() -> dict[str, frozenset[str]]:
    classes: dict[str, frozenset[str]] = {}
    for line in read_lines("words.tsv"):
        name, members = line.split("\t")[:2]
        classes[name] = classes.get(name, frozenset()) | frozenset(members.split())
    classes["official"] |= state_names()
    return classes


def _trigger(line: str) -> Trigger:
    columns = [*line.split("\t"), "", "", "", "", ""]
    phrase, sense, type, conditions, recipients, modes = columns[:6]
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
        modes=tuple(_mode(mode, type, line) for mode in modes.split()),
    )


def _mode(mode: str, type: str, line: str) -> tuple[str, frozenset[str]]:
    name, colon, lemmas = mode.partition(":")
    if name not in EVENT_TYPES[type].modes:
        raise ValueError(f"lexicon.tsv: {type} has no mode {name!r} in {line!r}")
    return name, frozenset(lemmas.split("|") if colon else ())


def _condition(condition: str, line: str) -> Condition:
    role, colon, tests = condition.partition(":")
    if not (role and colon and tests.strip("!")):
        raise ValueError(f"lexicon.tsv: {condition!r} is not role:test in {line!r}")
    lemmas: set[str] = set()
    for test in tests.removeprefix("!").split("|"):
        lemmas |= words(test[1:]) if test.startswith("*") else {test}
    return Condition(role, frozenset(lemmas), not tests.startswith("!"))


def _breadth(trigger: Trigger) -> tuple[int, int]:
    """Return a sort key: first triggers with more words, then triggers with more conditions."""
    return -len(trigger.parts), -len(trigger.conditions)
