"""Suggestions for misspelt words: "did you mean ...?"."""

from collections.abc import Iterable

SIMILARITY = 0.6
"""Minimum similarity of a suggestion, from 0 to 1; see `difflib.SequenceMatcher.ratio`."""


def similar(word: str, known: Iterable[str]) -> str | None:
    """Return the name in `known` that is most similar to `word`; None if no name is similar.

    Case, leading `-`, and the difference between `-` and `_` do not count.

    >>> similar("Articel", ["articles", "runs"])
    'articles'
    """
    from difflib import get_close_matches  # most commands need no suggestion

    names = {_folded(name): name for name in known}
    found = get_close_matches(_folded(word), names, n=1, cutoff=SIMILARITY)
    return names[found[0]] if found else None


def unknown(what: str, word: str, known: Iterable[str], help_command: str) -> str:
    """Return a message about the unknown `word`, with a suggestion if a known name is similar.

    >>> unknown("option --formt", "--formt", ["--format"], "newslake query --help")
    'unknown option --formt; did you mean --format? See `newslake query --help`'
    """
    return with_help(f"unknown {what}", help_command, similar(word, known))


def with_help(problem: str, help_command: str, name: str | None = None) -> str:
    """Return `problem` with the command that prints help; before it, `name` is suggested if given."""
    message = f"{problem}; did you mean {name}?" if name else problem
    see = " See" if message.endswith("?") else "; see"
    return f"{message}{see} `{help_command}`"


def _folded(name: str) -> str:
    return name.lower().replace("_", "-").lstrip("-")
