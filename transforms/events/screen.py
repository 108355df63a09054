"""Which sentences can hold an act at all: the lexicon before the parse, in the time of a look-up a word.

A sentence passes if some trigger finds its words there: the head and the other words of its phrase, in
any inflection, and one of the words that each of its conditions names.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from transforms.events.actors import is_known
from transforms.events.lexicon import Trigger, triggers, words
from transforms.events.tables import read_lines

_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*|’ll|'ll")
_ROLES = {"subj", "obj", "own", "content"}
_OPEN_TESTS = {"party", "any", "several", "none"}
_NO_WORDS = {"clause", "scene", "verb", "does"}
_SPOKEN = {"m", "j", "c"}


class Need(NamedTuple):
    """What a trigger needs beside its head."""

    words: tuple[frozenset[str], ...]
    """One lemma of each."""
    weighty: bool
    """Whether it only counts where an official is near."""
    said: bool
    """Whether it only counts in what somebody says."""


def worth_parsing(sentence: str, political: bool, quoted: bool = False) -> bool:
    """Return whether `sentence` has the words of some trigger.

    Args:
        sentence: Some text.
        political: Whether the article is about politics; if not, triggers that are acts only of officials
            need one in the sentence.
        quoted: Whether there are quotation marks in or around it.

    >>> worth_parsing("Aid was given to Peru.", False), worth_parsing("He gave a talk.", False)
    (True, False)
    """
    found = _WORD.findall(sentence)
    lemmas: set[str] = set()
    for word in found:
        lemmas.update(_lemmas().get(word.lower(), ()))
    heads = lemmas & _needs().keys()
    if not heads:
        return False
    near = political or any(word.lower() in words("official") or is_known(word) for word in found)
    said = quoted or bool(lemmas & _telling())
    return any(
        (near or not need.weighty)
        and (said or not need.said)
        and all(lemmas & some for some in need.words)
        for head in heads
        for need in _needs()[head]
    )


def inflections(lemma: str) -> Iterable[str]:
    """Return the regular forms of a verb or noun, and more: what is no word does no harm.

    >>> sorted(inflections("deny"))[:4]
    ['denied', 'denies', 'deny', 'denyd']
    """
    stem = lemma.removesuffix("e")
    forms = {lemma, lemma + "s", lemma + "es", stem + "ed", stem + "ing", lemma + "d"}
    if lemma.endswith("y"):
        forms |= {lemma[:-1] + "ies", lemma[:-1] + "ied"}
    if lemma[-1:] in "bdgklmnprt":
        forms |= {lemma + lemma[-1] + ending for ending in ("ed", "ing")}
    if lemma.endswith("man"):
        forms.add(lemma[:-3] + "men")
    return forms


@cache
def _needs() -> dict[str, tuple[Need, ...]]:
    return {
        head: tuple({_need(trigger): None for trigger in those})
        for head, those in triggers().items()
    }


def _need(trigger: Trigger) -> Need:
    wanted = list(trigger.parts)
    spoken = trigger.sense in _SPOKEN
    weighty = spoken
    for role, tests, is_wanted in trigger.conditions:
        weighty = weighty or role == "scene"
        if role == "clause" and tests == {"inf"} and is_wanted:
            wanted.append(frozenset({"to"}))
        if not is_wanted or role in _NO_WORDS:
            continue
        if role not in _ROLES and "none" not in tests:
            wanted.append(frozenset({role}))
        if not tests & _OPEN_TESTS:
            wanted.append(tests)
    return Need(tuple(wanted), weighty, spoken and trigger.type != "AGREE")


@cache
def _telling() -> frozenset[str]:
    return words("report") | {"according"}


@cache
def _lemmas() -> dict[str, frozenset[str]]:
    """Return the lemmas that a form can be of, for all words that the lexicon names."""
    irregular: dict[str, list[str]] = {}
    for line in read_lines("words.tsv"):
        name, forms = line.split("\t")[:2]
        if name == "irregular":
            lemma, *others = forms.split()
            irregular.setdefault(lemma, []).extend(others)
    named = {lemma for head, needs in _needs().items() for lemma in (head, *_all(needs))}
    named |= _telling()
    found: dict[str, set[str]] = {}
    for lemma in named:
        for form in (*inflections(lemma), *irregular.get(lemma, ())):
            found.setdefault(form, set()).add(lemma)
    return {form: frozenset(lemmas) for form, lemmas in found.items()}


def _all(needs: Iterable[Need]) -> Iterable[str]:
    return (lemma for need in needs for some in need.words for lemma in some)
