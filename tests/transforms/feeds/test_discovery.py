from newslake.transforms.feeds.discovery import feeds_of_page

SITE = "https://paper.example.org"


def test_the_feeds_that_a_page_names_in_its_order():
    page = """<html><head>
      <link rel="alternate" type="application/rss+xml; charset=utf-8" href="/comments/feed">
      <link rel="Alternate" type="application/atom+xml" href="atom.xml?edition=1">
      <link rel="alternate" type="application/feed+json" href="//cdn.example.org/feed.json">
      <link rel="alternate" hreflang="de" href="/de/">
      <link rel="stylesheet" type="text/css" href="/style.css">
      </head><body><a rel="feed" href="https://other.example.org/feed">All feeds</a>
      <a href="/feedback">Write to us</a></body></html>"""
    assert feeds_of_page(page, f"{SITE}/news/") == [
        f"{SITE}/news/atom.xml?edition=1",
        "https://cdn.example.org/feed.json",
        "https://other.example.org/feed",
        f"{SITE}/comments/feed",
    ]


def test_a_page_with_a_base():
    page = '<base href="/a/"><link rel="alternate" type="application/rss+xml" href="rss">'
    assert feeds_of_page(f"<html><head>{page}</head></html>", SITE) == [f"{SITE}/a/rss"]


def test_a_page_that_names_none():
    assert feeds_of_page("<html><p>Hello</p></html>", SITE) == []
    assert feeds_of_page("", SITE) == []
    assert feeds_of_page('<link rel="feed" href="javascript:x">', SITE) == []
