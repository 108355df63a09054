"""Recognise the format of an input file by its name or, if formats share this name, its start."""

import codecs
from contextlib import suppress
from dataclasses import replace

from newslake.schemas.reasons import Reject, UnknownType
from newslake.schemas.records import FileSlice
from newslake.transforms.formats import Format, formats_with
from newslake.transforms.read.names import PACKED, check_utf8, ending, is_packed
from newslake.transforms.read.opening import InputFile
from newslake.transforms.read.unpacking import unpacked_text


def recognised(file: InputFile, slice: FileSlice) -> Format:
    """Return the format of the slice's file.

    Raises:
        BadName: The name is not UTF-8.
        UnknownType: The extension is not supported.
    """
    check_utf8(slice.name)
    found = formats_with(ending(slice.name))
    if not found:
        raise UnknownType("its ending is that of no format; `newslake backfill --help` lists them")
    if is_packed(slice.name) and not found[0].may_be_gzipped:
        raise UnknownType(
            f"{ending(slice.name)} files are compressed inside: unpack the {PACKED} file"
        )
    first_byte = _first_byte(file, slice) if len(found) > 1 else b""
    return next(one for one in found if one.first_byte in (b"", first_byte))


def _first_byte(file: InputFile, slice: FileSlice) -> bytes:
    """Return the first byte of the file that is not white space; empty if it cannot be read."""
    with suppress(Reject):
        head = next(unpacked_text(file, replace(slice, offset=0)), b"")
        return head.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    return b""
