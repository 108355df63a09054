import time

import pytest

from newslake.transforms.web.optouts import optouts


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("TDM-Reservation: 1", ["tdm-reservation"]),
        ("tdm-reservation:0", []),
        ("X-Robots-Tag: noindex, NoAI , noimageai", ["noai", "noimageai"]),
        ("X-Robots-Tag: noarchive\nX-Robots-Tag: noai", ["noai", "noarchive"]),
        ("X-Robots-Tag: otherbot: noai", []),
        ("Content-Usage: train-ai=n, search=y", ["content-usage:train-ai"]),
        ("Content-Usage: ai=y", []),
        ("Content-Usage: train-ai=n, train-ai=y", []),
        ("Content-Signal: ai-train=no, search=yes", ["content-signal:ai-train"]),
        ("Content-Usage: train-ai=not-set, n=y", []),
        ("Set-Cookie: noai\nX-Other: tdm-reservation: 1", []),
        ("", []),
    ],
)
def test_headers_are_read(headers, expected):
    assert optouts(headers, "") == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<meta name="tdm-reservation" content="1">', ["tdm-reservation"]),
        ("<META content=1 name=tdm-reservation />", ["tdm-reservation"]),
        ("<meta name='robots' content='noai,noarchive'>", ["noai", "noarchive"]),
        ('<meta name="robots" content="index, follow">', []),
        ('<meta name="googlebot" content="noarchive">', []),
        ('<meta property="robots" content="noai">', []),
        ("<p>noai</p>", []),
    ],
)
def test_pages_are_read(html, expected):
    assert optouts("", f"<html><head>{html}</head><body></body></html>") == expected


@pytest.mark.parametrize(
    ("headers", "html", "expected"),
    [
        ("", "", ["tdm-reservation"]),
        ("TDM-Reservation: 0", "", []),
        ("TDM-Reservation: 2", "", ["tdm-reservation"]),
        ("TDM-Reservation: 0", '<meta name="tdm-reservation" content="1">', ["tdm-reservation"]),
        ("TDM-Reservation: 1", '<meta name="tdm-reservation" content="0">', []),
    ],
)
def test_what_is_nearer_to_the_text_decides_a_reservation(headers, html, expected):
    assert optouts(headers, html, ["tdm-reservation"]) == expected


@pytest.mark.parametrize(
    "html", ["<meta " * 500_000, "<meta name" * 300_000, "<meta " + "a" * 10**6]
)
def test_reading_takes_linear_time(html):
    began = time.process_time()
    assert optouts("", html) == []
    assert time.process_time() - began < 2
