"""Shingles: the sequences of five words in a text, as a set of 64-bit numbers.

Case, punctuation and Unicode compatibility forms are ignored. In scripts without spaces between
words, overlapping pieces of the text serve as words.

An edit changes all shingles that contain the edited word, so longer shingles miss edited copies.
Shorter shingles match common phrases. For example, two reports from one template (a football
result, an earthquake, a share price) share the phrases between the names and numbers.
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

_SEPARATOR = (  # white space and punctuation, but not combining marks, which are parts of letters
    r"\x00-/:-@\[-`{-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\u2000-\u206f\u3000-\u303f"
    r"\u060c\u061b\u061f\u06d4\u0964\u0965"
)
_SPACED = re.compile(f"[^{_SEPARATOR}]+")
_UNSPACED = re.compile(f"[{HAN_AND_KANA}{UNSPACED_ALPHABETS}]")
_RUN = re.compile(
    f"(?P<han>[{HAN_AND_KANA}]+)|(?P<letters>[{UNSPACED_ALPHABETS}]+)|[^{_SEPARATOR}{HAN_AND_KANA}{UNSPACED_ALPHABETS}]+"
)
_PIECE_LENGTHS = {"han": 2, "letters": 5}
"""Characters per piece in scripts without spaces: `han` = Han and kana, `letters` = the others."""

_MULTIPLIERS = np.array(
    [
        0x9E3779B97F4A7C15,
        0xC2B2AE3D27D4EB4F,
        0x165667B19E3779F9,
        0xD6E8FEB86659FD93,
        0xA0761D6478BD642F,
    ],
    np.uint64,
)
"""Odd multipliers, one for each word of a shingle: they make the hash depend on word order."""


def words(text: str) -> list[str]:
    """Return the words of `text` in order, normalised for comparison.

    >>> words("“Don’t,” said the Mayor. 東京都")
    ['don', 't', 'said', 'the', 'mayor', '東京', '京都']
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return list(_split(plain)) if _UNSPACED.search(plain) else _SPACED.findall(plain)


def _split(text: str) -> Iterator[str]:
    for found in _RUN.finditer(text):
        run = found.group()
        size = _PIECE_LENGTHS.get(found.lastgroup or "", len(run))
        for start in range(max(1, len(run) - size + 1)):
            yield run[start : start + size]


def shingles(text: str) -> npt.NDArray[np.uint64]:
    """Return the hashes of the distinct shingles of `text`, sorted and uniform over 64 bits.

    The hashes are equal on all machines and in all versions. A text under five words has no hashes.
    """
    hashes = np.array([crc32(word.encode()) for word in words(text)], np.uint64)
    if len(hashes) < WORDS:
        return hashes[:0]
    joined = np.lib.stride_tricks.sliding_window_view(hashes, WORDS) @ _MULTIPLIERS
    return unique_prefixes(np.sort(splitmix64(joined)))


def splitmix64(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return `numbers` hashed by the finaliser of splitmix64.

    Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014.
    """
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def unique_prefixes(numbers: npt.NDArray[np.uint64], bits: int = 64) -> npt.NDArray[np.uint64]:
    """Group sorted `numbers` by their first `bits` bits; return the smallest number per group."""
    leading = numbers >> np.uint64(64 - bits)
    return numbers[np.concatenate(([True], leading[1:] != leading[:-1]))]
