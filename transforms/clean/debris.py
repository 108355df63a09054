"""Debris: boilerplate lines, which belong to the page and not to its story.

A line is boilerplate if it has the form of a link to another story, a call to share, subscribe or
comment, a credit, or the label of an advertisement. debris.toml lists the forms. A sentence must
also be at the end of a text, and the publisher must write about itself or link other stories:
losing a paragraph is worse than keeping a button.
"""

import re
import tomllib
from importlib.resources import files
from itertools import accumulate, compress

from newslake.transforms.text import count_words

SENTENCE_WORDS = 4
"""Minimum number of words of a sentence."""

MAX_WORDS = 25
"""Maximum number of words of a boilerplate line; longer lines are kept."""

MAX_LABEL_WORDS = 8
"""Maximum number of words of a credit, copyright notice or button. Longer lines inform."""

MAX_IMPRINT = 4
"""Maximum number of addresses and copyright notices below a text; a list of them has more."""

MAX_TEASER_WORDS = 30
"""Maximum number of words of a link to another story with its teaser."""

MAX_CLOSING_WORDS = 60
"""Maximum number of words of a line in which the publisher writes about itself."""

MAX_CHARACTERS = 1_000
"""Maximum length of a checked line, in characters. Longer lines may take the patterns minutes."""

# Closing quotes, brackets and a name in parentheses, such as an agency, may follow the full stop.
_SENTENCE_END = re.compile(
    r"""[.!?…。!?｡।॥۔؟։።][\s"'“”‘’»›«)\]」』】]*(?:\([^()]{2,20}\)[\s"'”’»›]*)?$"""
)

# Pronouns of the first or second person (not `US`, a country), or an imperative at the beginning.
_TO_READERS = re.compile(
    r"""\b(?:[Uu]s|[Mm]e|(?i:our|my|you|your))\b
    |(?i:(?:^|[.!?:;|…–—]\s+)(?:(?:please|to)\s+)?(?:sign[ ]up|subscribe|register|follow|find|like|join
    |get|receive|e-?mail|reach|contact|write|send))\b""",
    re.VERBOSE,
)


def _forms(kind: str) -> re.Pattern[str]:
    """Return a pattern that matches each form of a `kind` in debris.toml."""
    forms = "|".join(f"(?:{form})" for form in _TABLE["forms"][kind])
    for name, part in _TABLE["parts"].items():
        forms = forms.replace(f"{{{name}}}", part)
    return re.compile(forms, re.IGNORECASE | re.VERBOSE)


_TABLE = tomllib.loads((files(__package__) / "debris.toml").read_text(encoding="utf-8"))
_CALL, _LABEL, _RELATED = _forms("call"), _forms("label"), _forms("related")
_CLOSING, _RIGHTS, _IMPRINT = _forms("closing"), _forms("rights"), _forms("imprint")


def is_sentence(line: str) -> bool:
    """Return whether `line` ends like a sentence and has at least `SENTENCE_WORDS` words.

    >>> is_sentence("Ministers read also the fine print."), is_sentence("READ ALSO: Weather")
    (True, False)
    """
    return bool(_SENTENCE_END.search(line)) and count_words(line) >= SENTENCE_WORDS


def is_debris(line: str) -> bool:
    """Return whether `line`, without surrounding white space, belongs to the page and not to the story.

    >>> [is_debris(line) for line in ("Leave a Comment", "* * *", "Comments on the war")]
    [True, True, False]
    """
    if is_sentence(line):
        return False
    if not any(character.isalnum() for character in line):
        return True
    return len(line) <= MAX_CHARACTERS and (_is_label(line) or _is_call(line))


def _is_label(line: str) -> bool:
    is_short = count_words(line) <= MAX_LABEL_WORDS
    return is_short and (bool(_LABEL.fullmatch(line)) or _is_imprint(line))


def _is_imprint(line: str) -> bool:
    return len(line) <= MAX_CHARACTERS and bool(_IMPRINT.fullmatch(line))


def _is_call(line: str) -> bool:
    return count_words(line) <= MAX_WORDS and bool(_CALL.fullmatch(line))


def drop_debris(text: str) -> str:
    r"""Return `text` without boilerplate. A text that consists mainly of addresses is not changed.

    >>> drop_debris("Talks go on.\nREAD ALSO: Weather\nA bridge at dawn")
    'Talks go on.\nA bridge at dawn'
    """
    lines = text.split("\n")
    if sum(map(_is_imprint, lines)) > max(MAX_IMPRINT, len(lines) / 2):
        return text
    are_kept = [not is_debris(line) for line in lines]
    return "\n".join(compress(lines[: _story_end(lines, are_kept)], are_kept))


def _story_end(lines: list[str], are_kept: list[bool]) -> int:
    """Return the number of lines up to the end of the story. The publisher may add more lines.

    The publisher adds sentences about itself, and it adds headings above links to other stories.
    Such a heading ends the story only if all lines below the heading are short and have fewer words
    together than the lines above it. Otherwise the heading is part of the story.
    """
    words = [count_words(line) * kept for line, kept in zip(lines, are_kept, strict=True)]
    before = list(accumulate(words, initial=0))
    begin = are_kept.index(True) if any(are_kept) else len(lines)
    end = first = len(lines)  # no line from `first` to `end` is such a heading
    while True:
        while end > begin + 1 and (not are_kept[end - 1] or _is_closing(lines[end - 1])):
            end -= 1
        first = min(first, end)
        while first == end or words[first] <= MAX_TEASER_WORDS:
            if before[first - 1] <= before[end] - before[first]:
                return end
            first -= 1
            if _is_related(lines[first]):
                end = first
                break
        else:
            return end


def _is_related(line: str) -> bool:
    return len(line) <= MAX_CHARACTERS and bool(_RELATED.fullmatch(line))


def _is_closing(line: str) -> bool:
    if len(line) > MAX_CHARACTERS or count_words(line) > MAX_CLOSING_WORDS:
        return False
    return bool(_RIGHTS.search(line) or (_CLOSING.search(line) and _TO_READERS.search(line)))
