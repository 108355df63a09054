"""Join the lines of a CSV file to rows, because a row may contain quoted line breaks."""

import csv
from collections import deque
from collections.abc import Iterator
from contextlib import suppress

from newslake.schemas.reasons import BadCsv, Reject
from newslake.transforms.read.parts import Part
from newslake.transforms.web.charset import decode


def rows(
    lines: Iterator[Part], delimiter: str, width: int, keep: int, read_before: int = 0
) -> Iterator[Part]:
    """Yield the rows; each has the number and offset of its first line, and the bytes of its lines.

    If a row is not valid, for example because a quote is not closed, it ends before the next line
    that is a row of `width` fields. No line is read more than three times.

    Args:
        lines: The lines, each with at most `keep` bytes.
        delimiter: The character between two fields.
        width: Number of fields in the header.
        keep: A row with more bytes is not valid. This limits the memory.
        read_before: Number of the first line that was not yet read as part of an invalid row.
            `Part.skip` holds it, counted from the row. A slice that begins here gives equal rows.
    """
    again: deque[Part] = deque()

    def next_lines() -> Iterator[Part]:
        while line := again.popleft() if again else next(lines, None):
            yield line

    while first := next(next_lines(), None):
        row, skip = [first], max(0, read_before - first.number)
        error = first.error or (None if first.blank else _error(row, next_lines(), delimiter, keep))
        if isinstance(error, BadCsv) and not skip:
            ends = (i for i, line in enumerate(row) if i and _is_row(line, delimiter, width))
            end = next(ends, len(row))
            again.extend(row[end:])
            read_before = row[-1].number + 1
            del row[end:]
        head = b"\n".join(line.head for line in row)
        size, count = sum(line.size for line in row), sum(line.line_count for line in row)
        yield first._replace(head=head, size=size, line_count=count, error=error, skip=skip)


def _error(row: list[Part], more: Iterator[Part], delimiter: str, keep: int) -> Reject | None:
    """Append to `row` the lines that belong to its first line; return why the row is not valid."""

    def texts() -> Iterator[str]:
        size = row[0].size
        while size <= keep and not row[-1].error:
            yield row[-1].head.decode("latin-1") + "\n"
            if (line := next(more, None)) is None:
                return
            row.append(line)
            size += line.size

    try:
        next(csv.reader(texts(), delimiter=delimiter, strict=True), None)
    except csv.Error as problem:
        return row[-1].error or BadCsv(_meaning(problem))
    return row[-1].error


def _meaning(problem: csv.Error) -> str:
    if "unexpected end" in str(problem):
        return "a quote is not closed"
    return "a line ends with CR alone" if "new-line" in str(problem) else str(problem)


def _is_row(line: Part, delimiter: str, width: int) -> bool:
    with suppress(Reject):
        return not line.error and len(cells(line.head, delimiter)) == width
    return False


def cells(row: bytes, delimiter: str) -> list[str]:
    """Return the decoded fields of a row.

    Raises:
        BadCsv: The row is not valid.
        Binary, Undecodable: See `decode`.
    """
    try:
        text = row.decode()
    except UnicodeDecodeError:
        text = decode(row)
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise BadCsv(str(error)) from None
