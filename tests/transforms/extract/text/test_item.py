import json
from datetime import UTC, datetime

import pytest

from newslake.schemas.reasons import BadField, BadJson
from newslake.transforms.extract.text.item import NAMES, parse_object, read_fields, take_html


def test_known_fields_are_understood_and_others_kept():
    content = read_fields(
        {
            "headline": "Truce",
            "body": "Both met.",
            "link": "https://example.org/a",
            "publish_date": "2024-03-01T12:00:00+01:00",
            "author": "Ann Lee",
            "lang": "en-GB",
            "mood": "hopeful",
        }
    )
    assert (content.title, content.text, content.url) == (
        "Truce",
        "Both met.",
        "https://example.org/a",
    )
    assert content.published_at == datetime(2024, 3, 1, 11, tzinfo=UTC)
    assert content.published_offset == 60
    assert (content.authors, content.language) == (["Ann Lee"], "en")
    assert content.extra == {"mood": "hopeful"}


@pytest.mark.parametrize("field", NAMES)
def test_the_first_name_of_a_field_is_its_own(field):
    plain_name = {"published": "date", "modified": "date_modified"}.get(field, field)
    assert NAMES[field][0] == plain_name


def test_of_two_names_the_better_counts_and_the_other_is_kept():
    content = read_fields({"text": "a", "body": "b"})
    assert (content.text, content.extra) == ("a", {"body": "b"})


def test_a_time_without_a_zone_is_marked():
    content = read_fields({"date": "2024-03-01 12:00:00"})
    assert content.published_precision == "second"
    assert content.published_at == datetime(2024, 3, 1, 12, tzinfo=UTC)
    assert content.published_offset is None


@pytest.mark.parametrize("raw", ["last week", "2024-99-99", {"y": 2024}, [1]])
def test_a_date_that_cannot_be_read_is_kept_as_it_is(raw):
    content = read_fields({"date": raw, "text": "a"})
    assert (content.published_at, content.date_source) == (None, "none")
    assert content.extra == {"date": raw}


@pytest.mark.parametrize(
    "authors", [["Ann Lee", "Bo Ek"], [{"name": "Ann Lee"}, {"name": "Bo Ek"}]]
)
def test_authors_are_names(authors):
    assert read_fields({"authors": authors}).authors == ["Ann Lee", "Bo Ek"]


@pytest.mark.parametrize(
    "fields", [{"title": 7}, {"text": ["a"]}, {"url": {}}, {"authors": [7]}, {"lang": 1.5}]
)
def test_a_known_field_of_a_wrong_type_is_refused(fields):
    with pytest.raises(BadField, match=next(iter(fields))):
        read_fields(fields)


def test_null_is_no_value():
    assert read_fields({"title": None, "headline": "Truce"}).title == "Truce"
    assert read_fields({"title": None}).extra == {}


def test_html_is_taken_from_the_rest():
    html, content = take_html(read_fields({"html": "<p>a</p>", "mood": 1}))
    assert (html, content.extra) == ("<p>a</p>", {"mood": 1})


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[1]", '"a"', "null", "{'a': 1}", '{"a": 1} {"b": 2}'),
        pytest.param('{"a":' + "[" * 100_000 + "]" * 100_000 + "}", id="deep"),
    ],
)
def test_json_that_is_not_an_object_is_refused(text):
    with pytest.raises(BadJson):
        parse_object(text)


@pytest.mark.parametrize("depth", [99, 100, 490, 900, 990, 1_000, 5_000])
@pytest.mark.parametrize("brackets", ["[]", '{"a":}'])
def test_an_object_nested_deeper_than_a_hundred_is_refused(depth, brackets):
    begin, end = brackets[:-1], brackets[-1]
    with pytest.raises(BadJson, match="nested more than 100 deep"):
        parse_object(f'{{"x": {begin * (depth + 1)}1{end * (depth + 1)}}}')


def test_an_object_nested_a_hundred_deep_is_read():
    nested = f'{{"x": {"[" * 99}1{"]" * 99}}}'
    assert parse_object(nested) == json.loads(nested)


def test_odd_numbers_are_no_crash():
    parsed = parse_object('{"a": NaN, "b": 1e999, "c": ' + "9" * 5000 + ', "d": 7, "e": 1.5}')
    assert parsed == {"a": "NaN", "b": "1e999", "c": "9" * 5000, "d": 7, "e": 1.5}


def test_lone_surrogates_are_replaced_and_pairs_joined():
    assert parse_object(r'{"\ud800": ["\udfff", "\ud83d\ude00"]}') == {"�": ["�", "😀"]}


def test_the_precision_in_an_export_counts():
    exported = {"published_at": "2024-03-01T00:00:00+00:00", "published_precision": "day"}
    content = read_fields(exported)
    assert (content.published_precision, content.extra) == ("day", {})
    assert read_fields({"date": "2024-03-01"}).published_precision == "day"
    assert read_fields({"published_precision": "day"}).published_precision is None


@pytest.mark.parametrize("naive", [True, "true"])
def test_a_time_without_a_zone_in_an_export_stays_without(naive):
    exported = {"published_at": "2024-03-01T12:00:00+00:00", "published_at_naive": naive}
    content = read_fields(exported)
    assert (content.published_offset, content.extra) == (None, {})


@pytest.mark.parametrize("naive", [False, "false"])
def test_a_time_with_a_zone_in_an_export_keeps_it(naive):
    exported = {"published_at": "2024-03-01T12:00:00+00:00", "published_at_naive": naive}
    content = read_fields(exported)
    assert (content.published_offset, content.extra) == (0, {})


@pytest.mark.parametrize("naive", ["maybe", None, ["true"], {}])
def test_another_value_is_an_unknown_field(naive):
    content = read_fields({"date": "2024-03-01T09:30Z", "published_at_naive": naive})
    assert content.extra == {"published_at_naive": naive}


@pytest.mark.parametrize("unit", ["century", 7, None, ["day"]])
def test_another_precision_is_an_unknown_field(unit):
    content = read_fields({"date": "2024-03-01T09:30Z", "published_precision": unit})
    assert (content.published_precision, content.extra) == (
        "minute",
        {"published_precision": unit},
    )
