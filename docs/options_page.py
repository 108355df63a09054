"""Prints docs/options.md: the options of the commands that run stages, and the input formats.

python docs/options_page.py > docs/options.md
"""

import argparse
import sys

from newslake.pipelines.cli import COMMANDS, command_of
from newslake.pipelines.commands.base import MESSAGES
from newslake.pipelines.options import default_of
from newslake.transforms.formats import FORMATS

HEADER = """\
# Options

Generated from the fields of the stages and the table of formats by `make docs`; do not edit.

*Stage* names the stage of the DAG that uses the option. If it is empty, the command itself uses the option.
`Chunking` is a step of `backfill`: it splits the input into chunks before the DAG. The polls of `follow`
use the options of `Fetch` too.
"""


def options_page() -> str:
    """Return the page in Markdown: a section per command with options of stages, and the formats."""
    return HEADER + "".join(map(_section, COMMANDS)) + _formats()


def _section(name: str) -> str:
    """Return the section of a command; empty if the command has no options of stages."""
    command, summary = command_of(name)
    groups = command.parser(name, summary)._action_groups
    own_arguments, own_options, *stages = [one for one in groups if one.title != MESSAGES]
    if not stages:
        return ""
    own = [*own_arguments._group_actions, *own_options._group_actions[1:]]  # without --help
    rows = [_row(action, "") for action in own]
    for group in stages:
        stage = str(group.title).removesuffix(" options")
        rows += [_row(action, stage) for action in group._group_actions]
    head = f"\n## {name}\n\n| option | default | meaning | stage |\n|---|---|---|---|\n"
    return head + "".join(rows)


def _row(action: argparse.Action, stage: str) -> str:
    metavar = action.metavar if isinstance(action.metavar, tuple) else [action.metavar or ""]
    forms = [" ".join([form, *metavar]).strip() for form in action.option_strings or [""]]
    default = default_of(action)
    default = "required" if action.required else default and f"`{default}`"
    meaning = str(action.help).replace("%%", "%")
    return f"| {', '.join(f'`{form}`' for form in forms)} | {default} | {meaning} | {stage} |\n"


def _formats() -> str:
    head = (
        "\n## Input formats\n\n| suffixes | may end with `.gz` | one document is |\n|---|---|---|\n"
    )
    return head + "".join(
        f"| `{' '.join(one.suffixes)}` | {'yes' if one.may_be_gzipped else 'no'} | {one.document} |\n"
        for one in FORMATS
    )


if __name__ == "__main__":
    sys.stdout.write(options_page())
