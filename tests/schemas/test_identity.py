import pytest

from newslake.schemas.identity import article_id

PAGE = "https://e.org/news/7"


@pytest.mark.parametrize(
    "url", ["http://e.org/news/7", "https://www.e.org/news/7", "http://www.e.org/news/7/"]
)
def test_urls_that_servers_treat_as_equal_are_one_page(url):
    assert article_id(url, b"") == article_id(PAGE, b"other bytes")


@pytest.mark.parametrize(
    "url", [f"{PAGE}?p=1", "https://news.e.org/news/7", "https://e.org/News/7"]
)
def test_urls_that_may_differ_are_different_pages(url):
    assert article_id(url, b"") != article_id(PAGE, b"")


def test_without_a_url_the_bytes_count():
    assert article_id(None, b"one") != article_id(None, b"other")
