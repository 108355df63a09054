"""Paths of the local file system, as users give them."""

import re

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
