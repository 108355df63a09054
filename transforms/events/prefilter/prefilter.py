"""The prefilter: decides by words alone whether to parse a sentence, and looks up each word once.

A sentence passes if it has the words of a trigger. The form of the head and the word before it must
fit the trigger's sense. The other words of the phrase and of conditions may have any inflection.
"""

import re
from collections.abc import Sequence

from newslake.transforms.events.data.actors import known_names
from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.prefilter.requirements import (
    Lemmas,
    Requirement,
    lemmas,
    officials,
    plain_heads,
    reporting_lemmas,
    requirements_by_head,
)
from newslake.transforms.events.prefilter.topic import is_violent

_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*|’ll|'ll|[^\w\s]|\d+")
_NONE: Lemmas = frozenset()
_REACH = 8
"""Maximum distance of the words of a phrase from its head, in words and punctuation marks."""
_SOON = 4
"""Maximum distance from a modal verb to a later word, in the same unit: will surely raise."""


def worth_parsing(
    sentence: str, political: bool, public: bool = True, quoted: bool = False
) -> bool:
    """Return whether `sentence` has the words of a trigger.

    Args:
        sentence: The sentence.
        political: Whether the article is about politics. If not, a trigger that requires an
            official counts only in sentences that name an official.
        public: Whether the article is about public affairs. If not, the sentence must name an
            official or have a word of violence.
        quoted: Whether the sentence may be in a quotation whose speaker another sentence names.

    >>> worth_parsing("Aid was given to Peru.", False), worth_parsing("He gave a talk.", False)
    (True, False)
    """
    found = _WORD.findall(sentence)
    lowered = [word.lower() for word in found]
    known = [lemmas().get(word, _NONE) for word in lowered]
    by_head = requirements_by_head()
    heads = [
        (place, requirement)
        for place, some in enumerate(known)
        for lemma in some
        for requirement in by_head.get(lemma, ())
    ]
    if not heads:
        return False
    official = (
        political or not officials().isdisjoint(lowered) or not known_names().isdisjoint(found)
    )
    if not (public or official or is_violent(sentence)):
        return False
    every = _NONE.union(*known)
    said = quoted or bool(every & reporting_lemmas())
    return any(
        (official or not requirement.needs_official)
        and (said or not requirement.needs_speaker)
        and all(every & some for some in requirement.words)
        and _can_carry(requirement.sense, lowered, place)
        and _has_phrase(requirement, known, place)
        for place, requirement in heads
    )


def has_reporting_word(text: str) -> bool:
    """Return whether `text` has a reporting word, such as said or according."""
    known = (lemmas().get(word.lower(), _NONE) for word in _WORD.findall(text))
    return any(some & reporting_lemmas() for some in known)


def _can_carry(sense: str, lowered: Sequence[str], place: int) -> bool:
    """Return whether the word at `place` can have the part of speech that `sense` requires."""
    word, before = lowered[place], lowered[place - 1] if place else ""
    if sense == "n":
        return word in plain_heads()
    if sense not in {"v", "c"}:
        return True
    if before in words("article"):
        return word.endswith("ing")
    if word not in plain_heads() or "?" in lowered:
        return True
    if word in requirements_by_head() and word not in words("same_past"):  # attack, not attacks
        plural = before.endswith(("s", "ly"))
        return plural or not before.isalpha() or before in words("before_verb")
    return before not in words("linking")


def _has_phrase(requirement: Requirement, known: Sequence[Lemmas], place: int) -> bool:
    """Return whether the required words are near the head at `place`, or after the head."""
    if requirement.near:
        within = _NONE.union(*known[max(0, place - _REACH) : place + _REACH + 1])
        if not all(within & some for some in requirement.near):
            return False
    end = place + 1 + _SOON if requirement.sense == "m" else len(known)
    return all(some & _NONE.union(*known[place + 1 : end]) for some in requirement.after)
