"""Errors become sentences with file, cause and remedy; a bug does not."""

import errno
import os
import sqlite3

import duckdb
import pyarrow as pa
import pytest

from newslake.transforms.beam.dead_letter import map_one
from newslake.transforms.events.find_events import read_events
from newslake.transforms.failure import CACHE, Failure, explained, explanation, naming
from newslake.transforms.lake.errors import Damaged
from newslake.transforms.lake.parquet import read_columns

WORKER = """Traceback (most recent call last):
  File "worker.py", line 1, in work
KeyError: 'first'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "worker.py", line 2, in work
{}
"""
"""Beam's message for an error in a worker process."""


@pytest.mark.parametrize(
    ("error", "place", "cause", "remedy"),
    [
        (OSError(errno.ENOSPC, "No space left", "/a/b"), "/a/b", "No space left", "free some space"),
        (OSError(errno.EIO, "Input/output error"), "lake", "Input/output error", "check the disk"),
        (OSError(errno.EMFILE, "Too many open files", "f"), "f", "Too many open files", "ulimit -n"),
        (OSError(errno.ENOENT, "No such file", "/a"), "/a", "No such file", "restore it"),
        (OSError(errno.ESTALE, "Stale file handle", "/a"), "/a", "Stale file handle", "check the disk"),
        (MemoryError(), "", "not enough memory", "free some memory"),
        (pa.ArrowMemoryError("malloc of size 9 failed"), "", "malloc of size 9", "free some memory"),
        (duckdb.OutOfMemoryException("could not allocate"), "", "could not allocate", "free some"),
        (RuntimeError("can't start new thread"), "", "can't start new thread", "ulimit -u"),
        (RuntimeError("can't start new thread"), "", "can't start new thread", "ulimit -v"),
        (ImportError("x.so: failed to map segment from shared object"), "", "x.so", "free some memory"),
        (sqlite3.OperationalError("database or disk is full"), "lake", "is full", "free some space"),
        (sqlite3.DatabaseError("database disk image is malformed"), "lake", "malformed", "restore it"),
        (duckdb.IOException("IO Error: Could not read file: Input/output error"), "lake",
         "Input/output error", "check the disk"),
        (duckdb.Error("TProtocolException: Invalid data"), "lake cannot be read", "Invalid data",
         "`newslake verify --lake lake` names each damaged file"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)  # fmt: skip
def test_an_error_of_the_machine_has_an_explanation(error, place, cause, remedy):
    said = explanation(error, "lake")
    assert said.startswith(f"{place}: " if place else cause)
    assert cause in said
    assert remedy in said.partition("; ")[2]


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("OSError: [Errno 28] No space left on device: '/a' [while running 'Write']",
         "/a: No space left on device; free some space"),
        ("RuntimeError: OSError: [Errno 5] Input/output error: '/a' [while running 'X']",
         "/a: Input/output error; check the disk"),
        ("RuntimeError: MemoryError [while running 'X']", "not enough memory; free some memory"),
        ("RuntimeError: can't start new thread", "can't start new thread; end other programs"),
        ("sqlite3.DatabaseError: database disk image is malformed", "lake: database disk image"),
        ("newslake.transforms.lake.errors.Damaged: /a is damaged; restore it [while running 'X']",
         "/a is damaged; restore it"),
    ],
)  # fmt: skip
def test_an_error_of_a_worker_process_has_the_same_explanation(last, said):
    assert explanation(RuntimeError(WORKER.format(last)), "lake").startswith(said)


@pytest.mark.parametrize(
    "error",
    [
        KeyError("No space left on device"),
        ValueError("x"),
        RuntimeError("dictionary changed size during iteration"),
        RuntimeError(WORKER.format("KeyError: 'bug'")),
        RuntimeError(WORKER.format("newslake.schemas.reasons.NoText: none")),
        pa.ArrowInvalid("a column has another type"),
        sqlite3.OperationalError('near "SELEC": syntax error'),
    ],
    ids=repr,
)
def test_a_bug_has_no_explanation(error):
    assert explanation(error, "lake") is None


def test_a_message_of_several_lines_becomes_one_sentence():
    error = duckdb.IOException('IO Error: Cannot open "/a"\n\nLINE 1: SELECT\n        ^^^^')
    assert explanation(error, "lake").startswith('IO Error: Cannot open "/a"; `newslake verify')


def test_the_remedy_for_a_cache_is_not_given_for_another_file():
    other = OSError(errno.EISDIR, "Is a directory", "/lake/_log/00000001.json")
    assert "restore it from a backup" in explanation(other, "/lake/_index/index.sqlite", CACHE)
    above = OSError(errno.ENOTDIR, "Not a directory", "/lake/_index")
    assert "delete it" in explanation(above, "/lake/_index/index.sqlite", CACHE)


def test_why_sqlite_cannot_open_a_file_is_found_out(tmp_path):
    with pytest.raises(Failure, match="Is a directory; delete it"), explained(tmp_path, CACHE):
        sqlite3.connect(tmp_path)


def test_an_error_without_a_file_gets_the_name_of_the_file():
    with pytest.raises(OSError, match="full: 'disk"), naming("disk.txt"):
        raise OSError(errno.ENOSPC, "full")


@pytest.mark.parametrize("harm", [b"", b"garbage", b"PAR1" + bytes(100) + b"PAR1"])
def test_a_damaged_parquet_file_is_named(tmp_path, harm):
    path = tmp_path / "part.parquet"
    path.write_bytes(harm)
    with pytest.raises(Damaged, match=r"/part\.parquet is damaged: .*; restore it from a backup"):
        read_columns(path, ["a"])


def test_a_missing_parquet_file_is_not_taken_for_the_cache_that_reads_it(tmp_path):
    path = tmp_path / "part.parquet"
    with pytest.raises(FileNotFoundError) as caught:
        read_columns(path, ["a"])
    said = explanation(caught.value, tmp_path / "index.sqlite", CACHE)
    assert said.startswith(f"{path}: No such file or directory; restore it from a backup")


def failing(error):
    def fail(*_, **__):
        raise error

    return fail


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.EMFILE, os.strerror(errno.EMFILE)),
        RuntimeError("can't start new thread"),
        Failure("the process cannot start; free some memory"),
    ],
    ids=repr,
)
def test_no_document_is_rejected_for_a_state_of_the_machine(error):
    document = article = type("Any", (), {"language": "en", "text": "", "payload": b""})()
    with pytest.raises(Failure, match="; "):
        list(map_one(document, failing(error), "Extract", {}))
    with pytest.raises(Failure, match="; "):
        list(read_events(article, failing(error)))
