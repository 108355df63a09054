"""Settings: values of options from the environment and from the file newslake.toml.

An option of the command line wins over an environment variable, which wins over the file. In each,
a value for one command wins over a value for all commands.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from newslake.pipelines.declared import Declared, of_any_command, settable
from newslake.pipelines.options import WrongOption
from newslake.pipelines.suggestions import similar, unknown, with_help
from newslake.transforms.failure import DEBUG

FILE = "newslake.toml"
"""The file with settings in the current folder."""

PREFIX = "NEWSLAKE_"
"""The start of the names of environment variables."""

CONFIG = "NEWSLAKE_CONFIG"
"""The environment variable with the path of another file with settings."""

_HELP = "newslake config --help"
_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s'\"]+", re.IGNORECASE)
_USER = re.compile(r"//[^/]*@")
_TRUTH = {"1": "true", "true": "true", "0": "false", "false": "false"}
_KINDS = {
    "flag": (bool, "true or false"),
    "int": (int, "a whole number"),
    "float": (int | float, "a number"),
    "path": (str, "a text in quotes"),
    "text": (str | date, "a text in quotes"),
}
"""The type of a value in the file, and its name in messages, by `Declared.kind`."""


@dataclass(frozen=True)
class Setting:
    """The value of an option, and where it was set."""

    option: Declared
    words: tuple[str, ...]
    """The values as on the command line; for a flag, `true` or `false`."""
    origin: str
    """The environment variable, or the path of the file and the table."""


def settings(command: str, config: str | None = None) -> dict[str, Setting]:
    """Return the settings of a command by name; those from the environment come first.

    `command` is the name of a command, or of an action such as `feeds list`. `config` is the path of
    the file; None means that of the environment, or `FILE` in the current folder.

    Raises:
        WrongOption: the file cannot be read, or it or the environment has an unknown name or a
            value of a wrong type.
    """
    variables = _variables()
    path = config or os.environ.get(CONFIG) or (FILE if os.path.lexists(FILE) else None)
    content = _read(path) if path else {}
    if not (variables or content):
        return {}
    from_file = dict(_from_file(path or "", content, command))
    from_environment = dict(_from_environment(variables, command))
    return from_environment | {
        name: one for name, one in from_file.items() if name not in from_environment
    }


def check_environment() -> None:
    """Check the names of the environment variables that begin with `PREFIX`.

    Raises:
        WrongOption: newslake does not use one of them.
    """
    if variables := _variables():
        known = {name for command in settable() for name in _names(command)} | {DEBUG, CONFIG}
        for name in variables:
            if name not in known:
                # The prefix is similar to itself.
                guess = similar(
                    name.removeprefix(PREFIX), (one.removeprefix(PREFIX) for one in known)
                )
                problem = f"unknown environment variable {name}"
                raise WrongOption(with_help(problem, _HELP, guess and f"{PREFIX}{guess}"))


def _variables() -> dict[str, str]:
    """Return the environment variables that are settings. An empty one counts as not set."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith(PREFIX) and name not in (DEBUG, CONFIG) and value
    }


def table_of(command: str) -> str:
    """Return the name of the table for a command in the file."""
    return command.replace(" ", "-")


def _names(command: str) -> dict[str, Declared]:
    """Return the environment variables that a command uses; those of this command only come last."""
    own = f"{PREFIX}{table_of(command)}_".replace("-", "_").upper()
    options = settable().get(command, {})
    return {
        f"{start}{name.upper()}": option
        for start in (PREFIX, own)
        for name, option in options.items()
    }


def with_origins(message: str, origins: Mapping[str, Setting]) -> str:
    """Return `message`, and the origins of the options in it that a file or the environment sets.

    `origins` are the settings by option, such as `--workers`.
    """
    named = [
        f"{option} is set in {one.origin}"
        for option, one in origins.items()
        if re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", message)
    ]
    return "; ".join([message, *named])


def without_secrets(text: str) -> str:
    """Return `text` without the user names, passwords and tokens of the URLs in it."""
    return _URL.sub(_without_secrets, text)


def _without_secrets(found: re.Match[str]) -> str:
    from newslake.transforms.web.urls import web_address  # only for messages and `newslake config`

    url = found[0]
    return web_address(url) or _USER.sub("//", url.partition("?")[0])


def _from_environment(variables: Mapping[str, str], command: str) -> Iterator[tuple[str, Setting]]:
    for variable, option in _names(command).items():
        if variable in variables:
            words = _words(option, variable, variables[variable])
            if _fits(option, words):
                yield option.name, Setting(option, words, variable)


def _fits(option: Declared, words: Sequence[str]) -> bool:
    """Return whether a value for all commands applies to `option`: not if it is a list for one value."""
    return option.takes_many or len(words) == 1


def _words(option: Declared, variable: str, text: str) -> tuple[str, ...]:
    if option.kind == "flag":
        if text.lower() not in _TRUTH:
            raise WrongOption(f"the environment variable {variable} must be 1 or 0")
        return (_TRUTH[text.lower()],)
    if not of_any_command()[option.name].takes_many:
        return (text,)
    import shlex  # most commands have no such variable

    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise WrongOption(f"the environment variable {variable}: {error}") from error


def _read(path: str) -> dict[str, Any]:
    import tomllib  # most commands have no file

    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise WrongOption(f"{path}: {error.strerror}; see `{_HELP}`") from error
    except ValueError as error:
        raise WrongOption(f"{path} is not a TOML file: {error}; see `{_HELP}`") from error


def _from_file(
    path: str, content: Mapping[str, Any], command: str
) -> Iterator[tuple[str, Setting]]:
    """Check the whole file, and yield the settings of `command`; those of its table come last."""
    tables = {key: value for key, value in content.items() if isinstance(value, dict)}
    values = {key: value for key, value in content.items() if key not in tables}
    found = [(path, _checked(path, values, of_any_command()))]
    commands = {table_of(name): name for name in settable()}
    for key, value in tables.items():
        place, of_table = f"{path} [{key}]", commands.get(key.replace("_", "-"))
        if of_table is None:
            raise WrongOption(f"{path}: {unknown(f'table [{key}]', key, commands, _HELP)}")
        in_table = _checked(place, value, settable()[of_table])
        if of_table == command:
            found.append((place, in_table))
    here = Path(path).parent
    for place, words_of in found:
        for name, words in words_of.items():
            option = settable().get(command, {}).get(name)
            if option and _fits(option, words):
                if option.kind == "path":
                    words = tuple(_located(here, word) for word in words)
                yield name, Setting(option, words, place)


def _checked(
    place: str, values: Mapping[str, Any], options: Mapping[str, Declared]
) -> dict[str, tuple[str, ...]]:
    """Return the words of the `values` by name. `place` is the file and the table, for messages."""
    found: dict[str, tuple[str, ...]] = {}
    for key, value in values.items():
        name = key.replace("-", "_")
        if name not in options:
            raise WrongOption(f"{place}: {unknown(f'key {key}', key, options, _HELP)}")
        if name in found:
            raise WrongOption(f"{place}: {name} is set twice")
        option = options[name]
        kind, meaning = _KINDS[option.kind]
        items = value if isinstance(value, list) and option.takes_many else [value]
        for item in items:
            is_other = isinstance(item, datetime | bool) and option.kind != "flag"
            if is_other or not isinstance(item, kind):
                more = ", or a list of such values" if option.takes_many else ""
                raise WrongOption(f"{place}: {key} must be {meaning}{more}; see `{_HELP}`")
        found[name] = tuple(str(item).lower() if kind is bool else str(item) for item in items)
    return found


def _located(folder: Path, word: str) -> str:
    """Return a path in the file relative to the current folder; it is relative to the file's folder."""
    if "://" in word or not word:
        return word
    return str(folder / Path(word).expanduser())
