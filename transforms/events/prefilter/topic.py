"""Recognises texts about sport, where an "attack" is not an event, and sentences about violence."""

import re

from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.expressions.casualties import injured, killed

RATE = 0.01
"""A text is about sport if at least this share of its words are results and sport words."""

_WORD = re.compile(r"[^\W\d_]+")
_RESULT = re.compile(
    r"\b(?:won|beat|lost|drew|win|beating|defeated|routed)\b[^.;]{0,40}?\b\d{1,3}[-–]\d{1,3}\b(?! \w+s\b)"
    r"|\b\d{1,3}[-–]\d{1,3} (?:win|victory|loss|defeat|draw|lead)\b"
    r"|\b(?:first|second) half\b(?! of)|\bhalf-time\b|\bextra time\b"
)


def is_sporting(text: str) -> bool:
    """Return whether `text`, one or more sentences, has match results or sports vocabulary.

    >>> is_sporting("The guests attacked and won 3-1."), is_sporting("The rebels attacked.")
    (True, False)
    """
    every = [word.casefold() for word in _WORD.findall(text)]
    results = len(_RESULT.findall(text))
    sport = words("sport")
    found = results + sum(word in sport for word in every)
    return (results > 0 or found > 2) and found >= RATE * len(every)


def is_violent(sentence: str) -> bool:
    """Return whether `sentence` names attackers, weapons, abductions or numbers of victims.

    Capitalised words, except the first, are ignored, since they may be names of teams.

    >>> is_violent("Gunmen attacked Goma."), is_violent("The Rebels attacked, and won.")
    (True, False)
    """
    found = _WORD.findall(sentence)
    plain = {word for word in found if word.islower()} | {word.lower() for word in found[:1]}
    if not plain.isdisjoint(words("violent")):
        return True
    return any(True for tolls in (killed, injured) for _ in tolls(sentence))
