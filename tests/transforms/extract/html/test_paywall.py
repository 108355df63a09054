import pytest

from newslake.transforms.extract.by_media_type import Raw, read
from newslake.transforms.extract.html.limits import DEFAULT

BEGIN = "Talks on a ceasefire stalled on Friday, as both sides said that they would not give in"
NOT_FREE = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": %s}</script>'
LONG = "".join(
    f"<p>{BEGIN} on point {n} of the list that lies on the table.</p>" for n in range(30)
)


def reading(body, head=""):
    html = f"<html><head><title>Talks</title>{head}</head><body><article>{body}</article></body></html>"
    return read(Raw(html.encode(), "text/html"), DEFAULT)


@pytest.mark.parametrize("value", ["false", '"False"', '"false"'])
def test_the_open_part_of_a_paid_article_is_marked_and_kept(value):
    found = reading(f"<p>{BEGIN} …</p>", NOT_FREE % value)
    assert found.paywalled
    assert found.content.text.startswith(BEGIN)


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:content_tier" content="locked">',
        '<meta itemprop="isAccessibleForFree" content="False">',
    ],
)
def test_other_paywall_markers_are_read(head):
    assert reading(f"<p>{BEGIN} …</p>", head).paywalled


@pytest.mark.parametrize(
    "prompt",
    [
        "Subscribe to continue reading. Already a subscriber? Log in.",
        "Dieser Artikel ist nur für Abonnenten lesbar.",
        "Cet article est réservé à nos abonnés.",
        "Contenido exclusivo para suscriptores.",
    ],
)
def test_a_call_to_subscribe_marks_the_article_and_is_not_text(prompt):
    found = reading(f"<p>{BEGIN} …</p><div><p>{prompt}</p></div>")
    assert found.paywalled
    assert found.content.text == f"{BEGIN} …"


@pytest.mark.parametrize("value", ["false", "true"])
def test_a_page_that_holds_the_whole_article_is_not_marked(value):
    found = reading(LONG, NOT_FREE % value)
    assert not found.paywalled


def test_a_free_article_is_not_marked():
    assert not reading(f"<p>{BEGIN}.</p><p>Sign up to keep up with the news.</p>").paywalled
    assert not reading(f"<p>{BEGIN}.</p>", NOT_FREE % "true").paywalled
    assert not reading(f"<p>{BEGIN}.</p>").paywalled
