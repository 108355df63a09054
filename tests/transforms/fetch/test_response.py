from datetime import timedelta

import pytest
from visits import response


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"Retry_After": "120"}, timedelta(minutes=2)),
        ({"Retry_After": "Sun, 01 Mar 2026 12:10:00 GMT"}, timedelta(minutes=10)),
        (
            {
                "Retry_After": "Fri, 01 Jan 2027 00:10:00 GMT",
                "Date": "Fri, 01 Jan 2027 00:00:00 GMT",
            },
            timedelta(minutes=10),
        ),
        ({"Retry_After": "Sat, 28 Feb 2026 12:00:00 GMT"}, timedelta()),
        ({"Retry_After": "soon"}, None),
        ({"Retry_After": "-5"}, None),
        ({"Retry_After": "9" * 30}, timedelta(days=3650)),
        ({"Retry_After": "Fri, 31 Dec 9999 23:59:59 GMT"}, timedelta(days=3650)),
    ],
)
def test_how_long_a_server_asks_us_to_wait(headers, wait):
    assert response(503, **headers).retry_after == wait


@pytest.mark.parametrize(
    ("header", "media_type", "charset"),
    [
        ("text/html; charset=UTF-8", "text/html", "utf-8"),
        ('TEXT/HTML;charset="koi8-r"', "text/html", "koi8-r"),
        ("text/html", "text/html", None),
        ("text/html; charset=\r\n utf-8", "text/html", "utf-8"),
        (";;", "text/plain", None),
    ],
)
def test_what_the_body_is(header, media_type, charset):
    found = response(Content_Type=header)
    assert (found.media_type, found.charset) == (media_type, charset)


def test_a_server_may_say_nothing():
    assert response().media_type == ""
    assert response().charset is None


def test_only_a_redirect_leads_elsewhere():
    assert response(301, Location="/a").redirected_to == "/a"
    assert response(201, Location="/a").redirected_to is None
    assert response(301).redirected_to is None


def test_a_location_in_utf_8_is_read_as_such():
    sent = "/wetter/münchen".encode().decode("latin-1")
    assert response(301, Location=sent).redirected_to == "/wetter/münchen"
