"""Small feeds for tests."""

from datetime import UTC, datetime

ADDRESS = "https://paper.example.org/feeds/news.xml"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""A Monday."""


def item(number=1, title="Talks go on", more=""):
    return (
        f"<item><title>{title}</title><link>https://paper.example.org/{number}</link>"
        f"<guid isPermaLink='false'>g{number}</guid>{more}</item>"
    )


def rss(*items, channel=""):
    return (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>Paper</title>'
        f"<link>https://paper.example.org/</link>{channel}{''.join(items)}</channel></rss>"
    )


def atom(*entries):
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Paper</title>'
        f'<link href="https://paper.example.org/"/>{"".join(entries)}</feed>'
    )
