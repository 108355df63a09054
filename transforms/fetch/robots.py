"""Rules of robots.txt (RFC 9309); Protego matches the paths.

newslake finds the groups itself: a group is for an agent if the two product tokens are equal in any
letter case. Protego's own search also finds tokens that are only a part of the agent's token.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from string import punctuation
from urllib.parse import quote

from protego import Protego

from newslake.transforms.tsv import read_lines
from newslake.transforms.web.optouts import USAGE_FIELDS, denied_uses

MAX_BYTES = 500 * 1024
"""Maximum size of a robots.txt, in bytes; the rest is ignored (RFC 9309, 2.5)."""

MAX_CRAWL_DELAY = 30.0
"""Maximum crawl delay, in seconds. A longer delay in robots.txt is reduced to this value."""

MAX_PATTERNS = 1_000
"""Maximum number of patterns that are compared with a URL one by one; the rest is ignored."""

ALLOW_ALL = b""
"""Content of a robots.txt that allows everything; used if a site has no robots.txt."""

AI_AGENTS = tuple(read_lines(__package__, "ai_agents.tsv"))
"""AI user agents, by the name in robots.txt. If a rule blocks one, this is an opt-out."""

_EVERYBODY = "*"
_LINE_END = re.compile(r"\r\n?|\n")
_LINE = re.compile(
    r"\s*(user[- ]?agent|allow|disallow|dissallow|dissalow|disalow|diasllow|disallaw|crawl[- ]delay|"
    r"content-usage|content-signal)(?=[:\s]|$)\s*:?\s*([^#]*)",
    re.IGNORECASE,
)
"""The name and the value of a known line, with spelling mistakes that are usual. Other lines do not
end a group (RFC 9309, 2.2.4)."""
_TOKEN = re.compile(r"\*(?![\w-])|\**([\w-]+)", re.ASCII)
"""The product token at the start of an agent line. A version or a comment may follow it."""

_Rule = tuple[str, str]
"""The name of a rule, such as `disallow`, and its value."""


@dataclass
class _Group:
    """The product tokens of a group in lower case, and its rules."""

    agents: set[str] = field(default_factory=set)
    rules: list[_Rule] = field(default_factory=list)


@dataclass(frozen=True)
class _Rules:
    """The merged rules of all groups of an agent."""

    paths: Protego
    uses: list[tuple[str, str, list[str]]]
    """The denied uses in `USAGE_FIELDS`: name of the field, pattern of the paths, uses."""

    def allow(self, url: str) -> bool:
        """Return whether `url` may be fetched; always True for robots.txt itself."""
        return self.paths.can_fetch(url, _EVERYBODY)

    def denied(self, name: str, url: str) -> set[str]:
        """Return the uses of `url` that the longest pattern of the field `name` denies."""
        found = [
            (len(pattern), uses)
            for field_name, pattern, uses in self.uses
            if field_name == name and matches(pattern, url)
        ]
        longest = max((length for length, _ in found), default=0)
        return {use for length, uses in found if length == longest for use in uses}


@dataclass(frozen=True)
class Robots:
    """The rules of one site for one agent."""

    own: _Rules
    ai_agents: Mapping[str, _Rules]
    """The rules of each agent in `AI_AGENTS` that has a group of its own."""

    def allows(self, url: str) -> bool:
        """Return whether `url` may be fetched; always True for robots.txt itself."""
        return self.own.allow(url)

    @property
    def crawl_delay(self) -> float:
        """The pause between two requests in robots.txt, in seconds; at most `MAX_CRAWL_DELAY`."""
        return min(self.own.paths.crawl_delay(_EVERYBODY) or 0.0, MAX_CRAWL_DELAY)

    def optouts(self, url: str) -> list[str]:
        """Return the opt-outs for `url`, as in `newslake.transforms.web.optouts`.

        `disallow:AGENT` is one of `AI_AGENTS` that may not fetch `url`. An agent does not count if
        only the rules for everybody exclude it.
        """
        agents = [
            f"disallow:{name}" for name, rules in self.ai_agents.items() if not rules.allow(url)
        ]
        uses = [f"{name}:{use}" for name in USAGE_FIELDS for use in self.own.denied(name, url)]
        return sorted(agents + uses)


def parse_robots(content: bytes, agent: str) -> Robots:
    """Return the rules of a robots.txt for a product token such as `newslake`.

    Lines that are not rules are ignored.
    """
    if len(content) > MAX_BYTES:  # half a line could forbid more than the whole line
        content = content[:MAX_BYTES].rpartition(b"\n")[0]
    groups = _groups(content.decode("utf-8", "replace").removeprefix("\ufeff"))
    merge = cache(_merged)

    def rules(token: str) -> _Rules:
        own = [group for group in groups if token.lower() in group.agents]
        return merge(tuple(rule for group in own for rule in group.rules))

    named = {token for group in groups for token in group.agents}
    own = rules(agent if agent.lower() in named else _EVERYBODY)
    return Robots(own, {name: rules(name) for name in AI_AGENTS if name.lower() in named})


def matches(pattern: str, url: str) -> bool:
    """Return whether the path of `url` matches a pattern with the wildcards of robots.txt.

    An empty pattern matches all paths.
    """
    return not (pattern and _disallow(pattern).can_fetch(url, _EVERYBODY))


@lru_cache(maxsize=4 * MAX_PATTERNS)
def _disallow(pattern: str) -> Protego:
    return _protego([("disallow", pattern)])


def _protego(rules: Iterable[_Rule]) -> Protego:
    lines = (f"{name}: {_ascii(value)}" for name, value in rules)
    return Protego.parse("\n".join([f"user-agent: {_EVERYBODY}", *lines]))


def _groups(content: str) -> list[_Group]:
    groups: list[_Group] = []
    for found in filter(None, map(_LINE.match, _LINE_END.split(content))):
        name, value = found[1].lower().replace(" ", "-"), found[2].strip()
        if name.startswith("user"):
            if not groups or groups[-1].rules:
                groups.append(_Group())
            if token := _TOKEN.match(value):
                groups[-1].agents.add((token[1] or _EVERYBODY).lower())
        elif groups:
            groups[-1].rules.append(("disallow" if name.startswith("di") else name, value))
    return groups


def _merged(rules: tuple[_Rule, ...]) -> _Rules:
    uses = [_use(*rule) for rule in rules if rule[0] in USAGE_FIELDS]
    return _Rules(
        _protego(rule for rule in rules if rule[0] not in USAGE_FIELDS), uses[:MAX_PATTERNS]
    )


def _use(name: str, value: str) -> tuple[str, str, list[str]]:
    """Return the field, the pattern in ASCII (empty without a path) and the denied uses of a rule."""
    path, *statement = value.split(maxsplit=1) if value.startswith(("/", "*")) else ("", value)
    return name, _ascii(path), denied_uses("".join(statement))


def _ascii(path: str) -> str:
    """Return a pattern of paths in ASCII. Characters that Protego takes for line ends are quoted."""
    return quote(path, safe=punctuation)
