"""Runs tests in a fork of this process, after a change of one module in the memory of the fork."""

import inspect
import os
import resource
import signal
import sys
from collections.abc import Mapping, Sequence
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

WALL_SECONDS = 1_200
"""Time after which a fork that waits for ever is ended, in seconds."""


def run_in_fork(
    module: ModuleType, code: CodeType | None, items: Sequence[pytest.Item], cpu_limit: int
) -> tuple[str, float]:
    """Run tests in a fork of this process, after the changed `code` is put into `module`.

    Returns:
        The test that failed, or how the fork ended, or an empty string; and the fork's CPU seconds.
    """
    read, written = os.pipe()
    if not (child := os.fork()):
        ended = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_limit, cpu_limit))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            signal.alarm(WALL_SECONDS)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            if code:
                transplant(code, module)
            os.write(written, first_failure(items).encode())
            ended = 0
        finally:
            os._exit(ended)
    os.close(written)
    _, status, usage = os.wait4(child, 0)
    with os.fdopen(read) as pipe:
        failed = pipe.read()
    if not failed and (exit_code := os.waitstatus_to_exitcode(status)):
        failed = f"exit code {exit_code}"
    return failed, usage.ru_utime + usage.ru_stime


def first_failure(items: Sequence[pytest.Item]) -> str:
    """Run tests until one fails; return its name, or an empty string."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if item.session.testsfailed:
            return item.nodeid
    return ""


def transplant(code: CodeType, module: ModuleType) -> None:
    """Put the functions and constants of changed `code` in place of those of `module`.

    Other modules have imported the functions by name. So the functions stay, and get new code.
    """
    changed: dict[str, Any] = {"__name__": module.__name__}
    exec(code, changed)  # noqa: S102 runs the changed module
    _replace(dict(vars(module)), changed, module.__name__)


def _replace(old: Mapping[str, Any], new: Mapping[str, Any], module: str) -> None:
    for name in old.keys() & new.keys() - {"__dict__", "__weakref__", "__builtins__"}:
        before, after = old[name], new[name]
        function, changed = _function(before), _function(after)
        if before is after or getattr(function or before, "__module__", module) != module:
            continue
        if isinstance(before, type):
            _replace(vars(before), vars(after), module)
        elif function and changed:
            function.__code__ = changed.__code__
            function.__defaults__ = changed.__defaults__
            function.__kwdefaults__ = changed.__kwdefaults__
            getattr(before, "cache_clear", int)()
        elif before != after:
            for holder in list(sys.modules.values()):
                if vars(holder).get(name) is before:
                    setattr(holder, name, after)


def _function(value: Any) -> FunctionType | None:
    """Return the function inside a property, a class method or a decorated function."""
    value = inspect.unwrap(getattr(value, "fget", getattr(value, "__func__", value)))
    return value if isinstance(value, FunctionType) else None
