import csv
import gzip
import io
import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from inputs import MB, cut_and_read, outcomes, read, reason, write

ROWS = [
    ["title", "text", "date"],
    ["Truce", 'They said "no".\r\nAnd, then; they left.', "2026-03-01"],
    ["Wetter", "Über Nacht\n\n\nfiel Schnee.", ""],
]


def table(rows=ROWS, **how):
    out = io.StringIO(newline="")
    csv.writer(out, **how).writerows(rows)
    return out.getvalue()


def objects(found):
    return [json.loads(one.payload) for one in found]


EXPECTED = [
    {"title": "Truce", "text": 'They said "no".\nAnd, then; they left.', "date": "2026-03-01"},
    {"title": "Wetter", "text": "Über Nacht\n\n\nfiel Schnee.", "date": ""},
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_each_row_is_a_json_object_named_by_the_number_of_its_first_line(
    tmp_path, encoding, delimiter, pack
):
    name = "news/a.csv" + ".gz" * (pack is gzip.compress)
    write(tmp_path, name, pack(table(delimiter=delimiter).encode(encoding)))
    found = read(tmp_path)
    assert [one.locator for one in found] == [f"file:{name}#2", f"file:{name}#4"]
    assert objects(found) == EXPECTED
    assert {(one.media_type, one.source) for one in found} == {("application/json", "news")}
    assert outcomes(cut_and_read(tmp_path, 1)) == outcomes(found)


@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_and_quotes_do_not_matter(tmp_path, quoting, end):
    write(tmp_path, "a.tsv", table(quoting=quoting, lineterminator=end).encode())
    assert objects(read(tmp_path)) == EXPECTED


def test_the_line_with_the_delimiter_that_excel_writes_is_no_header(tmp_path):
    write(tmp_path, "a.csv", b"\xef\xbb\xbfsep=;\r\ntitle;text\r\na;b, c, d, e\r\n")
    assert outcomes(read(tmp_path)) == [("file:a.csv#3", b'{"title": "a", "text": "b, c, d, e"}')]


def test_names_are_those_of_fields_and_each_is_used_once(tmp_path):
    write(tmp_path, "a.csv", b"Title,,URL,title,Published at,datePublished\n1,2,3,4,5,6\n")
    [found] = read(tmp_path)
    names = ["title", "column_2", "url", "title_4", "published_at", "datePublished"]
    assert list(json.loads(found.payload)) == names


def test_a_cell_with_a_json_list_is_a_list(tmp_path):
    write(tmp_path, "a.csv", b'authors,text\n"[""Ann"", ""Bo""]",[Paris] Talks.\n')
    assert objects(read(tmp_path)) == [{"authors": ["Ann", "Bo"], "text": "[Paris] Talks."}]


def test_a_title_in_brackets_is_text(tmp_path):
    write(tmp_path, "a.csv", b"title,text\n[2024],{}\n")
    assert objects(read(tmp_path)) == [{"title": "[2024]", "text": "{}"}]


def test_a_field_may_have_more_than_128_kb(tmp_path):
    write(tmp_path, "a.csv", table([["text"], ["x" * 900_000], ['"' * 200_000 + "\n"]]).encode())
    assert [len(one["text"]) for one in objects(read(tmp_path))] == [900_000, 200_001]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [("", "empty")]),
        (b"\n \n", [("", "empty")]),
        (b"\xef\xbb\xbf", [("", "empty")]),
        (b"title,text", [("", "empty")]),
        (b"title,text\n\n,\n", [("", "empty")]),
        (b'"title,text\n1,2\n', [("", "bad_csv")]),
        (b"a,b\n1,2\n\n,\n3,4\n", [("#2", "1 2"), ("#5", "3 4")]),
        (b"a,b\n1\n1,2,3\n1,2,\n", [("#2", "bad_csv"), ("#3", "bad_csv"), ("#4", "1 2")]),
        (b'a,b\n1,"x"y\n3,4\n', [("#2", "bad_csv"), ("#3", "3 4")]),
        (b'a,b\n1,"x\n3,4\n5,6\n', [("#2", "bad_csv"), ("#3", "3 4"), ("#4", "5 6")]),
        (b'a,b\n1,"x\nmore\n3,4\n', [("#2", "bad_csv"), ("#4", "3 4")]),
        (b'a,b\n1,"x\n3,"4"\n', [("#2", "bad_csv"), ("#3", "3 4")]),
        (b'a,b\n1,2\n3,"x\nmore', [("#2", "1 2"), ("#3", "bad_csv")]),
        (b"a,b\n\0\0\0\0,\0\xff\n3,4\n", [("#2", "binary"), ("#3", "3 4")]),
        (b"a,b\n1,2\r3,4\r", [("#2", "bad_csv")]),
    ],
)
def test_a_bad_row_is_one_reject_and_reading_goes_on(tmp_path, content, expected):
    write(tmp_path, "a.csv", content)
    found = outcomes(read(tmp_path))
    assert found == outcomes(cut_and_read(tmp_path, 1))
    said = [
        (place, what if isinstance(what, str) else " ".join(json.loads(what).values()))
        for place, what in found
    ]
    assert said == [(f"file:a.csv{place}", what) for place, what in expected]


def test_a_truncated_gzip_file_is_one_reject_after_the_complete_rows(tmp_path):
    content = table([["a", "b"], *([str(n), f"{n * 99991 % 7919}\n"] for n in range(5_000))])
    write(tmp_path, "a.csv.gz", gzip.compress(content.encode())[:20_000])
    found = read(tmp_path)
    assert len(found) > 1_000
    assert {reason(one) for one in found[:-1]} == {None}
    assert reason(found[-1]) == "truncated_gzip"
    assert outcomes(cut_and_read(tmp_path, 1_000)) == outcomes(found)


def test_a_row_over_the_limit_is_one_reject_and_reading_goes_on(tmp_path):
    rows = [["a", "b"], ["1", "2"], ["x", "y" * 3 * MB], ["x", "y" * 200], ["x", "\n" * 2 * MB]]
    write(tmp_path, "a.csv", table([*rows, ["3", "4"]]).encode())
    found = outcomes(read(tmp_path, limit=100))
    assert [what for _, what in found[1:4]] == ["too_large", "too_large", "bad_csv"]
    assert (found[0][1], found[-1][1]) == (b'{"a": "1", "b": "2"}', b'{"a": "3", "b": "4"}')


@pytest.mark.parametrize(
    "content",
    [
        b'a,b\n1,"2\n' + b'a,b\nx","y\n' * 50_000,
        b'a\n"' + b"x\n" * 200_000,
        b"a\n" + b'"' * 200_000,
    ],
)
def test_the_time_for_quotes_that_are_not_closed_is_linear(tmp_path, content):
    write(tmp_path, "a.csv", content)
    began = time.process_time()
    read(tmp_path)
    assert time.process_time() - began < 20


CELLS = st.text(st.sampled_from('ab",;\n\r \u00e9\ufeff[1'), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6), st.sampled_from(",;\t"))
@example([["", "", "1"], ["", "", " "]], "\t")
def test_the_rows_are_those_that_the_csv_module_wrote(tmp_path_factory, rows, delimiter):
    folder = tmp_path_factory.mktemp("csv")
    write(folder, "a.csv", table([["one", "two", "three"], *rows], delimiter=delimiter).encode())
    found = cut_and_read(folder, 2)
    if [reason(one) for one in found] == ["empty"]:
        assert not any("".join(row).strip() for row in rows)
        return
    read_back = [list(map(str, json.loads(one.payload).values())) for one in found]
    kept = [row for row in rows if any(row)]
    if delimiter == "\t":  # a line of white space is blank
        kept = [row for row in kept if not {*"".join(row)} <= {" "}]
    expected = [[cell.replace("\r\n", "\n") for cell in row] for row in kept]
    assert read_back == expected


@given(st.text(st.sampled_from('ab",\n'), max_size=40), st.integers(1, 4))
def test_any_file_gives_the_same_rows_in_parts(tmp_path_factory, content, documents):
    folder = tmp_path_factory.mktemp("csv")
    write(folder, "a.csv", content.encode())
    assert outcomes(cut_and_read(folder, documents)) == outcomes(read(folder))
