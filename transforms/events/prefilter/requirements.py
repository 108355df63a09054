"""What each trigger of the lexicon needs of a sentence, told in words alone: the lexicon as the screen asks it."""

from functools import cache
from typing import NamedTuple

from newslake.transforms.events.data.inflections import lemmas_by_form, plain_forms
from newslake.transforms.events.data.lexicon import SPOKEN, Trigger, triggers, words

Lemmas = frozenset[str]

_ROLES = {"subj", "obj", "own", "content"}
_OPEN_TESTS = {"party", "any", "several", "none"}
_KINDS_OF_CLAUSE = {"inf", "that", "any"}


class Need(NamedTuple):
    """What a trigger needs beside its head; of several lemmas one will do."""

    sense: str
    """As in lexicon.tsv."""
    words: tuple[Lemmas, ...]
    """Anywhere."""
    near: tuple[Lemmas, ...]
    """Near the head: the other words of the phrase."""
    after: tuple[Lemmas, ...]
    """After the head; of a modal verb, soon after."""
    weighty: bool
    """Whether it only counts where an official is near."""
    said: bool
    """Whether it only counts in what somebody says."""


@cache
def needs() -> dict[str, tuple[Need, ...]]:
    """Return the needs of triggers by the lemma of their head."""
    return {
        head: tuple({_need(trigger): None for trigger in those})
        for head, those in triggers().items()
    }


@cache
def lemmas() -> dict[str, Lemmas]:
    """Return the lemmas that a form can be of, for all words that the lexicon names."""
    those = [need for some in needs().values() for need in some]
    named = {lemma for one in those for some in one.words + one.near + one.after for lemma in some}
    return lemmas_by_form(named | needs().keys() | telling())


@cache
def telling() -> Lemmas:
    """Return the lemmas of words by which a text can tell that somebody says something."""
    return words("report") | {"according"}


@cache
def officials() -> Lemmas:
    """Return the forms of words for holders of office and bodies of state."""
    return _plain_forms_of(words("official"))


@cache
def plain_heads() -> Lemmas:
    """Return the forms of triggers' heads that can be of a noun, and of a verb in the present."""
    return _plain_forms_of(frozenset(needs()))


def _plain_forms_of(those: Lemmas) -> Lemmas:
    return frozenset(form for lemma in those for form in plain_forms(lemma))


def _need(trigger: Trigger) -> Need:
    anywhere: list[Lemmas] = []
    after: list[Lemmas] = []
    spoken = trigger.sense in SPOKEN
    weighty = spoken
    for role, tests, is_wanted in trigger.conditions:
        weighty = weighty or role == "scene"
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
    said = spoken and trigger.type != "AGREE"
    return Need(trigger.sense, tuple(anywhere), trigger.parts, tuple(after), weighty, said)
