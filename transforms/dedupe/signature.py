"""MinHash signatures: 516 bytes per text, from which the similarity of two texts is estimated.

One permutation hashing (Li, Owen, Zhang: One permutation hashing, NIPS 2012): the shingle hashes
are divided into 256 bins, and 16 bits of the smallest hash in each bin are kept. The number of
equal bins, divided by the number of bins that are not empty in at least one text, estimates the
Jaccard similarity. The standard error is at most 0.03, and less for short texts. A signature begins
with the number of shingles, from which containment can also be estimated.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from newslake.transforms.dedupe.shingles import shingles, splitmix64, unique_prefixes

BINS = 256
"""Number of bins of a signature, 2 bytes each."""

_COUNT_BYTES = 4
_EMPTY = 0
_BANDS, _ROWS = 32, 2

_BIN_ORDERS = (
    splitmix64(np.arange(_BANDS * _ROWS * BINS, dtype=np.uint64)).reshape(-1, BINS).argsort(axis=1)
)
"""A permutation of the bins per row of each band. A row uses the first bin that is not empty."""


class Similarity(NamedTuple):
    """The estimated similarity of two texts; each number is from 0 to 1."""

    jaccard: float
    """Number of common shingles divided by the number of distinct shingles in the two texts."""
    containment: float
    """Number of common shingles divided by the number of shingles of the shorter text."""


def sign(text: str) -> bytes | None:
    """Return the signature of `text`, 516 bytes; None if the text has no shingles."""
    found = shingles(text)
    if not len(found):
        return None
    bins = np.full(BINS, _EMPTY, "<u2")
    # The hashes are sorted, so the first in each bin is the smallest; 0 marks an empty bin.
    smallest = unique_prefixes(found, bits=8)
    bins[smallest >> np.uint64(56)] = smallest % np.uint64(0xFFFF) + np.uint64(1)
    return len(found).to_bytes(_COUNT_BYTES, "little") + bins.tobytes()


def similarity(one: bytes, other: bytes) -> Similarity:
    """Return the estimated similarity of two texts by their signatures."""
    ours, theirs = _bins(one), _bins(other)
    either = np.count_nonzero(ours | theirs)
    equal = np.count_nonzero((ours == theirs) & (ours != _EMPTY))
    jaccard = float(equal / either)
    ours_count, theirs_count = _count(one), _count(other)
    common = jaccard / (1 + jaccard) * (ours_count + theirs_count)
    return Similarity(jaccard, min(1.0, common / min(ours_count, theirs_count)))


def buckets(signature: bytes) -> list[int]:
    """Return the 32 LSH buckets of a signature, as numbers below 2**37.

    Each bucket is computed from two bins. The probability that two texts share at least one
    bucket is 0.3 % for a Jaccard similarity of 0.01, 95 % for 0.3 and 99.6 % for 0.4.
    """
    bins = _bins(signature)
    filled = (bins != _EMPTY)[_BIN_ORDERS].argmax(axis=1)
    rows = bins[_BIN_ORDERS[np.arange(len(_BIN_ORDERS)), filled]].astype(np.int64)
    first, second = rows.reshape(_BANDS, _ROWS).T
    return ((np.arange(_BANDS) << 32) | (first << 16) | second).tolist()


def _bins(signature: bytes) -> npt.NDArray[np.uint16]:
    return np.frombuffer(signature, "<u2", offset=_COUNT_BYTES)


def _count(signature: bytes) -> int:
    return int.from_bytes(signature[:_COUNT_BYTES], "little")
