"""Serve a lake by HTTP: a page for browsers, and a read-only JSON API for programs."""

import argparse
from contextlib import ExitStack
from pathlib import Path

from newslake.pipelines.address import address
from newslake.pipelines.commands.base import Command
from newslake.pipelines.monitoring.endpoint import METRICS_HELP
from newslake.pipelines.serving.access import Application
from newslake.pipelines.serving.http_server import ABOUT_TOKENS, add_listen, serve_http
from newslake.pipelines.serving.lake_reader import LakeReader
from newslake.pipelines.serving.limit_options import add_limits, import_extra, limits_of
from newslake.pipelines.serving.live_page import LivePage, ReportProcess

PORT = 8321
"""The default port."""

EXAMPLES = f"""\
examples:
  newslake serve --lake lake                  http://127.0.0.1:{PORT}/
  newslake serve --lake lake --listen 8080
  newslake serve --lake lake --listen 0.0.0.0:{PORT} --token-file token
  curl http://127.0.0.1:{PORT}/api/articles?language=en

The server only reads the lake.

{ABOUT_TOKENS}
The command needs the extra `serve`: pip install 'newslake[serve]'
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    add_listen(parser, f"127.0.0.1:{PORT}")
    add_limits(parser)
    parser.add_argument("--metrics", type=address, metavar="[HOST:]PORT", help=METRICS_HELP)


def run(arguments: argparse.Namespace) -> int:
    """Answer requests until a signal; return the exit code.

    Raises:
        WrongOption: the address cannot be used, or the token is missing or too short, or the
            metrics cannot be served.
        NotALake, UnknownFormat: the folder is not a lake that this version of newslake supports.
        Failure: the extra `serve` is not installed.
    """
    report = ReportProcess()
    reader = LakeReader(Path(arguments.lake), limits_of(arguments))

    def application(needs_token: bool) -> Application:
        web_app = import_extra("newslake.pipelines.serving.web_app", "serve")
        made: Application = web_app.Api(
            reader, LivePage(reader, report.make), needs_token
        ).application()
        return made

    def stop() -> None:
        report.stop()
        reader.stop()

    with ExitStack() as stack:
        stack.callback(report.close)
        stack.callback(reader.close)
        if arguments.metrics:
            # These modules take long to import.
            from newslake.pipelines.monitoring.monitor import lake_metrics
            from newslake.transforms.lake.lake import LakeFolder

            stack.enter_context(lake_metrics(arguments.metrics, LakeFolder(arguments.lake)))
        return serve_http(arguments, application, "/", "serve", stop)


COMMAND = Command(run, EXAMPLES, add_arguments, json=None)
