"""Texts with a known amount of wording in common."""

from random import Random


def block(name, words=40):
    """Return a stretch of made-up words, always the same one for a name, unlike any other's."""
    random = Random(name)
    return " ".join(f"{name}{random.randrange(10**6)}" for _ in range(words))


def text_of(names):
    """Return the blocks of these names, one a paragraph."""
    return "\n".join(block(name) for name in names)
