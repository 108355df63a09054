"""Which sentences tell of violence in words that neither sport nor the kitchen has."""

import re

from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.expressions.casualties import injured, killed

_WORD = re.compile(r"[^\W\d_]+")


def is_violent(sentence: str) -> bool:
    """Return whether `sentence` names assailants, arms or abductions, or numbers the killed or injured.

    Words in capitals are names, of a team perhaps, but for the first one.

    >>> is_violent("Gunmen attacked Goma."), is_violent("The Rebels attacked, and won.")
    (True, False)
    """
    found = _WORD.findall(sentence)
    plain = {word for word in found if word.islower()} | {word.lower() for word in found[:1]}
    if not plain.isdisjoint(words("violent")):
        return True
    return any(True for tolls in (killed, injured) for _ in tolls(sentence))
