from datetime import UTC, datetime, timedelta

import pytest
from lxml.html import document_fromstring

from newslake.transforms.extract.html.json_ld import linked_article
from newslake.transforms.extract.html.meta import meta_tags
from newslake.transforms.extract.html.published import Dated, modified, published

STATED = "2024-03-01T09:00:00+02:00"
TIME = datetime(2024, 3, 1, 7, tzinfo=UTC)
DAY = datetime(2024, 3, 1, tzinfo=UTC)
FILLER = "<p>Both sides met in the old town hall, and talks will go on for another week.</p>" * 5


def linked(**properties):
    pairs = ", ".join(f'"{name}": "{value}"' for name, value in properties.items())
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {pairs}}}</script>'


def meta(name, value):
    return f'<meta property="{name}" content="{value}">'


def dated(head="", body="", url=None, seen_at=None):
    html = f"<html><head>{head}</head><body><h1>Truce in sight</h1>{body}{FILLER}</body></html>"
    tree = document_fromstring(html)
    return published(tree, linked_article(tree), meta_tags(tree), url, seen_at, html)


@pytest.mark.parametrize(
    ("head", "body", "place"),
    [
        (linked(datePublished=STATED), "", "json_ld"),
        (linked(dateCreated=STATED), "", "json_ld"),
        (meta("article:published_time", STATED), "", "meta"),
        (meta("DC.date.issued", STATED), "", "meta"),
        ("", f'<span itemprop="datePublished" content="{STATED}"></span>', "time_element"),
        ("", f'<time class="entry published" datetime="{STATED}">Friday</time>', "time_element"),
    ],
)
def test_a_time_is_read_with_its_zone_and_its_source(head, body, place):
    assert dated(head, body) == Dated(TIME, 120, place, "second")


@pytest.mark.parametrize(
    ("stated", "precision"),
    [("2024-03-01", "day"), ("2024-03-01T00:00Z", "minute"), ("2024-03-01T00:00:00Z", "second")],
)
@pytest.mark.parametrize(
    "place",
    [
        linked(datePublished="{}").replace("{", "{{").replace("}", "}}").replace("{{}}", "{}"),
        '<meta property="article:published_time" content="{}">',
        '<time pubdate datetime="{}">today</time>',
        '<span data-time="{}">today</span>',
    ],
)
def test_a_day_is_not_midnight(place, stated, precision):
    found = dated(place.format(stated))
    assert (found.time, found.precision) == (DAY, precision)


def test_a_day_in_the_text_is_a_day():
    assert dated(body="<p>1 March 2024</p>").precision == "day"


def test_a_time_in_utc_gets_the_wall_clock_that_the_page_shows():
    stated = linked(datePublished="2024-03-02T03:30:05Z")
    time = datetime(2024, 3, 2, 3, 30, 5, tzinfo=UTC)
    local = meta("article:published_time", "2024-03-01T22:30:05-05:00")
    assert dated(stated + local) == Dated(time, -300, "json_ld", "second")
    assert dated(stated + "<script>at='2024-03-01 22:30:05'</script>").offset == -300
    shown = '<time datetime="2024-03-02T03:30:05Z">March 1, 10:30 p.m.</time>'
    assert dated(stated, shown).offset == -300
    assert dated(stated).offset == 0


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/2024/03/01/truce",
            "/2024/3/1/",
            "/20240301/truce",
            "/202403/01/truce",
            "/2024-3-1-truce",
        ),
        *("/2024/03/01.html", "/2024/03/01?page=2", "/20240301-truce"),
    ],
)
def test_a_day_in_the_url_is_read(path):
    assert dated(url=f"https://example.org{path}") == Dated(DAY, None, "url", "day")


@pytest.mark.parametrize(
    "path",
    [
        *("/202403/", "/202412/truce", "/202403/01-truce", "/2024123-truce", "/2024/3-1/truce"),
        *("/id/1999123/truce", "/2024/03/10-best-truces", "/2024030112/truce", "/20241/1/truce"),
    ],
)
def test_a_month_or_a_number_in_the_url_is_not_a_day(path):
    assert dated(url=f"https://example.org{path}") is None


@pytest.mark.parametrize("stated", ["1709276400", "1709276400000", "2024-03-01T09:00:00+02:00"])
@pytest.mark.parametrize("name", ["data-time", "data-timestamp", "data-published-at"])
def test_a_time_in_an_attribute_for_scripts_is_read(name, stated):
    later = f'<span {name}="1709880000">a week ago</span>'
    found = dated(body=f'<span {name}="45"></span><span {name}="{stated}">today</span>{later}')
    assert (found.time, found.source) == (TIME, "time_element")


def test_linked_data_come_before_meta_tags():
    head = meta("date", "2023-01-02T00:00:00Z") + linked(datePublished=STATED)
    assert dated(head).source == "json_ld"


def test_a_time_element_is_used_if_no_other_states_another_day():
    times = f'<time datetime="{STATED}">today</time>', "<time datetime='2024-03-01'>noon</time>"
    assert dated(body="".join(times)) == Dated(TIME, 120, "time_element", "second")
    other = '<time datetime="2024-02-20T09:00:00Z">another story</time>'
    assert dated(meta("date", "2024-03-06"), times[0] + other).source == "meta"
    comment = f'<div class="comment even">{other}</div>'
    assert dated(body=times[0] + comment).time == TIME
    assert dated(meta("date", "2024-03-06"), comment).source == "meta"


@pytest.mark.parametrize(
    "box",
    [
        "<aside>{}</aside>",
        '<div class="comments"><p>{}</p></div>',
        '<ol id="comments"><li>{}</li></ol>',
        '<div itemscope itemtype="https://schema.org/Comment">{}</div>',
    ],
)
@pytest.mark.parametrize(
    "time",
    [
        '<meta itemprop="datePublished" content="2019-05-06T09:00:00Z">',
        '<time itemprop="datePublished" datetime="2019-05-06T09:00:00Z">then</time>',
    ],
)
def test_microdata_of_comments_and_asides_are_ignored(box, time):
    changed = meta("date", STATED)
    assert dated(changed, box.format(time)).time == TIME
    assert dated(changed, f"<article>{time}</article>").time.year == 2019
    assert dated(changed, f"<aside><h1>Truce in sight</h1>{time}</aside>").time.year == 2019
    item = f"<div itemscope><h1>Truce in sight</h1><aside>{time}</aside></div>"
    assert dated(changed, item).time.year == 2019


def test_an_ambiguous_tag_has_lower_priority_than_an_element_of_publication():
    published_element = f'<span itemprop="datePublished" content="{STATED}"></span>'
    changed = meta("date", "2024-03-06T09:00:00+02:00")
    assert dated(changed, published_element) == Dated(TIME, 120, "time_element", "second")
    assert dated(changed).source == "meta"


@pytest.mark.parametrize("unbelievable", ["1970-01-01T00:00:00Z", "2024-03-09T00:00:00Z"])
def test_a_possible_time_is_preferred_to_an_impossible_time(unbelievable):
    head = linked(datePublished=unbelievable) + meta("article:published_time", STATED)
    assert dated(head, seen_at=TIME + timedelta(hours=1)) == Dated(TIME, 120, "meta", "second")


def test_an_impossible_time_is_returned_if_there_is_no_other():
    found = dated(linked(datePublished="1970-01-01T00:00:00Z"), seen_at=TIME)
    assert found.time == datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("place", ["meta", "time"])
def test_an_impossible_time_zone_is_ignored(place):
    impossible = "2024-03-01T00:00:00+99:99"
    head = meta("article:published_time", impossible) if place == "meta" else ""
    body = f'<time datetime="{impossible}">today</time>' if place == "time" else ""
    assert dated(head, body) is None
    assert dated(head, body + "<p>1 March 2024</p>").time == DAY


def test_the_time_of_a_change_is_separate():
    head = linked(datePublished=STATED, dateModified="2024-03-02T10:00:00Z")
    tree = document_fromstring(f"<html><head>{head}</head><body></body></html>")
    assert modified(linked_article(tree), {}) == datetime(2024, 3, 2, 10, tzinfo=UTC)
    assert modified(linked_article(document_fromstring("<p>a</p>")), {}) is None


def test_a_page_without_a_date_has_none():
    assert dated(seen_at=TIME) is None


def test_the_day_in_the_url_is_preferred_to_the_time_of_another_story():
    other = '<time datetime="2024-02-20T10:00:00Z">20 February</time>'
    found = dated(body=other, url="https://example.org/2024/03/01/truce")
    assert (found.time, found.source) == (DAY, "url")


def test_a_time_on_the_day_in_the_url_is_more_precise():
    shown = '<time datetime="2024-03-01T10:00:00Z">1 March</time>'
    found = dated(body=shown, url="https://example.org/2024/03/01/truce")
    assert (found.precision, found.source) == ("second", "time_element")
