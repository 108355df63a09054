"""The words that each trigger requires, computed from the lexicon for the prefilter."""

from functools import cache
from typing import NamedTuple

from newslake.transforms.events.data.inflections import lemmas_by_form, plain_forms
from newslake.transforms.events.data.lexicon import SPOKEN, Trigger, triggers, words

Lemmas = frozenset[str]

_ROLES = {"subj", "obj", "own", "content"}
_OPEN_TESTS = {"party", "any", "several", "none"}
_KINDS_OF_CLAUSE = {"inf", "that", "any"}


class Requirement(NamedTuple):
    """The words that a trigger requires in addition to its head: one lemma of each set."""

    sense: str
    """Sense of the trigger, as in lexicon.tsv."""
    words: tuple[Lemmas, ...]
    """Words that are required anywhere in the sentence."""
    near: tuple[Lemmas, ...]
    """Words that are required near the head: the other words of the phrase."""
    after: tuple[Lemmas, ...]
    """Words that are required after the head. After a modal verb, the distance must be small."""
    needs_official: bool
    """Whether the trigger requires an official in the sentence."""
    needs_speaker: bool
    """Whether the trigger requires a reported statement."""


@cache
def requirements_by_head() -> dict[str, tuple[Requirement, ...]]:
    """Return, for each head lemma, the requirements of its triggers."""
    return {
        head: tuple({_requirement(trigger): None for trigger in group})
        for head, group in triggers().items()
    }


@cache
def lemmas() -> dict[str, Lemmas]:
    """Return the possible lemmas of each word form, for all words in the lexicon."""
    every = [requirement for some in requirements_by_head().values() for requirement in some]
    named = {lemma for one in every for some in one.words + one.near + one.after for lemma in some}
    return lemmas_by_form(named | requirements_by_head().keys() | reporting_lemmas())


@cache
def reporting_lemmas() -> Lemmas:
    """Return the lemmas of reporting words, such as say and according."""
    return words("report") | {"according"}


@cache
def officials() -> Lemmas:
    """Return the forms of words for office holders and state bodies."""
    return _plain_forms_of(words("official"))


@cache
def plain_heads() -> Lemmas:
    """Return the forms of trigger heads that can be a noun or a verb in the present tense."""
    return _plain_forms_of(frozenset(requirements_by_head()))


def _plain_forms_of(lemmas: Lemmas) -> Lemmas:
    return frozenset(form for lemma in lemmas for form in plain_forms(lemma))


def _requirement(trigger: Trigger) -> Requirement:
    anywhere: list[Lemmas] = []
    after: list[Lemmas] = []
    spoken = trigger.sense in SPOKEN
    needs_official = spoken or any(role == "scene" for role, _, _ in trigger.conditions)
    for role, tests, is_wanted in trigger.conditions:
        if not is_wanted or role == "scene":
            continue
        if role == "clause":
            if tests == {"inf"}:
                after.append(frozenset({"to"}))
            elif not tests & _KINDS_OF_CLAUSE:
                anywhere.append(tests)
        elif role in {"verb", "does"}:
            (after if trigger.sense == "m" else anywhere).append(tests)
        else:
            if role not in _ROLES and "none" not in tests:
                after.append(frozenset({role}))
            if not tests & _OPEN_TESTS:
                anywhere.append(tests)
    needs_speaker = spoken and trigger.event_type.needs_speaker
    return Requirement(
        trigger.sense, tuple(anywhere), trigger.parts, tuple(after), needs_official, needs_speaker
    )
