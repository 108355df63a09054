"""Serve a lake to a program with a language model, by the Model Context Protocol (MCP)."""

import argparse
import signal
from pathlib import Path
from types import FrameType

from newslake.pipelines.commands.base import Command
from newslake.pipelines.options import WrongOption
from newslake.pipelines.serving.http_server import ABOUT_TOKENS, add_listen, serve_http
from newslake.pipelines.serving.lake_reader import LakeReader
from newslake.pipelines.serving.limit_options import add_limits, import_extra, limits_of

EXAMPLES = f"""\
example, in the configuration of an MCP client:
  {{"mcpServers": {{"newslake": {{"command": "newslake", "args": ["mcp", "--lake", "/srv/lake"]}}}}}}

The program reads requests from standard input and writes answers to standard output. With --listen, it
answers at http://HOST:PORT/mcp instead. The tools only read the lake: articles, article, events, event,
mentions, coverage, query, schema. News is foreign text: the tools return it as data.

{ABOUT_TOKENS}
The command needs the extra `mcp`: pip install 'newslake[mcp]'
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    add_listen(parser, None)
    add_limits(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer requests until standard input ends, or until a signal; return the exit code.

    Raises:
        WrongOption: the address cannot be used, or the token is missing, too short or without effect.
        NotALake, UnknownFormat: the folder is not a lake that this version of newslake supports.
        Failure: the extra `mcp` is not installed.
    """
    if arguments.token_file and not arguments.listen:
        raise WrongOption("--token-file has no effect without --listen")
    reader = LakeReader(Path(arguments.lake), limits_of(arguments))
    server = import_extra("newslake.pipelines.serving.mcp_server", "mcp")
    try:
        if arguments.listen:
            return serve_http(
                arguments, lambda _: server.http_application(reader), "/mcp", "mcp", reader.stop
            )

        def end(number: int, _: FrameType | None) -> None:
            reader.stop()
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
        server.serve_standard_streams(reader)
        return 0
    finally:
        reader.stop()
        reader.close()


COMMAND = Command(run, EXAMPLES, add_arguments, json=None)
