"""The wording of a text: what its stretches of five words are, as a set of numbers.

Case, punctuation and compatibility forms do not matter. Scripts that set no spaces are cut into
overlapping pieces, which do for words there.

Five words, because longer stretches break at every edit and shorter ones are common property: two
reports of one kind (a match, a quake, a share price) share their phrases, and differ in the names
and numbers between them.
"""

import re
import unicodedata
from collections.abc import Iterator
from zlib import crc32

import numpy as np
import numpy.typing as npt

from newslake.transforms.text import HAN_AND_KANA, UNSPACED_ALPHABETS

WORDS = 5
"""Words in a shingle."""

_BETWEEN = (  # white space and punctuation; what is no letter to Unicode may still be part of one
    r"\x00-/:-@\[-`{-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\u2000-\u206f\u3000-\u303f"
    r"\u060c\u061b\u061f\u06d4\u0964\u0965"
)
_SPACED = re.compile(f"[^{_BETWEEN}]+")
_UNSPACED = re.compile(f"[{HAN_AND_KANA}{UNSPACED_ALPHABETS}]")
_ANY = re.compile(
    f"(?P<han>[{HAN_AND_KANA}]+)|(?P<letters>[{UNSPACED_ALPHABETS}]+)|[^{_BETWEEN}{HAN_AND_KANA}{UNSPACED_ALPHABETS}]+"
)
_PIECES = {"han": 2, "letters": 5}
"""Characters that make up about a word: in Han and kana, and in the alphabets without spaces."""

_PLACES = np.array(
    [
        0x9E3779B97F4A7C15,
        0xC2B2AE3D27D4EB4F,
        0x165667B19E3779F9,
        0xD6E8FEB86659FD93,
        0xA0761D6478BD642F,
    ],
    np.uint64,
)
"""Odd multipliers of the words of a shingle, so that their order matters."""


def words(text: str) -> list[str]:
    """Return the words of `text` in order, as they are compared.

    >>> words("“Don’t,” said the Mayor. 東京都")
    ['don', 't', 'said', 'the', 'mayor', '東京', '京都']
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return list(_cut(plain)) if _UNSPACED.search(plain) else _SPACED.findall(plain)


def _cut(text: str) -> Iterator[str]:
    for found in _ANY.finditer(text):
        run = found.group()
        size = _PIECES.get(found.lastgroup or "", len(run))
        for start in range(max(1, len(run) - size + 1)):
            yield run[start : start + size]


def shingles(text: str) -> npt.NDArray[np.uint64]:
    """Return the distinct shingles of `text` as numbers, sorted and evenly spread over 64 bits.

    They are the same on every machine and with every version. Empty under five words.
    """
    hashes = np.array([crc32(word.encode()) for word in words(text)], np.uint64)
    if len(hashes) < WORDS:
        return hashes[:0]
    joined = np.lib.stride_tricks.sliding_window_view(hashes, WORDS) @ _PLACES
    return firsts(np.sort(mixed(joined)))


def mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return other numbers in their place, spread over 64 bits: the finaliser of splitmix64.

    (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014.)
    """
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def firsts(numbers: npt.NDArray[np.uint64], bits: int = 64) -> npt.NDArray[np.uint64]:
    """Return the first of each run of sorted `numbers` whose leading `bits` are equal."""
    leading = numbers >> np.uint64(64 - bits)
    return numbers[np.concatenate(([True], leading[1:] != leading[:-1]))]
