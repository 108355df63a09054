"""What spaCy's attribute ruler and lemmatizer do, a look-up a word: parts of speech and lemmas from tags.

The model's own patterns and tables are read, so that the result is the same but for the few patterns
of several words. Its matcher tries all patterns at each word, which takes a quarter of the whole parse.
"""

from collections.abc import Callable, Iterable
from typing import Any

KEYS = {"TAG", "LOWER", "DEP"}
"""What a pattern may ask of its one word."""


MOST_KNOWN = 15_000
"""So many words with their tags are remembered; then all are forgotten, lest they grow for ever."""


class Ruler:
    """Sets part of speech and lemma of the words of a document; morphology only of words new to it.

    Args:
        patterns: Those of the attribute ruler. The few of several words, such as `ain’t` and `there is`,
            are left out.
        lemma_of: Returns the lemma of a token whose part of speech and morphology are set.
    """

    def __init__(
        self, patterns: Iterable[dict[str, Any]], lemma_of: Callable[[Any], str] = str
    ) -> None:
        self._lemma_of = lemma_of
        self._patterns: list[tuple[dict[str, Any], dict[str, str]]] = []
        for pattern in patterns:
            for words in pattern["patterns"]:
                if len(words) == 1 and _is_plain(words[0]):
                    self._patterns.append((words[0], pattern["attrs"]))
        self._named = {
            key: {one for asked, _ in self._patterns for one in _values(asked.get(key))}
            for key in ("LOWER", "DEP")
        }
        self._by_tag: dict[tuple[str, str, str], dict[str, str]] = {}
        self._known: dict[tuple[int, int, str], tuple[int, str]] = {}

    def __call__(self, doc: Any) -> Any:
        """Return `doc`, with its words told apart."""
        labels = self._named["DEP"]
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        for token in doc:
            label = token.dep_
            key = (token.orth, token.tag, label if label in labels else "*")
            known = self._known.get(key)
            if known is None:
                known = self._known[key] = self._told(token, key[2])
            token.pos, token.lemma_ = known
        return doc

    def _told(self, token: Any, label: str) -> tuple[int, str]:
        """Return part of speech and lemma of a word that has not been met with its tag and label."""
        lower = token.lower_
        key = (token.tag_, lower if lower in self._named["LOWER"] else "*", label)
        attributes = self._by_tag.get(key)
        if attributes is None:
            attributes = self._by_tag[key] = self._attributes(*key)
        if "POS" in attributes:
            token.pos_ = attributes["POS"]
        if "MORPH" in attributes:
            token.set_morph(attributes["MORPH"])
        return token.pos, attributes.get("LEMMA") or self._lemma_of(token)

    def _attributes(self, tag: str, lower: str, label: str) -> dict[str, str]:
        """Return what the patterns say of such a word; later ones go before earlier ones."""
        found: dict[str, str] = {}
        word = {"TAG": tag, "LOWER": lower, "DEP": label}
        for asked, attributes in self._patterns:
            if all(_allows(value, word[key]) for key, value in asked.items()):
                found |= attributes
        return found


def _is_plain(asked: dict[str, Any]) -> bool:
    """Return whether a pattern's word is asked for by values alone, not by a regular expression."""
    lists = all(
        value.keys() <= {"IN", "NOT_IN"} for value in asked.values() if isinstance(value, dict)
    )
    return asked.keys() <= KEYS and lists


def _allows(value: Any, found: str) -> bool:
    if not isinstance(value, dict):
        return found == value
    return found in value.get("IN", (found,)) and found not in value.get("NOT_IN", ())


def _values(value: Any) -> Iterable[str]:
    """Return the values that a pattern names: one, or those of `{"IN": […], "NOT_IN": […]}`."""
    if isinstance(value, dict):
        return [*value.get("IN", ()), *value.get("NOT_IN", ())]
    return [] if value is None else [value]
