import pytest

from newslake.schemas.reasons import NotAnArticle, NoText
from newslake.transforms.extract.by_media_type import Raw, read
from newslake.transforms.extract.html.limits import DEFAULT


def story(days):
    """Return `days` different paragraphs."""
    return "".join(
        f"<p>On day {day} of the talks the ministers of both sides met again for {day + 2} hours in "
        f"the old town hall, and said afterwards that question {day} was still open.</p>"
        for day in range(1, days + 1)
    )


STORY = story(8)
LINKS = "".join(
    f'<li><a href="/{n}">Here is the headline of story number {n} of today</a></li>'
    for n in range(60)
)
ARTICLE = '<meta property="og:type" content="article">'
SITE = '<meta property="og:type" content="website">'


def content(body, head="", title="Talks go on", url=None):
    html = (
        f"<html><head><title>{title}</title>{head}</head><body><h1>{title}</h1>{body}</body></html>"
    )
    return read(Raw(html.encode(), "text/html", url=url), DEFAULT).content


@pytest.mark.parametrize(
    "title",
    [
        "404",
        "404 - Page Not Found | Example Times",
        "Sorry, the page you are looking for does not exist",
        "Example Times: Seite nicht gefunden",
        "Página no encontrada - El Ejemplo",
        "Page introuvable",
        "Страница не найдена",
        "ページが見つかりません",
        "Just a moment...",
        "Access Denied",
    ],
)
def test_an_error_page_is_detected_by_its_title(title):
    with pytest.raises(NotAnArticle, match="error page"):
        content("<p>Try our search, or go back to the page that you came from.</p>", title=title)


@pytest.mark.parametrize(
    "title",
    [
        "Hiker not found after three days of search in the mountains",
        "Access denied to observers at polling stations, party says",
        "How error 1202 nearly stopped the landing on the moon",
        "Talks go on",
    ],
)
def test_a_story_of_errors_is_an_article(title):
    assert content(STORY, title=title).text


def test_a_long_text_is_no_error_page():
    assert content(story(30), title="404").text


CONSENT = """<p>We and our 213 partners store cookies on your device and process personal data, such as
your address, to show you personalised advertising. You can accept or reject tracking at any time in the
settings of our privacy centre.</p><button>Accept all</button>"""


def test_a_consent_wall_is_detected_by_its_words():
    with pytest.raises(NotAnArticle, match="consent wall"):
        content(CONSENT, title="Before you go on")


def test_a_consent_wall_before_a_story_or_a_story_of_consent_is_an_article():
    assert content(CONSENT + story(16)).text
    assert content(
        f"{CONSENT}<p>The regulator said on Monday that such walls are illegal.</p>", ARTICLE
    ).text


@pytest.mark.parametrize(
    "body",
    [
        "<p>Redirecting you to our new site.</p>",
        "<p>Please enable JavaScript to view the page.</p>",
        "<p>Buy this domain.</p>",
        "<p>Bitte warten, Sie werden weitergeleitet.</p>",
        "<noscript>Please enable JavaScript to go on.</noscript>",
    ],
)
def test_a_notice_is_detected_by_its_words(body):
    with pytest.raises(NotAnArticle, match="notice"):
        content(body)


@pytest.mark.parametrize(
    "body",
    ["", "<p>One moment.</p>", '<iframe src="/_Incapsula_Resource?CWUDNSAI=9"></iframe>'],
)
def test_a_wall_against_robots_is_detected_by_its_script(body):
    script = '<script src="https://ct.captcha-delivery.com/c.js"></script>'
    with pytest.raises(NotAnArticle, match="bot check"):
        content(body, script, title="example.org")


def test_a_story_with_the_script_of_a_wall_is_an_article():
    assert content(STORY, '<script src="/_Incapsula_Resource?SWJIYLWA=7"></script>').text


@pytest.mark.parametrize(
    ("body", "title", "sign"),
    [
        ("", "Page not found", "error page"),
        ("<div id=app></div>" + SITE, "Example Times", "declared type: website"),
    ],
)
def test_a_page_without_text_is_refused_by_its_sign(body, title, sign):
    with pytest.raises(NotAnArticle, match=sign):
        content(body, title=title)


def test_a_page_without_text_or_sign_has_no_text():
    with pytest.raises(NoText):
        content("<div id=app></div>", title="")


def test_a_list_of_links_is_detected_by_its_targets():
    with pytest.raises(NotAnArticle, match="list of links"):
        content(f"<p>The stories of today.</p><ul>{LINKS}</ul>")


def test_links_beside_a_story_do_not_matter():
    assert content(f"<nav><ul>{LINKS}</ul></nav><article>{story(24)}</article>").text


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<link rel="canonical" href="https://example.org/">', None),
        ('<meta property="og:url" content="https://example.org">', "https://example.org/de"),
        ("", "https://example.org"),
        (SITE + '<link rel="canonical" href="/">', "https://example.org/?utm_source=a"),
    ],
)
def test_a_front_page_is_detected_by_its_url(head, url):
    with pytest.raises(NotAnArticle, match="home page"):
        content(STORY, head, url=url)


def test_an_article_that_names_the_site_by_mistake_is_an_article():
    assert content(STORY, ARTICLE + '<link rel="canonical" href="https://example.org/">').text


def ld(*types):
    objects = ",".join(f'{{"@type": "{name}"}}' for name in types)
    return f'<script type="application/ld+json">[{objects}]</script>'


@pytest.mark.parametrize(
    ("head", "detail"),
    [
        (ld("CollectionPage"), "CollectionPage"),
        (ld("WebPage", "SearchResultsPage") + ARTICLE, "SearchResultsPage"),
        ('<meta property="og:type" content="video.other">', "video.other"),
    ],
)
def test_a_page_that_declares_another_type_has_that_type(head, detail):
    with pytest.raises(NotAnArticle, match=f"declared type: {detail}"):
        content(STORY, head)


@pytest.mark.parametrize(
    "head",
    [
        SITE + ld("NewsArticle"),
        SITE + '<meta property="article:published_time" content="2024-03-01">',
        ld("NewsArticle", "CollectionPage"),
        ld("WebPage", "WebSite"),
        "",
    ],
)
def test_a_page_that_also_declares_an_article_is_an_article(head):
    assert content(STORY, head).text


def test_an_article_on_a_site_that_declares_all_pages_as_website_is_an_article():
    assert content(story(3), SITE).text


def test_a_page_of_a_few_words_that_declares_a_website_is_not_an_article():
    with pytest.raises(NotAnArticle, match="declared type: website"):
        content(story(1), SITE)


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="canonical" href="https://example.org/">',
        '<meta property="og:url" content="https://example.org/">',
    ],
)
def test_an_article_is_not_the_home_page_that_one_place_declares(head):
    assert content(STORY, head, url="https://example.org/world/talks-go-on").text


def test_a_short_article_among_many_links_is_an_article():
    assert content(f"<ul>{LINKS * 3}</ul><article>{story(3)}</article>").text


def test_a_blog_is_no_other_type_than_an_article():
    assert content(story(3), '<meta property="og:type" content="blog">').text


def live(body, head=""):
    html = f"<html><head>{head}</head><body><h1>Talks go on</h1>{body}</body></html>"
    return read(Raw(html.encode(), "text/html"), DEFAULT).live


def test_a_live_blog_declares_itself_one_or_has_dated_posts():
    posts = "".join(
        f'<article><time datetime="2024-03-01T{hour:02}:00Z">{hour}:00</time>{story(1)}</article>'
        for hour in range(10, 17)
    )
    assert live(STORY, ld("LiveBlogPosting"))
    assert live(f"<main>{posts}</main>")
    assert not live(f'<time datetime="2024-03-01">1 March</time>{STORY}')
    assert not live(f"{STORY}<aside>{posts}</aside>")
