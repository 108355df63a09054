"""Paths of the local file system, as users give them."""

import re
from pathlib import Path

_URL = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)
"""The start of a URL. `Path` turns the two slashes of a URL into one."""


def local_path(text: str) -> str:
    """Return `text` unchanged.

    Raises:
        ValueError: the path is empty, for example because of an unset variable, or is a URL.
    """
    if not text.strip():
        raise ValueError("the path is empty; for the current folder, use a dot (.)")
    if _URL.match(text):
        raise ValueError(
            f"{text} is a URL, but newslake reads and writes only local files; give a local path"
        )
    return text


def local_folder(text: str) -> str:
    """Return `text`, the path of a folder that may be missing, unchanged.

    Raises:
        ValueError: `local_path` refuses the path, or a file is in its place or in that of a parent.
    """
    path = Path(local_path(text))
    for part in (path, *path.parents):
        if part.is_file():
            raise ValueError(f"{part} is a file, not a folder; choose another path")
    return text
