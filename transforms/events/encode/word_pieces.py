"""Splits words into the word pieces of BERT's vocabulary (uncased)."""

import unicodedata
from collections.abc import Iterator, Sequence

_MOST = 100
"""A longer word is unknown."""


class WordPieces:
    """The vocabulary of an encoder.

    Args:
        vocabulary: The word pieces in the order of their numbers; `##` marks one inside a word.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(vocabulary)}
        self.start, self.end = self._numbers["<s>"], self._numbers["</s>"]
        self._unknown = self._numbers["[UNK]"]

    def of(self, word: str) -> list[int]:
        """Return the numbers of the pieces of a word, at least one."""
        return [one for part in _parts(word) for one in self._split(part)] or [self._unknown]

    def _split(self, part: str) -> list[int]:
        """Return the longest known pieces from left to right."""
        found: list[int] = []
        start = 0
        while start < len(part):
            mark = "##" if start else ""
            for end in range(len(part), start, -1):
                number = self._numbers.get(mark + part[start:end])
                if number is not None:
                    break
            if number is None or len(part) > _MOST:
                return [self._unknown]
            found.append(number)
            start = end
        return found


def _parts(word: str) -> Iterator[str]:
    """Yield the runs of letters, and each sign, in lower case and without accents."""
    run = ""
    for sign in unicodedata.normalize("NFD", word.lower()):
        kind = unicodedata.category(sign)
        if kind == "Mn" or kind.startswith("C"):
            continue
        if kind[0] == "Z" or not _is_letter(sign, kind):
            if run:
                yield run
            run = ""
            if kind[0] != "Z":
                yield sign
        else:
            run += sign
    if run:
        yield run


def _is_letter(sign: str, kind: str) -> bool:
    """Return whether the sign continues a word; all ASCII signs but letters and digits do not."""
    return sign.isalnum() if sign.isascii() else kind[0] != "P"
