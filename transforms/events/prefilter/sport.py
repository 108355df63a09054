"""Whether a text is about sport, where teams attack, defend and are suspended, and nothing has happened."""

import re

from newslake.transforms.events.data.lexicon import words

RATE = 0.01
"""Share of a text's words that are scores or words of sport, from which it is about that."""

_WORD = re.compile(r"[^\W\d_]+")
_RESULT = re.compile(
    r"\b(?:won|beat|lost|drew|win|beating|defeated|routed)\b[^.;]{0,40}?\b\d{1,3}[-–]\d{1,3}\b(?! \w+s\b)"
    r"|\b\d{1,3}[-–]\d{1,3} (?:win|victory|loss|defeat|draw|lead)\b"
    r"|\b(?:first|second) half\b(?! of)|\bhalf-time\b|\bextra time\b"
)


def is_sporting(text: str) -> bool:
    """Return whether `text`, a sentence or more, is about sport: it tells a result, or has its words.

    >>> is_sporting("The guests attacked and won 3-1."), is_sporting("The rebels attacked.")
    (True, False)
    """
    every = [word.casefold() for word in _WORD.findall(text)]
    results = len(_RESULT.findall(text))
    sport = words("sport")
    found = results + sum(word in sport for word in every)
    return (results > 0 or found > 2) and found >= RATE * len(every)
