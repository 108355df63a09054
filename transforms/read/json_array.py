"""Split a file that is one JSON array into its elements, in bounded memory.

Only brackets, commas and strings are recognised here; the stage Extract parses each element.
"""

import re
from collections.abc import Iterable, Iterator

from newslake.schemas.reasons import BadJson, Empty, Reject
from newslake.schemas.records import FileSlice
from newslake.transforms.read.opening import InputFile
from newslake.transforms.read.parts import Part, bytes_to_keep, detached
from newslake.transforms.read.unpacking import unpacked_text

_SIGN = re.compile(rb'["\[\]{},]')
_IN_STRING = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)
_DEPTH = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}


def split(file: InputFile, slice: FileSlice, max_bytes: int) -> Iterator[Part]:
    """Yield the elements of a JSON array; see `Format.split`.

    If the file ends within the array, the incomplete element is one part with an error. If bytes
    follow the array, these bytes are one part with an error.

    Raises:
        Empty: The array has no elements.
    """
    keep = bytes_to_keep(max_bytes)
    number, offset, head, size = slice.line, slice.offset, bytearray(), 0
    error: Reject | None = BadJson("the file ends within the array")
    runs = _runs(unpacked_text(file, slice))
    depth = 1
    try:
        if number == 1:
            offset = _bytes_before_array(runs)
        for run, sign in runs:
            size += len(run)
            is_inside = depth > 0
            depth += _DEPTH.get(sign, 0) if is_inside else 0
            ends_element = is_inside and (depth == 0 or (depth == 1 and sign == b","))
            head += run[: len(run) - ends_element][: keep - len(head)]
            if not ends_element:
                continue
            element, is_last = bytes(head).strip(), depth == 0
            if element or not is_last:
                yield Part(number, offset, size, element)
                number, offset, size = number + 1, offset + size - is_last, int(is_last)
            head = bytearray()
            error = None if is_last else error
        if error is None and head.strip():
            error = BadJson("bytes after the end of the array")
    except Reject as reject:
        error = detached(reject)
    if error:
        yield Part(number, offset, size, bytes(head), error=error)
    elif number == 1:
        raise Empty("the array has no elements")


def _bytes_before_array(runs: Iterator[tuple[bytes, bytes]]) -> int:
    """Consume the runs up to the first bracket and return their size."""
    size = 0
    for run, sign in runs:
        size += len(run)
        if sign:
            break
    return size


def _runs(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield the bytes of `pieces` in runs, each with the sign that ends it.

    The sign is a bracket or comma outside strings, or empty if the run ends with its piece.
    """
    in_string = is_escaped = False
    for piece in pieces:
        begin = at = 0
        while at < len(piece):
            if in_string:
                found = _IN_STRING.match(piece, at + is_escaped)
                at = found.end() if found else len(piece)
                is_escaped = piece[at : at + 1] == b"\\"
                in_string = at == len(piece) or is_escaped
                at += 1
            elif found := _SIGN.search(piece, at):
                at = found.end()
                in_string = found[0] == b'"'
                if not in_string:
                    yield piece[begin:at], found[0]
                    begin = at
            else:
                break
        if begin < len(piece):
            yield piece[begin:], b""
