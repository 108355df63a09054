"""The options of all commands, as data that loads at once.

The parsers of most commands import Beam, which takes seconds. `options.json` has what settings and
completion need of them. `make docs` generates it from the parsers.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("options.json")


@dataclass(frozen=True)
class Declared:
    """An option or an argument of a command."""

    name: str
    """The name of the option without `--`, with `_` for `-`; or the name of the argument."""
    kind: str
    """`flag` (an option without a value), `int`, `float`, `path` (of a file or folder) or `text`."""
    help: str
    flags: tuple[str, ...] = ()
    """The option as on the command line; empty for an argument."""
    nargs: int | str | None = None
    """Number of values, as in `argparse`; `append` if the option may be repeated."""
    choices: tuple[str, ...] = ()
    metavar: str | tuple[str, ...] | None = None
    default: str = ""
    """As in the environment; empty if there is none."""

    @property
    def takes_many(self) -> bool:
        """Whether the option takes several values."""
        return self.nargs not in (None, "?", 0)


@cache
def declared() -> dict[str, list[Declared]]:
    """Return the options and arguments of each command, and of each action such as `feeds list`."""
    import json  # only for settings and completion

    commands = json.loads(FILE.read_text(encoding="utf-8"))
    return {name: [_declared(one) for one in options] for name, options in commands.items()}


def _declared(fields: dict[str, object]) -> Declared:
    lists = {name: tuple(one) for name, one in fields.items() if isinstance(one, list)}
    return Declared(**(fields | lists))  # type: ignore[arg-type]


@cache
def settable() -> dict[str, dict[str, Declared]]:
    """Return what a file and the environment can set, for each command by name.

    These are all options except `--config`, and FEEDS of the commands that take no other argument.
    """
    return {
        command: {
            one.name: one
            for one in options
            if (one.flags and one.name != "config")
            or (one.name == "feeds" and sum(not other.flags for other in options) == 1)
        }
        for command, options in declared().items()
    }


@cache
def of_any_command() -> dict[str, Declared]:
    """Return what can be set for any command, by name; of several, one that takes several values."""
    found: dict[str, Declared] = {}
    for options in settable().values():
        found |= {name: one for name, one in options.items() if one.takes_many or name not in found}
    return found
