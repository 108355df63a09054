import gzip
import os
import random
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs import MB, outcomes, read, reason, write

from newslake.schemas.reasons import MAX_PAYLOAD
from newslake.schemas.records import Document, FileSlice
from newslake.transforms.read.chunks import chunks
from newslake.transforms.read.files import read_slice
from newslake.transforms.read.listing import list_inputs

NOISE = random.Random(1).randbytes(200_000)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.txt", "text/plain"),
        ("a.b.TXT", "text/plain"),
        ("a.md", "text/markdown"),
        ("a.html", "text/html"),
        ("a.Htm", "text/html"),
        ("a.json", "application/json"),
    ],
)
def test_a_file_is_a_document_packed_or_not(tmp_path, name, media_type):
    write(tmp_path, f"news/{name}", b"text\r\n")
    write(tmp_path, f"news/{name}.Gz", gzip.compress(b"text\r\n", mtime=0))
    plain, packed = read(tmp_path)
    assert (plain.locator, packed.locator) == (f"file:news/{name}", f"file:news/{name}.Gz")
    for document in (plain, packed):
        assert isinstance(document, Document)
        assert (document.payload, document.media_type) == (b"text\r\n", media_type)
        assert document.source == "news"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.pdf", b"%PDF", "unknown_type"),
        ("a", b"text", "unknown_type"),
        (".txt", b"text", "unknown_type"),
        ("a.gz", gzip.compress(b"text", mtime=0), "unknown_type"),
        ("a.txt", b"", "empty"),
        ("a.txt", b" \r\n\t", "empty"),
        ("a.txt.gz", b"", "empty"),
        ("a.txt.gz", gzip.compress(b" \n", mtime=0), "empty"),
        ("a.jsonl", b"\n \r\n", "empty"),
        ("a.jsonl.gz", gzip.compress(b"", mtime=0), "empty"),
        ("a.txt.gz", gzip.compress(b"text" * 99, mtime=0)[:-9], "truncated_gzip"),
        ("a.txt.gz", gzip.compress(b"text", mtime=0)[:5], "truncated_gzip"),
        ("a.txt.gz", b"<html>", "bad_gzip"),
        ("a.jsonl.gz", b"{}\n", "bad_gzip"),
        ("a.txt.gz", gzip.compress(b"text", mtime=0)[:-8] + b"12345678", "bad_gzip"),
        (
            "a.txt.gz",
            gzip.compress(b"one", mtime=0) + gzip.compress(b"2", mtime=0)[:-1],
            "truncated_gzip",
        ),
        ("a.txt.gz", gzip.compress(b"one", mtime=0) + b"\x1f\x8bgarbage", "bad_gzip"),
        ("a.html", b"x" * (MB + 1), "too_large"),
        ("a.html.gz", gzip.compress(b"x" * (MB + 1), mtime=0), "too_large"),
    ],
)
def test_an_input_that_is_not_a_document_is_refused_once_with_its_bytes(
    tmp_path, name, content, expected
):
    write(tmp_path, name, content)
    [refused] = read(tmp_path)
    assert (reason(refused), refused.document.locator) == (expected, f"file:{name}")
    assert refused.document.payload == content[: MAX_PAYLOAD + 1]


def test_a_document_of_just_the_limit_is_read(tmp_path):
    write(tmp_path, "a.txt", b"x" * MB)
    write(tmp_path, "b.jsonl", b"x" * MB + b"\r\n")
    assert [reason(found) for found in read(tmp_path)] == [None, None]


def test_members_of_a_gzip_file_are_one_document(tmp_path):
    write(tmp_path, "a.txt.gz", gzip.compress(b"one ", mtime=0) + gzip.compress(b"two", mtime=0))
    assert outcomes(read(tmp_path)) == [("file:a.txt.gz", b"one two")]


def test_a_refused_file_over_1_mb_is_identified_by_its_size(tmp_path):
    path = write(tmp_path, "a.bin", b"x" * (MAX_PAYLOAD + 5))
    [before] = read(tmp_path)
    path.write_bytes(b"x" * (MAX_PAYLOAD + 6))
    [after] = read(tmp_path)
    assert len(before.document.payload) == MAX_PAYLOAD + 1
    assert before.document.document_id != after.document.document_id


@pytest.mark.parametrize("name", ["bomb.txt.gz", "bomb.jsonl.gz"])
def test_a_bomb_is_refused_in_bounded_memory(tmp_path, name):
    with gzip.open(tmp_path / name, "wb", compresslevel=1) as bomb:
        for _ in range(100):
            bomb.write(bytes(MB))
    tracemalloc.start()
    try:
        [chunk] = chunks(list_inputs([str(tmp_path)]), max_document_bytes=MB)
        found = [found for slice in chunk for found in read_slice(slice, MB)]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [reason(one) for one in found] == ["too_large"]
    assert peak < 10 * MB


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("../outside.txt", "outside_root"),
        ("..", "outside_root"),
        ("/dev/zero", "outside_root"),
        ("nowhere", "unreadable"),
        ("link.txt", "unreadable"),
    ],
)
def test_a_link_that_cannot_be_followed_is_one_refusal(tmp_path, target, expected):
    write(tmp_path, "outside.txt", b"secret")
    (tmp_path / "root").mkdir()
    (tmp_path / "root/link.txt").symlink_to(target)
    [refused] = read(tmp_path / "root")
    assert (reason(refused), refused.document.payload) == (expected, b"")
    assert refused.document.locator == "file:link.txt"


def test_a_pipe_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.jsonl")
    [[slice]] = chunks(list_inputs([str(tmp_path)]))
    assert [reason(found) for found in read_slice(slice, MB)] == ["unreadable"]


def vanish(path):
    path.unlink()


def become_a_folder(path):
    path.unlink()
    path.mkdir()


def become_a_link_out(path):
    path.unlink()
    path.symlink_to("../../outside.txt")


def have_its_folder_led_out(path):
    path.parent.rename(path.parent.with_name("old"))
    path.parent.symlink_to("../other")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (vanish, "unreadable"),
        (become_a_folder, "unreadable"),
        (become_a_link_out, "outside_root"),
        (have_its_folder_led_out, "outside_root"),
    ],
)
def test_an_input_that_changes_after_the_listing_is_refused(tmp_path, change, expected):
    write(tmp_path, "outside.txt", b"secret")
    write(tmp_path, "other/a.txt", b"secret")
    path = write(tmp_path, "root/sub/a.txt", b"text")
    [slice] = list_inputs([str(tmp_path / "root")])
    change(path)
    [refused] = read_slice(slice, MB)
    assert (reason(refused), refused.document.payload) == (expected, b"")


def test_a_file_that_may_not_be_opened_is_refused(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    write(tmp_path, "a.txt", b"text")
    monkeypatch.setattr("os.open", refuse)
    [refused] = read(tmp_path)
    assert (reason(refused), str(refused.error)) == ("unreadable", "Permission denied")


@pytest.mark.parametrize("name", [b"caf\xe9.txt", b"\xff\xfe.jsonl", b"caf\xe9/a.txt"])
def test_a_name_that_is_not_utf8_is_refused_with_its_bytes(tmp_path, name):
    try:
        write(tmp_path, os.fsdecode(name), b"{}\n{}\n")
    except OSError:
        pytest.skip("this file system takes no such names")
    [slice] = [slice for chunk in chunks(list_inputs([str(tmp_path)]), 1) for slice in chunk]
    [refused] = read_slice(slice, MB)
    assert (reason(refused), refused.document.payload) == ("bad_name", b"{}\n{}\n")
    refused.document.locator.encode()
    assert "%E9" in refused.document.locator or "%FF%FE" in refused.document.locator


def test_each_line_of_json_lines_is_a_document_named_by_its_number(tmp_path):
    write(tmp_path, "news/dump.jsonl", b"{}\r\n\n \n[1]\n2")
    found = read(tmp_path)
    assert outcomes(found) == [
        ("file:news/dump.jsonl#1", b"{}"),
        ("file:news/dump.jsonl#4", b"[1]"),
        ("file:news/dump.jsonl#5", b"2"),
    ]
    assert {(document.media_type, document.source) for document in found} == {
        ("application/json", "news")
    }


def test_a_line_over_the_limit_is_one_refusal_and_reading_goes_on(tmp_path):
    write(tmp_path, "a.jsonl", b"1\n" + b"x" * 101 + b"\n" + b"y" * 3 * MB + b"\n" + b"2\n")
    one, small, large, two = read(tmp_path, limit=100)
    assert (one.payload, two.payload, two.locator) == (b"1", b"2", "file:a.jsonl#4")
    assert (reason(small), small.document.payload) == ("too_large", b"x" * 101)
    assert (reason(large), len(large.document.payload)) == ("too_large", MAX_PAYLOAD + 1)


@pytest.mark.parametrize("documents", [1, 2, 2_000])
def test_lines_before_a_cut_are_documents_and_the_rest_is_one_refusal(tmp_path, documents):
    lines = [NOISE[i : i + 50].hex().encode() for i in range(0, len(NOISE), 50)]
    write(tmp_path, "a.jsonl.gz", gzip.compress(b"\n".join(lines))[:100_000])
    listed = list_inputs([str(tmp_path)])
    slices = [slice for chunk in chunks(listed, documents) for slice in chunk]
    if documents == 1:  # the rest is read the same way; opening the file 1,700 times is slow
        slices = slices[:3] + slices[-3:]
    *found, refused = [found for slice in slices for found in read_slice(slice, MB)]
    assert all(one.payload == lines[int(one.locator.split("#")[1]) - 1] for one in found)
    assert refused.error.reason == "truncated_gzip"
    last = int(found[-1].locator.split("#")[1])
    assert refused.document.locator == f"file:a.jsonl.gz#{last + 1}"
    assert lines[last].startswith(refused.document.payload)


def test_a_wrong_checksum_behind_the_last_line_is_one_refusal_however_it_is_cut(tmp_path):
    write(tmp_path, "a.jsonl.gz", gzip.compress(b"1\n2\n", mtime=0)[:-8] + b"12345678")
    for size in (1, 2, 3):
        found = [
            found
            for chunk in chunks(list_inputs([str(tmp_path)]), size)
            for slice in chunk
            for found in read_slice(slice, MB)
        ]
        assert outcomes(found) == [
            ("file:a.jsonl.gz#1", b"1"),
            ("file:a.jsonl.gz#2", b"2"),
            ("file:a.jsonl.gz#3", "bad_gzip"),
        ]


def test_a_slice_that_lost_its_lines_since_the_listing_says_so(tmp_path):
    path = write(tmp_path, "a.jsonl", b"1\n2\n3\n4\n")
    first, second = [chunk[0] for chunk in chunks(list_inputs([str(tmp_path)]), 2)]
    path.write_bytes(b"1\n")
    assert outcomes(read_slice(first, MB)) == [
        ("file:a.jsonl#1", b"1"),
        ("file:a.jsonl#2", "unreadable"),
    ]
    assert outcomes(read_slice(second, MB)) == [("file:a.jsonl#3", "unreadable")]


LINE_ENDS = st.sampled_from([b"\n", b"\r\n"])
LINES = st.lists(st.tuples(st.binary(max_size=6).filter(lambda b: b"\n" not in b), LINE_ENDS))


@given(LINES, st.booleans(), st.booleans(), st.integers(1, 5), st.integers(1, 40))
def test_the_slices_of_a_file_together_are_the_file(
    tmp_path_factory, lines, ended, packed, max_documents, max_bytes
):
    content = b"".join(line + end for line, end in lines)
    content = content if ended else content.removesuffix(b"\n").removesuffix(b"\r")
    *whole, last = content.split(b"\n")  # a lone CR is not a line end, even at the end
    expected = [
        (f"file:a.jsonl{'.gz' * packed}#{number}", line)
        for number, line in enumerate([*(line.removesuffix(b"\r") for line in whole), last], 1)
        if line.strip()
    ]
    folder = tmp_path_factory.mktemp("lines")
    write(
        folder, "a.jsonl" + ".gz" * packed, gzip.compress(content, mtime=0) if packed else content
    )

    cut = list(chunks(list_inputs([str(folder)]), max_documents, max_bytes))
    read_in_parts = [[f for slice in chunk for f in read_slice(slice, MB)] for chunk in cut]

    assert all(len(part) <= max_documents for part in read_in_parts)
    together = [found for part in read_in_parts for found in part]
    if expected:
        assert outcomes(together) == expected == outcomes(read(folder))
    else:
        assert [reason(found) for found in together] == ["empty"]


def test_the_cut_fills_each_chunk_and_is_the_same_every_time(tmp_path):
    for name, lines in (("a.jsonl", 3), ("b.txt", 1), ("c.jsonl", 5), ("d.txt", 1)):
        write(tmp_path, name, b"{}\n" * lines)
    listed = list_inputs([str(tmp_path)])
    cut = list(chunks(listed, max_documents=4))
    assert [[(s.name, s.offset, s.line, s.lines) for s in chunk] for chunk in cut] == [
        [("a.jsonl", 0, 1, None), ("b.txt", 0, 1, None)],
        [("c.jsonl", 0, 1, 4)],
        [("c.jsonl", 12, 5, None), ("d.txt", 0, 1, None)],
    ]
    assert list(chunks(listed, max_documents=4)) == cut


def test_chunks_keep_to_their_bytes_unless_one_document_is_larger(tmp_path):
    for name, size in (("a.txt", 60), ("b.txt", 60), ("c.txt", 300), ("d.txt", 30), ("e.txt", 30)):
        write(tmp_path, name, b"x" * size)
    cut = chunks(list_inputs([str(tmp_path)]), max_bytes=100)
    assert [[s.name[0] for s in chunk] for chunk in cut] == [["a"], ["b"], ["c"], ["d", "e"]]


def test_a_slice_that_names_a_missing_file_is_still_put_in_a_chunk(tmp_path):
    gone = FileSlice(f"{tmp_path}/gone.jsonl", "gone.jsonl", str(tmp_path))
    assert list(chunks([gone])) == [[gone]]


def test_millions_of_blank_lines_are_skipped_quickly(tmp_path):
    path = tmp_path / "blank.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(20):
            file.write(b"\n" * 2**20)
        file.write(b'{"title": "last"}\n')
    (slice,) = list_inputs([str(path)])
    began = time.process_time()
    (document,) = read_slice(slice, 2**20)
    assert document.locator == f"file:blank.jsonl.gz#{20 * 2**20 + 1}"
    assert time.process_time() - began < 3
