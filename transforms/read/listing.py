"""List the input files in the paths and globs that the user gave. Does not open any file.

- A lake inside a folder is skipped, so `newslake backfill . --lake lake` can run repeatedly.
- A symbolic link to a target inside the root is replaced by its target.
- Any other link, an unreadable folder, a pipe or a device is listed like a file. The stage Read
  rejects it, so every skipped input is reported.
"""

import glob
import os
import stat
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from newslake.schemas.records import FileSlice
from newslake.transforms.failure import WrongUse
from newslake.transforms.local_path import local_path
from newslake.transforms.read.names import inside, quote, relative

Pattern = tuple[str, ...]
"""The path parts of a glob that are not matched yet. If none is left, all files below match."""

ALL: frozenset[Pattern] = frozenset([()])

LAKE = "_lake.json"
"""The file that marks a folder as a lake. A lake is output, so it is never an input."""


class NoSuchInput(WrongUse):
    """The input does not exist, is a glob without match, or is a lake."""


class _Search(NamedTuple):
    root: str
    """The folder to which input names are relative; absolute, with links resolved."""
    pattern: Pattern
    """The glob to match inside the folder."""
    file: str
    """The absolute path of the only input, with links resolved; empty if there is a glob."""
    given: str
    """The path as the user gave it."""


def list_inputs(paths: Sequence[str]) -> list[FileSlice]:
    """Return every file in `paths` once, sorted by name. The order of `paths` does not matter.

    If several paths include a file, the file's name is relative to the outermost root. A link in
    `paths` is replaced by its target.

    In a glob, `**` matches any number of folders. The root of a file is its folder; the root of a
    glob is the part before the first `*`, `?` or `[`.

    Raises:
        NoSuchInput: A path does not exist, matches nothing, or is a lake.
    """
    found: dict[str, str] = {}
    searches = [_search(path) for path in paths]
    for search in sorted(searches, key=lambda search: (len(search.root), search)):
        if search.file:
            found.setdefault(search.file, search.root)
        elif not _find(search, found):
            raise NoSuchInput(f"nothing matches {search.given}")
    slices = [
        FileSlice(quote(path), quote(relative(path, root)), quote(root))
        for path, root in found.items()
        if root
    ]
    return sorted(slices, key=lambda slice: (slice.name, slice.path))


def input_root(path: str) -> str | None:
    """Return the folder to which the names of the inputs in `path` are relative.

    None if the path no longer exists, or matches nothing.
    """
    try:
        return _search(path).root
    except NoSuchInput:
        return None


def _search(path: str) -> _Search:
    """Return the search for `path`. If a file or folder has this exact name, `path` is no glob."""
    if path and (mode := _mode(path)):
        real = os.path.realpath(path)
        if _mode(f"{real}/{LAKE}"):
            raise NoSuchInput(f"{path} is a lake: give a folder or file of input documents")
        if stat.S_ISDIR(mode):
            return _Search(real, (), "", path)
        return _Search(str(Path(real).parent), (), real, path)
    try:
        parts = local_path(path).split("/")
    except ValueError as error:
        raise NoSuchInput(str(error)) from error
    first_glob = next((i for i, part in enumerate(parts) if glob.has_magic(part)), None)
    if first_glob is None:
        raise NoSuchInput(f"no such file or folder: {path}")
    root = os.path.realpath("/".join([*parts[:first_glob], ""]) or ".")
    if not stat.S_ISDIR(_mode(root)):
        raise NoSuchInput(f"nothing matches {path}")
    pattern = tuple(part for part in parts[first_glob:] if part not in ("", "."))
    return _Search(root, pattern, "", path)


def _find(search: _Search, found: dict[str, str]) -> bool:
    """Add each input of `search` to `found` with its root. Return whether anything matched.

    A followed link gets an empty root. Therefore a search of an inner root ignores the link.
    """
    root = search.root
    matched = not search.pattern
    folders, entered = [(root, frozenset([search.pattern]))], set()
    while folders:
        here = folder, patterns = folders.pop()
        if here in entered:
            continue
        entered.add(here)
        entries = _entries(folder)
        if entries is None:
            found.setdefault(folder, root)
            continue
        if any(name == LAKE for name, _, _ in entries):
            continue
        for name, is_folder, is_link in entries:
            below = _below(patterns, name)
            if not below:
                continue
            matched |= below == ALL
            path = f"{folder.rstrip('/')}/{name}"
            if is_link:
                real = os.path.realpath(path)
                mode = _mode(real)
                is_folder = stat.S_ISDIR(mode)
                if mode and inside(real, root):
                    found.setdefault(path, "")
                    path = real
                elif is_folder:  # a folder outside the root: list the link, so that Read rejects it
                    is_folder, below, matched = False, ALL, True
            if is_folder:
                folders.append((path, below))
            elif below == ALL:
                found.setdefault(path, root)
    return matched


def _mode(path: str) -> int:
    """Return the file mode of `path` (see `stat`), following links; 0 if it is not accessible."""
    try:
        return Path(path).stat().st_mode
    except (OSError, ValueError):
        return 0


def _entries(folder: str) -> list[tuple[str, bool, bool]] | None:
    """Return (name, is folder, is link) for all entries of `folder`; None if it is not readable."""
    try:
        with os.scandir(folder) as scan:
            return [(one.name, one.is_dir(follow_symlinks=False), one.is_symlink()) for one in scan]
    except OSError:
        return None


def _below(patterns: frozenset[Pattern], name: str) -> frozenset[Pattern]:
    """Return the rest of `patterns` after `name`; `ALL` if one pattern matches fully."""
    if patterns == ALL:
        return ALL
    left = frozenset(rest for pattern in patterns for rest in _rests(pattern, name))
    return ALL if () in left else left


def _rests(pattern: Pattern, name: str) -> list[Pattern]:
    """Return the possible rests of `pattern` after `name`."""
    if not pattern:
        return [()]
    first, rest = pattern[0], pattern[1:]
    if first == "**":
        return [pattern, *_rests(rest, name)]
    return [rest] if fnmatchcase(name, first) else []
