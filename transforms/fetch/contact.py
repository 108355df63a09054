"""The address at which publishers can reach the person who runs newslake."""

import re

from newslake.transforms.web.urls import web_address

_MAIL = re.compile(r"[^@]+@[^@.]+(?:\.[^@.]+)+")
_UNSAFE = re.compile(r"[^!-~]|[()<>\\]")
"""Characters that a comment of the header User-Agent may not contain."""


def contact_address(text: str) -> str:
    """Return `text` unchanged.

    Raises:
        ValueError: `text` is neither a URL of the web nor an e-mail address.
    """
    if not _UNSAFE.search(text) and (web_address(text) or _MAIL.fullmatch(text)):
        return text
    raise ValueError(
        f"{text!r} is not an address; use one such as you@example.org or https://example.org/contact"
    )
