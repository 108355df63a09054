"""Which sentences can hold an act at all: the lexicon before the parse, in the time of a look-up a word.

A sentence passes if some trigger finds its words there: the head, in a form and after a word that allow
its sense; the other words of its phrase and those that its conditions name, in any inflection.
"""

import re
from collections.abc import Sequence

from newslake.transforms.events.data.actors import known_names
from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.prefilter.requirements import (
    Lemmas,
    Need,
    lemmas,
    needs,
    officials,
    plain_heads,
    telling,
)
from newslake.transforms.events.prefilter.topic import is_violent

_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*|’ll|'ll|[^\w\s]|\d+")
_NONE: Lemmas = frozenset()
_REACH = 8
"""So many words from its head the words of a phrase are sought; marks count too."""
_SOON = 4
"""Likewise, what follows a modal verb: has to, will surely raise."""


def worth_parsing(
    sentence: str, political: bool, public: bool = True, quoted: bool = False
) -> bool:
    """Return whether `sentence` has the words of some trigger.

    Args:
        sentence: Some text.
        political: Whether the article is about politics; if not, triggers that are acts only of officials
            need one in the sentence.
        public: Whether it is about public affairs at all; if not, all triggers do, or one of violence.
        quoted: Whether it may stand in a quotation whose speaker another sentence tells.

    >>> worth_parsing("Aid was given to Peru.", False), worth_parsing("He gave a talk.", False)
    (True, False)
    """
    found = _WORD.findall(sentence)
    lowered = [word.lower() for word in found]
    known = [lemmas().get(word, _NONE) for word in lowered]
    by_head = needs()
    heads = [
        (place, need)
        for place, some in enumerate(known)
        for lemma in some
        for need in by_head.get(lemma, ())
    ]
    if not heads:
        return False
    official = (
        political or not officials().isdisjoint(lowered) or not known_names().isdisjoint(found)
    )
    if not (public or official or is_violent(sentence)):
        return False
    every = _NONE.union(*known)
    said = quoted or bool(every & telling())
    return any(
        (official or not need.weighty)
        and (said or not need.said)
        and all(every & some for some in need.words)
        and _can_carry(need.sense, lowered, place)
        and _has_phrase(need, known, place)
        for place, need in heads
    )


def tells(text: str) -> bool:
    """Return whether `text` has a word by which it could tell that somebody says something."""
    return any(lemmas().get(word.lower(), _NONE) & telling() for word in _WORD.findall(text))


def _can_carry(sense: str, lowered: Sequence[str], place: int) -> bool:
    """Return whether the word at `place` can have the part of speech of `sense`."""
    word, before = lowered[place], lowered[place - 1] if place else ""
    if sense == "n":
        return word in plain_heads()
    if sense not in {"v", "c"}:
        return True
    if before in words("article"):
        return word.endswith("ing")
    if word not in plain_heads() or "?" in lowered:
        return True
    if word in needs() and word not in words("same_past"):  # attack, not attacks
        plural = before.endswith(("s", "ly"))
        return plural or not before.isalpha() or before in words("before_verb")
    return before not in words("linking")


def _has_phrase(need: Need, known: Sequence[Lemmas], place: int) -> bool:
    """Return whether the other words of the phrase stand near its head, and those that must follow do."""
    if need.near:
        within = _NONE.union(*known[max(0, place - _REACH) : place + _REACH + 1])
        if not all(within & some for some in need.near):
            return False
    end = place + 1 + _SOON if need.sense == "m" else len(known)
    return not need.after or all(some & _NONE.union(*known[place + 1 : end]) for some in need.after)
