"""Texts that share a known amount of wording."""

from random import Random


def block(name, words=40):
    """Return made-up words: always the same for a name, and different for each name."""
    random = Random(name)
    return " ".join(f"{name}{random.randrange(10**6)}" for _ in range(words))


def text_of(names):
    """Return the blocks of these names, one per paragraph."""
    return "\n".join(block(name) for name in names)
