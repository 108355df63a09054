"""Read and write the files of `newslake feeds` and `newslake follow`: lists of feeds."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from newslake.pipelines.options import WrongOption
from newslake.pipelines.values import given_text
from newslake.transforms.failure import is_wrong_path, naming
from newslake.transforms.feeds.lists import (
    Listed,
    NotAList,
    as_opml,
    as_text,
    check_kept,
    read_list,
)
from newslake.transforms.web.urls import web_address


def url_or_path(text: str) -> str:
    """Return the http or https URL or local path `text`.

    Raises:
        argparse.ArgumentTypeError: `text` is empty or another URL.
    """
    if "://" in text and web_address(text) is None:
        raise argparse.ArgumentTypeError(f"{text} is neither an http or https URL nor a local path")
    return given_text(text)


def is_opml(path: Path) -> bool:
    """Return whether a list of feeds with this name is written as OPML. Otherwise, it is text."""
    return path.suffix.lower() in {".opml", ".xml"}


def read_feeds(path: Path) -> list[Listed]:
    """Return the feeds in the list at `path`.

    Raises:
        WrongOption: the file cannot be read, or is not a list of feeds.
    """
    try:
        return read_list(path.read_bytes())
    except FileNotFoundError as error:
        raise WrongOption(f"{path} is neither a URL nor an existing file") from error
    except OSError as error:
        if not is_wrong_path(error):
            raise
        raise WrongOption(f"the list of feeds {path} cannot be read: {error.strerror}") from error
    except NotAList as error:
        problem = f"{path} is not a list of feeds: {error}"
        raise WrongOption(f"{problem}; write OPML, or one URL per line") from error


def listed_feeds(words: Sequence[str]) -> list[Listed]:
    """Return the feeds on the command line and in its lists, without duplicates.

    Raises:
        WrongOption: an argument is neither a URL nor a list of feeds, or there is no feed.
    """
    found: dict[str, Listed] = {}
    for word in words:
        for feed in [Listed(word)] if web_address(word) else read_feeds(Path(word)):
            found.setdefault(feed.address, feed)
    if not found:
        raise WrongOption(f"{', '.join(words)} lists no feed; see `newslake feeds add`")
    return list(found.values())


def write_feeds(path: Path, feeds: Sequence[Listed]) -> None:
    """Write `feeds` to the list at `path`, atomically. A text list keeps its comments.

    Raises:
        WrongOption: the format of the list cannot hold these feeds; the file is not changed.
    """
    if is_opml(path):
        payload = as_opml(feeds)
    else:
        payload = as_text(feeds, old=path.read_bytes() if path.exists() else b"")
    try:
        check_kept(feeds, payload)
    except NotAList as error:
        raise WrongOption(f"{path} is not changed: {error}") from error
    temporary = path.with_name(f"{path.name}.new")
    with naming(temporary):
        temporary.write_bytes(payload)
    temporary.replace(path)
