"""The mutation tests find a change that no test notices, and put a change into a loaded module."""

import sys
from types import ModuleType

import pytest
from forks import transplant
from mutations import mutants_of


def changes(source):
    return [mutant.change for mutant in mutants_of(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", ["a < b -> a <= b", "a < b -> a >= b"]),
        ("a is None", ["a is None -> a is not None"]),
        ("a and b", ["a and b -> a or b"]),
        ("not a", ["not a -> a"]),
        ("a + 1", ["a + 1 -> a - 1", "1 -> 2"]),
        ("x = True", ["True -> False"]),
        ("x = min(a, b)", ["min(a, b) -> max(a, b)"]),
        ("x = f(key=a)", ["key=a -> (deleted)"]),
        ("x = {'a', 'b'}", ["'a' -> (deleted)", "'b' -> (deleted)"]),
        ("x = {'a': b, 'c': d}", ["'a' -> (deleted)", "'c' -> (deleted)"]),
        ("if a: b", ["a -> not a"]),
        ("store(a)", ["store(a) -> (deleted)"]),
        ("if a is b:\n    x = c", ["a is b -> a is not b", "x = c -> (deleted)"]),
        ("x = c", []),
        ("x = f(x)", ["x = f(x) -> (deleted)"]),
        ("1; 1", ["1 -> 2", "1 -> 2 #2"]),
        ("raise ValueError(1)", []),
        ("x = zip(a, b, strict=True)", []),
        ("x: dict[str, 1]", []),
        ("f'{a + 1}'", []),
    ],
)
def test_the_changes_of_a_statement(source, expected):
    assert changes(source) == expected


def test_a_mutant_has_its_line_and_the_name_of_its_function():
    source = "class A:\n    def f(self):\n        return 1\n"
    assert [one[:3] for one in mutants_of(source)] == [(3, "A.f", "1 -> 2")]


SOURCE = """
from functools import cache
from typing import NamedTuple
LIMIT = 10
def limited(x, most=LIMIT): return min(x, most)
@cache
def doubled(x): return 2 * x
class Box(NamedTuple):
    size: int
    @property
    def half(self): return self.size / 2
"""

USER = """
from changed_module import *
def results(): return LIMIT, limited(3), doubled(3), Box(4).half
"""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("min(x, most) -> max(x, most)", (10, 10, 6, 2.0)),
        ("10 -> 11", (11, 3, 6, 2.0)),
        ("2 -> 3", (10, 3, 9, 2.0)),
        ("self.size / 2 -> self.size * 2", (10, 3, 6, 8)),
    ],
)
def test_a_change_reaches_modules_that_have_imported_the_names(monkeypatch, change, expected):
    module, user = ModuleType("changed_module"), ModuleType("its_user")
    monkeypatch.setitem(sys.modules, "changed_module", module)
    monkeypatch.setitem(sys.modules, "its_user", user)
    exec(SOURCE, vars(module))  # noqa: S102 the module under test
    exec(USER, vars(user))  # noqa: S102 a module that imports it
    assert user.results() == (10, 3, 6, 2.0)
    mutant = next(one for one in mutants_of(SOURCE) if one.change == change)
    transplant(mutant.code, module)
    assert user.results() == expected
