import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslake.transforms.fetch.robots import parse_robots

PAGE = "https://news.example/politics/1"


def allows(text, url=PAGE, agent="newslake"):
    return parse_robots(text.encode(), agent).allows(url)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        pytest.param("", True, id="no rule"),
        pytest.param("User-agent: *\nDisallow: /", False, id="all"),
        pytest.param("User-agent: *\nDisallow:", True, id="nothing"),
        pytest.param("User-agent: other\nDisallow: /", True, id="another agent"),
        pytest.param("USER-AGENT: NewsLake\nDISALLOW: /politics", False, id="any case"),
        pytest.param("User-agent: newslake/2.0 (x)\nDisallow: /", False, id="with a version"),
        pytest.param("User-agent: newslake news\nDisallow: /", False, id="its first word"),
        pytest.param("User-agent: newslaker\nDisallow: /", True, id="a longer name"),
        pytest.param(
            "User-agent: newslake\nCrawl: no\nUser-agent: *\nDisallow: /",
            False,
            id="an unknown line does not end a group",
        ),
        pytest.param(
            "User-agent: *\nDisallow: /\nAllow: /politics", True, id="the longest rule wins"
        ),
        pytest.param("User-agent: *\nDisallow: /*/1$", False, id="wildcards"),
        pytest.param("\ufeffUser-agent: *\nDisallow: /", False, id="byte order mark"),
        pytest.param("User-agent: *\rDisallow: /", False, id="old line ends"),
    ],
)
def test_rules(text, allowed):
    assert allows(text) == allowed


def test_paths_are_compared_as_they_are_sent():
    text = "User-agent: *\nDisallow: /wetter/münchen"
    assert not allows(text, "https://news.example/wetter/m%C3%BCnchen")


def test_a_file_of_over_500_kib_counts_by_its_beginning():
    text = "User-agent: *\nDisallow: /politics\n" + "# \n" * 200_000 + "Disallow: /sport\n"
    assert not allows(text)
    assert allows(text, "https://news.example/sport/1")


@given(st.binary(max_size=300))
def test_any_bytes_are_rules_of_some_kind(content):
    parse_robots(content, "newslake").allows(PAGE)
