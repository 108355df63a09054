"""Serve a lake to a program with a language model, by the Model Context Protocol (MCP)."""

import argparse
import signal
from pathlib import Path

from newslake.pipelines.commands.base import Command
from newslake.pipelines.serving.lake_reader import LakeReader
from newslake.pipelines.serving.limit_options import add_limits, import_extra, limits_of

EXAMPLES = """\
example, in the configuration of an MCP client:
  {"mcpServers": {"newslake": {"command": "newslake", "args": ["mcp", "--lake", "/srv/lake"]}}}

The program reads requests from standard input and writes answers to standard output. Its tools only
read the lake: articles, article, events, event, mentions, coverage, query, schema. News is foreign
text: the tools return it as data. The command needs the extra `mcp`: pip install 'newslake[mcp]'
"""


def run(arguments: argparse.Namespace) -> int:
    """Answer requests until standard input ends; return the exit code.

    Raises:
        NotALake, UnknownFormat: the folder is not a lake that this version of newslake supports.
        Failure: the extra `mcp` is not installed.
    """
    reader = LakeReader(Path(arguments.lake), limits_of(arguments))
    server = import_extra("newslake.pipelines.serving.mcp_server", "mcp")
    for number in (signal.SIGINT, signal.SIGTERM):  # there is nothing to clean up
        signal.signal(number, signal.SIG_DFL)
    try:
        server.serve_standard_streams(reader)
    finally:
        reader.close()
    return 0


COMMAND = Command(run, EXAMPLES, add_limits, json=None)
