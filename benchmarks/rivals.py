"""Near copies by other libraries, in the way that their manuals tell.

Both get what a user would give them: three-word shingles of the lower-cased text, 128 permutations,
and clusters of all that is linked. They find by the bands alone and name no original.
"""

from collections.abc import Callable, Iterable, Iterator

PERMUTATIONS = 128
THRESHOLD = 0.4
BANDS = 32


def shingles(text: str) -> list[str]:
    """Return the stretches of three words of `text`."""
    words = text.lower().split()
    return [" ".join(words[place : place + 3]) for place in range(max(1, len(words) - 2))]


def by_rensa(texts: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield pairs of places of texts that share a band."""
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(THRESHOLD, PERMUTATIONS, BANDS)
    for place, text in enumerate(texts):
        sketch = RMinHash(PERMUTATIONS, 42)
        sketch.update(shingles(text))
        yield from ((place, other) for other in index.query(sketch))
        index.insert(place, sketch)


def by_datasketch(texts: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield pairs of places of texts that share a band."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    for place, text in enumerate(texts):
        sketch = MinHash(PERMUTATIONS)
        sketch.update_batch([shingle.encode() for shingle in shingles(text)])
        yield from ((place, other) for other in index.query(sketch))
        index.insert(place, sketch)


RIVALS: dict[str, Callable[[Iterable[str]], Iterator[tuple[int, int]]]] = {
    "rensa": by_rensa,
    "datasketch": by_datasketch,
}
