"""What the user named, as a list of input files. Looks at folders only, never into files.

A lake that lies in a folder is passed over: `newslake backfill . --lake lake` can be run again. A
symbolic link is not an input of its own: what it leads to is, under its real name, if that lies
inside the root. A link that leads elsewhere or nowhere, a folder that cannot be listed, a pipe or
a device stand in the list like any file, and reading refuses them: nothing is left out unsaid.
"""

import glob
import os
import stat
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from newslake.schemas.records import FileSlice
from newslake.transforms.read.names import inside, quote, relative

Pattern = tuple[str, ...]
"""What is left of a glob, part by part; nothing left: all that lies here and below."""

ALL: frozenset[Pattern] = frozenset([()])


LAKE = "_lake.json"
"""A folder with a file of this name is a lake: what newslake puts out, and never takes in."""


class NoSuchInput(ValueError):
    """A path that does not exist, a glob that matches nothing, or a lake."""


class _Search(NamedTuple):
    root: str
    """The folder that inputs are named from, absolute, links resolved."""
    pattern: Pattern
    """What to look for in it."""
    file: str
    """The one file to take instead, absolute, links resolved; empty for none."""
    given: str
    """As the user named it."""


def list_inputs(paths: Sequence[str]) -> list[FileSlice]:
    """Return every file that `paths` name, once, sorted by name; their order does not matter.

    A file that several of them reach counts under the outermost root. A link that is itself named
    stands for what it leads to.

    Args:
        paths: Files, folders (with all below) and globs (`**`: any number of folders). Names are
            relative to the folder, to the file's folder, or to the part before the first `*?[`.

    Raises:
        NoSuchInput: one of `paths` does not exist or matches nothing.
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


def _search(path: str) -> _Search:
    """Return what `path` asks for; a file or folder of exactly that name is no glob."""
    if path and (mode := _mode(path)):
        real = os.path.realpath(path)
        if _mode(f"{real}/{LAKE}"):
            raise NoSuchInput(f"{path} is a lake, and no input")
        if stat.S_ISDIR(mode):
            return _Search(real, (), "", path)
        return _Search(str(Path(real).parent), (), real, path)
    parts = path.split("/")
    plain = next((i for i, part in enumerate(parts) if glob.has_magic(part)), None)
    if plain is None:
        raise NoSuchInput(f"no such file or folder: {path}")
    root = os.path.realpath("/".join([*parts[:plain], ""]) or ".")
    if not stat.S_ISDIR(_mode(root)):
        raise NoSuchInput(f"nothing matches {path}")
    return _Search(root, tuple(part for part in parts[plain:] if part not in ("", ".")), "", path)


def _find(search: _Search, found: dict[str, str]) -> bool:
    """Add to `found` each input of `search` with its root, and tell whether anything matched.

    A link that was followed is added with no root: an inner root is not to follow it again.
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
                elif is_folder:  # stands for what the pattern would have met behind it
                    is_folder, below, matched = False, ALL, True
            if is_folder:
                folders.append((path, below))
            elif below == ALL:
                found.setdefault(path, root)
    return matched


def _mode(path: str) -> int:
    """Return what `path` leads to, as `stat` tells it; 0 if that cannot be told."""
    try:
        return Path(path).stat().st_mode
    except (OSError, ValueError):
        return 0


def _entries(folder: str) -> list[tuple[str, bool, bool]] | None:
    """Return name, whether a folder, whether a link, of all in `folder`; None if it is closed."""
    try:
        with os.scandir(folder) as entries:
            return [
                (entry.name, entry.is_dir(follow_symlinks=False), entry.is_symlink())
                for entry in entries
            ]
    except OSError:
        return None


def _below(patterns: frozenset[Pattern], name: str) -> frozenset[Pattern]:
    """Return what is left of `patterns` behind `name`: `ALL` if one is fulfilled, none if none."""
    if patterns == ALL:
        return ALL
    left = frozenset(rest for pattern in patterns for rest in _rests(pattern, name))
    return ALL if () in left else left


def _rests(pattern: Pattern, name: str) -> list[Pattern]:
    """Return the ways in which `pattern` can go on behind `name`."""
    if not pattern:
        return [()]
    first, rest = pattern[0], pattern[1:]
    if first == "**":
        return [pattern, *_rests(rest, name)]
    return [rest] if fnmatchcase(name, first) else []
