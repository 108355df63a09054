import gzip
import os
from collections import Counter

from archives import page

from newslake.schemas.records import FileSlice, Metric
from newslake.transforms.read.listing import list_inputs
from newslake.transforms.read.read import Read, read


def test_every_input_ends_as_one_document_or_one_reject(tmp_path, run_stage):
    files = {
        "a.txt": b"text",
        "b.html.gz": gzip.compress(b"<p>"),
        "c.jsonl": b"{}\n\n{}\n{}",
        "d.jsonl.gz": gzip.compress(b"{}\n{}\n")[:-9],
        "e.pdf": b"%PDF",
        "f.txt": b"",
        "g.txt.gz": b"text",
        "h.md": b"x" * (2**20 + 1),
        "i.warc": page() + page(status=b"404 Not Found"),
        os.fsdecode(b"caf\xe9.txt"): b"text",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "link.txt").symlink_to("..")
    os.mkfifo(tmp_path / "pipe")

    kept, rejected, metrics = run_stage(list_inputs([str(tmp_path)]), Read(max_document_mb=1))

    assert Counter(document.locator for document in kept) == Counter(
        [
            "file:a.txt",
            "file:b.html.gz",
            "urn:uuid:1",
            *(f"file:c.jsonl#{line}" for line in (1, 3, 4)),
        ]
        + [one.locator for one in kept if one.locator.startswith("file:d.jsonl.gz#")]
    )
    assert sorted((reject.locator.split("#")[0], reject.reason) for reject in rejected) == [
        ("file:caf%E9.txt", "bad_name"),
        ("file:d.jsonl.gz", "truncated_gzip"),
        ("file:e.pdf", "unknown_type"),
        ("file:f.txt", "empty"),
        ("file:g.txt.gz", "bad_gzip"),
        ("file:h.md", "too_large"),
        ("file:link.txt", "outside_root"),
        ("file:pipe", "unreadable"),
    ]
    assert metrics == [Metric("skipped", 1)]
    assert {reject.stage for reject in rejected} == {"Read"}
    assert next(r.payload for r in rejected if r.reason == "too_large") is None
    assert next(r.payload for r in rejected if r.reason == "bad_gzip") == b"text"
    ids = [one.document_id for one in [*kept, *rejected]]
    assert len(ids) == len(set(ids))


def test_a_crash_is_a_reject_beside_what_was_read_before_it(tmp_path, monkeypatch):
    def crash(*_):
        yield from ()
        raise RuntimeError("bug")

    (tmp_path / "a.txt").write_bytes(b"text")
    [slice] = list_inputs([str(tmp_path)])
    monkeypatch.setattr("newslake.transforms.read.files.unpacked", crash)
    [output] = read(slice, max_document_bytes=9)
    assert (output.tag, output.value.reason) == ("rejected", "crash_RuntimeError")
    assert (output.value.locator, output.value.payload) == ("file:a.txt", b"text")


def test_a_crash_in_opening_stops_nothing(monkeypatch):
    def crash(_):
        raise RuntimeError("bug")

    monkeypatch.setattr("newslake.transforms.read.files.opened", crash)
    [output] = read(FileSlice("/r/a.txt", "a.txt", "/r"), max_document_bytes=9)
    assert (output.value.reason, output.value.payload) == ("crash_RuntimeError", b"")
