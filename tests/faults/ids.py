"""Ids of the fault harness contain the number of their story. Imports no Beam: readers start often."""

import re

ID_COLUMNS = {
    "mentions": ("mention_id",),
    "articles": ("article_id",),
    "duplicates": ("document_id",),
    "revisions": ("document_id",),
    "rejects": ("document_id", "settings"),
}
"""Columns that identify a row, by table, in the order in which a reader reads: mentions before articles."""


def number_of(id):
    """Return the number of the story that `id` belongs to.

    >>> number_of("ma s12".encode().hex().ljust(32, "0"))
    12
    """
    return int(re.search(r"\d+", bytes.fromhex(id).decode())[0])


def may_be_forgotten(number):
    return number % 11 == 5


def has_rival(number):
    """Return True if two documents with different URLs have the story's text."""
    return number % 7 == 3


def is_stored_when_tried_again(number):
    """Return True if the story's reject is stored by transactions with the other settings."""
    return number % 8 == 0
