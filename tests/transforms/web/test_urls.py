import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslake.transforms.web.urls import canonical, publisher, web_address


@pytest.mark.parametrize(
    ("url", "spelling"),
    [
        pytest.param("HTTP://Example.ORG:80/A", "http://example.org/A", id="case and port"),
        pytest.param("https://e.org", "https://e.org/", id="no path"),
        pytest.param("https://e.org/a#top", "https://e.org/a", id="fragment"),
        pytest.param("https://e.org/?utm_source=x&utm_medium=y", "https://e.org/", id="tracking"),
        pytest.param(
            "https://e.org/?id=7&fbclid=Ab&gclid=c", "https://e.org/?id=7", id="click ids"
        ),
        pytest.param("https://e.org/?b=2&a=1", "https://e.org/?a=1&b=2", id="order"),
        pytest.param("https://ann:pw@e.org/a", "https://e.org/a", id="credentials"),
        pytest.param("https://e.org/a?token=s3cret", "https://e.org/a", id="token"),
        pytest.param("http://münchen.de/ü", "http://xn--mnchen-3ya.de/%C3%BC", id="IDNA"),
        pytest.param(" https://e.org/a\n", "https://e.org/a", id="blanks"),
        pytest.param("https://e.org/?a=1&amp;b=2", "https://e.org/?a=1&b=2", id="HTML in a query"),
        pytest.param("https://m.e.org/a", "https://e.org/a", id="telephone"),
        pytest.param("https://de.mobile.e.co.uk:99/", "https://de.e.co.uk:99/", id="its port"),
        pytest.param("https://amp.e.org/a?amp=1", "https://e.org/a", id="AMP by host and query"),
        pytest.param("https://e.org/a/amp/", "https://e.org/a/", id="AMP by folder"),
        pytest.param("https://e.org/a.amp.html", "https://e.org/a.html", id="AMP by ending"),
        pytest.param(
            "https://www.google.co.uk/amp/s/e.org/a.amp", "https://e.org/a", id="AMP by Google"
        ),
        pytest.param(
            "https://e-org.cdn.ampproject.org/c/s/e.org/a?b=1",
            "https://e.org/a?b=1",
            id="AMP cache",
        ),
    ],
)
def test_an_address_has_one_spelling(url, spelling):
    assert canonical(url) == spelling


@pytest.mark.parametrize("query", ["12345", "id=7", "cid=7", "source=wire", "ref=8", "p="])
def test_parameters_that_may_identify_an_article_stay(query):
    assert canonical(f"https://e.org/?{query}") == f"https://e.org/?{query}"


@pytest.mark.parametrize(
    "url",
    ["https://amp.dev/a", "https://m.co/", "https://e.org/amp", "https://e.org/camp", "http://m/"],
)
def test_a_url_that_only_looks_like_another_edition_stays(url):
    assert canonical(url) == url


@pytest.mark.parametrize(
    "url", [None, "", "e.org/a", "ftp://e.org/", "javascript:alert(1)", "http://", "http://\ud800/"]
)
def test_only_the_web_has_addresses(url):
    assert web_address(url) is canonical(url) is publisher(url) is None


def test_a_relative_address_is_resolved():
    assert web_address("/b", base="https://e.org/a/") == "https://e.org/b"


@pytest.mark.parametrize("url", [None, "", " \n"])
def test_a_missing_address_is_not_the_address_of_the_page(url):
    assert web_address(url, base="https://e.org/a/") is None


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.example.co.uk/a", "example.co.uk"),
        ("http://news.example.com.br:8080/", "example.com.br"),
        ("http://someone.github.io/", "someone.github.io"),
        ("http://localhost/", "localhost"),
        ("http://192.0.2.1/a", "192.0.2.1"),
        ("http://[2001:db8::1]/", "[2001:db8::1]"),
    ],
)
def test_the_publisher_is_the_registrable_domain(url, domain):
    assert publisher(url) == domain


PARTS = st.text(st.characters(exclude_categories=()), max_size=20)


@given(PARTS, PARTS, PARTS)
def test_spelling_an_address_twice_changes_nothing(host, path, query):
    once = canonical(f"http://{host}/{path}?{query}")
    assert once is None or canonical(once) == once


@given(PARTS, PARTS)
def test_user_and_password_are_never_kept(user, query):
    kept = web_address(f"http://{user}:hunter2@e.org/?{query}")
    assert kept is None or "hunter2" not in kept or "e.org" not in publisher(kept)
