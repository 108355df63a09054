"""Regular expressions mean the same in every Python 3.11.

Before 3.11.5, a possessive repeat of a group matched wrongly if a repetition could backtrack
(https://github.com/python/cpython/issues/106052). An atomic group `(?>…)` does not backtrack.
"""

import importlib
import pkgutil
import re
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

import newslake
from newslake.transforms.events.expressions.casualty_patterns import HINTS, pattern_of
from newslake.transforms.extract.html import tags

ONE_CHARACTER = {codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY}


def patterns():
    """Yield the name and the pattern of each regular expression at the top of a module."""
    names = [module.name for module in pkgutil.walk_packages(newslake.__path__, "newslake.")]
    for name in names:
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if (error.name or "newslake").startswith("newslake"):
                raise
            continue  # the package of an extra is not installed
        for variable, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield f"{name}.{variable}", value
    yield "tags", tags._pattern(9)
    for deed in HINTS:
        yield deed, pattern_of(deed)


def unsafe(tree):
    """Yield the possessive repeats of a group that may backtrack."""
    for code, argument in tree:
        if code is codes.POSSESSIVE_REPEAT:
            body = argument[2]
            if len(body) != 1 or body[0][0] not in {*ONE_CHARACTER, codes.ATOMIC_GROUP}:
                yield body
        for part in argument if isinstance(argument, tuple) else [argument]:
            for item in part if isinstance(part, list) else [part]:
                if isinstance(item, parser.SubPattern):
                    yield from unsafe(item)


def test_a_possessive_repeat_of_a_group_is_one_of_an_atomic_group():
    found = {
        name: pattern
        for name, pattern in patterns()
        if list(unsafe(parser.parse(pattern.pattern, pattern.flags)))
    }
    assert not found


def test_the_check_finds_a_group_that_may_backtrack():
    for bad in (r"(?:a|ab)*+c", r"x(?:(?!a)b?c){0,3}+", r"(?:a|(?:(?:bc?d)++|e))"):
        assert list(unsafe(parser.parse(bad))), bad
    assert not list(unsafe(parser.parse(r"[ab]*+(?>a|ab)*+\s?+")))
