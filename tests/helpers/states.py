"""States of disk and machine in which commands fail: damaged files of a lake, and used-up resources."""

import errno
import fcntl
import io
import json
import os
import resource
import threading
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch


def missing(path):
    path.unlink()
    for suffix in ("-wal", "-shm"):  # of SQLite
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def empty(path):
    missing(path)
    path.write_bytes(b"")


def garbage(path):
    size = path.stat().st_size
    missing(path)
    path.write_bytes((b"\0garbage\xff" * size)[:size])


def folder(path):
    missing(path)
    path.mkdir()


DAMAGE = (missing, empty, garbage, folder)

FILES = {
    "the marker": "_lake.json",
    "an entry": "_log/00000002.json",
    "the last entry": "_log/00000006.json",
    "the index": "_index/index.sqlite",
    "the feeds' state": "_feeds.sqlite",
    "a Parquet file": "articles/published_date=2026-03-01/part-00000001-*.parquet",
}
"""Files of a lake, as globs."""


def no_file_can_be_opened(number):
    """Return a state: each attempt to open a file of a folder `lake` fails with this error number."""

    @contextmanager
    def state():
        def failing(function):
            def call(path, *arguments, **options):
                if isinstance(path, str | os.PathLike) and "/lake" in os.fspath(path):
                    raise OSError(number, os.strerror(number), os.fspath(path))
                return function(path, *arguments, **options)

            return call

        with patch("io.open", failing(io.open)), patch("os.open", failing(os.open)):
            yield

    return state


@contextmanager
def too_many_open_files():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    opened = len([*Path("/proc/self/fd").iterdir()])  # one of them is the listing itself
    resource.setrlimit(resource.RLIMIT_NOFILE, (opened, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def no_locks():
    return patch.object(fcntl, "flock", side_effect=OSError(errno.ENOLCK, "No locks available"))


def no_threads():
    return patch.object(
        threading.Thread, "start", side_effect=RuntimeError("can't start new thread")
    )


def too_little_memory():
    return patch.object(json, "loads", side_effect=MemoryError)


MACHINE = {
    "EIO": no_file_can_be_opened(errno.EIO),
    "ENOSPC": no_file_can_be_opened(errno.ENOSPC),
    "read-only": no_file_can_be_opened(errno.EROFS),
    "EMFILE": too_many_open_files,
    "no locks": no_locks,
    "no threads": no_threads,
    "too little memory": too_little_memory,
}
"""States of the machine, each a function that returns a context manager."""
