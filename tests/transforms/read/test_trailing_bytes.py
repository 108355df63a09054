"""Bytes after the last member of a gzip file: the content is read, and the file is counted."""

import gzip

import pytest
from archives import packed, page
from inputs import cut_and_read, outcomes, read, write

from newslake.schemas.records import Metric
from newslake.transforms.read import gzip_streams


def member(content):
    return gzip.compress(content, mtime=0)


CONTENT = {
    "a.html.gz": member(b"<p>Truce"),
    "a.txt.gz": member(b"Tru") + member(b"ce"),
    "a.json.gz": member(b'{"text": "Truce"}'),
    "array.json.gz": member(b"[1, 2, 3]\n"),
    "a.jsonl.gz": member(b"1\n2") + member(b"2\n3"),
    "a.csv.gz": member(b"n,text\n1,Truce\n") + member(b"2,Talks\n"),
    "a.warc.gz": packed(page(1), page(2), page(3)),
    "whole.warc.gz": member(page(1) + page(2)),
}
COUNTED = Metric("files_with_trailing_bytes", 1)


def documents(found):
    return outcomes(one for one in found if not isinstance(one, Metric))


def metrics(found):
    return [one for one in found if isinstance(one, Metric)]


@pytest.mark.parametrize("trailing", [b"garbage", b"\x1f", b"x" * 300_000, b"\0" * 9_000 + b"x"])
@pytest.mark.parametrize("name", CONTENT)
def test_the_content_before_other_bytes_is_read_and_the_file_counts_once(tmp_path, name, trailing):
    path = write(tmp_path, name, CONTENT[name])
    whole = read(path)
    assert metrics(whole) == []
    path.write_bytes(CONTENT[name] + trailing)
    found = read(path)
    assert (documents(found), metrics(found)) == (documents(whole), [COUNTED])
    parts = cut_and_read(path, 1)
    assert (documents(parts), metrics(parts)) == (documents(whole), [COUNTED])


@pytest.mark.parametrize("padding", [b"\0", b"\0" * 600_000])
@pytest.mark.parametrize("name", CONTENT)
def test_zero_bytes_after_a_member_are_padding(tmp_path, name, padding):
    path = write(tmp_path, name, CONTENT[name])
    whole = read(path)
    path.write_bytes(CONTENT[name] + padding)
    assert (documents(read(path)), metrics(read(path))) == (documents(whole), [])
    path.write_bytes(CONTENT[name].replace(member(b"2\n3"), padding + member(b"2\n3")))
    assert documents(read(path)) == documents(whole)


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (member(b"2\n3\n")[:-1], "truncated_gzip"),
        (member(b"2\n3\n")[:2], "truncated_gzip"),
        (member(b"2\n3\n")[:-8] + b"12345678", "bad_gzip"),
        (member(b"2\n3\n")[:4], "truncated_gzip"),
        (gzip_streams.MAGIC + b"\xff garbage", "bad_gzip"),
    ],
)
def test_a_damaged_second_member_is_one_reject_after_the_whole_lines(tmp_path, end, reason):
    path = write(tmp_path, "a.jsonl.gz", member(b"1\n") + end)
    *lines, last = documents(read(path))
    assert [payload for _, payload in lines] == [b"1", b"2", b"3"][: len(lines)]
    assert last == (f"file:a.jsonl.gz#{len(lines) + 1}", reason)
    assert metrics(read(path)) == []
    write(tmp_path, "a.html.gz", member(b"<p>1") + end)
    assert documents(read(tmp_path / "a.html.gz")) == [("file:a.html.gz", reason)]


def test_all_lines_before_damage_within_a_member_are_read(tmp_path):
    lines = [b"%d" % number for number in range(1_000)]
    whole = member(b"\n".join(lines))
    damaged = bytearray(whole)
    damaged[len(whole) // 2 : len(whole) // 2 + 40] = b"\xff" * 40
    *found, refused = documents(read(write(tmp_path, "a.jsonl.gz", bytes(damaged))))
    assert refused[1] == "bad_gzip"
    intact = [payload for _, payload in found]
    assert intact[:400] == lines[:400]


@pytest.mark.parametrize("end", [b"garbage", packed(page(2))[:-9], packed(page(2))[:1]])
def test_bytes_after_a_damaged_member_of_an_archive_are_no_trailing_bytes(tmp_path, end):
    damaged = packed(page(1))[:-8] + b"12345678"
    found = read(write(tmp_path, "a.warc.gz", packed(page(3)) + damaged + end))
    assert metrics(found) == []
    [_, *refused] = documents(found)
    assert refused
    assert {reason for _, reason in refused} <= {"bad_gzip", "truncated_gzip"}
