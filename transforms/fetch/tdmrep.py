"""Reservations of text and data mining in /.well-known/tdmrep.json (W3C TDM Reservation Protocol)."""

import json
from dataclasses import dataclass

from newslake.transforms.fetch.robots import MAX_PATTERNS, matches
from newslake.transforms.web.optouts import RESERVATION

PATH = "/.well-known/tdmrep.json"
"""The path of the file; the same on all sites."""


@dataclass(frozen=True)
class Reservations:
    """The rules of one site: patterns of paths, each with whether the rights are reserved."""

    rules: tuple[tuple[str, bool], ...] = ()

    def optouts(self, url: str) -> list[str]:
        """Return `tdm-reservation` if the first rule that matches `url` reserves the rights."""
        reserved = next((reserved for path, reserved in self.rules if matches(path, url)), False)
        return [RESERVATION] if reserved else []


def parse_tdmrep(content: bytes) -> Reservations:
    """Return the first `MAX_PATTERNS` rules of a tdmrep.json; rules that are invalid are ignored."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return Reservations()
    rules = [rule for rule in found if isinstance(rule, dict)] if isinstance(found, list) else []
    read = ((_path(rule.get("location")), rule.get(RESERVATION)) for rule in rules[:MAX_PATTERNS])
    return Reservations(
        tuple(
            (path, value in (1, "1")) for path, value in read if path and value in (0, 1, "0", "1")
        )
    )


def _path(location: object) -> str:
    """Return the pattern of a rule; empty if it is not a text. Some sites omit the first slash."""
    text = location.strip() if isinstance(location, str) else ""
    return text if not text or text.startswith(("/", "*")) else f"/{text}"
