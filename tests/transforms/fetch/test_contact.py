import pytest

from newslake.transforms.fetch.contact import contact_address


@pytest.mark.parametrize(
    "address",
    [
        "you@example.org",
        "mailto:you@news.example.org",
        "https://example.org/bot",
        "http://intranet/",
    ],
)
def test_a_contact_is_a_mail_or_web_address(address):
    assert contact_address(address) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "nonsense",
        "example.org",
        "you@",
        "@example.org",
        "you@localhost",
        "a@b@example.org",
        "ftp://example.org/",
        "https://",
        "https://example.org/\r\nX: 1",
        "you@example.org (me)",
        "https://example.org/)",
        "you @example.org",
        "büro@example.org",
    ],
)
def test_other_texts_are_refused(text):
    with pytest.raises(ValueError, match="is not an address; use one such as"):
        contact_address(text)
