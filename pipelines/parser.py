"""The argument parser of the commands: each option is given at most once, and none is ignored."""

import argparse
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NoReturn

from newslake.pipelines.options import WrongOption
from newslake.pipelines.settings import Setting, settings, without_secrets
from newslake.pipelines.suggestions import similar, unknown, with_help
from newslake.pipelines.values import day

_CHOICE = re.compile(r"invalid choice: '(.*)' \(choose from (.*)\)", re.DOTALL)
"""The message of argparse about a value that is not one of the choices."""


class Parser(argparse.ArgumentParser):
    """A parser that remembers which options were given, and refuses repeated options.

    The attribute `given` of the parsed arguments maps the names of these options (`dest`) to the
    options as the user wrote them. The attribute `origins` maps the options that the user did not give
    to their settings. The attribute `parser` is this parser, or the parser of the action.
    """

    _words: Sequence[str] = ()

    def error(self, message: str) -> NoReturn:
        """Raise `WrongOption` with a suggestion; do not print all options."""
        if "arguments are required" in message:  # a misspelt option may be the cause
            for word in self._words:
                if word.startswith("--") and similar(word.partition("=")[0], self.option_names()):
                    self.check_known(word)
        found = _CHOICE.search(message)
        name = similar(found[1], re.findall(r"'([^']*)'", found[2])) if found else None
        raise WrongOption(with_help(message, f"{self.prog} --help", name))

    def option_names(self) -> list[str]:
        """Return the names of all options, such as `--lake` and `-o`."""
        return list(self._option_string_actions)

    def check_known(self, word: str, why: str = "") -> None:
        """Check that the option in `word` exists. `why` explains why it may not; it ends with `; `.

        Raises:
            WrongOption: there is no such option; the message suggests a similar option.
        """
        option = word.partition("=")[0]
        if option not in self._option_string_actions:
            names = self.option_names()
            what = f"option {option}; {why}".removesuffix("; ")
            raise WrongOption(unknown(what, option, names, f"{self.prog} --help"))

    @property
    def command(self) -> str:
        """The name of the command, such as `follow` or `feeds list`."""
        return self.prog.removeprefix("newslake ")

    def of_commands(self) -> "Iterator[Parser]":
        """Yield the complete parser of each action; this parser if the command has no actions."""
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                for parser in action.choices.values():
                    yield from parser.of_commands()
                return
        yield self

    def parse_known_args(self, args: Iterable[str] | None = None, namespace: Any = None) -> Any:
        words = self._words = list(args or ())
        values = {} if {"-h", "--help"} & set(words) else settings(self.command, _config(words))
        for one in values.values():
            self._make_optional(one)
        known, rest = super().parse_known_args(words, namespace)
        known.parser = getattr(known, "parser", self)  # set by the parser of an action
        of_action = getattr(known, "given", {})
        known.given = of_action | self._given(words)
        known.origins = getattr(known, "origins", {}) | self.apply(values.values(), known)
        for name, needed in getattr(known, "needs", {}).items():
            if name in known.given and not getattr(known, needed):
                self.error(f"{known.given[name]} has no effect with --no-{needed}")
        return known, rest

    def apply(self, values: Iterable[Setting], known: argparse.Namespace) -> dict[str, Setting]:
        """Store the settings in `known` that its `given` options do not replace; return those.

        The keys of the result are the options as on the command line.

        Raises:
            WrongOption: a value is invalid.
        """
        set_, applied = {*known.given}, {}
        for one in values:
            action = self._action(one)
            groups = [group._group_actions for group in self._mutually_exclusive_groups]
            rivals = [other.dest for group in groups if action in group for other in group]
            is_given = bool(action.option_strings) or not getattr(known, action.dest, None)
            if is_given and not set_ & {action.dest, *rivals}:
                self._store(action, one, known)
                set_.add(action.dest)
                applied[one.option.flags[-1] if one.option.flags else str(action.metavar)] = one
        return applied

    def _action(self, setting: Setting) -> argparse.Action:
        flags, name = setting.option.flags, setting.option.name
        if flags:
            return self._option_string_actions[flags[0]]
        return next(one for one in self._actions if one.dest == name)

    def _make_optional(self, setting: Setting) -> None:
        action = self._action(setting)
        if setting.words != ("false",):
            action.required = False
        if not action.option_strings:
            action.nargs = "*" if setting.option.takes_many else "?"

    def _store(self, action: argparse.Action, setting: Setting, known: argparse.Namespace) -> None:
        flags, words, nargs = action.option_strings, list(setting.words), setting.option.nargs
        place = f"{setting.origin}: {setting.option.name}"
        if setting.option.kind == "flag":
            is_on = words == ["true"]
            if is_on or len(flags) > 1:
                action(self, known, [], flags[0 if is_on else 1])
            return
        if isinstance(nargs, int) and len(words) != nargs:
            self.error(f"{place} needs {nargs} values")
        try:
            for values in [[word] for word in words] if nargs == "append" else [words]:
                action(self, known, self._get_values(action, values), flags[0] if flags else None)
        except argparse.ArgumentError as error:
            self.error(without_secrets(f"{place}: {error.message}"))

    def _given(self, words: Sequence[str]) -> dict[str, str]:
        given: dict[str, str] = {}
        options = self._option_string_actions
        for word in words[: words.index("--")] if "--" in words else words:
            short = word[:2] if not word.startswith("--") else ""
            option = next(
                (one for one in (word, word.partition("=")[0], short) if one in options), ""
            )
            if not option:
                continue
            action = options[option]
            before = given.get(action.dest)
            if before and not isinstance(action, argparse._AppendAction):
                self.error(
                    f"{option} is given twice"
                    if option == before
                    else f"{before} and {option} contradict each other"
                )
            given[action.dest] = option
        return given


def _config(words: Sequence[str]) -> str | None:
    """Return the value of `--config` on a command line; None if it is missing."""
    before = words[: words.index("--")] if "--" in words else words
    for word, following in pairwise([*before, ""]):
        if word == "--config" or word.startswith("--config="):
            return following if word == "--config" else word.partition("=")[2]
    return None


def add_published(parser: argparse.ArgumentParser, about: str) -> None:
    """Add the option `--published FROM TO`, with the help text `about`."""
    parser.add_argument(
        "--published", nargs=2, type=day, action=_Days, metavar=("FROM", "TO"), help=about
    )


class _Days(argparse.Action):
    """Stores the first and the last day; refuses days in the wrong order."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        first, last = values
        if first > last:
            message = f"{first} is after {last}; put the earlier day first"
            raise argparse.ArgumentError(self, message)
        setattr(namespace, self.dest, (first, last))
