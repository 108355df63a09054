"""Finds near duplicates with other libraries, as their documentation shows.

Both libraries get three-word shingles of the lower-case text and use 128 permutations. They return
candidate pairs from the LSH bands without checking the similarity, and do not select an original.
The caller joins linked pairs into clusters.
"""

from collections.abc import Callable, Iterable, Iterator

PERMUTATIONS = 128
THRESHOLD = 0.4
BANDS = 32


def shingles(text: str) -> list[str]:
    """Return the three-word shingles of `text`."""
    words = text.lower().split()
    return [" ".join(words[start : start + 3]) for start in range(max(1, len(words) - 2))]


def by_rensa(texts: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions of texts with a common LSH bucket."""
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(THRESHOLD, PERMUTATIONS, BANDS)
    for position, text in enumerate(texts):
        sketch = RMinHash(PERMUTATIONS, 42)
        sketch.update(shingles(text))
        yield from ((position, other) for other in index.query(sketch))
        index.insert(position, sketch)


def by_datasketch(texts: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions of texts with a common LSH bucket."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    for position, text in enumerate(texts):
        sketch = MinHash(PERMUTATIONS)
        sketch.update_batch([shingle.encode() for shingle in shingles(text)])
        yield from ((position, other) for other in index.query(sketch))
        index.insert(position, sketch)


RIVALS: dict[str, Callable[[Iterable[str]], Iterator[tuple[int, int]]]] = {
    "rensa": by_rensa,
    "datasketch": by_datasketch,
}
