import gzip
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs import MB, cut_and_read, outcomes, read, reason, write

OBJECTS = [
    {"title": "Truce", "text": 'They said "no, [never]" \\ and {left}.', "n": [1, {"a": []}]},
    {"title": "Über", "text": "x" * 9_000},
    {},
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_each_element_of_an_array_is_a_document_named_by_its_number(
    tmp_path, encoding, indent, pack
):
    name = "news/a.json" + ".gz" * (pack is gzip.compress)
    text = " \n" + json.dumps(OBJECTS, ensure_ascii=False, indent=indent) + "\r\n"
    write(tmp_path, name, pack(text.encode(encoding)))
    found = read(tmp_path)
    assert [one.locator for one in found] == [f"file:{name}#{number}" for number in (1, 2, 3)]
    assert [json.loads(one.payload) for one in found] == OBJECTS
    assert {(one.media_type, one.source) for one in found} == {("application/json", "news")}
    assert outcomes(cut_and_read(tmp_path, 1)) == outcomes(found)


def test_an_object_is_still_one_document(tmp_path):
    write(tmp_path, "a.json", b' {"text": [1]}')
    assert outcomes(read(tmp_path)) == [("file:a.json", b' {"text": [1]}')]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[]", [("file:a.json", "empty")]),
        (b"[ \n]\n", [("file:a.json", "empty")]),
        (b"[1, 2,]", [("#1", b"1"), ("#2", b"2")]),
        (b"[1,,2]", [("#1", b"1"), ("#2", b""), ("#3", b"2")]),
        (b'[1, {"a": 2', [("#1", b"1"), ("#2", "bad_json")]),
        (b'[1, {"a": 2}', [("#1", b"1"), ("#2", "bad_json")]),
        (b'[1, "a\\"]', [("#1", b"1"), ("#2", "bad_json")]),
        (b"[1, ", [("#1", b"1"), ("#2", "bad_json")]),
        (b"[", [("#1", "bad_json")]),
        (b"[1] [2]", [("#1", b"1"), ("#2", "bad_json")]),
        (b'[{"a": 1]}, 2]', [("#1", b'{"a": 1]'), ("#2", "bad_json")]),
    ],
)
def test_damage_is_one_reject_beside_the_other_elements(tmp_path, content, expected):
    write(tmp_path, "a.json", content)
    expected = [(place.replace("#", "file:a.json#"), what) for place, what in expected]
    assert outcomes(read(tmp_path)) == outcomes(cut_and_read(tmp_path, 1)) == expected


def test_a_truncated_gzip_file_is_one_reject_after_the_complete_elements(tmp_path):
    elements = [random.Random(number).randbytes(50).hex() for number in range(500)]
    write(tmp_path, "a.json.gz", gzip.compress(json.dumps(elements).encode())[:20_000])
    *found, refused = read(tmp_path)
    assert [json.loads(one.payload) for one in found] == elements[: len(found)]
    assert len(found) > 100
    assert reason(refused) == "truncated_gzip"


def test_an_element_over_the_limit_is_one_reject_and_reading_goes_on(tmp_path):
    write(tmp_path, "a.json", json.dumps([1, "x" * 3 * MB, "y" * 200, 2]).encode())
    one, large, small, two = read(tmp_path, limit=100)
    assert (one.payload, two.payload, two.locator) == (b"1", b"2", "file:a.json#4")
    assert (reason(large), reason(small)) == ("too_large", "too_large")


VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=9,
)


@given(st.lists(VALUES, min_size=1, max_size=9), st.booleans(), st.integers(1, 9))
def test_the_elements_are_those_of_the_json_parser(tmp_path_factory, values, ascii, piece):
    folder = tmp_path_factory.mktemp("array")
    write(folder, "a.json", json.dumps(values, ensure_ascii=ascii).encode("utf-8", "replace"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("newslake.transforms.read.unpacking.PIECE", piece)
        found = cut_and_read(folder, 2)
    parsed = json.loads((folder / "a.json").read_bytes())
    assert [json.loads(one.payload) for one in found] == parsed
