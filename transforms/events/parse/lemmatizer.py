"""Replaces spaCy's attribute ruler and lemmatizer by one look-up per word.

The look-up uses the model's patterns and tables, so the results are the same. The few patterns of
several words are an exception. spaCy's matcher tries all patterns at each word (25 % of the time).
"""

from collections.abc import Callable, Iterable
from typing import Any

LEMMATIZER = "newslake_ruler"
"""Name of the component that replaces the model's attribute ruler and lemmatizer."""

KEYS = {"TAG", "LOWER", "DEP"}
"""Token attributes that supported patterns use."""

MAX_KNOWN = 15_000
"""Maximum number of pairs of a word and a tag in the cache. A cache with more pairs is cleared."""


class FastLemmatizer:
    """Sets part of speech and lemma of each word. Sets morphology of words that are not cached.

    Args:
        patterns: The patterns of the attribute ruler. Patterns of several words, such as `ain’t`,
            are ignored.
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
            key: {one for wanted, _ in self._patterns for one in _values(wanted.get(key))}
            for key in ("LOWER", "DEP")
        }
        self._by_tag: dict[tuple[str, str, str], dict[str, str]] = {}
        self._known: dict[tuple[int, int, str], tuple[int, str]] = {}

    def __call__(self, doc: Any) -> Any:
        """Set part of speech and lemma of each token of `doc`, and return `doc`."""
        labels = self._named["DEP"]
        if len(self._known) > MAX_KNOWN:
            self._known.clear()
        for token in doc:
            label = token.dep_
            key = (token.orth, token.tag, label if label in labels else "*")
            known = self._known.get(key)
            if known is None:
                known = self._known[key] = self._analyse(token, key[2])
            token.pos, token.lemma_ = known
        return doc

    def _analyse(self, token: Any, label: str) -> tuple[int, str]:
        """Return part of speech and lemma of a word that is not in the cache."""
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
        """Return the attributes that the patterns set. Later patterns override earlier patterns."""
        found: dict[str, str] = {}
        word = {"TAG": tag, "LOWER": lower, "DEP": label}
        for wanted, attributes in self._patterns:
            if all(_allows(value, word[key]) for key, value in wanted.items()):
                found |= attributes
        return found


def replace_lemmatizer(model: Any) -> None:
    """Put a `FastLemmatizer` in place of the attribute ruler and lemmatizer of the spaCy `model`."""
    from spacy.language import Language

    lemmatizer = model.get_pipe("lemmatizer")

    def lemma_of(token: Any) -> str:
        lemmatizer.cache.clear()  # FastLemmatizer has its own cache
        lemma: str = lemmatizer.rule_lemmatize(token)[0]
        return lemma

    fast_lemmatizer = FastLemmatizer(model.get_pipe("attribute_ruler").patterns, lemma_of)
    Language.component(LEMMATIZER, func=fast_lemmatizer)
    model.add_pipe(LEMMATIZER, after="parser")
    model.remove_pipe("attribute_ruler")
    model.remove_pipe("lemmatizer")


def _is_plain(wanted: dict[str, Any]) -> bool:
    """Return whether a pattern specifies its word by values and not by a regular expression."""
    lists = all(
        value.keys() <= {"IN", "NOT_IN"} for value in wanted.values() if isinstance(value, dict)
    )
    return wanted.keys() <= KEYS and lists


def _allows(value: Any, found: str) -> bool:
    if not isinstance(value, dict):
        return found == value
    return found in value.get("IN", (found,)) and found not in value.get("NOT_IN", ())


def _values(value: Any) -> Iterable[str]:
    """Return the values in a pattern: a single value, or those of `{"IN": […], "NOT_IN": […]}`."""
    if isinstance(value, dict):
        return [*value.get("IN", ()), *value.get("NOT_IN", ())]
    return [] if value is None else [value]
