import base64
import gzip
import hashlib
import random
import struct
import time
import tracemalloc
import zlib
from datetime import UTC, datetime

import pytest
from archives import HTML, PAGE, http, packed, page, record
from fastwarc.stream_io import BrotliWriter, ZstdWriter
from hypothesis import given
from hypothesis import strategies as st

from newslake.schemas.records import Metric
from newslake.transforms.read.chunks import chunks
from newslake.transforms.read.files import read_slice
from newslake.transforms.read.found import RejectedInput
from newslake.transforms.read.listing import list_inputs

MB = 2**20


def read(folder, content, name="a.warc", limit=MB, documents=2_000):
    """Read an archive with that content, in chunks of `documents` records."""
    (folder / name).write_bytes(content)
    cut = chunks(list_inputs([str(folder / name)]), documents)
    return [found for chunk in cut for slice in chunk for found in read_slice(slice, limit)]


def outcomes(found):
    """Return the numbers of pages, the reject reasons, and how many records were skipped."""
    metrics = [one.count for one in found if isinstance(one, Metric)]
    others = [one for one in found if not isinstance(one, Metric)]
    return [
        one.error.reason if isinstance(one, RejectedInput) else one.url.rpartition("/")[2]
        for one in others
    ] + ([f"{sum(metrics)} skipped"] if metrics else [])


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "a.WARC.GZ"])
def test_a_page_is_a_document_with_all_that_the_archive_knows(tmp_path, name):
    info = record(b"software: test\r\n", b"warcinfo")
    pack = packed if name.lower().endswith("gz") else lambda *records: b"".join(records)
    [document] = read(tmp_path, pack(info, page(7)), name)
    assert document.locator == "urn:uuid:7"
    assert (document.url, document.payload) == ("https://example.org/7", PAGE)
    assert (document.media_type, document.charset) == ("text/html", "utf-8")
    assert document.headers == "Content-Type: text/html; charset=utf-8"
    assert document.seen_at == datetime(2024, 3, 1, 12, tzinfo=UTC)
    assert (document.warc_file, document.warc_offset) == (name, len(pack(info)))
    assert document.source == tmp_path.name


def test_responses_that_are_not_successful_pages_are_counted_and_crawl_metadata_is_not(tmp_path):
    image = b"Content-Type: image/png\r\n"
    content = b"".join(
        [
            *(record(b"a: b\r\n", kind) for kind in (b"warcinfo", b"metadata")),
            record(b"GET / HTTP/1.1\r\n\r\n", b"request"),
            page(1),
            page(2, status=b"404 Not Found"),
            page(3, status=b"301 Moved"),
            page(4, http_fields=image),
            record(b"text", b"resource"),
            record(http(b""), b"revisit"),
        ]
    )
    assert outcomes(read(tmp_path, content)) == ["1", "5 skipped"]


def test_a_page_without_a_type_may_be_html(tmp_path):
    assert outcomes(read(tmp_path, page(http_fields=b""))) == ["1"]


def compressed(writer):
    from io import BytesIO

    packed = BytesIO()
    stream = writer(packed)
    stream.write(PAGE)
    stream.close()
    return packed.getvalue()


def chunked(body):
    return b"%x;a=b\r\n%s\r\n0\r\n\r\n" % (len(body), body)


CHUNKED = chunked(PAGE)
IS_CHUNKED = b"Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        (b"Content-Encoding: gzip\r\n", gzip.compress(PAGE, mtime=0)),
        (b"Content-Encoding: X-GZIP\r\n", gzip.compress(PAGE, mtime=0)),
        (b"Content-Encoding: deflate\r\n", zlib.compress(PAGE)),
        (b"Content-Encoding: deflate\r\n", zlib.compress(PAGE)[2:-4]),
        (b"Content-Encoding: br\r\n", compressed(BrotliWriter)),
        (b"Content-Encoding: zstd\r\n", compressed(ZstdWriter)),
        (b"Content-Encoding: gzip, gzip\r\n", gzip.compress(gzip.compress(PAGE, mtime=0), mtime=0)),
        (b"Content-Encoding: gzip\r\n", PAGE),
        (b"Content-Encoding: utf-8\r\n", PAGE),
        (IS_CHUNKED, CHUNKED),
        (IS_CHUNKED, CHUNKED.replace(b";a=b", b" \t")),
        (IS_CHUNKED, CHUNKED.replace(b";a=b", b';a="b;c" ; d')),
        (IS_CHUNKED, b"000000000000" + CHUNKED),
        (IS_CHUNKED, CHUNKED.upper().replace(PAGE.upper(), PAGE).replace(b"\r\n", b"\n")),
        (IS_CHUNKED, CHUNKED.removesuffix(b"\r\n") + b"Expires: 0\r\nETag: a\r\n\r\n"),
        (IS_CHUNKED, CHUNKED.removesuffix(b"\r\n")),
        (IS_CHUNKED, b"1\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (PAGE[:1], len(PAGE) - 1, PAGE[1:])),
        (IS_CHUNKED + b"Content-Length: 9999\r\n", CHUNKED),
        (IS_CHUNKED + b"Content-Length: 2\r\n", CHUNKED),
        (IS_CHUNKED + b"Content-Length: %d\r\n" % len(PAGE), PAGE),
        (b"Content-Length: 2\r\n", PAGE),
        (b"X-Crawler-Transfer-Encoding: chunked\r\n", PAGE),
        (IS_CHUNKED, PAGE),
        (IS_CHUNKED + b"Content-Encoding: gzip\r\n", gzip.compress(PAGE, mtime=0)),
        (IS_CHUNKED + b"Content-Encoding: br\r\n", compressed(BrotliWriter)),
        (b"Transfer-Encoding: gzip, chunked\r\n", chunked(gzip.compress(PAGE, mtime=0))),
        (b"Transfer-Encoding: gzip\r\n", gzip.compress(PAGE, mtime=0)),
    ],
)
def test_transfer_and_content_encodings_are_decoded(tmp_path, fields, body):
    [document] = read(tmp_path, page(body=body, http_fields=HTML + fields))
    assert document.payload == PAGE


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        (b"Content-Encoding: gzip\r\n", gzip.compress(PAGE, mtime=0)[:-12]),
        (b"Content-Encoding: gzip\r\n", b"\x1f\x8bno gzip at all"),
        (b"Content-Encoding: br\r\n", b"no brotli"),
        (b"Content-Encoding: zstd\r\n", compressed(ZstdWriter)[:-5]),
    ],
)
def test_encodings_that_cannot_be_decoded_are_refused(tmp_path, fields, body):
    assert outcomes(read(tmp_path, page(body=body, http_fields=HTML + fields))) == ["bad_encoding"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"ZZ\r\nhi\r\n0\r\n\r\n", id="no number"),
        pytest.param(b"ZZ\r\n<p>hi</p>\r\n0\r\n\r\n", id="no number before markup"),
        pytest.param(b"-2\r\nhi\r\n0\r\n\r\n", id="negative"),
        pytest.param(b"0x2\r\nhi\r\n0\r\n\r\n", id="with a prefix"),
        pytest.param(b"2\rhi\r0\r\r", id="line ends without a line feed"),
        pytest.param(b"hi\r\n0\r\n\r\n", id="no size"),
        pytest.param(b"<p>%s\r\n0\r\n\r\n" % (b"hi " * 99), id="no size before markup"),
        pytest.param(b"%s\r\n0\r\n\r\n" % (b"hi " * 99), id="no size before a long line"),
        pytest.param(b"5\r\nTruce\r\nff\r\ncut", id="cut in a chunk"),
        pytest.param(b"5\r\nTruce\r\nno size", id="no second size"),
        pytest.param(b"5\r\nTruce\r\n", id="no last chunk"),
        pytest.param(b"5\r\nTruce\r\n0", id="cut in the last chunk"),
        pytest.param(b"3\r\nTru0\r\n0\r\n\r\n", id="too small"),
        pytest.param(b"6\r\nTruce\r\n0\r\n\r\n", id="too large"),
        pytest.param(b"f" * 9_999 + b"\r\nTruce\r\n0\r\n\r\n", id="much too large"),
        pytest.param(b"5\r\nTruce\r\n0\r\n\r\n5\r\nagain\r\n0\r\n\r\n", id="a chunk behind"),
    ],
)
def test_a_body_with_a_broken_chunk_is_refused(tmp_path, body):
    fields = HTML + IS_CHUNKED
    assert outcomes(read(tmp_path, page(body=body, http_fields=fields))) == ["bad_encoding"]


@pytest.mark.parametrize(
    "start", [b"\r\n ", b"\xef\xbb\xbf", b"Warning: line 3 of index.php has an error\n"]
)
def test_a_page_that_the_crawler_stored_without_its_chunks_is_read(tmp_path, start):
    [document] = read(tmp_path, page(body=start + PAGE, http_fields=HTML + IS_CHUNKED))
    assert document.payload == start + PAGE


def test_a_page_in_utf_16_that_the_crawler_stored_without_its_chunks_is_read(tmp_path):
    body = PAGE.decode().encode("utf-16")
    [document] = read(tmp_path, page(body=body, http_fields=HTML + IS_CHUNKED))
    assert document.payload == body


def test_a_bomb_is_refused_in_bounded_memory(tmp_path):
    bomb = gzip.compress(bytes(100 * MB), 1)
    content = page(1, bomb, http_fields=HTML + b"Content-Encoding: gzip\r\n") + page(2)
    tracemalloc.start()
    try:
        found = read(tmp_path, content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert outcomes(found) == ["too_large", "2"]
    assert peak < 20 * MB


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_a_page_over_the_limit_is_refused_and_a_video_is_skipped(tmp_path, name, monkeypatch):
    monkeypatch.setattr("newslake.transforms.read.warc.members.MAX_MEMBER", 2 * MB)
    large = b"<p>" * MB
    film = page(2, large, http_fields=b"Content-Type: video/mp4\r\n")
    records = [page(1, large), film, page(3)]
    content = packed(*records) if name.endswith("gz") else b"".join(records)
    assert outcomes(read(tmp_path, content, name)) == ["too_large", "3", "1 skipped"]


def digests(data):
    sha1 = hashlib.sha1(data).digest()
    return [
        b"sha1:" + base64.b32encode(sha1),
        b"sha1:" + sha1.hex().encode(),
        b"sha-256:" + base64.b64encode(hashlib.sha256(data).digest()),
        b"md5:" + hashlib.md5(data).hexdigest().upper().encode(),
        b"a-digest-of-tomorrow:abc",
    ]


def test_digests_in_any_spelling_are_checked(tmp_path):
    for right in digests(http()):
        assert outcomes(read(tmp_path, page(fields=b"WARC-Block-Digest: %s\r\n" % right))) == ["1"]
    for wrong in digests(b"another")[:-1]:
        [refused] = read(tmp_path, page(fields=b"WARC-Block-Digest: %s\r\n" % wrong))
        assert refused.error.reason == "bad_digest"
        assert PAGE in refused.document.payload


def test_the_digest_of_a_payload_may_be_taken_before_or_after_joining_its_chunks(tmp_path):
    for data in (CHUNKED, PAGE):
        fields = b"WARC-Payload-Digest: %s\r\n" % digests(data)[0]
        sent = HTML + b"Transfer-Encoding: chunked\r\n"
        assert outcomes(read(tmp_path, page(1, CHUNKED, fields, sent))) == ["1"]
    wrong = b"WARC-Payload-Digest: %s\r\n" % digests(b"another")[0]
    assert outcomes(read(tmp_path, page(fields=wrong))) == ["bad_digest"]


def test_a_crash_costs_one_record(tmp_path, monkeypatch):
    def crash(found, body):
        if found.record_id.endswith("2>"):
            raise RuntimeError("bug")

    monkeypatch.setattr("newslake.transforms.read.warc.responses._check_length", crash)
    one, crashed, three = read(tmp_path, page(1) + page(2) + page(3))
    assert isinstance(crashed.error, RuntimeError)
    assert outcomes([one, three]) == ["1", "3"]


@pytest.mark.parametrize("length", [b"9" * 5000, b"-1", b"\xd9\xa1", b"many"])
def test_an_invalid_length_is_ignored(tmp_path, length):
    fields = HTML + b"Content-Length: %s\r\n" % length
    assert outcomes(read(tmp_path, page(http_fields=fields))) == ["1"]


def test_a_page_that_the_crawler_cut_is_refused(tmp_path):
    header = HTML + b"Content-Length: 5000\r\n"
    content = page(1, fields=b"WARC-Truncated: length\r\n") + page(2, http_fields=header)
    assert outcomes(read(tmp_path, content)) == ["cut_response", "cut_response"]


@pytest.mark.parametrize("length", [99_999, 10**17, 250, 5, -5])
def test_reading_goes_on_after_a_record_of_a_wrong_length(tmp_path, length):
    content = page(1) + page(2, length=length) + page(3) + page(4)
    found = read(tmp_path, content)
    assert outcomes(found) == ["1", "bad_record", "3", "4"]
    assert found[1].document.locator == f"file:a.warc#{len(page(1))}"
    assert content.startswith(page(1) + found[1].document.payload)


def test_data_between_records_is_refused_and_costs_no_record(tmp_path):
    content = page(1) + b"garbage\r\nmore of it\r\n" + page(2)
    found = read(tmp_path, content)
    assert outcomes(found) == ["1", "bad_record", "2"]
    assert found[1].document.payload == b"garbage\r\nmore of it\r\n"


HEADLESS = [
    b"\nWARC/1." * 40,
    b"WARC/1.0\r\nWARC-Type: response\r\n\r\n" * 40,
    b"\r\nWARC/1.0\r\nContent-Length: 5\r\nWARC/1.0" * 40,
    b"WARC/1.0\r\nContent-Length: -5\r\n\r\n" * 40,
    b"WARC/1.0\r\n\r\n" * 40,
    b"WARC/1.0\r\nA: " + b"a" * 40_000 + b"\r\nContent-Length: 1\r\n\r\n",
]


@pytest.mark.parametrize("damage", HEADLESS)
def test_damage_is_one_refusal_that_says_how_far_it_reaches(tmp_path, damage):
    content = page(1) + b"x" + damage + b"\n" + page(2)
    found = read(tmp_path, content)
    assert outcomes(found) == ["1", "bad_record", "2"]
    assert found[1].document.payload == b"x" + damage + b"\n"
    begin, end = len(page(1)), len(content) - len(page(2))
    assert str(found[1].error) == (
        f"no WARC header with a Content-Length starts here; {end - begin:,} bytes of damage, in bytes {begin:,} to {end:,} of the file"
    )


def test_two_records_with_wrong_lengths_are_two_refusals(tmp_path):
    content = page(1, length=7) + page(2, length=9_999) + page(3)
    found = read(tmp_path, content)
    assert outcomes(found) == ["bad_record", "bad_record", "3"]
    assert [found[0].document.payload, found[1].document.payload] == [
        page(1, length=7),
        page(2, length=9_999),
    ]


@pytest.mark.parametrize("inside", [b"", b"x", b"WARC/1.", b"WARC/1.0\r\nA: b\r\n\r\n"])
def test_gzip_members_without_a_record_are_one_refusal(tmp_path, inside):
    before, damage, behind = packed(page(1)), packed(*[inside] * 50), packed(page(2))
    for documents in (1, 2_000):
        found = read(tmp_path, before + damage + behind, "a.warc.gz", documents=documents)
        assert outcomes(found) == ["1", "bad_record", "2"]
        assert found[1].document.locator == f"file:a.warc.gz#{len(before)}"
        assert f"{len(before):,} to {len(before + damage):,} of the file" in str(found[1].error)
    assert outcomes(read(tmp_path, damage, "a.warc.gz")) == ["bad_record"]


def test_a_broken_member_that_runs_on_through_others_costs_only_itself(tmp_path):
    """The data after its header is a stored block, which contains the following members."""
    head = gzip.compress(b"", mtime=0)[:10]
    behind = packed(page(2), page(3))
    begun = page(1)[:100]
    stored = b"\0" + struct.pack("<HH", 30_000, 30_000 ^ 0xFFFF) + begun
    content = packed(page(1)) + head + stored + behind
    assert outcomes(read(tmp_path, content, "a.warc.gz")) == ["1", "truncated_gzip", "2", "3"]


def running_on(members, size):
    """Return members whose compressed data all runs on to the truncated end of the file."""
    head = gzip.compress(b"", mtime=0)[:10]
    length = 5 + len(head) + 5
    parts = []
    for left in range(members, 0, -1):
        inner = b"WARC/" + b"\n" * (left * length - length)
        parts.append(head + b"\0" + struct.pack("<HH", len(inner), len(inner) ^ 0xFFFF) + b"WARC/")
    sea = b"\0" + struct.pack("<HH", 60_000, 60_000 ^ 0xFFFF) + b"a" * 60_000
    return b"".join(parts) + sea * (size // len(sea))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.warc", b"\nWARC/1." * 250_000),
        ("a.warc", b"\nWARC/1.0\r\n" * 200_000),
        ("a.warc", b"\nWARC/1.0\r\nA: " * 150_000),
        ("a.warc", b"WARC/1.0\r\nContent-Length: 9\r\n\r\n" * 10_000),
        ("a.warc", b"\r\n" * 1_000_000),
        ("a.warc.gz", gzip.compress(b"", mtime=0) * 50_000),
        ("a.warc.gz", b"\x1f\x8b\x08" * 400_000),
        ("a.warc.gz", running_on(2_000, 20 * MB)),
    ],
)
def test_damage_takes_time_by_its_size_alone(tmp_path, name, content):
    began = time.process_time()
    found = read(tmp_path, content, name)
    assert time.process_time() - began < 5
    assert all(isinstance(one, RejectedInput) for one in found)


def test_damage_between_gzip_members_costs_no_record(tmp_path):
    found = read(tmp_path, packed(page(1)) + b"\x1f\x8b\x08garbage" + packed(page(2)), "a.warc.gz")
    assert outcomes(found) == ["1", "bad_gzip", "2"]
    assert found[1].document.payload == b"\x1f\x8b\x08garbage"


def test_a_damaged_member_costs_only_itself(tmp_path):
    one, two, three = (packed(page(number)) for number in (1, 2, 3))
    broken = two[:-8] + b"12345678"
    assert outcomes(read(tmp_path, one + broken + three, "a.warc.gz")) == ["1", "bad_gzip", "3"]


@pytest.mark.parametrize("cut", [1, 9, 30, 150])
def test_an_archive_that_breaks_off_keeps_what_was_before(tmp_path, cut):
    content = packed(page(1), page(2))[:-cut]
    assert outcomes(read(tmp_path, content, "a.warc.gz")) == ["1", "truncated_gzip"]
    content = (page(1) + page(2).rstrip())[:-cut]
    assert outcomes(read(tmp_path, content)) == ["1", "bad_record"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"<html>", "bad_record"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n", "bad_record"),
        (b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 1\r\n\r\n", "bad_record"),
        (page(body=b" \n"), "empty"),
    ],
)
def test_a_file_without_a_page_is_one_refusal(tmp_path, content, reason):
    assert outcomes(read(tmp_path, content)) == [reason]


def test_a_plain_file_named_gz_is_one_refusal(tmp_path):
    assert outcomes(read(tmp_path, page(1) + page(2), "a.warc.gz")) == ["bad_gzip"]


def test_records_without_a_usable_id_are_identified_by_their_offset(tmp_path):
    nameless = page(1).replace(b"WARC-Record-ID: <urn:uuid:1>\r\n", b"")
    with_password = page(2).replace(b"urn:uuid:2", b"https://ann:secret@example.org/2")
    one, two = read(tmp_path, nameless + with_password)
    assert (one.locator, two.locator) == ("file:a.warc#0", f"file:a.warc#{len(nameless)}")


def test_addresses_in_angle_brackets_are_read(tmp_path):
    content = page(1).replace(b"https://example.org/1", b"<https://example.org/1>")
    assert outcomes(read(tmp_path, content)) == ["1"]


def test_an_archive_packed_as_one_stream_is_read(tmp_path):
    content = gzip.compress(page(1) + page(2) + page(3))
    for size in (1, 2, 3):
        assert outcomes(read(tmp_path, content, "a.warc.gz", documents=size)) == ["1", "2", "3"]


PIECES = st.sampled_from(
    [
        *(page(1), page(2, b"<p>" * 300), page(3, length=7), record(b"", b"request")),
        *(b"garbage", b"\nWARC/1." * 3, b"", b"WARC/1.0\r\nContent-Length: 1\r\n\r\n"),
    ]
)


@given(st.lists(PIECES, min_size=1), st.booleans(), st.integers(1, 3), st.integers(0, 200))
def test_the_slices_of_an_archive_together_are_the_archive(
    tmp_path_factory, pieces, pack, documents, cut
):
    content = packed(*pieces) if pack else b"".join(pieces)
    content = content[: len(content) - cut] or b"x"
    folder, name = tmp_path_factory.mktemp("archive"), "a.warc" + ".gz" * pack
    whole, in_parts = (read(folder, content, name, documents=n) for n in (2_000, documents))
    assert outcomes(in_parts) == outcomes(whole)
    assert documents_of(in_parts) == documents_of(whole)


def documents_of(found):
    known = (one.document if isinstance(one, RejectedInput) else one for one in found)
    return [one for one in known if not isinstance(one, Metric)]


def test_a_slice_that_lost_its_records_since_the_listing_says_so(tmp_path):
    path = tmp_path / "a.warc"
    path.write_bytes(page(1) + page(2) + page(3))
    first, second = [chunk[0] for chunk in chunks(list_inputs([str(path)]), 2)]
    path.write_bytes(page(1))
    assert outcomes(list(read_slice(first, MB))) == ["1", "unreadable"]
    assert outcomes(list(read_slice(second, MB))) == ["unreadable"]


def lines_of(head):
    return head.replace(b"\r\n", b"\n")


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_headers_whose_lines_end_in_a_line_feed_alone_are_read(tmp_path, name):
    digest = b"WARC-Payload-Digest: sha1:%s\r\n" % base64.b32encode(hashlib.sha1(PAGE).digest())
    whole = page(1, fields=digest)
    head, block = whole[: whole.index(b"HTTP/")], whole[whole.index(b"HTTP/") :]
    of_record = lines_of(head) + block
    reply = http(PAGE, b"").replace(b"\r\n\r\n", b"\n" + lines_of(HTML) + b"\n")
    of_response = record(reply, number=2, fields=b"WARC-Target-URI: https://example.org/2\r\n")
    both = record(reply, number=3, fields=b"WARC-Target-URI: https://example.org/3\r\n")
    both = lines_of(both[: both.index(b"HTTP/")]) + both[both.index(b"HTTP/") :]
    pack = packed if name.endswith("gz") else lambda *records: b"".join(records)
    found = read(tmp_path, pack(of_record, of_response, both), name)
    assert outcomes(found) == ["1", "2", "3"]
    assert {(one.payload, one.charset) for one in found} == {(PAGE, "utf-8")}


@pytest.mark.parametrize("cut", [True, False])
def test_a_broken_member_after_a_whole_header_reports_its_offset(tmp_path, cut):
    noise = bytes(random.Random(1).randbytes(3_000)).hex().encode()
    first, second = packed(page(1)), bytearray(packed(page(2, body=noise)))
    if cut:
        del second[-500:]
    else:
        second[-8:] = bytes(8)
    [_, refused] = read(tmp_path, first + bytes(second), "a.warc.gz")
    assert f"bytes {len(first):,} to {len(first) + len(second):,} of the file" in str(refused.error)


HEAD = page(7).partition(b"Content-Length")[0]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
@pytest.mark.parametrize(
    ("damaged", "url"),
    [
        pytest.param(page(7, length=3), "https://example.org/7", id="wrong length"),
        pytest.param(
            page(7, b"ZZ", http_fields=HTML + IS_CHUNKED), "https://example.org/7", id="chunk"
        ),
        pytest.param(
            page(7, fields=b"WARC-Block-Digest: sha1:A\r\n"), "https://example.org/7", id="digest"
        ),
        pytest.param(page(7, bytes(2 * MB)), "https://example.org/7", id="too large"),
        pytest.param(HEAD, "https://example.org/7", id="cut in the header"),
        pytest.param(HEAD.replace(b"\r\n", b"\n"), "https://example.org/7", id="line feeds"),
        pytest.param(page(7).replace(b"WARC/1", b"warc/1"), None, id="no header"),
        pytest.param(
            page(7, length=3).replace(b"https://", b"<https://").replace(b"/7\r", b"/7>\r"),
            "https://example.org/7",
            id="angle brackets",
        ),
    ],
)
def test_a_reject_names_the_url_of_its_record_and_the_place_in_the_archive(
    tmp_path, name, damaged, url
):
    pack = packed if name.endswith(".gz") else lambda *records: b"".join(records)
    first = pack(page(1))
    _, refused, *_ = read(tmp_path, first + pack(damaged, b"\r\n\r\n" + page(2)), name)
    document = refused.document
    assert (document.url, document.warc_file, document.warc_offset) == (url, name, len(first))


def test_a_url_that_is_cut_off_is_not_the_url_of_the_reject(tmp_path):
    [refused] = read(tmp_path, packed(HEAD[:-2]), "a.warc.gz")
    assert refused.document.url is None


@pytest.mark.parametrize("version", [b"WARC/0.17", b"WARC/0.18"])
def test_archives_of_versions_before_1_0_are_read(tmp_path, version):
    content = packed(*(page(number).replace(b"WARC/1.0", version) for number in (1, 2)))
    urls = [found.url for found in read(tmp_path, content, "a.warc.gz")]
    assert urls == ["https://example.org/1", "https://example.org/2"]
