"""What a site's robots.txt asks of us, by RFC 9309. Parsing and matching are Protego's."""

import re
from dataclasses import dataclass

from protego import Protego

MAX_BYTES = 500 * 1024
"""Of a longer file the beginning counts (RFC 9309, 2.5)."""

MAX_CRAWL_DELAY = 30.0
"""Seconds between two requests that we keep at most, whatever is asked."""

ALLOW_ALL = b""
"""What a missing robots.txt is taken for."""

AI_AGENTS = (
    *("AI2Bot", "Amazonbot", "anthropic-ai", "Applebot-Extended", "Bytespider", "CCBot"),
    *("ClaudeBot", "cohere-ai", "Diffbot", "Google-Extended", "GPTBot", "Meta-ExternalAgent"),
    *("PerplexityBot",),
)
"""Agents that gather texts for language models: who shuts them out has said what he thinks of it."""

_KNOWN = re.compile(
    r"\s*(?:user[- ]?agent|(?:dis)?allow|dissallow|dissalow|disalow|diasllow|disallaw|"
    r"crawl[- ]delay|request[- ]rate|site-?maps?)\b",
    re.IGNORECASE,
)
_AGENT = re.compile(r"(\s*user[- ]?agent\s*:?\s*(?:[\w-]+|\*))[^\n]*", re.IGNORECASE)


@dataclass(frozen=True)
class Robots:
    """The rules of one site for one agent."""

    rules: Protego
    agent: str

    def allows(self, url: str) -> bool:
        """Return whether we may fetch `url`; the file itself always."""
        return self.rules.can_fetch(url, self.agent)

    @property
    def crawl_delay(self) -> float:
        """Seconds that the site wants between two requests, at most `MAX_CRAWL_DELAY`."""
        return min(self.rules.crawl_delay(self.agent) or 0.0, MAX_CRAWL_DELAY)

    def shut_out(self, url: str) -> list[str]:
        """Return which of `AI_AGENTS` may not fetch `url` though agents in general may."""
        if not self.rules.can_fetch(url, "*"):
            return []
        return [agent for agent in AI_AGENTS if not self.rules.can_fetch(url, agent)]


def parse_robots(content: bytes, agent: str) -> Robots:
    """Return the rules in `content`, whatever it is: what is no rule says nothing.

    Args:
        content: The body of a robots.txt.
        agent: Our product token, such as `newslake`.
    """
    text = content[:MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
    # Unknown lines must not end a group, and an agent's name is its first word only.
    known = (line for line in text.splitlines() if _KNOWN.match(line))
    return Robots(Protego.parse("\n".join(_AGENT.sub(r"\1", line) for line in known)), agent)
