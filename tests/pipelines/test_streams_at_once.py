"""Two streams, a backfill and a compaction write to one lake at the same time."""

import json
import subprocess
import sys
import threading

from lakes import rows_of, whole
from streams import Given, document, run_stream

from newslake.pipelines.commands.compact import merge, worth_merging
from newslake.schemas.tables import TABLES
from newslake.transforms.dedupe.lake_index import open_lake

SYLLABLES = ["bren", "co", "dilt", "fu", "gam", "hesk", "ki", "lor", "mu", "nast", "pel", "ro"]
STORIES, WINDOWS = 12, 4


def text_of(number):
    words = [SYLLABLES[(number * 7 + place * place) % 12] * (1 + number % 3) for place in range(40)]
    return f"Story {number}: {' '.join(words)}."


def stories(site):
    """Return the documents of a site: all stories, and a later version of every third."""
    own = [document(f"https://{site}.example/{n}", text_of(n)) for n in range(STORIES)]
    return own + [
        document(f"https://{site}.example/{n}", f"Corrected. {text_of(n)}")
        for n in range(0, STORIES, 3)
    ]


def stream(lake, name, documents):
    size = -(-len(documents) // WINDOWS)
    given = [Given(10 * n + 1, documents[n * size : (n + 1) * size]) for n in range(WINDOWS)]
    run_stream(lake, *given, name=name)


def test_streams_a_backfill_and_a_compaction_give_each_document_one_outcome(tmp_path):
    lake, errors = open_lake(tmp_path / "lake"), []
    lake.create()
    place = str(lake.storage.root)
    dump = tmp_path / "dump.jsonl"
    of_file = [json.loads(one.payload) for one in stories("one") + stories("three")]
    dump.write_text("".join(f"{json.dumps(item)}\n" for item in of_file))
    done = threading.Event()

    def collect(action, *arguments):
        try:
            assert not action(*arguments)
        except BaseException as error:  # noqa: BLE001 the main thread raises it
            errors.append(error)

    def compact():
        while not done.is_set():
            for folder in worth_merging(lake, list(TABLES), idle_seconds=0):
                merge(lake, folder)

    words = ["backfill", dump, "--lake", place, "--chunk-documents=6", "--no-events", "--json"]
    backfill = [sys.executable, "-m", "newslake.pipelines.cli", *words]
    writers = [
        threading.Thread(target=collect, args=(stream, lake, name, stories(name)))
        for name in ("one", "two")
    ]
    writers.append(threading.Thread(target=collect, args=(subprocess.call, backfill)))
    compactor = threading.Thread(target=collect, args=(compact,))
    for thread in (*writers, compactor):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    compactor.join()
    assert not errors
    for name in ("one", "two"):  # what was deferred comes again
        stream(lake, name, stories(name))

    rows = rows_of(lake.storage.root, tables=("articles", "duplicates", "revisions"))
    assert len(rows["articles"]) == STORIES
    assert sum(map(len, rows.values())) == len(of_file) + 2 * len(stories("one"))
    assert whole(lake)
