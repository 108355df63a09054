import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslake.transforms.fetch.robots import MAX_BYTES, parse_robots

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
        pytest.param("User-agent: *newslake*\nDisallow: /", False, id="with wildcards"),
        pytest.param("User-agent: newslaker\nDisallow: /", True, id="a longer name"),
        pytest.param("User-agent: news\nDisallow: /", True, id="a shorter name"),
        pytest.param("User-agent: lake\nDisallow: /", True, id="the end of the name"),
        pytest.param("User-agent: news-lake\nDisallow: /", True, id="a similar name"),
        pytest.param("User-agent: *SomeBot*\nDisallow: /", True, id="wildcards around a name"),
        pytest.param("User-agent: *bot\nDisallow: /", True, id="a wildcard before a name"),
        pytest.param("User-agent:\nDisallow: /", True, id="no name"),
        pytest.param("Disallow: /", True, id="a rule without a group"),
        pytest.param("User-agent: * # all\nDisallow: /", False, id="a comment"),
        pytest.param(
            "User-agent: other\nUser-agent: newslake\nDisallow: /", False, id="the second"
        ),
        pytest.param(
            "User-agent: newslake\nDisallow: /sport\n\nUser-agent: *\nDisallow: /",
            True,
            id="a group of its own replaces the group for all",
        ),
        pytest.param(
            "User-agent: newslake\nDisallow: /sport\n\nUser-agent: NewsLake\nDisallow: /politics",
            False,
            id="groups of one name are merged",
        ),
        pytest.param(
            "User-agent: *\nContent-Signal: ai-train=no\nUser-agent: other\nDisallow: /",
            True,
            id="a signal is a rule and ends the names of a group",
        ),
        pytest.param(
            "User-agent: newslake\nCrawl: no\nUser-agent: *\nDisallow: /",
            False,
            id="an unknown line does not end a group",
        ),
        pytest.param(
            "User-agent: *\nDisallow: /\nAllow: /politics", True, id="the longest rule wins"
        ),
        pytest.param("User-agent: *\nDisallow: /*/1$", False, id="wildcards"),
        pytest.param("User-agent: *\nDisallow: /pol\u2028x", True, id="a Unicode line end"),
        pytest.param("\ufeffUser-agent: *\nDisallow: /", False, id="byte order mark"),
        pytest.param("User-agent: *\rDisallow: /", False, id="old line ends"),
    ],
)
def test_rules(text, allowed):
    assert allows(text) == allowed


def test_paths_are_compared_as_they_are_sent():
    text = "User-agent: *\nDisallow: /wetter/münchen"
    assert not allows(text, "https://news.example/wetter/m%C3%BCnchen")


AI = "User-agent: GPTBot\nUser-agent: ccbot\nDisallow: /politics\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="no rule"),
        pytest.param(AI, ["disallow:CCBot", "disallow:GPTBot"], id="AI agents"),
        pytest.param(AI.replace("/politics", "/sport"), [], id="AI agents elsewhere"),
        pytest.param(AI.replace("Disallow", "Allow"), [], id="AI agents that are welcome"),
        pytest.param(
            f"{AI}\nUser-agent: *\nDisallow: /politics\n\nUser-agent: newslake\nAllow: /",
            ["disallow:CCBot", "disallow:GPTBot"],
            id="AI agents with the rules of all",
        ),
        pytest.param(
            "User-agent: *\nUser-agent: GPTBot\nDisallow: /politics",
            ["disallow:GPTBot"],
            id="an AI agent in the group for all",
        ),
        pytest.param("User-agent: Go 1.1 package http\nDisallow: /", [], id="Go is not Google"),
        pytest.param("User-agent: a\nDisallow: /", [], id="a is not Amazonbot"),
        pytest.param("User-agent: *GPTBot*\nDisallow: /", ["disallow:GPTBot"], id="wildcards"),
        pytest.param(
            "User-agent: *\nDisallow: /\n\nUser-agent: newslake\nAllow: /\n",
            [],
            id="all but newslake are excluded",
        ),
        pytest.param(
            "User-agent: *\nContent-Usage: train-ai=n, search=y\nAllow: /",
            ["content-usage:train-ai"],
            id="IETF",
        ),
        pytest.param(
            "user-agent: *\ncontent-signal:search=yes,ai-train=no,ai-input=no",
            ["content-signal:ai-input", "content-signal:ai-train"],
            id="Cloudflare",
        ),
        pytest.param(
            "User-agent: *\nContent-Usage: train-ai=n\nContent-Usage: /politics train-ai=y",
            [],
            id="the longest path counts",
        ),
        pytest.param(
            "User-agent: *\nContent-Usage: train-ai=y\nContent-Usage: /pol*/1$\ttrain-ai=n",
            ["content-usage:train-ai"],
            id="wildcards in a path",
        ),
        pytest.param(
            "User-agent: *\nContent-Signal: / ai-train=no\nContent-Signal: / ai-train=yes",
            ["content-signal:ai-train"],
            id="of two statements about a path, the restrictive one counts",
        ),
        pytest.param(
            "User-agent: *\nContent-Usage: /sport train-ai=n\n", [], id="a path elsewhere"
        ),
        pytest.param(
            "User-agent: other\nContent-Signal: ai-train=no", [], id="a signal to another agent"
        ),
        pytest.param("# Content-Signal: ai-train=no\nUser-agent: *", [], id="a comment"),
    ],
)
def test_optouts(text, expected):
    assert parse_robots(text.encode(), "newslake").optouts(PAGE) == expected


def test_the_delay_of_another_agent_is_not_ours():
    text = "User-agent: news\nCrawl-delay: 20\n\nUser-agent: NewsLake\nCrawl-delay: 3\n"
    assert parse_robots(text.encode(), "newslake").crawl_delay == 3


def test_half_a_line_at_the_limit_is_not_a_rule():
    text = "User-agent: *\n" + "#" * (MAX_BYTES - 26) + "\nDisallow: /sport/1\n"
    assert text.encode()[:MAX_BYTES].endswith(b"Disallow: /")
    assert allows(text)


def test_a_file_of_over_500_kib_counts_by_its_beginning():
    text = "User-agent: *\nDisallow: /politics\n" + "# \n" * 200_000 + "Disallow: /sport\n"
    assert not allows(text)
    assert allows(text, "https://news.example/sport/1")


@given(st.sampled_from(["", "User-agent: *\nContent-Usage: "]), st.binary(max_size=300))
def test_any_bytes_are_rules_of_some_kind(beginning, content):
    rules = parse_robots(beginning.encode() + content, "newslake")
    rules.allows(PAGE)
    assert rules.optouts(PAGE) == sorted(set(rules.optouts(PAGE)))
