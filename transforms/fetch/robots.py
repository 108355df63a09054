"""Rules of robots.txt (RFC 9309); Protego parses and matches them."""

import re
from dataclasses import dataclass

from protego import Protego

from newslake.transforms.tsv import read_lines

MAX_BYTES = 500 * 1024
"""Maximum size of a robots.txt, in bytes; the rest is ignored (RFC 9309, 2.5)."""

MAX_CRAWL_DELAY = 30.0
"""Maximum crawl delay, in seconds. A longer delay in robots.txt is reduced to this value."""

ALLOW_ALL = b""
"""Content of a robots.txt that allows everything; used if a site has no robots.txt."""

AI_AGENTS = read_lines(__package__, "ai_agents.tsv")
"""Crawlers that collect texts for language models. If a rule blocks one, this is an opt-out."""

_KNOWN_LINE = re.compile(
    r"\s*(?:user[- ]?agent|(?:dis)?allow|dissallow|dissalow|disalow|diasllow|disallaw|"
    r"crawl[- ]delay|request[- ]rate|site-?maps?)\b",
    re.IGNORECASE,
)
_AGENT_LINE = re.compile(r"(\s*user[- ]?agent\s*:?\s*(?:[\w-]+|\*))[^\n]*", re.IGNORECASE)


@dataclass(frozen=True)
class Robots:
    """The rules of one site for one agent."""

    rules: Protego
    agent: str

    def allows(self, url: str) -> bool:
        """Return whether `url` may be fetched; always True for robots.txt itself."""
        return self.rules.can_fetch(url, self.agent)

    @property
    def crawl_delay(self) -> float:
        """The pause between two requests in robots.txt, in seconds; at most `MAX_CRAWL_DELAY`."""
        return min(self.rules.crawl_delay(self.agent) or 0.0, MAX_CRAWL_DELAY)

    def blocked_ai_agents(self, url: str) -> list[str]:
        """Return the `AI_AGENTS` that may not fetch `url`; empty if `*` is forbidden too."""
        if not self.rules.can_fetch(url, "*"):
            return []
        return [agent for agent in AI_AGENTS if not self.rules.can_fetch(url, agent)]


def parse_robots(content: bytes, agent: str) -> Robots:
    """Return the rules of a robots.txt for a product token such as `newslake`.

    Lines that are not rules are ignored.
    """
    text = content[:MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
    # Unknown lines must not end a group, and only the first word of an agent line is a name.
    known = (line for line in text.splitlines() if _KNOWN_LINE.match(line))
    return Robots(Protego.parse("\n".join(_AGENT_LINE.sub(r"\1", line) for line in known)), agent)
