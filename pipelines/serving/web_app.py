"""The HTTP API of `newslake serve`, a Starlette application."""

import json
import time
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from newslake import __version__
from newslake.pipelines.serving import pages
from newslake.pipelines.serving.lake_reader import LakeReader
from newslake.pipelines.serving.listings import LISTINGS
from newslake.pipelines.serving.live_page import LivePage
from newslake.pipelines.serving.openapi import STATUS, openapi
from newslake.pipelines.serving.parameters import CONFIDENCE, ID, OF_EVENT, SQL, values_of, wrong
from newslake.pipelines.serving.query_request import Problem, QueryError
from newslake.schemas.rows import SHOWN_CONFIDENCE
from newslake.transforms.failure import Failure

RETRY_SECONDS = 5
"""The value of `Retry-After` if other queries are running."""

Answer = Callable[[Request], Any]


class Api:
    """The answers of the API about the lake of `reader`; `page` is the page at `/`."""

    def __init__(self, reader: LakeReader, page: LivePage, needs_token: bool) -> None:
        self.reader = reader
        self.page = page
        self.description = openapi(needs_token)

    def application(self) -> Starlette:
        """Return the application that answers the requests."""
        lists = [
            Route(f"/api/{name}", self._tagged(self._list(name), changes=name == "coverage"))
            for name in LISTINGS
        ]
        return Starlette(
            routes=[
                Route("/", self._page),
                Route("/api", self._tagged(self._index)),
                Route("/api/openapi.json", self._tagged(lambda request: self.description)),
                *lists,
                Route("/api/articles/{id}", self._tagged(self._article)),
                Route("/api/events/{id}", self._tagged(self._event)),
                Route("/api/query", self._query, methods=["POST"]),
            ],
            exception_handlers={HTTPException: _of_http, Failure: _of_failure, Exception: _of_bug},
        )

    def _tagged(self, answer: Answer, changes: bool = False) -> Callable[[Request], Any]:
        """Return an endpoint: `answer` as JSON, with the log entry as ETag.

        If `changes`, the answer also depends on the time; the ETag then changes every minute.
        """

        def respond(request: Request) -> Response:
            tag = self.reader.tag(self.reader.entry())
            if changes:
                tag += f"-{int(time.time() // 60)}"
            headers = {"etag": f'"{tag}"'}
            if _is_known(request, tag):
                return Response(status_code=304, headers=headers)
            return _json(answer(request), headers)

        async def endpoint(request: Request) -> Response:
            return await run_in_threadpool(respond, request)

        return endpoint

    async def _page(self, request: Request) -> Response:
        page = await run_in_threadpool(self.page.get)
        tag = self.reader.tag(page.entry)
        headers = {
            "etag": f'"{tag}"',
            "content-security-policy": f"{page.policy}; frame-ancestors 'none'",
        }
        if _is_known(request, tag):
            return Response(status_code=304, headers=headers)
        return Response(page.content, headers=headers, media_type="text/html; charset=utf-8")

    def _index(self, request: Request) -> dict[str, Any]:
        _parameters(request, ())
        return {
            "newslake": __version__,
            "log_entry": self.reader.entry(),
            "paths": [*self.description["paths"]],
        }

    def _list(self, name: str) -> Answer:
        def answer(request: Request) -> dict[str, Any]:
            given = _parameters(request, LISTINGS[name].parameters)
            return pages.page(self.reader, name, given).content

        return answer

    def _article(self, request: Request) -> dict[str, Any]:
        _parameters(request, ())
        return pages.article(self.reader, ID.value("id", request.path_params["id"]))

    def _event(self, request: Request) -> dict[str, Any]:
        values = values_of(OF_EVENT, _parameters(request, OF_EVENT))
        id = ID.value("id", request.path_params["id"])
        return pages.event(self.reader, id, values.get("confidence", SHOWN_CONFIDENCE))

    async def _query(self, request: Request) -> Response:
        _parameters(request, ())
        sql, least = _query_in(await request.body())
        result = await run_in_threadpool(self.reader.run, sql, min_confidence=least)
        content = {
            "log_entry": result.entry,
            "columns": result.columns,
            "types": result.types,
            "rows": result.rows,
            "more": result.more,
        }
        return _json(content, {})


def _is_known(request: Request, tag: str) -> bool:
    """Return whether the client has the answer with the ETag `tag`."""
    known = request.headers.get("if-none-match", "").split(",")
    return f'"{tag}"' in {one.strip().removeprefix("W/") for one in known}


def _parameters(request: Request, known: Any) -> dict[str, str]:
    """Return the parameters in the address.

    Raises:
        QueryError: a parameter is unknown or is given twice.
    """
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name in found:
            raise wrong(f"{name} is given twice")
        if name not in known:
            raise wrong(
                f"unknown parameter {name!r}" + (f"; known are {', '.join(known)}" if known else "")
            )
        found[name] = value
    return found


def _query_in(body: bytes) -> tuple[str, float]:
    """Return the SQL and the minimum confidence in the body of a request.

    Raises:
        QueryError: the body is not a JSON object with the field `sql`, and `confidence` if given.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise wrong("the body is not valid JSON") from None
    if not isinstance(content, dict) or content.keys() - {"confidence"} != {"sql"}:
        raise wrong('the body must be a JSON object such as {"sql": "SELECT 1"}')
    least = CONFIDENCE.value("confidence", content.get("confidence", SHOWN_CONFIDENCE))
    return SQL.value("sql", content["sql"]), least


def _json(content: Any, headers: dict[str, str], status: int = 200) -> Response:
    body = json.dumps(content, ensure_ascii=False).encode()
    return Response(body, status, headers, media_type="application/json")


def _error(status: int, code: str, message: str, headers: dict[str, str]) -> Response:
    return _json({"error": code, "message": message}, headers, status)


async def _of_http(request: Request, error: Exception) -> Response:
    """Return the answer for an unknown path or a wrong method."""
    assert isinstance(error, HTTPException)
    code = Problem.ABSENT if error.status_code == 404 else Problem.INVALID
    message = {404: "there is no such path; see /api/openapi.json"}.get(error.status_code, "")
    return _error(error.status_code, code, message or error.detail, dict(error.headers or {}))


async def _of_failure(request: Request, error: Exception) -> Response:
    problem = error.problem if isinstance(error, QueryError) else Problem.FAILED
    headers = {"retry-after": str(RETRY_SECONDS)} if STATUS[problem] == 503 else {}
    return _error(STATUS[problem], problem, str(error), headers)


async def _of_bug(request: Request, error: Exception) -> Response:
    """Return the answer for an unexpected error; uvicorn prints the error to standard error."""
    return _error(500, Problem.FAILED, "this is a bug in newslake; the server prints the error", {})
