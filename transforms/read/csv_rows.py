"""Split a CSV file into rows, each as a JSON object. The first row has the names of the fields."""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from newslake.schemas.reasons import BadCsv, Empty, Reject
from newslake.schemas.records import FileSlice
from newslake.transforms.read.columns import cell_value, column_names, json_object, spreadsheet_name
from newslake.transforms.read.csv_lines import cells, rows
from newslake.transforms.read.lines import lines
from newslake.transforms.read.opening import InputFile
from newslake.transforms.read.parts import Part, bytes_to_keep, detached
from newslake.transforms.read.unpacking import unpacked_text

_DELIMITERS = (",", ";", "\t", "|")
_QUOTED = re.compile('"[^"]*"')


def split(file: InputFile, slice: FileSlice, max_bytes: int) -> Iterator[Part]:
    """Yield the rows after the header; see `Format.split`. A row has the number of its first line.

    Raises:
        Empty: There are no rows.
        Reject: The header cannot be read.
    """
    keep = bytes_to_keep(max_bytes)
    csv.field_size_limit(keep)  # the default is 128 KB
    header, delimiter = _header(lines(unpacked_text(file, replace(slice, offset=0)), keep), keep)
    names = column_names([spreadsheet_name(name) for name in cells(header.head, delimiter)])
    is_empty = slice.line == 1
    if is_empty:
        line, offset = header.number + header.line_count, header.offset + header.size
        slice = replace(slice, line=line, offset=offset)
    found = lines(unpacked_text(file, slice), keep, slice.line, slice.offset)
    for row in rows(found, delimiter, len(names), keep, slice.line + slice.skip):
        part = row if row.error or row.blank else _with_object(row, names, delimiter)
        is_empty = is_empty and part.blank and not part.error
        yield part
    if is_empty:
        raise Empty("no rows")


def _header(found: Iterator[Part], keep: int) -> tuple[Part, str]:
    """Return the header and the delimiter: the most frequent delimiter in the first line."""
    empty = Part(1, 0, 0, error=Empty("no rows"))
    first = next((line for line in found if line.error or not line.blank), empty)
    first = first._replace(head=first.head.removeprefix(codecs.BOM_UTF8))
    text = _QUOTED.sub("", first.head.decode("latin-1"))
    delimiter = max(_DELIMITERS, key=text.count)
    if text != f"sep={delimiter}":  # Excel writes the delimiter into a line before the header
        found = chain([first], found)
    written = (row for row in rows(found, delimiter, 0, keep) if row.error or not row.blank)
    header = next(written, empty)
    if header.error:
        raise header.error
    return header, delimiter


def _with_object(row: Part, names: list[str], delimiter: str) -> Part:
    """Return the row with its JSON object, or with the reason why there is no object."""
    try:
        values = cells(row.head, delimiter)
    except Reject as error:
        return row._replace(error=detached(error))
    if not any(values):
        return row._replace(blank=True)
    if len(values) < len(names) or any(values[len(names) :]):
        return row._replace(error=BadCsv(f"{len(values)} fields, but the header has {len(names)}"))
    return row._replace(head=json_object(names, map(cell_value, values)), raw=row.head)
