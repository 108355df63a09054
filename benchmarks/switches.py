"""Switches off a rule by its name: replaces the rule's function, pattern or set by a neutral one."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any


@contextmanager
def switched_off(package: str, rule: str, neutral: Any) -> Iterator[None]:
    """Replace a rule in all modules of a package while the context is open.

    Args:
        package: The package, such as `newslake.transforms.events`.
        rule: A module in the package and a name in it, with a dot between them.
        neutral: The object that replaces the rule. A function is replaced by a function: by
            `neutral` itself or, if `neutral` is no function, by one that returns `neutral`.
    """
    value = object_of(package, rule)
    with replaced(package, value, neutral_of(value, neutral)):
        yield


def object_of(package: str, rule: str) -> Any:
    """Return the function, pattern or set that implements a rule."""
    module, name = rule.rsplit(".", 1)
    return getattr(import_module(f"{package}.{module}"), name)


def neutral_of(value: Any, neutral: Any) -> Any:
    """Return the object that replaces the rule `value`; see `switched_off`."""
    return neutral if callable(neutral) or not callable(value) else lambda *_, **__: neutral


@contextmanager
def replaced(package: str, value: Any, other: Any) -> Iterator[None]:
    """Replace `value` by `other` in all modules of a package that refer to it."""
    references = [
        (module, name)
        for path, module in list(sys.modules.items())
        if path.startswith(package)
        for name, one in vars(module).items()
        if one is value
    ]
    for module, name in references:
        setattr(module, name, other)
    try:
        yield
    finally:
        for module, name in references:
            setattr(module, name, value)


@contextmanager
def recorded(package: str, rule: str, neutral: Any, found: set[str]) -> Iterator[None]:
    """Add a rule's name to `found` if the rule acts while the context is open.

    A function acts if it returns another value than its neutral function. If `neutral` is None, the
    function changes its argument, and counts as acting. A pattern acts if it matches.
    """
    value = object_of(package, rule)
    if neutral is None:
        found.add(rule)
    if isinstance(value, re.Pattern):
        other: Any = _WatchedPattern(value, rule, found)
    else:
        other = _watched(value, neutral_of(value, neutral), rule, found)
    with replaced(package, value, other):
        yield


def _watched(value: Any, neutral: Any, rule: str, found: set[str]) -> Any:
    def watched(*words: Any, **named: Any) -> Any:
        result = value(*words, **named)
        if rule not in found and result != neutral(*words, **named):
            found.add(rule)
        return result

    return watched


class _WatchedPattern:
    """A pattern that adds the name of its rule to `found` when it matches."""

    def __init__(self, pattern: re.Pattern[str], rule: str, found: set[str]) -> None:
        self._pattern, self._rule, self._found = pattern, rule, found

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._pattern, name)

        def watched(*words: Any, **named: Any) -> Any:
            text = words[1] if name in ("sub", "subn") else words[0]
            if self._rule not in self._found and self._pattern.search(text):
                self._found.add(self._rule)
            return method(*words, **named)

        return watched
