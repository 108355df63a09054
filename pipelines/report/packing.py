"""Packs columns of numbers and a JSON object into one text, which `unpack` in web/data.js reads.

The text is base 85 of gzip of: the length of the JSON as four bytes, the JSON, and the columns. All
numbers are little-endian. A column is a list of whole numbers in the smallest type that holds them.
The bytes of the same place in each number stand together, since they are similar. Two columns of `PAIRS`
are one column if a byte can hold both numbers: gzip needs at least one bit for each byte.
"""

import gzip
import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

DIGITS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;,=>?@^_`{|}~"
"""The digits of base 85, as in web/data.js. None of them ends a script in HTML."""

PAIRS = (("type", "status"), ("who", "whom"), ("mentionArticle", "confidence"))

_TYPES = (np.uint8, np.uint16, np.uint32)


def pack(head: Mapping[str, Any], columns: Mapping[str, np.ndarray], level: int) -> str:
    """Return `head` and the `columns`, which hold numbers from 0 to 2**32 - 1, as one text.

    `level` is the level of gzip.
    """
    described, parts = list[dict[str, Any]](), list[bytes]()
    for name, values, second, size in _joined(columns):
        largest = int(values.max()) if len(values) else 0
        kind = next(kind for kind in _TYPES if largest <= np.iinfo(kind).max)
        width = np.dtype(kind).itemsize
        octets = values.astype(np.dtype(kind).newbyteorder("<")).view(np.uint8)
        parts.append(octets.reshape(-1, width).T.tobytes())
        described.append(
            {"name": name, "width": width, "rows": len(values), "second": second, "size": size}
        )
    text = json.dumps({**head, "columns": described}, ensure_ascii=False, allow_nan=False)
    encoded = text.encode("utf-8", "replace")
    content = b"".join([len(encoded).to_bytes(4, "little"), encoded, *parts])
    return _base85(gzip.compress(content, level, mtime=0))


def _joined(
    columns: Mapping[str, np.ndarray],
) -> Iterator[tuple[str, np.ndarray, str | None, int]]:
    """Yield each column, and the name of the column that its numbers contain: number = first * size + second."""
    left = dict(columns)
    for name in columns:
        if name not in left:
            continue
        values, second = left.pop(name), dict(PAIRS).get(name)
        size = int(left[second].max(initial=0)) + 1 if second in left else 256
        if second in left and (int(values.max(initial=0)) + 1) * size <= 256:
            yield name, values * size + left.pop(second), second, size
        else:
            yield name, values, None, 1


def _base85(content: bytes) -> str:
    """Return five digits for each four bytes, after the number of zero bytes that were added."""
    added = -len(content) % 4
    words = np.frombuffer(content + bytes(added), ">u4").astype(np.uint64)
    places = 85 ** np.arange(4, -1, -1, dtype=np.uint64)
    digits = np.frombuffer(DIGITS, np.uint8)[words[:, None] // places % 85]
    return f"{added}{digits.tobytes().decode('ascii')}"


def steps(values: np.ndarray) -> np.ndarray:
    """Return the differences between the values, which are in ascending order; they compress better."""
    return np.diff(values, prepend=0)
