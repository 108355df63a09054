"""What a stream may not do, whatever was killed: lose a page, store one twice, or miss a mention."""

import shutil
import subprocess
import sys
from collections import Counter

from paths import ROOT
from stream_farm import CORRECTION

from newslake.pipelines.sql.views import connect

OUTCOMES = """
SELECT url FROM articles UNION ALL SELECT url FROM duplicates UNION ALL SELECT url FROM rejects
"""
DOCUMENTS = """
SELECT document_id FROM articles UNION ALL SELECT document_id FROM duplicates
UNION ALL SELECT document_id FROM revisions
"""
CORRECTIONS = """
SELECT url FROM articles WHERE contains(text, $1)
UNION ALL
SELECT url FROM revisions JOIN articles USING (article_id) WHERE contains(revisions.text, $1)
"""
MENTIONS = "SELECT mention_id, type, status, evidence, event_key FROM mentions"
SHORTEST_PAUSE = 0.95
"""Shortest time between two requests to a host, in seconds. The farm measures less than newslake."""
TABLES = ("articles", "duplicates", "revisions", "rejects", "mentions")


def outcomes(lake):
    """Return how often each URL stands in the lake."""
    return _counted(lake, OUTCOMES)


def is_complete(farm, lake):
    """Return whether each announced page, and each announced correction, has an outcome."""
    return not (lost(farm, lake) or uncorrected(farm, lake))


def lost(farm, lake):
    """Return the announced pages that can be fetched and have no outcome."""
    return farm.pages() - set(outcomes(lake))


def uncorrected(farm, lake):
    """Return the pages whose announced correction is not in the lake."""
    rejected = _counted(lake, "SELECT url FROM rejects")
    return farm.corrected() - set(_counted(lake, CORRECTIONS, CORRECTION)) - set(rejected)


def check(farm, lake):
    """Check a lake that nobody changes."""
    found = faults(farm, lake)
    assert not any(found.values()), found


def has_rows_of_all_kinds(lake):
    """Return whether the lake has articles, duplicates, revisions and mentions."""
    counts = rows(lake)
    return all(counts[table] for table in ("articles", "duplicates", "revisions", "mentions"))


def faults(farm, lake):
    """Return the counts that must be 0. Look at a lake that nobody changes."""
    stored = _mentions(lake)
    again = _mentions_of_a_batch(lake) if stored else stored  # without --events, there are none
    verify = _newslake("verify", "--lake", lake)
    unbalanced = connect(lake).execute("SELECT count(*) FROM runs WHERE NOT balanced").fetchall()
    return {
        "pages lost": len(lost(farm, lake)),
        "corrections lost": len(uncorrected(farm, lake)),
        "pages doubled": _doubled(outcomes(lake)),
        "documents doubled": _doubled(_counted(lake, DOCUMENTS)),
        "corrections doubled": _doubled(_counted(lake, CORRECTIONS, CORRECTION)),
        "mentions missing": len(again - stored),
        "mentions doubled or wrong": (stored - again).total(),
        "runs not balanced": unbalanced[0][0],
        "faults of verify": verify.returncode,
        "visits too soon": int(farm.shortest_gap() < SHORTEST_PAUSE),
    }


def rows(lake):
    """Return the number of rows of some tables."""
    reader = connect(lake)
    return {
        table: reader.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in TABLES
    }


def _mentions(lake):
    return Counter(connect(lake).execute(MENTIONS).fetchall())


def _mentions_of_a_batch(lake):
    """Return the mentions that a batch over the same texts finds."""
    copy = lake.with_name(f"{lake.name}-again")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(lake, copy, ignore=shutil.ignore_patterns("_streams", "_tmp"))
    done = _newslake("reprocess", "--events", "--json", "--lake", copy)
    assert done.returncode == 0, done.stderr
    return _mentions(copy)


def _newslake(*words):
    command = [sys.executable, "-m", "newslake", *map(str, words)]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)


def _counted(lake, sql, *values):
    if not any((lake / "_log").glob("*.json")):
        return Counter()
    return Counter(url for (url,) in connect(lake).execute(sql, list(values)).fetchall())


def _doubled(counts):
    return sum(count - 1 for count in counts.values())
