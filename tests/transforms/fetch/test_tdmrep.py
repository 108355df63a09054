import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslake.transforms.fetch.robots import MAX_PATTERNS
from newslake.transforms.fetch.tdmrep import Reservations, parse_tdmrep

PAGE = "https://news.example/politics/1?page=2"


def optouts(*rules, url=PAGE):
    listed = [{"location": location, "tdm-reservation": value} for location, value in rules]
    return parse_tdmrep(json.dumps(listed).encode()).optouts(url)


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param([("/", 1)], id="all"),
        pytest.param([("/", "1")], id="a text"),
        pytest.param([("*", 1)], id="a wildcard"),
        pytest.param([("/politics/", 1)], id="a folder"),
        pytest.param([("politics/", 1)], id="without a slash"),
        pytest.param([("/*/1?page=2$", 1)], id="wildcards"),
        pytest.param([("/politics/", 1), ("/", 0)], id="the first that matches counts"),
        pytest.param([("/sport/", 0), ("/", 1)], id="another folder is free"),
        pytest.param([(7, 0), ("/", 2), ("/", None), ("/", [1]), ("/", 1)], id="invalid rules"),
    ],
)
def test_a_page_is_reserved(rules):
    assert optouts(*rules) == ["tdm-reservation"]


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param([], id="no rule"),
        pytest.param([("/", 0)], id="not reserved"),
        pytest.param([("/sport/", 1)], id="another folder"),
        pytest.param([("/Politics/", 1)], id="another letter case"),
        pytest.param([("/politics/1$", 1)], id="the end"),
        pytest.param([("/politics/", 0), ("/", 1)], id="the first that matches counts"),
        pytest.param([("/a", 0)] * MAX_PATTERNS + [("/", 1)], id="too many rules"),
    ],
)
def test_a_page_is_not_reserved(rules):
    assert optouts(*rules) == []


@pytest.mark.parametrize("path", ["/m%C3%BCnchen", "/münchen"])
def test_paths_are_compared_as_they_are_sent(path):
    assert optouts((path, 1), url="https://news.example/m%C3%BCnchen/1") == ["tdm-reservation"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"\xff",
        b'{"location": "/", "tdm-reservation": 1}',
        b'["/", 1, null]',
        b"[" * 100_000,
        b"[" + b"1" * 10_000 + b"]",
    ],
)
def test_what_is_not_a_list_of_rules_reserves_nothing(content):
    assert parse_tdmrep(content) == Reservations()


@given(st.binary(max_size=100), st.text(max_size=20))
def test_any_bytes_and_any_pattern_are_read(content, location):
    assert parse_tdmrep(content).optouts(PAGE) == []
    assert optouts((location, 0)) == []
