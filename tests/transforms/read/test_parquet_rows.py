import io
import json
import os
import signal
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
import pytest
from inputs import MB, cut_and_read, outcomes, read, reason, write

from newslake.transforms.read import parquet_batches, parquet_rows

SPRING = datetime(2026, 3, 1, 12, 30, 0, 123456, tzinfo=UTC)
DAY = datetime(2026, 3, 1)  # noqa: DTZ001 a Parquet column without a time zone


def parquet(table, **how):
    out = io.BytesIO()
    pq.write_table(table, out, **how)
    return out.getvalue()


def objects(found):
    return [json.loads(one.payload) for one in found]


def numbered(count):
    return pa.table({"n": range(count), "text": [f"Text {n}." for n in range(count)]})


def test_each_row_is_a_json_object_named_by_its_number(tmp_path):
    write(tmp_path, "news/a.parquet", parquet(numbered(5), row_group_size=2))
    found = read(tmp_path)
    assert outcomes(found) == [
        (f"file:news/a.parquet#{n + 1}", b'{"n": %d, "text": "Text %d."}' % (n, n))
        for n in range(5)
    ]
    assert {(one.media_type, one.source) for one in found} == {("application/json", "news")}


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (pa.string(), "Über", "Über"),
        (pa.large_string(), "a", "a"),
        (pa.string_view(), "a", "a"),
        (pa.dictionary(pa.int32(), pa.string()), "a", "a"),
        (pa.binary(), "Über".encode(), "Über"),
        (pa.binary(), b"\xff\0", "/wA="),
        (pa.uint64(), 2**64 - 1, 2**64 - 1),
        (pa.float64(), 1.5, 1.5),
        (pa.float64(), float("nan"), None),
        (pa.bool_(), True, True),
        (pa.decimal128(5, 2), Decimal("1.50"), 1.5),
        (pa.decimal128(38, 0), Decimal(10**30 + 1), 10**30 + 1),
        (pa.timestamp("us", "UTC"), SPRING, "2026-03-01T12:30:00.123456+00:00"),
        (pa.timestamp("ns", "Europe/Berlin"), SPRING, "2026-03-01T13:30:00.123456+01:00"),
        (pa.timestamp("ms"), DAY, "2026-03-01T00:00:00"),
        (pa.date32(), date(2026, 3, 1), "2026-03-01"),
        (pa.time64("ns"), time(12, 30), "12:30:00"),
        (pa.duration("ns"), timedelta(seconds=1.5), 1.5),
        (pa.list_(pa.timestamp("ns")), [DAY], ["2026-03-01T00:00:00"]),
        (pa.large_list(pa.string()), ["Ann", None], ["Ann", None]),
        (pa.struct({"a": pa.list_(pa.date32())}), {"a": [date(2026, 3, 1)]}, {"a": ["2026-03-01"]}),
        (pa.map_(pa.string(), pa.int64()), [("a", 1)], {"a": 1}),
        (pa.null(), None, None),
    ],
    ids=str,
)
def test_values_are_mapped_to_json(tmp_path, kind, value, expected):
    write(tmp_path, "a.parquet", parquet(pa.table({"a": pa.array([value, None], kind)})))
    assert objects(read(tmp_path)) == [{"a": expected}, {"a": None}]


def test_nanoseconds_are_cut_to_microseconds_and_old_timestamps_are_read(tmp_path):
    nanoseconds = pa.array([1709280000_123456789], pa.timestamp("ns"))
    table = pa.table({"a": nanoseconds, "b": nanoseconds})
    write(tmp_path, "a.parquet", parquet(table))
    write(tmp_path, "b.parquet", parquet(table, use_deprecated_int96_timestamps=True))
    moment = "2024-03-01T08:00:00.123456"
    assert objects(read(tmp_path)) == [{"a": moment, "b": moment}] * 2


def test_columns_of_one_name_are_kept_apart(tmp_path):
    table = pa.table([pa.array([1]), pa.array([2])], names=["a", "a"])
    write(tmp_path, "a.parquet", parquet(table))
    assert objects(read(tmp_path)) == [{"a": 1, "a_2": 2}]


def test_a_value_that_json_cannot_have_is_one_reject_beside_the_other_rows(tmp_path):
    moments = pa.array([0, 10**15, 0], pa.timestamp("ms"))
    texts = pa.array([b"\xff", b"a", b"b"]).view(pa.string())
    write(tmp_path, "a.parquet", parquet(pa.table({"at": moments})))
    write(tmp_path, "b.parquet", parquet(pa.table({"text": texts})))
    assert [reason(one) for one in read(tmp_path)] == [
        *(None, "bad_parquet", None),
        *("bad_parquet", None, None),
    ]


@pytest.mark.parametrize("documents", [1, 3, 7, 100])
def test_the_slices_of_a_file_together_are_the_file(tmp_path, documents, monkeypatch):
    write(tmp_path, "a.parquet", parquet(numbered(40), row_group_size=17))
    assert outcomes(cut_and_read(tmp_path, documents)) == outcomes(read(tmp_path))


def test_a_row_group_is_decoded_once_for_all_its_slices(tmp_path, monkeypatch):
    """A process that cuts a file, and reads each slice before it cuts the next one."""
    monkeypatch.setattr(parquet_batches, "BATCH_ROWS", 10)
    path = write(tmp_path, "a.parquet", parquet(numbered(1_000)))
    decoded = []
    open_file = parquet_batches._opened
    monkeypatch.setattr(
        parquet_batches, "_opened", lambda source: decoded.append(source) or open_file(source)
    )
    with path.open("rb") as file:
        source = parquet_batches.source_of(str(path), file.fileno())
    row = 0
    while row < 1_000:
        for start in (row, row):  # first to cut, then to read
            at = start
            while at < min(start + 25, 1_000):
                at += len(parquet_batches.read_rows(source, 0, at, MB))
        row += 25
    assert len(decoded) == 2


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "bad_parquet"),
        (b"PAR1", "bad_parquet"),
        (b"title,text\n1,2\n", "bad_parquet"),
        (parquet(numbered(9))[:-40], "bad_parquet"),
        (parquet(numbered(0)), "empty"),
    ],
)
def test_a_file_without_rows_is_one_reject(tmp_path, content, expected):
    write(tmp_path, "a.parquet", content)
    assert outcomes(read(tmp_path)) == [("file:a.parquet", expected)]
    assert outcomes(cut_and_read(tmp_path, 1)) == [("file:a.parquet", expected)]


def test_a_damaged_row_group_is_one_reject_and_the_next_one_is_read(tmp_path):
    content = bytearray(parquet(numbered(30), row_group_size=10, compression="none",
                                write_page_checksum=True))  # fmt: skip
    content[content.index(b"Text 15.") + 5] ^= 1
    write(tmp_path, "a.parquet", bytes(content))
    found = read(tmp_path)
    assert [one.locator for one in found if reason(one) is None] == [
        f"file:a.parquet#{n}" for n in (*range(1, 11), *range(21, 31))
    ]
    assert outcomes(found)[10] == ("file:a.parquet#11", "bad_parquet")
    assert "10 rows cannot be read" in str(found[10].error)
    assert outcomes(cut_and_read(tmp_path, 3)) == outcomes(found)


@pytest.mark.parametrize("documents", [50, 130, 600])
def test_damage_after_the_first_batch_is_found_at_its_row_in_every_slice(tmp_path, documents):
    texts = pa.table({"text": [f"Text {n:04}." for n in range(390)]})
    layout = {"write_batch_size": 10, "data_page_size": 200, "write_page_checksum": True}
    content = bytearray(parquet(texts, compression="none", use_dictionary=False, **layout))
    content[content.index(b"Text 0305.") + 5] ^= 1
    write(tmp_path, "a.parquet", bytes(content))
    found = outcomes(read(tmp_path))
    assert found[-1][1] == "bad_parquet"
    assert len(found) > parquet_batches.BATCH_ROWS
    assert outcomes(cut_and_read(tmp_path, documents)) == found


def test_a_time_zone_that_python_does_not_know_is_one_reject(tmp_path):
    times = pa.array([0, None], pa.timestamp("us", "Nowhere/Else"))
    write(tmp_path, "a.parquet", parquet(pa.table({"at": times})))
    assert [reason(one) for one in read(tmp_path)] == ["bad_parquet", None]


def test_an_encrypted_file_is_one_reject(tmp_path):
    class Keys(pe.KmsClient):
        def wrap_key(self, key, _):
            return key.hex()

        def unwrap_key(self, key, _):
            return bytes.fromhex(key)

    configuration = pe.EncryptionConfiguration(footer_key="a", column_keys={"b": ["n", "text"]})
    factory = pe.CryptoFactory(lambda _: Keys())
    properties = factory.file_encryption_properties(pe.KmsConnectionConfig(), configuration)
    write(tmp_path, "a.parquet", parquet(numbered(3), encryption_properties=properties))
    [refused] = read(tmp_path)
    assert reason(refused) == "bad_parquet"
    assert "encrypt" in str(refused.error)


def test_a_compressed_parquet_file_says_what_to_do(tmp_path):
    write(tmp_path, "a.parquet.gz", b"")
    [refused] = read(tmp_path)
    assert reason(refused) == "unknown_type"
    assert "unpack" in str(refused.error)


def crash(*_):
    os.kill(os.getpid(), signal.SIGSEGV)


def test_a_crash_of_the_reader_is_one_reject_for_the_rows_that_it_was_to_read(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(parquet_batches, "read_rows", crash)
    write(tmp_path, "a.parquet", parquet(numbered(4), row_group_size=3))
    assert outcomes(read(tmp_path)) == [
        ("file:a.parquet#1", "parser_died"),
        ("file:a.parquet#4", "parser_died"),
    ]


def test_a_row_over_the_limit_is_one_reject_and_reading_goes_on(tmp_path):
    texts = ["a", "x" * 3 * MB, "y" * 200, "b"]
    write(tmp_path, "a.parquet", parquet(pa.table({"t": texts})))
    found = outcomes(read(tmp_path, limit=100))
    assert [what for _, what in found] == [b'{"t": "a"}', "too_large", "too_large", b'{"t": "b"}']


def test_a_row_group_that_needs_too_much_memory_is_one_reject(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_rows, "MEMORY_MB", 60)
    texts = ["x" * 40 * MB, "a", "b"]
    write(tmp_path, "a.parquet", parquet(pa.table({"t": texts}), row_group_size=2))
    assert outcomes(read(tmp_path, limit=100)) == [
        ("file:a.parquet#1", "out_of_memory"),
        ("file:a.parquet#3", b'{"t": "b"}'),
    ]


def test_a_column_name_that_is_not_utf8_is_one_reject(tmp_path):
    content = parquet(pa.table({"column": ["a"]}), store_schema=False)
    write(tmp_path, "a.parquet", content.replace(b"column", b"col\xf8mn"))
    assert [reason(one) for one in read(tmp_path)] == ["bad_parquet"]


def test_a_bomb_of_repeated_values_is_read_in_bounded_memory(tmp_path):
    """A file of 1 MB; all its rows at once would take 600 MB, more than the sandbox may use."""
    text = pa.DictionaryArray.from_arrays([0] * 600, ["x" * MB])
    write(tmp_path, "a.parquet", parquet(pa.table({"t": text}), dictionary_pagesize_limit=2 * MB))
    assert {reason(one) for one in read(tmp_path, limit=100)} == {"too_large"}
