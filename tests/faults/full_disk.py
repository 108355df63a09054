"""Commits to a small file system until it is full; needs the right to mount one."""

import os
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import stories

from newslake.pipelines.commands.compact import merge
from newslake.pipelines.commands.forget import forget
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.lake import committer
from newslake.transforms.lake.errors import LakeError, NoSpace

SMALL, LARGE = "1500k", "300m"
TRANSACTIONS = 200
DAMAGE = "full disk for real: rows lost, doubled or changed"


def mount(folder, size):
    """Mount a file system of `size` at `folder`; return None, or the reason why this failed."""
    if sys.platform != "linux" or os.geteuid():
        return "mounting needs root on Linux"
    Path(folder).mkdir(exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "newslake-test", str(folder)]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    return done.stderr.strip() if done.returncode else None


def resize(folder, size):
    subprocess.run(["mount", "-o", f"remount,size={size}", str(folder)], check=True)


def for_real(folder):
    """Fill a small disk with commits, enlarge it, commit again; return counts for the table."""
    place = folder / "small"
    if reason := mount(place, SMALL):
        return {f"full disk for real: skipped, {reason}": 0}
    try:
        return _fill(place, folder / "undisturbed-small")
    finally:
        subprocess.run(["umount", str(place)], check=True)


def _fill(place, undisturbed):
    lake, known = open_lake(place / "lake"), open_lake(undisturbed)
    refused = _refused_before_it_is_full(lake)
    with patch.object(committer, "MIN_FREE_BYTES", 0):
        filled = _fill_up(lake)
        for table in ("articles", "mentions"):
            _try(merge, lake, f"{table}/published_date=2026-03-01")
    resize(place, LARGE)
    known.create()
    for transaction in range(filled + 2):
        stories.write(lake, transaction, "again")
        stories.write(known, transaction, "undisturbed")
    forget(lake, stories.forgettable(filled + 2))
    found = stories.damage(lake.storage.root, filled + 2, known.storage.root)
    return {
        "full disk for real: transactions until it was full": filled,
        "full disk for real: refusals before it was full": refused,
        DAMAGE: sum(found.values()),
    }


def _refused_before_it_is_full(lake):
    """Return 1 if a commit with little space left is refused without a log entry."""
    lake.create()
    try:
        stories.write(lake, 0, "refused")
    except NoSpace:
        return 1
    return 0


def _fill_up(lake):
    for transaction in range(TRANSACTIONS):
        warning, failed = _try(stories.write, lake, transaction, "fill")
        if warning or failed:
            return transaction
    raise AssertionError("the disk was too large to fill")


def _try(function, *arguments):
    """Return the warning of a commit that is not yet published, and whether the call failed."""
    try:
        result = function(*arguments)
    except (LakeError, OSError):
        return None, True
    return (result[1].warning if isinstance(result, tuple) else None), False
