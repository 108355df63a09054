import gc
import gzip
import json

import pytest
from inputs import MB, outcomes, read, write

from newslake.transforms.read import gzip_streams
from newslake.transforms.read.chunks import chunks
from newslake.transforms.read.files import read_slice
from newslake.transforms.read.listing import list_inputs

ROWS = [{"n": n, "text": "Both sides met. " * 60} for n in range(2_000)]
CONTENT = {
    "a.jsonl.gz": "\n".join(map(json.dumps, ROWS)),
    "a.json.gz": json.dumps(ROWS),
    "a.csv.gz": "n,text\n" + "\n".join(f"{row['n']},{row['text']}\n\0\0\udcff" for row in ROWS),
}


@pytest.mark.parametrize("name", CONTENT)
def test_a_file_is_decompressed_once_to_cut_it_and_once_to_read_all_its_slices(
    tmp_path, name, monkeypatch, request
):
    gc.disable()  # a stream must not wait for the garbage collector before it is used again
    request.addfinalizer(gc.enable)
    write(tmp_path, name, gzip.compress(CONTENT[name].encode(errors="surrogateescape")))
    monkeypatch.setattr(gzip_streams, "PIECE", 2**12)
    pieces = []

    decompressed = gzip_streams._Stream._decompressed

    def counted(stream, file):
        for piece in decompressed(stream, file):
            pieces.append(len(piece))
            yield piece

    monkeypatch.setattr(gzip_streams._Stream, "_decompressed", counted)
    whole = read(tmp_path)
    once = len(pieces)
    listed = list_inputs([str(tmp_path)])
    found = [
        one
        for chunk in chunks(listed, max_documents=20)
        for slice in chunk
        for one in read_slice(slice, MB)
    ]
    assert outcomes(found) == outcomes(whole)
    assert 300 < once < len(pieces) - once < 2.5 * once


def test_a_stream_can_be_closed_by_the_garbage_collector_at_any_time(tmp_path):
    write(tmp_path, "a.jsonl.gz", gzip.compress(b"1\n2\n"))
    stream = gzip_streams.decompressed(*list_inputs([str(tmp_path)]))
    next(stream)
    with gzip_streams._lock:
        stream.close()


def test_a_file_that_has_changed_is_read_from_its_start(tmp_path):
    for number in (1, 2):
        path = write(tmp_path, f"{number}.gz", gzip.compress(b"%d\n" % number * 9, mtime=0))
        path.rename(tmp_path / "a.jsonl.gz")
        [slice, _] = [s for chunk in chunks(list_inputs([str(tmp_path)]), 8) for s in chunk]
        assert {one.payload for one in read_slice(slice, MB)} == {b"%d" % number}
