"""The HTTP requests of `newslake feeds add` and `newslake feeds check`."""

import argparse
import asyncio
from pathlib import Path

from newslake.pipelines.options import WrongOption, configured
from newslake.transforms.failure import is_wrong_path
from newslake.transforms.feeds.inspection import Page
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.fetch_options import RequestOptions
from newslake.transforms.fetch.fetch_page import check_status
from newslake.transforms.fetch.response import Response
from newslake.transforms.web.urls import web_address


def get(word: str, arguments: argparse.Namespace) -> Page:
    """Return the content of a URL or of a file.

    Raises:
        WrongOption: the file cannot be read.
        Reject: the URL cannot be fetched.
    """
    if web_address(word) is None:
        try:
            return Page("", Path(word).read_bytes())
        except OSError as error:
            if not is_wrong_path(error):
                raise
            raise WrongOption(f"{word} cannot be read: {error.strerror}") from error
    [request_options] = configured([RequestOptions], arguments)
    response = asyncio.run(_fetch(word, request_options))
    check_status(response)
    return Page(response.url, response.body, response.named_headers)


async def _fetch(url: str, options: RequestOptions) -> Response:
    async with options.visitor(Clock()) as visitor:
        return (await visitor.get(url)).response
